"""Builders for letters that come in."""

import itertools
from collections import Counter
from datetime import timedelta

import time_machine
from django.utils import timezone

from correspondence.models import RawLetter
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


def stored() -> Counter[bytes]:
    """Every letter that lies in the database, and how often."""
    return Counter(bytes(content) for content in RawLetter.objects.values_list("content", flat=True))


def poll_later(minutes: float) -> int:
    with time_machine.travel(timezone.now() + timedelta(minutes=minutes)):
        return poll_mailboxes()
