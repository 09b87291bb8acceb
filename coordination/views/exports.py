"""The list of organizations as a file."""

from io import BytesIO

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.requests import SignedInRequest
from coordination.desk import Desk
from coordination.exports import ListExport
from coordination.models import Export
from coordination.statuses import ExportFormat, ExportKind
from foundation.http import csv_response, xlsx_response


@require_GET
def at_once(request: SignedInRequest, form: str) -> HttpResponse:
    """Exactly the rows of the list under the same address."""
    chosen = ListExport(request.user, _query(request))
    return _given(request, chosen, ExportFormat(form))


def _query(request: SignedInRequest) -> str:
    """The conditions and the order; a file has no pages."""
    data = request.GET.copy()
    data.pop("page", None)
    return data.urlencode()


def _given(request: SignedInRequest, chosen: ListExport, form: ExportFormat, reason: str = "") -> HttpResponse:
    file, region = BytesIO(), Desk(request.user, request.path).region
    chosen.write(file, form)
    rows = len(chosen.numbers)
    Export.objects.give(
        ExportKind.ORGANIZATIONS, form, by=request.user, rows=rows, region=region, query=chosen.query, reason=reason
    )
    return file_response(file.getvalue(), form, "organizacii")


def file_response(content: bytes, form: str, name: str) -> HttpResponse:
    answer = csv_response if form == ExportFormat.CSV else xlsx_response
    return answer(content, f"{name}-{timezone.localdate():%Y-%m-%d}.{form}")
