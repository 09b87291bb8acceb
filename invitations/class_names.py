"""Which of the school's classes a text means: «7Б», «7-Б», «7 "Б"», «7 б класс», in Russian or Latin letters."""

import re
from collections import defaultdict
from collections.abc import Iterable

from foundation.folding import fold
from organizations.models import SchoolClass
from organizations.models.school_class import fold_section

_LONGEST = 120
_GAP = r"[\s._/-]*"
_GRADE = r"(?<!\d)(1[01]|[1-9])(?!\d)"
# A whole cell: the grade, then whatever the school calls the section («7 ИНЖ», «10 соц-эк»), then «класс» or nothing.
_CELL = re.compile(rf"(?:КЛАСС\s*:?\s*)?{_GRADE}{_GAP}([А-ЯA-Z][А-ЯA-Z0-9 -]{{0,15}}?|)\s*(?:КЛАССА?|КЛ\.?)?")
# Inside a sentence the word «класс» must stand beside it: «№ 5 г. Томска» is no class.
_IN_TITLE = re.compile(
    rf"{_GRADE}{_GAP}([А-Я]?)\s*КЛАСС[АЕУ]?(?![А-Я])|КЛАСС[А-Я]*\s*:?\s*№?\s*{_GRADE}{_GAP}([А-Я]?)(?![А-Я])|^{_GRADE}{_GAP}([А-Я])$"
)
_GROUP = re.compile(r"^(?:список\s+)?групп[аы]\b\s*:?\s*(.+)$")


class ClassBook:
    """The classes of one organization, found by how people write them."""

    def __init__(self, classes: Iterable[SchoolClass]) -> None:
        self._by_key: dict[tuple[str, str], list[SchoolClass]] = defaultdict(list)
        for each in classes:
            keys = {("", _plain(each.name)), ("", _plain(each.group_name))}
            keys.add((str(each.grade), _section(each.section)) if each.grade else ("", _group(each.group_name)))
            for key in keys - {("", "")}:
                self._by_key[key].append(each)

    def find(self, text: str) -> list[SchoolClass]:
        """Empty: no such class here. More than one: the same name in several buildings."""
        return self._by_key.get(("", _plain(text))) or self._by_key.get(key_of(text), [])

    def names_class(self, text: str) -> bool:
        """Whether a short text, such as the title of a sheet, stands for a class, be it unknown here."""
        return bool(self.find(text)) or bool(_IN_TITLE.search(_upper(text)))

    def in_title(self, text: str) -> str:
        """The class named by a line above its pupils («Список обучающихся 7 «Б» класса»), or nothing."""
        if len(text) > _LONGEST:
            return ""
        if self.find(text):
            return text
        if match := _IN_TITLE.search(_upper(text)):
            grade, section = [part for part in match.groups() if part is not None][:2]
            return f"{grade} «{section}»" if section else grade
        if (group := _GROUP.match(fold(text))) and self.find(group[1]):
            return group[1]
        return ""


def key_of(text: str) -> tuple[str, str]:
    """Equal for the ways to write one class, known here or not."""
    match = _CELL.fullmatch(_upper(text))
    return (match[1], _section(match[2])) if match else ("", _group(text))


def _upper(text: str) -> str:
    """Russian capitals without quotes."""
    return fold_section(fold(text[:_LONGEST]))


def _section(text: str) -> str:
    return re.sub(r"[\s-]", "", _upper(text))


def _plain(text: str) -> str:
    return re.sub(r"[^\w]", "", fold(text[:_LONGEST]))


def _group(text: str) -> str:
    return _plain(text).removeprefix("группа")
