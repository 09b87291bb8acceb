"""First names as people shorten them, and the patronymics that men's names give.

The lists in `data/` are facts of the language, written down from general knowledge; everything is folded
(`foundation.folding.fold`): small letters, «е» for «ё». The first word of a line is a full name, the others are its
short forms and other spellings. A word that stands there is a name of its own: two such words are never one person's
name with a typing error.
"""

import re
from pathlib import Path

_DATA = Path(__file__).parent / "data"
_MALE = (_DATA / "male_names.txt").read_text(encoding="utf-8").splitlines()
_FEMALE = (_DATA / "female_names.txt").read_text(encoding="utf-8").splitlines()

_MEN = {line.split()[0] for line in _MALE}
_FULL = _MEN | {line.split()[0] for line in _FEMALE}
_NONE: frozenset[str] = frozenset()
_IRREGULAR = {
    "лев": ("львович", "львовна"),
    "павел": ("павлович", "павловна"),
    "яков": ("яковлевич", "яковлевна"),
    "михаил": ("михайлович", "михайловна", "михаилович", "михаиловна"),
    "даниил": ("даниилович", "данииловна", "данилович", "даниловна"),
    "гавриил": ("гавриилович", "гаврииловна"),
    "илья": ("ильич", "ильинична", "ильична"),
    "игнат": ("игнатьевич", "игнатьевна", "игнатович", "игнатовна"),
    "савва": ("саввич", "саввична"),
}


def _meanings(lines: list[str]) -> dict[str, frozenset[str]]:
    """Each known word to the full names that it may stand for."""
    meant: dict[str, set[str]] = {}
    for line in lines:
        for word in line.split():
            meant.setdefault(word, set()).add(line.split()[0])
    return {word: frozenset(full) for word, full in meant.items()}


MEANINGS = _meanings(_MALE + _FEMALE)

# «Маринка», «Лейлочка», «Асланчик», «Глебушка»: endings that make no other official name.
_FOND = re.compile(r"(?:[оеи]ньк|ч?ик|[оеи]чк|[ую]шк|к)а?$")


def are_one_name(one: str, other: str) -> bool:
    """«Саша» and «Александр», «Наталья» and «Наталия», «Маринка» and «Марина».

    Never «Александр» and «Александра», nor two official names that only share a short form, as «Егор» and «Георгий».
    """
    if one in _FULL and other in _FULL and one[:3] != other[:3]:
        return False
    if not MEANINGS.get(one, _NONE).isdisjoint(MEANINGS.get(other, _NONE)):
        return True
    return _is_fond(one, other) or _is_fond(other, one)


def _is_fond(fond: str, name: str) -> bool:
    if fond in MEANINGS:
        return False
    stem = _FOND.sub("", fond)
    return stem != fond and len(stem) > 1 and stem == name.rstrip("аяйьи")


def patronymics(name: str) -> tuple[str, ...]:
    """What a man's folded full name gives to his children, in all usual spellings."""
    if name in _IRREGULAR:
        return _IRREGULAR[name]
    stem, last = name[:-1], name[-1]
    if name.endswith("ий"):
        soft = name[:-2] + "ь"
        return soft + "евич", soft + "евна", stem + "евич", stem + "евна"
    if last in "йь":
        return stem + "евич", stem + "евна"
    if last in "ая":
        return stem + "ич", stem + "ична", stem + "инична", stem + "ович", stem + "овна"
    if last in "иоуэ":
        return name + "евич", name + "евна", name + "вич", name + "вна"
    ending = "ев" if last in "жшчщц" else "ов"
    return name + ending + "ич", name + ending + "на"


def _fathers() -> dict[str, frozenset[str]]:
    """Each known patronymic, and each man's name («Мамед оглы»), to the full names of the father."""
    given: dict[str, set[str]] = {}
    for father in _MEN:
        for patronymic in (father, *patronymics(father)):
            given.setdefault(patronymic, set()).add(father)
    return {patronymic: frozenset(names) for patronymic, names in given.items()}


FATHERS = _fathers()


def are_one_patronymic(one: str, other: str) -> bool:
    """«Данилович» and «Даниилович», «Мамедович» and «Мамед (оглы)»; never «Сергеевич» and «Сергеевна»."""
    shared = not FATHERS.get(one, _NONE).isdisjoint(FATHERS.get(other, _NONE))
    return shared and (one[-1] == other[-1] or one in MEANINGS or other in MEANINGS)
