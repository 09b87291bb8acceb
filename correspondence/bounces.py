"""What a report of a mail server says: whose address, which code, in which words.

RFC 3464 where the report keeps to it; else what Exim, qmail, Mail.Ru, Exchange, Domino and others write in words.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message

from correspondence.decoding import header_text
from correspondence.parts import children, content, content_type, header
from correspondence.refusals import bounce_words
from correspondence.statuses import IncomingKind

MOST_ADDRESSES = 20
MOST_REPORT = 100_000  # bytes of a delivery status
LATE = "Доставка задерживается: почтовый сервер получателя пока не принял письмо, попытки продолжаются."
ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]+(?:\.[\w-]+)+")
_ENHANCED = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_PLAIN = re.compile(r"(?<![\d.])([45][0-5]\d)(?=[ -])")
_ORIGINAL = re.compile(
    r"^.{0,20}(?:(?:below (?:this line )?is|this is) (?:a|the) copy|original message|returned message|unsent message"
    r"|message headers follow|the header of the original|исходное сообщение|(?:текст|заголовки) исходного"
    r"|копия (?:вашего )?письма|return-path:|received:)",
    re.IGNORECASE | re.MULTILINE,
)
_SAYS = re.compile(r"^.*(?:(?<![\d.])[45][0-5]\d[ -]|(?<![\d.])[45]\.\d{1,3}\.\d{1,3}(?![\d.])).*$", re.MULTILINE)
_FIELD = re.compile(
    r"^(final-recipient|original-recipient|action|status|diagnostic-code):[ \t]*(.*(?:\n[ \t]+.*)*)", re.I | re.M
)
ACTIONS = {
    "failed": IncomingKind.BOUNCE,
    "delayed": IncomingKind.DELAY,
    "delivered": IncomingKind.AUTOMATIC,
    "relayed": IncomingKind.AUTOMATIC,
    "expanded": IncomingKind.AUTOMATIC,
}


@dataclass(frozen=True)
class Report:
    kind: IncomingKind
    addresses: tuple[str, ...] = ()
    """To whom the letter could not be brought; the first is the one to show."""
    code: str = ""
    reply: str = ""
    """What the server said."""

    @property
    def words(self) -> str:
        return LATE if self.kind == IncomingKind.DELAY else bounce_words(self.code, self.reply)


def delivery_report(message: Message) -> Report | None:
    """By RFC 3464, where the letter itself is a report: not where somebody forwards one."""
    fields = [dict(each) for each in _recipients(message)]
    told = [
        each for each in fields if each.get("action", "").split(";")[0].strip().lower() in ACTIONS or "status" in each
    ]
    if not told:
        return None
    worst = min(told, key=lambda each: list(ACTIONS).index(_action(each)))
    return Report(ACTIONS[_action(worst)], _told_addresses(worst), _told_code(worst), _told_reply(worst))


def report_in_words(message: Message, text: str, kind: IncomingKind) -> Report:
    """From the text of a bounce that keeps to no standard."""
    match = _ORIGINAL.search(text, 1)
    told = text[: match.start()] if match else text[:4000]
    said = next((line.strip() for line in _SAYS.findall(told)), "")
    enhanced, plain = _ENHANCED.search(told), _PLAIN.search(told)
    code = enhanced[1] if enhanced else plain[1] if plain else ""
    return Report(kind, _addresses_in_words(message, told), code, (said or " ".join(told.split()))[:1000])


def _recipients(message: Message) -> Iterator[dict[str, str]]:
    for part in [message, *children(message)]:
        if content_type(part).endswith("delivery-status"):
            yield from map(_fields, children(part)[:MOST_ADDRESSES])
            yield from _fields_in_text(content(part)[:MOST_REPORT])


def _fields(group: Message) -> dict[str, str]:
    names = ("final-recipient", "original-recipient", "action", "status", "diagnostic-code")
    return {name: value for name in names if (value := header(group, name))}


def _fields_in_text(report: bytes) -> Iterator[dict[str, str]]:
    """Reports whose groups Python does not see: encoded, or broken off by stray lines."""
    text = report.decode("utf-8", "replace").replace("\r\n", "\n")
    found = {match[1].lower(): header_text(match[2]) for match in _FIELD.finditer(text)}
    if found:
        yield found


def _action(fields: dict[str, str]) -> str:
    action = fields.get("action", "").split(";")[0].strip().lower()
    if action in ACTIONS:
        return action
    return "delivered" if fields.get("status", "").startswith("2") else "failed"


def _told_addresses(fields: dict[str, str]) -> tuple[str, ...]:
    told = (fields.get(name, "") for name in ("original-recipient", "final-recipient"))
    return _unique(match[0] for value in told for match in ADDRESS.finditer(value))


def _told_code(fields: dict[str, str]) -> str:
    """The status, unless it is general (x.0.0) and the server said more."""
    status, said = _ENHANCED.search(fields.get("status", "")), _ENHANCED.search(fields.get("diagnostic-code", ""))
    if said and (status is None or status[1].endswith(".0.0")):
        return said[1]
    plain = _PLAIN.search(fields.get("diagnostic-code", ""))
    return status[1] if status else plain[1] if plain else ""


def _told_reply(fields: dict[str, str]) -> str:
    return re.sub(r"^\s*[\w-]+\s*;\s*", "", fields.get("diagnostic-code", ""))[:1000]


def _addresses_in_words(message: Message, told: str) -> tuple[str, ...]:
    named = " ".join(
        header(message, name) for name in ("x-failed-recipients", "x-bounced-address", "x-actual-recipients")
    )
    ours = {
        match[0].lower() for name in ("to", "from", "delivered-to") for match in ADDRESS.finditer(header(message, name))
    }
    in_words = (match[0] for match in ADDRESS.finditer(told))
    return _unique([*ADDRESS.findall(named), *(address for address in in_words if address.lower() not in ours)])


def _unique(addresses: "Iterator[str] | list[str]") -> tuple[str, ...]:
    return tuple(dict.fromkeys(address.strip(".'").lower()[:254] for address in addresses))[:MOST_ADDRESSES]
