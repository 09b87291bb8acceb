"""A call list goes out as a workbook and comes back: upload, what would change, confirmation."""

from io import BytesIO
from typing import Any

from django import forms
from django.contrib import messages
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.requests import SignedInRequest
from coordination import call_sheets
from coordination.call_sheets import Row
from coordination.export_forms import ReasonForm
from coordination.models import Export
from coordination.statuses import ExportFormat, ExportKind
from coordination.views.desk import territory_of
from coordination.work_filters import WorkFilter
from foundation.http import xlsx_response
from foundation.tables import NotATable, read_table
from foundation.templatetags.portal import count
from organizations.models import Organization

_SALT = "coordination.call-sheet"
_MOST_BYTES = 5 * 1024 * 1024


class CallSheetForm(forms.Form):
    file = forms.FileField(
        label="Заполненный лист обзвона",
        help_text="XLSX, выгруженный из списка «Кому звонить», до 5 МБ.",
        error_messages={"required": "Выберите файл.", "empty": "Файл пустой."},
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.ods,.csv"}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if file := cleaned.get("file"):
            if (file.size or 0) > _MOST_BYTES:
                raise ValidationError({"file": "Файл больше 5 МБ. Оставьте в нём один лист."})
            try:
                cleaned["rows"], cleaned["empty"] = call_sheets.rows_of(read_table(file.read()))
            except NotATable as error:
                raise ValidationError({"file": str(error)}) from error
        return cleaned


def export(request: SignedInRequest) -> HttpResponse:
    """Exactly the list under the same address, most urgent first: names and numbers, so only with a reason."""
    desk, file, query = territory_of(request), BytesIO(), request.GET.urlencode()
    form = ReasonForm(request.POST or None)
    if not form.is_valid():
        context = {"form": form, "list_url": f"{reverse('coordination:worklist')}?{query}", "submit": "Скачать"}
        return render(request, "coordination/call_sheet_out.html", context)
    rows = call_sheets.write_call_sheet(file, WorkFilter(request.GET, request.user).work)
    terms = {"query": query, "reason": form.cleaned_data["reason"]}
    Export.objects.give(ExportKind.CALLS, ExportFormat.XLSX, by=request.user, rows=rows, region=desk.region, **terms)
    return xlsx_response(file.getvalue(), f"obzvon-{timezone.localdate():%Y-%m-%d}.xlsx")


def upload(request: SignedInRequest) -> HttpResponse:
    territory_of(request)
    is_sent = request.method == "POST"
    form = CallSheetForm(request.POST if is_sent else None, request.FILES if is_sent else None)
    if not is_sent or not form.is_valid():
        return render(request, "coordination/call_sheet.html", {"form": form, "submit": "Посмотреть, что изменится"})
    rows: list[Row] = form.cleaned_data["rows"]
    call_sheets.judge(rows, Organization.objects.supervised_by(request.user))
    taken = [row for row in rows if not row.refused]
    context = {
        "taken": taken,
        "refused": [row for row in rows if row.refused],
        "empty": form.cleaned_data["empty"],
        "packed": signing.dumps([row.packed() for row in taken], salt=_SALT, compress=True),
    }
    return render(request, "coordination/call_sheet_preview.html", context)


@require_POST
def confirm(request: SignedInRequest) -> HttpResponse:
    """The rows travel signed through the page, so no name or number of an unconfirmed file is kept."""
    territory_of(request)
    try:
        packed = signing.loads(request.POST.get("rows", ""), salt=_SALT, max_age=call_sheets.LIVES)
    except signing.BadSignature as error:
        raise Http404 from error
    rows = [Row(line, code, cells) for line, code, cells in packed]
    call_sheets.judge(rows, Organization.objects.supervised_by(request.user))
    done = call_sheets.apply(rows, by=request.user)
    messages.success(request, f"Записано: {count(done, 'звонок,звонка,звонков')}.")
    for row in [row for row in rows if row.refused][:5]:
        messages.warning(request, f"Строка {row.line}: {row.refused}.")
    return redirect("coordination:worklist")
