"""What every desk of the portal's staff in Django admin shares."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from foundation.verbs import WrongStatus


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows are found here and moved on by their verbs; nothing is typed in and nothing deleted."""

    show_full_result_count = False  # a search among a million rows must not count them all beside those it found

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def each(
        self, request: HttpRequest, rows: "QuerySet[Any]", verb: Callable[[Any], object], done: str = "Готово"
    ) -> None:
        """One row after another: how many were moved, and whoever could not be is named with the reason."""
        number = 0
        for row in rows:
            try:
                verb(row)
            except WrongStatus as error:
                self.message_user(request, f"{row}: {error}", messages.WARNING)
            else:
                number += 1
        if number:
            self.message_user(request, f"{done}: {number}.", messages.SUCCESS)
