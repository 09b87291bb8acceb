"""The list as a file: a short one in the answer, a long one by the worker, names only with a reason."""

from datetime import date
from io import BytesIO

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.requests import SignedInRequest
from coordination import export_work
from coordination.desk import Desk
from coordination.export_forms import ExportForm
from coordination.exports import ListExport
from coordination.models import Export
from coordination.statuses import ExportFormat, ExportKind
from coordination.views.desk import territory_of
from foundation.http import csv_response, xlsx_response
from foundation.verbs import WrongStatus, attempt
from organizations.models import Event

AT_ONCE = 1000  # rows: under a second
_OF_FILE = ("page", "form", "names")  # what in the address is not a condition of the list


@require_GET
def at_once(request: SignedInRequest, form: str) -> HttpResponse:
    """Exactly the rows of the list under the same address; where they are many, the worker is asked first."""
    chosen = ListExport(request.user, _query(request))
    if len(chosen.numbers) > AT_ONCE:
        return redirect(f"{reverse('coordination:export')}?{chosen.query}&form={form}")
    return _given(request, chosen, ExportFormat(form))


def export(request: SignedInRequest) -> HttpResponse:
    """Format, and whether with names; then the file, or the page that shows how far it is."""
    territory_of(request)
    chosen = ListExport(request.user, _query(request))
    start = {"form": request.GET.get("form", ExportFormat.XLSX.value), "with_names": "names" in request.GET}
    form = ExportForm(request.POST if request.method == "POST" else None, initial=start)
    if form.is_valid():
        kind, reason = ExportFormat(form.cleaned_data["form"]), form.cleaned_data["reason"]
        chosen = ListExport(request.user, chosen.query, bool(reason))
        give = _given if len(chosen.numbers) <= AT_ONCE else _queued
        return give(request, chosen, kind, reason)
    count = len(chosen.numbers)
    context = {"form": form, "count": count, "query": chosen.query, "is_long": count > AT_ONCE}
    return render(request, "coordination/export.html", context)


def _query(request: SignedInRequest) -> str:
    """The conditions and the order; a file has no pages."""
    data = request.GET.copy()
    for name in _OF_FILE:
        data.pop(name, None)
    return data.urlencode()


def _given(request: SignedInRequest, chosen: ListExport, form: ExportFormat, reason: str = "") -> HttpResponse:
    file, region = BytesIO(), Desk(request.user, request.path).region
    chosen.write(file, form)
    rows = len(chosen.numbers)
    Export.objects.give(
        ExportKind.ORGANIZATIONS, form, by=request.user, rows=rows, region=region, query=chosen.query, reason=reason
    )
    return _response(file.getvalue(), form, _name(chosen, timezone.localdate()))


def _queued(request: SignedInRequest, chosen: ListExport, form: ExportFormat, reason: str) -> HttpResponse:
    rows, region = len(chosen.numbers), Desk(request.user, request.path).region
    terms = {"query": chosen.query, "reason": reason}
    try:
        row = Export.objects.queue(ExportKind.ORGANIZATIONS, form, by=request.user, rows=rows, region=region, **terms)
    except WrongStatus as error:
        messages.warning(request, str(error))
        return redirect("coordination:reports")
    export_work.ring_after_commit()
    return redirect(row)


def _name(chosen: ListExport, written_on: date) -> str:
    """By the past day that the list shows, or by that on which it was written."""
    return f"organizacii-na-{chosen.day}" if chosen.day else f"organizacii-{written_on}"


def _response(content: bytes, form: str, name: str) -> HttpResponse:
    answer = csv_response if form == ExportFormat.CSV else xlsx_response
    return answer(content, f"{name}.{form}")


def _mine(request: SignedInRequest, pk: int) -> Export:
    """One's own file while one still has the territory whose rows are in it."""
    territory_of(request)
    row = get_object_or_404(Export.objects.manageable_by(request.user).defer("content"), pk=pk)
    if row.scope and not row.is_within_rights(request.user):
        raise Http404
    return row


@require_GET
def file(request: SignedInRequest, pk: int) -> HttpResponse:
    return render(request, "coordination/export_file.html", {"export": _mine(request, pk)})


@require_GET
def progress(request: SignedInRequest, pk: int) -> HttpResponse:
    """The piece of the page that looks after itself; once the file is there, the whole page is drawn anew."""
    row = _mine(request, pk)
    response = render(request, "coordination/_export_progress.html", {"export": row})
    if not row.in_work:
        response["HX-Refresh"] = "true"
    return response


@require_POST
def cancel(request: SignedInRequest, pk: int) -> HttpResponse:
    row = _mine(request, pk)
    attempt(request, lambda: row.cancel(by=request.user), "Файл больше не собирается.")
    return redirect(row)


@require_GET
def download(request: SignedInRequest, pk: int) -> HttpResponse:
    """The rights are those of this moment, not of the moment when the file was asked for."""
    row = _mine(request, pk)
    if not row.is_kept:
        return redirect(row)
    Event.record("export.downloaded", row, by=request.user, region=row.region)
    name = _name(ListExport(request.user, row.query), timezone.localdate(row.finished_at))
    return _response(row.file, row.format, name)
