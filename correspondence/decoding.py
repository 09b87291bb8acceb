"""From the bytes of a letter to words: charsets that are missing, wrong or unknown, and headers in any dress.

Nothing here raises, and what it returns can be stored and shown: no NUL, no lone surrogates, no control or bidi marks.
"""

import binascii
import quopri
import re
from itertools import pairwise

# Python counts them among its encodings, but they are no charsets; one of them takes the square of the length.
NO_CHARSETS = {"punycode", "idna", "unicode_escape", "unicode-escape", "raw_unicode_escape", "raw-unicode-escape"}
MOST_HEADER = 20_000  # characters; a list of references is the longest that is met
RUSSIAN_CHARSETS = ("cp1251", "koi8_r", "cp866", "iso8859_5")
# The commonest pairs of letters: text in the wrong Russian charset has hardly any of them, in capitals or not.
_PAIRS = {
    *("ст", "но", "то", "на", "ен", "ов", "ни", "ра", "во", "ко", "ро", "пр", "по", "ер", "ол", "ре", "ка", "ли", "ва"),
    *("ат", "ор", "не", "от", "ал", "ан", "ос", "та", "ль", "го", "ом", "ет", "ие", "ел", "ти", "тр", "де", "ск"),
}
_TWO_HIGH_BYTES = re.compile(rb"[\x80-\xff]{2}")
_ENCODED_WORD = re.compile(r"=\?([\w.:+-]{1,40})(?:\*[\w-]*)?\?([bBqQ])\?([^?\r\n]*)\?=")
_BETWEEN_WORDS = re.compile(r"(\?=)[ \t\r\n]+(?==\?)")
_UNSAFE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)


def decoded(content: bytes, charset: str = "") -> str:
    """By the declared charset where the bytes agree with it, else by what they look like."""
    if not content.isascii():
        try:
            return safe(content.decode("utf-8"))  # no other charset makes valid UTF-8 by accident
        except UnicodeDecodeError:
            pass
    text = _by_charset(content, charset)
    if _TWO_HIGH_BYTES.search(content) and (text is None or _may_be_russian(charset)):
        return safe(_russian(content, text))
    return safe(content.decode("cp1252", "replace") if text is None else text)


def header_text(raw: str) -> str:
    """One line of a header as people read it: unfolded, RFC 2047 words decoded, bare 8-bit bytes understood."""
    line = as_words(raw[:MOST_HEADER])
    if "=?" in line:
        line = _encoded_words(_BETWEEN_WORDS.sub(r"\1", line))
    return " ".join(safe(line).split())


def safe(text: str) -> str:
    return _UNSAFE.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " "))


def _by_charset(content: bytes, charset: str) -> str | None:
    name = charset.strip().strip("\"'").lower() or "us-ascii"
    if name in NO_CHARSETS:
        return None
    try:
        return content.decode(name)
    except (LookupError, ValueError):
        return _mostly_utf8(content) if name in ("utf-8", "utf8") else None


def _mostly_utf8(content: bytes) -> str | None:
    """UTF-8 that was cut or damaged in a few places stays readable; another charset under its name does not."""
    text = content.decode("utf-8", "replace")
    return text if text.count("\ufffd") * 10 <= len(text) else None


def _may_be_russian(charset: str) -> bool:
    """Old clients declare Latin for Russian, or one Russian charset for another."""
    name = charset.lower().replace("-", "").replace("_", "")
    return name.startswith(("usascii", "iso8859", "windows125", "cp125", "koi8", "cp866", "latin")) or not name


def _russian(content: bytes, declared: str | None) -> str:
    """The declared reading unless another one looks clearly more like Russian."""
    sample = content[:4000]
    best = max(RUSSIAN_CHARSETS, key=lambda name: _likeness(sample.decode(name, "replace")))
    score = _likeness(sample.decode(best, "replace"))
    if declared is not None and score < 2 * _likeness(declared[:4000]) + 2:
        return declared
    return content.decode(best if score else "cp1252", "replace")


def _likeness(text: str) -> int:
    return sum(first + second in _PAIRS for first, second in pairwise(text.casefold()))


def as_words(raw: str) -> str:
    """A header as it came, its bare 8-bit bytes understood."""
    try:
        return decoded(raw.encode("ascii", "surrogateescape"))
    except UnicodeEncodeError:
        return safe(raw)


def _encoded_words(line: str) -> str:
    """Neighbouring words of one charset are decoded together: old clients cut a letter between two of them."""
    found: list[str] = []
    end, waiting, charset = 0, b"", ""
    for word in _ENCODED_WORD.finditer(line):
        if word.start() > end or word[1].lower() != charset:
            found += [decoded(waiting, charset), line[end : word.start()]]
            waiting = b""
        waiting, charset, end = waiting + _word_bytes(word[2], word[3]), word[1].lower(), word.end()
    return "".join([*found, decoded(waiting, charset), line[end:]])


def _word_bytes(encoding: str, content: str) -> bytes:
    plain = content.encode("utf-8", "replace")
    if encoding in "qQ":
        return quopri.decodestring(plain, header=True)
    try:
        return binascii.a2b_base64(plain.rstrip(b"=") + b"==")
    except binascii.Error:
        return plain
