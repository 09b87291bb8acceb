"""Search among organizations as people type: by the beginnings of words, by numbers as a whole, and in spite of slips.

Each organization keeps the words of its names in `search_words`; the municipality's name belongs to them without being
copied. Where nothing is found exactly, the wrong keyboard layout is tried, then each word that the territory does not
know is exchanged for those of the territory's own words that are a slip or two away.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import Case, IntegerField, Q, Value, When
from django.db.models.expressions import Combinable
from rapidfuzz import process
from rapidfuzz.distance import OSA

from foundation.folding import fold

if TYPE_CHECKING:
    from organizations.models.organization import OrganizationQuerySet

_WORD = re.compile(r"\d+|[^\W\d_]+")
_LAYOUT = str.maketrans(
    "qwertyuiop[]asdfghjkl;'zxcvbnm,.`{}:\"<>~",
    "йцукенгшщзхъфывапролджэячсмитьбюёхъжэбюё",
)
MOST_WORDS = 8  # of one search; a whole address pasted into the box needs no more
LONGEST_NUMBER = 4  # «29» is the number of a school; longer ones are the beginning of an ИНН or ОГРН
FEW = 500  # rows that are found once and then asked for by their keys
LONG_WORD = 7  # letters; from here on two slips are forgiven
MOST_LIKE = 8  # words of the territory that one mistaken word may have meant


def words_of(text: str) -> list[str]:
    """Folded words and numbers in their order, each once: «МБОУ „Лицей №8“» → мбоу, лицей, 8."""
    return list(dict.fromkeys(_WORD.findall(fold(text))))


def indexed(text: str) -> str:
    """The words with a space around each, so that a beginning and a whole word can be looked for."""
    return f" {' '.join(words_of(text))} "


@dataclass
class Found:
    rows: "OrganizationQuerySet"
    is_similar: bool = False
    """Nothing is there as it was typed; these are what may have been meant."""
    words: list[str] = field(default_factory=list)


def search(rows: "OrganizationQuerySet", text: str) -> Found:
    """The rows that bear every word, the closest first; similar ones where there are none.

    Words to guess from are those of the rows' own territory, so a guess tells nothing about another one.
    """
    typed = _typed(text)
    if not typed:
        return Found(rows.none() if text.strip() else rows)
    search = _Search(rows)
    if (exact := search.some({word: [word] for word in typed})) is not None:
        return Found(exact, words=typed)
    switched = _typed(text.casefold().translate(_LAYOUT)) if re.search(r"[a-z]", text.casefold()) else []
    if switched and (exact := search.some({word: [word] for word in switched})) is not None:
        return Found(exact, is_similar=True, words=switched)
    for words in filter(None, (typed, switched)):
        if (similar := search.similar_to(words)) is not None:
            return Found(similar, is_similar=True, words=words)
    return Found(rows.none(), words=typed)


def _typed(text: str) -> list[str]:
    words = words_of(text)
    telling = [word for word in words if len(word) > 1 or word.isdigit()]  # «г. Томск»: the letter tells nothing
    return (telling or words)[:MOST_WORDS]


class _Search:
    """One search over one territory: its municipalities and, only where it is needed, its words."""

    def __init__(self, rows: "OrganizationQuerySet") -> None:
        from organizations.models import Municipality

        self.rows = rows
        places = Municipality.objects.filter(pk__in=rows.order_by().values("municipality"))
        self.places = {pk: indexed(name) for pk, name in places.values_list("pk", "name")}

    def some(self, meant: dict[str, list[str]]) -> "OrganizationQuerySet | None":
        """Rows in which, for each word typed, one of the words it may mean begins a word of name or municipality.

        The names are read once: few rows are asked for by their keys from then on, by the page and by its count.
        """
        rows = self.rows
        closeness: Combinable = Value(0, IntegerField())
        for words in meant.values():
            rows = rows.filter(self._any(words, _beginning))
            closeness += Case(When(self._any(words[:1], _whole), then=1), default=0, output_field=IntegerField())
        keys = list(rows.order_by().values_list("pk", flat=True)[: FEW + 1])
        if len(keys) <= FEW:
            rows = self.rows.filter(pk__in=keys)
        return rows.annotate(closeness=closeness).order_by("-closeness", "search_key", "pk") if keys else None

    def similar_to(self, words: list[str]) -> "OrganizationQuerySet | None":
        """None where some word resembles nothing in this territory. Numbers are never guessed."""
        known = self._vocabulary()
        meant = {word: _likes(word, known) for word in words}
        return self.some(meant) if all(meant.values()) else None

    def _any(self, words: list[str], pattern: Callable[[str], str]) -> Q:
        condition = Q()
        for word in words:
            text = pattern(word)
            condition |= Q(search_words__contains=text)
            if places := [pk for pk, name in self.places.items() if text in name]:
                condition |= Q(municipality__in=places)
        return condition

    def _vocabulary(self) -> list[str]:
        from organizations.models import SearchWord

        words = set(SearchWord.objects.of(self.rows, self.places).values_list("word", flat=True))
        return sorted(words.union(*(name.split() for name in self.places.values())))


def _beginning(word: str) -> str:
    """How a word is looked for in indexed text: a short number as a whole, «гимн» as a beginning."""
    return _whole(word) if word.isdigit() and len(word) <= LONGEST_NUMBER else f" {word}"


def _whole(word: str) -> str:
    return f" {word} "


def _likes(word: str, known: list[str]) -> list[str]:
    """The words that this one may have been meant for, the likeliest first; itself where something begins with it."""
    if word.isdigit() or any(each.startswith(word) for each in known):
        return [word]
    slips = 1 if len(word) < LONG_WORD else 2
    likes = process.extract(word, known, scorer=OSA.distance, score_cutoff=slips, limit=MOST_LIKE)
    return [like for like, _, _ in likes]
