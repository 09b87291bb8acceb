"""A pasted list of chats: one name a line, or a table out of a spreadsheet. What each line would become."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import TextChoices

from foundation.folding import fold
from messenger.models import Chat, Draft
from messenger.naming import ClassNames
from organizations.models import Organization

LONGEST_NAME, LONGEST_ORIGIN = 200, 60


class Fate(TextChoices):
    OF_CLASS = "of_class", "внесём"
    STAFF = "staff", "внесём: сотрудники и общие"
    NO_CLASS = "no_class", "внесём без класса: такого в списке нет"
    KNOWN = "known", "уже есть в списке"
    TWICE = "twice", "повтор"
    TOO_LONG = "too_long", "слишком длинно, не внесём"
    NAMELESS = "nameless", "нет названия, не внесём"


ADDED = [Fate.OF_CLASS, Fate.STAFF, Fate.NO_CLASS]


class Column(TextChoices):
    ADMINISTRATORS = "administrators", "администраторов"
    MESSENGER = "messenger", "где сейчас"
    CLASS = "class", "класс"
    NAME = "name", "название"


# A title is told by a piece of it; «Администраторов в чате» speaks of administrators, so these come first.
_TITLES = {
    Column.ADMINISTRATORS: ("админ",),
    Column.MESSENGER: ("мессенджер", "приложение", "платформа", "где"),
    Column.CLASS: ("класс", "группа"),
    Column.NAME: ("название", "наименование", "чат"),
}
_MESSENGERS = ("вк", "vk", "вконтакте", "whatsapp", "ватсап", "вотсап", "viber", "вайбер", "telegram", "телеграм", "тг")
_MORE_MESSENGERS = ("max", "макс", "сферум", "sferum", "одноклассники", "discord", "мессенджер")


@dataclass(frozen=True)
class Line:
    number: int
    draft: Draft
    fate: Fate

    @property
    def is_added(self) -> bool:
        return self.fate in ADDED


def read_lines(organization: Organization, text: str) -> list[Line]:
    """Two statements, however long the list is; nothing is written."""
    rows = [(number, line.split("\t")) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    classes = ClassNames(organization)
    columns = _titled(rows[0][1]) if rows else {}
    if columns or (len(rows) > 1 and fold(rows[0][1][0]) in ("чат", "чаты", "название", "название чата")):
        rows = rows[1:]
    columns = columns or _by_content([row for _, row in rows], classes)
    listed = Chat.objects.filter(organization=organization).values_list("school_class_id", "key")
    there: set[tuple[int | None, str]] = set(listed)
    return list(_told(organization, rows, columns, classes, there))


def _told(
    organization: Organization,
    rows: list[tuple[int, list[str]]],
    columns: dict[Column, int],
    classes: ClassNames,
    there: set[tuple[int | None, str]],
) -> Iterator[Line]:
    seen: set[tuple[int | None, str]] = set()
    for number, row in rows:
        draft, is_unknown = _draft(organization, {each: _cell(row, place) for each, place in columns.items()}, classes)
        key = (draft.school_class.pk if draft.school_class else None, fold(draft.name))
        if not draft.name:
            fate = Fate.NAMELESS
        elif len(draft.name) > LONGEST_NAME or len(draft.origin) > LONGEST_ORIGIN:
            fate = Fate.TOO_LONG
        elif key in there:
            fate = Fate.KNOWN
        elif key in seen:
            fate = Fate.TWICE
        else:
            fate = Fate.OF_CLASS if draft.school_class else Fate.NO_CLASS if is_unknown else Fate.STAFF
            seen.add(key)
        yield Line(number, draft, fate)


def _draft(organization: Organization, cells: dict[Column, str], classes: ClassNames) -> tuple[Draft, bool]:
    """The chat, and whether it names a class that is not listed."""
    where = cells.get(Column.CLASS) or cells.get(Column.NAME, "")
    school_class = classes.find(where)
    name = cells.get(Column.NAME, "")
    if not name and where:
        word = organization.words.klass.capitalize()
        name = f"{word} {school_class.name}" if school_class else where
    number = cells.get(Column.ADMINISTRATORS, "")
    has_two = int(number) > 1 if _is_number(number) else None
    draft = Draft(name, school_class, cells.get(Column.MESSENGER, ""), has_two)
    return draft, school_class is None and classes.names_class(where)


def _titled(row: list[str]) -> dict[Column, int]:
    """The columns by their titles; one title alone may just as well be the name of a chat."""
    columns: dict[Column, int] = {}
    for place, cell in enumerate(map(fold, row)):
        known = (each for each, pieces in _TITLES.items() if each not in columns and any(p in cell for p in pieces))
        if (column := next(known, None)) and not any(sign.isdigit() for sign in cell):
            columns[column] = place
    return columns if len(columns) > 1 else {}


def _by_content(rows: list[list[str]], classes: ClassNames) -> dict[Column, int]:
    columns: dict[Column, int] = {}
    for place in range(max(map(len, rows), default=0)):
        cells = [cell for row in rows if (cell := _cell(row, place))]
        column = _kind(cells, classes) if len(rows[0]) > 1 else Column.NAME
        if cells and column not in columns:
            columns[column] = place
    return columns


def _kind(cells: list[str], classes: ClassNames) -> Column:
    """What most cells of a column look like."""
    looks = {
        Column.ADMINISTRATORS: _is_number,
        Column.MESSENGER: _is_messenger,
        Column.CLASS: classes.is_class,
    }
    found = (each for each, is_like in looks.items() if sum(map(is_like, cells)) * 2 > len(cells))
    return next(found, Column.NAME)


def _cell(row: list[str], place: int) -> str:
    return row[place] if place < len(row) else ""


def _is_number(cell: str) -> bool:
    return cell.isdecimal() and len(cell) <= 3


def _is_messenger(cell: str) -> bool:
    words = fold(cell).split()
    return 0 < len(words) <= 2 and any(fold(each) in words for each in (*_MESSENGERS, *_MORE_MESSENGERS))
