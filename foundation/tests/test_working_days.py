from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from foundation import working_days
from foundation.working_days import (
    add_working_days,
    is_working_day,
    office_moment,
    overdue_start,
    working_days_between,
)


@pytest.fixture(autouse=True)
def _fresh_file():
    for remembered in (working_days.moved_days, working_days.is_working_day):
        remembered.cache_clear()
    yield
    for remembered in (working_days.moved_days, working_days.is_working_day):
        remembered.cache_clear()


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 11, 23), True),
        (date(2026, 11, 22), False),
        (date(2026, 11, 4), False),
        (date(2026, 1, 9), False),  # moved from Saturday 3 January 2026
        (date(2026, 12, 31), False),  # moved from Sunday 4 January 2026
        (date(2025, 11, 1), True),  # a working Saturday
        (date(2024, 4, 27), True),
        (date(2027, 2, 20), True),
    ],
)
def test_the_calendar_of_russia(day, works):
    assert is_working_day(day) is works


def test_from_friday_to_monday_is_one():
    assert working_days_between(date(2026, 11, 20), date(2026, 11, 23)) == 1
    assert working_days_between(date(2026, 11, 20), date(2026, 11, 22)) == 0
    assert working_days_between(date(2026, 11, 23), date(2026, 11, 20)) == 0


def test_a_term_over_the_new_year():
    assert add_working_days(date(2025, 12, 30), 1) == date(2026, 1, 12)
    assert add_working_days(date(2026, 11, 20), 3) == date(2026, 11, 25)
    assert add_working_days(date(2026, 11, 20), 0) == date(2026, 11, 20)


def test_adding_and_counting_agree():
    start = date(2026, 4, 29)
    assert [working_days_between(start, add_working_days(start, number)) for number in range(30)] == list(range(30))


def test_the_last_overdue_start_is_where_counting_passes_the_number():
    for day in (date(2026, 1, 12), date(2026, 11, 5), date(2026, 11, 22), date(2025, 11, 1)):
        for number in (0, 3, 5):
            start = overdue_start(day, number)
            assert working_days_between(start, day) == number + 1
            assert working_days_between(start + timedelta(days=1), day) <= number


def test_the_file_wins_over_the_package(tmp_path, monkeypatch):
    moved = tmp_path / "moved_days.csv"
    moved.write_text("# ground\nday,is,ground\n2026-11-21,working,an order\n2026-11-24,free,an order\n")
    monkeypatch.setattr(working_days, "MOVED_DAYS", moved)
    assert is_working_day(date(2026, 11, 21))
    assert not is_working_day(date(2026, 11, 24))
    assert add_working_days(date(2026, 11, 20), 2) == date(2026, 11, 23)


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-11-26T00:51", "2026-11-26T09:00"),  # by night: the same day
        ("2026-11-26T10:30", "2026-11-26T10:30"),  # open
        ("2026-11-26T18:00", "2026-11-27T09:00"),  # closed for today
        ("2026-11-27T22:00", "2026-11-30T09:00"),  # over the weekend
        ("2026-11-28T08:00", "2026-11-30T09:00"),
    ],
)
def test_when_the_office_opens(now, opens):
    zone = ZoneInfo("Asia/Tomsk")
    with time_machine.travel(datetime.fromisoformat(now).replace(tzinfo=zone), tick=False):
        assert office_moment(zone) == datetime.fromisoformat(opens).replace(tzinfo=zone)
