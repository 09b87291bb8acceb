"""The first sign-in at sferum.ru, and the questions that come of it."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from correspondence.models import Letter
from foundation.verbs import WrongStatus
from organizations.journey import reach
from organizations.models import Event, Organization
from organizations.statuses import AdministratorState, Kind, Source, Step
from registrations.entry import confirm_first_entry
from registrations.models import HandoverRequest, HelpRequest, Nominee, RegistrationRequest
from registrations.statuses import AcceptedHow, AnswerChannel, HelpStatus, NominatedBy, RegistrationStatus

Enter = Callable[[User], Client]


def page(school: Organization, name: str = "first-entry") -> str:
    return reverse(f"registrations:{name}", args=[school.pk])


@pytest.fixture
def registered(school: Organization) -> Organization:
    reach(school, Step.REGISTERED, by=None, source=Source.REGISTRY)
    return school


def ask(browser: Client, school: Organization, **typed: str) -> object:
    given = browser.get(page(school, "help"), {"topic": "code"}).context["form"].initial
    key = browser.get(page(school, "help"), {"topic": "code"}).context["form"]["form_key"].value()
    filled = {"form_key": key, "topic": "code", "addressee": "support", "question": given["question"]}
    return browser.post(page(school, "help-ask"), filled | typed)


def test_who_gets_404(registered: Organization, marina: User, oleg: User, enter: Enter) -> None:
    question = HelpRequest.objects.ask_number(registered, by=marina)
    browser = enter(oleg)
    for name in ("first-entry", "help"):
        assert browser.get(page(registered, name)).status_code == 404
    for name in ("first-entry-confirm", "number-ask", "help-ask"):
        assert browser.post(page(registered, name)).status_code == 404, name
    assert browser.get(question.get_absolute_url()).status_code == 404
    for verb in ("submit", "sent-by-hand", "repeat", "answer", "withdraw"):
        assert browser.post(f"{question.get_absolute_url()}{verb}/").status_code == 404, verb


def test_another_organizations_question_is_absent_under_ones_own(
    registered: Organization, other_school: Organization, marina: User, oleg: User, enter: Enter
) -> None:
    question = HelpRequest.objects.ask_number(other_school, by=oleg)
    assert enter(marina).get(reverse("registrations:help-case", args=[registered.pk, question.pk])).status_code == 404


def test_the_number_stands_in_large_digits(registered: Organization, marina: User, enter: Enter) -> None:
    Organization.objects.filter(pk=registered.pk).update(registered_phone="+79000001427")
    shown = enter(marina).get(page(registered)).content.decode()
    assert '<p class="big-number">+7 900 000-14-27</p>' in shown
    assert "С любым другим номером права администратора не появятся." in shown
    assert "Школа на месте" in shown


def test_the_words_follow_the_kind(registered: Organization, marina: User, enter: Enter) -> None:
    Organization.objects.filter(pk=registered.pk).update(kind=Kind.KINDERGARTEN)
    assert "Организация на месте" in enter(marina).get(page(registered)).content.decode()


def test_an_unknown_number_is_asked_of_the_manager_in_one_click(
    registered: Organization, marina: User, enter: Enter
) -> None:
    browser = enter(marina)
    assert "Неизвестно, на какой номер" in browser.get(page(registered)).content.decode()
    browser.post(page(registered, "number-ask"))
    browser.post(page(registered, "number-ask"))
    question, letter = HelpRequest.objects.get(), Letter.objects.get()
    assert letter.recipient == "manager@sferum.example"
    assert question.number in letter.subject
    typed = {"outcome": "answered", "on": timezone.localdate().isoformat(), "channel": "call", "text": "Номер прежний"}
    browser.post(f"{question.get_absolute_url()}answer/", typed | {"phone": "+7 900 555-44-33"})
    registered.refresh_from_db()
    assert str(registered.registered_phone) == "+79005554433"


def test_seeing_the_school_confirms_everything(school: Organization, marina: User, enter: Enter) -> None:
    RegistrationRequest.objects.file(school, by=marina, agrees=True)
    enter(marina).post(page(school, "first-entry-confirm"))
    school.refresh_from_db()
    assert school.step == Step.SIGNED_IN
    assert school.milestones.get(step=Step.SIGNED_IN).source == Source.SCHOOL
    assert school.administrator_state == AdministratorState.CONFIRMED
    assert str(school.registered_phone) == "+79000001427"
    case = RegistrationRequest.objects.get()
    assert (case.status, case.answer_channel) == (RegistrationStatus.REGISTERED, AnswerChannel.SFERUM)


def test_seeing_it_also_ends_the_wait_for_the_manager(registered: Organization, marina: User, vera: User) -> None:
    nominee = Nominee("Смирнова Анна Петровна", "+79001234567")
    change = HandoverRequest.objects.nominate(registered, nominee, nominated_by=NominatedBy.COORDINATOR, by=vera)
    change.accept(how=AcceptedHow.CALL, by=vera)
    school = Organization.objects.get(pk=registered.pk)
    confirm_first_entry(school, by=vera)
    change.refresh_from_db()
    assert change.status == "done"
    assert str(school.registered_phone) == "+79001234567"


def test_confirming_twice_is_one_line_in_the_journal(registered: Organization, marina: User) -> None:
    confirm_first_entry(registered, by=marina)
    confirm_first_entry(registered, by=marina)
    assert Event.objects.filter(verb="entry.confirmed").count() == 1


def test_without_an_administrator_nobody_has_signed_in(registered: Organization, vera: User) -> None:
    with pytest.raises(WrongStatus, match="назначьте администратора"):
        confirm_first_entry(registered, by=vera)


@pytest.mark.parametrize(
    ("trouble", "words"), [("code", "Код не приходит: проверьте"), ("not_there", "но организации нет: проверьте")]
)
def test_trouble_shows_causes_in_order_and_one_letter(
    registered: Organization, marina: User, enter: Enter, trouble: str, words: str
) -> None:
    shown = enter(marina).get(page(registered), {"trouble": trouble}).content.decode()
    assert words in shown
    assert "<textarea" in shown
    assert enter(marina).get(page(registered), {"trouble": "\0"}).status_code == 200


def test_a_question_goes_as_it_was_edited(registered: Organization, marina: User, enter: Enter) -> None:
    ask(enter(marina), registered, question="Здравствуйте! Код не приходит второй день.")
    letter, question = Letter.objects.get(), HelpRequest.objects.get()
    assert letter.text == "Здравствуйте! Код не приходит второй день."
    assert letter.recipient == "info@sferum.ru"
    assert question.status == HelpStatus.SUBMITTED


def test_one_filled_form_is_one_question(registered: Organization, marina: User, enter: Enter) -> None:
    browser = enter(marina)
    form = browser.get(page(registered, "help"), {"topic": "code"}).context["form"]
    filled = {"form_key": form["form_key"].value(), "topic": "code", "addressee": "support", "question": "Не приходит"}
    browser.post(page(registered, "help-ask"), filled)
    browser.post(page(registered, "help-ask"), filled)
    assert HelpRequest.objects.count() == Letter.objects.count() == 1


def test_a_question_may_be_carried_off(registered: Organization, marina: User, enter: Enter) -> None:
    browser = enter(marina)
    ask(browser, registered, by_hand="1")
    question = HelpRequest.objects.get()
    assert question.status == HelpStatus.DRAFT
    assert not Letter.objects.exists()
    assert "mailto:" in browser.get(question.get_absolute_url()).content.decode()
    typed = {"on": timezone.localdate().isoformat(), "channel": "letter"}
    browser.post(f"{question.get_absolute_url()}sent-by-hand/", typed)
    question.refresh_from_db()
    assert question.status == HelpStatus.SUBMITTED
    browser.post(f"{question.get_absolute_url()}withdraw/")
    question.refresh_from_db()
    assert question.status == HelpStatus.WITHDRAWN


def test_the_list_costs_the_same_with_many_questions(registered: Organization, marina: User, enter: Enter) -> None:
    browser = enter(marina)
    ask(browser, registered)
    browser.get(page(registered, "help"))
    with CaptureQueriesContext(connection) as few:
        browser.get(page(registered, "help"))
    for _ in range(20):
        ask(browser, registered)
    with CaptureQueriesContext(connection) as many:
        browser.get(page(registered, "help"))
    assert HelpRequest.objects.count() == 21
    assert len(many) == len(few)
