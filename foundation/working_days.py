"""Working days of Russia, counted after the day of the start: from Friday to Monday is one.

Source: the package `holidays` (RU), which knows public holidays by article 112 of the Labour Code and the days moved by
the government's yearly orders, working Saturdays included (2024-2027 checked). Later orders go into
`data/moved_days.csv` until the package has them; that file wins. A year without an order has its public holidays only.
"""

import csv
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import holidays
from django.utils import timezone

MOVED_DAYS = Path(__file__).parent / "data" / "moved_days.csv"
_HOLIDAYS = holidays.country_holidays("RU")
_DAY = timedelta(days=1)
FROM_HOUR, UNTIL_HOUR = 9, 18


@cache
def is_working_day(day: date) -> bool:
    return moved_days().get(day, _HOLIDAYS.is_working_day(day))


def add_working_days(day: date, number: int) -> date:
    """The last of `number` working days after `day`: the day when a term of N working days runs out."""
    while number > 0:
        day += _DAY
        number -= is_working_day(day)
    return day


def working_days_between(start: date, end: date) -> int:
    """Working days after `start` up to and with `end`; 0 when `end` is not later."""
    return sum(is_working_day(start + _DAY * ahead) for ahead in range(1, (end - start).days + 1))


def is_office_time(zone: ZoneInfo) -> bool:
    """In office hours of a working day there; after nine also, so that a beat that was down catches up."""
    there = timezone.localtime(timezone=zone)
    return FROM_HOUR <= there.hour < UNTIL_HOUR and is_working_day(there.date())


def office_moment(zone: ZoneInfo) -> datetime:
    """Now, or when the office opens next."""
    if is_office_time(zone):
        return timezone.now()
    there = timezone.localtime(timezone=zone)
    day = there.date() + _DAY * (there.hour >= FROM_HOUR)
    while not is_working_day(day):
        day += _DAY
    return datetime.combine(day, time(FROM_HOUR), zone)


def overdue_start(day: date, number: int) -> date:
    """The last start of a wait that has lasted more than `number` working days by `day`."""
    passed = 0
    while passed <= number:
        passed += is_working_day(day)
        day -= _DAY
    return day


@cache
def moved_days() -> Mapping[date, bool]:
    """Day → is it a working day, from the data file."""
    with MOVED_DAYS.open(encoding="utf-8") as file:
        rows = csv.DictReader(line for line in file if not line.startswith("#"))
        return {date.fromisoformat(row["day"]): row["is"] == "working" for row in rows}
