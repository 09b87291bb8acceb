"""«Переносить нечего»: said by the whole organization or of single classes."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.requests import SignedInRequest
from foundation.verbs import attempt
from messenger.forms import ClassesForm
from messenger.models import ClassWithoutChats, NothingToMove
from messenger.views.page import organization_of, typed
from organizations.journey import source_of


@require_POST
def declare(request: SignedInRequest, pk: int) -> HttpResponse:
    organization = organization_of(request, pk)
    source = source_of(request.user, organization)
    attempt(
        request,
        lambda: NothingToMove.objects.declare(organization, by=request.user, source=source),
        "Отмечено: переносить нечего. Этап завершён.",
    )
    return redirect("messenger:chats", pk)


@require_POST
def take_back(request: SignedInRequest, pk: int) -> HttpResponse:
    organization = organization_of(request, pk)
    fact = NothingToMove.objects.filter(organization=organization).first()
    if fact is None:
        messages.info(request, "Отметка уже снята.")
    else:
        attempt(request, lambda: fact.take_back(by=request.user), "Отметка снята: внесите чаты в список.")
    return redirect("messenger:chats", pk)


@require_POST
def declare_of_classes(request: SignedInRequest, pk: int) -> HttpResponse:
    organization = organization_of(request, pk)
    source = source_of(request.user, organization)
    return _of_classes(
        request,
        ClassesForm(organization, typed(request)),
        lambda pks: ClassWithoutChats.objects.declare(organization, pks, by=request.user, source=source),
        "Отмечено: в классе переносить нечего.",
    )


@require_POST
def take_back_of_classes(request: SignedInRequest, pk: int) -> HttpResponse:
    organization = organization_of(request, pk)
    return _of_classes(
        request,
        ClassesForm(organization, typed(request)),
        lambda pks: ClassWithoutChats.objects.take_back(organization, pks, by=request.user),
        "Отметка снята.",
    )


def _of_classes(
    request: SignedInRequest, form: ClassesForm, verb: Callable[[list[int]], list[ClassWithoutChats] | None], done: str
) -> HttpResponse:
    if form.is_valid():
        attempt(request, lambda: verb(form.cleaned_data["pk"]), done)
    else:
        messages.warning(request, " ".join(map(str, form.errors["pk"])))
    return redirect("messenger:progress", form.organization.pk)
