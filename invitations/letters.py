"""Letters to applicants and to administrators. None of them holds a name: mailboxes are shared and forwarded."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse

from accounts.models import User
from correspondence.models import Draft, Lane, Link
from foundation.letters import render_letter
from invitations.statuses import RequestStatus
from organizations.models import Organization

if TYPE_CHECKING:
    from invitations.models import JoinRequest

RECEIPT = "receipt"


def filed(request: "JoinRequest") -> Draft:
    return _to_applicant(request, "filed", key="filed")


def decided(request: "JoinRequest", sferum_link: str) -> Draft:
    name = "accepted" if request.status == RequestStatus.ACCEPTED else "rejected"
    return _to_applicant(request, name, key=f"{name}:{request.batch}", sferum_link=sferum_link)


def _to_applicant(request: "JoinRequest", name: str, *, key: str, sferum_link: str = "") -> Draft:
    context = {"request": request, "sferum_link": sferum_link}
    subject, text = render_letter(f"invitations/letters/{name}.txt", context)
    return Draft(
        dedupe_key=f"join:{request.pk}:{key}",
        to=request.email,
        subject=subject,
        text=text,
        lane=Lane.APPLICANT,
        queue=f"organization:{request.organization_id}",
        thread=thread_of(request.pk),
        links={"receipt": Link(path="/receipt/{token}/", purpose=RECEIPT, object_id=request.pk)},
    )


def thread_of(request_id: int) -> str:
    return f"join:{request_id}"


def nudge(administrator: User, waiting: list[tuple[Organization, int, int]], week: str) -> Draft:
    """One letter for all of a person's organizations: (organization, requests that wait too long, working days)."""
    rows = [
        (organization, count, days, settings.PORTAL_URL + reverse("invitations:requests", args=[organization.pk]))
        for organization, count, days in waiting
    ]
    subject, text = render_letter("invitations/letters/nudge.txt", {"rows": rows, "total": sum(row[1] for row in rows)})
    return Draft(
        dedupe_key=f"join-nudge:{administrator.pk}:{week}",
        to=administrator.email or "",
        subject=subject,
        text=text,
        # A letter about several organizations belongs to none: those of the one must not read of the other.
        queue=f"organization:{waiting[0][0].pk}" if len(waiting) == 1 else f"administrator:{administrator.pk}",
    )
