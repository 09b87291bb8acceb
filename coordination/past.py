"""«Состояние на …»: a past day in the address, what was kept of it, and in words why it cannot be shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db.models import F, FilteredRelation, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.formats import date_format

from coordination.models import Snapshot, Standing
from coordination.models.standing import StandingQuerySet, held_at, held_in
from organizations.models import Region
from organizations.models.organization import OrganizationQuerySet

# What the list shows and filters by, as it was; the annotations bear the prefix "was_".
WAS = ("step", "step_since", "administrator_state", "holder", "kind", "municipality")
LATE_HOUR = 6


@dataclass(frozen=True)
class Past:
    """A day that was asked for."""

    day: date | None
    note: str
    moments: Mapping[int, datetime] = field(default_factory=dict)
    """Region → moment of its own newest snapshot; empty where the day cannot be shown."""
    kept: date | None = None
    """The day whose end the snapshots show; an earlier one where that night has none."""
    is_everywhere: bool = True
    """Whether each region that one sees is in `moments`."""

    @property
    def at(self) -> datetime | None:
        """The newest of the moments."""
        return max(self.moments.values(), default=None)

    @property
    def words(self) -> str:
        return f"Состояние на {self.day:%d.%m.%Y}" if self.at and self.day else "Этот день показать нельзя"

    def listed(self, organizations: OrganizationQuerySet) -> OrganizationQuerySet:
        """«Всего в списке» of that day: each row also bears what it was, as `was_step` and so on.

        A day that cannot be shown has no rows, but their names all the same: conditions and the order ask for them.
        """
        kept = FilteredRelation("kept_standings", condition=self._held("region", "kept_standings__"))
        was = {f"was_{name}": F(f"kept__{name}") for name in WAS}
        rows = organizations.annotate(kept=kept, was_municipality_name=F("kept__municipality__name"), **was)
        return rows.filter(kept__is_listed=True) if self.at else rows.none()

    def standings(self, organizations: OrganizationQuerySet) -> StandingQuerySet:
        """The kept rows; they bear the same names as organizations, so figures are counted over both."""
        if self.at is None:
            return Standing.objects.none()
        return Standing.objects.filter(self._held("organization__region")).of(organizations).listed()

    def _held(self, region: str, prefix: str = "") -> Q:
        if self.is_everywhere and len(set(self.moments.values())) < 2:
            return held_at(self.at or timezone.now(), prefix)  # most see one region: its name would cost a join
        return held_in(self.moments, region, prefix)


def past_of(asked: str, organizations: OrganizationQuerySet) -> Past | None:
    """None for today. `organizations`: everything that the person may see, closed or not."""
    today = timezone.localdate()
    day = _parsed(asked)
    if not asked or day == today:
        return None
    if day is None:
        return Past(None, "Дата в адресе не читается. Выберите день в календаре.")
    if day > today:
        return Past(day, "Этот день ещё не наступил.")
    regions, kept = _regions_on(day, organizations)
    if not kept:
        nightly = Snapshot.objects.filter(region__in=regions, day__isnull=False)
        return Past(day, _before(nightly.order_by("day").first()))
    notes = [(each, _note(day, kept.get(each.pk), each)) for each in regions]
    return Past(
        day,
        " ".join(f"{each}: {note}" if len(regions) > 1 else note for each, note in notes if note),
        {pk: snapshot.at for pk, snapshot in kept.items()},
        max(snapshot.day for snapshot in kept.values() if snapshot.day),
        len(kept) == len(regions),
    )


def _regions_on(day: date, organizations: OrganizationQuerySet) -> tuple[list[Region], dict[int, Snapshot]]:
    """The regions that one sees, and of each its newest night up to that day. Two statements."""
    newest = Snapshot.objects.filter(region=OuterRef("pk"), day__lte=day).order_by("-day", "-at").values("pk")[:1]
    mine = Region.objects.filter(pk__in=organizations.order_by().values("region"))
    nights = Snapshot.objects.filter(pk__in=mine.order_by().values_list(Subquery(newest)))
    return list(mine), {night.region_id: night for night in nights}


def _parsed(asked: str) -> date | None:
    try:
        return parse_date(asked.strip())
    except ValueError:
        return None


def _before(first: Snapshot | None) -> str:
    if first is None or first.day is None:
        return "Портал ещё не сохранил ни одного дня: первый снимок состояния он сделает этой ночью."
    return f"Портал хранит состояние с {date_format(first.day, 'd.m.Y')}, о более ранних днях он не знает."


def _note(day: date, kept: Snapshot | None, region: Region) -> str:
    if kept is None or kept.day is None:
        return "за этот день и раньше снимков нет, организаций этого региона здесь нет."
    if kept.day != day:
        return f"За этот день снимка нет, показан ближайший более ранний: {kept.day:%d.%m.%Y}."
    there = timezone.localtime(kept.at, region.zone)
    morning = datetime.combine(day + timedelta(days=1), time(LATE_HOUR), tzinfo=there.tzinfo)
    return f"Снимок сделан позже обычного: {there:%d.%m.%Y в %H:%M}." if there > morning else ""
