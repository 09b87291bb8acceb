"""A letter to administrators whose join requests wait too long: counts and addresses, no names."""

from collections import defaultdict
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Min
from django.utils import timezone

from accounts.models import User
from correspondence.drafts import is_address
from correspondence.models import Letter
from correspondence.reminding import had_enough
from foundation.working_days import overdue_start, working_days_between
from invitations import letters
from invitations.models import JoinRequest
from organizations.models import Appointment, Organization, Region


def last_patient_moment(region: Region, today: date) -> datetime:
    """Requests filed before this moment have waited longer than the region's number of working days."""
    patient = overdue_start(today, region.reminder_after_days) + timedelta(days=1)
    return datetime.combine(patient, time.min, region.zone)


def nudge_region(region: Region) -> int:
    """One letter a week for each administrator, whatever number of organizations; how many were queued or there.

    Whoever has had as many reminders this week as the region wants, of whatever room, or one today, has to wait.
    """
    today = timezone.localdate(timezone=region.zone)
    waiting = (
        JoinRequest.objects.waiting()
        .filter(organization__in=Organization.objects.listed().filter(region=region))
        .filter(created_at__lt=last_patient_moment(region, today))
        .order_by()
        .values_list("organization")
        .annotate(Count("pk"), Min("created_at"))
    )
    late = {organization: (count, oldest) for organization, count, oldest in waiting}
    schools: dict[User, list[tuple[Organization, int, int]]] = defaultdict(list)
    acting = Appointment.objects.acting().filter(organization__in=late).exclude(user=None)
    for appointment in acting.select_related("user", "organization").order_by("organization"):
        if appointment.user and is_address(appointment.user.email or ""):
            count, oldest = late[appointment.organization_id]
            days = working_days_between(timezone.localdate(oldest, region.zone), today)
            schools[appointment.user].append((appointment.organization, count, days))
    week = f"{today:%G-%V}"
    enough = had_enough(today, region.zone, region.reminders_a_week)
    drafts = [
        letters.nudge(user, rows, week) for user, rows in schools.items() if (user.email or "").lower() not in enough
    ]
    if drafts:
        Letter.objects.queue_many(drafts)
    return len(drafts)
