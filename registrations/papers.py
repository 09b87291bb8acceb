"""Printed papers: the sheet of the сверка, and the «Памятка преемнику»."""

from collections.abc import Sequence

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format

from foundation.codes import show_code
from foundation.papers import qr_svg, typeset
from foundation.phones import show_phone
from organizations.journey import next_move_now
from organizations.models import Appointment, Organization
from organizations.statuses import AppointmentRole, Step
from registrations.models import HandoverRequest, HelpRequest, Inquiry, RegistrationRequest


def inquiry_sheets(inquiries: Sequence[Inquiry]) -> bytes:
    """One page an organization, with its QR code and the code for typing."""
    address = settings.PORTAL_URL + reverse("registrations:who-type")
    return typeset(
        "registrations/print/inquiry.typ", {"address": address, "sheets": [_sheet(one) for one in inquiries]}
    )


def _sheet(inquiry: Inquiry) -> dict[str, str]:
    organization, region = inquiry.organization, inquiry.organization.region
    return {
        "organization": organization.full_name,
        "inn": organization.inn,
        "head": organization.head_name,
        "department": region.department_name or region.name,
        "department_phone": region.department_phone,
        "coordinator": inquiry.asked_by.full_name,
        "code": show_code(inquiry.paper_code),
        "qr": qr_svg(settings.PORTAL_URL + reverse("registrations:who", args=[inquiry.token])),
        "until": date_format(inquiry.expires_on, "j E Y"),
    }


def nomination_slip(case: HandoverRequest) -> bytes:
    """Half a sheet for the new administrator: what it is about, QR and code, until when."""
    organization, region = case.organization, case.organization.region
    return typeset(
        "registrations/print/nomination.typ",
        {
            "organization": organization.full_name,
            "inn": organization.inn,
            "name": case.nominee_name,
            "department": region.department_name or region.name,
            "department_phone": region.department_phone,
            "address": settings.PORTAL_URL + reverse("registrations:handover-type"),
            "code": case.paper_code,
            "qr": qr_svg(settings.PORTAL_URL + reverse("registrations:handover-accept-link", args=[case.token])),
            "until": date_format(case.expires_on, "j E Y"),
        },
    )


def successor_memo(organization: Organization) -> bytes:
    """«Памятка преемнику»: what whoever takes over has to know, on one A4."""
    region, administrator = organization.region, organization.administrator
    registered = organization.milestones.filter(step=Step.REGISTERED).first()
    return typeset(
        "registrations/print/memo.typ",
        {
            "organization": organization.full_name,
            "inn": organization.inn,
            "department": region.department_name,
            "department_phone": region.department_phone,
            "administrator": administrator.full_name if administrator else "не назначен",
            "administrator_since": date_format(administrator.since, "j E Y") if administrator else "",
            "entered": entered_words(administrator),
            "deputies": [
                f"{deputy.full_name}, по {date_format(deputy.until, 'j E Y')} года"
                for deputy in organization.appointments.acting().filter(role=AppointmentRole.DEPUTY)
                if deputy.until
            ],
            "number": show_phone(organization.registered_phone) or "неизвестен: спросите менеджера",
            "is_registered": organization.is_registered,
            "since": date_format(registered.reached_on, "j E Y") if registered and registered.reached_on else "",
            "manager": region.manager_name,
            "manager_contacts": [
                contact
                for contact in (
                    show_phone(region.manager_phone),
                    region.manager_email,
                    f"Telegram {region.manager_telegram}" if region.manager_telegram else "",
                )
                if contact
            ],
            "support": region.support_email,
            "next": next_move_now(organization).title,
            "unfinished": unfinished(organization),
            "portal": settings.PORTAL_URL,
            "today": date_format(organization.today, "j E Y"),
        },
    )


def entered_words(administrator: Appointment | None) -> str:
    if administrator is None:
        return ""
    if administrator.entered_on is None:
        return "ещё не входил(а)"
    return f"подтверждён {date_format(administrator.entered_on, 'j E Y')} года"


def unfinished(organization: Organization) -> list[str]:
    """Open cases in words, oldest first."""
    return [
        f"{case.number}: {case._meta.verbose_name}, {case.get_status_display()}"
        for model in (RegistrationRequest, HandoverRequest, HelpRequest)
        for case in model.objects.open().filter(organization=organization).order_by("opened_at")
    ]
