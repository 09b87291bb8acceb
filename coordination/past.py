"""«Состояние на …»: a past day in the address, what was kept of it, and in words why it cannot be shown."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import F, FilteredRelation
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.formats import date_format

from coordination.models import Snapshot, Standing
from coordination.models.standing import StandingQuerySet, held_at
from organizations.models.organization import OrganizationQuerySet

# What the list shows and filters by, as it was; the annotations bear the prefix "was_".
WAS = ("step", "step_since", "administrator_state", "holder", "kind", "municipality")
LATE_HOUR = 6


@dataclass(frozen=True)
class Past:
    """A day that was asked for. `at` is the moment of its snapshot; none where the day cannot be shown."""

    day: date | None
    at: datetime | None
    note: str
    kept: date | None = None
    """The day whose end the snapshot shows; an earlier one where that night has none."""

    @property
    def words(self) -> str:
        return f"Состояние на {self.day:%d.%m.%Y}" if self.at and self.day else "Этот день показать нельзя"

    def listed(self, organizations: OrganizationQuerySet) -> OrganizationQuerySet:
        """«Всего в списке» of that day: each row also bears what it was, as `was_step` and so on.

        A day that cannot be shown has no rows, but their names all the same: conditions and the order ask for them.
        """
        kept = FilteredRelation("kept_standings", condition=held_at(self.at or timezone.now(), "kept_standings__"))
        was = {f"was_{name}": F(f"kept__{name}") for name in WAS}
        rows = organizations.annotate(kept=kept, was_municipality_name=F("kept__municipality__name"), **was)
        return rows.filter(kept__is_listed=True) if self.at else rows.none()

    def standings(self, organizations: OrganizationQuerySet) -> StandingQuerySet:
        """The kept rows; they bear the same names as organizations, so figures are counted over both."""
        if self.at is None:
            return Standing.objects.none()
        return Standing.objects.at(self.at).of(organizations).listed()


def past_of(asked: str, organizations: OrganizationQuerySet) -> Past | None:
    """None for today. `organizations`: everything that the person may see, closed or not."""
    today = timezone.localdate()
    day = _parsed(asked)
    if not asked or day == today:
        return None
    if day is None:
        return Past(None, None, "Дата в адресе не читается. Выберите день в календаре.")
    if day > today:
        return Past(day, None, "Этот день ещё не наступил.")
    nightly = Snapshot.objects.filter(region__in=organizations.order_by().values("region"), day__isnull=False)
    found = nightly.filter(day__lte=day).order_by("-day", "-at").first()
    if found is None or found.day is None:
        return Past(day, None, _before(nightly.order_by("day").first()))
    return Past(day, found.at, _note(day, found.day, found.at), found.day)


def _parsed(asked: str) -> date | None:
    try:
        return parse_date(asked.strip())
    except ValueError:
        return None


def _before(first: Snapshot | None) -> str:
    if first is None or first.day is None:
        return "Портал ещё не сохранил ни одного дня: первый снимок состояния он сделает этой ночью."
    return f"Портал хранит состояние с {date_format(first.day, 'd.m.Y')}, о более ранних днях он не знает."


def _note(day: date, kept: date, at: datetime) -> str:
    if kept != day:
        return f"За этот день снимка нет, показан ближайший более ранний: {kept:%d.%m.%Y}."
    there = timezone.localtime(at)
    morning = datetime.combine(day + timedelta(days=1), time(LATE_HOUR), tzinfo=there.tzinfo)
    return f"Снимок сделан позже обычного: {there:%d.%m.%Y в %H:%M}." if there > morning else ""
