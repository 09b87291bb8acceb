"""Letters to applicants and to administrators. None of them holds a name: mailboxes are shared and forwarded."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from accounts.models import User
from correspondence.models import Draft, Lane, Link
from correspondence.reminding import reminder_thread
from foundation.letters import render_letter
from invitations.statuses import RequestStatus
from organizations.models import Organization

if TYPE_CHECKING:
    from invitations.models import Invitation, JoinRequest

RECEIPT = "receipt"
NUDGE = "join-nudge:"
FILED, REOPENED = ":filed", ":reopened:"


def filed(request: "JoinRequest") -> Draft:
    return _to_applicant(request, "filed", key=f"join:{request.pk}{FILED}")


def decision_key(request: "JoinRequest") -> str:
    """The letter that says the present decision; another decision is another letter."""
    return f"join:{request.pk}:{request.status}:{request.batch}"


def decided(
    request: "JoinRequest", sferum_link: str, *, is_changed: bool = False, not_before: datetime | None = None
) -> Draft:
    """`is_changed`: the person has been told otherwise before."""
    name = "accepted" if request.status == RequestStatus.ACCEPTED else "rejected"
    return _to_applicant(
        request,
        name,
        key=decision_key(request),
        not_before=not_before,
        sferum_link=sferum_link,
        is_changed=is_changed,
    )


def reopened(request: "JoinRequest", act: UUID, not_before: datetime) -> Draft:
    return _to_applicant(request, "reopened", key=f"join:{request.pk}{REOPENED}{act}", not_before=not_before)


def _to_applicant(
    request: "JoinRequest", name: str, *, key: str, not_before: datetime | None = None, **context: object
) -> Draft:
    subject, text = render_letter(f"invitations/letters/{name}.txt", context | {"request": request})
    return Draft(
        dedupe_key=key,
        to=request.email,
        subject=subject,
        text=text,
        lane=Lane.APPLICANT,
        queue=f"organization:{request.organization_id}",
        thread=thread_of(request.pk),
        links={"receipt": Link(path="/receipt/{token}/", purpose=RECEIPT, object_id=request.pk)},
        not_before=not_before,
    )


def thread_of(request_id: int) -> str:
    return f"join:{request_id}"


def alarm(link: "Invitation") -> list[Draft]:
    """To each acting administrator, once for each alarm; to the official mailbox where there is none."""
    acting = link.organization.appointments.acting().select_related("user")
    people = {(one.user.email if one.user else "") or one.email for one in acting} - {""}
    page = settings.PORTAL_URL + link.get_absolute_url()
    subject, text = render_letter("invitations/letters/alarm.txt", {"link": link, "page": page})
    return [
        Draft(
            dedupe_key=f"link-alarm:{link.pk}:{link.paused_at:%Y%m%d%H%M%S%f}:{address}",
            to=address,
            subject=subject,
            text=text,
            queue=f"organization:{link.organization.pk}",
        )
        for address in sorted(people or {link.organization.email} - {""})
    ]


def nudge(administrator: User, waiting: list[tuple[Organization, int, int]], week: str) -> Draft:
    """One letter for all of a person's organizations: (organization, requests that wait too long, working days)."""
    rows = [
        (organization, count, days, settings.PORTAL_URL + reverse("invitations:requests", args=[organization.pk]))
        for organization, count, days in waiting
    ]
    subject, text = render_letter("invitations/letters/nudge.txt", {"rows": rows, "total": sum(row[1] for row in rows)})
    return Draft(
        dedupe_key=f"{NUDGE}{administrator.pk}:{week}",
        to=administrator.email or "",
        subject=subject,
        text=text,
        # A letter about several organizations belongs to none: those of the one must not read of the other.
        queue=f"organization:{waiting[0][0].pk}" if len(waiting) == 1 else f"administrator:{administrator.pk}",
        thread=reminder_thread(f"{NUDGE}{administrator.pk}:{week}"),
    )
