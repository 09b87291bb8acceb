"""The poster of one link: A4, black and white is enough."""

from django.conf import settings
from django.urls import reverse

from foundation.papers import qr_svg, typeset
from invitations.models import Invitation
from invitations.statuses import Role


def poster_pdf(invitation: Invitation) -> bytes:
    return typeset("invitations/print/poster.typ", poster_data(invitation))


def poster_data(invitation: Invitation) -> dict[str, str | bool]:
    organization, school_class = invitation.organization, invitation.school_class
    region = organization.region
    return {
        "organization": organization.name,
        "place": f"{school_class.name} · {school_class.year_words}",
        "role": invitation.role_words,
        "is_direct": invitation.is_direct,
        "is_for_child": invitation.role == Role.PUPIL,
        "address": invitation.address,
        "check_address": f"{settings.PORTAL_URL}{reverse('invitations:check')}",
        "code": invitation.shown_code,
        "qr": qr_svg(invitation.address),
        "term": invitation.term_words,
        "department": region.department_name,
        "department_phone": region.department_phone,
    }
