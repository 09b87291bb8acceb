"""«Школа на месте»: the administrator has signed in at Sferum and sees the organization."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from foundation.verbs import WrongStatus
from organizations.journey import reach, source_of
from organizations.models import Event, Organization
from organizations.statuses import Step
from registrations.models import HandoverRequest, RegistrationRequest
from registrations.registered_phone import note_registered_phone
from registrations.statuses import AnswerChannel, HandoverStatus


@transaction.atomic
def confirm_first_entry(organization: Organization, *, by: User) -> None:
    """Seen with one's own eyes, so it also closes a registration or a change for whose answer we still waited."""
    administrator = organization.administrator
    if administrator is None:
        raise WrongStatus("Сначала назначьте администратора: подтверждать вход некому.")
    today = timezone.localdate(timezone=organization.region.zone)
    source = source_of(by, organization)
    for request in RegistrationRequest.objects.open().filter(organization=organization):
        request.organization = organization
        request.close_as_seen(by=by, on=today, source=source)
    for handover in HandoverRequest.objects.open().filter(organization=organization):
        if handover.status != HandoverStatus.NOMINATED:
            handover.organization = organization
            handover.complete(by=by, on=today, channel=AnswerChannel.SFERUM)
    reach(organization, Step.REGISTERED, by=by, source=source, on=today)
    if reach(organization, Step.SIGNED_IN, by=by, source=source, on=today):
        Event.record("entry.confirmed", organization, organization, by=by)
    if not organization.registered_phone:
        note_registered_phone(organization, administrator.phone, by=by)
    administrator.organization = organization
    administrator.confirm(on=today, by=by)
