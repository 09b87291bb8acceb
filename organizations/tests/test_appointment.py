"""Appointing, relieving, contesting: one acting responsible, rights only while it acts."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone
from phonenumber_field.phonenumber import PhoneNumber

from accounts.models import User
from conftest import make_appointment, make_user
from foundation.verbs import WrongStatus
from organizations.journey import reach
from organizations.models import Appointment, Event, Organization
from organizations.statuses import AdministratorState, Source, Step

PHONE = PhoneNumber.from_string("+7 900 123-45-67")


def appoint(school: Organization, **fields: Any) -> Appointment:
    return Appointment.objects.appoint(
        school, **{"full_name": "Смирнова Анна Петровна", "phone": PHONE, "source": Source.SCHOOL} | fields
    )


def test_strangers_see_no_organization(school: Organization, oleg: User, vera: User, marina: User) -> None:
    assert school not in Organization.objects.visible_to(oleg)
    assert school in Organization.objects.visible_to(vera)
    assert school in Organization.objects.administered_by(marina)
    assert school not in Organization.objects.administered_by(vera), "what is the school's alone is not a coordinator's"


def test_municipal_coordinator_sees_only_the_municipality(
    school: Organization, other_school: Organization, nadia: User
) -> None:
    assert list(Organization.objects.visible_to(nadia)) == [school]


def test_appointing_makes_an_account_and_reaches_the_first_step(school: Organization) -> None:
    appointment = appoint(school, email="anna@example.ru")
    assert appointment.is_new_user
    assert appointment.user.email == "anna@example.ru"
    school.refresh_from_db()
    assert school.step == Step.APPOINTED
    assert school.administrator_state == AdministratorState.CONFIRMED


def test_official_mailbox_becomes_nobodys_address(school: Organization) -> None:
    appointment = appoint(school, email=school.email)
    assert appointment.user.email is None
    assert appointment.email == school.email


def test_an_existing_account_keeps_its_address(school: Organization, oleg: User) -> None:
    appointment = appoint(school, phone=oleg.phone, email="stranger@example.ru")
    oleg.refresh_from_db()
    assert appointment.user == oleg
    assert not appointment.is_new_user
    assert oleg.email != "stranger@example.ru"


def test_the_new_administrator_replaces_the_former_one(school: Organization, marina: User) -> None:
    appoint(school)
    assert school not in Organization.objects.visible_to(marina)
    assert school.administrator is not None
    assert school.administrator.phone == PHONE


def test_two_acting_administrators_are_impossible(school: Organization, marina: User) -> None:
    with pytest.raises(IntegrityError):
        make_appointment(school, make_user())


def test_a_relieved_administrator_is_signed_out(
    school: Organization, marina: User, enter: Callable[[User], Client]
) -> None:
    browser = enter(marina)
    school.administrator.relieve(by=None)
    school.refresh_from_db()
    assert school.administrator_state == AdministratorState.UNKNOWN
    response = browser.get("/accounts/sessions/")
    assert response.status_code in (302, 404)
    assert not Organization.objects.visible_to(marina).exists()


def test_registered_on_another_number_means_the_administrator_changed(school: Organization) -> None:
    reach(school, Step.REGISTERED, by=None, source=Source.REGISTRY)
    appoint(school)
    school.refresh_from_db()
    assert school.administrator_state == AdministratorState.CHANGING


def test_a_deputy_acts_only_between_the_days(school: Organization, marina: User) -> None:
    today = timezone.localdate()
    deputy = Appointment.objects.add_deputy(
        school,
        full_name="Козлова Инна Юрьевна",
        phone=PHONE,
        since=today + timedelta(days=2),
        until=today + timedelta(days=9),
        source=Source.SCHOOL,
    )
    assert school not in Organization.objects.visible_to(deputy.user)
    Appointment.objects.filter(pk=deputy.pk).update(since=today)
    assert school in Organization.objects.visible_to(deputy.user)
    Appointment.objects.filter(pk=deputy.pk).update(since=today - timedelta(days=9), until=today - timedelta(days=2))
    assert school not in Organization.objects.visible_to(deputy.user)


def test_a_contested_appointment_gives_no_rights_until_reinstated(
    school: Organization, marina: User, vera: User
) -> None:
    appointment = school.administrator
    appointment.contest(by=vera, reason="Директор не назначал")
    assert school not in Organization.objects.visible_to(marina)
    with pytest.raises(WrongStatus):
        appointment.contest(by=vera, reason="ещё раз")
    appointment.reinstate(by=vera)
    assert school in Organization.objects.visible_to(marina)


def test_the_journal_holds_no_names(school: Organization, vera: User) -> None:
    appoint(school, by=vera, email="anna@example.ru")
    for event in Event.objects.all():
        assert "Смирнова" not in str(vars(event))
        assert "anna@" not in str(vars(event))


def test_a_mailbox_that_becomes_official_signs_nobody_in_any_more(school: Organization) -> None:
    user = make_user(email="office@edu.example.ru")
    assert user.own_email
    school.email = "office@edu.example.ru"
    school.save()
    user.refresh_from_db()
    assert user.own_email == ""


def test_an_appointment_of_kamchatkas_morning_does_not_wait_for_moscow(school: Organization) -> None:
    """8:30 on the second in Kamchatka, 23:30 on the first in Moscow, where the pages of letters' links are served."""
    with time_machine.travel("2026-12-01T20:30:00Z", tick=False):
        with timezone.override("Asia/Kamchatka"):
            made = appoint(school)
        assert made.since == date(2026, 12, 2)
        assert timezone.localdate() == date(2026, 12, 1)
        assert made.is_acting
        assert Organization.objects.get(pk=school.pk).administrator == made


def test_the_state_of_the_administrator_follows_the_days_of_a_deputy(other_school: Organization) -> None:
    school, now = other_school, timezone.now()
    if school.administrator:
        school.administrator.relieve()
    day = timezone.localdate()
    Appointment.objects.add_deputy(
        school,
        full_name="Смирнова Анна Петровна",
        phone=PHONE,
        since=day + timedelta(days=3),
        until=day + timedelta(days=5),
        source=Source.SCHOOL,
    )
    states = []
    for days in (0, 4, 7):
        with time_machine.travel(now + timedelta(days=days)):
            Organization.objects.all().follow_deputies()
        school.refresh_from_db()
        states.append(school.administrator_state)
    assert states == [AdministratorState.UNKNOWN, AdministratorState.ABSENT, AdministratorState.UNKNOWN]


def test_a_form_sent_twice_appoints_once(school: Organization, vera: User) -> None:
    first = appoint(school, by=vera)
    assert appoint(school, by=vera) == first
    assert Appointment.objects.filter(organization=school).count() == 1
    other = appoint(school, by=vera, phone=PhoneNumber.from_string("+7 900 123-45-68"))
    assert other != first, "another phone is another decision"


def test_a_deputy_sent_twice_is_one_deputy(school: Organization, marina: User) -> None:
    days = {"since": timezone.localdate(), "until": timezone.localdate() + timedelta(days=3)}
    person = {"full_name": "Козлова Инна Юрьевна", "phone": PHONE, "source": Source.SCHOOL, "by": marina}
    first = Appointment.objects.add_deputy(school, **days, **person)
    assert Appointment.objects.add_deputy(school, **days, **person) == first
