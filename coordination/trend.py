"""Twelve weeks of the four figures that a ministry asks for, from snapshots; before the first, from days of steps."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Case, Count, DateField, F, Max, Min, Q, When
from django.db.models.functions import TruncDate
from django.utils import timezone

from coordination.figures import figures_of
from coordination.models import Snapshot, Standing
from coordination.models.standing import held_at, held_in
from coordination.statuses import Measure
from organizations.models import Milestone
from organizations.models.organization import OrganizationQuerySet
from organizations.statuses import AdministratorState, Source, Step

WEEKS = 12
WEEK = timedelta(days=7)
OF_STEPS = {Measure.REGISTERED: Step.REGISTERED, Measure.INVITED: Step.INVITED, Measure.MIGRATED: Step.MIGRATED}
CONFIRMED = Q(administrator_state=AdministratorState.CONFIRMED)
# Over rows that bear step and state.
MEASURES = {each: Q(step__gte=OF_STEPS[each]) if each in OF_STEPS else CONFIRMED for each in Measure}
HEIGHT, STRIDE = 48, 20  # of the picture, in its own units


@dataclass(frozen=True)
class Line:
    """One figure over the weeks, the oldest first; None where nobody knows."""

    label: str
    counts: list[int | None]

    @property
    def bars(self) -> list[dict[str, int]]:
        """Places and heights in the picture; a week that nobody knows has none."""
        most = max(count or 0 for count in self.counts) or 1
        heights = [(at, round(HEIGHT * count / most)) for at, count in enumerate(self.counts) if count is not None]
        return [{"x": at * STRIDE, "y": HEIGHT - height, "height": height} for at, height in heights]

    @property
    def gained(self) -> int | None:
        """Since the first week that is known."""
        known = [count for count in self.counts if count is not None]
        return known[-1] - known[0] if len(known) > 1 else None


@dataclass(frozen=True)
class Trend:
    days: list[date]
    lines: list[Line]
    kept_from: date | None

    @property
    def is_partly_told(self) -> bool:
        """Some weeks lie before the first snapshot."""
        return self.kept_from is None or self.days[0] < self.kept_from

    @property
    def rows(self) -> list[tuple[date, bool, list[tuple[str, int | None]]]]:
        """The day, whether its desk can be shown, and the figures."""
        kept = [self.kept_from is not None and day >= self.kept_from for day in self.days]
        cells = [[(line.label, line.counts[at]) for line in self.lines] for at in range(len(self.days))]
        return list(zip(self.days, kept, cells, strict=True))


def trend_of(organizations: OrganizationQuerySet) -> Trend:
    """`organizations`: everything of the territory, closed or not. Five statements."""
    today = timezone.localdate()
    sundays = [today - timedelta(days=today.isoweekday()) - WEEK * back for back in reversed(range(WEEKS - 1))]
    kept_from, moments = _kept_at(organizations, sundays)
    told = _told(organizations, [day for day in sundays if day not in moments])
    kept = _kept(organizations, moments)
    known, now = told | kept, figures_of(organizations.listed())
    lines = [Line(name.label, [known.get((name, day)) for day in sundays] + [getattr(now, name)]) for name in Measure]
    return Trend([*sundays, today], lines, kept_from)


Moments = dict[int, datetime]
"""Region → the moment of its snapshot."""


def _kept_at(organizations: OrganizationQuerySet, days: list[date]) -> tuple[date | None, dict[date, Moments]]:
    """The first day that is kept of all regions, and the snapshots that show each of `days`, as `past_of` finds them.

    A day of which one region knows nothing is no day of the whole: half of the schools would look like a loss.
    """
    regions = set(organizations.order_by().values_list("region", flat=True).distinct())
    last = {f"last_{at}": Max("at", filter=Q(day__lte=day)) for at, day in enumerate(days)}
    nightly = Snapshot.objects.filter(region__in=regions, day__isnull=False).order_by()
    found = list(nightly.values_list("region").annotate(first=Min("day"), **last))
    if not found or len(found) < len(regions):
        return None, {}
    moments = {day: {region: each[at] for region, _, *each in found} for at, day in enumerate(days)}
    return max(first for _, first, *_ in found), {day: each for day, each in moments.items() if all(each.values())}


def _kept(organizations: OrganizationQuerySet, moments: dict[date, Moments]) -> dict[tuple[str, date], int]:
    """One statement over the intervals."""
    counts = {
        f"{name}_{at}": Count("pk", filter=_held(each) & condition)
        for at, each in enumerate(moments.values())
        for name, condition in MEASURES.items()
    }
    if not counts:
        return {}
    rows = Standing.objects.of(organizations).listed().order_by().aggregate(**counts)
    return {(name, day): rows[f"{name}_{at}"] for at, day in enumerate(moments) for name in MEASURES}


def _held(moments: Moments) -> Q:
    one, *others = set(moments.values())
    return held_in(moments, "organization__region") if others else held_at(one)


def _told(organizations: OrganizationQuerySet, days: list[date]) -> dict[tuple[str, date], int]:
    """From the days of steps; who answers for Sferum on a past day no step tells."""
    if not days:
        return {}
    seen = When(source=Source.PORTAL, reached_on=None, then=TruncDate("noted_at"))
    rows = Milestone.objects.filter(organization__in=organizations.listed().order_by().values("pk")).order_by()
    counts = {
        f"{name}_{at}": Count("organization", distinct=True, filter=Q(step__gte=step, on__lte=day))
        for at, day in enumerate(days)
        for name, step in OF_STEPS.items()
    }
    known = rows.annotate(on=Case(seen, default=F("reached_on"), output_field=DateField())).aggregate(**counts)
    return {(name, day): known[f"{name}_{at}"] for at, day in enumerate(days) for name in OF_STEPS}
