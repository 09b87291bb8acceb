"""The list of organizations as a table."""

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from coordination.stalled import stalled_words
from coordination.statuses import Doubt
from foundation.columns import SelectColumn
from foundation.templatetags.look import icon
from foundation.templatetags.portal import day
from organizations.journey import next_move
from organizations.models import Organization
from organizations.statuses import AdministratorState

_STATE_LOOK = {
    AdministratorState.CONFIRMED: ("bg-green-lt", "check"),
    AdministratorState.UNCONFIRMED: ("bg-yellow-lt", "help-circle"),
    AdministratorState.CHANGING: ("bg-blue-lt", "refresh"),
    AdministratorState.ABSENT: ("bg-yellow-lt", "clock"),
    AdministratorState.UNKNOWN: ("bg-red-lt", "user-question"),
}


def state_badge(organization: Organization) -> SafeString:
    """What is known of the administrator, in words with an icon; with the day where it was confirmed."""
    state = AdministratorState(organization.administrator_state)
    look, picture = _STATE_LOOK[state]
    words = state.label
    if state == AdministratorState.CONFIRMED and organization.administrator_confirmed_on:
        words = f"{words} {day(organization.administrator_confirmed_on)}"
    return format_html('<span class="badge {}">{} {}</span>', look, icon(picture), words)


class OrganizationTable(tables.Table):
    chosen = SelectColumn()
    name = tables.Column(
        verbose_name="Организация",
        accessor="name",
        order_by=("search_key", "pk"),
        attrs={"td": {"class": "name"}},
    )
    municipality = tables.Column(verbose_name="Муниципалитет", order_by=("municipality__name", "search_key", "pk"))
    step = tables.Column(verbose_name="Этап", empty_values=(), order_by=("step", "search_key", "pk"))
    administrator_state = tables.Column(
        verbose_name="Администратор", order_by=("administrator_state", "search_key", "pk")
    )
    move = tables.Column(verbose_name="Сейчас ход за", empty_values=(), orderable=False)
    step_since = tables.Column(verbose_name="С какого дня", accessor="stands_since", order_by=("since", "pk"))

    class Meta:
        attrs = {"caption": "Организации"}
        order_by = "name"
        empty_text = "Ничего не найдено. Измените фильтры или снимите их."

    def render_name(self, record: Organization) -> SafeString:
        link = format_html(
            '<a class="two-lines" href="{}" title="{}">{}</a>', record.get_absolute_url(), record.full_name, record.name
        )
        return format_html("{} <small>закрыта: {}</small>", link, day(record.closed_on)) if record.closed_on else link

    def render_step(self, record: Organization) -> str:
        return record.get_step_display() if record.step else "ещё не начали"

    def render_administrator_state(self, record: Organization) -> SafeString:
        badge, reason = state_badge(record), getattr(record, "doubt", "")
        if not reason:
            return badge
        is_empty = reason == Doubt.NOBODY
        url = reverse("registrations:inquiry" if is_empty else "organizations:appointments", args=[record.pk])
        words = "спросить руководителя" if is_empty else "проверить"
        return format_html('{} <small>{}: <a href="{}">{}</a></small>', badge, Doubt(reason).label, url, words)

    def render_move(self, record: Organization) -> str:
        return next_move(record).holder.label

    def render_step_since(self, record: Organization) -> SafeString | str:
        since, words = day(record.stands_since), stalled_words(record)
        return format_html("{} <small>{}</small>", since, words) if words else since


class PastTable(OrganizationTable):
    """The list as it stood on a past day. Names are today's: snapshots do not keep them."""

    municipality = tables.Column(
        verbose_name="Муниципалитет", accessor="was_municipality_name", order_by=("was_municipality_name", "search_key")
    )
    step = tables.Column(verbose_name="Этап", empty_values=(), order_by=("was_step", "search_key"))
    administrator_state = tables.Column(
        verbose_name="Администратор", order_by=("was_administrator_state", "search_key")
    )
    step_since = tables.Column(
        verbose_name="С какого дня", accessor="was_step_since", order_by=("was_step_since", "pk")
    )

    class Meta(OrganizationTable.Meta):
        exclude = ("chosen",)

    def render_step(self, record: Organization) -> str:
        return super().render_step(then(record))

    def render_administrator_state(self, record: Organization) -> SafeString:
        return super().render_administrator_state(then(record))

    def render_move(self, record: Organization) -> str:
        return super().render_move(then(record))

    def render_step_since(self, record: Organization) -> str:
        return day(then(record).step_since)


def then(record: Organization) -> Organization:
    """The row of `Past.listed` with the values of that day in the fields of today; never to be saved."""
    was = vars(record)
    record.step, record.step_since = was["was_step"], was["was_step_since"]
    record.administrator_state, record.kind = was["was_administrator_state"], was["was_kind"]
    record.administrator_confirmed_on = None
    return record
