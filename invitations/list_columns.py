"""Which columns of a class list hold names and classes: found by the text of their headers. All others stay unread."""

import re
from dataclasses import dataclass
from enum import Enum

from foundation.folding import fold
from invitations.statuses import Role

_LONGEST_TITLE = 60
_SIGNS = re.compile(r"[^\w]+|_")


class Column(Enum):
    NAME = "имя полностью"
    LAST = "фамилия"
    FIRST = "имя"
    MIDDLE = "отчество"
    KLASS = "класс"
    GRADE = "параллель"
    SECTION = "литера"


_TITLES = {
    Column.LAST: "фамилия",
    Column.FIRST: "имя|имя отчество|имя и отчество",
    Column.MIDDLE: "отчество|отчество при наличии|отчество если есть",
    Column.KLASS: "класс|кл|класс группа|группа|класс обучения|название класса|наименование класса|учебный класс|"
    "класс литера|класс буква|группа класс|учебный коллектив|название группы|наименование группы|класс подгруппа",
    Column.GRADE: "параллель|номер класса|год обучения|цифра класса",
    Column.SECTION: "литера|литер|буква|литера класса|буква класса",
}
_KNOWN = {title: column for column, titles in _TITLES.items() for title in titles.split("|")}
_WHOLE = ("фио ", "ф и о ", "фамилия имя ", "фамилия и имя ", "фамилия и о ", "имя фамилия ", "полное имя ")
_PEOPLE = {
    Role.PUPIL: "ученик ученика ученики учеников учащийся учащегося учащиеся учащихся обучающийся обучающегося "
    "обучающиеся обучающихся воспитанник воспитанника воспитанники ребенок ребенка дети студент студента студенты",
    Role.TEACHER: "педагог педагога педагоги учитель учителя воспитатель воспитателя воспитатели преподаватель "
    "преподавателя преподаватели сотрудник сотрудника сотрудники работник работника работники",
    Role.PARENT: "родитель родителя родители представитель представителя представители",
}
# Beginnings of words that tell of somebody else than those who are looked for.
_CHILD, _FAMILY = ("учен", "учащ", "обуча", "воспитанн", "ребен", "студент"), ("родител", "представит", "мат", "отец")
_OTHERS = {
    Role.PUPIL: (*_FAMILY, "отца", "опекун", "руководител", "куратор", "директор", "учител", "воспитател", "педагог"),
    Role.TEACHER: (*_FAMILY, *_CHILD),
    Role.PARENT: (*_CHILD, "руководител", "куратор", "учител"),
}
_FIRST_WORDS = frozenset(word.split()[0] for word in [*_KNOWN, *_WHOLE, "список", *" ".join(_PEOPLE.values()).split()])


@dataclass(frozen=True)
class Header:
    """`columns` are indexes of cells, `unread` the titles of the others, `height` one row or two."""

    columns: dict[Column, int]
    unread: list[str]
    height: int


def find_header(rows: list[list[str]], number: int, role: str) -> Header | None:
    """The header that begins in this row, if one does: «ФИО», or «Фамилия» and «Имя», is needed.

    Two rows are one header where cells are merged: «ФИО» over «Фамилия», «Имя», «Отчество».
    """
    top, below = rows[number], rows[number + 1] if number + 1 < len(rows) else []
    if not _begins_header(top):
        return None
    one = _alone(top, role)
    two = _together(top, below, role)
    found = two if two and (one is None or len(two.columns) > len(one.columns)) else one
    return None if found and (_is_title(top) or _holds_person(top, found)) else found


def _is_title(row: list[str]) -> bool:
    """«Список учащихся» alone in its row is the name of the whole."""
    (first, *more) = [cell for cell in row if cell]
    return not more and _key(first).startswith("список")


def _alone(row: list[str], role: str) -> Header | None:
    return _header([(title, "") for title in row], 1, role)


def _together(top: list[str], below: list[str], role: str) -> Header | None:
    """None where the lower row says as much by itself: then the upper one is a title, such as «Класс: | 7Б»."""
    if not _begins_header(below) or any(any(map(str.isdigit, cell)) for cell in top):
        return None
    spread = _spread(top, len(below))
    two = _header([(over, below[n] if n < len(below) else "") for n, over in enumerate(spread)], 2, role)
    lower = _alone(below, role)
    return None if two and lower and two.columns == lower.columns else two


def _holds_person(row: list[str], header: Header) -> bool:
    """«Смирнова Анна Львовна | учитель» is a row of people, though «учитель» may be a title."""
    titles = {row[index] for index in header.columns.values() if index < len(row)}
    is_weak = header.columns.keys() <= {Column.NAME, Column.KLASS} and not any(
        f"{_key(title)} ".startswith(_WHOLE) for title in titles
    )
    return is_weak and any(
        len(words := cell.split()) > 1 and all(word[:1].isupper() for word in words)
        for cell in row
        if cell not in titles
    )


def _header(titles: list[tuple[str, str]], height: int, role: str) -> Header | None:
    columns: dict[Column, int] = {}
    for index, (over, under) in enumerate(titles):
        column = _column(over, under, role)
        if column:
            columns.setdefault(column, index)
    if Column.NAME not in columns and Column.LAST in columns and Column.FIRST not in columns:
        columns[Column.NAME] = columns.pop(Column.LAST)  # some call so the column in which the whole name stands
    if Column.NAME not in columns and not {Column.LAST, Column.FIRST} <= columns.keys():
        return None
    read = set(columns.values())
    unread = [under or over for index, (over, under) in enumerate(titles) if index not in read]
    return Header(columns, [" ".join(title.split()) for title in unread if title.strip()], height)


def _column(over: str, under: str, role: str) -> Column | None:
    """By the lower title where there is one; both say whose it is («Родитель» over «ФИО»)."""
    whole, title = _key(f"{over} {under}"), _key(under or over)
    if any(word.startswith(_OTHERS[Role(role)]) for word in whole.split()):
        return None
    if title in _KNOWN:
        return _KNOWN[title]
    people = _PEOPLE[Role(role)].split()
    if title in people or title.removeprefix("список ") in people or f"{title} ".startswith(_WHOLE):
        return Column.NAME
    first, _, rest = title.partition(" ")
    return _KNOWN.get(first) if rest in people else None  # «Фамилия ученика»


def _key(title: str) -> str:
    key = " ".join(_SIGNS.sub(" ", fold(title[:200])).split())
    return key if len(key) <= _LONGEST_TITLE else ""


def _begins_header(row: list[str]) -> bool:
    return any((_key(cell).split() or [""])[0] in _FIRST_WORDS for cell in row if cell)


def _spread(top: list[str], width: int) -> list[str]:
    """Cells merged sideways: their title stands over the empty ones to the right."""
    spread, parent = [], ""
    for index in range(max(len(top), width)):
        parent = (top[index] if index < len(top) else "") or parent
        spread.append(parent)
    return spread
