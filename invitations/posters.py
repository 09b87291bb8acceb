"""What is printed: posters, strips, cards, sheets of classes, the slip for a teacher; A4, black and white is enough."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from foundation.papers import qr_svg, typeset
from invitations.models import ClassSlip, Invitation
from invitations.statuses import Paper, Role

MOST_AT_ONCE = 200


def poster_pdf(invitation: Invitation) -> bytes:
    return print_pdf(Paper.POSTERS, [invitation])


def print_pdf(paper: Paper, links: Sequence[Invitation]) -> bytes:
    """One paper for the links of one organization: a page for each link, or for each class. Needs a link at least."""
    return typeset(template_of(paper), print_data(links))


def template_of(paper: Paper) -> str:
    names = {Paper.POSTERS: "poster", Paper.STRIPS: "strips", Paper.CARDS: "cards", Paper.SHEETS: "sheets"}
    return f"invitations/print/{names[paper]}.typ"


def print_data(links: Sequence[Invitation]) -> dict[str, Any]:
    organization = links[0].organization
    by_class = [(c, list(rows)) for c, rows in groupby(links, key=lambda row: row.school_class)]
    return {
        "organization": organization.name,
        "check_address": f"{settings.PORTAL_URL}{reverse('invitations:check')}",
        "department": organization.region.department_name,
        "department_phone": organization.region.department_phone,
        "links": [link_data(row) for row in links],
        "sheets": [{"place": _place(rows[0]), "links": [link_data(row) for row in rows]} for _, rows in by_class],
    }


def link_data(invitation: Invitation) -> dict[str, str | bool]:
    return {
        "place": _place(invitation),
        "role": invitation.role_words,
        "is_direct": invitation.is_direct,
        "is_for_child": invitation.role == Role.PUPIL,
        "address": invitation.address,
        "code": invitation.shown_code,
        "qr": qr_svg(invitation.address),
        "term": invitation.term_words,
    }


def slip_pdf(slip: ClassSlip) -> bytes:
    """Holds no name of a pupil: those are on the page behind the code."""
    school_class = slip.school_class
    address = slip.address
    data = {
        "organization": school_class.organization.name,
        "place": f"{school_class.name} · {school_class.year_words}",
        "teacher": school_class.teacher_name,
        "of_leader": school_class.organization.words.of_leader,
        "address": address,
        "qr": qr_svg(address),
        "expires_at": f"{timezone.localtime(slip.expires_at):%d.%m.%Y, %H:%M}",
    }
    return typeset("invitations/print/slip.typ", data)


def _place(invitation: Invitation) -> str:
    """The class with its building, and the year: a poster of last year's class still hangs somewhere."""
    return f"{invitation.school_class.name} · {invitation.school_class.year_words}"
