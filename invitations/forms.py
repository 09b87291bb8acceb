"""Forms of the school about requests: choosing them, rejecting them, filtering their list."""

from typing import Any

import django_filters
from django import forms
from django.http import HttpRequest

from foundation.fields import TextField
from foundation.templatetags.portal import plural
from invitations.models import JoinRequest
from invitations.models.block import BLOCK_DAYS
from invitations.models.invitation import roles_of
from invitations.statuses import NameGround, Reason, RequestStatus, Role, role_word
from organizations.models import Organization, SchoolClass

LONGEST_KEY = 18  # digits of a primary key that every database can hold
NOTHING_CHOSEN = "Отметьте хотя бы одну заявку."


class KeysField(forms.MultipleChoiceField):
    """Primary keys as they come from tick boxes; whose they are is for the query to decide."""

    widget = forms.MultipleHiddenInput

    def valid_value(self, value: str) -> bool:
        return value.isascii() and value.isdigit() and len(value) <= LONGEST_KEY


class SelectionForm(forms.Form):
    """A selection, or the single row whose own button was pressed."""

    ids = KeysField(error_messages={"required": NOTHING_CHOSEN, "invalid_choice": NOTHING_CHOSEN})
    back = forms.CharField(required=False, max_length=2000, widget=forms.HiddenInput)

    @classmethod
    def of(cls, request: HttpRequest) -> "SelectionForm":
        data = request.POST.copy()
        if "one" in data:
            data.setlist("ids", data.getlist("one"))
        return cls(data)


class RejectForm(SelectionForm):
    reason = forms.ChoiceField(label="Причина", choices=[("", "Выберите причину"), *Reason.choices])
    reason_text = TextField(
        label="Пояснение", required=False, max_length=300, help_text="Его прочитает заявитель. Не называйте чужих имён."
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("reason") == Reason.OTHER and not data.get("reason_text") and "reason_text" not in self.errors:
            self.add_error("reason_text", "Напишите причину: заявителю нужно понять, что делать.")
        return data


class BlockForm(SelectionForm):
    days = forms.TypedChoiceField(
        label="На сколько",
        choices=[(days, f"{days} {plural(days, 'день,дня,дней')}") for days in BLOCK_DAYS],
        coerce=int,
        initial=30,
        widget=forms.RadioSelect,
    )


class NameForm(forms.Form):
    ground = forms.ChoiceField(label="Основание", choices=[("", "Выберите основание"), *NameGround.choices])


class RequestFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Class, role and status of a school's requests, kept in the address."""

    school_class = django_filters.ModelChoiceFilter(
        label="Класс", empty_label="все", queryset=SchoolClass.objects.none()
    )
    role = django_filters.ChoiceFilter(label="Роль", empty_label="все", choices=Role.choices)
    status = django_filters.ChoiceFilter(label="Решение", empty_label="все", choices=RequestStatus.choices)

    class Meta:
        model = JoinRequest
        fields = ["school_class", "role", "status"]

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = organization.words
        self.filters["school_class"].queryset = organization.classes.all()
        self.filters["school_class"].label = words.klass.capitalize()
        self.filters["role"].extra["choices"] = [(r.value, role_word(r, words)) for r in roles_of(organization.region)]
