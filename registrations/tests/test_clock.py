"""The answer clock: working days of Russia, counted by the calendar day of the organization's own region."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from conftest import make_appointment, make_municipality, make_organization, make_region
from organizations.models import Organization, Region
from registrations.clock import overdue_since
from registrations.models import RegistrationRequest
from registrations.statuses import AnswerChannel, RegistrationStatus

Enter = Callable[[User], Client]
FRIDAY = date(2026, 10, 30)  # five working days later is 9 November: the 4th is a holiday, two weekends lie between


def awaiting(school: Organization, since: date = FRIDAY, **fields: object) -> RegistrationRequest:
    case = RegistrationRequest.objects.open_new(school, by=None, status=RegistrationStatus.SUBMITTED, **fields)
    RegistrationRequest.objects.filter(pk=case.pk).update(waiting_since=since)
    return RegistrationRequest.objects.select_related("organization__region").get(pk=case.pk)


def test_a_stranger_sees_no_overdue_case(school: Organization, oleg: User, enter: Enter) -> None:
    awaiting(school)
    with time_machine.travel(datetime(2026, 11, 20, 6, tzinfo=UTC)):
        assert enter(oleg).get("/dashboard/").status_code == 404
        assert enter(oleg).get("/organizations/?letters=overdue").context["count"] == 0


def test_the_page_says_until_when_the_answer_usually_comes(school: Organization, vera: User, enter: Enter) -> None:
    awaiting(school)
    with time_machine.travel(datetime(2026, 11, 6, 6, tzinfo=UTC)):
        page = enter(vera).get(reverse("registrations:registration", args=[school.pk])).content.decode()
    assert "Ответ обычно до 9 ноября." in page


def test_the_holiday_is_no_working_day(school: Organization) -> None:
    case = awaiting(school)
    with time_machine.travel(datetime(2026, 11, 9, 6, tzinfo=UTC)):
        assert (case.waiting_days, case.is_overdue) == (5, False)
    with time_machine.travel(datetime(2026, 11, 10, 6, tzinfo=UTC)):
        assert (case.waiting_days, case.overdue_days) == (6, 1)


def test_rows_and_clock_agree_on_every_day(school: Organization) -> None:
    """What SQL calls overdue is what the row itself counts: over weekends, holidays and the New Year."""
    for since in (FRIDAY, date(2026, 12, 28), date(2026, 11, 21)):
        case = awaiting(make_organization(school.municipality), since)
        for ahead in range(25):
            day = datetime.fromordinal(since.toordinal() + ahead).replace(hour=6, tzinfo=UTC)
            with time_machine.travel(day):
                found = RegistrationRequest.objects.overdue(overdue_since()).filter(pk=case.pk).exists()
                assert found == case.is_overdue, (since, day)


@pytest.mark.parametrize(("zone", "is_late"), [("Asia/Kamchatka", True), ("Europe/Kaliningrad", False)])
def test_the_day_is_that_of_the_region(zone: str, is_late: bool) -> None:
    """22:30 in Moscow on the last day of the term: in Kamchatka the term is over, in Kaliningrad it is not."""
    school = make_organization(make_municipality(make_region(time_zone=zone)))
    case = awaiting(school)
    with time_machine.travel(datetime(2026, 11, 9, 19, 30, tzinfo=UTC)):
        assert case.is_overdue is is_late
        assert RegistrationRequest.objects.overdue(overdue_since()).exists() is is_late


def test_many_regions_cost_one_statement(region: Region) -> None:
    for zone in ("Asia/Kamchatka", "Europe/Moscow", "Asia/Omsk"):
        make_region(time_zone=zone, answer_after_days=3)
    with CaptureQueriesContext(connection) as asked:
        list(RegistrationRequest.objects.overdue(overdue_since()))
    assert len(asked) == 2


def test_a_letter_is_repeated_by_the_regions_own_midnight(school: Organization, marina: User) -> None:
    """A letter of 23:00 in Tomsk; at 1:00 there, when Moscow still has the old day, the next one may go."""
    Organization.objects.filter(pk=school.pk).update(step=2)
    school.appointments.update(agreed_at=datetime(2026, 10, 2, 6, tzinfo=UTC), since=date(2026, 10, 1))
    with time_machine.travel(datetime(2026, 11, 2, 16, tzinfo=UTC)):
        case = RegistrationRequest.objects.file(Organization.objects.get(pk=school.pk), by=marina, agrees=False)
        assert not case.is_repeatable
    with time_machine.travel(datetime(2026, 11, 2, 18, tzinfo=UTC)):
        assert case.is_repeatable


def test_overdue_cases_climb_to_the_coordinator(
    school: Organization, other_school: Organization, vera: User, nadia: User, enter: Enter
) -> None:
    awaiting(school)
    awaiting(other_school, date(2026, 11, 9))
    with time_machine.travel(datetime(2026, 11, 12, 6, tzinfo=UTC)):
        page = enter(vera).get("/dashboard/waiting/").content.decode()
        assert "Сферум не ответил в срок" in page
        assert 'href="/organizations/?letters=overdue">Все организации без ответа дольше обычного: 1</a>' in page
        assert "Поддержка Сферума · просрочено на 3\xa0рабочих дня" in page
        assert '<a href="/organizations/?letters=overdue">1</a>' in page
        listed = enter(vera).get("/organizations/?letters=overdue")
        assert (listed.context["count"], school.name in listed.content.decode()) == (1, True)
        assert "Сферум не ответил в срок" in enter(nadia).get("/dashboard/waiting/").content.decode()


def test_the_day_of_the_letter_stays_when_the_answer_comes(school: Organization, vera: User) -> None:
    make_appointment(school)
    case = awaiting(school)
    case.confirm(by=vera, on=date(2026, 11, 5), channel=AnswerChannel.LETTER)
    case.refresh_from_db()
    assert (case.waiting_since, case.answered_on, case.waiting_days) == (FRIDAY, date(2026, 11, 5), 0)
