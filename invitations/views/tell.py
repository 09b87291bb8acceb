"""«Кому передать решение»: those who left no contact are told by their class teacher, from a printed sheet."""

from collections.abc import Callable
from itertools import groupby

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import SignedInRequest
from invitations.models import Invitation, JoinRequest
from invitations.models.join_request_set import JoinRequestQuerySet
from invitations.views.selection import Selection
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
    done = {row.pk for row in listed if row.is_told}
    links = Invitation.objects.sferum_links(row.school_class_id for row in listed)
    left = [(row, links.get((row.school_class_id, row.role), "")) for row in listed if row.pk not in done]
    context = {
        "organization": organization,
        "tab": "requests",
        "classes": [(c, list(group)) for c, group in groupby(left, key=lambda one: one[0].school_class)],
        "total": len(left),
        "told": [row for row in listed if row.pk in done],
    }
    return render(request, "invitations/to_tell.html", context)


@require_POST
def told(request: SignedInRequest, pk: int) -> HttpResponse:
    """«Отмеченным передано»: they leave the sheet, until the school decides anew."""
    return _mark(request, pk, lambda rows: rows.mark_told(by=request.user), "Отмечено: решение передано")


@require_POST
def not_told(request: SignedInRequest, pk: int) -> HttpResponse:
    return _mark(request, pk, lambda rows: rows.mark_not_told(by=request.user), "Возвращено на лист")


def _mark(request: SignedInRequest, pk: int, verb: Callable[[JoinRequestQuerySet], int], done: str) -> HttpResponse:
    chosen = Selection.of(request, pk)
    if chosen.is_good:
        messages.success(request, f"{done}: {verb(chosen.rows)}.")
    else:
        messages.warning(request, "Отметьте хотя бы одного человека.")
    return redirect("invitations:to-tell", chosen.organization.pk)
