"""What a letter says, from its bytes. Pure: no database, and no bytes on which it raises."""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime

from correspondence.decoding import safe
from correspondence.parts import (
    MOST_TEXT,
    Attachment,
    attachments,
    header,
    nested_text,
    parsed,
    text_of,
)
from correspondence.quotes import cut
from correspondence.recognition import OWN_LETTER, recognise
from correspondence.statuses import IncomingKind

MOST_REFERENCES = 50
LONGEST_ID = 320
MOST_SEARCHED = 2_000_000  # bytes of a report in which the returned letter is looked for
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,318}>")
_OWN_MESSAGE_ID = re.compile(rf"^[> \t]*message-id:\s*({OWN_LETTER.pattern})", re.IGNORECASE | re.MULTILINE)
_ADDRESS = re.compile(r"(?<![\w.+-])[^\s<>()\[\]\",;:@\\]{1,64}@[^\s<>()\[\]\",;:@\\]+\.[^\s<>()\[\]\",;:@\\.]+")


@dataclass(frozen=True)
class Reading:
    message_id: str
    in_reply_to: str
    references: tuple[str, ...]
    """In-Reply-To and References, nearest first."""
    sender: str
    """A hint, never an authority; empty where there is no usable address."""
    sender_name: str
    subject: str
    written_at: datetime | None
    text: str
    """The sender's own words. A bare forward has none: then what was forwarded, for a page must show something."""
    quoted: str
    attachments: tuple[Attachment, ...]
    kind: IncomingKind
    returned: tuple[str, ...] = ()
    """Message-IDs of the portal's letters that a report sends back or speaks of, the likeliest first."""
    bounced_addresses: tuple[str, ...] = ()
    bounce_code: str = ""
    bounce_words: str = ""
    server_reply: str = ""


def read(raw: bytes) -> Reading:
    message = parsed(raw)
    whole = text_of(message)
    words = cut(whole)
    quoted = "\n\n".join(filter(None, (words.quoted, nested_text(message))))[:MOST_TEXT]
    sender, sender_name = _sender(message)
    subject = header(message, "subject")[:500]
    report = recognise(message, sender, sender_name, subject, whole, words.own)
    is_report = report.kind in (IncomingKind.BOUNCE, IncomingKind.DELAY)
    in_reply_to, references = _references(message)
    return Reading(
        message_id=_first_id(header(message, "message-id")),
        in_reply_to=in_reply_to,
        references=references,
        sender=sender,
        sender_name=sender_name,
        subject=subject,
        written_at=_moment(header(message, "date")),
        text=words.own or quoted,
        quoted=quoted,
        attachments=attachments(message),
        kind=report.kind,
        returned=_returned(raw, whole, references) if is_report else (),
        bounced_addresses=tuple(filter(None, map(_as_written, report.addresses))),
        bounce_code=report.code[:20],
        bounce_words=report.words[:300] if is_report else "",
        server_reply=safe(report.reply),
    )


def _references(message: Message) -> tuple[str, tuple[str, ...]]:
    """The letter that is answered, and the thread behind it; what a client cut off or made up is left out."""
    answered = _MESSAGE_ID.findall(header(message, "in-reply-to"))
    thread = _MESSAGE_ID.findall(header(message, "references"))
    nearest_first = dict.fromkeys([*answered, *reversed(thread)])
    return answered[0] if answered else "", tuple(nearest_first)[:MOST_REFERENCES]


def _first_id(value: str) -> str:
    found = _MESSAGE_ID.search(value)
    return found[0] if found else value[:LONGEST_ID] if " " not in value else ""


def _sender(message: Message) -> tuple[str, str]:
    """Address and name; the domain as people write it (школа@томск.рф), as the portal keeps addresses."""
    value = header(message, "from")
    found = re.search(r"<([^<>]*)>", value)
    address = _ADDRESS.search(found[1] if found else value) or _ADDRESS.search(value)
    name = value[: found.start()] if found else value.replace(address[0], "") if address else value
    return _as_written(address[0]) if address else "", " ".join(name.strip(" \"'(),;").split())[:200]


def _as_written(address: str) -> str:
    mailbox, _, domain = address.rpartition("@")
    if "xn--" in domain.lower():
        with suppress(UnicodeError):
            domain = domain.encode("ascii").decode("idna")
    written = f"{mailbox}@{domain}".rstrip(".'")
    return written if len(written) <= 254 else ""


def _moment(value: str) -> datetime | None:
    """Without a zone it is taken as UTC; a clock that was never set (1970) tells nothing."""
    try:
        moment = parsedate_to_datetime(value)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError, AttributeError):
        return None
    return moment if 1990 <= moment.year <= 2100 else None


def _returned(raw: bytes, text: str, references: tuple[str, ...]) -> tuple[str, ...]:
    """The head of the returned letter stands somewhere in the report: as a part, as text, or named as its thread."""
    searched = f"{text}\n{raw[:MOST_SEARCHED].decode('latin-1')}"
    named = [match[1] for match in _OWN_MESSAGE_ID.finditer(searched)]
    others = [match[0] for match in OWN_LETTER.finditer(searched)]
    ours = (each for each in references if OWN_LETTER.fullmatch(each))
    return tuple(dict.fromkeys([*named, *ours, *others]))[:MOST_REFERENCES]
