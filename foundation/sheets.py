"""Tables out: XLSX and CSV in which no cell is ever a formula and phones stay readable.

Cells are plain values: text, numbers, days, moments (shown in the active time zone), phones, yes or no, None.
"""

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from io import TextIOWrapper
from typing import IO, Any, TypeAlias

from django.utils import timezone
from phonenumber_field.phonenumber import PhoneNumber
from xlsxwriter import Workbook

from foundation.phones import show_phone

Cell: TypeAlias = str | int | float | Decimal | bool | date | datetime | PhoneNumber | None

_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n")
_PHONE = re.compile(r"\+\d[\d ()-]{5,20}")
_LONGEST_CELL = 32_767  # Excel's own limit; XlsxWriter would leave a longer cell empty
_WIDTHS = (10, 60)
_A4 = 9  # its number in Excel


@dataclass(frozen=True)
class Sheet:
    """`rows` may be a generator: nothing is kept in memory. `totals` stands under the rows, in bold."""

    title: str
    columns: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    totals: Sequence[Cell] | None = None
    widths: Sequence[int] | None = None  # in characters; without them the width of each title, 10 to 60
    choices: Mapping[int, Sequence[str]] = field(default_factory=dict)
    """Columns whose cells are filled by choosing from a list, 255 characters in all; Excel refuses anything else."""


def write_xlsx(file: IO[bytes], sheets: Iterable[Sheet]) -> None:
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(file, options) as book:
        looks = {
            "title": book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}),
            "text": book.add_format({"text_wrap": True, "valign": "top"}),
            "total": book.add_format({"bold": True, "top": 1}),
            "day": book.add_format({"num_format": "dd.mm.yyyy", "align": "left"}),
            "moment": book.add_format({"num_format": "dd.mm.yyyy hh:mm", "align": "left"}),
        }
        taken: set[str] = set()
        for sheet in sheets:
            _write_sheet(book.add_worksheet(_sheet_title(sheet.title, taken)), sheet, looks)


def write_csv(file: IO[bytes], sheet: Sheet) -> None:
    """With a BOM and semicolons, as the Russian Excel opens it; a formula's first sign gets an apostrophe before it."""
    text = TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    rows = csv.writer(text, delimiter=";")
    rows.writerow(map(_csv_cell, sheet.columns))
    rows.writerows(map(_csv_cell, row) for row in sheet.rows)
    if sheet.totals:
        rows.writerow(map(_csv_cell, sheet.totals))
    text.detach()  # the file is the caller's to close


def _write_sheet(page: Any, sheet: Sheet, looks: dict[str, Any]) -> None:
    narrow, wide = _WIDTHS
    for column, title in enumerate(sheet.columns):
        width = sheet.widths[column] if sheet.widths else min(max(len(title) + 2, narrow), wide)
        page.set_column(column, column, width)
        page.write_string(0, column, title, looks["title"])
    page.freeze_panes(1, 0)
    _set_up_printing(page, sheet.title)
    last = 0
    for last, row in enumerate(sheet.rows, 1):
        for column, cell in enumerate(row):
            _write_cell(page, last, column, cell, looks)
    for column, words in sheet.choices.items():
        page.data_validation(1, column, max(last, 1), column, {"validate": "list", "source": list(words)})
    page.autofilter(0, 0, last, len(sheet.columns) - 1)
    for column, cell in enumerate(sheet.totals or ()):
        _write_cell(page, last + 1, column, cell, looks, looks["total"])


def _set_up_printing(page: Any, title: str) -> None:
    """As wide as a sheet of A4 lying on its side, the titles and the page number on each."""
    page.set_landscape()
    page.set_paper(_A4)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    page.set_header(f"&L{title.replace('&', '&&')[:100]}&RСтраница &P из &N")


def _write_cell(page: Any, row: int, column: int, cell: Cell, looks: dict[str, Any], look: Any = None) -> None:
    plain = _plain(cell)
    if isinstance(plain, datetime):
        page.write_datetime(row, column, plain, looks["moment"])
    elif isinstance(plain, date):
        page.write_datetime(row, column, plain, looks["day"])
    elif isinstance(plain, str):
        page.write_string(row, column, plain[:_LONGEST_CELL], look or looks["text"])
    else:
        page.write_number(row, column, plain, look)


def _csv_cell(cell: Cell) -> str:
    plain = _plain(cell)
    if isinstance(plain, datetime):
        return f"{plain:%d.%m.%Y %H:%M}"
    if isinstance(plain, date):
        return f"{plain:%d.%m.%Y}"
    if not isinstance(plain, str):
        return str(plain).replace(".", ",")
    is_formula = plain.startswith(_FORMULA_SIGNS) and not _PHONE.fullmatch(plain)
    return f"'{plain}" if is_formula else plain


def _plain(cell: Cell) -> str | int | float | Decimal | date | datetime:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "да" if cell else "нет"
    if isinstance(cell, PhoneNumber):
        return show_phone(cell)
    if isinstance(cell, datetime):
        return timezone.make_naive(cell) if timezone.is_aware(cell) else cell
    return cell


def _sheet_title(title: str, taken: set[str]) -> str:
    """Excel takes 31 characters, without []:*?/\\ and apostrophes at the ends, each title once whatever its case."""
    plain = re.sub(r"[\[\]:*?/\\]", " ", title)[:31].strip(" '") or "Лист"
    name, number = plain, 2
    while name.casefold() in taken:
        tail = f" {number}"
        name, number = plain[: 31 - len(tail)] + tail, number + 1
    taken.add(name.casefold())
    return name
