"""The list of letters as a table."""

from collections.abc import Mapping
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from correspondence.advice import advice_for
from correspondence.models import Lane, Letter, LetterStatus
from foundation.templatetags.look import icon
from foundation.templatetags.portal import leaves, when
from organizations.models import Organization

_LOOK = {
    LetterStatus.QUEUED: ("bg-blue-lt", "clock"),
    LetterStatus.SENDING: ("bg-blue-lt", "send"),
    LetterStatus.SENT: ("bg-green-lt", "check"),
    LetterStatus.FAILED: ("bg-red-lt", "alert-triangle"),
    LetterStatus.ABORTED: ("bg-secondary-lt", "x"),
    LetterStatus.KEPT: ("bg-yellow-lt", "info-circle"),
}


def state_badge(letter: Letter) -> SafeString:
    """Where the letter is, in words with an icon, and what went wrong."""
    look, picture = _LOOK[LetterStatus(letter.status)]
    advice = advice_for(letter)
    state = leaves(letter.due_at) if letter.is_held else advice.state
    badge = format_html('<span class="badge {}">{} {}</span>', look, icon(picture), state)
    why = advice.why if letter.status == LetterStatus.FAILED else ""
    return format_html("{} <small>{}</small>", badge, why) if why else badge


class LetterTable(tables.Table):
    subject = tables.Column(verbose_name="Письмо", orderable=False, attrs={"td": {"class": "name"}})
    recipient = tables.Column(verbose_name="Кому", orderable=False)
    organization = tables.Column(verbose_name="Организация", empty_values=(), orderable=False)
    status = tables.Column(verbose_name="Состояние", orderable=False)
    created_at = tables.Column(verbose_name="Написано", order_by=("created_at", "pk"))

    class Meta:
        attrs = {"caption": "Письма"}
        order_by = "-created_at"
        empty_text = "Писем здесь нет. Измените условия или снимите их."

    organizations: Mapping[str, Organization] = {}

    def render_subject(self, record: Letter) -> SafeString:
        page = reverse("registrations:letter", args=[record.pk])
        number = record.thread if record.lane == Lane.CASE else ""
        return format_html(
            '<a class="two-lines" href="{}" title="{}">{}</a>{}',
            page,
            record,
            record,
            format_html("<small>{}</small>", number) if number else "",
        )

    def render_organization(self, record: Letter) -> Any:
        found = self.organizations.get(record.queue)
        if found is None:
            return "—"
        return format_html('<a class="two-lines" href="{}">{}</a>', found.get_absolute_url(), found.name)

    def render_status(self, record: Letter) -> SafeString:
        return state_badge(record)

    def render_created_at(self, record: Letter) -> str:
        return when(record.created_at)
