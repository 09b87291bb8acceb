"""«Администратор ещё на месте?»: four reasons, one figure, exactly its rows; a telephone call settles it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from phonenumber_field.phonenumber import PhoneNumber

from accounts.models import User
from conftest import make_appointment, make_organization, make_user
from coordination.doubts import count_doubts, with_doubts
from coordination.statuses import Doubt
from correspondence.models import Lane, Letter, LetterStatus
from correspondence.statuses import ErrorKind
from organizations.models import Appointment, Municipality, Organization
from organizations.statuses import AdministratorState, AppointmentRole, Step
from registrations.models import HandoverRequest, Nominee
from registrations.statuses import NominatedBy

Enter = Callable[[User], Client]
YESTERDAY = timezone.localdate() - timedelta(days=2)


def fail(address: str, kind: ErrorKind = ErrorKind.BOUNCED, lane: Lane = Lane.CASE) -> Letter:
    letter = Letter.objects.queue(
        dedupe_key=f"{address}:{kind}:{lane}:{timezone.now()}", to=address, subject="?", text="?", lane=lane
    )
    Letter.objects.filter(pk=letter.pk).update(status=LetterStatus.FAILED, error_kind=kind, finished_at=timezone.now())
    return letter


def doubt_of(school: Organization) -> str:
    return next(iter(with_doubts(Organization.objects.filter(pk=school.pk)).values_list("doubt", flat=True)), "")


@pytest.fixture
def registered(school: Organization, marina: User) -> Organization:
    Organization.objects.filter(pk=school.pk).update(step=Step.REGISTERED)
    return Organization.objects.select_related("region").get(pk=school.pk)


def test_who_sees_the_question(registered: Organization, marina: User, oleg: User, vera: User, enter: Enter) -> None:
    fail(marina.email)
    assert enter(oleg).get("/organizations/?doubt=any").context["count"] == 0
    assert enter(oleg).get(registered.get_absolute_url()).status_code == 404
    assert "ещё на месте?" not in enter(marina).get(registered.get_absolute_url()).content.decode()
    assert "Письма администратору не доходят." in enter(vera).get(registered.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("kind", "lane", "expected"),
    [
        (ErrorKind.BOUNCED, Lane.CASE, Doubt.MAIL),
        (ErrorKind.PERMANENT, Lane.NOTICE, Doubt.MAIL),
        (ErrorKind.TEMPORARY, Lane.NOTICE, ""),
        (ErrorKind.BOUNCED, Lane.ACCESS, ""),
    ],
)
def test_mail_that_comes_back(
    kind: ErrorKind, lane: Lane, expected: str, registered: Organization, marina: User
) -> None:
    assert doubt_of(registered) == ""
    fail(marina.email, kind, lane)
    assert doubt_of(registered) == expected


def test_mail_of_before_the_appointment_says_nothing(registered: Organization, marina: User) -> None:
    with time_machine.travel(timezone.now() - timedelta(days=3)):
        fail(marina.email)
    assert doubt_of(registered) == ""


def test_a_call_settles_what_came_before_and_not_what_comes_after(
    registered: Organization, marina: User, vera: User, enter: Enter
) -> None:
    fail(marina.email)
    enter(vera).post(reverse("organizations:appointment-confirm", args=[registered.administrator.pk]))
    assert doubt_of(registered) == ""
    fail(marina.email)
    assert doubt_of(registered) == Doubt.MAIL, "the next one is a question again"


def test_an_order_that_ran_out(registered: Organization, marina: User, vera: User, enter: Enter) -> None:
    row = registered.administrator
    Appointment.objects.filter(pk=row.pk).update(since=YESTERDAY - timedelta(days=90), until=YESTERDAY)
    assert doubt_of(registered) == Doubt.EXPIRED
    registered.set_administrator_state(AdministratorState.CONFIRMED)
    assert Organization.objects.all().follow_deputies() == 1
    assert Organization.objects.get(pk=registered.pk).administrator_state == AdministratorState.UNKNOWN
    page = enter(vera).get(reverse("organizations:appointments", args=[registered.pk])).content.decode()
    assert "срок истёк" in page
    until = timezone.localdate() + timedelta(days=90)
    enter(vera).post(reverse("organizations:appointment-extend", args=[row.pk]), {"until": until.isoformat()})
    assert doubt_of(registered) == ""
    assert Organization.objects.get(pk=registered.pk).administrator_state == AdministratorState.CHANGING
    assert Organization.objects.all().follow_deputies() == 0


def test_nobody_acts_in_a_registered_organization(registered: Organization, school: Organization, vera: User) -> None:
    Appointment.objects.all().delete()
    assert doubt_of(registered) == Doubt.NOBODY
    nominee = Nominee("Смирнова Анна Петровна", PhoneNumber.from_string("+79001234567"))
    HandoverRequest.objects.nominate(registered, nominee, nominated_by=NominatedBy.COORDINATOR, by=vera)
    assert doubt_of(registered) == "", "somebody is named already"
    beginner = make_organization(school.municipality)
    assert doubt_of(beginner) == "", "nobody is missed before the registration"


def test_a_deputy_whose_end_was_not_answered(registered: Organization, marina: User, vera: User) -> None:
    past = {"since": YESTERDAY - timedelta(days=9), "until": YESTERDAY}
    make_appointment(registered, make_user(phone="+79000000077"), role=AppointmentRole.DEPUTY, **past)
    assert doubt_of(registered) == Doubt.DEPUTY_OVER
    registered.administrator.confirm(on=registered.today, by=vera)
    assert doubt_of(registered) == ""


def test_every_figure_leads_to_exactly_its_rows(
    registered: Organization, municipality: Municipality, marina: User, vera: User, enter: Enter
) -> None:
    fail(marina.email)
    for _ in range(3):
        make_organization(municipality, step=Step.REGISTERED)
    counted = count_doubts(with_doubts(Organization.objects.all()))
    assert counted == {Doubt.MAIL: 1, Doubt.NOBODY: 3}
    browser = enter(vera)
    desk = browser.get("/dashboard/waiting/").content.decode()
    for reason, number in counted.items():
        assert f'href="/organizations/?doubt={reason}">{number}</a>' in desk
        assert browser.get(f"/organizations/?doubt={reason}").context["count"] == number
    listed = browser.get("/organizations/?doubt=any")
    assert listed.context["count"] == 4
    for reason in counted:
        assert f"<small>{Doubt(reason).label}: " in listed.content.decode()
    assert browser.get("/organizations/export.xlsx?doubt=any").status_code == 200


def test_the_gravest_stand_first_on_the_desk(
    registered: Organization, municipality: Municipality, marina: User, vera: User, enter: Enter
) -> None:
    fail(marina.email)
    nobody = make_organization(municipality, step=Step.REGISTERED)
    for role in (AppointmentRole.DEPUTY, AppointmentRole.RESPONSIBLE):
        over = make_organization(municipality, step=Step.REGISTERED)
        make_appointment(over, since=YESTERDAY - timedelta(days=9), until=YESTERDAY, role=role)
        if role == AppointmentRole.DEPUTY:
            make_appointment(over)
    found = [(row.pk, row.doubt) for row in enter(vera).get("/dashboard/waiting/").context["doubtful"]]
    assert [reason for _, reason in found] == [Doubt.EXPIRED, Doubt.NOBODY, Doubt.DEPUTY_OVER, Doubt.MAIL]
    assert found[1][0] == nobody.pk


def test_a_lost_address_is_found_by_the_index_and_not_by_reading_every_letter(registered: Organization) -> None:
    if connection.vendor == "postgresql":
        connection.cursor().execute("SET LOCAL enable_seqscan = off")  # else it reads small tables whole
    assert "letter_of_recipient" in with_doubts(Organization.objects.all()).explain()


def test_it_costs_one_statement_whatever_the_rows(registered: Organization, municipality: Municipality) -> None:
    for number in range(50):
        organization = make_organization(municipality, step=Step.REGISTERED)
        fail(make_appointment(organization, make_user(phone=f"+791300000{number:02d}")).email)
    with CaptureQueriesContext(connection) as asked:
        assert count_doubts(with_doubts(Organization.objects.all()))[Doubt.MAIL] == 50
    assert len(asked) == 1
