"""Change of administrator: two facts apart, in the portal and in Sferum."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from phonenumber_field.phonenumber import PhoneNumber

from accounts.models import User
from correspondence.models import Letter
from foundation.tokens import sign
from foundation.verbs import WrongStatus
from organizations.journey import reach
from organizations.models import Organization
from organizations.statuses import AdministratorState, Source, Step
from registrations.models import CaseLetter, HandoverRequest, Nominee
from registrations.statuses import AcceptedHow, AnswerChannel, HandoverStatus, NominatedBy

Enter = Callable[[User], Client]
ANNA = Nominee("Смирнова Анна Петровна", PhoneNumber.from_string("+79001234567"), "anna@example.ru")
TYPED = {
    "full_name": "Смирнова Анна Петровна",
    "phone": "+7 900 123-45-67",
    "phone_again": "8 (900) 123-45-67",
    "email": "anna@example.ru",
}


def page(school: Organization) -> str:
    return reverse("registrations:handover", args=[school.pk])


@pytest.fixture
def registered(school: Organization, marina: User) -> Organization:
    reach(school, Step.REGISTERED, by=None, source=Source.REGISTRY)
    Organization.objects.filter(pk=school.pk).update(registered_phone="+79000001427")
    school.refresh_from_db()
    return school


@pytest.fixture
def change(registered: Organization, vera: User) -> HandoverRequest:
    return HandoverRequest.objects.nominate(registered, ANNA, nominated_by=NominatedBy.COORDINATOR, by=vera)


def link(change: HandoverRequest) -> str:
    return f"/handover/{sign('handover', change.pk, change.token_version)}/"


def test_who_gets_404(registered: Organization, change: HandoverRequest, oleg: User, enter: Enter) -> None:
    browser = enter(oleg)
    assert browser.get(page(registered)).status_code == 404
    assert browser.post(f"{page(registered)}nominate/", TYPED).status_code == 404
    for verb in ("accept", "submit", "withdraw", "answer", "repeat", "sent-by-hand"):
        assert browser.post(f"{page(registered)}{change.pk}/{verb}/").status_code == 404, verb
    assert browser.get(reverse("registrations:memo", args=[registered.pk])).status_code == 404
    assert Client().get("/handover/not-a-token/").status_code == 404
    assert Client().get(f"/handover/{sign('who', change.pk)}/").status_code == 404, "a link of another purpose"


def test_the_old_one_keeps_the_rights_until_the_new_one_accepts(
    registered: Organization, marina: User, vera: User, enter: Enter
) -> None:
    enter(vera).post(f"{page(registered)}nominate/", TYPED)
    change = HandoverRequest.objects.get()
    assert change.status == HandoverStatus.NOMINATED
    assert registered in Organization.objects.administered_by(marina)
    registered.refresh_from_db()
    assert registered.administrator_state == AdministratorState.CHANGING
    letter = Letter.objects.get()
    assert letter.recipient == "anna@example.ru"
    assert "•••" in letter.shown_text
    shown = enter(marina).get(page(registered)).content.decode()
    assert "ещё не действует: ждём согласия" in shown


def test_accepting_by_the_link_swaps_and_writes_to_the_manager(
    registered: Organization, marina: User, change: HandoverRequest
) -> None:
    browser = Client()
    assert "Вам предлагают отвечать за Сферум" in browser.get(link(change)).content.decode()
    change.refresh_from_db()
    assert change.status == HandoverStatus.NOMINATED, "looking accepts nothing"
    assert browser.post(link(change)).status_code == 200, "consent is ticked"
    browser.post(link(change), {"agree": "on"})
    change.refresh_from_db()
    assert (change.status, change.accepted_how) == (HandoverStatus.SUBMITTED, AcceptedHow.LINK)
    assert registered not in Organization.objects.administered_by(marina)
    now = Organization.objects.get(pk=registered.pk)
    assert now.administrator.full_name == "Смирнова Анна Петровна"
    assert now.administrator.agreed_at is not None
    assert now.administrator_state == AdministratorState.CHANGING
    letter = Letter.objects.get(recipient="manager@sferum.example")
    for fact in (
        registered.full_name,
        "Демидова Марина Сергеевна, +7 900 000-14-27",
        "Смирнова Анна Петровна",
        "+7 900 123-45-67",
        change.number,
    ):
        assert fact in letter.subject + letter.text
    assert "Согласие записано" in browser.get(link(change)).content.decode()


def test_two_facts_stand_apart(registered: Organization, change: HandoverRequest, vera: User, enter: Enter) -> None:
    change.accept(how=AcceptedHow.CALL, by=vera)
    shown = enter(vera).get(page(registered)).content.decode()
    assert "действует с" in shown
    assert "ждём менеджера с сегодняшнего дня" in shown


def test_the_managers_answer_moves_the_number(
    registered: Organization, change: HandoverRequest, vera: User, enter: Enter
) -> None:
    change.accept(how=AcceptedHow.CALL, by=vera)
    typed = {"outcome": "done", "on": timezone.localdate().isoformat(), "channel": "messenger", "text": ""}
    enter(vera).post(f"{page(registered)}{change.pk}/answer/", typed)
    registered.refresh_from_db()
    assert str(registered.registered_phone) == "+79001234567"
    assert registered.administrator_state == AdministratorState.CONFIRMED
    assert HandoverRequest.objects.get().status == HandoverStatus.DONE


def test_a_refusal_of_the_manager_leaves_the_number(
    registered: Organization, change: HandoverRequest, vera: User
) -> None:
    change.accept(how=AcceptedHow.CALL, by=vera)
    change.decline(by=vera, on=timezone.localdate(), channel=AnswerChannel.LETTER, text="Нужен приказ")
    registered.refresh_from_db()
    assert str(registered.registered_phone) == "+79000001427"
    HandoverRequest.objects.nominate(registered, ANNA, nominated_by=NominatedBy.COORDINATOR, by=vera)


def test_no_answer_is_recorded_before_consent(change: HandoverRequest, vera: User) -> None:
    with pytest.raises(WrongStatus, match="ещё не согласился"):
        change.complete(by=vera, on=timezone.localdate(), channel=AnswerChannel.CALL)


def test_without_the_managers_address_the_text_is_carried_off(
    registered: Organization, change: HandoverRequest, vera: User, enter: Enter
) -> None:
    registered.region.manager_email = ""
    registered.region.save()
    change.organization.region.refresh_from_db()
    change.accept(how=AcceptedHow.CALL, by=vera)
    assert change.status == HandoverStatus.ACCEPTED
    browser = enter(vera)
    shown = browser.get(page(registered)).content.decode()
    assert "Почта менеджера не указана" in shown
    assert "менеджеру ещё не написали" in shown
    refused = browser.post(f"{page(registered)}{change.pk}/submit/", follow=True)
    assert "отправьте письмо сами" in refused.content.decode()
    typed = {"on": timezone.localdate().isoformat(), "channel": "messenger"}
    browser.post(f"{page(registered)}{change.pk}/sent-by-hand/", typed)
    change.refresh_from_db()
    assert change.status == HandoverStatus.SUBMITTED
    assert CaseLetter.objects.get(hand_channel="messenger").facts["new_phone"] == "+79001234567"


def test_before_registration_nobody_has_to_be_asked(school: Organization, marina: User, vera: User) -> None:
    change = HandoverRequest.objects.nominate(school, ANNA, nominated_by=NominatedBy.COORDINATOR, by=vera)
    change.accept(how=AcceptedHow.CALL, by=vera)
    assert change.status == HandoverStatus.DONE
    assert not Letter.objects.filter(recipient="manager@sferum.example").exists()


def test_nobody_known_before_is_a_legal_answer(school: Organization, vera: User, enter: Enter) -> None:
    reach(school, Step.REGISTERED, by=None, source=Source.REGISTRY)
    enter(vera).post(f"{page(school)}nominate/", TYPED)
    change = HandoverRequest.objects.get()
    assert change.predecessor == "имя и номер неизвестны"
    change.accept(how=AcceptedHow.CALL, by=vera)
    assert "имя и номер неизвестны" in Letter.objects.get(recipient="manager@sferum.example").text


def test_one_change_at_a_time(registered: Organization, change: HandoverRequest, vera: User, enter: Enter) -> None:
    again = enter(vera).post(f"{page(registered)}nominate/", TYPED, follow=True)
    assert "уже идёт" in again.content.decode()
    assert HandoverRequest.objects.count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        HandoverRequest.objects.open_new(
            registered,
            by=vera,
            nominated_by="head",
            nominee_name="А Б",
            nominee_phone=ANNA.phone,
            expires_on=timezone.localdate(),
        )


def test_accepting_twice_appoints_once(change: HandoverRequest, registered: Organization) -> None:
    stale = HandoverRequest.objects.get(pk=change.pk)
    change.accept(how=AcceptedHow.LINK)
    with pytest.raises(WrongStatus):
        stale.accept(how=AcceptedHow.LINK)
    assert registered.appointments.count() == 2


def test_the_administrator_cannot_be_replaced_by_oneself(registered: Organization, vera: User, enter: Enter) -> None:
    typed = TYPED | {"phone": "+79000001427", "phone_again": "+79000001427"}
    refused = enter(vera).post(f"{page(registered)}nominate/", typed)
    assert "номер нынешнего администратора" in refused.content.decode()


def test_refused_withdrawn_and_late_links_say_so(registered: Organization, change: HandoverRequest) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=15)):
        late = Client().get(link(change))
        assert (late.status_code, "Срок ссылки прошёл" in late.content.decode()) == (410, True)
        assert Client().post(link(change), {"agree": "on"}).status_code == 410
    gone = Client().post(link(change), {"refuse": "1"}, follow=True)
    assert gone.status_code == 410
    assert HandoverRequest.objects.get().status == HandoverStatus.WITHDRAWN
    registered.refresh_from_db()
    assert registered.administrator_state == AdministratorState.UNCONFIRMED, "the head has to be asked again"


def test_late_nominations_expire_and_open_the_way(
    registered: Organization, change: HandoverRequest, vera: User
) -> None:
    assert HandoverRequest.objects.all().expire_due() == 0
    with time_machine.travel(timezone.now() + timedelta(days=15)):
        assert HandoverRequest.objects.all().expire_due() == 1
        assert HandoverRequest.objects.all().expire_due() == 0
    HandoverRequest.objects.nominate(registered, ANNA, nominated_by=NominatedBy.COORDINATOR, by=vera)


def test_the_nominee_without_mail_types_a_code(registered: Organization, vera: User, enter: Enter) -> None:
    enter(vera).post(f"{page(registered)}nominate/", TYPED | {"email": ""})
    change = HandoverRequest.objects.get()
    assert change.paper_code in enter(vera).get(page(registered)).content.decode()
    answer = Client().post("/handover/", {"inn": registered.inn, "code": change.paper_code})
    assert answer.status_code == 302
    assert Client().get(answer.url).status_code == 200


def test_the_page_costs_the_same_with_many_changes(registered: Organization, vera: User, enter: Enter) -> None:
    browser = enter(vera)

    def change_and_withdraw() -> None:
        HandoverRequest.objects.nominate(registered, ANNA, nominated_by=NominatedBy.COORDINATOR, by=vera).withdraw(
            by=vera
        )

    change_and_withdraw()
    browser.get(page(registered))
    with CaptureQueriesContext(connection) as few:
        browser.get(page(registered))
    for _ in range(20):
        change_and_withdraw()
    with CaptureQueriesContext(connection) as many:
        browser.get(page(registered))
    assert len(many) == len(few)


def test_the_memo_tells_the_successor_what_counts(registered: Organization, marina: User, enter: Enter) -> None:
    pdf = enter(marina).get(reverse("registrations:memo", args=[registered.pk]))
    assert pdf["Content-Type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF")
