"""What the coordinator looks at first: business with Sferum that nobody has answered."""

from operator import attrgetter

from organizations.models.organization import OrganizationQuerySet
from registrations.models.case import Case
from registrations.models.handover import HandoverRequest
from registrations.models.help import HelpRequest
from registrations.models.registration import RegistrationRequest


def waiting_for_sferum(organizations: OrganizationQuerySet) -> list[Case]:
    """Cases of these organizations whose letter has gone without an answer, the longest silence first."""
    cases: list[Case] = [
        case
        for model in (RegistrationRequest, HandoverRequest, HelpRequest)
        for case in model.objects.awaiting()
        .filter(organization__in=organizations)
        .select_related("organization__region", "organization__municipality")
    ]
    return sorted(cases, key=attrgetter("waiting_since", "opened_at"))
