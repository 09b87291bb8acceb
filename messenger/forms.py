"""Forms of the chats' page: what is listed, what was decided."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from foundation.fields import LongTextField, PastDayField, TextField
from messenger.models import Chat
from messenger.statuses import Reason
from organizations.models import Organization

MOST_CHATS = 1000


class NamesForm(forms.Form):
    """Chats as they are called, one a line."""

    names = LongTextField(
        label="Названия чатов",
        max_length=40_000,
        help_text="По одному на строке, можно вставить списком: «7Б родители», «Учителя начальной школы».",
        error_messages={"required": "Впишите хотя бы одно название."},
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def __init__(self, organization: Organization, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organization = organization

    def clean_names(self) -> list[str]:
        names = list(dict.fromkeys(filter(None, self.cleaned_data["names"].splitlines())))
        if not names:
            raise ValidationError("Впишите хотя бы одно название.")
        if long := [name for name in names if len(name) > 200]:
            raise ValidationError(f"Название длиннее 200 знаков: «{long[0][:60]}…».")
        listed = Chat.objects.filter(organization=self.organization).count()
        if listed + len(names) > MOST_CHATS:
            raise ValidationError(f"В списке может быть не больше {MOST_CHATS} чатов, сейчас их {listed}.")
        return names


class ChosenForm(forms.Form):
    """Chats ticked in the list. Another organization's chat is not among the choices."""

    pk = forms.MultipleChoiceField(
        label="Чаты",
        widget=forms.MultipleHiddenInput,
        error_messages={
            "required": "Отметьте хотя бы один чат.",
            "invalid_choice": "Одного из выбранных чатов в списке уже нет. Вернитесь к списку и отметьте заново.",
        },
    )

    def __init__(self, organization: Organization, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organization = organization
        chats = Chat.objects.filter(organization=organization)
        self.fields["pk"].choices = [(str(chat.pk), chat.name) for chat in chats]  # type: ignore[attr-defined]

    def clean_pk(self) -> list[int]:
        return [int(pk) for pk in self.cleaned_data["pk"]]

    @property
    def names(self) -> list[str]:
        """Of the ticked chats, to be read before the act."""
        ticked = set(self["pk"].value() or [])
        return [name for pk, name in self.fields["pk"].choices if pk in ticked]  # type: ignore[attr-defined]


class MovedForm(ChosenForm):
    messenger = TextField(label="Куда перенесён", max_length=60)
    on = PastDayField(label="Когда")

    def __init__(self, organization: Organization, *args: Any, **kwargs: Any) -> None:
        super().__init__(organization, *args, **kwargs)
        self.initial = {"messenger": organization.region.messenger_name, **self.initial}


class NotMovedForm(ChosenForm):
    reason = forms.ChoiceField(
        label="Почему не перенесён",
        choices=[("", "Выберите причину"), *Reason.choices],
        error_messages={"required": "Выберите причину.", "invalid_choice": "Выберите причину из списка."},
    )
    note = TextField(
        label="Подробнее", required=False, help_text="Обязательно, если причина другая. Без имён и телефонов."
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("reason") == Reason.OTHER and not cleaned.get("note") and "note" not in self.errors:
            self.add_error("note", "Напишите, какая причина.")
        return cleaned
