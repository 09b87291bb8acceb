"""Builders of letters that came in, as they stand once they have been read."""

import itertools
from hashlib import sha256

from django.utils import timezone

from correspondence.models import IncomingLetter, IncomingStatus, Mailbox, RawLetter

_uids = itertools.count(1)


def make_incoming(raw=b"Subject: test\r\n\r\ntext", **fields) -> IncomingLetter:
    uid = next(_uids)
    mailbox, _ = Mailbox.objects.get_or_create(name="sferum@region.example/INBOX")
    values = {
        "mailbox": mailbox,
        "uidvalidity": 1,
        "uid": uid,
        "identity": sha256(str(uid).encode()).hexdigest(),
        "size": 100,
        "received_at": timezone.now(),
        "status": IncomingStatus.READ,
        "message_id": f"<in-{uid}@sferum.example>",
        "sender": "info@sferum.ru",
        "sender_name": "Поддержка Сферума",
        "subject": "Ответ",
        "text": "Добрый день!",
    }
    incoming = IncomingLetter.objects.create(**(values | fields))
    RawLetter.objects.create(incoming=incoming, content=raw)
    return incoming


def answer_to(letter, **fields) -> IncomingLetter:
    """An answer in the thread of one of our letters."""
    values = {"references": [letter.message_id], "in_reply_to": letter.message_id, "subject": f"Re: {letter.subject}"}
    return make_incoming(**(values | fields))
