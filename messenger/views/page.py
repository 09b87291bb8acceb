"""Chats of one organization: the list."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from accounts.requests import SignedInRequest
from messenger.figures import figures_of
from messenger.forms import NamesForm
from messenger.models import Chat, NothingToMove, classes_without_chat
from organizations.models import Organization


def organization_of(request: SignedInRequest, pk: int) -> Organization:
    organizations = Organization.objects.manageable_by(request.user).select_related("region", "municipality")
    return get_object_or_404(organizations, pk=pk)


def chats(request: SignedInRequest, pk: int) -> HttpResponse:
    return show_list(request, organization_of(request, pk))


def show_list(request: SignedInRequest, organization: Organization, form: NamesForm | None = None) -> HttpResponse:
    rows = list(Chat.objects.filter(organization=organization).select_related("school_class", "decided_by"))
    figures = {each.value: each for each in figures_of(rows, organization.region.messenger_name)}
    asked = request.GET.get("status", "")
    shown = figures[asked].chats if asked in figures else rows
    return render(
        request,
        "messenger/chats.html",
        {
            "organization": organization,
            "tab": "chats",
            "groups": _groups(organization, shown),
            "total": len(rows),
            "asked": asked,
            "figures": [each for each in figures.values() if each.is_shown or each.value == asked],
            "elsewhere": figures["elsewhere"].chats,
            "numbers": {value: len(each.chats) for value, each in figures.items()},
            "classes": classes_without_chat(organization).count(),
            "nothing": NothingToMove.objects.filter(organization=organization).select_related("noted_by").first(),
            "form": form or NamesForm(organization),
        },
    )


def _groups(organization: Organization, rows: list[Chat]) -> list[tuple[str, list[Chat]]]:
    staff = [row for row in rows if row.school_class is None]
    of_classes = [row for row in rows if row.school_class is not None]
    groups = [("Сотрудники и общие", staff), (organization.words.klasses.capitalize(), of_classes)]
    return [group for group in groups if group[1]]


def organization_context(organization: Organization, **context: Any) -> dict[str, Any]:
    return {"organization": organization, "tab": "chats", **context}


def typed(request: SignedInRequest) -> dict[str, Any]:
    """The button of one row names that row alone, whatever else is ticked."""
    row = request.POST.getlist("row")
    return request.POST.dict() | {"pk": row or request.POST.getlist("pk")}
