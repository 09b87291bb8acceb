"""The same person on another phone, and two communities of one organization: cases of their own."""

import re
from collections import Counter
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from conftest import make_appointment, make_user
from foundation.verbs import WrongStatus
from organizations.journey import reach
from organizations.models import Appointment, Event, Organization
from organizations.statuses import AdministratorState, AppointmentRole, Source, Step
from registrations.models import CaseLetter, HelpRequest, Inquiry
from registrations.statuses import Addressee, AnswerChannel, HelpStatus, HelpTopic

Enter = Callable[[User], Client]
OLD, NEW = "+79000001427", "+79131234567"
TYPED = {
    "topic": "number_changed",
    "form_key": "6f6b1c0e-7f5f-4a52-9a36-0d9d6e6cf6aa",
    "old_phone": "+7 900 000-14-27",
    "new_phone": "+7 913 123-45-67",
    "new_phone_again": "8 (913) 123-45-67",
}
SAID = {"on": timezone.localdate().isoformat(), "channel": "call"}


@pytest.fixture
def registered(school: Organization, marina: User) -> Organization:
    reach(school, Step.REGISTERED, by=None, source=Source.REGISTRY)
    Organization.objects.filter(pk=school.pk).update(
        registered_phone=OLD, administrator_state=AdministratorState.CONFIRMED
    )
    return Organization.objects.select_related("region").get(pk=school.pk)


def ask(browser: Client, school: Organization, **changed: str) -> object:
    return browser.post(reverse("registrations:help-ask", args=[school.pk]), TYPED | changed)


def moved(case: HelpRequest) -> str:
    return reverse("registrations:help-moved", args=[case.organization_id, case.pk])


def test_who_gets_404(registered: Organization, marina: User, oleg: User, enter: Enter) -> None:
    ask(enter(marina), registered)
    case = HelpRequest.objects.get()
    browser = enter(oleg)
    assert ask(browser, registered).status_code == 404
    assert browser.post(moved(case), SAID).status_code == 404
    other = HelpRequest.objects.prepare(
        registered, topic=HelpTopic.OTHER, addressee=Addressee.SUPPORT, question="?", by=marina
    )
    assert enter(marina).post(moved(other), SAID).status_code == 404, "a question about something else"


def test_the_letter_states_both_numbers_and_is_read_before_it_goes(
    registered: Organization, marina: User, enter: Enter
) -> None:
    browser = enter(marina)
    form = browser.get(reverse("registrations:help", args=[registered.pk]) + "?topic=number_changed").content.decode()
    assert "Новый номер ещё раз" in form
    assert "+7 900 000-14-27" in form, "the old number is known"
    answer = ask(browser, registered)
    case = HelpRequest.objects.get()
    assert (case.status, case.addressee) == (HelpStatus.DRAFT, Addressee.MANAGER)
    shown = browser.get(answer.url).content.decode()
    assert "Прежний номер: +7 900 000-14-27" in shown
    assert "Новый номер: +7 913 123-45-67" in shown
    ask(browser, registered)
    assert HelpRequest.objects.count() == 1, "the same form twice is the same question"


def test_what_was_stated_is_frozen(registered: Organization, marina: User, vera: User, enter: Enter) -> None:
    ask(enter(marina), registered)
    case = HelpRequest.objects.select_related("organization__region").get()
    case.submit(by=marina)
    Organization.objects.filter(pk=registered.pk).update(full_name="Другое имя", registered_phone="+79999999999")
    facts = CaseLetter.objects.get().facts
    assert (facts["old_phone"], facts["new_phone"], facts["registered_phone"]) == (OLD, NEW, OLD)
    assert (facts["organization"], facts["administrator"]) == (registered.full_name, "Демидова Марина Сергеевна")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"new_phone_again": "+7 913 000-00-00"}, "new_phone_again"),
        ({"new_phone": "+7 900 000-14-27", "new_phone_again": "+7 900 000-14-27"}, "new_phone"),
        ({"new_phone": "+7 3822 51-00-00", "new_phone_again": "+7 3822 51-00-00"}, "new_phone"),
    ],
)
def test_a_wrong_number_is_named(
    changed: dict[str, str], field: str, registered: Organization, marina: User, enter: Enter
) -> None:
    answer = ask(enter(marina), registered, **changed)
    assert field in answer.context["form"].errors
    assert not HelpRequest.objects.exists()


def test_another_administrators_number_is_refused_and_the_own_one_is_not(
    registered: Organization, other_school: Organization, marina: User, oleg: User, enter: Enter
) -> None:
    browser = enter(marina)
    other_school.appointments.update(phone=NEW)
    assert "new_phone" in ask(browser, registered).context["form"].errors
    other_school.appointments.update(user=marina)
    ask(browser, registered)
    assert HelpRequest.objects.count() == 1


def test_three_numbers_move_together(registered: Organization, marina: User, enter: Enter) -> None:
    browser = enter(marina)
    ask(browser, registered)
    case = HelpRequest.objects.select_related("organization__region").get()
    case.submit(by=marina)
    told = browser.post(moved(case), SAID, follow=True).content.decode()
    assert "Вход в портал – тоже по нему" in told
    now = Organization.objects.get(pk=registered.pk)
    assert (str(now.registered_phone), str(now.administrator.phone)) == (NEW, NEW)
    assert str(User.objects.get(pk=marina.pk).phone) == NEW
    assert now.administrator_state == AdministratorState.CONFIRMED
    assert HelpRequest.objects.get().status == HelpStatus.ANSWERED
    assert Event.objects.filter(verb="help.number-moved").count() == 1
    assert Event.objects.get(verb="appointment.phone-changed").fields == ["phone"]


def test_before_the_answer_nothing_moves(registered: Organization, marina: User, enter: Enter) -> None:
    """Red control: naming a new number is a wish; Sferum lets nobody in by it yet."""
    ask(enter(marina), registered)
    HelpRequest.objects.select_related("organization__region").get().submit(by=marina)
    now = Organization.objects.get(pk=registered.pk)
    assert (str(now.registered_phone), str(now.administrator.phone)) == (OLD, OLD)


def test_another_answer_moves_nothing(registered: Organization, marina: User, enter: Enter) -> None:
    ask(enter(marina), registered)
    case = HelpRequest.objects.select_related("organization__region").get()
    case.record_answer(by=marina, on=registered.today, channel=AnswerChannel.CALL, text="Нужен приказ")
    assert str(Organization.objects.get(pk=registered.pk).registered_phone) == OLD


def test_a_number_that_is_somebody_elses_sign_in_is_not_taken(
    registered: Organization, marina: User, enter: Enter
) -> None:
    other = make_user(phone=NEW)
    browser = enter(marina)
    ask(browser, registered)
    browser.post(moved(HelpRequest.objects.get()), SAID)
    assert str(User.objects.get(pk=marina.pk).phone) == OLD
    assert str(User.objects.get(pk=other.pk).phone) == NEW
    assert str(Organization.objects.get(pk=registered.pk).administrator.phone) == NEW


def test_an_account_with_rights_elsewhere_keeps_its_number_of_sign_in(
    registered: Organization, other_school: Organization, marina: User, nadia: User, enter: Enter
) -> None:
    """Whoever may not print a sheet for the account moves no number of its sign-in."""
    make_appointment(other_school, marina)
    browser = enter(nadia)
    ask(browser, registered)
    told = browser.post(moved(HelpRequest.objects.get()), SAID, follow=True).content.decode()
    assert "Вход в портал остался прежним" in told
    assert str(User.objects.get(pk=marina.pk).phone) == OLD
    assert str(Organization.objects.get(pk=registered.pk).administrator.phone) == NEW


def test_a_deputy_moves_no_sign_in_of_the_administrator(registered: Organization, marina: User, enter: Enter) -> None:
    deputy = make_user(phone="+79000000077")
    make_appointment(registered, deputy, role=AppointmentRole.DEPUTY, until=timezone.localdate())
    browser = enter(deputy)
    ask(browser, registered)
    browser.post(moved(HelpRequest.objects.get()), SAID)
    assert str(User.objects.get(pk=marina.pk).phone) == OLD


def test_a_successor_keeps_the_own_number(registered: Organization, marina: User, vera: User, enter: Enter) -> None:
    ask(enter(marina), registered)
    case = HelpRequest.objects.select_related("organization__region").get()
    Appointment.objects.appoint(
        registered, full_name="Смирнова Анна Петровна", phone="+79001112233", source=Source.COORDINATOR, by=vera
    )
    case.organization = Organization.objects.select_related("region").get(pk=registered.pk)
    case.confirm_number(by=vera, on=registered.today, channel=AnswerChannel.CALL)
    now = Organization.objects.get(pk=registered.pk)
    assert str(now.administrator.phone) == "+79001112233"
    assert (str(now.registered_phone), now.administrator_state) == (NEW, AdministratorState.CHANGING)


def test_the_heads_answer_freezes_the_new_number(registered: Organization, vera: User) -> None:
    (inquiry,) = Inquiry.objects.ask([registered], by=vera).letters
    case = inquiry.answer_cannot(by_name="Петрова Ольга Ивановна", new_phone=NEW)
    assert case.new_phone == NEW
    with pytest.raises(WrongStatus):
        HelpRequest(topic=HelpTopic.OTHER).confirm_number(by=vera, on=registered.today, channel=AnswerChannel.CALL)


def test_two_communities_are_named_in_the_letter(registered: Organization, marina: User, enter: Enter) -> None:
    browser = enter(marina)
    typed = {
        "topic": "two_communities",
        "form_key": "6f6b1c0e-7f5f-4a52-9a36-0d9d6e6cf6ab",
        "keep": "МБОУ «Школа № 1»",
        "close": "Школа 1 (старое), sferum.ru/?p=123",
    }
    address = reverse("registrations:help-ask", args=[registered.pk])
    same = browser.post(address, typed | {"close": typed["keep"]})
    assert "close" in same.context["form"].errors
    shown = browser.get(browser.post(address, typed).url).content.decode()
    assert "Оставить: МБОУ «Школа № 1»" in shown
    assert "Закрыть: Школа 1 (старое), sferum.ru/?p=123" in shown
    case = HelpRequest.objects.select_related("organization__region").get()
    case.submit(by=marina)
    assert CaseLetter.objects.get().facts["close"] == typed["close"]


def test_no_two_fields_of_the_page_bear_one_id(
    registered: Organization, marina: User, vera: User, enter: Enter
) -> None:
    """Three forms ask for a day or a text: with one id for two a label pressed led to the other form, or nowhere."""
    ask(enter(marina), registered)
    case = HelpRequest.objects.get()
    HelpRequest.objects.update(status=HelpStatus.SUBMITTED, waiting_since=timezone.localdate())
    page = enter(vera).get(case.get_absolute_url()).content.decode()
    assert all(f'id="{name}_' in page for name in ("id", "moved", "reply"))
    found = Counter(re.findall(r'\bid="([^"]+)"', page))
    assert [name for name, times in found.items() if times > 1] == []
