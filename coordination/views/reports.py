"""«Справки и выгрузки»: what a coordinator takes out of the portal, and the files that are put together for her."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.requests import SignedInRequest
from coordination.desk import Desk
from coordination.models import Export, Standing
from coordination.past import Past, past_of
from coordination.reports import Report, report_paper, report_workbook
from coordination.statuses import ExportFormat, ExportKind
from coordination.views.desk import territory_of
from foundation.fields import DayField
from foundation.http import pdf_response, xlsx_response
from organizations.models import Municipality, Organization

_LAST_FILES = 10


class ReportForm(forms.Form):
    """The whole territory, or one municipality of it; whoever has only one is asked nothing. Today, or a past day."""

    municipality = forms.TypedChoiceField(label="Территория", required=False, coerce=int, empty_value=None)
    as_of = DayField(label="На какой день", required=False, help_text="Пусто: сегодня. О прошлом – на конец дня.")

    def __init__(self, desk: Desk, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.desk = desk
        self.organizations = Organization.objects.supervised_by(desk.user)
        self.past: Past | None = None
        now = self.organizations.order_by().values("municipality")
        kept = Standing.objects.of(self.organizations).order_by().values("municipality")  # of any day that is kept
        places = Municipality.objects.filter(Q(pk__in=now) | Q(pk__in=kept))
        self.places = dict(places.values_list("pk", "name"))
        whole = "все организации портала" if desk.user.is_staff and not desk.coordinates else desk.territory
        several = self.places if len(self.places) > 1 else {}
        self.fields["municipality"].choices = [("", whole), *several.items()]  # type: ignore[attr-defined]
        self.whole = whole

    def clean_as_of(self) -> date | None:
        day: date | None = self.cleaned_data["as_of"]
        self.past = past_of(day.isoformat() if day else "", self.organizations)
        if self.past and self.past.at is None:
            raise forms.ValidationError(self.past.note)
        return day

    def report(self) -> Report:
        """Of a form that is valid."""
        pk, organizations = self.cleaned_data["municipality"], self.organizations
        rows = self.past.standings(organizations) if self.past else organizations.listed()
        return Report(
            rows.filter(municipality=pk) if pk else rows,
            territory=self.places[pk] if pk else self.whole,
            at=timezone.localtime(),
            by=self.desk.user.full_name,
            region=self.desk.region,
            past=self.past,
        )


@require_GET
def reports(request: SignedInRequest) -> HttpResponse:
    """What the address says is only offered: the day and the municipality from which the person comes."""
    desk = territory_of(request)
    return _page(request, ReportForm(desk, initial=request.GET.dict()))


def _page(request: SignedInRequest, form: ReportForm) -> HttpResponse:
    mine = Export.objects.manageable_by(request.user).defer("content")[:_LAST_FILES]
    return render(request, "coordination/reports.html", {"form": form, "files": mine, "now": timezone.localtime()})


@require_GET
def report(request: SignedInRequest, form: str) -> HttpResponse:
    """The file; the page with the reason where the day cannot be shown, 404 for another one's municipality."""
    desk = territory_of(request)
    asked = ReportForm(desk, request.GET)
    if not asked.is_valid():
        if "municipality" in asked.errors:
            raise Http404
        return _page(request, asked)
    chosen = asked.report()
    content, rows = report_workbook(chosen) if form == ExportFormat.XLSX else report_paper(chosen)
    _log(desk, chosen, ExportFormat(form), rows, request.GET.urlencode())
    answer = xlsx_response if form == ExportFormat.XLSX else pdf_response
    moment = f"na-{chosen.day}" if chosen.past else f"{chosen.at:%Y-%m-%d-%H%M}"
    return answer(content, f"spravka-{moment}.{form}")


def _log(desk: Desk, report: Report, form: ExportFormat, rows: int, query: str) -> None:
    Export.objects.give(
        ExportKind.REPORT,
        form,
        by=desk.user,
        rows=rows,
        region=desk.region,
        query=query,
        territory=report.title[:300],
    )
