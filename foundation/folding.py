"""Names as people type them: cleaned for storing, folded for searching.

`clean_text` changes nothing that a person would miss; `fold` is a key that is compared and never shown.
"""

import re
import unicodedata
from functools import lru_cache

from django.core.exceptions import ValidationError

# Latin letters that look like Russian ones; half of them only as capitals (B, H, K, M, T), and `fold` sees small ones.
_LOOK_ALIKE = str.maketrans("abcehkmoptxyë", "авсенкмортхуе")
_QUOTES = "\"'`´«»„“”‟‘’‚‛‹›″′ʼ＂＇"
_DASHES = "‐‑‒–—―−﹘﹣－"
_FOLDED = str.maketrans(
    {"ё": "е", "№": " "} | dict.fromkeys(_QUOTES, None) | dict.fromkeys(_DASHES, "-") | dict.fromkeys("\t\n\v\f\r", " ")
)
# Marks that Word leaves inside pasted text and nobody sees: soft hyphen, zero-width space, word joiner, BOM.
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff"), None)
_TO_FOLD = re.compile("[" + re.escape("".join(map(chr, _FOLDED))) + "]")  # `translate` looks up every single letter
_JOINERS = "\u200c\u200d"
_WORD = re.compile(r"[^\W\d_]+")
_LATIN_IN_WORD = re.compile(r"(?<![^\W\d_])[^\W\d_]*[a-zë][^\W\d_]*")
_CYRILLIC = re.compile(r"[а-яёА-ЯЁ]")
_LATIN = re.compile(r"[a-zA-Zë]")
LONGEST_NAME = 200
_LONGEST_KEPT = 500  # characters of a text whose key is remembered


def fold(text: str) -> str:
    """A search key: equal for spellings that a person takes for the same, and safe to put into any query.

    Case, ё, quotes, kinds of dashes, «№», invisible and control characters, Latin look-alikes inside Russian words
    make no difference. Folding a key again changes nothing.
    """
    return _fold_known(text) if len(text) <= _LONGEST_KEPT else _fold(text)


def _fold(text: str) -> str:
    folded = _fold_once(text)
    while folded != text:  # a dropped quote may let two characters compose into one
        text, folded = folded, _fold_once(folded)
    return folded


# A batch of rows asks for the same names and cells a dozen times: when it is read, compared, sorted in, and searched.
_fold_known = lru_cache(maxsize=10_000)(_fold)


def _fold_once(text: str) -> str:
    # «№» goes first: NFKC would turn it into a Latin "No".
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", _plain(text)).casefold())
    text = " ".join(_plain(text).split())
    if not text.isprintable():
        text = "".join(filter(str.isprintable, text))
    return _LATIN_IN_WORD.sub(_russian_letters, text) if _LATIN.search(text) else text


def _plain(text: str) -> str:
    return text.translate(_FOLDED) if _TO_FOLD.search(text) else text


def _russian_letters(match: re.Match[str]) -> str:
    word = match.group()
    return word.translate(_LOOK_ALIKE) if _CYRILLIC.search(word) else word


def look_alikes(text: str) -> list[str]:
    """Words that mix Russian and Latin letters («Ивaнов» with a Latin a): to be shown to a person, never corrected."""
    words = _WORD.findall(text) if _LATIN.search(text) else []
    return [word for word in words if _CYRILLIC.search(word) and _LATIN.search(word)]


def clean_text(text: str, *, keep_lines: bool = False) -> str:
    """NFC, no spaces around, single spaces between; line breaks become spaces unless `keep_lines`.

    Raises ValidationError on control characters (NUL) and on those that turn the direction of text.
    """
    if not text.isprintable():  # invisible marks and line breaks are not
        text = text.translate(_INVISIBLE).replace("\r\n", "\n").replace("\r", "\n")
    text = unicodedata.normalize("NFC", text)
    if not text.isprintable() and any(_is_harmful(character) for character in text):
        raise ValidationError("Уберите невидимые управляющие знаки: наберите этот текст заново.", code="control")
    if not keep_lines:
        return " ".join(text.split())
    return "\n".join(" ".join(line.split()) for line in text.split("\n")).strip()


def _is_harmful(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cf", "Cs"} and character not in "\t\n" + _JOINERS


def person_name(text: str) -> str:
    """A person's full name as it will stand in letters: at least two words of letters, hyphens, apostrophes, dots."""
    name = clean_text(text)
    for dash in _DASHES:
        name = name.replace(dash, "-")
    if len(name) > LONGEST_NAME:
        raise ValidationError(f"Слишком длинно: в имени не больше {LONGEST_NAME} знаков.", code="max_length")
    words = name.split()
    if not all(_is_name_word(word) for word in words):
        raise ValidationError("В имени могут быть только буквы, дефис, апостроф и точка.", code="letters")
    if len(words) < 2:
        raise ValidationError("Укажите фамилию и имя полностью, через пробел.", code="words")
    return name


def _is_name_word(word: str) -> bool:
    return any(c.isalpha() for c in word) and all(c.isalpha() or c in "-.'’ʼ" or unicodedata.combining(c) for c in word)
