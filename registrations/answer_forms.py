"""Forms of answers: what Sferum said, by whatever way, and what is written back. `save` calls the verb."""

import uuid
from typing import Any

from django import forms
from django.db import transaction

from accounts.models import User
from foundation.fields import LongTextField, MobileField, PastDayField
from registrations.hints import told_phone
from registrations.models import CaseLetter, HandoverRequest, HelpRequest, RegistrationRequest
from registrations.statuses import AnswerChannel, AnswerOutcome


class AnswerForm(forms.Form):
    """What Sferum answered, by whatever way; with `letter`, what a person has read in a letter that came in."""

    outcomes: list[tuple[str, str]] = []
    text_needed: dict[str, str] = {}
    """Outcomes that mean nothing without words, and what to ask for."""

    outcome = forms.ChoiceField(label="Что ответили", widget=forms.RadioSelect)
    on = PastDayField(label="Когда ответили")
    channel = forms.ChoiceField(label="Как узнали", choices=AnswerChannel)
    text = LongTextField(label="Подробности", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, data: Any = None, *, letter: CaseLetter | None = None) -> None:
        self.letter = letter
        super().__init__(data, initial=_said_in(letter) if letter else None, prefix=f"l{letter.pk}" if letter else None)
        outcome = self.fields["outcome"]
        assert isinstance(outcome, forms.ChoiceField)  # noqa: S101 - told to mypy
        outcome.choices = self.choices()

    def choices(self) -> list[tuple[str, str]]:
        if self.letter is None:
            return self.outcomes
        still = self.outcomes if self.letter.case.is_open else []
        return [*still, (AnswerOutcome.OTHER.value, "Другое: прочитано" + (", ждём дальше" if still else ""))]

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        words = self.text_needed.get(typed.get("outcome", ""))
        if words and not typed.get("text") and "text" not in self.errors:
            self.add_error("text", words)
        return typed

    @transaction.atomic
    def save(self, case: Any, *, by: User) -> str:
        """Calls the verb of the chosen outcome, and marks the letter as read; answers with what to tell the person."""
        outcome = AnswerOutcome(self.cleaned_data["outcome"])
        if self.letter is not None:
            self.letter.judge(outcome, by=by)
        if outcome == AnswerOutcome.OTHER:
            return "Отмечено: письмо прочитано, окончательного ответа в нём нет."
        return self.record(case, outcome, by=by)

    def record(self, case: Any, outcome: AnswerOutcome, *, by: User) -> str:
        raise TypeError(f"{type(self).__name__} records no answer")

    def said(self, by: User) -> dict[str, Any]:
        typed = self.cleaned_data
        return {"by": by, "on": typed["on"], "channel": typed["channel"], "text": typed["text"]}


def _said_in(letter: CaseLetter) -> dict[str, Any]:
    """What the letter itself tells of the answer; the person may change it before pressing a button."""
    phone = told_phone(letter.own_words, besides=str(letter.case.stated.get("phone", "")))
    return {"on": letter.on, "channel": AnswerChannel.LETTER, "text": letter.shown_text[:2000], "phone": phone}


class RegistrationAnswerForm(AnswerForm):
    outcomes = [
        ("registered", "Организация зарегистрирована"),
        ("needs_correction", "Нужно исправить данные"),
        ("declined", "Отказано"),
    ]
    text_needed = {
        "needs_correction": "Напишите, что нужно исправить.",
        "declined": "Напишите, почему отказано.",
    }
    phone = MobileField(
        label="Номер, на который зарегистрирована",
        required=False,
        help_text="Заполните, если он другой, чем в письме.",
    )

    def record(self, case: RegistrationRequest, outcome: AnswerOutcome, *, by: User) -> str:
        if outcome == AnswerOutcome.REGISTERED:
            case.confirm(**self.said(by), phone=self.cleaned_data["phone"])
            return "Записано: организация зарегистрирована. Теперь администратору нужно войти в Сферум."
        if outcome == AnswerOutcome.NEEDS_CORRECTION:
            case.ask_correction(**self.said(by))
            return "Записано. Исправьте данные и отправьте новое письмо: оно уйдёт в той же переписке."
        case.decline(**self.said(by))
        return "Отказ записан."


class HandoverAnswerForm(AnswerForm):
    outcomes = [("done", "Права переданы новому администратору"), ("declined", "Отказано")]
    text_needed = {"declined": "Напишите, почему отказано."}

    def record(self, case: HandoverRequest, outcome: AnswerOutcome, *, by: User) -> str:
        if outcome == AnswerOutcome.DONE:
            case.complete(**self.said(by))
            return "Записано: права в Сферуме переданы. Новому администратору нужно войти в Сферум."
        case.decline(**self.said(by))
        return "Отказ записан."


class HelpAnswerForm(AnswerForm):
    outcomes = [("answered", "Ответ получен")]
    text_needed = {"answered": "Коротко напишите, что ответили."}
    outcome = forms.ChoiceField(widget=forms.HiddenInput, initial="answered")
    phone = MobileField(
        label="Номер, на который зарегистрирована организация",
        required=False,
        help_text="Заполните, если в ответе назвали номер.",
    )

    def record(self, case: HelpRequest, outcome: AnswerOutcome, *, by: User) -> str:
        case.record_answer(**self.said(by), phone=self.cleaned_data["phone"])
        return "Ответ записан."


class ReplyForm(forms.Form):
    """A free answer in the thread of a case."""

    form_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    text = LongTextField(
        label="Текст письма",
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="Уйдёт в той же переписке. Не пишите паролей и кодов из сообщений.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "reply_%s"} | kwargs)  # beside the form of the answer, on the same page
