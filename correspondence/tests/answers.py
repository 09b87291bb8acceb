"""Builders of letters of Sferum, as they stand once they have been read."""

import itertools
from email.message import EmailMessage

from correspondence.models import IncomingLetter, RawLetter
from correspondence.tests import incoming

_numbers = itertools.count(1)


def make_incoming(raw: bytes = b"", **fields) -> IncomingLetter:
    values = {
        "message_id": f"<in-{next(_numbers)}@sferum.example>",
        "sender": "info@sferum.ru",
        "sender_name": "Поддержка Сферума",
        "subject": "Ответ",
        "text": "Добрый день!",
    }
    letter = incoming.make_incoming(**(values | fields))
    if raw:
        RawLetter.objects.filter(incoming=letter).update(content=raw)
    return letter


def answer_to(letter, **fields) -> IncomingLetter:
    """An answer in the thread of one of our letters."""
    values = {"references": [letter.message_id], "in_reply_to": letter.message_id, "subject": f"Re: {letter.subject}"}
    return make_incoming(**(values | fields))


def reply_to(sent: EmailMessage, text: str, **headers: str) -> bytes:
    """What a mail program sends in answer to a letter that it got: own words above, the letter quoted below."""
    message = EmailMessage()
    message["From"], message["To"] = "Поддержка Сферума <info@sferum.ru>", "sferum@region.example"
    message["Subject"], message["Message-ID"] = f"Re: {sent['Subject']}", f"<re-{next(_numbers)}@sferum.ru>"
    message["In-Reply-To"] = message["References"] = sent["Message-ID"]
    for name, value in headers.items():
        message[name] = value
    quote = "\n".join(f"> {line}" for line in str(sent.get_content()).splitlines())
    message.set_content(f"{text}\n\nср, 25 нояб. 2026 г. в 10:15, Портал <portal@region.example>:\n{quote}\n")
    return message.as_bytes()
