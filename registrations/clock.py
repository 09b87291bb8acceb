"""The answer clock over many cases: whose wait has lasted longer than usual, told by a day and not by counting rows."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.db.models import Q
from django.utils import timezone

from foundation.working_days import overdue_start
from organizations.models import Region


def overdue_since(of: Iterable[Region] = ()) -> Q:
    """Cases that wait since a day which their region's own calendar calls too long ago.

    One statement, and none where the caller knows the regions.
    """
    regions: dict[date, list[int]] = defaultdict(list)
    for region in of or Region.objects.only("time_zone", "answer_after_days").order_by():
        today = timezone.localdate(timezone=region.zone)
        regions[overdue_start(today, region.answer_after_days)].append(region.pk)
    late = Q(pk__in=[])
    for day, pks in regions.items():
        late |= Q(organization__region__in=pks, waiting_since__lte=day)
    return late


def due_today(of: Iterable[Region] = ()) -> Q:
    """Cases whose usual term of an answer runs out today, by the calendar of their region."""
    due = Q(pk__in=[])
    for region in of or Region.objects.only("time_zone", "answer_after_days").order_by():
        today, term = timezone.localdate(timezone=region.zone), region.answer_after_days
        since = {"waiting_since__gt": overdue_start(today, term), "waiting_since__lte": overdue_start(today, term - 1)}
        due |= Q(organization__region=region.pk, **since)
    return due
