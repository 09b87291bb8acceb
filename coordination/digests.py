"""Digests: each working morning for a coordinator, each week for the head of a municipality. Never an empty one."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from coordination import letters
from coordination.figures import MunicipalityRow, by_municipality, has_unread_answer, waits_until_today
from coordination.ladder import waiting_for_school
from coordination.models import DigestChoice, Reminder, ReminderSettings
from correspondence.drafts import is_address
from correspondence.models import Letter
from foundation.working_days import UNTIL_HOUR, is_working_day
from organizations.models import Coordinator, Milestone, Municipality, Organization, Region
from organizations.models.organization import OrganizationQuerySet
from organizations.statuses import Step
from registrations.clock import due_today

NAMED = 10
FROM_HOUR = 8
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Section:
    title: str
    count: int
    organizations: list[Organization]
    url: str

    @property
    def more(self) -> int:
        return self.count - len(self.organizations)


def is_time(there: datetime) -> bool:
    """From eight o'clock of a working day until the office closes; `there`: the region's own time."""
    return FROM_HOUR <= there.hour < UNTIL_HOUR and is_working_day(there.date())


def send_mornings(region: Region) -> int:
    """How many letters were written. A second run on that day writes none."""
    today = timezone.localdate(timezone=region.zone)
    readers = User.objects.filter(pk__in=Coordinator.objects.acting().filter(region=region).values("user"))
    readers = readers.exclude(pk__in=DigestChoice.objects.declined().values("user"))
    reached = [reader for reader in readers.order_by("pk") if is_address(reader.own_email)]
    Reminder.objects.waiting_in(region).exclude(person__in=reached).delete()  # the ladder has to say it otherwise
    return sum(send_morning(region, reader, today) for reader in reached)


@transaction.atomic
def send_morning(region: Region, reader: User, today: date) -> bool:
    """The letter, and the reminders that it brings along, together or not at all."""
    if not ReminderSettings.objects.kept(region).hold():
        return False
    stalled = Reminder.objects.waiting_in(region).filter(person=reader)
    stalled.exclude(pk__in=still_open(stalled, region, reader, today)).delete()  # nobody has read of it
    sections = list(sections_of(region, reader, today))
    if not sections:
        return False
    draft = letters.morning(reader, sections, region, today)
    if Letter.objects.filter(dedupe_key=draft.dedupe_key).exists():
        return False
    stalled.update(waits_for_digest=False, letter=Letter.objects.queue_many([draft])[0])
    return True


def still_open(reminders: "QuerySet[Reminder]", region: Region, reader: User, today: date) -> "QuerySet[Reminder, Any]":
    """Keys of those whose organization has neither moved, been put off, nor left the territory of its reader."""
    waiting = waiting_for_school(region, today).filter(
        pk=OuterRef("organization"), stage=OuterRef("stage"), since=OuterRef("since")
    )
    mine = Organization.objects.coordinated_by(reader).order_by().values("pk")
    return reminders.filter(Exists(waiting.order_by()), organization__in=mine).order_by().values("pk")


def sections_of(region: Region, reader: User, today: date) -> Iterator[Section]:
    """What has something to say. A statement or two each, whatever the number of organizations."""
    territory = Organization.objects.coordinated_by(reader).listed().filter(region=region)
    told = Reminder.objects.filter(person=reader, waits_for_digest=True).order_by().values("organization")
    before = last_working_day(today)
    moved, due = has_moved_since(morning_of(before, region.zone)), waits_until_today(due_today([region]))
    rows_at, sent_at = reverse("coordination:organizations"), reverse("coordination:reminders-sent")
    found = (
        ("Новое: пройден этап", moved, f"{rows_at}?moved={before}"),
        ("Остановились, напоминания не помогли: позвоните", Q(pk__in=told), f"{sent_at}?digest={today}"),
        ("Сферум ответил, а ответ не разобран", has_unread_answer(), f"{rows_at}?letters=answered"),
        ("Сегодня срок ответа Сферума", due, f"{rows_at}?letters=due"),
    )
    for title, rows, url in found:
        if section := _section(title, territory.filter(rows), url):
            yield section


def _section(title: str, rows: "OrganizationQuerySet", url: str) -> Section | None:
    first = list(rows.only("pk", "short_name", "full_name", "branch")[: NAMED + 1])
    if not first:
        return None
    number = rows.count() if len(first) > NAMED else len(first)
    return Section(title, number, first[:NAMED], settings.PORTAL_URL + url)


def has_moved_since(moment: datetime) -> Q:
    return Q(pk__in=Milestone.objects.filter(noted_at__gte=moment).order_by().values("organization"))


def morning_of(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(FROM_HOUR), zone)


def last_working_day(today: date) -> date:
    """When the digest before this one went."""
    day = today - timedelta(days=1)
    while not is_working_day(day):
        day -= timedelta(days=1)
    return day


@dataclass
class Week:
    """Figures of one municipality: nothing of a person, nothing of a neighbour."""

    municipality: Municipality
    row: MunicipalityRow
    steps: dict[Step, int] = field(default_factory=dict)
    """What has been reached in the last seven days."""

    @property
    def is_worth_a_letter(self) -> bool:
        return bool(self.steps) or self.row.migrated < self.row.total


def weeks_of(region: Region) -> Iterator[Week]:
    """One for each municipality whose head has a mailbox and something to read. Three statements."""
    heads = region.municipalities.exclude(head_email="").in_bulk()
    organizations = Organization.objects.listed().filter(region=region, municipality__in=list(heads))
    reached = _reached(organizations, timezone.now() - WEEK)
    for row in by_municipality(organizations):
        if row.pk is not None and row.pk in heads:
            week = Week(heads[row.pk], row, reached.get(row.pk, {}))
            if week.is_worth_a_letter:
                yield week


def _reached(organizations: "QuerySet[Any]", since: datetime) -> dict[int, dict[Step, int]]:
    rows = Milestone.objects.filter(organization__in=organizations.order_by().values("pk"), noted_at__gte=since)
    counted = rows.order_by().values_list("organization__municipality", "step").annotate(number=Count("pk"))
    found: dict[int, dict[Step, int]] = defaultdict(dict)
    for municipality, step, number in sorted(counted):
        found[municipality][Step(step)] = number
    return found


@transaction.atomic
def send_weeks(region: Region) -> int:
    """How many letters were written or had been: each week of a municipality has a key of its own."""
    if not ReminderSettings.objects.kept(region).hold():
        return 0
    today = timezone.localdate(timezone=region.zone)
    weeks = (week for week in weeks_of(region) if is_address(week.municipality.head_email))
    drafts = [letters.week(week, region, today) for week in weeks]
    Letter.objects.write_many(drafts)
    return len(drafts)
