"""«Справки и выгрузки»: what a coordinator takes out of the portal, and the files that are put together for her."""

from io import BytesIO
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.requests import SignedInRequest
from coordination.desk import Desk
from coordination.models import Export
from coordination.reports import Report, report_paper, write_report
from coordination.statuses import ExportFormat, ExportKind
from coordination.views.desk import territory_of
from foundation.http import pdf_response, xlsx_response
from organizations.models import Municipality, Organization

_LAST_FILES = 10


class ReportForm(forms.Form):
    """The whole territory, or one municipality of it; whoever has only one is asked nothing."""

    municipality = forms.TypedChoiceField(label="Территория", required=False, coerce=int, empty_value=None)

    def __init__(self, desk: Desk, data: Any = None) -> None:
        super().__init__(data)
        self.desk = desk
        self.organizations = Organization.objects.supervised_by(desk.user).listed()
        places = Municipality.objects.filter(organizations__in=self.organizations).distinct()
        self.places = dict(places.values_list("pk", "name"))
        whole = "все организации портала" if desk.user.is_staff and not desk.coordinates else desk.territory
        several = self.places if len(self.places) > 1 else {}
        self.fields["municipality"].choices = [("", whole), *several.items()]  # type: ignore[attr-defined]
        self.whole = whole

    def report(self) -> Report:
        """Raises Http404 where the municipality is not the person's own."""
        if not self.is_valid():
            raise Http404
        pk, organizations = self.cleaned_data["municipality"], self.organizations
        return Report(
            organizations.filter(municipality=pk) if pk else organizations,
            territory=self.places[pk] if pk else self.whole,
            at=timezone.localtime(),
            by=self.desk.user.full_name,
            region=self.desk.region,
        )


@require_GET
def reports(request: SignedInRequest) -> HttpResponse:
    desk = territory_of(request)
    mine = Export.objects.manageable_by(request.user).defer("content")[:_LAST_FILES]
    context = {"form": ReportForm(desk), "files": mine, "now": timezone.localtime()}
    return render(request, "coordination/reports.html", context)


@require_GET
def workbook(request: SignedInRequest) -> HttpResponse:
    desk = territory_of(request)
    report, file = ReportForm(desk, request.GET).report(), BytesIO()
    _log(desk, report, ExportFormat.XLSX, write_report(file, report), request.GET.urlencode())
    return xlsx_response(file.getvalue(), f"spravka-{report.at:%Y-%m-%d-%H%M}.xlsx")


@require_GET
def paper(request: SignedInRequest) -> HttpResponse:
    desk = territory_of(request)
    report = ReportForm(desk, request.GET).report()
    pdf, rows = report_paper(report)
    _log(desk, report, ExportFormat.PDF, rows, request.GET.urlencode())
    return pdf_response(pdf, f"spravka-{report.at:%Y-%m-%d-%H%M}.pdf")


def _log(desk: Desk, report: Report, form: ExportFormat, rows: int, query: str) -> None:
    Export.objects.give(
        ExportKind.REPORT,
        form,
        by=desk.user,
        rows=rows,
        region=desk.region,
        query=query,
        territory=report.territory[:300],
    )
