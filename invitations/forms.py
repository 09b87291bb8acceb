"""Forms of the school: choosing rows, refusing one visitor. Those of the review desk are in review_forms.py."""

from typing import Self

from django import forms
from django.http import HttpRequest

from foundation.templatetags.portal import plural
from invitations.models.block import BLOCK_DAYS
from invitations.statuses import NameGround

LONGEST_KEY = 18  # digits of a primary key that every database can hold
NOTHING_CHOSEN = "Отметьте хотя бы одну заявку."


class KeysField(forms.MultipleChoiceField):
    """Primary keys as they come from tick boxes; whose they are is for the query to decide."""

    widget = forms.MultipleHiddenInput

    def valid_value(self, value: str) -> bool:
        return is_key(value)


def is_key(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= LONGEST_KEY


class SelectionForm(forms.Form):
    """A selection, or the single row whose own button was pressed."""

    ids = KeysField(error_messages={"required": NOTHING_CHOSEN, "invalid_choice": NOTHING_CHOSEN})
    back = forms.CharField(required=False, max_length=2000, widget=forms.HiddenInput)

    @classmethod
    def of(cls, request: HttpRequest) -> Self:
        data = request.POST.copy()
        if "one" in data:
            data.setlist("ids", data.getlist("one"))
        return cls(data)


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
