"""Help and trainings, kept by portal staff."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.http import HttpRequest

from foundation.fields import LongTextField, TextField
from guides.models import Guide, Training
from organizations.statuses import Step


class GuideForm(forms.ModelForm):  # type: ignore[type-arg]
    title = TextField(label="Название", max_length=200)
    text = LongTextField(label="Текст", required=False, help_text="Для известной проблемы: что делать.")


class TrainingForm(forms.ModelForm):  # type: ignore[type-arg]
    title = TextField(label="Тема", max_length=200)
    minutes = forms.IntegerField(
        label="Продолжительность, минут", initial=60, validators=[MinValueValidator(5), MaxValueValidator(24 * 60)]
    )
    steps = forms.TypedMultipleChoiceField(
        label="Для каких этапов",
        choices=Step.choices,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


_ADDRESSES: "dict[type[models.Field[Any, Any]], dict[str, Any]]" = {models.URLField: {"assume_scheme": "https"}}


@admin.register(Guide)
class GuideAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    form = GuideForm
    list_display = ["title", "kind", "step", "region", "order", "owner", "review_on"]
    list_filter = ["kind", "step", "region"]
    search_fields = ["title", "text", "url"]
    list_select_related = ["region", "owner"]
    formfield_overrides = _ADDRESSES

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "owner":
            kwargs["queryset"] = db_field.remote_field.model.objects.filter(is_staff=True)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(Training)
class TrainingAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    form = TrainingForm
    list_display = ["title", "starts_at", "minutes", "region", "recording_url"]
    list_filter = ["region"]
    search_fields = ["title"]
    list_select_related = ["region"]
    date_hierarchy = "starts_at"
    formfield_overrides = _ADDRESSES
