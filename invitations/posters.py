"""The poster of one link and the sheet for a class teacher: A4, black and white is enough."""

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from foundation.papers import qr_svg, typeset
from invitations.models import ClassSlip, Invitation
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


def slip_pdf(slip: ClassSlip) -> bytes:
    """Holds no name of a pupil: those are on the page behind the code."""
    school_class = slip.school_class
    address = slip.address
    data = {
        "organization": school_class.organization.name,
        "place": f"{school_class.name} · {school_class.year_words}",
        "teacher": school_class.teacher_name,
        "address": address,
        "qr": qr_svg(address),
        "expires_at": f"{timezone.localtime(slip.expires_at):%d.%m.%Y, %H:%M}",
    }
    return typeset("invitations/print/slip.typ", data)
