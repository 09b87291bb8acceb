"""What is decided of one chat or of many: first the question with their names, then, confirmed, the act."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from accounts.requests import SignedInRequest
from foundation.templatetags.portal import count, when
from foundation.verbs import WrongStatus
from messenger.forms import ChosenForm, ConditionsForm, CreatedForm, MovedForm, NotMovedForm
from messenger.models import Chat, Outcome
from messenger.statuses import CHATS
from messenger.views.page import organization_context, organization_of, typed
from organizations.journey import source_of


class Words(NamedTuple):
    done: str
    submit: str
    explanation: str


@require_POST
def move(request: SignedInRequest, pk: int) -> HttpResponse:
    organization = organization_of(request, pk)
    who: dict[str, Any] = {"by": request.user, "source": source_of(request.user, organization)}
    return _decide(
        request,
        MovedForm(organization, typed(request)),
        lambda pks, messenger, on: Chat.objects.move(organization, pks, messenger=messenger, on=on, **who),
        Words("Перенесены", "Записать перенос", "Отмечайте чат, когда он уже открывается в новом месте."),
    )


@require_POST
def note_created(request: SignedInRequest, pk: int) -> HttpResponse:
    organization = organization_of(request, pk)
    who: dict[str, Any] = {"by": request.user, "source": source_of(request.user, organization)}
    return _decide(
        request,
        CreatedForm(organization, typed(request)),
        lambda pks, messenger, on: Chat.objects.note_created(organization, pks, messenger=messenger, on=on, **who),
        Words(
            "Созданы платформой",
            "Записать: создан платформой",
            "Если в новом мессенджере чат уже появился сам и переносить прежний не нужно.",
        ),
    )


@require_POST
def leave(request: SignedInRequest, pk: int) -> HttpResponse:
    organization = organization_of(request, pk)
    who: dict[str, Any] = {"by": request.user, "source": source_of(request.user, organization)}
    return _decide(
        request,
        NotMovedForm(organization, typed(request)),
        lambda pks, reason, note: Chat.objects.leave(organization, pks, reason=reason, note=note, **who),
        Words("Не перенесены", "Записать причину", "Причина поможет координатору понять, где нужна помощь."),
    )


@require_POST
def reopen(request: SignedInRequest, pk: int) -> HttpResponse:
    organization = organization_of(request, pk)
    return _decide(
        request,
        ChosenForm(organization, typed(request)),
        lambda pks: Chat.objects.reopen(organization, pks, by=request.user),
        Words(
            "Снова ждут решения",
            "Отменить решение",
            "Если решение записано по ошибке. Этап «Чаты перенесены» будет снят.",
        ),
    )


@require_POST
def plan_again(request: SignedInRequest, pk: int) -> HttpResponse:
    organization = organization_of(request, pk)
    messenger = organization.region.messenger_name
    return _decide(
        request,
        ChosenForm(organization, typed(request)),
        lambda pks: Chat.objects.plan_again(organization, pks, by=request.user),
        Words(
            "Снова в плане",
            "Запланировать заново",
            f"Чаты перенесены в другой мессенджер, а нужен {messenger}. Они снова будут ждать решения.",
        ),
    )


@require_POST
def note_conditions(request: SignedInRequest, pk: int) -> HttpResponse:
    organization = organization_of(request, pk)
    return _decide(
        request,
        ConditionsForm(organization, typed(request)),
        lambda pks, **facts: Chat.objects.note_conditions(organization, pks, by=request.user, **facts),
        Words(
            "Условия отмечены",
            "Отметить условия",
            "Три условия, без которых чат не переносится. Отметьте то, что проверили.",
        ),
    )


@require_POST
def remove(request: SignedInRequest, pk: int) -> HttpResponse:
    organization = organization_of(request, pk)
    source = source_of(request.user, organization)
    return _decide(
        request,
        ChosenForm(organization, typed(request)),
        lambda pks: Chat.objects.remove(organization, pks, by=request.user, source=source),
        Words(
            "Убраны из списка",
            "Убрать из списка",
            "Для чатов, которые внесены по ошибке. Сам чат в мессенджере останется.",
        ),
    )


def _decide(
    request: SignedInRequest,
    form: ChosenForm,
    verb: Callable[..., Outcome | int],
    words: Words,
) -> HttpResponse:
    organization = form.organization
    if not form.data["pk"]:
        messages.warning(request, "Отметьте хотя бы один чат.")
        return redirect("messenger:chats", organization.pk)
    is_confirmed = "confirmed" in request.POST
    if is_confirmed and form.is_valid():
        facts = dict(form.cleaned_data)
        _say(request, lambda: verb(facts.pop("pk"), **facts), words.done)
        return redirect("messenger:chats", organization.pk)
    if not is_confirmed:
        form = type(form)(organization, initial={"pk": form.data["pk"]})
    context = organization_context(organization, form=form, submit=words.submit, explanation=words.explanation)
    return render(request, "messenger/decide.html", context)


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
