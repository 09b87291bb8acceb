"""Forms of the cases. A form that records something has `record`, which calls the verb."""

import re
import uuid
from dataclasses import fields
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone

from foundation.fields import DayField, EmailField, LongTextField, MobileField, NameField, PastDayField
from foundation.templatetags.portal import count, leaves
from organizations.forms import AppointmentForm
from organizations.models import Organization
from registrations.models import Nominee
from registrations.statuses import Addressee, HandChannel, HelpTopic, PredecessorReason

MOST_AT_ONCE = 2000


class KeysField(forms.Field):
    """Keys of chosen rows, each in an input of its own; what is not a key is nobody's row."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: list[str] | None) -> list[int]:
        keys = [int(one) for one in value or () if re.fullmatch(r"[0-9]{1,18}", one)]
        if len(keys) > MOST_AT_ONCE:
            raise ValidationError(f"За один раз можно выбрать не больше {MOST_AT_ONCE} организаций. Сузьте фильтр.")
        return keys


class FilingForm(forms.Form):
    """A selection on its way from the list over the preview to the letters."""

    pk = KeysField(required=False)
    left_out = KeysField(required=False)
    batch = forms.UUIDField(widget=forms.HiddenInput, required=False)


class HandForm(forms.Form):
    """A letter that somebody sent past the portal."""

    on = PastDayField(label="Когда отправили")
    channel = forms.ChoiceField(label="Как", choices=HandChannel)


NINE = time(9)
MOST_DAYS_AHEAD = 60
"""What a letter states grows old: people change, numbers change."""


class LaterForm(forms.Form):
    """«Отправить не сейчас»: a day, and an hour of the organization's region. Empty: at once."""

    send_on = DayField(label="День", required=False)
    send_at = forms.TimeField(
        label="Час",
        required=False,
        help_text="Если не указать, письмо уйдёт в 9:00.",
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )

    def __init__(self, zone: ZoneInfo, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone

    def clean(self) -> dict[str, Any]:
        typed, now = super().clean() or {}, timezone.now()
        day, hour = typed.get("send_on"), typed.get("send_at")
        if hour and not day and "send_on" not in self.errors:
            self.add_error("send_on", "Укажите день, когда отправить письмо.")
        if day and "send_at" not in self.errors:
            typed["not_before"] = moment = datetime.combine(day, hour or NINE, self.zone)
            if moment <= now:
                self.add_error("send_on", "Эти день и час уже прошли.")
            elif moment > now + timedelta(days=MOST_DAYS_AHEAD):
                self.add_error("send_on", f"Отложить письмо можно не дальше чем на {MOST_DAYS_AHEAD} дней.")
        return typed

    @property
    def not_before(self) -> datetime | None:
        moment: datetime | None = self.cleaned_data.get("not_before")
        return moment


def queued_words(later: LaterForm) -> str:
    """What to tell whoever has sent a letter."""
    if later.not_before is not None:
        with timezone.override(later.zone):
            return f"Письмо отложено: {leaves(later.not_before)}."
    if settings.UNDO_MINUTES:
        return f"Письмо уйдёт через {count(settings.UNDO_MINUTES, 'минуту,минуты,минут')}: его ещё можно отозвать."
    return "Письмо поставлено в очередь на отправку."


class AddressForm(forms.Form):
    to = EmailField(label="Новый адрес")


class ConsentForm(forms.Form):
    """Asked of the administrator in person, once."""

    agree = forms.BooleanField(
        label="Подтверждаю: мои имя и номер телефона уйдут в Сферум",
        error_messages={"required": "Без вашего подтверждения письмо не уйдёт: поставьте отметку."},
    )


def named(form: forms.Form) -> Nominee:
    """The person whom a form of appointments describes."""
    return Nominee(
        **{field.name: form.cleaned_data[field.name] for field in fields(Nominee) if field.name in form.cleaned_data}
    )


def ask_reason_when_needed(form: forms.Form) -> None:
    """Why a number serves two organizations is a question only where the portal has found it in another one."""
    if not form.is_bound:
        form.fields["shared_phone_reason"].widget = forms.HiddenInput()


DISMISSED = "уволен(а), подтверждаю: закрыть доступ к порталу сразу"


class NomineeForm(AppointmentForm):
    """Whoever will answer for Sferum instead of the administrator of today."""

    def __init__(self, organization: Organization, *args: Any, **kwargs: Any) -> None:
        super().__init__(organization, *args, **kwargs)
        ask_reason_when_needed(self)

    def clean_phone(self) -> Any:
        phone = self.cleaned_data["phone"]
        now = self.organization.administrator
        if phone and now is not None and now.phone == phone and now.user_id is not None:
            raise ValidationError("Это номер нынешнего администратора: передавать права некому.")
        return phone


class NominateForm(NomineeForm):
    """In the portal; who was it before is asked only where the portal does not know."""

    predecessor_name = NameField(label="Кто отвечал раньше", required=False, help_text="Если не знаете, не заполняйте.")
    predecessor_phone = MobileField(label="Телефон прежнего администратора", required=False)
    predecessor_reason = forms.ChoiceField(
        label="Что с прежним администратором",
        widget=forms.RadioSelect,
        required=False,
        help_text="Подробности указывать не нужно.",
    )

    def __init__(self, organization: Organization, *args: Any, may_dismiss: bool = False, **kwargs: Any) -> None:
        """`may_dismiss`: the person speaks for the head and may end the former administrator's rights at once."""
        super().__init__(organization, *args, **kwargs)
        if organization.administrator is not None:
            del self.fields["predecessor_name"], self.fields["predecessor_phone"]
            reason = self.fields["predecessor_reason"]
            assert isinstance(reason, forms.ChoiceField)  # noqa: S101 - told to mypy
            kept = (PredecessorReason.CHANGED_ROLE, PredecessorReason.ABSENT)
            reason.choices = [(each.value, each.label) for each in kept]
            if may_dismiss:
                reason.choices = [*reason.choices, (PredecessorReason.DISMISSED.value, DISMISSED)]
        else:
            del self.fields["predecessor_reason"]

    def predecessor(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name.startswith("predecessor")}


class AcceptForm(forms.Form):
    agree = forms.BooleanField(
        label="Согласие получено: человек берётся отвечать за Сферум, его имя и номер уйдут в Сферум",
        error_messages={"required": "Без согласия права не переходят: поставьте отметку."},
    )


class AcceptOwnForm(forms.Form):
    agree = forms.BooleanField(
        label="Берусь отвечать за Сферум; мои имя и номер телефона уйдут в Сферум",
        error_messages={"required": "Если согласны, поставьте отметку."},
    )


class QuestionForm(forms.Form):
    form_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    topic = forms.ChoiceField(choices=HelpTopic, widget=forms.HiddenInput)
    addressee = forms.ChoiceField(label="Кому", choices=Addressee)
    question = LongTextField(
        label="Текст письма",
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text="Уйдёт в точности так. Не пишите паролей и кодов из сообщений.",
    )


class MistakeForm(forms.Form):
    words = LongTextField(label="Что не так", max_length=1000, widget=forms.Textarea(attrs={"rows": 4}))
