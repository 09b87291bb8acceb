"""What the region's coordinator sets about reminders, as she types it."""

import re
from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from coordination.ladder import RungRule
from coordination.models import ReminderSettings
from coordination.models.reminder_settings import MOST_DAYS
from coordination.rung_texts import check_text
from foundation.fields import LongTextField, TextField
from organizations.models import Organization
from organizations.models.organization import OrganizationQuerySet

MOST_PERIODS = 20
_PERIOD = re.compile(r"(\d{1,2}\.\d{1,2}\.\d{4})\s*[-–—]\s*(\d{1,2}\.\d{1,2}\.\d{4})")


def _day(text: str) -> date:
    try:
        return datetime.strptime(text, "%d.%m.%Y").date()  # noqa: DTZ007 - a day has no zone
    except ValueError as error:
        raise ValidationError(f"Такого дня нет: {text}.") from error


class YearDayField(TextField):
    """«01.06» ↔ "06-01"."""

    def clean(self, value: Any) -> str:
        typed = super().clean(value)
        day = _day(f"{typed.strip('.')}.2028")  # a leap year: 29.02 is a day
        return f"{day:%m-%d}"

    def prepare_value(self, value: Any) -> Any:
        is_kept = isinstance(value, str) and re.fullmatch(r"\d\d-\d\d", value)
        return f"{value[3:]}.{value[:2]}" if is_kept else value


class PeriodsField(LongTextField):
    """«31.10.2026 – 08.11.2026», a line each ↔ pairs of ISO days."""

    def clean(self, value: Any) -> list[list[str]]:
        lines = [line.strip() for line in super().clean(value).splitlines() if line.strip()]
        if len(lines) > MOST_PERIODS:
            raise ValidationError(f"Не больше {MOST_PERIODS} строк.")
        return [self._period(line) for line in lines]

    def _period(self, line: str) -> list[str]:
        found = _PERIOD.fullmatch(line)
        if not found:
            raise ValidationError(f"Не понимаем строку «{line[:60]}». Пример: 31.10.2026 – 08.11.2026.")
        begins, ends = _day(found[1]), _day(found[2])
        if ends < begins:
            raise ValidationError(f"Последний день раньше первого: «{line}».")
        return [begins.isoformat(), ends.isoformat()]

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        days = [[date.fromisoformat(each) for each in period] for period in value]
        return "\n".join(f"{begins:%d.%m.%Y} – {ends:%d.%m.%Y}" for begins, ends in days)


class ReminderSettingsForm(forms.ModelForm):  # type: ignore[type-arg]
    reminders_a_week = forms.IntegerField(
        label="Не больше писем одному человеку за неделю",
        min_value=1,
        max_value=7,
        help_text="Считаются все напоминания: о шагах, о заявках в классы, об обучении и отправленные вручную.",
    )
    quiet_periods = PeriodsField(
        label="Школьные каникулы",
        required=False,
        help_text="Каждые каникулы с новой строки: 31.10.2026 – 08.11.2026. В эти дни не пишем администраторам и "
        "руководителям; координаторам пишем.",
    )
    summer_begins = YearDayField(label="Летом молчим с", help_text="День и месяц: 01.06.")
    summer_ends = YearDayField(label="по", help_text="Этот день ещё входит: 25.08.")

    class Meta:
        model = ReminderSettings
        fields = ["quiet_periods", "summer_begins", "summer_ends"]

    field_order = ["reminders_a_week", "quiet_periods", "summer_begins", "summer_ends"]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if "" < data.get("summer_ends", "") < data.get("summer_begins", ""):
            self.add_error("summer_ends", "Последний день раньше первого.")
        return data


class RungForm(forms.Form):
    """One rung of the ladder. `example`: the organization on which the text is shown."""

    is_on = forms.BooleanField(label="Напоминать на этой ступени", required=False)
    after_days = forms.IntegerField(label="Через сколько рабочих дней без движения", min_value=1, max_value=MOST_DAYS)
    text = LongTextField(label="Текст", max_length=2000, widget=forms.Textarea(attrs={"rows": 8}))
    example = forms.ModelChoiceField(
        label="Показать на примере организации", queryset=Organization.objects.none(), required=False
    )

    def __init__(self, rule: RungRule, examples: OrganizationQuerySet, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"is_on": rule.is_on, "after_days": rule.after_days, "text": rule.text}
        super().__init__(*args, **kwargs)
        self.fields["example"].queryset = examples  # type: ignore[attr-defined]
        self.fields["example"].empty_label = None  # type: ignore[attr-defined]

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        check_text(text)
        return text
