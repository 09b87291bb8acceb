"""Help and trainings of all regions, kept by portal staff with the same verbs as the coordinators' pages."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest

from foundation.fields import LongTextField, TextField
from foundation.verbs import WrongStatus
from guides.forms import NewsForm, TrainingForm
from guides.models import Guide, News, Training


class GuideDeskForm(forms.ModelForm):  # type: ignore[type-arg]
    title = TextField(label="Название", max_length=200)
    symptom = TextField(label="Что видит человек", max_length=500, required=False)
    text = LongTextField(label="Текст", required=False, help_text="Для известной проблемы: что делать.")


class TrainingDeskForm(TrainingForm):
    class Meta(TrainingForm.Meta):
        fields = ["region", *TrainingForm.Meta.fields]


class KeptAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        try:
            obj.keep(by=request.user, fields=form.changed_data)
        except WrongStatus as error:
            messages.warning(request, str(error))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        obj.remove(by=request.user)

    def delete_queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> None:
        for obj in queryset:
            obj.remove(by=request.user)


_ADDRESSES: "dict[type[models.Field[Any, Any]], dict[str, Any]]" = {models.URLField: {"assume_scheme": "https"}}


@admin.register(Guide)
class GuideAdmin(KeptAdmin):
    form = GuideDeskForm
    list_display = ["title", "kind", "step", "region", "order", "owner", "review_on", "broken_since"]
    list_filter = ["kind", "step", "region"]
    search_fields = ["title", "text", "url"]
    list_select_related = ["region", "owner"]
    formfield_overrides = _ADDRESSES

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "owner":
            kwargs["queryset"] = db_field.remote_field.model.objects.filter(is_staff=True)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(Training)
class TrainingAdmin(KeptAdmin):
    form = TrainingDeskForm
    list_display = ["title", "starts_at", "minutes", "region", "recording_url", "cancelled_at"]
    list_filter = ["region"]
    search_fields = ["title"]
    list_select_related = ["region"]
    date_hierarchy = "starts_at"
    actions = ["cancel"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and not (obj and obj.cancelled_at)

    @admin.action(description="Отменить обучение")
    def cancel(self, request: HttpRequest, queryset: "QuerySet[Training]") -> None:
        for training in queryset:
            try:
                training.cancel(by=request.user)  # type: ignore[arg-type]
            except WrongStatus as error:
                messages.warning(request, f"{training}: {error}")
            else:
                messages.success(request, f"{training}: отменено.")


class NewsDeskForm(NewsForm):
    class Meta(NewsForm.Meta):
        fields = ["region", *NewsForm.Meta.fields]


@admin.register(News)
class NewsAdmin(KeptAdmin):
    form = NewsDeskForm
    list_display = ["title", "published_at", "region", "written_by"]
    list_filter = ["region"]
    search_fields = ["title", "text"]
    list_select_related = ["region", "written_by"]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.written_by = obj.written_by or request.user
        super().save_model(request, obj, form, change)
