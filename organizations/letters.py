"""Letters of the organizations' floor: to the head, to a new administrator, to a new coordinator."""

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from accounts.welcome import welcome_link_for
from correspondence.drafts import is_address
from correspondence.models import Draft, Lane, Letter
from foundation.letters import render_letter
from organizations.head_links import head_link
from organizations.models import Appointment, Coordinator, Organization


def queue_key(organization: Organization) -> str:
    """The outbox is fair between organizations: no school waits behind another's thousand letters."""
    return f"organization:{organization.pk}"


def invite_head(organization: Organization, *, by: User) -> Letter:
    """Asks the head, at the official mailbox, to name the administrator; once a day, for links expire and get lost."""
    return Letter.objects.queue_many([head_invitation(organization, by=by)])[0]


def head_invitation(organization: Organization, *, by: User) -> Draft:
    today = timezone.localdate(timezone=organization.region.zone)
    subject, text = render_letter(
        "organizations/letters/head_link.txt",
        {"organization": organization, "region": organization.region, "coordinator": by},
    )
    return Draft(
        dedupe_key=f"head-link:{organization.pk}:{organization.head_link_version}:{organization.email}:{today}",
        to=organization.email,
        subject=subject,
        text=text,
        lane=Lane.NOTICE,
        queue=queue_key(organization),
        links={"link": head_link(organization)},
    )


def welcome_administrator(appointment: Appointment) -> Letter | None:
    """Tells the appointed person, if there is an address. Only an account made just now gets a link that opens it."""
    user = appointment.user
    if user is None or not appointment.email:
        return None
    opens = appointment.is_new_user and user.own_email == appointment.email
    subject, text = render_letter(
        "organizations/letters/welcome.txt",
        {
            "appointment": appointment,
            "organization": appointment.organization,
            "region": appointment.organization.region,
            "opens": opens,
        },
    )
    return Letter.objects.queue(
        dedupe_key=f"appointment:{appointment.pk}:welcome",
        to=appointment.email,
        subject=subject,
        text=text,
        queue=queue_key(appointment.organization),
        links={"link": welcome_link_for(user)} if opens else {},
    )


def deputy_ends(deputy: Appointment) -> Draft | None:
    """To the administrator, else to the head's mailbox; a draft, for many deputies end with a holiday."""
    organization = deputy.organization
    address = next(iter(organization.contact_emails()), "")
    if not is_address(address):
        return None
    subject, text = render_letter(
        "organizations/letters/deputy_ends.txt",
        {
            "deputy": deputy,
            "organization": organization,
            "region": organization.region,
            "page": settings.PORTAL_URL + deputy.appointments_url,
        },
    )
    return Draft(
        dedupe_key=f"deputy:{deputy.pk}:{deputy.until}:ends",
        to=address,
        subject=subject,
        text=text,
        queue=queue_key(organization),
    )


def welcome_coordinator(coordinator: Coordinator) -> Letter | None:
    user = coordinator.user
    if not user.own_email:
        return None
    today = timezone.localdate(timezone=coordinator.region.zone)
    subject, text = render_letter("organizations/letters/coordinator.txt", {"coordinator": coordinator})
    return Letter.objects.queue(
        dedupe_key=f"coordinator:{coordinator.pk}:welcome:{user.welcome_version}:{today}",
        to=user.own_email,
        subject=subject,
        text=text,
        links={"link": welcome_link_for(user)},
    )
