"""The desk of portal staff («служба портала»): what is found here is changed through the same verbs as everywhere."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest

from accounts.models import User
from accounts.requests import SignedInRequest
from foundation.admin import ReadOnlyAdmin
from foundation.fields import EmailField
from foundation.folding import fold
from organizations.models import Appointment, Coordinator, Event, Municipality, Organization, Region, SchoolClass


class Kept(admin.ModelAdmin):  # type: ignore[type-arg]
    """Facts may be mended; a row that others point to is never deleted.

    An address is one that letters can go to: Django also takes a@localhost, and every later letter would fail on it.
    """

    formfield_overrides = {
        models.EmailField: {"form_class": EmailField},
        models.URLField: {"assume_scheme": "https"},
    }

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Region)
class RegionAdmin(Kept):
    list_display = ["name", "code", "department_name", "messenger_name", "manager_name"]
    search_fields = ["name", "code"]

    def get_readonly_fields(self, request: HttpRequest, obj: Region | None = None) -> list[str]:
        """Another messenger opens steps again: that is a verb with a preview, on the page «Регион»."""
        return ["messenger_name"] if obj else []

    def save_model(self, request: HttpRequest, obj: Region, form: "ModelForm[Region]", change: bool) -> None:
        """What has changed here, and nothing else: the messenger may have been changed since the page was opened."""
        if not change:
            super().save_model(request, obj, form, change)
        elif form.changed_data:
            obj.save(update_fields=form.changed_data)


@admin.register(Municipality)
class MunicipalityAdmin(Kept):
    list_display = ["name", "region", "oktmo"]
    list_filter = ["region"]
    search_fields = ["name", "oktmo"]


@admin.register(Organization)
class OrganizationAdmin(Kept):
    list_display = ["name", "municipality", "kind", "step", "administrator_state", "registered_phone"]
    list_filter = ["region", "step", "administrator_state", "kind", "municipality"]
    list_select_related = ["municipality"]
    search_fields = ["search_key"]
    search_help_text = "Название, ИНН или ОГРН"
    # The number at Sferum moves with its verbs: the administrator's state follows from it.
    readonly_fields = [
        *("step", "step_since", "administrator_state", "administrator_confirmed_on", "registered_phone"),
        *("closed_on", "closed_reason", "successor"),  # by the verbs on the organization's page
    ]

    def save_model(
        self, request: HttpRequest, obj: Organization, form: "ModelForm[Organization]", change: bool
    ) -> None:
        super().save_model(request, obj, form, change)
        verb = "organization.changed" if change else "organization.added"
        Event.record(verb, obj, obj, by=User.objects.get(pk=request.user.pk), fields=form.changed_data)

    def get_search_results(
        self, request: HttpRequest, queryset: "QuerySet[Organization]", search_term: str
    ) -> "tuple[QuerySet[Organization], bool]":
        """As everywhere: case, ё and quotes make no difference, each word must be there."""
        for word in fold(search_term).split():
            queryset = queryset.filter(search_key__contains=word)
        return queryset, False


@admin.register(Coordinator)
class CoordinatorAdmin(ReadOnlyAdmin):
    list_display = ["user", "region", "municipality", "invited_at", "ended_at"]
    list_filter = ["region", "ended_at"]
    list_select_related = ["user", "region", "municipality"]
    search_fields = ["user__full_name", "user__email"]
    actions = ["remove"]

    @admin.action(description="Закрыть доступ")
    def remove(self, request: SignedInRequest, queryset: "QuerySet[Coordinator]") -> None:
        self.each(request, queryset, lambda row: row.remove(by=request.user))


@admin.register(Appointment)
class AppointmentAdmin(ReadOnlyAdmin):
    list_display = ["full_name", "organization", "role", "status", "since", "until", "source", "confirmed_on"]
    list_filter = ["organization__region", "organization__step", "status", "role", "source"]
    list_select_related = ["organization"]
    search_fields = ["full_name", "phone", "organization__search_key"]
    actions = ["relieve", "mark_checked", "reinstate"]

    @admin.action(description="Прекратить полномочия")
    def relieve(self, request: SignedInRequest, queryset: "QuerySet[Appointment]") -> None:
        self.each(request, queryset, lambda row: row.relieve(by=request.user))

    @admin.action(description="Отметить проверенными")
    def mark_checked(self, request: SignedInRequest, queryset: "QuerySet[Appointment]") -> None:
        self.each(request, queryset, lambda row: row.mark_checked(by=request.user))

    @admin.action(description="Снять возражение")
    def reinstate(self, request: SignedInRequest, queryset: "QuerySet[Appointment]") -> None:
        self.each(request, queryset, lambda row: row.reinstate(by=request.user))


@admin.register(SchoolClass)
class SchoolClassAdmin(ReadOnlyAdmin):
    list_display = ["name", "organization", "academic_year", "size", "archived_at"]
    list_filter = ["academic_year", "organization__region"]
    list_select_related = ["organization"]
    search_fields = ["organization__search_key"]


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ["at", "verb", "by", "actor", "organization", "object_type", "object_id"]
    list_filter = ["actor"]
    list_select_related = ["by", "organization"]
    show_full_result_count = False  # the journal is the longest table of all
