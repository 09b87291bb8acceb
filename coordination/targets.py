"""Targets against figures, and when at the pace of the last four weeks the target will be reached."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from typing import Any

from django.db.models import Count, QuerySet
from django.utils import timezone

from coordination.figures import share
from coordination.models import Snapshot, Standing, Target
from coordination.trend import MEASURES
from organizations.models.organization import OrganizationQuerySet

PACE_DAYS, LEAST_DAYS = 28, 14
LONGEST_FORECAST = 5 * 365  # days; beyond that a date says nothing
Counts = dict[int | None, dict[str, int]]  # municipality (None: the whole region) → figure → number


@dataclass(frozen=True)
class Progress:
    """A target, what is reached of it, and the forecast in words."""

    target: Target
    actual: int
    total: int
    forecast: str

    @property
    def needed(self) -> int:
        """Organizations."""
        return ceil(self.target.value * self.total / 100) if self.target.is_share else self.target.value

    @property
    def is_reached(self) -> bool:
        return self.total > 0 and self.actual >= self.needed

    @property
    def share(self) -> int | None:
        return share(self.actual, self.total)


def progress_of(targets: Iterable[Target], organizations: OrganizationQuerySet) -> list[Progress]:
    """`organizations`: everything of the territory, closed or not. Three statements for a region."""
    found, today = list(targets), timezone.localdate()
    regions = {target.region_id for target in found}
    now = {pk: _counts(organizations.listed().filter(region=pk)) for pk in regions}
    base = {pk: _base(pk, organizations, today) for pk in regions}
    return [_progress(target, now[target.region_id], *base[target.region_id], today) for target in found]


def _base(region: int, organizations: OrganizationQuerySet, today: date) -> tuple[Counts, int]:
    """The figures of the oldest snapshot of the last four weeks, and how many days ago that was; 0 for none."""
    since = today - timedelta(days=PACE_DAYS)
    nightly = Snapshot.objects.filter(region=region, day__gte=since).order_by("day").first()
    if nightly is None or nightly.day is None:
        return {}, 0
    rows = Standing.objects.at(nightly.at).of(organizations.filter(region=region)).listed()
    return _counts(rows), (today - nightly.day).days


def _counts(rows: "QuerySet[Any]") -> Counts:
    numbers = {name: Count("pk", filter=condition) for name, condition in MEASURES.items()}
    counts: Counts = {None: dict.fromkeys(["total", *MEASURES], 0)}
    for row in rows.order_by().values("municipality").annotate(total=Count("pk"), **numbers):
        place = row.pop("municipality")
        for name, number in row.items():
            counts[None][name] += number
        if place is not None:
            counts[place] = row
    return counts


def _progress(target: Target, now: Counts, base: Counts, days: int, today: date) -> Progress:
    here = now.get(target.municipality_id, {})
    actual, total = here.get(target.measure, 0), here.get("total", 0)
    plain = Progress(target, actual, total, "")
    gained = actual - base.get(target.municipality_id, {}).get(target.measure, 0)
    return Progress(target, actual, total, forecast(plain.needed - actual, gained, days, today, target.due_on))


def forecast(missing: int, gained: int, days: int, today: date, due_on: date) -> str:
    """In words, with how it was computed. `gained` organizations came within the last `days` days."""
    if missing <= 0:
        return "Достигнуто."
    if days < LEAST_DAYS:
        return "Прогноз: не хватает данных, снимкам состояния меньше двух недель."
    span = "4 недели" if days >= PACE_DAYS - 1 else f"{days} дн."
    if gained <= 0:
        return f"Прогноз: не хватает данных, за последние {span} не прибавилось ни одной."
    ahead = ceil(missing * days / gained)
    if ahead > LONGEST_FORECAST:
        return f"За последние {span} прибавилось {gained}: при таком темпе – позже чем через пять лет."
    day = today + timedelta(days=ahead)
    late = f"позже срока на {(day - due_on).days} дн." if day > due_on else "в срок"
    return f"За последние {span} прибавилось {gained}. Если так и пойдёт, будет {day:%d.%m.%Y} – {late}."
