"""A person's name taken apart for comparing: surname, first name and patronymic in any order, in any alphabet."""

import re
from functools import cached_property
from typing import Literal

from foundation.folding import fold
from invitations.short_names import MEANINGS

Part = Literal["surname", "first", "patronymic"]

_WORD = re.compile(r"[^\W\d_]+")
# For such a text `fold` does no more than this, in ten times the time.
_PLAIN = re.compile(r"[А-Яа-яЁё .-]*")
_LATIN = re.compile(r"[a-z]")
_ALL_LOOK_ALIKE = re.compile(r"[abcehkmoptxy]{2,}")
_LOOK_ALIKE = str.maketrans("abcehkmoptxy", "авсенкмортху")
_PATRONYMIC = re.compile(r"(?:вич|ьич|[кмтн]ич|вна|ична|vich|vitch|vna|ichna)$")
# «Son of» and «daughter of» as a separate word, in the spellings of passports from different countries.
_SON_OR_DAUGHTER = {
    **dict.fromkeys(("оглы", "оглу", "огли", "углы", "угли", "улы", "уулу", "ogly", "oglu", "ogli", "ugli"), "оглы"),
    **dict.fromkeys(("кызы", "кизи", "гызы", "кзы", "qizi", "kyzy", "gizi", "gyzy", "kizi"), "кызы"),
}


class Name:
    """`words`: folded, split at spaces, hyphens and dots. A word of one letter is an initial."""

    def __init__(self, text: str) -> None:
        self.text = text
        words = _WORD.findall(text.lower().replace("ё", "е") if _PLAIN.fullmatch(text) else fold(text))
        if any(map(_LATIN.match, words)):
            words = _without_look_alikes(words)
        self.words: tuple[str, ...] = tuple(_SON_OR_DAUGHTER.get(word, word) for word in words)
        self.key = " ".join(sorted(self.words))
        """Equal for names of the same words in any order."""
        self.joined = "".join(self.words)
        """Equal for names with other spaces and hyphens between the same letters."""

    @property
    def has_patronymic(self) -> bool:
        """In full; an initial or none leaves open whose child it is."""
        return any(part == "patronymic" and len(word) > 1 for word, part in zip(self.words, self.parts, strict=True))

    @cached_property
    def is_latin(self) -> bool:
        return any(map(_LATIN.match, self.words))

    @cached_property
    def sounds(self) -> tuple[str, ...]:
        """Each word as it sounds in Latin letters, see `sound`."""
        return tuple(map(sound, self.words))

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """What each word is. By the patronymic's ending, then by known first names, then by «Фамилия Имя»."""
        return _parts_of(self.words)


def _without_look_alikes(words: list[str]) -> list[str]:
    """«COBA Илья» typed in Latin letters throughout a word; `fold` sees only words that mix two alphabets."""
    latin = [word for word in words if _LATIN.match(word) and len(word) > 1]
    is_mixed = any(len(word) > 1 and not _LATIN.match(word) for word in words)
    if is_mixed or all(map(_ALL_LOOK_ALIKE.fullmatch, latin)):
        return [word.translate(_LOOK_ALIKE) if re.fullmatch(r"[abcehkmoptxy]+", word) else word for word in words]
    return words


def _parts_of(words: tuple[str, ...]) -> tuple[Part, ...]:
    parts: list[Part] = ["surname"] * len(words)
    full = [place for place, word in enumerate(words) if len(word) > 1]
    initials = [place for place, word in enumerate(words) if len(word) == 1]
    patronymic = _place_of_patronymic(words)
    for place in patronymic:
        parts[place] = "patronymic"
    rest = [place for place in full if place not in patronymic]
    if len(initials) > 1 or (initials and len(rest) < 2):  # «Петров И. С.», «И. С. Петров», «Петров И.»
        parts[initials[0]] = "first"
        for place in initials[1:]:
            parts[place] = "patronymic"
        return tuple(parts)
    for place in initials:  # «Петров Илья С.»
        parts[place] = "patronymic"
    if first := _place_of_first_name(words, rest, patronymic):
        parts[first[0]] = "first"
    return tuple(parts)


def _place_of_patronymic(words: tuple[str, ...]) -> list[int]:
    for place, word in enumerate(words):
        if word in ("оглы", "кызы") and place:
            return [place - 1, place]
    places = [place for place, word in enumerate(words) if len(word) > 4 and _PATRONYMIC.search(word)]
    if len(places) > 1:  # «Абрамович Роман Аркадьевич», «Роман Аркадьевич Абрамович»
        places = [place for place in places if place and words[place - 1] in MEANINGS] or places[-1:]
    if places and len(words) == 2 and words[1 - places[0]] in MEANINGS:  # «Абрамович Роман»
        return []
    return places[:1]


def _place_of_first_name(words: tuple[str, ...], rest: list[int], patronymic: list[int]) -> list[int]:
    """At most one place of `rest`."""
    if len(rest) < 2:
        return rest if patronymic and len(rest) == 1 else []
    if patronymic and patronymic[0] - 1 in rest and patronymic[0] > 0:
        return [patronymic[0] - 1]
    known = [place for place in rest if words[place] in MEANINGS]
    return known[:1] if len(known) == 1 else rest[1:2]


# Letters as passports and people write them, made one: «Yuliya», «Julija» and «Юлия» sound alike. Figures stand for
# sounds that have several Latin spellings. The order matters: longer spellings first.
_SOUND_OF = str.maketrans(
    dict(zip("абвгдезийклмнопрстуфхыэ", "abvgdeziiklmnoprstufhie", strict=True))
    | {"ж": "2", "ц": "1", "ч": "4", "ш": "3", "щ": "3", "ю": "iu", "я": "ia", "ь": "", "ъ": ""}
)
_LATIN_SPELLINGS = [
    (re.compile(pattern), sounds)
    for pattern, sounds in [
        ("shch|sch|sh", "3"),
        ("zh", "2"),
        ("kh", "h"),
        ("ts|tz", "1"),
        ("tch|ch", "4"),
        ("ph", "f"),
        ("ck|c(?=[aoukltrh]|$)|q", "k"),
        ("c", "1"),
        ("x", "ks"),
        ("w", "v"),
        ("[yj]", "i"),
    ]
]
_SAME_SOUND = [
    (re.compile(pattern), sounds)
    for pattern, sounds in [(r"i+o", "e"), (r"i+(?=[aeiu])", "i"), (r"i(?=[aeu])", ""), (r"(.)\1+", r"\1")]
]


def sound(word: str) -> str:
    """A key of how a folded word sounds: equal for a Russian word and its usual spellings in Latin letters.

    Never empty: a soft sign by itself stays what it is.
    """
    heard = word
    if _LATIN.search(word):
        for pattern, sounds in _LATIN_SPELLINGS:
            heard = pattern.sub(sounds, heard)
    heard = heard.translate(_SOUND_OF)
    for pattern, sounds in _SAME_SOUND:
        heard = pattern.sub(sounds, heard)
    return heard or word
