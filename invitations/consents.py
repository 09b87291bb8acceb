"""The consent document in all its versions. What somebody has agreed to never changes: a test holds each hash."""

import hashlib
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from django.conf import settings


@dataclass(frozen=True)
class ConsentVersion:
    version: str
    since: date
    lets_class_teacher_see: bool = True
    """The names only: whoever agreed to an earlier text was promised that the administrator alone looks at them."""

    @property
    def template(self) -> str:
        return f"invitations/consent/{self.version}.html"

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the text as it lies in the portal, before the school's name is set in."""
        return hashlib.sha256((Path(settings.BASE_DIR) / "templates" / self.template).read_bytes()).hexdigest()


_ALL = [
    ConsentVersion("2026-11", date(2026, 11, 1), lets_class_teacher_see=False),
    ConsentVersion("2026-11-2", date(2026, 11, 25)),
]
VERSIONS = {consent.version: consent for consent in _ALL}
CURRENT = _ALL[-1]
