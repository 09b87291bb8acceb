"""Обзвон: who may, one key for an outcome and what follows from it, the next organization, nobody called twice."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from conftest import make_appointment, make_organization
from coordination.models import Call, Snooze
from coordination.phrases import lines_to_say
from coordination.statuses import CallOutcome, Reason
from organizations.models import Appointment, Event, Municipality, Organization
from organizations.statuses import AdministratorState, AppointmentRole, Step
from registrations.models import HelpRequest
from registrations.statuses import Addressee, HelpTopic

Enter = Callable[[User], Client]
PAGE = "/worklist/calls/"


def address(school: Organization, query: str = "") -> str:
    return reverse("coordination:call-record", args=[school.pk]) + query


@pytest.fixture
def two(school: Organization, other_school: Organization) -> list[Organization]:
    """Two registered schools for which nobody answers."""
    Organization.objects.update(step=Step.REGISTERED, step_since=date(2026, 9, 1), phone="+7 3822 51-00-00")
    return list(Organization.objects.order_by("search_key", "pk"))


def test_only_whoever_supervises_records_a_call(
    two: list[Organization], other_school: Organization, marina: User, nadia: User, enter: Enter
) -> None:
    assert enter(marina).get(PAGE).status_code == 404
    assert enter(marina).post(address(two[0]), {"outcome": "silent"}).status_code == 404
    assert enter(nadia).post(address(other_school), {"outcome": "silent"}).status_code == 404
    assert not Call.objects.exists()
    Organization.objects.filter(pk=other_school.pk).update(short_name="Канарейка")
    assert "Канарейка" not in enter(nadia).get(f"{PAGE}?everybody=on&skip=1").content.decode()


def test_the_page_says_whom_to_call_and_what_to_say(two: list[Organization], vera: User, enter: Enter) -> None:
    page = enter(vera).get(PAGE).content.decode()
    assert 'href="tel:+73822510000"' in page
    assert "Петрова Ольга Ивановна" in page
    assert "кто за неё отвечает, мы не знаем" in page
    assert "1 из 2" in page
    for digit, outcome in enumerate(CallOutcome, 1):
        assert f'value="{outcome.value}" data-digit="{digit}"' in page


def test_one_press_and_the_next_organization_is_there(two: list[Organization], vera: User, enter: Enter) -> None:
    browser = enter(vera)
    shown = browser.get(PAGE).context["entry"].organization
    answer = browser.post(address(shown), {"outcome": "silent", "note": "гудки"})
    assert answer.status_code == 302
    page = browser.get(answer["Location"])
    assert page.context["entry"].organization != shown
    assert (page.context["number"], page.context["total"]) == (2, 2)
    call = Call.objects.get()
    assert (call.organization, call.outcome, call.note, call.reason) == (shown, "silent", "гудки", Reason.NOBODY)
    event = Event.objects.get(verb="call.made")
    assert event.by == vera
    assert "гудки" not in str(vars(event))
    browser.post(address(page.context["entry"].organization), {"outcome": "wrong"})
    assert "Звонить больше некому" in browser.get(PAGE).content.decode()


def test_nobody_is_called_twice_on_a_day_and_everybody_again_tomorrow(
    two: list[Organization], vera: User, nadia: User, enter: Enter
) -> None:
    for school in two:
        enter(vera).post(address(school), {"outcome": "silent"})
    assert enter(nadia).get(PAGE).context["entry"] is None
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        assert enter(nadia).get(PAGE).context["entry"] is not None


def test_confirmed_uses_the_verb_of_the_appointments(
    two: list[Organization], school: Organization, marina: User, vera: User, enter: Enter
) -> None:
    Appointment.objects.update(checked_at=timezone.now(), until=timezone.localdate() - timedelta(days=3))
    answer = enter(vera).post(address(school), {"outcome": "confirmed"})
    assert answer.status_code == 200, "the term is over: nobody acts whom one could confirm"
    assert "подтвердить некого" in answer.content.decode()
    assert not Call.objects.exists()
    Appointment.objects.update(until=None)
    enter(vera).post(address(school), {"outcome": "confirmed"})
    school.refresh_from_db()
    assert school.administrator_state == AdministratorState.CONFIRMED
    assert Event.objects.filter(verb="appointment.confirmed", by=vera).exists()


def test_call_back_puts_off(two: list[Organization], vera: User, enter: Enter) -> None:
    until = timezone.localdate() + timedelta(days=5)
    enter(vera).post(address(two[0]), {"outcome": "later", "call_back_on": until.isoformat()})
    assert Snooze.objects.get().until == until
    assert Call.objects.get().outcome == CallOutcome.LATER


@pytest.mark.parametrize("day", ["", "2020-01-01", "завтра"])
def test_call_back_needs_a_day_ahead(day: str, two: list[Organization], vera: User, enter: Enter) -> None:
    page = enter(vera).post(address(two[0]), {"outcome": "later", "call_back_on": day, "note": "попросила позже"})
    assert page.status_code == 200
    assert page.context["form"].errors["call_back_on"]
    assert "попросила позже" in page.content.decode(), "what was typed is kept"
    assert not Call.objects.exists()


def test_a_day_left_in_the_form_puts_nothing_off_for_another_outcome(
    two: list[Organization], vera: User, enter: Enter
) -> None:
    until = timezone.localdate() + timedelta(days=5)
    enter(vera).post(address(two[0]), {"outcome": "silent", "call_back_on": until.isoformat()})
    assert not Snooze.objects.exists()


def test_a_double_click_is_one_call(two: list[Organization], vera: User, enter: Enter) -> None:
    for _ in range(2):
        enter(vera).post(address(two[0]), {"outcome": "silent", "note": "гудки"})
    assert Call.objects.count() == 1


def test_red_control_a_call_of_later_is_a_second_one(two: list[Organization], vera: User, enter: Enter) -> None:
    enter(vera).post(address(two[0]), {"outcome": "silent"})
    with time_machine.travel(timezone.now() + timedelta(minutes=5)):
        enter(vera).post(address(two[0]), {"outcome": "silent"})
    assert Call.objects.count() == 2


def test_one_may_pass_over_and_go_round(two: list[Organization], vera: User, enter: Enter) -> None:
    browser = enter(vera)
    first, second = (browser.get(f"{PAGE}?skip={skip}").context["entry"].organization for skip in (0, 1))
    assert {first, second} == set(two)
    assert browser.get(f"{PAGE}?skip=1").context["next_skip"] == 0
    assert browser.get(f"{PAGE}?skip=99").context["entry"].organization == first


def test_any_filter_of_the_list_can_be_called(school: Organization, vera: User, enter: Enter) -> None:
    """Without a reason too: the list of organizations leads here with `everybody`."""
    browser = enter(vera)
    assert browser.get(PAGE).context["entry"] is None
    page = browser.get(f"{PAGE}?everybody=on&kind=school")
    assert page.context["entry"].organization == school
    assert page.context["lines"] == lines_to_say(school, "")
    assert browser.get(f"{PAGE}?everybody=on&kind=college").context["entry"] is None
    assert "everybody=on" in browser.get("/organizations/?kind=school").content.decode()


@pytest.mark.parametrize("reason", ["", *Reason])
def test_three_lines_for_every_reason(reason: str, school: Organization) -> None:
    lines = lines_to_say(school, reason)
    assert len(lines) == 3
    assert "{" not in "".join(lines)


def test_calls_stand_on_the_page_of_the_organization_for_those_above(
    two: list[Organization], school: Organization, marina: User, vera: User, enter: Enter
) -> None:
    Call.objects.note(school, outcome=CallOutcome.OTHER, note="Директор на больничном", by=vera)
    assert "Директор на больничном" in enter(vera).get(school.get_absolute_url()).content.decode()
    assert "Директор на больничном" not in enter(marina).get(school.get_absolute_url()).content.decode()


def test_the_page_costs_the_same_at_three_and_at_three_hundred(
    municipality: Municipality, vera: User, enter: Enter
) -> None:
    browser = enter(vera)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(PAGE).status_code == 200
        return len(queries)

    for _ in range(3):
        make_organization(municipality, step=Step.REGISTERED)
    browser.get(PAGE)
    few = cost()
    for number in range(300):
        row = make_organization(municipality, step=Step(number % 7 + 1))
        if number % 3:
            make_appointment(row, role=AppointmentRole.DEPUTY)
    assert cost() == few
    assert few <= 22


def test_a_call_about_an_answer_of_sferum_offers_no_key_that_confirms_the_administrator(
    school: Organization, marina: User, vera: User, enter: Enter
) -> None:
    """One careless digit counted an administrator as confirmed whom nobody had spoken to."""
    Organization.objects.filter(pk=school.pk).update(step=Step.REGISTERED, step_since=date(2026, 9, 1))
    Appointment.objects.update(checked_at=timezone.now())
    browser = enter(vera)
    page = browser.get(f"{PAGE}?everybody=on")
    assert page.context["lines"] == lines_to_say(school, Reason.LONE)
    assert 'value="confirmed" data-digit="1"' in page.content.decode()
    told = f"«На месте» подтверждает администратора сегодняшним днём: {Appointment.objects.get().full_name}."
    assert told in page.content.decode()
    HelpRequest.objects.prepare(
        school, topic=HelpTopic.OTHER, addressee=Addressee.MANAGER, question="?", by=vera, form_key=uuid4()
    )
    HelpRequest.objects.update(status="submitted", waiting_since=school.today - timedelta(days=30))
    page = browser.get(PAGE)
    assert page.context["lines"] == lines_to_say(school, Reason.OVERDUE)
    assert 'value="confirmed"' not in page.content.decode()
    assert 'value="later" data-digit="2"' in page.content.decode(), "the digits of the others stay"
    assert "подтверждает администратора" not in page.content.decode()
    refused = browser.post(address(school), {"outcome": "confirmed"})
    assert refused.status_code == 200, "nor by a form that was opened before"
    assert not Call.objects.exists()
