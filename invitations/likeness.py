"""How one name differs from another, part by part. Pure comparing: no lists, no database.

Distances are counted in letters by RapidFuzz (optimal string alignment: two letters that changed places are one
error); shares of likeness are Jaro–Winkler, 0 to 1.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

from rapidfuzz import process
from rapidfuzz.distance import OSA, JaroWinkler

from invitations.person_names import Name, Part, sound
from invitations.short_names import FATHERS, MEANINGS, are_one_name, are_one_patronymic

# Letters of the longer word. «Цой» and «Цай» are two families, «Егр» is Егор.
SHORTEST_WITH_TYPO: dict[Part, int] = {"surname": 5, "first": 4, "patronymic": 5}
ALIKE = 0.88  # Jaro–Winkler: two errors in a surname of seven letters are 0.9, unrelated surnames below 0.8


class Like(IntEnum):
    """How much a name speaks for a line, in order."""

    NOT = 0
    ALIKE = 1
    """To be shown to a person: something contradicts, or too much is left open."""
    SURE = 2
    """The same person as far as a name can say, if no other line is."""
    SAME = 3
    """Equal but for spelling that everybody takes for the same."""


@dataclass(frozen=True)
class Likeness:
    like: Like
    words: str = ""
    """What differs, in Russian; of more than one thing, divided by commas."""
    mistyped: str = ""
    """The folded word that was taken for an error of typing."""
    contradicts: bool = False
    """A part is another one, not a like one: to be the same person, one of the two must be wrong."""


NOTHING = Likeness(Like.NOT)
SAME = Likeness(Like.SAME)

How = Literal["initial", "short", "typo", "alike", "other", "absent", "extra", "marker"]
_CLOSENESS: tuple[How, ...] = ("short", "initial", "typo", "alike", "other")
_PARTS: tuple[Part, ...] = ("surname", "first", "patronymic")


def _with_sounds(known: dict[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """The same words as they sound, too: no Russian word is written like a sound."""
    sounds: dict[str, frozenset[str]] = {}
    for word, meant in known.items():
        sounds[sound(word)] = sounds.get(sound(word), frozenset()) | meant
    return known | sounds


_KNOWN: dict[Part, dict[str, frozenset[str]]] = {
    "surname": {},
    "first": _with_sounds(MEANINGS),
    "patronymic": _with_sounds(FATHERS),
}
_PART = {"surname": "фамилия", "first": "имя", "patronymic": "отчество"}
_OF_PART = {"surname": "фамилии", "first": "имени", "patronymic": "отчестве"}


def compare(name: Name, line: Name) -> Likeness:
    """What the typed `name` says of the expected `line`."""
    if name.key == line.key or name.joined == line.joined:
        return SAME
    is_latin = name.is_latin or line.is_latin
    ours, theirs = (name.sounds, line.sounds) if is_latin else (name.words, line.words)
    left, right, found = _without_equal(ours, theirs)
    if not left and not right:
        return Likeness(Like.SURE, "латиницей")
    pairs = _pairs(ours, theirs, left, right, name, line)
    differences = [(line.parts[place], how) for _, place, how in pairs]
    differences += [_missing(line, place, "absent") for place in right if all(place != other for _, other, _ in pairs)]
    differences += [_missing(name, place, "extra") for place in left if all(place != mine for mine, _, _ in pairs)]
    if any(part == "patronymic" and how != "marker" for part, how in differences):  # «оглы» goes with its patronymic
        differences = [(part, how) for part, how in differences if how != "marker"]
    differences.sort(key=lambda one: _PARTS.index(one[0]))
    like = _judge(differences, {line.parts[place] for place in found if not _is_marker(line.words[place])})
    if is_latin and any(how in ("typo", "short") for _, how in differences):  # its letters are open already
        like = min(like, Like.ALIKE)
    mistyped = "".join(ours[mine] for mine, _, how in pairs if how == "typo")
    words = [_words(part, how) for part, how in differences] + ["латиницей"] * is_latin
    contradicts = any(how == "other" for _, how in differences)
    return Likeness(like, ", ".join(dict.fromkeys(words)), mistyped, contradicts) if like else NOTHING


def _without_equal(ours: tuple[str, ...], theirs: tuple[str, ...]) -> tuple[list[int], list[int], list[int]]:
    """Places of our words and of theirs that have no equal word on the other side, and places of theirs that have."""
    left, right = list(range(len(ours))), list(range(len(theirs)))
    found = []
    for place, word in enumerate(theirs):
        twin = next((mine for mine in left if ours[mine] == word), None)
        if twin is not None:
            left.remove(twin)
            right.remove(place)
            found.append(place)
    return left, right, found


def _pairs(
    ours: tuple[str, ...], theirs: tuple[str, ...], left: list[int], right: list[int], name: Name, line: Name
) -> list[tuple[int, int, How]]:
    """The words left over, each beside the one it resembles most: (place of ours, place of theirs, how they differ)."""
    possible = []
    for mine in left:
        for place in right:
            if _is_marker(ours[mine]) or _is_marker(theirs[place]):
                continue
            how = _differ(ours[mine], theirs[place], name.parts[mine], line.parts[place])
            elsewhere = name.parts[mine] != line.parts[place]
            share = JaroWinkler.similarity(ours[mine], theirs[place])
            possible.append((_CLOSENESS.index(how), elsewhere, -share, mine, place, how))
    taken: list[tuple[int, int, How]] = []
    for *_, mine, place, how in sorted(possible):
        if all(mine != one and place != other for one, other, _ in taken):
            taken.append((mine, place, how))
    return taken


def _is_marker(word: str) -> bool:
    return word in ("оглы", "кызы")


def _missing(name: Name, place: int, how: How) -> tuple[Part, How]:
    return name.parts[place], "marker" if _is_marker(name.words[place]) else how


def _differ(our: str, their: str, our_part: Part, part: Part) -> How:
    """`part` is what the line knows their word to be."""
    if len(our) == 1 or len(their) == 1:
        return "initial" if our[0] == their[0] and our_part == part != "surname" else "other"
    if (part == "first" and are_one_name(our, their)) or (part == "patronymic" and are_one_patronymic(our, their)):
        return "short"
    known = _KNOWN[part]
    if our in known and their in known:
        are_spelt_by_sound = our.isascii() and their.isascii()
        return "short" if are_spelt_by_sound and not known[our].isdisjoint(known[their]) else "other"
    is_one_letter = OSA.distance(our, their, score_cutoff=1) <= 1
    if is_one_letter and _is_typing_error(our, their, part):
        return "typo"
    return "alike" if is_one_letter or JaroWinkler.similarity(our, their) >= ALIKE else "other"


def _is_typing_error(one: str, other: str, part: Part) -> bool:
    """Words one letter apart. Of first names and patronymics exactly one must be a real one, and the only one so near:
    «Мария» and «Марина» are two people, «Мраия» is Мария, and «Мариа» may be either.
    """
    if max(len(one), len(other)) < SHORTEST_WITH_TYPO[part]:
        return False
    if part == "surname":
        return True
    known = _KNOWN[part]
    if (one in known) == (other in known):
        return False
    real, strange = (one, other) if one in known else (other, one)
    near = process.extract(strange, known.keys(), scorer=OSA.distance, score_cutoff=1, limit=None)
    return all(not known[word].isdisjoint(known[real]) and word[-1] == real[-1] for word, _, _ in near)


def _judge(differences: list[tuple[Part, How]], equal: set[Part]) -> Like:
    """The rules of the green pile stand here, measured by `benchmarks/name_matching.py`."""
    hows: dict[Part, set[How]] = {"surname": set(), "first": set(), "patronymic": set()}
    for part, how in differences:
        hows[part].add(how)
    surname, first, patronymic = (
        "equal" if part in equal and not how else " ".join(sorted(how)) for part, how in hows.items()
    )
    if (surname, first, patronymic) in _SURE:
        return Like.SURE
    is_of_family = surname in ("equal", "typo", "alike") or ("surname" in equal and "other" not in hows["surname"])
    is_called_so = first in ("equal", "short", "initial", "typo", "alike") or patronymic == "equal"
    if is_of_family and is_called_so:
        return Like.ALIKE
    return Like.ALIKE if (surname, first, patronymic) == ("absent", "equal", "equal") else Like.NOT


# (surname, first name, patronymic): nothing contradicts, and no more than one thing is left open.
_SURE = {
    ("equal", "equal", "absent"),
    ("equal", "equal", "extra"),
    ("equal", "equal", "initial"),
    ("equal", "equal", "marker"),
    ("equal", "equal", "short"),
    ("equal", "initial", "initial"),
    ("equal", "short", "equal"),
    ("typo", "equal", "equal"),
    ("equal", "typo", "equal"),
    ("equal", "equal", "typo"),
}


def _words(part: Part, how: How) -> str:
    match how:
        case "initial":
            return "инициалы" if part == "first" else "отчество одной буквой"
        case "short":
            return "краткое имя" if part == "first" else "другое написание отчества"
        case "typo":
            return f"одна буква в {_OF_PART[part]}"
        case "alike":
            return f"{_PART[part]} похоже" if part != "surname" else "фамилия похожа"
        case "absent":
            return "в заявке нет отчества" if part == "patronymic" else f"{_PART[part]} не целиком"
        case "extra":
            return "в списке нет отчества" if part == "patronymic" else f"{_PART[part]} длиннее, чем в списке"
        case "marker":
            return "без «оглы» или «кызы»"
    return f"{'другая' if part == 'surname' else 'другое'} {_PART[part]}"
