"""Columns that tables of several rooms share."""

from typing import Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_tables2.columns import BoundColumn
from django_tables2.utils import Accessor, signature


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


class Cell:
    """What a column puts into each row, worked out once for a table; the same that `BoundRow.get_cell` gives.

    The library looks up the field and asks Python for the signature of the column's method anew at each cell: three
    quarters of the time of a page of fifty rows. Not served: columns that link by `linkify`, or call a `**kwargs`.
    """

    def __init__(self, column: BoundColumn) -> None:
        self.label = column.verbose_name
        self.marks: SafeString = column.attrs["td"].as_html()
        self._column, self._accessor = column, Accessor(column.accessor)
        self._wanted = signature(column.render)[0]

    def content(self, record: Any) -> Any:
        value = self._accessor.resolve(record, quiet=True)
        if value in self._column.column.empty_values:
            return self._column.default
        if "value" in self._wanted and (shown := getattr(record, f"get_{self._accessor}_display", None)):
            value = shown()
        known = {"value": value, "record": record}
        return self._column.render(**{name: known[name] for name in self._wanted})
