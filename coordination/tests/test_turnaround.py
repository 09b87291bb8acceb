"""«Сроки ответов Сферума»: median and ninth decile of working days, small groups silent, the silent ones named."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from accounts.models import User
from conftest import make_organization
from coordination.turnaround import Row, first_month, turnaround_of
from foundation.working_days import add_working_days
from organizations.models import Event, Municipality, Organization
from registrations.clock import overdue_since
from registrations.models import HelpRequest, RegistrationRequest
from registrations.statuses import Addressee, AnswerChannel, HelpStatus, HelpTopic, RegistrationStatus

Enter = Callable[[User], Client]
NOW = datetime(2026, 11, 24, 5, tzinfo=UTC)
MONDAY = date(2026, 11, 9)


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(NOW):
        yield


def case(municipality: Municipality, days: int | None, since: date = MONDAY, **fields: object) -> RegistrationRequest:
    """A letter of that day, answered after so many working days, or not at all."""
    answer = {} if days is None else {"answered_on": add_working_days(since, days), "answer_channel": "letter"}
    status = RegistrationStatus.SUBMITTED if days is None else RegistrationStatus.REGISTERED
    return RegistrationRequest.objects.open_new(
        make_organization(municipality), by=None, **{"status": status, "waiting_since": since} | answer | fields
    )


def report() -> dict[tuple[str, str], Row]:
    found = turnaround_of(Organization.objects.all(), overdue_since(), NOW.date())
    return {(row.kind, row.asked): row for row in found.totals}


def test_who_gets_404(marina: User, oleg: User, enter: Enter, client: Client) -> None:
    for address in ("/reports/turnaround/", "/reports/turnaround.xlsx"):
        assert enter(marina).get(address).status_code == 404
        assert enter(oleg).get(address).status_code == 404
        assert client.get(address).status_code == 302


def test_an_answer_before_the_letter_of_a_later_day_is_no_answer_within_no_days(municipality: Municipality) -> None:
    for _ in range(5):
        case(municipality, 2)
        case(municipality, None, MONDAY, status=RegistrationStatus.REGISTERED, answered_on=MONDAY - timedelta(days=5))
    (row,) = report().values()
    assert (row.answered, row.median) == (5, 2)


def test_a_municipal_coordinator_sees_the_own_territory(
    municipality: Municipality, other_school: Organization, nadia: User, vera: User, enter: Enter
) -> None:
    case(municipality, None, date(2026, 10, 1))
    case(other_school.municipality, None, date(2026, 10, 1))
    assert enter(nadia).get("/reports/turnaround/").context["turnaround"].silent == 1
    assert enter(vera).get("/reports/turnaround/").context["turnaround"].silent == 2


def test_median_and_ninth_decile_in_working_days(municipality: Municipality) -> None:
    for days in (1, 1, 2, 2, 3, 3, 4, 4, 5, 9):
        case(municipality, days)
    row = next(iter(report().values()))
    assert (row.answered, row.median, row.most) == (10, 3, 5)


def test_under_five_answers_no_number_is_made_up(municipality: Municipality, vera: User, enter: Enter) -> None:
    for days in (1, 2, 9):
        case(municipality, days)
    row = next(iter(report().values()))
    assert (row.median, row.most, row.too_few) == (None, None, "мало данных: 3\xa0ответа")
    assert "мало данных: 3\xa0ответа" in enter(vera).get("/reports/turnaround/").content.decode()


def test_what_is_no_answer_has_no_days(municipality: Municipality) -> None:
    """Seen in Sferum, withdrawn, answered before anybody noted a letter, sent again after a correction."""
    case(municipality, 3, answer_channel=AnswerChannel.SFERUM)
    case(municipality, 3, waiting_since=None)
    case(municipality, 1, status=RegistrationStatus.SUBMITTED, waiting_since=date(2026, 11, 23))
    HelpRequest.objects.open_new(
        make_organization(municipality),
        by=None,
        topic=HelpTopic.CODE,
        addressee=Addressee.SUPPORT,
        question="?",
        status=HelpStatus.WITHDRAWN,
        waiting_since=MONDAY,
    )
    (row,) = report().values()
    assert (row.answered, row.seen, row.waiting, row.silent) == (0, 1, 1, 0)


def test_months_are_those_of_the_letters_newest_first(municipality: Municipality) -> None:
    assert first_month(date(2026, 11, 24)) == date(2025, 12, 1)
    assert first_month(date(2026, 12, 1)) == date(2026, 1, 1)
    case(municipality, 3, date(2026, 10, 30))  # answered in November
    case(municipality, 1)
    case(municipality, 1, date(2025, 11, 28))  # too long ago
    found = turnaround_of(Organization.objects.all(), overdue_since(), NOW.date())
    assert [(row.month, row.answered) for row in found.months] == [(date(2026, 11, 1), 1), (date(2026, 10, 1), 1)]


def test_the_addressee_of_a_question_is_told_apart(municipality: Municipality) -> None:
    for addressee in Addressee:
        HelpRequest.objects.open_new(
            make_organization(municipality),
            by=None,
            topic=HelpTopic.OTHER,
            addressee=addressee,
            question="?",
            status=HelpStatus.SUBMITTED,
            waiting_since=MONDAY,
        )
    assert {asked for _, asked in report()} == {"Поддержка Сферума", "менеджер по интеграции"}


def test_the_silent_ones_are_listed_with_days_and_links(municipality: Municipality, vera: User, enter: Enter) -> None:
    silent = case(municipality, None, date(2026, 10, 30))
    patient = case(municipality, None, date(2026, 11, 23))
    page = enter(vera).get("/reports/turnaround/").content.decode()
    assert silent.number in page
    assert silent.get_absolute_url() in page
    assert patient.number not in page
    assert '<td class="num" data-label="Рабочих дней">16</td>' in page


def test_nothing_at_all_says_so(vera: User, enter: Enter) -> None:
    assert "Писем в Сферум ещё не было" in enter(vera).get("/reports/turnaround/").content.decode()


def test_the_workbook_holds_what_the_page_shows(municipality: Municipality, vera: User, enter: Enter) -> None:
    silent = case(municipality, None, date(2026, 10, 30))
    for days in (1, 2, 3, 4, 5):
        case(municipality, days)
    answer = enter(vera).get("/reports/turnaround.xlsx")
    book = CalamineWorkbook.from_filelike(BytesIO(answer.content))
    table = book.get_sheet_by_name("Сроки ответов").to_python()
    assert table[1][3:] == [5, 3, 5, 0, 0, 1]
    assert book.get_sheet_by_name("Молчат").to_python()[1][0] == silent.number
    assert Event.objects.filter(verb="turnaround.exported").count() == 1


def test_it_costs_the_same_at_three_and_at_three_hundred_cases(
    municipality: Municipality, vera: User, enter: Enter
) -> None:
    browser = enter(vera)

    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            browser.get("/reports/turnaround/")
        return len(asked)

    for number in range(3):
        case(municipality, number or None, MONDAY - timedelta(days=number))
    browser.get("/reports/turnaround/")
    few = cost()
    for number in range(300):
        case(municipality, number % 9 or None, MONDAY - timedelta(days=number % 200))
    assert cost() == few
    assert few <= 20
