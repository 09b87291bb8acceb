"""What an uploaded file looks like: sheet or encoding, header, columns, examples. Its pages do not open it again."""

from typing import Any

from foundation.tables import NotATable, Table, read_table
from organizations.columns import (
    HEADER_WITHIN,
    NO_HEADER,
    Header,
    check_region,
    find_header,
    header_at,
    likely_header,
)
from organizations.models import ImportLayout

_SHOWN = 60  # characters of a row, in the choice of the one with the titles
_MOST_ROWS = 50_000  # every school of the country; the worker reads them in half a minute


def read_layout(
    content: bytes, region: str, told: dict[str, str] | None = None, header_row: int | None = None
) -> dict[str, Any]:
    """`told` overrules the encoding and the delimiter, `header_row` (from 1; 0: none) where the titles stand.

    Where no row has known titles, a person names the columns. Raises NotATable where the file is no table.
    """
    table = read_table(content, **(told or {}))
    if len(table.rows) > _MOST_ROWS:
        raise NotATable("В таблице больше 50 000 строк. Разделите файл, например, по районам.")
    layout = _layout_of(table, _header_of(table, region, header_row))
    if known := ImportLayout.objects.known(region, layout["titles"]):
        layout["columns"] = known
    return layout | ({"forced": told} if told else {}) | ({} if header_row is None else {"header_row": header_row})


def _header_of(table: Table, region: str, told: int | None) -> Header:
    if told is not None:
        return header_at(table.rows, min(told, len(table.rows)))
    if found := find_header(table.rows):
        check_region(found, region)
        return found
    for number in range(1, min(HEADER_WITHIN, len(table.rows)) + 1):
        remembered = header_at(table.rows, number)
        if ImportLayout.objects.known(region, remembered.titles):
            return remembered
    likely = likely_header(table.rows)
    if likely is None:
        raise NotATable(NO_HEADER)
    return likely


def _layout_of(table: Table, header: Header) -> dict[str, Any]:
    return {
        "columns": {field.value: indexes for field, indexes in header.columns.items()},
        "titles": header.titles,
        "first_row": header.first_row,
        "tops": [" · ".join(filter(None, map(str.strip, row)))[:_SHOWN] for row in table.rows[:HEADER_WITHIN]],
        "examples": _examples(table, header),
        "rows": len(table.rows) - header.first_row,
        "sheet": table.sheet,
        "other_sheets": table.other_sheets,
        "encoding": table.encoding,
        "delimiter": table.delimiter,
    }


def _examples(table: Table, header: Header) -> list[list[str]]:
    """The first three different values of each column."""
    examples: list[list[str]] = []
    for index in range(len(header.titles)):
        cells = (row[index].strip() for row in table.rows[header.first_row : header.first_row + 50] if index < len(row))
        examples.append([cell[:80] for cell in list(dict.fromkeys(filter(None, cells)))[:3]])
    return examples
