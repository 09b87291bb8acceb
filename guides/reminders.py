"""Reminders of trainings: a day before, in office hours, and an hour before, whatever the hour is."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import User
from correspondence.models import Letter
from foundation.working_days import FROM_HOUR, UNTIL_HOUR, is_office_time, is_working_day
from guides import letters
from guides.models import Reader, Training
from organizations.models import Appointment, Organization, Region

DAY, HOUR = "day", "hour"
_HOUR = timedelta(hours=1)
# The longest row of days without work, around New Year, fits in: a day before may have to be two weeks before.
_LOOK_AHEAD = timedelta(days=14)


def audience(training: Training, region: Region) -> "list[User]":
    """Those who administer an organization whose next step the training is for; without steps, all of the region."""
    organizations = Organization.objects.listed().filter(region=region)
    if training.steps:
        following = organizations.annotate(next_step=Coalesce(F("step"), 0) + 1)
        organizations = following.filter(next_step__in=training.steps)
    acting = Appointment.objects.acting().filter(organization__in=organizations.order_by().values("pk"))
    people = User.objects.filter(is_active=True, pk__in=acting.values("user")).exclude(email=None).exclude(email="")
    return list(people.exclude(pk__in=Reader.objects.wants_no_reminders().values("user")).order_by("pk"))


def due(region: Region) -> "Iterator[tuple[Training, str]]":
    """What the region's administrators are to be reminded of now."""
    now = timezone.now()
    soon = Training.objects.of_region(region).filter(
        cancelled_at=None, starts_at__gt=now, starts_at__lte=now + _LOOK_AHEAD
    )
    for training in soon.order_by("starts_at", "pk"):
        if training.starts_at - now <= _HOUR:
            yield training, HOUR
        elif day_before(training.starts_at, region) <= now and is_office_time(region.zone):
            yield training, DAY


def day_before(starts_at: datetime, region: Region) -> datetime:
    """When the first reminder is due: a day before, moved back to an hour in which people are at work."""
    there = timezone.localtime(starts_at, region.zone) - timedelta(days=1)
    if there.hour < FROM_HOUR:
        there = _last_hour(there - timedelta(days=1))
    elif there.hour >= UNTIL_HOUR:
        there = _last_hour(there)
    while not is_working_day(there.date()):
        there = _last_hour(there - timedelta(days=1))
    return there


def _last_hour(there: datetime) -> datetime:
    return datetime.combine(there.date(), time(UNTIL_HOUR - 1), there.tzinfo)


def remind(training: Training, ahead: str, region: Region) -> int:
    """How many letters were queued, or had been: each has a key of its own, so a second run sends nothing twice."""
    drafts = letters.reminders(training, ahead, region, audience(training, region))
    if drafts:
        Letter.objects.write_many(drafts)
    return len(drafts)
