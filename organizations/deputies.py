"""The coming end of a deputy's days: one letter that asks «вернулась / продлить / смена», never why anybody is away."""

from django.utils import timezone

from correspondence.models import Draft, Letter
from foundation.working_days import add_working_days
from organizations.letters import deputy_ends
from organizations.models import Appointment, Organization, Region
from organizations.models.appointment import ASK_BEFORE
from organizations.statuses import AppointmentRole


def ask_region(region: Region) -> int:
    """One letter for each deputy and each last day, however often this runs; how many were queued or there."""
    today = timezone.localdate(timezone=region.zone)
    ending = (
        Appointment.objects.acting(today)
        .filter(role=AppointmentRole.DEPUTY, until__range=(today, add_working_days(today, ASK_BEFORE)))
        .filter(organization__in=Organization.objects.listed().filter(region=region))
        .select_related("organization__region")
        .order_by("organization", "pk")
    )
    drafts: list[Draft] = [draft for deputy in ending if (draft := deputy_ends(deputy))]
    if drafts:
        Letter.objects.queue_many(drafts)
    return len(drafts)
