"""Twelve weeks of the four figures that a ministry asks for, from snapshots; before the first, from days of steps."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Case, Count, DateField, F, Q, When
from django.db.models.functions import TruncDate
from django.utils import timezone

from coordination.figures import Figures, figures_of
from coordination.models import Snapshot, Standing
from coordination.models.standing import held_at
from organizations.models import Milestone
from organizations.models.organization import OrganizationQuerySet
from organizations.statuses import AdministratorState, Source, Step

WEEKS = 12
WEEK = timedelta(days=7)
# Name of the figure → its words and the condition over rows that bear step and state.
MEASURES: dict[str, tuple[str, Q]] = {
    "registered": ("Зарегистрировано", Q(step__gte=Step.REGISTERED)),
    "confirmed": ("Администратор подтверждён", Q(administrator_state=AdministratorState.CONFIRMED)),
    "invited": ("Ссылки выпущены", Q(step__gte=Step.INVITED)),
    "migrated": ("Чаты перенесены", Q(step__gte=Step.MIGRATED)),
}
OF_STEPS = {"registered": Step.REGISTERED, "invited": Step.INVITED, "migrated": Step.MIGRATED}


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
    def rows(self) -> list[tuple[date, list[tuple[str, int | None]]]]:
        return [(day, [(line.label, line.counts[at]) for line in self.lines]) for at, day in enumerate(self.days)]


def trend_of(organizations: OrganizationQuerySet) -> Trend:
    """`organizations`: everything of the territory, closed or not. Four statements."""
    today = timezone.localdate()
    sundays = [today - timedelta(days=today.isoweekday()) - WEEK * back for back in reversed(range(WEEKS - 1))]
    mine = Snapshot.objects.filter(region__in=organizations.order_by().values("region"), day__isnull=False)
    first = mine.order_by("day").first()
    kept_from = first.day if first else None
    told = _told(organizations, [day for day in sundays if kept_from is None or day < kept_from])
    kept = _kept(organizations, [day for day in sundays if kept_from is not None and day >= kept_from])
    now = _now(figures_of(organizations.listed()))
    lines = [
        Line(label, [(told | kept).get((name, day)) for day in sundays] + [now[name]])
        for name, (label, _) in MEASURES.items()
    ]
    return Trend([*sundays, today], lines, kept_from)


def _now(figures: Figures) -> dict[str, int]:
    reached = {name: sum(n for s, n in figures.steps.items() if s and s >= step) for name, step in OF_STEPS.items()}
    return {**reached, "confirmed": figures.confirmed}


def _kept(organizations: OrganizationQuerySet, days: list[date]) -> dict[tuple[str, date], int]:
    """One statement over the intervals; the night after a day is when it was kept."""
    counts = {
        f"{name}_{at}": Count("pk", filter=held_at(_end_of(day)) & condition)
        for at, day in enumerate(days)
        for name, (_, condition) in MEASURES.items()
    }
    if not counts:
        return {}
    rows = Standing.objects.of(organizations).listed().order_by().aggregate(**counts)
    return {(name, day): rows[f"{name}_{at}"] for at, day in enumerate(days) for name in MEASURES}


def _end_of(day: date) -> datetime:
    """Late enough for a snapshot of the night that was taken in the morning, too early for the next day's."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time(23)))


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
