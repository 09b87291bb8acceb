"""People, for portal staff: found, corrected, let out and in again by the same verbs; never deleted, never by hash."""

from collections.abc import Callable

from allauth.account.decorators import secure_admin_login
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest

from accounts.models import User
from foundation.verbs import WrongStatus

# The administration's own sign-in page knows nothing of the second factor; this one leads to ours.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]


@admin.register(User)
class UserAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["full_name", "email", "phone", "is_active", "is_staff", "requires_second_factor", "last_login"]
    list_filter = ["is_active", "is_staff", "requires_second_factor", "email_is_shared", "is_demo"]
    search_fields = ["full_name", "email", "phone"]
    ordering = ["full_name", "pk"]
    fields = [
        "full_name",
        ("email", "email_is_shared"),
        "phone",
        ("is_staff", "requires_second_factor"),
        ("is_active", "deactivated_at", "deactivated_by"),
        ("last_login", "date_joined"),
    ]
    readonly_fields = ["is_active", "deactivated_at", "deactivated_by", "last_login", "date_joined"]
    actions = ["deactivate", "reactivate", "end_sessions", "reset_second_factor"]

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: User, form: "ModelForm[User]", change: bool) -> None:
        if not change:
            obj.set_unusable_password()  # an empty string would count as a password that was set
        super().save_model(request, obj, form, change)

    @admin.action(description="Закрыть вход и завершить сеансы")
    def deactivate(self, request: HttpRequest, users: QuerySet[User]) -> None:
        self._each(request, users, "вход закрыт", lambda user, by: user.deactivate(by=by))

    @admin.action(description="Вернуть вход")
    def reactivate(self, request: HttpRequest, users: QuerySet[User]) -> None:
        self._each(request, users, "вход возвращён", lambda user, by: user.reactivate(by=by))

    @admin.action(description="Завершить все сеансы")
    def end_sessions(self, request: HttpRequest, users: QuerySet[User]) -> None:
        self._each(request, users, "сеансы завершены", lambda user, by: user.end_sessions())

    @admin.action(description="Сбросить второй шаг входа (телефон утерян)")
    def reset_second_factor(self, request: HttpRequest, users: QuerySet[User]) -> None:
        self._each(request, users, "второй шаг входа сброшен", lambda user, by: user.reset_second_factor())

    def _each(self, request: HttpRequest, users: QuerySet[User], done: str, verb: Callable[[User, User], None]) -> None:
        """One person after another, each with a line in the journal; who could not is named with the reason."""
        by = User.objects.get(pk=request.user.pk)
        for user in users:
            if user == by:
                self.message_user(request, f"{user}: с собой этого сделать нельзя.", messages.WARNING)
                continue
            try:
                verb(user, by)
            except WrongStatus as error:
                self.message_user(request, f"{user}: {error}", messages.WARNING)
                continue
            LogEntry.objects.log_actions(by.pk, [user], CHANGE, change_message=done, single_object=True)
            self.message_user(request, f"{user}: {done}.")
