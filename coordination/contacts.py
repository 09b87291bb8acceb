"""Whom to call about a reason, and with which number: whoever holds the next move comes first."""

from dataclasses import dataclass

from phonenumber_field.phonenumber import PhoneNumber

from coordination.reasons import Ground
from coordination.statuses import Reason
from organizations.models import Organization
from registrations.statuses import Addressee

ADMINISTRATOR = "администратор"
BY_HEAD = (
    *(Reason.UNCHECKED, Reason.EXPIRED, Reason.NOBODY, Reason.DEPUTY_OVER),
    *(Reason.HEAD_SILENT, Reason.UNSTARTED, Reason.NO_EMAIL),
)
"""The head's word is needed: the administrator is in question, or there is none."""


@dataclass(frozen=True)
class Contact:
    who: str
    name: str
    phone: "PhoneNumber | str" = ""
    email: str = ""


def contacts_for(organization: Organization, ground: Ground | None) -> list[Contact]:
    """Those who can be reached, the right one first; empty where the portal knows no number and no address."""
    person, region = organization.administrator, organization.region
    head = Contact("руководитель", organization.head_name, organization.phone, organization.email)
    known = [head]
    if person is not None:
        administrator = Contact(ADMINISTRATOR, person.full_name, person.phone, person.email)
        by_head = ground is not None and ground.reason in BY_HEAD
        known = [head, administrator] if by_head else [administrator, head]
    if ground is not None and ground.asked:
        manager = Contact("менеджер по интеграции", region.manager_name, region.manager_phone, region.manager_email)
        support = Contact("Поддержка Сферума", "", "", region.support_email)
        known = [*([support] if ground.asked == Addressee.SUPPORT else []), manager, *known]
    return [contact for contact in known if contact.phone or contact.email]
