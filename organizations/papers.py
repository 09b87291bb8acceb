"""Papers of the organizations' floor: the order of appointment and the sheet for a head without a mailbox."""

from django.conf import settings
from django.utils.formats import date_format

from accounts.models import User
from foundation.codes import show_code
from foundation.papers import qr_svg, typeset
from foundation.phones import show_phone
from foundation.tokens import sign
from organizations.head_links import PURPOSE, head_code
from organizations.models import Appointment, Organization
from organizations.statuses import AppointmentRole


def order_paper(appointment: Appointment) -> bytes:
    """The order (приказ) as PDF; number and date stay blank lines until they are known."""
    organization = appointment.organization
    on = appointment.order_on
    return typeset(
        "organizations/print/order.typ",
        {
            "organization": organization.full_name,
            "head_position": organization.words.head.capitalize(),
            "head": organization.head_name,
            "number": appointment.order_number,
            "on": date_format(on, "j E Y г.") if on else "",
            "name": appointment.full_name,
            "position": appointment.position,
            "phone": show_phone(appointment.phone) if appointment.phone else "",
            "is_deputy": appointment.role == AppointmentRole.DEPUTY,
            "since": date_format(appointment.since, "j E Y г."),
            "until": date_format(appointment.until, "j E Y г.") if appointment.until else "",
            "klasses": organization.words.klasses,
        },
    )


def head_sheet(organization: Organization, *, coordinator: User) -> bytes:
    """The sheet for the head: address, QR, INN and code, and how to check that it is genuine."""
    address = f"{settings.PORTAL_URL}/appoint/"
    token = sign(PURPOSE, organization.pk, organization.head_link_version)
    return typeset(
        "organizations/print/head_sheet.typ",
        {
            "organization": organization.full_name,
            "head": organization.head_name,
            "department": organization.region.department_name or organization.region.name,
            "department_phone": organization.region.department_phone,
            "coordinator": coordinator.full_name,
            "address": address,
            "inn": organization.inn,
            "code": show_code(head_code(organization)),
            "qr": qr_svg(f"{address}{token}/"),
        },
    )
