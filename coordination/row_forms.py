"""What may stand in the cells of a call list that comes back."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from coordination.statuses import CallOutcome
from coordination.work_forms import day_ahead
from foundation.fields import DayField, NameField, PhonesField, TextField
from foundation.folding import clean_text, fold
from foundation.phones import is_mobile, show_phone

COLUMNS = {
    "outcome": "Итог",
    "note": "Заметка",
    "call_back_on": "Перезвонить",
    "phone": "Верный телефон",
    "named": "Новый администратор (ФИО)",
}
_DAYS = ["%d.%m.%Y", "%Y-%m-%d", "%d.%m.%y", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S"]


class RowForm(forms.Form):
    outcome = TextField(required=False)
    note = TextField(required=False)
    call_back_on = DayField(
        required=False, input_formats=_DAYS, error_messages={"invalid": "Дата не читается, пример: 30.11.2026."}
    )
    phone = PhonesField(required=False)
    named = NameField(required=False)

    def clean_outcome(self) -> str:
        typed = fold(self.cleaned_data["outcome"])
        if not typed:
            raise ValidationError("Не выбран итог.")
        for outcome in CallOutcome:
            if fold(outcome.label) == typed:
                return outcome.value
        raise ValidationError(f"Итога «{self.cleaned_data['outcome']}» нет, выберите из списка в ячейке.")

    def clean_phone(self) -> str:
        """A landline stays as it was typed: the library would cut the area code 3822 into «+7 382 2…»."""
        phones = self.cleaned_data["phone"] or []
        if all(map(is_mobile, phones)):
            return ", ".join(map(show_phone, phones))
        return clean_text(str(self.data["phone"]))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("outcome") != CallOutcome.LATER:
            cleaned["call_back_on"] = None
        elif "call_back_on" not in self.errors:
            if not cleaned.get("call_back_on"):
                raise ValidationError("Не указано, когда перезвонить.")
            day_ahead(cleaned["call_back_on"])
        return cleaned
