"""Chats of one organization: the list, and what was decided of one chat or of many."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from accounts.requests import SignedInRequest
from foundation.templatetags.portal import count, when
from foundation.verbs import WrongStatus, attempt
from messenger.forms import ChosenForm, MovedForm, NamesForm, NotMovedForm
from messenger.models import Chat, NothingToMove, Outcome, classes_without_chat
from messenger.statuses import FIGURES, ChatStatus
from organizations.journey import source_of
from organizations.models import Organization

CHATS = "чат,чата,чатов"


def _organization(request: SignedInRequest, pk: int) -> Organization:
    organizations = Organization.objects.manageable_by(request.user).select_related("region", "municipality")
    return get_object_or_404(organizations, pk=pk)


def chats(request: SignedInRequest, pk: int) -> HttpResponse:
    return _list(request, _organization(request, pk))


def _list(request: SignedInRequest, organization: Organization, form: NamesForm | None = None) -> HttpResponse:
    rows = list(Chat.objects.filter(organization=organization).select_related("school_class", "decided_by"))
    asked = request.GET.get("status", "")
    statuses = Counter(row.status for row in rows)
    return render(
        request,
        "messenger/chats.html",
        {
            "organization": organization,
            "tab": "chats",
            "chats": [row for row in rows if row.status == asked] if asked in ChatStatus.values else rows,
            "total": len(rows),
            "asked": asked,
            "figures": [(status.value, words, statuses[status]) for status, words in FIGURES.items()],
            "planned": statuses[ChatStatus.PLANNED],
            "moved": statuses[ChatStatus.MOVED],
            "classes": classes_without_chat(organization).count(),
            "nothing": NothingToMove.objects.filter(organization=organization).select_related("noted_by").first(),
            "form": form or NamesForm(organization),
        },
    )


@require_POST
def add(request: SignedInRequest, pk: int) -> HttpResponse:
    organization = _organization(request, pk)
    form = NamesForm(organization, request.POST)
    if not form.is_valid():
        return _list(request, organization, form)
    names = form.cleaned_data["names"]
    return _after_adding(request, pk, lambda: Chat.objects.add_names(organization, names, by=request.user), len(names))


@require_POST
def add_for_classes(request: SignedInRequest, pk: int) -> HttpResponse:
    organization = _organization(request, pk)
    return _after_adding(request, pk, lambda: Chat.objects.add_for_classes(organization, by=request.user))


def _after_adding(
    request: SignedInRequest, pk: int, verb: Callable[[], list[Chat]], asked: int | None = None
) -> HttpResponse:
    try:
        added = len(verb())
    except WrongStatus as error:
        messages.warning(request, str(error))
    else:
        known = f" Уже были в списке: {asked - added}." if asked and asked > added else ""
        if added:
            messages.success(request, f"В список внесено: {count(added, CHATS)}.{known}")
        else:
            messages.info(request, "Все эти чаты уже есть в списке.")
    return redirect("messenger:chats", pk)


@require_POST
def move(request: SignedInRequest, pk: int) -> HttpResponse:
    organization = _organization(request, pk)
    who: dict[str, Any] = {"by": request.user, "source": source_of(request.user, organization)}
    return _decide(
        request,
        MovedForm(organization, _typed(request)),
        lambda pks, messenger, on: Chat.objects.move(organization, pks, messenger=messenger, on=on, **who),
        ("Перенесены", "Записать перенос", "Отмечайте чат, когда он уже открывается в новом месте."),
    )


@require_POST
def leave(request: SignedInRequest, pk: int) -> HttpResponse:
    organization = _organization(request, pk)
    who: dict[str, Any] = {"by": request.user, "source": source_of(request.user, organization)}
    return _decide(
        request,
        NotMovedForm(organization, _typed(request)),
        lambda pks, reason, note: Chat.objects.leave(organization, pks, reason=reason, note=note, **who),
        ("Не перенесены", "Записать причину", "Причина поможет координатору понять, где нужна помощь."),
    )


@require_POST
def reopen(request: SignedInRequest, pk: int) -> HttpResponse:
    organization = _organization(request, pk)
    return _decide(
        request,
        ChosenForm(organization, _typed(request)),
        lambda pks: Chat.objects.reopen(organization, pks, by=request.user),
        (
            "Снова ждут решения",
            "Отменить решение",
            "Если решение записано по ошибке. Этап «Чаты перенесены» будет снят.",
        ),
    )


@require_POST
def remove(request: SignedInRequest, pk: int) -> HttpResponse:
    organization = _organization(request, pk)
    source = source_of(request.user, organization)
    return _decide(
        request,
        ChosenForm(organization, _typed(request)),
        lambda pks: Chat.objects.remove(organization, pks, by=request.user, source=source),
        (
            "Убраны из списка",
            "Убрать из списка",
            "Для чатов, которые внесены по ошибке. Сам чат в мессенджере останется.",
        ),
    )


def _typed(request: SignedInRequest) -> dict[str, Any]:
    """The button of one row names that row alone, whatever else is ticked."""
    row = request.POST.getlist("row")
    return request.POST.dict() | {"pk": row or request.POST.getlist("pk")}


def _decide(
    request: SignedInRequest,
    form: ChosenForm,
    verb: Callable[..., Outcome | int],
    words: tuple[str, str, str],
) -> HttpResponse:
    """First the question with the names of the chats, then, confirmed, the act."""
    done, submit, explanation = words
    organization = form.organization
    if not form.data["pk"]:
        messages.warning(request, "Отметьте хотя бы один чат.")
        return redirect("messenger:chats", organization.pk)
    is_confirmed = "confirmed" in request.POST
    if is_confirmed and form.is_valid():
        facts = dict(form.cleaned_data)
        _say(request, lambda: verb(facts.pop("pk"), **facts), done)
        return redirect("messenger:chats", organization.pk)
    if not is_confirmed:
        form = type(form)(organization, initial={"pk": form.data["pk"]})
    context = {"tab": "chats", "form": form, "submit": submit, "explanation": explanation}
    return render(request, "messenger/decide.html", {"organization": organization, **context})


def _say(request: SignedInRequest, verb: Callable[[], Outcome | int], done: str) -> None:
    try:
        outcome = verb()
    except WrongStatus as error:
        messages.warning(request, str(error))
        return
    number = outcome if isinstance(outcome, int) else len(outcome.done)
    messages.success(request, f"{done}: {count(number, CHATS)}.")
    if isinstance(outcome, Outcome) and outcome.late:
        late = "; ".join(map(_told, outcome.late[:10]))
        messages.warning(request, f"Не изменено: {count(len(outcome.late), CHATS)}. Раньше вас: {late}.")


def _told(chat: Chat) -> str:
    who = chat.decided_by or "внесён в список"
    return f"«{chat.name}» – {chat.get_status_display()}, {who}, {when(chat.decided_at or chat.added_at)}"


@require_POST
def declare_nothing(request: SignedInRequest, pk: int) -> HttpResponse:
    organization = _organization(request, pk)
    source = source_of(request.user, organization)
    return _after(
        request,
        pk,
        lambda: NothingToMove.objects.declare(organization, by=request.user, source=source),
        "Отмечено: переносить нечего. Этап завершён.",
    )


@require_POST
def take_nothing_back(request: SignedInRequest, pk: int) -> HttpResponse:
    organization = _organization(request, pk)
    fact = NothingToMove.objects.filter(organization=organization).first()
    if fact is None:
        messages.info(request, "Отметка уже снята.")
        return redirect("messenger:chats", pk)
    return _after(request, pk, lambda: fact.take_back(by=request.user), "Отметка снята: внесите чаты в список.")


def _after(request: SignedInRequest, pk: int, verb: Callable[[], object], done: str) -> HttpResponse:
    attempt(request, verb, done)
    return redirect("messenger:chats", pk)
