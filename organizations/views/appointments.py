"""The administrator of one organization: who acts, who acted, deputies, the order, the link for the head."""

from collections.abc import Callable

from django.contrib import messages
from django.db import transaction
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from accounts.requests import SignedInRequest
from accounts.welcome import sign_in_sheet
from foundation.http import pdf_response
from foundation.verbs import attempt
from organizations.forms import AppointmentForm, ContestForm, DeputyForm, ExtendForm, OrderForm
from organizations.journey import source_of
from organizations.letters import invite_head, welcome_administrator
from organizations.models import Appointment, Event, Organization
from organizations.papers import head_sheet, order_paper
from organizations.statuses import AppointmentRole, Source


def _organization(request: SignedInRequest, pk: int) -> Organization:
    organizations = Organization.objects.manageable_by(request.user).select_related("region", "municipality")
    return get_object_or_404(organizations, pk=pk)


def _supervised(request: SignedInRequest, pk: int) -> Organization:
    organizations = Organization.objects.supervised_by(request.user).select_related("region", "municipality")
    return get_object_or_404(organizations, pk=pk)


def _appointment(request: SignedInRequest, pk: int) -> Appointment:
    appointments = Appointment.objects.manageable_by(request.user).select_related("organization__region", "user")
    return get_object_or_404(appointments, pk=pk)


def _form_page(
    request: SignedInRequest, organization: Organization, form: Form, heading: str, submit: str
) -> HttpResponse:
    context = {"organization": organization, "tab": "appointments", "form": form, "heading": heading, "submit": submit}
    return render(request, "organizations/appointment_form.html", context)


def appointments(request: SignedInRequest, pk: int) -> HttpResponse:
    organization = _organization(request, pk)
    rows = list(
        organization.appointments.select_related("user", "made_by", "checked_by", "ended_by").order_by("-made_at")
    )
    for row in rows:
        row.organization = organization
    return render(
        request,
        "organizations/appointments.html",
        {
            "organization": organization,
            "tab": "appointments",
            "acting": [row for row in rows if row.is_acting],
            "over": [row for row in rows if row.is_over],
            "others": [row for row in rows if not row.is_acting and not row.is_over],
            "may_judge": Organization.objects.supervised_by(request.user).filter(pk=pk).exists(),
        },
    )


def appoint(request: SignedInRequest, pk: int) -> HttpResponse:
    """A coordinator or the portal's staff records what the head decided."""
    organization = _supervised(request, pk)
    form = AppointmentForm(organization, request.POST or None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            appointment = Appointment.objects.appoint(
                organization, **form.cleaned_data, by=request.user, source=Source.COORDINATOR
            )
            welcome_administrator(appointment)
        messages.success(request, f"Администратор назначен: {appointment.full_name}.")
        return redirect("organizations:appointments", pk)
    return _form_page(request, organization, form, "Назначить администратора", "Назначить")


def add_deputy(request: SignedInRequest, pk: int) -> HttpResponse:
    organization = _organization(request, pk)
    form = DeputyForm(organization, request.POST or None)
    if request.method == "POST" and form.is_valid():
        source = source_of(request.user, organization)
        with transaction.atomic():
            deputy = Appointment.objects.add_deputy(organization, **form.cleaned_data, by=request.user, source=source)
            welcome_administrator(deputy)
        messages.success(request, f"Заместитель назначен: {deputy.full_name}.")
        return redirect("organizations:appointments", pk)
    return _form_page(request, organization, form, "Назначить заместителя", "Назначить")


def record_order(request: SignedInRequest, pk: int) -> HttpResponse:
    appointment = _appointment(request, pk)
    form = OrderForm(request.POST or None, initial=vars(appointment))
    if request.method == "POST" and form.is_valid():
        appointment.record_order(
            number=form.cleaned_data["order_number"], on=form.cleaned_data["order_on"], by=request.user
        )
        messages.success(request, "Номер и дата приказа записаны.")
        return redirect("organizations:appointments", appointment.organization_id)
    return _form_page(request, appointment.organization, form, "Номер и дата приказа", "Записать")


def relieve(request: SignedInRequest, pk: int) -> HttpResponse:
    appointment = _endable(request, pk)
    if request.method == "POST":
        return _after(request, appointment, lambda: appointment.relieve(by=request.user), "Полномочия прекращены.")
    return render(
        request,
        "foundation/confirm.html",
        {
            "question": f"Прекратить полномочия: {appointment.full_name}?",
            "explanation": "Доступ к порталу закроется сразу. Права в самом Сферуме передаёт менеджер по интеграции.",
            "submit": "Прекратить полномочия",
            "cancel_url": appointment.appointments_url,
        },
    )


def _judged(request: SignedInRequest, pk: int) -> Appointment:
    """Only whoever supervises the organization judges an appointment."""
    appointments = Appointment.objects.select_related("organization__region", "user")
    return get_object_or_404(appointments, pk=pk, organization__in=Organization.objects.supervised_by(request.user))


def _endable(request: SignedInRequest, pk: int) -> Appointment:
    """A deputy's term is ended by the administrator, too; an administrator's only from above or by the head."""
    appointment = _appointment(request, pk)
    return appointment if appointment.role == AppointmentRole.DEPUTY else _judged(request, pk)


def _of_deputy(request: SignedInRequest, pk: int) -> Appointment:
    """What comes after a deputy's days is said by anybody who acts here but the deputy."""
    appointments = Appointment.objects.manageable_by(request.user).filter(role=AppointmentRole.DEPUTY)
    return get_object_or_404(
        appointments.exclude(user=request.user).select_related("organization__region", "user"), pk=pk
    )


@require_POST
def returned(request: SignedInRequest, pk: int) -> HttpResponse:
    """«Администратор вернулся»: why somebody was away is never asked."""
    deputy = _of_deputy(request, pk)
    return _after(
        request, deputy, lambda: deputy.return_administrator(by=request.user), "Записано: администратор вернулся."
    )


def extend(request: SignedInRequest, pk: int) -> HttpResponse:
    """Another last day: of a deputy, or, from above, of an administrator whose order has run out."""
    row = get_object_or_404(Appointment.objects.manageable_by(request.user), pk=pk, until__isnull=False)
    appointment = _of_deputy(request, pk) if row.role == AppointmentRole.DEPUTY else _judged(request, pk)
    form = ExtendForm(request.POST or None, initial={"until": appointment.until})
    if request.method == "POST" and form.is_valid():
        until = form.cleaned_data["until"]
        return _after(request, appointment, lambda: appointment.extend(until=until, by=request.user), "Срок продлён.")
    return _form_page(request, appointment.organization, form, f"Продлить: {appointment.full_name}", "Продлить")


@require_POST
def confirm(request: SignedInRequest, pk: int) -> HttpResponse:
    """«Проверено, на месте»: heard by telephone from the administrator or the head."""
    appointment = _judged(request, pk)
    return _after(
        request,
        appointment,
        lambda: appointment.confirm(on=appointment.organization.today, by=request.user),
        "Записано: администратор на месте, вход работает.",
    )


@require_POST
def mark_checked(request: SignedInRequest, pk: int) -> HttpResponse:
    appointment = _judged(request, pk)
    return _after(request, appointment, lambda: appointment.mark_checked(by=request.user), "Назначение проверено.")


def contest(request: SignedInRequest, pk: int) -> HttpResponse:
    appointment = _judged(request, pk)
    form = ContestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        return _after(
            request,
            appointment,
            lambda: appointment.contest(by=request.user, reason=reason),
            "Назначение оспорено, доступ закрыт.",
        )
    return render(
        request,
        "foundation/confirm.html",
        {
            "question": f"Оспорить назначение: {appointment.full_name}?",
            "explanation": "Доступ к порталу закроется сразу. Позвоните руководителю и уточните, кого он назначил.",
            "form": form,
            "submit": "Оспорить",
            "cancel_url": appointment.appointments_url,
        },
    )


@require_POST
def reinstate(request: SignedInRequest, pk: int) -> HttpResponse:
    appointment = _judged(request, pk)
    return _after(request, appointment, lambda: appointment.reinstate(by=request.user), "Возражение снято.")


def _after(request: SignedInRequest, appointment: Appointment, verb: Callable[[], None], done: str) -> HttpResponse:
    attempt(request, verb, done)
    return redirect("organizations:appointments", appointment.organization_id)


@require_POST
def send_head_link(request: SignedInRequest, pk: int) -> HttpResponse:
    organization = _supervised(request, pk)
    if not organization.email:
        messages.warning(request, "У организации нет почты. Напечатайте лист для руководителя.")
        return redirect("organizations:appointments", pk)
    with transaction.atomic():
        invite_head(organization, by=request.user)
        Event.record("head-link.sent", organization, organization, by=request.user)
    messages.success(request, "Письмо руководителю поставлено в очередь.")
    return redirect("organizations:appointments", pk)


@require_POST
def head_sheet_pdf(request: SignedInRequest, pk: int) -> HttpResponse:
    organization = _supervised(request, pk)
    Event.record("head-sheet.printed", organization, organization, by=request.user)
    return pdf_response(head_sheet(organization, coordinator=request.user), "list-rukovoditelyu.pdf")


def order_pdf(request: SignedInRequest, pk: int) -> HttpResponse:
    return pdf_response(order_paper(_appointment(request, pk)), "prikaz.pdf")


@require_POST
def sign_in_sheet_pdf(request: SignedInRequest, pk: int) -> HttpResponse:
    """A one-time sheet with which the administrator enters the portal for the first time."""
    appointment = _judged(request, pk)
    if appointment.user is None or not appointment.may_get_sheet_from(request.user):
        messages.warning(
            request, "Лист печатают действующему администратору, у которого нет прав за пределами вашей территории."
        )
        return redirect("organizations:appointments", appointment.organization_id)
    Event.record("sign-in-sheet.printed", appointment, appointment.organization, by=request.user)
    region = appointment.organization.region
    sheet = sign_in_sheet(
        appointment.user, issued_by=str(request.user), department=region.department_name, phone=region.department_phone
    )
    return pdf_response(sheet, "list-vhoda.pdf")
