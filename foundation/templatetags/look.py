"""What templates need for the look: icons and the numbers of nearby pages."""

from typing import Any

from django import template
from django.core.paginator import Page
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

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
    """The cells of a row of django-tables2, each with its column's name for the cards of a narrow screen.

    What all cells of a column share is worked out once for a table: in the template it cost more than the cells.
    """
    table = row.table
    if not hasattr(table, "shared_by_cells"):
        columns = table.columns.items()
        table.shared_by_cells = {name: (each.verbose_name, each.attrs["td"].as_html()) for name, each in columns}
    lines = ((*table.shared_by_cells[column.name], cell) for column, cell in row.items())
    return format_html_join("", '<td data-label="{}" {}>{}</td>', lines)


@register.filter
def nearby_pages(page: "Page[Any]") -> list[int | None]:
    """Numbers for the links under a list: first, last and two on each side; None where numbers are left out."""
    return [
        number if isinstance(number, int) else None
        for number in page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    ]
