"""The tree of a letter: its text, its attachments, the reports of mail servers in it.

Parsed with `compat32`: the newer policies of Python raise on headers that are met in real letters.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesHeaderParser, BytesParser
from email.policy import compat32

from correspondence.decoding import as_words, decoded, header_text, safe
from correspondence.plain import plain_text

AS_IT_CAME = compat32.clone(mangle_from_=False)
MOST_DEPTH = 50  # parts within parts
MOST_ATTACHMENTS = 100
MOST_TEXT = 200_000  # characters that are kept of one letter
MOST_PARTS = 30_000  # positions fit the column
NO_TEXT = ("message/", "text/rfc822-headers", "text/calendar", "text/x-vcard", "text/vcard", "text/directory")


@dataclass(frozen=True)
class Attachment:
    position: int
    name: str
    content_type: str
    size: int


def parsed(raw: bytes) -> Message:
    """Any bytes are a letter. One whose parts are nested beyond reason, to exhaust a reader, is read as plain text."""
    with suppress(RecursionError):
        message = BytesParser(policy=compat32).parsebytes(raw)
        if _depth(message) <= MOST_DEPTH:
            return message
    return BytesHeaderParser(policy=compat32).parsebytes(raw)


def _depth(message: Message) -> int:
    deepest, waiting = 0, [(message, 0)]
    while waiting:
        part, depth = waiting.pop()
        deepest = max(deepest, depth)
        waiting += [(child, depth + 1) for child in children(part)]
    return deepest


def children(part: Message) -> list[Message]:
    """Python's own way decodes a text as it goes by and raises where it cannot."""
    found = part.get_payload() if part.is_multipart() else []
    return [child for child in found if isinstance(child, Message)] if isinstance(found, list) else []


def header(part: Message, name: str) -> str:
    """The first header of this name, decoded; empty where it is missing."""
    return next((header_text(str(value)) for key, value in part.raw_items() if key.lower() == name), "")


def headers(part: Message) -> dict[str, str]:
    """All headers by their names in small letters, the first of each, as they came."""
    found: dict[str, str] = {}
    for key, value in part.raw_items():
        found.setdefault(key.lower(), str(value))
    return found


def content(part: Message) -> bytes:
    """The bytes of a part without their transfer encoding; of a letter within a letter the whole letter."""
    with suppress(Exception):  # broken encodings raise a dozen kinds of errors; an unreadable part is empty
        if part.is_multipart():
            return b"\n".join(
                each.as_bytes(policy=AS_IT_CAME) for each in part.get_payload() if isinstance(each, Message)
            )
        found = part.get_payload(decode=True)
        return found if isinstance(found, bytes) else b""
    return b""


def content_type(part: Message) -> str:
    with suppress(Exception):
        return safe(part.get_content_type())[:100]
    return "text/plain"


def text_of(message: Message) -> str:
    """What the letter says, as plain text: the plain alternative where there is one, else the HTML."""
    return "\n\n".join(filter(None, _texts(message)))[:MOST_TEXT]


def nested_text(message: Message) -> str:
    """What the letters within this one say: it was forwarded as an attachment."""
    letters = (each for each in message.walk() if content_type(each) == "message/rfc822")
    return "\n\n".join(text_of(inner) for each in letters for inner in children(each))[:MOST_TEXT]


def attachments(message: Message) -> tuple[Attachment, ...]:
    return tuple(_attachment(position, part) for position, part in _hanging(message))[:MOST_ATTACHMENTS]


def _attachment(position: int, part: Message) -> Attachment:
    kind = content_type(part)
    return Attachment(position, file_name(part) or _name_by(kind), kind, len(content(part)))


def file_name(part: Message) -> str:
    """As its sender named it, without folders and marks that a disk or a page would misread."""
    found = headers(part)
    named = Message()
    for each in ("content-disposition", "content-type"):
        named[each] = as_words(found.get(each, ""))
    with suppress(Exception):
        name = header_text(str(named.get_filename() or "")).replace("\\", "/").rpartition("/")[2].strip(". ")
        return name if len(name) <= 200 else name[:150] + "…" + name[-45:]
    return ""


def _name_by(kind: str) -> str:
    names = {"message/rfc822": "письмо.eml", "text/calendar": "приглашение.ics", "application/ms-tnef": "winmail.dat"}
    return names.get(kind, "без имени")


def _hanging(message: Message) -> Iterator[tuple[int, Message]]:
    """The parts that are no text of this letter, with their place in `walk`; not what hangs on a letter within it."""
    inside: set[int] = set()
    for position, part in enumerate(message.walk()):
        if position >= MOST_PARTS:
            return
        if id(part) in inside:
            continue
        if content_type(part).startswith("message/") or _is_file(part):
            inside.update(id(each) for each in part.walk())
            yield position, part
        elif not part.is_multipart() and not _is_text(part) and not content_type(part).startswith("multipart/"):
            yield position, part


def _is_file(part: Message) -> bool:
    return not part.is_multipart() and (part.get_content_disposition() == "attachment" or bool(file_name(part)))


def _is_text(part: Message) -> bool:
    return content_type(part) in ("text/plain", "text/html", "text/enriched")


def _texts(part: Message) -> list[str]:
    kind = content_type(part)
    if kind.startswith(NO_TEXT):
        return []
    if part.is_multipart():
        found = [(child, _texts(child)) for child in children(part)[:MOST_ATTACHMENTS]]
        if kind == "multipart/alternative":
            return _chosen(found)
        return [text for _, texts in found for text in texts]
    is_text = _is_text(part) or kind.startswith("multipart/")  # declared as parts, which nothing separates
    return [_text(part, kind)] if is_text and not _is_file(part) else []


def _chosen(found: list[tuple[Message, list[str]]]) -> list[str]:
    """Of the same words in several dresses the plain ones, unless they are empty."""
    spoken = [(part, texts) for part, texts in found if "".join(texts).strip()]
    plain = next((texts for part, texts in spoken if content_type(part) == "text/plain"), None)
    return plain or (spoken[0][1] if spoken else [])


def _text(part: Message, kind: str) -> str:
    charset = part.get_content_charset() or ""
    text = decoded(content(part)[: MOST_TEXT * 6], charset)
    return plain_text(text) if kind == "text/html" else _without_armour(text)


def _without_armour(text: str) -> str:
    """What stands within a PGP signature written into the text."""
    before, _, rest = text.partition("-----BEGIN PGP SIGNED MESSAGE-----\n")
    signed, end, after = rest.partition("-----BEGIN PGP SIGNATURE-----")
    if not end:
        return text
    return before + signed.partition("\n\n")[2] + after.partition("-----END PGP SIGNATURE-----")[2]
