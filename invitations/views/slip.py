"""The class teacher's slip: an open page that asks «мой» or «не мой», and the administrator's list of slips."""

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from foundation.http import pdf_response
from foundation.limits import Limit, client_address, hit_shared
from foundation.templatetags.portal import plural
from foundation.tokens import BadToken, ExpiredToken, read
from foundation.verbs import WrongStatus, attempt
from invitations.models import ClassSlip
from invitations.models.slip import PURPOSE
from invitations.posters import slip_pdf
from invitations.slip_forms import MarksForm, SlipsForm
from organizations.models import Event, Organization
from organizations.statuses import Actor

LONGEST_AGE = timedelta(days=400)  # of the token; how long the slip itself is good stands in its row
# All class teachers of a school answer from its one address, each several times.
PER_ADDRESS, PER_SLIP, HOUR = 1200, 60, 3600
SHOWN = 300  # three answers each, and a form of a thousand fields is refused as a whole
PAGE = 100


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def slip(request: HttpRequest, token: str) -> HttpResponse:
    """Names are behind one more click: a messenger in which the link is sent fetches its page for a preview."""
    row = _slip_of(token)
    if not row.is_live:
        return _dead(request, row)
    listed = list(row.listed().order_by("full_name", "pk")[:SHOWN])
    if request.method == "POST":
        return _answer(request, row, MarksForm(request.POST, rows=listed), token)
    form = MarksForm(rows=listed) if "names" in request.GET else None
    if form and listed and request.method == "GET":
        seen = [f"rows:{len(listed)}"]
        Event.record("requests.viewed", row, row.school_class.organization, actor=Actor.TEACHER, fields=seen)
    return _show(request, row, form, len(listed))


def _slip_of(token: str) -> ClassSlip:
    try:
        found = read(PURPOSE, token, LONGEST_AGE)
    except ExpiredToken as error:
        found = error.token
    except BadToken as error:
        raise Http404 from error
    return get_object_or_404(ClassSlip.objects.with_school(), pk=found.object_id)


def _show(request: HttpRequest, row: ClassSlip, form: MarksForm | None, count: int, status: int = 200) -> HttpResponse:
    organization = row.school_class.organization
    context = {
        "slip": row,
        "organization": organization,
        "form": form,
        "count": count,
        "unlisted": row.waiting().count() - count,
        "department_name": organization.region.department_name,
        "department_phone": organization.region.department_phone,
    }
    with timezone.override(organization.region.zone):
        return render(request, "invitations/slip.html", context, status=status)


def _dead(request: HttpRequest, row: ClassSlip) -> HttpResponse:
    context = {"slip": row, "organization": row.school_class.organization}
    with timezone.override(row.school_class.organization.region.zone):
        return render(request, "invitations/slip_over.html", context, status=410)


def _answer(request: HttpRequest, row: ClassSlip, form: MarksForm, token: str) -> HttpResponse:
    if not form.is_valid():
        return _show(request, row, form, len(form.fields))
    if not _is_allowed(request, row):
        form.add_error(None, "Слишком часто. Подождите несколько минут и нажмите ещё раз: отметки остались здесь.")
        return _show(request, row, form, len(form.fields), status=429)
    try:
        changed = len(row.answer(form.marks()))
    except WrongStatus:
        row.refresh_from_db()
        return _dead(request, row)
    messages.success(request, f"Сохранено, спасибо. Изменено ответов: {changed}. Решение примет администратор школы.")
    return redirect(reverse("invitations:slip", args=[token]) + "?names")


def _is_allowed(request: HttpRequest, row: ClassSlip) -> bool:
    own = Limit(f"slip:{client_address(request)}", PER_ADDRESS, HOUR)
    return hit_shared(own, Limit(f"slip-of:{row.pk}", PER_SLIP, HOUR))


@require_safe
@never_cache
def slips(request: SignedInRequest, pk: int) -> HttpResponse:
    organization = _mine(request, pk)
    return _list(request, organization, SlipsForm(organization=organization))


@require_POST
def issue_slips(request: SignedInRequest, pk: int) -> HttpResponse:
    organization = _mine(request, pk)
    form = SlipsForm(request.POST, organization=organization)
    if not form.is_valid():
        return _list(request, organization, form)
    made = ClassSlip.objects.issue(form.cleaned_data["classes"], by=request.user, days=form.cleaned_data["days"])
    words = f"{len(made)} {plural(len(made), 'листок,листка,листков')}"
    messages.success(request, f"Выдано: {words}. Пошлите каждую ссылку только своему классному руководителю.")
    return redirect("invitations:slips", organization.pk)


def _list(request: SignedInRequest, organization: Organization, form: SlipsForm) -> HttpResponse:
    rows = ClassSlip.objects.with_school().select_related("issued_by").filter(school_class__organization=organization)
    context = {
        "organization": organization,
        "tab": "requests",
        "form": form,
        "live": rows.live(),
        "over": rows.exclude(pk__in=rows.live())[:PAGE],
    }
    return render(request, "invitations/slips.html", context)


@require_safe
def slip_sheet(request: SignedInRequest, pk: int, slip_pk: int) -> HttpResponse:
    row = _my_slip(request, pk, slip_pk)
    if not row.is_live:
        raise Http404
    with timezone.override(row.school_class.organization.region.zone):
        return pdf_response(slip_pdf(row), f"sferum-listok-{row.pk}.pdf")


@require_POST
def revoke_slip(request: SignedInRequest, pk: int, slip_pk: int) -> HttpResponse:
    row = _my_slip(request, pk, slip_pk)
    attempt(
        request, lambda: row.revoke(by=request.user), f"Листок {row.school_class} отозван: ссылка уже не действует."
    )
    return redirect("invitations:slips", pk)


def _mine(request: SignedInRequest, pk: int) -> Organization:
    return get_object_or_404(Organization.objects.administered_by(request.user).select_related("region"), pk=pk)


def _my_slip(request: SignedInRequest, pk: int, slip_pk: int) -> ClassSlip:
    mine = ClassSlip.objects.manageable_by(request.user).with_school()
    return get_object_or_404(mine, pk=slip_pk, school_class__organization=pk)
