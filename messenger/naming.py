"""To which class a chat belongs, by its name."""

import re
from typing import TypeVar

from foundation.folding import fold
from organizations.models import Organization, SchoolClass
from organizations.models.school_class import fold_section

# «7Б родители», «7 «Б»», «Класс 11-А»: a class stands at the beginning; «7 класс» names none.
_FIRST = re.compile(r"(?:класс\s+)?(\d{1,2})\s*[-–—«\"]?\s*([^\W\d_])\b", re.IGNORECASE)
# «Родители 7Б»: further on, the letter has to stand at the number, for «до 5 и дальше» is no class.
_FURTHER = re.compile(r"(?<![\w.,])(\d{1,2})(?:[-–—]|\s?[«\"])?([^\W\d_])\b")

Key = TypeVar("Key")


class ClassNames:
    """The classes of this academic year by what people call them: one statement, however many names are asked."""

    def __init__(self, organization: Organization) -> None:
        self._classes: dict[tuple[str, str], SchoolClass | None] = {}
        self._groups: dict[str, SchoolClass | None] = {}
        for each in organization.classes.current():
            if each.grade is None:
                self._add(self._groups, fold(each.group_name), each)
            else:
                self._add(self._classes, (str(each.grade), fold_section(each.section)), each)

    @staticmethod
    def _add(known: dict[Key, SchoolClass | None], key: Key, school_class: SchoolClass) -> None:
        """Where two buildings have a 1А each, the name does not tell."""
        known[key] = None if key in known else school_class

    def find(self, text: str) -> SchoolClass | None:
        if key := self._key(text):
            return self._classes.get(key)
        folded = f" {fold(text)} "
        return next((each for group, each in self._groups.items() if f" {group} " in folded), None)

    def names_class(self, text: str) -> bool:
        """Whether a class is meant, be it listed or not."""
        return self._key(text) is not None

    def is_class(self, text: str) -> bool:
        """Whether the text is the name of a class and nothing else."""
        found = _FIRST.match(text)
        rest = text[found.end() :].strip(' »"') if found else text
        return not rest or fold(text) in self._groups

    @staticmethod
    def _key(text: str) -> tuple[str, str] | None:
        found = _FIRST.match(text) or _FURTHER.search(text)
        return (str(int(found[1])), fold_section(found[2])) if found else None
