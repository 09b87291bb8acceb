"""«Кому передать решение»: those who left no contact are told by their class teacher, from a printed sheet."""

from itertools import groupby

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from invitations.models import Invitation, JoinRequest
from organizations.models import Event, Organization

PLACE = ["site", "grade", "section", "group_name", "pk"]


@require_safe
@never_cache
def to_tell(request: SignedInRequest, pk: int) -> HttpResponse:
    mine = Organization.objects.administered_by(request.user).select_related("region")
    organization = get_object_or_404(mine, pk=pk)
    rows = JoinRequest.objects.filter(organization=organization).decided_without_contact()
    rows = rows.select_related("school_class", "organization", "offered__school_class__organization")
    listed = list(rows.order_by(*[f"school_class__{name}" for name in PLACE], "full_name", "pk"))
    if listed and request.method == "GET":
        seen = [f"rows:{len(listed)}"]
        Event.record("requests.viewed", organization, organization, by=request.user, fields=seen)
    links = Invitation.objects.sferum_links(row.school_class_id for row in listed)
    told = [(row, links.get((row.school_class_id, row.role), "")) for row in listed]
    classes = [(c, list(group)) for c, group in groupby(told, key=lambda one: one[0].school_class)]
    context = {"organization": organization, "tab": "requests", "classes": classes, "total": len(listed)}
    return render(request, "invitations/to_tell.html", context)
