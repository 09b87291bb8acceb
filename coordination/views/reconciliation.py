"""Сверка с таблицей Сферума: upload, columns, the work list, and what a person says of each contradiction."""

from io import BytesIO

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import SignedInRequest
from coordination.desk import Desk
from coordination.models import Contradiction, SferumTable
from coordination.reconciliation_forms import ColumnsForm, ContradictionFilter, TableForm, VerdictForm
from coordination.reconciling import hold_or_queue
from coordination.statuses import TableStatus, Verdict
from foundation.http import xlsx_response
from foundation.sheets import Sheet, write_xlsx
from foundation.verbs import attempt
from organizations.models import Event

PER_PAGE = 50
LAST_TABLES = 5
_TITLES = [
    "Муниципалитет",
    "Организация",
    "ИНН",
    "В чём расходятся",
    "Сферум",
    "Портал",
    "Состояние",
    "Решение",
    "Примечание",
]


def _coordinators_only(request: SignedInRequest) -> None:
    if not Desk(request.user, request.path).sees_territory:
        raise Http404


@require_safe
def contradictions(request: SignedInRequest) -> HttpResponse:
    _coordinators_only(request)
    found = ContradictionFilter(request.GET, request.user)
    page = Paginator(found.found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "filter": found,
        "page": page,
        "tables": SferumTable.objects.manageable_by(request.user).defer("rows")[:LAST_TABLES],
        "here": request.get_full_path(),
    }
    return render(request, "coordination/reconciliation.html", context)


@require_safe
def export(request: SignedInRequest) -> HttpResponse:
    """Exactly the rows of the list under the same address."""
    _coordinators_only(request)
    file = BytesIO()
    cells = (
        (
            row.organization.municipality.name if row.organization and row.organization.municipality else "",
            row.organization.name if row.organization else row.name,
            row.organization.inn if row.organization else "",
            row.get_kind_display(),
            row.there,
            row.here,
            row.get_status_display(),
            row.get_verdict_display(),
            row.note,
        )
        for row in ContradictionFilter(request.GET, request.user).found.iterator()
    )
    write_xlsx(file, [Sheet("Расхождения", _TITLES, cells, widths=[28, 50, 14, 40, 22, 22, 20, 20, 50])])
    Event.record("reconciliation.exported", request.user, by=request.user)
    return xlsx_response(file.getvalue(), f"sverka-sferum-{timezone.localdate():%Y-%m-%d}.xlsx")


def upload(request: SignedInRequest) -> HttpResponse:
    _coordinators_only(request)
    is_sent = request.method == "POST"
    form = TableForm(request.user, request.POST if is_sent else None, request.FILES if is_sent else None)
    if is_sent and form.is_valid():
        return redirect(form.save())
    context = {
        "heading": "Сверить с таблицей Сферума",
        "intro": "Загрузите таблицу, которую прислал Сферум. Портал покажет, где она и портал противоречат друг другу; "
        "в списке организаций ничего не изменится, пока вы сами этого не решите.",
        "form": form,
        "submit": "Дальше: столбцы",
        "cancel_url": reverse("coordination:reconcile"),
    }
    return render(request, "foundation/form_page.html", context)


def table(request: SignedInRequest, pk: int) -> HttpResponse:
    """What its columns are; then that it is being held against the portal; then what came of it."""
    row = get_object_or_404(SferumTable.objects.manageable_by(request.user).select_related("region"), pk=pk)
    if row.status != TableStatus.UPLOADED or not row.rows:
        return render(request, "coordination/reconcile_held.html", {"table": row})
    form = ColumnsForm(row, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        if attempt(request, form.save, "Столбцы поняты и запомнены для следующей таблицы."):
            hold_or_queue(row)
        return redirect(row)
    return render(request, "coordination/reconcile_columns.html", {"table": row, "form": form})


@require_POST
def resolve(request: SignedInRequest, pk: int) -> HttpResponse:
    row = _contradiction(request, pk)
    form = VerdictForm(request.POST)
    if form.is_valid():
        verdict, note = Verdict(form.cleaned_data["verdict"]), form.cleaned_data["note"]
        attempt(request, lambda: row.resolve(verdict, by=request.user, note=note), f"Записано: {verdict.label}.")
        return redirect(_back(request))
    who = row.organization.name if row.organization else row.name
    context = {
        "heading": "Чем кончилось?",
        "intro": f"{who}: {row.get_kind_display()}. Сферум: {row.there}, портал: {row.here}.",
        "form": form,
        "cancel_url": _back(request),
    }
    return render(request, "foundation/form_page.html", context)


@require_POST
def reopen(request: SignedInRequest, pk: int) -> HttpResponse:
    row = _contradiction(request, pk)
    attempt(request, lambda: row.reopen(by=request.user), "Расхождение снова в работе.")
    return redirect(_back(request))


def _contradiction(request: SignedInRequest, pk: int) -> Contradiction:
    _coordinators_only(request)
    rows = Contradiction.objects.visible_to(request.user).select_related("organization__region", "region")
    return get_object_or_404(rows, pk=pk)


def _back(request: SignedInRequest) -> str:
    """To the same list with the same filter."""
    here = request.POST.get("next", "")
    return here if url_has_allowed_host_and_scheme(here, None) else reverse("coordination:reconcile")
