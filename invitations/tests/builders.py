"""Links and requests for tests; the people and schools come from the root conftest."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone

from accounts.models import User
from conftest import make_class
from foundation.codes import new_code
from invitations.consents import CURRENT
from invitations.models import Invitation, JoinRequest, ListGround
from invitations.models.decisions import purge_day
from invitations.statuses import KEPT_DAYS, RequestStatus, Role
from organizations.models import Organization
from organizations.statuses import Step

SFERUM_LINK = "https://sferum.ru/?call_link=abc"


def in_days(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def make_invitation(organization: Organization, **fields: Any) -> Invitation:
    """An open link for pupils of 7 «Б», by which a class's Sferum link is known."""
    Organization.objects.filter(pk=organization.pk).update(step=Step.INVITED)
    school_class = fields.pop("school_class", None) or make_class(organization, section=fields.pop("section", "Б"))
    defaults = {"role": Role.PUPIL, "code": new_code(), "expires_on": in_days(30), "limit": 30}
    made = Invitation.objects.create(**defaults | {"school_class": school_class, "sferum_link": SFERUM_LINK} | fields)
    return Invitation.objects.with_school().get(pk=made.pk)


def make_request(invitation: Invitation, **fields: Any) -> JoinRequest:
    """A filed request, without the place it took and the letter it caused."""
    status = fields.get("status", RequestStatus.PENDING)
    defaults = {
        "school_class": invitation.school_class,
        "organization": invitation.organization,
        "role": invitation.role,
        "full_name": "Петров Илья Сергеевич",
        "applicant_name": "Петрова Ирина Львовна" if invitation.role == Role.PUPIL else "",
        "form_key": uuid4(),
        "consent_version": CURRENT.version,
        "purge_after": purge_day(KEPT_DAYS[status]),
    }
    return JoinRequest.objects.create(invitation=invitation, **defaults | fields)


def make_ground(organization: Organization, by: User, **fields: Any) -> ListGround:
    """Lists of expected names are on; the wave lasts a month."""
    known = {"document": "Поручение", "number": "3-ПД", "dated_on": in_days(-3), "wave_ends_on": in_days(30)}
    return ListGround.objects.record(organization, **known | fields, by=by)


def pupil_form(**typed: str) -> dict[str, str]:
    """What a parent types."""
    return {
        "applicant_name": "Петрова Ирина Львовна",
        "full_name": "Петров Илья Сергеевич",
        "email": "irina@example.ru",
        "phone": "",
        "is_representative": "on",
        "consent": "on",
        "form_key": uuid4().hex,
    } | typed
