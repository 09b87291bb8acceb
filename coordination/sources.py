"""«Основание»: how the portal knows where organizations stand, in shares by municipality."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, FilteredRelation, Q, QuerySet

from coordination.figures import NO_MUNICIPALITY, share
from organizations.models import Milestone
from organizations.models.organization import OrganizationQuerySet
from organizations.statuses import Source


def _with_source(organizations: OrganizationQuerySet) -> "QuerySet[Any]":
    """The rows with `source`, the ground of the step on which each stands; none where the road has not begun."""
    here = FilteredRelation("milestones", condition=Q(milestones__step=F("step")))
    return organizations.annotate(here=here, source=F("here__source"))


def known_from(source: str) -> Q:
    """Organizations of which the step that they stand on is known so."""
    return Q(pk__in=Milestone.objects.filter(step=F("organization__step"), source=source).values("organization"))


@dataclass(frozen=True)
class Part:
    """A piece of the bar: `start` and `width` in hundredths of its length."""

    source: Source
    count: int
    share: int | None
    start: float
    width: float

    @property
    def query(self) -> str:
        return f"source={self.source}"


@dataclass
class Sources:
    name: str
    key: str
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        return self.counts.total()

    @property
    def parts(self) -> Iterator[Part]:
        start = 0.0
        for source in Source:
            number = self.counts[source]
            width = round(100 * number / self.total, 2) if self.total else 0
            yield Part(source, number, share(number, self.total), start, width)
            start += width


def sources_of(organizations: OrganizationQuerySet) -> list[Sources]:
    """A row per municipality by name, and before them one of all together. One statement."""
    whole, rows = Sources("Всего", ""), dict[int | None, Sources]()
    known = _with_source(organizations).exclude(source=None).order_by()
    groups = known.values_list("municipality", "municipality__name", "source").annotate(number=Count("pk"))
    for place, name, source, number in groups:
        row = rows.setdefault(place, Sources(name or "Муниципалитет не указан", str(place or NO_MUNICIPALITY)))
        row.counts[source] += number
        whole.counts[source] += number
    by_name = sorted(rows.values(), key=lambda row: (row.key == NO_MUNICIPALITY, row.name))
    return [whole, *by_name] if len(by_name) > 1 else [whole]
