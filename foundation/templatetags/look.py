"""What templates need for the look: icons and the numbers of nearby pages."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms.utils import flatatt
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from foundation.columns import Cell

register = template.Library()


@register.simple_tag
def icon(name: str, classes: str = "") -> SafeString:
    """One symbol of static/portal/icons.svg (names: scripts/vendor_static.py).

    Screen readers skip it, so the words beside it must say everything.
    """
    return format_html(
        '<svg class="icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        classes,
        static("portal/icons.svg"),
        name,
    )


@register.simple_tag
def cells_of(row: Any) -> SafeString:
    """The cells of a row of django-tables2, each with its column's name for the cards of a narrow screen."""
    table = row.table
    if not hasattr(table, "cells"):
        table.cells = [Cell(column) for column in table.columns]
    lines = ((cell.label, cell.marks, cell.content(row.record)) for cell in table.cells)
    return format_html_join("", '<td data-label="{}" {}>{}</td>', lines)


@register.simple_tag
def options_of(choices: Iterable[dict[str, Any]]) -> SafeString:
    """The choices of a `<select>`: as a loop of a template they were the dearest part of a list with filters."""
    lines = ((each["value"], flatatt(each["attrs"]), each["label"]) for each in choices)
    return format_html_join("", '<option value="{}"{}>{}</option>', lines)


@register.filter
def nearby_pages(page: "Page[Any]") -> list[int | None]:
    """Numbers for the links under a list: first, last and two on each side; None where numbers are left out."""
    return [
        number if isinstance(number, int) else None
        for number in page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    ]
