"""Open pages for the head of an organization: a link from a letter, or INN and code from a printed sheet."""

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from foundation.http import pdf_response
from foundation.limits import Limit, client_address, hit
from foundation.tokens import BadToken, ExpiredToken, read, sign
from organizations.forms import AppointmentForm, DeputyForm, OrderForm, PaperCodeForm
from organizations.head_links import PURPOSE, UsedLink, organization_of_link, organization_of_sheet, use_up
from organizations.letters import welcome_administrator
from organizations.models import Appointment, Organization
from organizations.papers import order_paper
from organizations.statuses import Actor, AppointmentStatus, Source

DONE_PURPOSE = "appointed"
DONE_LIVES = timedelta(days=30)


def _dead(request: HttpRequest, organization: Organization, reason: str) -> HttpResponse:
    return render(
        request,
        "organizations/appoint_dead.html",
        {"organization": organization, "region": organization.region, "reason": reason},
        status=410,
    )


@login_not_required
@never_cache
def appoint_by_link(request: HttpRequest, token: str) -> HttpResponse:
    try:
        organization = organization_of_link(token)
    except UsedLink as error:
        return _dead(request, error.organization, "used")
    except ExpiredToken as error:
        organizations = Organization.objects.select_related("region", "municipality")
        return _dead(request, get_object_or_404(organizations, pk=error.token.object_id), "expired")
    except (BadToken, Organization.DoesNotExist) as error:
        raise Http404 from error
    timezone.activate(organization.region.zone)
    form = AppointmentForm(organization, request.POST or None)
    if request.method == "POST" and form.is_valid():
        appointment = _appoint(organization, form)
        if appointment is None:
            return _dead(request, organization, "used")
        return redirect("organizations:appointed", sign(DONE_PURPOSE, appointment.pk))
    context = {"organization": organization, "region": organization.region, "form": form}
    return render(request, "organizations/appoint.html", context)


@transaction.atomic
def _appoint(organization: Organization, form: AppointmentForm) -> Appointment | None:
    """None where somebody used the link a moment ago."""
    if not use_up(organization):
        return None
    appointment = Appointment.objects.appoint(organization, **form.cleaned_data, actor=Actor.HEAD, source=Source.SCHOOL)
    welcome_administrator(appointment)
    return appointment


@login_not_required
@never_cache
def appoint_by_code(request: HttpRequest) -> HttpResponse:
    """From the printed sheet: INN and code lead to the same page as the link."""
    form, status = PaperCodeForm(request.POST or None), 200
    if request.method == "POST" and form.is_valid():
        address = client_address(request)
        inn = form.cleaned_data["inn"]
        # The visitor's own limit is asked first: nobody can use up the organization's for everybody.
        if not (hit(Limit(f"appoint:{address}", 20, 3600)) and hit(Limit(f"appoint:inn:{inn}", 60, 3600))):
            status = 429
            form.add_error(None, "Слишком много попыток. Подождите час или позвоните координатору.")
        elif organization := organization_of_sheet(inn, form.cleaned_data["code"]):
            token = sign(PURPOSE, organization.pk, organization.head_link_version)
            return redirect("organizations:appoint-by-link", token)
        else:
            form.add_error(None, "Такой пары ИНН и кода нет, или лист уже использован. Проверьте оба по листу.")
    return render(request, "organizations/appoint_code.html", {"form": form}, status=status)


def _appointed(token: str) -> Appointment:
    try:
        found = read(DONE_PURPOSE, token, DONE_LIVES)
    except BadToken as error:
        raise Http404 from error
    appointments = Appointment.objects.select_related("organization__region", "organization__municipality")
    appointment = get_object_or_404(appointments, pk=found.object_id)
    timezone.activate(appointment.organization.region.zone)
    return appointment


@login_not_required
@never_cache
def appointed(request: HttpRequest, token: str) -> HttpResponse:
    """What was done, the order to print, its number to add when it is signed."""
    appointment = _appointed(token)
    if appointment.status != AppointmentStatus.ACTING:
        return _dead(request, appointment.organization, "used")
    form = OrderForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        appointment.record_order(
            number=form.cleaned_data["order_number"], on=form.cleaned_data["order_on"], actor=Actor.HEAD
        )
        return redirect("organizations:appointed", token)
    context = {
        "appointment": appointment,
        "organization": appointment.organization,
        "region": appointment.organization.region,
        "form": form,
        "token": token,
    }
    return render(request, "organizations/appointed.html", context)


@login_not_required
@never_cache
def deputy_by_head(request: HttpRequest, token: str) -> HttpResponse:
    """The head names a deputy for the administrator's leave, from one day to another."""
    appointment = _appointed(token)
    organization = appointment.organization
    if appointment.status != AppointmentStatus.ACTING:
        return _dead(request, organization, "used")
    form = DeputyForm(organization, request.POST or None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            deputy = Appointment.objects.add_deputy(
                organization, **form.cleaned_data, actor=Actor.HEAD, source=Source.SCHOOL
            )
            welcome_administrator(deputy)
        messages.success(request, f"Заместитель назначен: {deputy.full_name}.")
        return redirect("organizations:appointed", token)
    context = {"organization": organization, "region": organization.region, "form": form, "token": token}
    return render(request, "organizations/deputy.html", context)


@login_not_required
def appointed_order(request: HttpRequest, token: str) -> HttpResponse:
    appointment = _appointed(token)
    if appointment.status != AppointmentStatus.ACTING:
        return _dead(request, appointment.organization, "used")
    return pdf_response(order_paper(appointment), "prikaz.pdf")
