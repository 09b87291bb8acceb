"""«Журнал выгрузок», for whoever answers for the region and for portal staff."""

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.requests import SignedInRequest
from coordination.export_log import LogFilter, lines_of
from coordination.views.desk import territory_of

PER_PAGE = 50


@require_GET
def log(request: SignedInRequest) -> HttpResponse:
    if not territory_of(request).manages_coordinators:
        raise Http404
    found = LogFilter(request.GET, request.user)
    page = Paginator(found.found, PER_PAGE).get_page(request.GET.get("page"))
    context = {"filter": found, "page": page, "lines": lines_of(list(page), request.user)}
    return render(request, "coordination/export_log.html", context)
