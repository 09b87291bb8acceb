"""Builders of letters of Sferum, as they stand once they have been read."""

import itertools

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
