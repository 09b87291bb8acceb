"""Forms of the work list."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from coordination.statuses import CallOutcome, Reason
from foundation.fields import DayField, TextField
from foundation.working_days import add_working_days

LONGEST = timedelta(days=366)
USUAL_DAYS = 3


class SnoozeForm(forms.Form):
    until = DayField(label="Вернуть в список", help_text="В этот день организация снова появится в списке дел.")
    reason = TextField(
        label="Почему откладываем", max_length=300, help_text="Например: директор в отпуске до понедельника."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until"].initial = add_working_days(timezone.localdate(), USUAL_DAYS)

    def clean_until(self) -> Any:
        return day_ahead(self.cleaned_data["until"])


def keys_of(reason: str) -> list[tuple[int, CallOutcome]]:
    """The digit of each outcome of a call. Who asks Sferum for an answer has not heard the administrator: that call
    confirms nobody.
    """
    confirms = reason != Reason.OVERDUE
    return [(digit, each) for digit, each in enumerate(CallOutcome, 1) if confirms or each != CallOutcome.CONFIRMED]


class CallForm(forms.Form):
    """The outcome is the button that was pressed, or the digit."""

    outcome = forms.ChoiceField(
        label="Итог", choices=CallOutcome.choices, error_messages={"required": "Выберите, чем закончился звонок."}
    )
    call_back_on = DayField(label="Перезвонить", required=False, help_text="Нужно только для «перезвонить».")
    note = TextField(label="Заметка", max_length=500, required=False)

    def __init__(self, reason: str, data: Any = None) -> None:
        super().__init__(data)
        outcome = self.fields["outcome"]
        assert isinstance(outcome, forms.ChoiceField)  # noqa: S101 - for mypy
        outcome.choices = [(each.value, each.label) for _, each in keys_of(reason)]
        self.fields["call_back_on"].initial = add_working_days(timezone.localdate(), 1)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("outcome") != CallOutcome.LATER:
            cleaned["call_back_on"] = None
        elif not self.errors:
            if not cleaned.get("call_back_on"):
                self.add_error("call_back_on", "Укажите день, когда перезвонить.")
            else:
                try:
                    day_ahead(cleaned["call_back_on"])
                except ValidationError as error:
                    self.add_error("call_back_on", error)
        return cleaned


class RoundForm(forms.Form):
    """What stands in the address of a round beside the filter."""

    everybody = forms.BooleanField(required=False)
    skip = forms.IntegerField(required=False, min_value=0, max_value=100_000)


def day_ahead(day: Any) -> Any:
    today = timezone.localdate()
    if day and day <= today:
        raise ValidationError("Этот день уже наступил: выберите день впереди.")
    if day and day > today + LONGEST:
        raise ValidationError("Больше чем на год отложить нельзя.")
    return day
