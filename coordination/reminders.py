"""Sends what the plan of today says: in batches, each checked again in its own transaction."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.db import transaction
from django.utils import timezone

from coordination import letters
from coordination.ladder import waiting_for_school
from coordination.models import Reminder, ReminderSettings
from coordination.reminder_plan import Matter, plan_of
from correspondence.models import Letter
from correspondence.reminding import reminders_of_week
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
    return sum(send(region, people[start : start + PEOPLE_AT_ONCE], today) for start in starts)


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
        Reminder(
            organization=matter.organization,
            stage=matter.rule.stage,
            since=matter.since,
            rung=matter.rule.rung,
            person_id=matter.to.person,
            key=matter.key,
            on=today,
            letter=written[draft.dedupe_key],
        )
        for draft, matters in zip(drafts, bundles.values(), strict=True)
        for matter in matters
    ]
    _keep(reminders)
    return len(drafts)


def _keep(reminders: list[Reminder]) -> None:
    Reminder.objects.bulk_create(reminders)
    Event.objects.bulk_create(
        Event.draft("reminder.sent", reminder, reminder.organization, fields=[reminder.rung]) for reminder in reminders
    )


def _still_due(region: Region, people: Sequence[Bundle], today: date) -> Iterable[Bundle]:
    """Under the lock: the step has not closed meanwhile, nobody else has reminded of it or written to the person."""
    matters = [matter for _, bundle in people for matter in bundle]
    pks = {matter.organization.pk for matter in matters}
    waiting = waiting_for_school(region).filter(pk__in=pks).order_by()
    now = set(waiting.values_list("pk", "stage", "step_since"))
    told = set(Reminder.objects.filter(key__in=[matter.key for matter in matters]).values_list("key", flat=True))
    week = reminders_of_week(today, region.zone, [address for address, _ in people])
    for address, bundle in people:
        count, is_today = week.get(address, (0, False))
        if is_today or count >= region.reminders_a_week:
            continue
        due = [
            matter
            for matter in bundle
            if matter.key not in told and (matter.organization.pk, matter.rule.stage, matter.since) in now
        ]
        if due:
            yield address, due
