"""Chats come into the list: pasted, with a preview first, or one for each class."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from accounts.requests import SignedInRequest
from foundation.templatetags.portal import count
from foundation.verbs import attempt
from messenger.forms import NamesForm
from messenger.models import Chat, NothingToMove
from messenger.pasted import Fate
from messenger.statuses import CHATS
from messenger.views.page import organization_context, organization_of, show_list


@require_POST
def add(request: SignedInRequest, pk: int) -> HttpResponse:
    """First what each line would become, then, confirmed, the act. Both read the same text anew."""
    organization = organization_of(request, pk)
    form = NamesForm(organization, request.POST)
    if not form.is_valid():
        return show_list(request, organization, form)
    lines = form.cleaned_data["names"]
    drafts = [line.draft for line in lines if line.is_added]
    if "confirmed" not in request.POST and not NothingToMove.objects.filter(organization=organization).exists():
        fates = [(fate, sum(line.fate == fate for line in lines)) for fate in Fate]
        is_class_missing = any(line.fate == Fate.NO_CLASS for line in lines)
        facts = {"form": form, "lines": lines, "number": len(drafts), "is_class_missing": is_class_missing}
        context = organization_context(organization, fates=fates, **facts)
        return render(request, "messenger/preview.html", context)
    attempt(request, lambda: _told(Chat.objects.add(organization, drafts, by=request.user), len(lines)))
    return redirect("messenger:chats", pk)


def _told(added: list[Chat], asked: int) -> str:
    if not added:
        return "Все эти чаты уже есть в списке."
    left = f" Не внесено строк: {asked - len(added)}." if asked > len(added) else ""
    return f"В список внесено: {count(len(added), CHATS)}.{left}"


@require_POST
def add_for_classes(request: SignedInRequest, pk: int) -> HttpResponse:
    organization = organization_of(request, pk)
    attempt(request, lambda: _told(added := Chat.objects.add_for_classes(organization, by=request.user), len(added)))
    return redirect("messenger:chats", pk)
