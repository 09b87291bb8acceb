"""How many reminders a mailbox has had: one limit over all rooms that remind, whoever they are.

A letter that reminds bears a thread that begins with REMINDER; that of each letter is another one.
"""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, Max, Q
from django.db.models.functions import Lower

from correspondence.models import Letter
from correspondence.statuses import Enough

REMINDER, TRAINING = "reminder:", "training:"
_WEEK = timedelta(days=6)


def reminder_thread(key: str) -> str:
    return f"{REMINDER}{key}"[:100]


def had_enough(day: date, zone: ZoneInfo, most: int, addresses: Collection[str] | None = None) -> dict[str, Enough]:
    """Addresses in small letters that are left alone on `day`: one reminder a day, `most` in seven. One statement.

    A training reminds twice, a day and an hour before: that is one matter.
    """
    first = datetime.combine(day - _WEEK, time.min, zone)
    today = datetime.combine(day, time.min, zone)
    reminding = Q(thread__startswith=REMINDER) | Q(thread__startswith=TRAINING)
    letters = Letter.objects.on_their_way().filter(reminding, created_at__gte=first)
    rows = letters.annotate(address=Lower("recipient")).order_by().values("address")
    if addresses is not None:
        rows = rows.filter(address__in=addresses)
    last = Max("created_at", filter=Q(thread__startswith=REMINDER))
    found = rows.values_list("address").annotate(number=Count("thread", distinct=True), last=last)
    return {
        address: Enough.TODAY if at and at >= today else Enough.WEEK
        for address, count, at in found
        if count >= most or (at and at >= today)
    }


def reminded_of(kind: str, day: date, zone: ZoneInfo) -> set[str]:
    """Addresses in small letters that were reminded of this, the beginning of a thread's key, in the seven days."""
    first = datetime.combine(day - _WEEK, time.min, zone)
    letters = Letter.objects.on_their_way().filter(thread__startswith=f"{REMINDER}{kind}", created_at__gte=first)
    return {address.lower() for address in letters.order_by().values_list("recipient", flat=True)}
