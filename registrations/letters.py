"""Letters of this room to people of the organization; those to Sferum are composed by their cases."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from correspondence.models import Draft, Letter
from foundation.letters import render_letter
from registrations.statuses import Purpose

if TYPE_CHECKING:
    from registrations.models import Case, CaseLetter, HandoverRequest, Inquiry


def queue_nomination(request: "HandoverRequest") -> Letter:
    """Asks the new administrator for consent; the link works until the nomination is withdrawn or expires."""
    region = request.organization.region
    subject, text = render_letter(
        "registrations/letters/nomination.txt",
        {
            "organization": request.organization.full_name,
            "name": request.nominee_name,
            "expires_on": request.expires_on,
            "department": region.department_name,
            "department_phone": region.department_phone,
        },
    )
    letter = Letter.objects.queue(
        dedupe_key=f"nomination:{request.pk}:{request.token_version}",
        to=request.nominee_email,
        subject=subject,
        text=text,
        queue=f"organization:{request.organization_id}",
        thread=request.number,
        links={"accept": request.link},
    )
    request.letters.invite(request, letter, by=request.opened_by)
    return letter


def report_answer(letter: "CaseLetter") -> None:
    """Tells the administrator that a letter of Sferum is here; what it says stays on the page.

    Once until it is read: a thousand letters to one case, or an automaton that answers this very news and is not known
    as one, are one letter to the school and no loop.
    """
    others = letter.case.letters.unread().exclude(pk=letter.pk)
    if letter.purpose == Purpose.ANSWER and not others.exists():
        _tell_school(letter.case, "answer_came", f"answer:{letter.pk}", {})


def report_outcome(case: "Case", *, by: User | None) -> None:
    """Tells the administrator what Sferum answered and what is next, unless they have recorded it themselves."""
    person = case.organization.administrator
    if person is None or by is None or person.user_id == by.pk:
        return
    facts = {"outcome": str(case.status), "text": case.answer_text, "recorded_by": by.full_name}
    _tell_school(case, "answer_recorded", f"outcome:{case.number}:{case.status}:{case.answered_on}", facts)


def _tell_school(case: "Case", template: str, dedupe_key: str, facts: dict[str, str]) -> None:
    organization = case.organization
    page = settings.PORTAL_URL + case.get_absolute_url()
    entry = settings.PORTAL_URL + reverse("registrations:first-entry", args=[organization.pk])
    shown = {"case": case, "organization": organization, "page": page, "entry": entry, **facts}
    subject, text = render_letter(f"registrations/letters/{template}.txt", shown)
    Letter.objects.queue_many(
        [
            Draft(dedupe_key=dedupe_key, to=to, subject=subject, text=text, queue=f"organization:{organization.pk}")
            for to in organization.contact_emails()
        ]
    )


def report_expired(request: "HandoverRequest") -> Letter | None:
    """Tells whoever named the new administrator that nobody has answered: a person of the portal, else the head."""
    organization, region = request.organization, request.organization.region
    address = request.opened_by.own_email if request.opened_by else organization.email
    if not address:
        return None
    subject, text = render_letter(
        "registrations/letters/handover_expired.txt",
        {
            "organization": organization.full_name,
            "name": request.nominee_name,
            "is_left": organization.administrator is not None,
            "page": settings.PORTAL_URL + request.get_absolute_url() if request.opened_by else "",
            "department": region.department_name,
            "department_phone": region.department_phone,
        },
    )
    return Letter.objects.queue(
        dedupe_key=f"nomination:{request.pk}:expired",
        to=address,
        subject=subject,
        text=text,
        queue=f"organization:{organization.pk}",
        thread=request.number,
    )


def report_dispute(inquiry: "Inquiry") -> Letter | None:
    """Tells whoever asked that the head calls the answer a mistake; what is wrong stays on the page."""
    if not inquiry.asked_by.own_email:
        return None
    page = settings.PORTAL_URL + reverse("registrations:inquiry", args=[inquiry.organization_id])
    subject, text = render_letter(
        "registrations/letters/inquiry_disputed.txt", {"organization": inquiry.organization.full_name, "page": page}
    )
    return Letter.objects.queue(
        dedupe_key=f"inquiry:{inquiry.pk}:disputed",
        to=inquiry.asked_by.own_email,
        subject=subject,
        text=text,
        thread=inquiry.thread,
    )


def queue_probe(user: User) -> Letter:
    """A letter to oneself. However often the button is pressed, one a minute."""
    now = timezone.localtime()
    context = {"name": user.get_short_name(), "at": now, "portal": settings.PORTAL_URL}
    subject, text = render_letter("registrations/letters/probe.txt", context)
    return Letter.objects.queue(
        dedupe_key=f"probe:{user.pk}:{now:%Y-%m-%dT%H:%M}",
        to=user.own_email,
        subject=subject,
        text=text,
        thread=probe_thread(user),
    )


def probe_thread(user: User) -> str:
    return f"probe:{user.pk}"


def inquiry_draft(inquiry: "Inquiry") -> Draft:
    """The letter «Кто сейчас отвечает за Сферум?» to the official mailbox; a draft, for they go by the hundred."""
    organization, region = inquiry.organization, inquiry.organization.region
    subject, text = render_letter(
        "registrations/letters/inquiry.txt",
        {
            "organization": organization.full_name,
            "head_name": organization.head_name,
            "department": region.department_name,
            "department_phone": region.department_phone,
            "coordinator": inquiry.asked_by.full_name,
            "expires_on": inquiry.expires_on,
        },
    )
    return Draft(
        dedupe_key=f"inquiry:{inquiry.pk}:{inquiry.letters_sent}",
        to=organization.email,
        subject=subject,
        text=text,
        queue=f"organization:{organization.pk}",
        thread=inquiry.thread,
        links={"who": inquiry.link},
    )
