"""A table of Sferum in whatever layout: which column is what, and what a row says."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from phonenumber_field.phonenumber import PhoneNumber

from foundation.folding import fold
from foundation.phones import is_mobile, parse_phones
from organizations import import_cells
from organizations.columns import Field, find_header

_HEADER_WITHIN = 15
_TOTALS = ("итого", "всего", "исполнитель")
_NO = ("не ", "нет", "отсутств", "отклон")


class Column(TextChoices):
    NAME = "name", "Наименование"
    INN = "inn", "ИНН"
    KPP = "kpp", "КПП"
    OGRN = "ogrn", "ОГРН"
    REGISTERED = "registered", "Зарегистрирована (да, нет или дата)"
    PHONE = "phone", "Номер регистрации"
    CLASSES = "classes", "Классов в Сферуме"
    TEACHERS = "teachers", "Учителей в Сферуме"
    PUPILS = "pupils", "Учеников в Сферуме"


TELLING = (Column.NAME, Column.INN, Column.OGRN)
_AS_IN_REGISTRY = {
    Field.FULL_NAME: Column.NAME,
    Field.SHORT_NAME: Column.NAME,
    Field.INN: Column.INN,
    Field.KPP: Column.KPP,
    Field.OGRN: Column.OGRN,
    Field.REGISTERED_ON: Column.REGISTERED,
    Field.REGISTERED_PHONE: Column.PHONE,
    Field.ADMINISTRATOR_PHONE: Column.PHONE,
}
_PIECES = (
    (Column.TEACHERS, ("учител", "педагог", "сотрудник")),
    (Column.PUPILS, ("ученик", "учащ", "обучающ", "воспитанник")),
    (Column.CLASSES, ("класс", "групп")),
    (Column.REGISTERED, ("зарегистр", "подключ", "статус")),
    (Column.PHONE, ("телефон", "номер")),
    (Column.NAME, ("организац", "школ", "оо", "назван", "наименован")),
)


@dataclass(frozen=True)
class Layout:
    titles: list[str]
    columns: dict[str, int]
    first_row: int


def guess(rows: list[list[str]]) -> Layout:
    """The registry's own reading of a header first, then what only such a table counts; nothing where none is known."""
    header = find_header(rows)
    if header:
        found = {_AS_IN_REGISTRY[name]: at[0] for name, at in header.columns.items() if name in _AS_IN_REGISTRY and at}
        titles, first = header.titles, header.first_row
    else:
        at = next((number for number, row in enumerate(rows[:_HEADER_WITHIN]) if sum(map(bool, row)) > 1), 0)
        found, titles, first = {}, [" ".join(cell.split()) for cell in (rows[at] if rows else [])], at + 1
    for index, title in enumerate(titles):
        if index in found.values():
            continue
        for column, pieces in _PIECES:
            if column not in found and any(piece in fold(title) for piece in pieces):
                found[column] = index
                break
    return Layout(titles, {column.value: index for column, index in found.items()}, first)


@dataclass
class Row:
    """What one line says; None where it says nothing of it."""

    name: str = ""
    numbers: dict[str, str] = field(default_factory=dict)
    is_registered: bool = True
    phone: PhoneNumber | None = None
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """By what it is known again in the next table."""
        inn, kpp, ogrn = (self.numbers.get(name, "") for name in ("inn", "kpp", "ogrn"))
        return f"inn:{inn}:{kpp}" if inn else f"ogrn:{ogrn}" if ogrn else f"name:{fold(self.name)[:190]}"


def read(rows: list[list[str]], columns: dict[str, int]) -> Iterator[Row]:
    for cells in rows:
        said = {name: _said(cells[at]) if at < len(cells) else "" for name, at in columns.items()}
        row = Row(name=said.get("name", "")[:500])
        inn = _number(import_cells.inn, said.get("inn", ""))
        numbers = {"inn": inn, "kpp": _number(lambda cell, inn=inn: import_cells.kpp(cell, inn), said.get("kpp", ""))}
        numbers["ogrn"] = _number(import_cells.ogrn, said.get("ogrn", ""))
        row.numbers = {name: number for name, number in numbers.items() if number}
        if not (row.name or row.numbers) or fold(row.name).startswith(_TOTALS):
            continue
        if "registered" in columns:
            row.is_registered = bool(said["registered"]) and not fold(said["registered"]).startswith(_NO)
        row.phone = next(filter(is_mobile, parse_phones(said.get("phone", ""))), None)
        for name in ("classes", "teachers", "pupils"):
            if (number := _count(said.get(name, ""), cells, columns.get(name))) is not None:
                row.counts[name] = number
        yield row


def _said(cell: str) -> str:
    try:
        return import_cells.said(cell)
    except ValidationError:
        return ""


def _number(check: object, cell: str) -> str:
    try:
        return str(check(cell)) if cell else ""  # type: ignore[operator]
    except ValidationError:
        return ""


def _count(text: str, cells: list[str], at: int | None) -> int | None:
    """A zero counts, though for the registry it is nothing said; «12 классов» does not."""
    cell = text or (cells[at].strip() if at is not None and at < len(cells) else "")
    digits = cell.replace("\N{NO-BREAK SPACE}", "").replace(" ", "").removesuffix(".0")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 8 else None
