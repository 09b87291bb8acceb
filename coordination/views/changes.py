"""«Что изменилось с прошлой справки»."""

from io import BytesIO

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.requests import SignedInRequest
from coordination.changes import changes_since, write_changes
from coordination.models import SentReport
from coordination.views.desk import territory_of
from foundation.http import xlsx_response
from organizations.models import Event, Organization


@require_GET
def changes(request: SignedInRequest) -> HttpResponse:
    territory_of(request)
    last = SentReport.objects.visible_to(request.user).select_related("by").first()
    organizations = Organization.objects.supervised_by(request.user)
    rows = changes_since(organizations, last.at) if last else []
    return render(request, "coordination/changes.html", {"last": last, "changes": rows})


@require_GET
def export(request: SignedInRequest) -> HttpResponse:
    desk = territory_of(request)
    last = SentReport.objects.visible_to(request.user).first()
    if last is None:
        raise Http404
    rows = changes_since(Organization.objects.supervised_by(request.user), last.at, most=None)
    at, file = timezone.localtime(), BytesIO()
    write_changes(file, rows, since=timezone.localtime(last.at), at=at, territory=desk.territory)
    Event.record("changes.exported", last, by=request.user, region=desk.region)
    return xlsx_response(file.getvalue(), f"izmeneniya-{at:%Y-%m-%d-%H%M}.xlsx")


@require_POST
def mark(request: SignedInRequest) -> HttpResponse:
    """«Отметить: справка отправлена»; a report for each territory of the person."""
    desk = territory_of(request)
    places = [(row.region, row.municipality) for row in desk.coordinates]
    if not places and desk.region:
        places = [(desk.region, None)]
    for region, municipality in places:
        SentReport.objects.mark(region=region, municipality=municipality, by=request.user)
    messages.success(request, "Отмечено. Следующая справка будет сравниваться с этой минутой.")
    return redirect("coordination:changes")
