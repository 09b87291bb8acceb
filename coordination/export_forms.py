"""What is asked before a list leaves the portal as a file."""

from typing import Any

from django import forms

from coordination.statuses import ExportFormat
from foundation.fields import TextField

SHORTEST_REASON = 10  # characters: «для звонка» says something, «надо» does not
TOO_SHORT = "Имена и телефоны выгружают только по делу: напишите, для чего они нужны, хотя бы двумя словами."


class ReasonForm(forms.Form):
    """For a file that is nothing without names and numbers."""

    reason = TextField(
        label="Зачем нужен список",
        max_length=300,
        help_text="Например: обзвон школ района 27 ноября. Основание увидит координатор региона в журнале выгрузок.",
    )

    def clean_reason(self) -> str:
        reason: str = self.cleaned_data["reason"]
        if len(reason) < SHORTEST_REASON:
            raise forms.ValidationError(TOO_SHORT)
        return reason


class ExportForm(forms.Form):
    form = forms.ChoiceField(
        label="Формат",
        choices=[(ExportFormat.XLSX.value, "Excel (XLSX)"), (ExportFormat.CSV.value, "CSV")],
        widget=forms.RadioSelect,
        initial=ExportFormat.XLSX.value,
    )
    with_names = forms.BooleanField(label="С именами, телефонами и почтой администраторов", required=False)
    reason = TextField(
        label="Зачем нужны имена",
        max_length=300,
        required=False,
        help_text="Например: обзвон школ о смене номеров. Основание увидит координатор региона в журнале выгрузок.",
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        reason = data.get("reason", "")
        if not data.get("with_names"):
            data["reason"] = ""
        elif "reason" not in self.errors and len(reason) < SHORTEST_REASON:
            self.add_error("reason", TOO_SHORT)
        return data
