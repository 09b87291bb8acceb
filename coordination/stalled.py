"""«Стоит»: who stays at a step for more working days than the region finds normal.

Who has not begun stands since the day on which it came into the list, by the norm of the first step.
A school's clock rests in the region's summer; Support's and the manager's do not. The last day on which a wait may
have begun is counted here, once for each region and step, so the database compares plain dates.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from django.db.models import Q
from django.utils import timezone

from foundation.templatetags.portal import count
from foundation.working_days import is_working_day
from organizations.journey import next_move
from organizations.models import Organization, Region
from organizations.statuses import AdministratorState, Holder, Step

_DAY = timedelta(days=1)
LONGEST_LOOK_BACK = 3 * 366  # days; a wait of three years is stalled whatever its norm
OF_SFERUM = (Holder.SUPPORT, Holder.MANAGER)
WORKING_DAYS = "рабочий день,рабочих дня,рабочих дней"


@dataclass(frozen=True)
class Clock:
    """Counts the working days of a region; of a school, without its summer."""

    rests_from: tuple[int, int] | None = None
    rests_until: tuple[int, int] | None = None

    def counts(self, day: date) -> bool:
        return is_working_day(day) and not self._rests(day)

    def _rests(self, day: date) -> bool:
        if self.rests_from is None or self.rests_until is None:
            return False
        here = (day.month, day.day)
        if self.rests_from <= self.rests_until:
            return self.rests_from <= here <= self.rests_until
        return here >= self.rests_from or here <= self.rests_until  # over New Year

    def days(self, start: date, today: date) -> int:
        """Days that count after `start`, up to and with `today`."""
        return days_of(self, start, today)

    def last_start(self, today: date, norm: int) -> date:
        """The last start of a wait that by `today` has lasted more than `norm` days."""
        day, passed = today, 0
        while passed <= norm and (today - day).days < LONGEST_LOOK_BACK:
            passed += self.counts(day)
            day -= _DAY
        return day


@lru_cache(maxsize=4096)  # the rows of a page share a few days, and a wait of a year is counted day by day
def days_of(clock: Clock, start: date, today: date) -> int:
    return sum(clock.counts(start + _DAY * ahead) for ahead in range(1, (today - start).days + 1))


def clock_of(region: Region, *, of_sferum: bool) -> Clock:
    if of_sferum or not region.summer_from or not region.summer_until:
        return Clock()
    return Clock(_month_day(region.summer_from), _month_day(region.summer_until))


def _month_day(words: str) -> tuple[int, int]:
    """«01.06» as it stands in the region's settings."""
    day, month = words.split(".")
    return int(month), int(day)


def stalled_q() -> Q:
    """Organizations whose step has lasted beyond the norm. One statement, for the regions."""
    stalled = Q(pk__in=[])
    for region in Region.objects.order_by():
        stalled |= Q(region=region.pk) & (_stalled_in(region) | _unstarted_in(region))
    return stalled


def unstarted_q() -> Q:
    """Those of them where nobody was ever appointed. One statement."""
    unstarted = Q(pk__in=[])
    for region in Region.objects.order_by():
        unstarted |= Q(region=region.pk) & _unstarted_in(region)
    return unstarted


def _unstarted_in(region: Region) -> Q:
    norm = dict(norms_of(region)).get(Step.APPOINTED)
    if norm is None:
        return Q(pk__in=[])
    today = timezone.localdate(timezone=region.zone)
    return Q(step=None, listed_on__lte=clock_of(region, of_sferum=False).last_start(today, norm))


def _stalled_in(region: Region) -> Q:
    today = timezone.localdate(timezone=region.zone)
    schools, sferum = clock_of(region, of_sferum=False), clock_of(region, of_sferum=True)
    stalled = Q(pk__in=[])
    for step, norm in norms_of(region):
        by_school = Q(step_since__lte=schools.last_start(today, norm))
        by_sferum = Q(step_since__lte=sferum.last_start(today, norm))
        changing = Q(administrator_state=AdministratorState.CHANGING)
        if step == Step.REQUESTED:
            late = by_sferum
        elif step >= Step.REGISTERED:
            late = (changing & by_sferum) | (~changing & by_school)
        else:
            late = by_school
        stalled |= Q(step=step) & late
    return stalled


def norms_of(region: Region) -> Iterator[tuple[Step, int]]:
    """Every step but the last, with its norm in working days; 0 in the settings: this step is not watched."""
    for step in Step:
        norm = int(region.step_norms.get(str(int(step)), 0))
        if step != Step.MIGRATED and norm > 0:
            yield step, norm


def stalled_words(organization: Organization) -> str:
    """«стоит 23 рабочих дня при норме 10»; empty where it is within the norm or not watched. Needs its region."""
    norm = dict(norms_of(organization.region)).get(Step(organization.step or Step.APPOINTED))
    if norm is None or organization.stands_since is None:
        return ""
    clock = clock_of(organization.region, of_sferum=next_move(organization).holder in OF_SFERUM)
    days = clock.days(organization.stands_since, organization.today)
    return f"стоит {count(days, WORKING_DAYS)} при норме {norm}" if days > norm else ""
