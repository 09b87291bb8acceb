"""What an uploaded file looks like: sheet or encoding, header, columns, examples. Its pages do not open it again."""

from typing import Any

from foundation.tables import NotATable, Table, read_table
from organizations.columns import Header
from organizations.imports import find_columns
from organizations.models import ImportLayout

_MOST_ROWS = 50_000  # every school of the country; the worker reads them in half a minute


def read_layout(content: bytes, region: str, told: dict[str, str] | None = None) -> dict[str, Any]:
    """`told` overrules the encoding and the delimiter. Raises NotATable where the file is no list of organizations."""
    table = read_table(content, **(told or {}))
    if len(table.rows) > _MOST_ROWS:
        raise NotATable("В таблице больше 50 000 строк. Разделите файл, например, по районам.")
    layout = _layout_of(table, find_columns(table, region=region))
    if known := ImportLayout.objects.known(region, layout["titles"]):
        layout["columns"] = known
    return layout | ({"forced": told} if told else {})


def _layout_of(table: Table, header: Header) -> dict[str, Any]:
    return {
        "columns": {field.value: indexes for field, indexes in header.columns.items()},
        "titles": header.titles,
        "first_row": header.first_row,
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
