"""«Сроки ответов Сферума»: how long Support and the manager take, and who keeps silent."""

from io import BytesIO
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.requests import SignedInRequest
from coordination.desk import Desk
from coordination.figures import overdue_cases
from coordination.models import Export
from coordination.statuses import ExportFormat, ExportKind
from coordination.turnaround import first_month, turnaround_of, write_turnaround
from coordination.views.desk import territory_of
from foundation.http import xlsx_response
from organizations.models import Organization
from registrations.clock import overdue_since

MOST_SILENT = 500


def _report(request: SignedInRequest, desk: Desk) -> dict[str, Any]:
    organizations = Organization.objects.supervised_by(request.user).listed()
    late, today = overdue_since(), timezone.localdate()
    return {
        "turnaround": turnaround_of(organizations, late, today),
        "silent": overdue_cases(organizations, late, MOST_SILENT),
        "since": first_month(today),
        "territory": desk.territory,
    }


@require_GET
def turnaround(request: SignedInRequest) -> HttpResponse:
    return render(request, "coordination/turnaround.html", _report(request, territory_of(request)))


@require_GET
def export(request: SignedInRequest) -> HttpResponse:
    """What stands on the page, as a workbook."""
    desk = territory_of(request)
    report, file = _report(request, desk), BytesIO()
    write_turnaround(file, report["turnaround"], report["silent"])
    rows = len(report["turnaround"].totals) + len(report["turnaround"].months) + len(report["silent"])
    form = ExportFormat.XLSX
    Export.objects.give(ExportKind.TURNAROUND, form, by=request.user, rows=rows, region=desk.region)
    return xlsx_response(file.getvalue(), f"sroki-otvetov-{timezone.localdate():%Y-%m-%d}.xlsx")
