"""Sends what the plan of today says: in batches, each checked again in its own transaction."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from coordination import letters
from coordination.ladder import waiting_for_school
from coordination.models import Reminder, ReminderSettings
from coordination.reminder_plan import Matter, plan_of
from correspondence.models import Letter, LetterStatus
from correspondence.reminding import had_enough
from organizations.models import Event, Region

PEOPLE_AT_ONCE = 200

Bundle = tuple[str, list[Matter]]


def remind_region(region: Region) -> int:
    """How many letters were written. A second run on that day finds nothing more to say."""
    today = timezone.localdate(timezone=region.zone)
    if ReminderSettings.objects.of(region).paused_at:
        return 0
    plan = plan_of(region, today)
    people = list(plan.bundles.items())
    starts = range(0, len(people), PEOPLE_AT_ONCE)
    for start in range(0, len(plan.for_digest), PEOPLE_AT_ONCE):
        note(region, plan.for_digest[start : start + PEOPLE_AT_ONCE], today)
    return sum(send(region, people[start : start + PEOPLE_AT_ONCE], today) for start in starts)


def withdraw_overtaken(region: Region) -> int:
    """Withdraws what nobody has begun to send where every matter of the letter has moved on since; how many.

    While mail is held up a letter may wait for days: it would ask for what has long been done.
    """
    queued = Letter.objects.filter(status=LetterStatus.QUEUED, attempt=0)
    mine = Reminder.objects.filter(organization__region=region, letter__in=queued)
    rows = list(mine.order_by().values_list("letter", "organization", "stage", "since"))
    if not rows:
        return 0
    waiting = waiting_for_school(region, timezone.localdate(timezone=region.zone))
    here = waiting.filter(pk__in={organization for _, organization, *_ in rows}).order_by()
    now = set(here.values_list("pk", "stage", "since"))
    still = {letter for letter, *matter in rows if tuple(matter) in now}
    return queued.filter(pk__in={letter for letter, *_ in rows} - still).drop_untouched(by=None)


@transaction.atomic
def note(region: Region, matters: Sequence[Matter], today: date) -> int:
    """Puts what coordinators are reminded of into their next digest; how many."""
    if not ReminderSettings.objects.kept(region).hold():
        return 0
    due = _open(region, matters, today)
    _keep([_row(matter, today, waits_for_digest=True) for matter in due])
    return len(due)


@transaction.atomic
def send(region: Region, people: Sequence[Bundle], today: date) -> int:
    """Letters, their rows and lines in the journal, together or not at all. A constant number of statements."""
    if not ReminderSettings.objects.kept(region).hold():
        return 0
    bundles = dict(_still_due(region, people, today))
    drafts = [letters.reminder(address, matters, region, today) for address, matters in bundles.items()]
    Letter.objects.write_many(drafts)
    written = Letter.objects.in_bulk([draft.dedupe_key for draft in drafts], field_name="dedupe_key")
    reminders = [
        _row(matter, today, letter=written[draft.dedupe_key])
        for draft, matters in zip(drafts, bundles.values(), strict=True)
        for matter in matters
    ]
    _keep(reminders)
    return len(drafts)


def _row(matter: Matter, today: date, **fields: Any) -> Reminder:
    return Reminder(
        organization=matter.organization,
        stage=matter.rule.stage,
        since=matter.since,
        rung=matter.rule.rung,
        person_id=matter.to.person,
        key=matter.key,
        on=today,
        **fields,
    )


def _keep(reminders: list[Reminder]) -> None:
    Reminder.objects.bulk_create(reminders)
    Event.objects.bulk_create(
        Event.draft("reminder.sent", reminder, reminder.organization, fields=[reminder.rung]) for reminder in reminders
    )


def _still_due(region: Region, people: Sequence[Bundle], today: date) -> Iterable[Bundle]:
    """Under the lock: what is still open, for those whom nobody has written to meanwhile."""
    due = {matter.key for matter in _open(region, [matter for _, bundle in people for matter in bundle], today)}
    enough = had_enough(today, region.zone, region.reminders_a_week, [address for address, _ in people])
    for address, bundle in people:
        matters = [matter for matter in bundle if matter.key in due]
        if matters and address not in enough:
            yield address, matters


def _open(region: Region, matters: Sequence[Matter], today: date) -> list[Matter]:
    """The step has not closed meanwhile, and nobody else has reminded of it. Two statements."""
    waiting = waiting_for_school(region, today).filter(pk__in={matter.organization.pk for matter in matters}).order_by()
    now = set(waiting.values_list("pk", "stage", "since"))
    told = set(Reminder.objects.filter(key__in=[matter.key for matter in matters]).values_list("key", flat=True))
    return [
        matter
        for matter in matters
        if matter.key not in told and (matter.organization.pk, matter.rule.stage, matter.since) in now
    ]
