"""From a stored letter to the bytes that go over the wire."""

from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime, formataddr, parseaddr

from django.conf import settings

from correspondence.models import Lane, Letter
from foundation.tokens import sign


class RussianHeaders(EmailPolicy):
    """Python 3.11 loses or adds a space where it breaks long Russian words of a header; its older `Header` does not.

    A Message-ID of Exchange is longer than Python's line, so it would be encoded, and an encoded one is in no thread.
    """

    def fold_binary(self, name: str, value: str) -> bytes:
        if name in ("In-Reply-To", "References"):
            return f"{name}: {f'{self.linesep} '.join(value.split())}{self.linesep}".encode("ascii")
        if name not in ("Subject", "From") or value.isascii():
            return super().fold_binary(name, value)
        words, address = (str(value), "") if name == "Subject" else parseaddr(value)
        folded = Header(words, "utf-8", header_name=name).encode(linesep=self.linesep)
        return f"{name}: {folded}{f' <{address}>' if address else ''}{self.linesep}".encode()


WIRE = RussianHeaders() + SMTP


def compose(letter: Letter) -> bytes:
    """The same letter at every attempt: same Message-ID, same date; only its links are signed anew."""
    message = EmailMessage(policy=WIRE)
    message["From"] = formataddr(parseaddr(settings.DEFAULT_FROM_EMAIL))
    message["To"] = wire_address(letter.recipient)
    message["Subject"] = letter.subject
    message["Message-ID"] = letter.message_id
    message["Date"] = format_datetime(letter.created_at)
    if letter.reply_to:
        message["Reply-To"] = wire_address(letter.reply_to)
    if letter.lane != Lane.CASE:
        message["Auto-Submitted"] = "auto-generated"  # an out-of-office answer to a notice helps nobody
    for name, value in letter.headers.items():
        message[name] = value
    message.set_content(with_links(letter), cte="base64")
    return message.as_bytes()


def with_links(letter: Letter) -> str:
    text = letter.text
    for name, link in letter.links.items():
        token = sign(link["purpose"], link["object_id"], link["version"])
        text = text.replace(f"[[{name}]]", settings.PORTAL_URL + link["path"].replace("{token}", token))
    return text


def wire_address(address: str) -> str:
    """школа@томск.рф is kept as people write it and travels as school servers understand it."""
    mailbox, _, domain = address.rpartition("@")
    return f"{mailbox}@{domain.encode('idna').decode()}"


def envelope_sender() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
