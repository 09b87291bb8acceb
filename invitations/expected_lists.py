"""Class lists as schools have them: pasted, or out of Сетевой город, Дневник.ру and plain Excel, read into names.

What is assumed of those systems, whose exports differ by version and region and are published nowhere in full: the
title of the school and «Класс: 7Б» may stand above the table; names come as «ФИО» or as «Фамилия», «Имя», «Отчество»,
also under a second row of titles; the class is a column («Класс», «Параллель» and «Литера»), a cell merged over its
pupils, a line above them, or the title of a sheet; dates of birth, СНИЛС, sex, phones, addresses and parents stand
beside the names. Only names and classes are read: everything else is left in the file.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from django.core.exceptions import ValidationError

from foundation.folding import clean_text, fold, person_name
from foundation.tables import NotATable, Table
from invitations.class_names import ClassBook, key_of
from invitations.list_changes import NameList
from invitations.list_columns import Column, Header, find_header
from invitations.statuses import Role
from organizations.models import SchoolClass

MOST_NAMES = 10_000
_TOTAL = re.compile(r"(итого|всего|количество|кол-во|число)\b")
_NOTE = re.compile(r"(классный руководитель|директор|зам|список|приложение|учебный год|дата|форма|отчет)\b|.*:")
_NUMBER = re.compile(r"(?:№\s*)?\d{1,4}\s*[.)]?")
_NUMBERED = re.compile(r"(?:\d{1,4}\s*[.)]\s*|\d{1,4}\s+)(?=\D)")
_NO_PATRONYMIC = {"-", "–", "—", "нет", "б/о", "без отчества"}
_NO_NAMES = (
    "Имён в списке не видно. Нужен столбец «ФИО» (или «Фамилия», «Имя», «Отчество») с заголовком, "
    "либо просто имена, по одному в строке."
)


@dataclass(frozen=True)
class Scope:
    """What the person loads: one class; the staff (teachers without a class); else every class that the file names."""

    role: str
    school_class: SchoolClass | None
    classes: Sequence[SchoolClass]

    @property
    def is_of_many(self) -> bool:
        return self.school_class is None and self.role != Role.TEACHER


@dataclass
class Reading:
    """`refused`: place, text and reason of each row that is not taken; `unread`: titles of columns and sheets."""

    lists: list[NameList]
    refused: list[dict[str, object]] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)


@dataclass
class _Line:
    place: str
    name: str
    klass: str
    above: str
    """The class that stands over the row: in a line of its own, or as the title of the sheet."""
    is_headed: bool


def read_lists(tables: Iterable[Table], scope: Scope, *, is_pasted: bool = False) -> Reading:
    """Raises NotATable, in words, where the whole is no list of names."""
    book = ClassBook(scope.classes)
    tables = list(tables)
    lines: list[_Line] = []
    unread: dict[str, None] = {}
    for table in tables:
        sheet = _Sheet(table, scope.role, book, with_title=len(tables) > 1)
        found = list(sheet.lines())
        if found and not is_pasted and sheet.header is None and not _are_names(found):
            found = []
        if not found and table.sheet:
            unread[f"лист «{table.sheet}»"] = None
        lines += found
        unread |= dict.fromkeys(sheet.unread)
        if len(lines) > MOST_NAMES:
            raise NotATable("В списке больше 10 000 имён. Загрузите его по частям, например по параллелям.")
    reading = _sort(lines, scope, book)
    reading.unread = list(unread)
    if not any(each.names for each in reading.lists):
        first = f" Например, {reading.refused[0]['place']}: {reading.refused[0]['why']}" if reading.refused else ""
        raise NotATable(_NO_NAMES + first)
    return reading


def _are_names(lines: Sequence[_Line]) -> bool:
    """Without a header at least half of the rows must look like names: else this is some other table."""
    alike = [line for line in lines if not _fault(line.name) and all(word[0].isupper() for word in line.name.split())]
    return len(alike) * 2 >= len(lines)


def _fault(name: str) -> str:
    try:
        person_name(name)
    except ValidationError as error:
        return str(error.messages[0])
    return ""


def _sort(lines: Iterable[_Line], scope: Scope, book: ClassBook) -> Reading:
    reading, names = Reading([]), defaultdict[SchoolClass | None, list[str]](list)
    for line in lines:
        why = _fault(line.name)
        school_class, trouble = _class_of(line, scope, book)
        if why or trouble:
            reading.refused.append({"place": line.place, "text": line.name[:200], "why": why or trouble})
        else:
            names[school_class].append(person_name(line.name))
    reading.lists = [NameList(each, scope.role, found) for each, found in names.items()]
    return reading


def _class_of(line: _Line, scope: Scope, book: ClassBook) -> tuple[SchoolClass | None, str]:
    """The class of a row, and else why there is none."""
    if scope.school_class is None and not scope.is_of_many:
        return None, ""
    text = line.klass or line.above
    found = book.find(text) if text else []
    if scope.school_class:
        is_other = bool(line.klass or found) and scope.school_class not in found
        return scope.school_class, f"Это не {scope.school_class}, а «{text[:40]}»." if is_other else ""
    if not text:
        return None, "Не видно, из какого класса."
    if not found:
        return None, f"Класса «{text[:40]}» в портале нет: добавьте его в разделе классов."
    if len(found) > 1:
        return None, f"«{text[:40]}» есть в нескольких корпусах: загрузите список на странице этого класса."
    return found[0], ""


class _Sheet:
    """One table, read from above: titles, headers (also repeated on every printed page), pupils, totals."""

    def __init__(self, table: Table, role: str, book: ClassBook, *, with_title: bool) -> None:
        self.rows = [[_clean(cell) for cell in row] for row in table.rows]
        self.title, self.role, self.book = table.sheet, role, book
        self.where = f"лист «{table.sheet}», " if with_title else ""
        self.header: Header | None = None
        self.unread: list[str] = []

    def lines(self) -> Iterator[_Line]:
        found = list(self._walk())
        if self.header:  # what stands above it is the name of the school and of the list
            found = [line for line in found if line.is_headed]
        is_merged = _is_merged([key_of(line.klass) if line.klass else None for line in found])
        last = above = ""
        for line in found:
            if line.above != above:
                last = above = line.above
            last = line.klass or last
            line.klass = line.klass or (last if is_merged else "")
            yield line

    def _walk(self) -> Iterator[_Line]:
        above = self.title if self.title and self.book.names_class(self.title) else ""
        skipped = 0  # the second row of a header
        for number, row in enumerate(self.rows):
            filled = [cell for cell in row if cell]
            if skipped or not filled:
                skipped = max(skipped - 1, 0)
                continue
            if header := find_header(self.rows, number, self.role):
                self.header, skipped = header, header.height - 1
                self.unread += header.unread
                continue
            title = self.book.in_title(" ".join(filled)) if len(filled) < 3 else ""
            above = title or above
            if title or any(_TOTAL.match(fold(cell)) for cell in filled[:2]):
                continue
            name, klass = self._by_columns(row) if self.header else self._by_looks(filled)
            if name:
                yield _Line(f"{self.where}строка {number + 1}", name, klass, above, self.header is not None)
            above = klass if klass and not name else above

    def _by_columns(self, row: list[str]) -> tuple[str, str]:
        cells = (
            {column: row[index] for column, index in self.header.columns.items() if index < len(row)}
            if self.header
            else {}
        )
        parts = [cells.get(column, "") for column in (Column.LAST, Column.FIRST, Column.MIDDLE)]
        parts[2] = "" if parts[2].casefold() in _NO_PATRONYMIC else parts[2]
        klass, section = cells.get(Column.KLASS) or cells.get(Column.GRADE, ""), cells.get(Column.SECTION, "")
        is_bare = Column.KLASS not in cells or klass.isdigit()
        return _name(cells.get(Column.NAME) or " ".join(filter(None, parts))), klass + (section if is_bare else "")

    def _by_looks(self, filled: list[str]) -> tuple[str, str]:
        """Without a header: the first cell of several words, or single words side by side; a class beside them."""
        cells = [cell for cell in filled if not _NUMBER.fullmatch(cell)]
        klass = next((cell for cell in cells if self.book.names_class(cell)), "")
        cells = [_name(cell) for cell in cells if cell != klass]
        if not cells or _NOTE.match(fold(cells[0])):
            return "", ""
        if whole := next((cell for cell in cells if " " in cell and not any(map(str.isdigit, cell))), ""):
            return whole, klass
        words = [cell for cell in cells[:3] if cell.isalpha() or "-" in cell]
        return " ".join(words) or cells[0], klass


def _is_merged(classes: Sequence[object]) -> bool:
    """Whether a class is written once over its pupils, and perhaps again on the next page.

    A gap in a column that is filled for everybody means nothing: it must not take the class of the row above.
    """
    own = [each for each in classes if each]
    repeats = any(each and each == following for each, following in pairwise(classes))
    return len(set(own)) == len(own) or (len(own) * 2 <= len(classes) and not repeats)


def _name(cell: str) -> str:
    """Without its number in the list and what separates it from the next one."""
    return _NUMBERED.sub("", cell, count=1).strip(" ,;") if cell[:1].isdigit() else cell.strip(" ,;")


def _clean(cell: str) -> str:
    try:
        return clean_text(cell)
    except ValidationError:
        return cell.strip()  # refused with its row
