"""Cases for the portal's staff: found by region and state, moved on by the same verbs as on the pages."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.requests import SignedInRequest
from foundation.admin import ReadOnlyAdmin
from registrations.models import (
    Case,
    CaseLetter,
    HandoverRequest,
    HelpRequest,
    InboxLetter,
    Inquiry,
    RegistrationRequest,
)
from registrations.statuses import AcceptedHow, AnswerChannel


class LetterInline(admin.TabularInline):  # type: ignore[type-arg]
    model = CaseLetter
    fields = ["on", "purpose", "status_words", "shown_subject", "by"]
    readonly_fields = ["on", "purpose", "status_words", "shown_subject", "by"]
    extra = 0
    can_delete = False
    verbose_name_plural = "письма"

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class CaseAdmin(ReadOnlyAdmin):
    list_display = ["number", "organization", "status", "waiting_since", "waiting_days", "answered_on", "opened_at"]
    list_filter = ["status", "organization__region", "organization__step", "answer_channel"]
    search_fields = ["number", "organization__search_key", "organization__inn"]
    list_select_related = ["organization__region"]
    date_hierarchy = "opened_at"
    inlines = [LetterInline]

    @admin.display(description="ждём рабочих дней")
    def waiting_days(self, case: Case) -> int | str:
        return case.waiting_days or ""

    @admin.action(description="Отправить письмо ещё раз")
    def repeat(self, request: SignedInRequest, cases: QuerySet[Case]) -> None:
        self.each(request, cases, lambda case: case.repeat(by=request.user))


@admin.register(RegistrationRequest)
class RegistrationRequestAdmin(CaseAdmin):
    actions = ["confirm", "repeat"]

    @admin.action(description="Записать ответ: зарегистрирована (сегодня, видно в Сферуме)")
    def confirm(self, request: SignedInRequest, cases: QuerySet[RegistrationRequest]) -> None:
        today = timezone.localdate()
        self.each(request, cases, lambda case: case.confirm(by=request.user, on=today, channel=AnswerChannel.SFERUM))


@admin.register(HandoverRequest)
class HandoverRequestAdmin(CaseAdmin):
    actions = ["accept", "complete", "repeat", "withdraw"]

    @admin.action(description="Записать согласие нового администратора (по телефону)")
    def accept(self, request: SignedInRequest, cases: QuerySet[HandoverRequest]) -> None:
        self.each(request, cases, lambda case: case.accept(how=AcceptedHow.CALL, by=request.user))

    @admin.action(description="Записать ответ: права переданы (сегодня, видно в Сферуме)")
    def complete(self, request: SignedInRequest, cases: QuerySet[HandoverRequest]) -> None:
        today = timezone.localdate()
        self.each(request, cases, lambda case: case.complete(by=request.user, on=today, channel=AnswerChannel.SFERUM))

    @admin.action(description="Отозвать")
    def withdraw(self, request: SignedInRequest, cases: QuerySet[HandoverRequest]) -> None:
        self.each(request, cases, lambda case: case.withdraw(by=request.user))


@admin.register(HelpRequest)
class HelpRequestAdmin(CaseAdmin):
    list_display = ["number", "organization", "topic", "addressee", "status", "waiting_days", "opened_at"]
    list_filter = ["status", "topic", "addressee", "organization__region", "organization__step"]
    actions = ["submit", "repeat", "withdraw"]

    @admin.action(description="Отправить письмо")
    def submit(self, request: SignedInRequest, cases: QuerySet[HelpRequest]) -> None:
        self.each(request, cases, lambda case: case.submit(by=request.user))

    @admin.action(description="Отозвать")
    def withdraw(self, request: SignedInRequest, cases: QuerySet[HelpRequest]) -> None:
        self.each(request, cases, lambda case: case.withdraw(by=request.user))


@admin.register(Inquiry)
class InquiryAdmin(ReadOnlyAdmin):
    list_display = ["organization", "asked_at", "asked_by", "channel", "answer", "answered_at", "disputed_at"]
    list_filter = ["channel", "answer", "organization__region", "organization__step"]
    search_fields = ["organization__search_key", "organization__inn"]
    list_select_related = ["organization", "asked_by"]
    date_hierarchy = "asked_at"
    actions = ["withdraw"]

    @admin.action(description="Отозвать вопрос")
    def withdraw(self, request: SignedInRequest, inquiries: QuerySet[Inquiry]) -> None:
        self.each(request, inquiries, lambda inquiry: inquiry.withdraw(by=request.user))


@admin.register(CaseLetter)
class CaseLetterAdmin(ReadOnlyAdmin):
    """Every letter of the cases, out and in, found by region, step and what became of it."""

    list_display = ["on", "direction", "case", "organization", "purpose", "status_words", "shown_subject", "by"]
    list_filter = [
        "direction",
        "organization__region",
        "organization__step",
        "purpose",
        "outcome",
        "letter__status",
        "letter__error_kind",
    ]
    search_fields = ["organization__search_key", "organization__inn", "letter__subject", "subject"]
    list_select_related = ["organization", "letter", "incoming__about", "by", "registration", "handover", "help"]
    date_hierarchy = "on"
    fields = [
        *("on", "case", "organization", "purpose", "direction", "status_words", "hand_channel", "by"),
        *("shown_subject", "shown_text"),
    ]


@admin.register(InboxLetter)
class InboxLetterAdmin(ReadOnlyAdmin):
    """What became of each letter that came in; sorted on the portal's own page, where the candidates are shown."""

    list_display = ["incoming", "region", "status", "how", "sorted_at", "sorted_by"]
    list_filter = ["status", "how", "region", "incoming__kind"]
    search_fields = ["incoming__message_id"]  # by words or address applicants could be found
    list_select_related = ["incoming__about", "region", "sorted_by"]
    date_hierarchy = "incoming__received_at"
    actions = ["set_aside", "take_back"]

    @admin.action(description="Не по обращениям")
    def set_aside(self, request: SignedInRequest, letters: QuerySet[InboxLetter]) -> None:
        self.each(request, letters, lambda letter: letter.set_aside(by=request.user))

    @admin.action(description="Вернуть в разбор")
    def take_back(self, request: SignedInRequest, letters: QuerySet[InboxLetter]) -> None:
        self.each(request, letters, lambda letter: letter.take_back(by=request.user))
