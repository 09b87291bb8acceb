"""Columns that tables of several rooms share."""

from typing import Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString


class SelectColumn(tables.Column):  # type: ignore[misc]  # the library is not typed
    """A box to select the row for a bulk act; static/portal/portal.js adds shift, «all on the page» and the count.

    The table stands in <form data-bulk>; the chosen rows arrive as `pk`.
    """

    def __init__(self, **extra: Any) -> None:
        marks = {"td": {"class": "check"}, "th": {"class": "check"}}
        super().__init__(accessor="pk", verbose_name="Выбор", orderable=False, attrs=marks, **extra)

    @property
    def header(self) -> SafeString:
        return format_html(
            '<span class="visually-hidden">{}</span>'
            '<input class="form-check-input" type="checkbox" data-bulk-all aria-label="{}">',
            self.verbose_name,
            "Выбрать все на этой странице",
        )

    def render(self, value: object, record: object) -> SafeString:
        return format_html(
            '<input class="form-check-input" type="checkbox" name="pk" value="{}" data-bulk-item '
            'aria-label="Выбрать: {}">',
            value,
            record,
        )
