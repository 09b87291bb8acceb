"""The desk of the portal's staff: letters are read, sent again and withdrawn, never written here.

Below the letters that leave: the mailboxes that are read, what came, and what their servers did not give out.
"""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import localize
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.text import Truncator

from correspondence.inbox import read_again
from correspondence.models import IncomingLetter, Lane, Letter, Mailbox, MailChannel, Unfetched
from correspondence.models.letter import HIDDEN
from correspondence.places import places
from foundation.admin import ReadOnlyAdmin
from foundation.verbs import WrongStatus


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
            subject = Q(subject__icontains=term) & ~Q(lane=Lane.ACCESS)  # there the subject is the code
            found |= others.filter(subject | Q(recipient__icontains=term))
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
        self.each(request, letters, lambda letter: of_no_case(letter).resend(by=request.user), "Поставлено в очередь")

    @admin.action(description="Отменить отправку")
    def abort(self, request: HttpRequest, letters: QuerySet[Letter]) -> None:
        self.each(request, letters, lambda letter: of_no_case(letter).abort(by=request.user), "Отменено")


@admin.register(MailChannel)
class MailChannelAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "paused_since", "paused_until", "server_reply"]
    actions = ["resume"]

    @admin.action(description="Попробовать сейчас")
    def resume(self, request: HttpRequest, channels: QuerySet[MailChannel]) -> None:
        self.each(request, channels, MailChannel.resume, "Пауза снята")


@admin.register(Mailbox)
class MailboxAdmin(ReadOnlyAdmin):
    list_display = ["name", "state", "failing_since", "server_reply", "checked_at"]
    fields = ["name", "state", "failing_since", "server_reply", "checked_at", "uidvalidity", "last_uid", "lease_until"]

    @admin.display(description="состояние")
    def state(self, mailbox: Mailbox) -> str:
        if mailbox.name not in {place.name for place in places()}:
            return "не читается: учебный режим или ящика нет в MAILBOXES"
        return mailbox.error_words or ("читается" if mailbox.checked_at else "ещё не проверялся")


@admin.register(Unfetched)
class UnfetchedAdmin(ReadOnlyAdmin):
    list_display = ["uid", "mailbox", "tries", "error", "last_at", "given_up_at"]
    list_filter = ["mailbox", ("given_up_at", admin.EmptyFieldListFilter)]
    list_select_related = ["mailbox"]
    actions = ["try_again"]

    @admin.action(description="Попробовать ещё раз")
    def try_again(self, request: HttpRequest, rows: QuerySet[Unfetched]) -> None:
        self.each(request, rows, lambda row: row.try_again(), "Будет запрошено ещё раз в течение минуты")


@admin.register(IncomingLetter)
class IncomingLetterAdmin(ReadOnlyAdmin):
    list_display = ["received_at", "shown_subject", "shown_sender", "kind", "status", "trouble", "mailbox"]
    list_display_links = ["shown_subject"]
    list_filter = ["status", "kind", "is_cut", "mailbox"]
    list_select_related = ["mailbox", "about"]
    search_fields = ["message_id"]
    search_help_text = "Тема, адрес отправителя или Message-ID. Ответы заявителей по теме и адресу не ищутся."
    date_hierarchy = "received_at"
    actions = ["read_again"]
    fields = [
        *("shown_subject", "shown_sender", "shown_text", "kind", "about", "shown_bounce", "status", "tries", "trouble"),
        *("received_at", "stored_at", "written_at", "size", "is_cut", "mailbox", "uid", "message_id"),
    ]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """A search that found applicants by their words or address would tell who has applied."""
        found, has_duplicates = super().get_search_results(request, queryset, search_term)
        if term := search_term.strip():
            others = queryset.exclude(about__lane=Lane.APPLICANT)
            found |= others.filter(Q(subject__icontains=term) | Q(sender__icontains=term))
        return found, has_duplicates

    @admin.action(description="Прочитать ещё раз")
    def read_again(self, request: HttpRequest, letters: QuerySet[IncomingLetter]) -> None:
        self.each(request, letters, read_again, "Будет прочитано в течение минуты")

    @admin.display(description="тема")
    def shown_subject(self, letter: IncomingLetter) -> str:
        return Truncator(str(letter)).chars(120)

    @admin.display(description="от кого")
    def shown_sender(self, letter: IncomingLetter) -> str:
        return self._unless_applicant(letter, f"{letter.sender_name} {letter.sender}".strip())

    @admin.display(description="текст")
    def shown_text(self, letter: IncomingLetter) -> str:
        return self._unless_applicant(letter, letter.text)

    @admin.display(description="не доставлено")
    def shown_bounce(self, letter: IncomingLetter) -> str:
        words = (letter.bounced_address, letter.bounce_code, letter.bounce_words)
        return self._unless_applicant(letter, " ".join(filter(None, words)))

    def _unless_applicant(self, letter: IncomingLetter, shown: str) -> str:
        return HIDDEN if letter.is_about_applicant else shown


def show_moment(at: str) -> str:
    return localize(timezone.localtime(datetime.fromisoformat(at)))


def of_no_case(letter: Letter) -> Letter:
    """What becomes of a letter to Sferum moves its case too, and only the floors above know how."""
    if letter.lane == Lane.CASE:
        raise WrongStatus("Письмом обращения распоряжаются на странице «Письма»: вместе с ним меняется и обращение.")
    return letter
