"""The desk of portal staff («служба портала»): what is found here is changed through the same verbs as everywhere."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet, URLField
from django.http import HttpRequest

from accounts.models import User
from foundation.folding import fold
from foundation.verbs import WrongStatus
from organizations.models import Appointment, Coordinator, Event, Municipality, Organization, Region, SchoolClass


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    """Nothing is added, changed or deleted here: rows come from verbs."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class Kept(admin.ModelAdmin):  # type: ignore[type-arg]
    """Facts may be mended; a row that others point to is never deleted."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Region)
class RegionAdmin(Kept):
    list_display = ["name", "code", "department_name", "messenger_name", "manager_name"]
    search_fields = ["name", "code"]
    formfield_overrides = {URLField: {"assume_scheme": "https"}}


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
    raw_id_fields = ["successor"]
    readonly_fields = ["step", "step_since", "administrator_state", "administrator_confirmed_on"]

    def get_search_results(
        self, request: HttpRequest, queryset: "QuerySet[Organization]", search_term: str
    ) -> "tuple[QuerySet[Organization], bool]":
        """As everywhere: case, ё and quotes make no difference, each word must be there."""
        for word in fold(search_term).split():
            queryset = queryset.filter(search_key__contains=word)
        return queryset, False


@admin.register(Coordinator)
class CoordinatorAdmin(ReadOnly):
    list_display = ["user", "region", "municipality", "invited_at", "ended_at"]
    list_filter = ["region", "ended_at"]
    list_select_related = ["user", "region", "municipality"]
    search_fields = ["user__full_name", "user__email"]
    actions = ["remove"]

    @admin.action(description="Закрыть доступ")
    def remove(self, request: HttpRequest, queryset: "QuerySet[Coordinator]") -> None:
        _each(self, request, queryset, lambda row, by: row.remove(by=by))


@admin.register(Appointment)
class AppointmentAdmin(ReadOnly):
    list_display = ["full_name", "organization", "role", "status", "since", "until", "source", "confirmed_on"]
    list_filter = ["organization__region", "organization__step", "status", "role", "source"]
    list_select_related = ["organization"]
    search_fields = ["full_name", "phone", "organization__search_key"]
    actions = ["relieve", "mark_checked", "reinstate"]

    @admin.action(description="Прекратить полномочия")
    def relieve(self, request: HttpRequest, queryset: "QuerySet[Appointment]") -> None:
        _each(self, request, queryset, lambda row, by: row.relieve(by=by))

    @admin.action(description="Отметить проверенными")
    def mark_checked(self, request: HttpRequest, queryset: "QuerySet[Appointment]") -> None:
        _each(self, request, queryset, lambda row, by: row.mark_checked(by=by))

    @admin.action(description="Снять возражение")
    def reinstate(self, request: HttpRequest, queryset: "QuerySet[Appointment]") -> None:
        _each(self, request, queryset, lambda row, by: row.reinstate(by=by))


@admin.register(SchoolClass)
class SchoolClassAdmin(ReadOnly):
    list_display = ["name", "organization", "academic_year", "size", "archived_at"]
    list_filter = ["academic_year", "organization__region"]
    list_select_related = ["organization"]
    search_fields = ["organization__search_key"]


@admin.register(Event)
class EventAdmin(ReadOnly):
    list_display = ["at", "verb", "by", "actor", "organization", "object_type", "object_id"]
    list_filter = ["verb", "actor"]
    list_select_related = ["by", "organization"]
    date_hierarchy = "at"


def _each(desk: "admin.ModelAdmin[Any]", request: HttpRequest, rows: "QuerySet[Any]", verb: Any) -> None:
    """Calls the verb on each chosen row and says how many it changed; a row that was late is named with the reason."""
    done = 0
    assert isinstance(request.user, User)  # noqa: S101  (the admin site lets nobody else in)
    for row in rows:
        try:
            verb(row, request.user)
        except WrongStatus as error:
            desk.message_user(request, f"{row}: {error}", messages.WARNING)
        else:
            done += 1
    desk.message_user(request, f"Готово: {done}.")
