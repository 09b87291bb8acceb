"""Builders for letters that come in."""

import itertools
from collections import Counter
from datetime import timedelta

import time_machine
from django.utils import timezone

from correspondence.identity import identity_of
from correspondence.models import IncomingLetter, IncomingStatus, Mailbox, RawLetter
from correspondence.polling import poll_mailboxes

_numbers = itertools.count(1)


def make_raw(text: str = "Здравствуйте, организация зарегистрирована.", message_id: str = "") -> bytes:
    number = next(_numbers)
    lines = [
        "From: info@sferum.example",
        "Subject: =?utf-8?b?0J7RgtCy0LXRgg==?=",
        f"Message-ID: {message_id or f'<{number}@sferum.example>'}",
        "Content-Type: text/plain; charset=utf-8",
        "",
        f"{text} № {number}",
        "",
    ]
    return "\r\n".join(lines).encode()


def make_incoming(**fields) -> IncomingLetter:
    """A letter that has come and been read."""
    content, number = make_raw(), next(_numbers)
    known = {
        "mailbox": Mailbox.named("vera@localhost/INBOX"),
        "uidvalidity": 7,
        "uid": number,
        "identity": identity_of(content),
        "size": len(content),
        "received_at": timezone.now(),
        "status": IncomingStatus.READ,
        "subject": f"Ответ {number}",
    }
    letter = IncomingLetter.objects.create(**(known | fields))
    RawLetter.objects.create(incoming=letter, content=content)
    return letter


def stored() -> Counter[bytes]:
    """Every letter that lies in the database, and how often."""
    return Counter(bytes(content) for content in RawLetter.objects.values_list("content", flat=True))


def poll_later(minutes: float) -> int:
    with time_machine.travel(timezone.now() + timedelta(minutes=minutes)):
        return poll_mailboxes()
