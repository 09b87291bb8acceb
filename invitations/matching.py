"""Which line of a list of expected names a typed name stands for. Pure comparing, no database.

A wrong "found" lets a stranger to children, a missed one costs an administrator one press of a key: whatever is not the
only possibility is "near".
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler

from invitations.likeness import Like, Likeness, compare
from invitations.person_names import Name
from invitations.short_names import MEANINGS

NEAR_WORD = 0.86  # Jaro–Winkler: one error in a word of five letters
MOST_SHOWN = 3  # lines named in the words of a near name
_COUNT = {2: "две", 3: "три", 4: "четыре"}


class Kind(Enum):
    FOUND = "found"
    NEAR = "near"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Found:
    """`lines`: keys of the lines that agree equally well, best first; two pupils of one name are two keys.

    `beside`: lines of other lists for which the name may stand as well; then it is never "found".
    `is_possible`: the lines are of one name, and nothing contradicts that it is this one. `is_sure`: it is this one, as
    far as a name can say. `words` is Russian, for an administrator.
    """

    kind: Kind
    lines: tuple[int, ...] = ()
    words: str = ""
    is_sure: bool = False
    is_possible: bool = False
    beside: tuple[int, ...] = ()


class NameList:
    """Names indexed once, so that a question costs about the same for a class and for a thousand.

    `lines`: (key, full name as the school wrote it).
    """

    def __init__(self, lines: Iterable[tuple[int, Name]]) -> None:
        self._names: dict[int, Name] = dict(lines)
        self._same: dict[str, list[int]] = defaultdict(list)
        for key, name in self._names.items():
            for spelling in {name.key, name.joined}:
                self._same[spelling].append(key)

    @classmethod
    def of(cls, lines: Iterable[tuple[int, str]]) -> "NameList":
        return cls((key, Name(text)) for key, text in lines)

    def __len__(self) -> int:
        return len(self._names)

    def same(self, name: Name) -> tuple[int, ...]:
        """Lines of the same words: order, case, ё, spaces, hyphens and look-alike letters make no difference."""
        return tuple(self._same.get(name.key) or self._same.get(name.joined) or []) if name.words else ()

    def find(self, name: Name, *, beside: "NameList | None" = None) -> Found:
        """`beside` holds the lines of other lists, and may hold these: a name that fits there, too, is only near."""
        same = self.same(name)
        if same and name.has_patronymic:
            others = beside.same(name) if beside else ()
            return self._of_one_name(same, "", [key for key in others if key not in self._names])
        likely = self._compared(name)
        if not likely:
            return Found(Kind.UNKNOWN)
        # «Петров Илья» is in the list word for word, but «Петров Илья Сергеевич» is, too
        agreeing = [(likeness, key) for likeness, key in likely if likeness.like >= min(likely[0][0].like, Like.SURE)]
        keys = tuple(key for _, key in agreeing)
        words = "" if same == keys else self._words_for(agreeing)
        mistyped = agreeing[0][0].mistyped
        is_name = self.holds_word(mistyped) or (beside is not None and beside.holds_word(mistyped))
        is_one, first = self._are_of_one_name(keys), agreeing[0][0]
        if first.like < Like.SURE or is_name or not is_one:
            return Found(Kind.NEAR, keys, words, is_possible=is_one and not is_name and not first.contradicts)
        others = beside.agreeing(name) if beside else ()
        return self._of_one_name(keys, words, [key for key in others if key not in self._names])

    def _of_one_name(self, keys: tuple[int, ...], words: str, others: list[int]) -> Found:
        return Found(
            Kind.NEAR if others else Kind.FOUND, keys, words, is_sure=True, is_possible=True, beside=tuple(others)
        )

    def agreeing(self, name: Name) -> tuple[int, ...]:
        """Every line that the name may stand for as well."""
        index = self._index(name)
        keys = index.sharing(self._words_in(name), index.exact)
        return tuple(key for key in keys if compare(name, self._names[key]).like >= Like.SURE)

    def holds_word(self, word: str) -> bool:
        """Whether the word is somebody's name here: then it is no error in typing another one."""
        return word in self._by_word.lines

    def _compared(self, name: Name) -> list[tuple[Likeness, int]]:
        index = self._index(name)
        keys = {*self.same(name), *index.sharing(self._words_in(name), index.alike)}
        compared = [(compare(name, self._names[key]), key) for key in keys]
        return sorted(((one, key) for one, key in compared if one.like), key=lambda pair: (-pair[0].like, pair[1]))

    def _are_of_one_name(self, keys: tuple[int, ...]) -> bool:
        return len({self._names[key].key for key in keys}) == 1

    def _words_for(self, agreeing: list[tuple[Likeness, int]]) -> str:
        lines = {self._names[key].text: likeness.words for likeness, key in agreeing}
        shown = [f"{text} – {words}" if words else text for text, words in lines.items()][:MOST_SHOWN]
        count = _COUNT.get(len(agreeing), len(agreeing))
        return ("в списке: " if len(lines) == 1 else f"похожих строк {count}: ") + "; ".join(shown)

    def _words_in(self, name: Name) -> tuple[str, ...]:
        return name.sounds if name.is_latin or self._has_latin else name.words

    def _index(self, name: Name) -> "_Index":
        return self._by_sound if name.is_latin or self._has_latin else self._by_word

    @cached_property
    def _has_latin(self) -> bool:
        """Lists in Latin letters are rare; one such line and all are compared by sound."""
        return any(name.is_latin for name in self._names.values())

    @cached_property
    def _by_word(self) -> "_Index":
        return _Index({key: name.words for key, name in self._names.items()})

    @cached_property
    def _by_sound(self) -> "_Index":
        return _Index({key: name.sounds for key, name in self._names.items()})


class _Index:
    """Which lines hold which word. Initials are left out: a letter says nothing by itself."""

    def __init__(self, names: dict[int, tuple[str, ...]]) -> None:
        self.lines: dict[str, list[int]] = defaultdict(list)
        self._long: dict[int, int] = {}
        self._of_meaning: dict[str, list[str]] = defaultdict(list)
        for key, words in names.items():
            long = {word for word in words if len(word) > 1}
            self._long[key] = len(long)
            for word in long:
                self.lines[word].append(key)
        for word in self.lines:
            for meaning in MEANINGS.get(word, ()):
                self._of_meaning[meaning].append(word)
        self._alike: dict[str, list[str]] = {}

    def exact(self, word: str) -> list[str]:
        return [word] if word in self.lines else []

    def alike(self, word: str) -> list[str]:
        """Words of the lines that look like it or are another form of the same first name."""
        if word not in self._alike:
            near = process.extract(
                word, self.lines.keys(), scorer=JaroWinkler.similarity, score_cutoff=NEAR_WORD, limit=None
            )
            forms = [form for meaning in MEANINGS.get(word, ()) for form in self._of_meaning.get(meaning, ())]
            self._alike[word] = list({word for word, _, _ in near} | set(forms))
        return self._alike[word]

    def sharing(self, words: Iterable[str], likes: Callable[[str], list[str]]) -> list[int]:
        """Keys of lines that share two words, or all where either side has fewer."""
        long = {word for word in words if len(word) > 1}
        shared = Counter(key for word in long for key in {key for like in likes(word) for key in self.lines[like]})
        return [key for key, count in shared.items() if count >= min(2, len(long), self._long[key])]
