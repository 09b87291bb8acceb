"""The form of a region's norms: how long a step may last, and when schools rest."""

from typing import Any

from django import forms
from django.db import transaction

from accounts.models import User
from foundation.fields import TextField
from organizations.models import Event, Region
from organizations.models.territory import known_day_of_year
from organizations.statuses import Step

LONGEST_NORM = 250  # working days: a year
FIELDS = ("step_norms", "summer_from", "summer_until")


class NormsForm(forms.Form):
    summer_from = TextField(
        label="Летом сроки школ стоят с", max_length=5, required=False, validators=[known_day_of_year]
    )
    summer_until = TextField(
        label="по (включительно)",
        max_length=5,
        required=False,
        validators=[known_day_of_year],
        help_text="День и месяц, например 25.08. Пусто в обоих полях: сроки идут и летом.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for step in list(Step)[:-1]:
            self.fields[f"step_{step}"] = forms.IntegerField(
                label=f"«{step.label}»", min_value=0, max_value=LONGEST_NORM
            )
        self.fields[
            f"step_{Step.APPOINTED}"
        ].help_text = (
            "Столько же даётся руководителю, чтобы назначить администратора, с дня, когда организация внесена в список."
        )
        self.order_fields([name for name in self.fields if name.startswith("step_")])

    @classmethod
    def of(cls, region: Region) -> "NormsForm":
        norms = {f"step_{step}": region.step_norms.get(str(int(step)), 0) for step in Step}
        return cls(initial={**norms, "summer_from": region.summer_from, "summer_until": region.summer_until})

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if bool(cleaned.get("summer_from")) != bool(cleaned.get("summer_until")) and not self.errors:
            self.add_error("summer_until", "Заполните оба дня или оставьте оба пустыми.")
        return cleaned

    @transaction.atomic
    def save_to(self, region: Region, *, by: User) -> None:
        region.step_norms = {
            str(int(step)): self.cleaned_data[f"step_{step}"] for step in Step if f"step_{step}" in self.fields
        }
        region.summer_from = self.cleaned_data["summer_from"]
        region.summer_until = self.cleaned_data["summer_until"]
        region.save(update_fields=FIELDS)
        Event.record("region.norms-changed", region, by=by, region=region, fields=FIELDS)
