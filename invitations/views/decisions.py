"""The verbs of the review desk: each takes one request or a selection, and says what was done, late or left."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.views.decorators.http import require_POST

from accounts.requests import SignedInRequest
from foundation.templatetags.portal import day, full_stop
from foundation.verbs import WrongStatus
from invitations.acceptance import accept_chosen
from invitations.models.decisions import Decided
from invitations.review_forms import PostponeForm, RejectForm
from invitations.statuses import Reason, Role
from invitations.views.selection import Selection, beaten_words, in_words, number_of


@require_POST
def accept(request: SignedInRequest, pk: int) -> HttpResponse:
    """One click accepts one; a selection is asked about by its number. A teacher only by the question about knowing."""
    chosen = Selection.of(request, pk)
    if not chosen.is_good:
        return chosen.refuse()
    waiting = chosen.waiting
    teachers = sum(row.role == Role.TEACHER for row in waiting)
    alone = len(chosen.keys) == 1
    if not chosen.is_confirmed and alone and teachers:
        question, words = "Вы лично знаете этого сотрудника?", "Он будет писать детям. Не знаете – сначала позвоните."
        return chosen.ask(question, words, "Да, знаю. Принять", is_gentle=True)
    if not chosen.is_confirmed and not alone and len(waiting) > teachers:
        question = f"Принять {in_words([row for row in waiting if row.role != Role.TEACHER])}?"
        words = f"Заявки сотрудников принимают по одной, они останутся: {teachers}." if teachers else ""
        return chosen.ask(question, words, "Принять", is_gentle=True)
    decided = accept_chosen(
        chosen.organization, chosen.keys, by=request.user, knows_personally=alone, seen=chosen.form.seen_at
    )
    return chosen.tell(decided, "Принято заявок")


@require_POST
def reject(request: SignedInRequest, pk: int) -> HttpResponse:
    chosen = Selection.of(request, pk)
    if not chosen.is_good:
        return chosen.refuse()
    waiting = chosen.waiting
    if not waiting:
        return chosen.answer(beaten_words(chosen.rows.for_decision()))
    if chosen.is_confirmed:
        form = RejectForm(chosen.typed, organization=chosen.organization, rows=waiting)
        if form.is_valid():
            return chosen.tell(_reject(chosen, form), "Отклонено заявок")
    else:
        form = RejectForm(initial=chosen.initial, organization=chosen.organization, rows=waiting)
    words = "Письмо заявителю уйдёт через несколько минут: до этого решение можно отменить без следа."
    return chosen.ask(f"Отклонить {in_words(waiting)}?", words, "Отклонить", form=form)


def _reject(chosen: Selection, form: RejectForm) -> Decided:
    typed = form.cleaned_data
    return chosen.rows.reject(
        by=chosen.request.user,
        reason=Reason(typed["reason"]),
        reason_text=typed["reason_text"],
        is_reason_shown=typed["is_reason_shown"],
        offered=typed.get("offered"),
        seen=chosen.form.seen_at,
    )


@require_POST
def postpone(request: SignedInRequest, pk: int) -> HttpResponse:
    """«Позже» and «нужно позвонить»: the day and a note for oneself."""
    chosen = Selection.of(request, pk)
    if not chosen.is_good:
        return chosen.refuse()
    waiting = chosen.waiting
    if not waiting:
        return chosen.answer(beaten_words(chosen.rows.for_decision()))
    first = chosen.initial | ({"note": waiting[0].note} if len(waiting) == 1 else {})
    typed = chosen.typed if chosen.is_confirmed else None
    form = PostponeForm(typed, initial=first, organization=chosen.organization)
    if chosen.is_confirmed and form.is_valid():
        until, note = form.cleaned_data["until"], form.cleaned_data["note"]
        rows = chosen.rows.postpone(by=request.user, until=until, note=note)
        words = full_stop(f"Отложено заявок: {len(rows)}. Вернутся в список {day(until)}")
        return chosen.answer([(messages.SUCCESS, words)])
    question = f"Отложить {in_words(waiting)}?"
    return chosen.ask(question, "Отложенные не считаются ждущими до этого дня.", "Отложить", form=form, is_gentle=True)


@require_POST
def take_back(request: SignedInRequest, pk: int) -> HttpResponse:
    """A postponed request waits again at once."""
    chosen = Selection.of(request, pk)
    if not chosen.is_good:
        return chosen.refuse()
    return chosen.answer([(messages.SUCCESS, f"Снова ждут решения: {chosen.rows.take_back(by=request.user)}.")])


@require_POST
def undo(request: SignedInRequest, pk: int) -> HttpResponse:
    """At once, without a question and without a letter: this is the way back from a wrong key."""
    chosen = Selection.of(request, pk)
    if not chosen.is_good:
        return chosen.refuse()

    def verb() -> HttpResponse:
        undone = chosen.rows.undo(by=request.user)
        said = [(messages.SUCCESS, f"Отменено решений: {len(undone.won)}. Письма не ушли.")] if undone.won else []
        if undone.late:
            words = f"Уже не отменить: {number_of(undone.late)}. Решённые можно вернуть на проверку – человек узнает."
            said.append((messages.WARNING, words))
        return chosen.answer(said)

    return _or_refusal(chosen, verb)


@require_POST
def reopen(request: SignedInRequest, pk: int) -> HttpResponse:
    """After the letter: asked about first, because the person will read that the decision does not stand."""
    chosen = Selection.of(request, pk)
    if not chosen.is_good:
        return chosen.refuse()
    if not chosen.is_confirmed:
        question = f"Вернуть на проверку {in_words(list(chosen.rows.select_related('school_class')))}?"
        words = "Кому решение уже сообщили, тот получит письмо: оно отменено, заявку проверяют снова."
        return chosen.ask(question, words, "Вернуть на проверку", is_gentle=True)

    def verb() -> HttpResponse:
        undone = chosen.rows.reopen(by=request.user)
        said = [(messages.SUCCESS, f"Возвращено на проверку: {len(undone.won)}.")] if undone.won else []
        if undone.late:
            words = "человека уже приняли в Сферуме, данные уничтожены или заявка и так ждёт"
            said.append((messages.WARNING, f"Не возвращено: {number_of(undone.late)} – {words}."))
        return chosen.answer(said)

    return _or_refusal(chosen, verb)


@require_POST
def same(request: SignedInRequest, pk: int) -> HttpResponse:
    """«Это один и тот же человек»: one decision will cover all these requests."""
    chosen = Selection.of(request, pk)
    if not chosen.is_good:
        return chosen.refuse()

    def verb() -> HttpResponse:
        first = chosen.rows.mark_same(by=request.user)
        return chosen.answer([(messages.SUCCESS, f"Один человек: решение по {first.number} закроет и остальные.")])

    return _or_refusal(chosen, verb)


@require_POST
def apart(request: SignedInRequest, pk: int) -> HttpResponse:
    """Namesakes: each is decided by itself."""
    chosen = Selection.of(request, pk)
    if not chosen.is_good:
        return chosen.refuse()

    def verb() -> HttpResponse:
        chosen.rows.tell_apart(by=request.user)
        return chosen.answer([(messages.SUCCESS, "Разные люди: каждую заявку решайте отдельно.")])

    return _or_refusal(chosen, verb)


@require_POST
def forget(request: SignedInRequest, pk: int) -> HttpResponse:
    """Somebody took the consent back after the decision; asked about first, because nothing brings the data back."""
    chosen = Selection.of(request, pk)
    row = chosen.rows.first() if chosen.is_good else None
    if row is None:
        return chosen.refuse()
    if not chosen.is_confirmed:
        words = "Решение и номер останутся, имя и контакты исчезнут до конца следующих суток. Вернуть их нельзя."
        return chosen.ask(f"Уничтожить данные заявки {row.number}?", words, "Уничтожить")

    def verb() -> HttpResponse:
        row.forget(by=request.user)
        done = f"Данные заявки {row.number} будут уничтожены до конца следующих суток."
        return chosen.answer([(messages.SUCCESS, done)])

    return _or_refusal(chosen, verb)


def _or_refusal(chosen: Selection, verb: Callable[[], HttpResponse]) -> HttpResponse:
    try:
        return verb()
    except WrongStatus as error:
        return chosen.answer([(messages.WARNING, str(error))])
