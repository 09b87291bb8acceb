"""First names as people shorten them, and the patronymics that men's names give.

The lists in `data/` are facts of the language, written down from general knowledge; everything is folded
(`foundation.folding.fold`): small letters, «е» for «ё». The first word of a line is a full name, the others are its
short forms and other spellings. A word that stands there is a name of its own: two such words are never one person's
name with a typing error.
"""

from pathlib import Path

_DATA = Path(__file__).parent / "data"
_MALE = (_DATA / "male_names.txt").read_text(encoding="utf-8").splitlines()
_FEMALE = (_DATA / "female_names.txt").read_text(encoding="utf-8").splitlines()

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


def are_one_name(one: str, other: str) -> bool:
    """«Саша» and «Александр», «Наталья» and «Наталия»; never «Александр» and «Александра»."""
    return not MEANINGS.get(one, frozenset()).isdisjoint(MEANINGS.get(other, frozenset()))


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
    """Each known patronymic to the full names that give it."""
    given: dict[str, set[str]] = {}
    for line in _MALE:
        father = line.split()[0]
        for patronymic in patronymics(father):
            given.setdefault(patronymic, set()).update(MEANINGS[father])
    return {patronymic: frozenset(names) for patronymic, names in given.items()}


PATRONYMICS = _fathers()


def are_one_patronymic(one: str, other: str) -> bool:
    """«Данилович» and «Даниилович»; never «Сергеевич» and «Сергеевна»."""
    shared = not PATRONYMICS.get(one, frozenset()).isdisjoint(PATRONYMICS.get(other, frozenset()))
    return shared and one[-1] == other[-1]
