"""Forms of the work list."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

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


def day_ahead(day: Any) -> Any:
    today = timezone.localdate()
    if day and day <= today:
        raise ValidationError("Этот день уже наступил: выберите день впереди.")
    if day and day > today + LONGEST:
        raise ValidationError("Больше чем на год отложить нельзя.")
    return day
