"""What a caller hands over to be sent, checked before it becomes a row: what a person typed never adds a header."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from correspondence.statuses import Lane

HEADER_NAME = re.compile(r"(In-Reply-To|References|X-[A-Za-z0-9-]{1,60})")
_valid_address = EmailValidator(message="Проверьте адрес почты.", allowlist=[])


@dataclass(frozen=True)
class Link:
    """Where a signed link stands: [[name]] in the text, {token} in `path`. Signed when sending, never stored."""

    path: str
    purpose: str
    object_id: int
    version: int = 1


@dataclass(frozen=True)
class Draft:
    """One letter to one recipient. Until `not_before` it lies still and can be withdrawn."""

    dedupe_key: str
    to: str
    subject: str
    text: str
    lane: Lane = Lane.NOTICE
    queue: str = ""
    thread: str = ""
    reply_to: str = ""
    links: Mapping[str, Link] | None = None
    not_before: datetime | None = None
    headers: Mapping[str, str] | None = None

    def __post_init__(self) -> None:
        check_address(self.to)
        if self.reply_to:
            check_address(self.reply_to)
        check_header(self.subject, most=500)
        if len(self.dedupe_key) > 400 or len(self.queue) > 100 or len(self.thread) > 100:
            raise ValueError("A key of a letter is too long.")
        for name, value in (self.headers or {}).items():
            if not HEADER_NAME.fullmatch(name):
                raise ValidationError(f"Заголовок {name!r} письму задать нельзя.")
            check_header(value, most=8000)
        if "\0" in self.text:
            raise ValidationError("В тексте письма есть недопустимый знак.")


def check_address(address: str) -> None:
    """One address at a real domain: no list, no display name, no `a@localhost`, no `a@[127.0.0.1]`."""
    _valid_address(address)
    if len(address) > 254 or "[" in address or not address.isprintable():
        raise ValidationError("Проверьте адрес почты.")


def is_address(text: str) -> bool:
    """Whether a letter can be written to it: one bad address among many keeps back its own letter only."""
    try:
        check_address(text)
    except ValidationError:
        return False
    return True


def check_header(value: str, most: int) -> None:
    if any(unicodedata.category(character) in ("Cc", "Zl", "Zp", "Cs") for character in value):
        raise ValidationError("Тема письма – одна строка без управляющих знаков.")
    if len(value) > most:
        raise ValidationError(f"Тема письма длиннее {most} знаков.")
