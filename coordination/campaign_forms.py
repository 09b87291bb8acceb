"""What is typed for a campaign: its words, with every place in braces checked, and its hour."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from coordination.models import Campaign
from coordination.placeholders import check_places
from foundation.fields import DayField, LongTextField, TextField
from foundation.working_days import FROM_HOUR, UNTIL_HOUR, is_office_time, is_working_day, office_moment

MOST_DAYS_AHEAD = 60
_HOURS = f"Письма уходят в рабочие дни с {FROM_HOUR}:00 до {UNTIL_HOUR}:00 по времени региона."


class CampaignForm(forms.ModelForm):  # type: ignore[type-arg]
    name = TextField(label="Название рассылки", max_length=120, help_text="Видите только вы.")
    subject = TextField(label="Тема письма", max_length=200)
    text = LongTextField(label="Текст письма", max_length=8000, widget=forms.Textarea(attrs={"rows": 12}))
    includes_done = forms.BooleanField(label="Отправить и тем, у кого всё сделано", required=False)

    class Meta:
        model = Campaign
        fields = ["name", "subject", "text", "includes_done"]

    def clean_subject(self) -> str:
        return self._checked("subject")

    def clean_text(self) -> str:
        return self._checked("text")

    def _checked(self, name: str) -> str:
        text: str = self.cleaned_data[name]
        check_places(text)
        return text


class ScheduleForm(forms.Form):
    """A day, and an hour of the region; empty: now, or when the office opens."""

    on = DayField(label="День", required=False)
    at = forms.TimeField(
        label="Час", required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"), help_text=_HOURS
    )

    def __init__(self, zone: ZoneInfo, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone

    def clean(self) -> dict[str, Any]:
        typed, now = super().clean() or {}, timezone.now()
        day, hour = typed.get("on"), typed.get("at")
        if hour and not day and "on" not in self.errors:
            self.add_error("on", "Укажите день.")
        if self.errors or not day:
            typed["starts_at"] = office_moment(self.zone)
            return typed
        typed["starts_at"] = moment = datetime.combine(day, hour or time(FROM_HOUR), self.zone)
        if moment <= now:
            self.add_error("on", "Эти день и час уже прошли.")
        elif moment > now + timedelta(days=MOST_DAYS_AHEAD):
            self.add_error("on", f"Назначить рассылку можно не дальше чем на {MOST_DAYS_AHEAD} дней.")
        elif not is_working_day(day):
            self.add_error("on", f"Это выходной. {_HOURS}")
        elif not FROM_HOUR <= moment.hour < UNTIL_HOUR:
            self.add_error("at", ValidationError(_HOURS))
        return typed

    @property
    def starts_at(self) -> datetime:
        moment: datetime = self.cleaned_data["starts_at"]
        return moment


def begins_now(zone: ZoneInfo, starts_at: datetime) -> bool:
    return starts_at <= timezone.now() and is_office_time(zone)
