"""The desk of the portal's staff: letters are read, sent again and withdrawn, never written here."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import localize
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe

from correspondence.models import Lane, Letter, MailChannel
from correspondence.models.letter import HIDDEN
from foundation.admin import ReadOnlyAdmin


@admin.register(Letter)
class LetterAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "shown_subject", "shown_recipient", "lane", "status", "attempt", "error_words"]
    list_display_links = ["shown_subject"]
    list_filter = ["status", "lane", "error_kind"]
    search_fields = ["message_id", "thread"]
    search_help_text = "Тема, адрес, Message-ID или номер переписки. Письма заявителям по теме и адресу не ищутся."
    date_hierarchy = "created_at"
    ordering = ["-created_at", "-pk"]
    actions = ["resend", "abort"]
    fields = [
        *("shown_subject", "shown_recipient", "reply_to", "shown_text", "lane", "status", "attempt", "failures"),
        *("error_words", "shown_reply", "shown_attempts", "created_at", "due_at", "sent_at", "finished_at", "acted_by"),
        *("message_id", "thread", "is_trial"),
    ]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """A search that found applicants by name or address would tell who has applied."""
        found, has_duplicates = super().get_search_results(request, queryset, search_term)
        if term := search_term.strip():
            others = queryset.exclude(lane=Lane.APPLICANT)
            found |= others.filter(Q(subject__icontains=term) | Q(recipient__icontains=term))
        return found, has_duplicates

    @admin.display(description="тема")
    def shown_subject(self, letter: Letter) -> str:
        return str(letter)

    @admin.display(description="кому")
    def shown_recipient(self, letter: Letter) -> str:
        return self._unless_applicant(letter, letter.recipient)

    @admin.display(description="текст")
    def shown_text(self, letter: Letter) -> str:
        return self._unless_applicant(letter, letter.shown_text)

    @admin.display(description="ответ сервера")
    def shown_reply(self, letter: Letter) -> str:
        return self._unless_applicant(letter, letter.server_reply)  # servers repeat the address

    @admin.display(description="попытки")
    def shown_attempts(self, letter: Letter) -> str:
        if letter.lane == Lane.APPLICANT:
            return HIDDEN
        lines = ((show_moment(one["at"]), one["words"], one["reply"]) for one in letter.attempts)
        return format_html_join(mark_safe("<br>"), "{} – {} {}", lines)

    def _unless_applicant(self, letter: Letter, shown: str) -> str:
        return HIDDEN if letter.lane == Lane.APPLICANT else shown

    @admin.action(description="Отправить ещё раз")
    def resend(self, request: HttpRequest, letters: QuerySet[Letter]) -> None:
        self.each(request, letters, lambda letter: letter.resend(by=request.user), "Поставлено в очередь")

    @admin.action(description="Отменить отправку")
    def abort(self, request: HttpRequest, letters: QuerySet[Letter]) -> None:
        self.each(request, letters, lambda letter: letter.abort(by=request.user), "Отменено")


@admin.register(MailChannel)
class MailChannelAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "paused_since", "paused_until", "server_reply"]
    actions = ["resume"]

    @admin.action(description="Попробовать сейчас")
    def resume(self, request: HttpRequest, channels: QuerySet[MailChannel]) -> None:
        self.each(request, channels, MailChannel.resume, "Пауза снята")


def show_moment(at: str) -> str:
    return localize(timezone.localtime(datetime.fromisoformat(at)))
