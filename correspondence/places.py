"""Which mailboxes are read: the addresses of the setting MAILBOXES."""

import logging
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from django.conf import settings

from correspondence.wire import is_loopback

logger = logging.getLogger(__name__)

PORTS = {"ssl": 993, "tls": 143, "": 143}
EXAMPLE = "imap+ssl://имя:пароль@imap.example.ru/INBOX"


@dataclass(frozen=True)
class Place:
    """A folder on a server and how to get in."""

    security: str
    """`ssl`, `tls` (STARTTLS) or nothing."""
    host: str
    port: int
    user: str
    password: str = field(repr=False)
    folder: str

    @property
    def name(self) -> str:
        """How the database calls it: what changes with a new password or port is not part of it."""
        return f"{self.user}@{self.host}/{self.folder}"

    @property
    def is_allowed(self) -> bool:
        """A fresh install asks nobody outside this machine."""
        return bool(settings.PORTAL_LIVE) or is_loopback(self.host)


def read_place(address: str) -> Place:
    """ValueError says in Russian what is wrong with the address; the password is never in it."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise ValueError(f"адрес не читается, нужен вида {EXAMPLE}") from None
    protocol, _, security = parts.scheme.partition("+")
    if protocol != "imap" or security not in PORTS:
        raise ValueError("адрес должен начинаться с imap+ssl:// или imap+tls://")
    host, user, password = parts.hostname or "", unquote(parts.username or ""), unquote(parts.password or "")
    if not (host and user and password):
        raise ValueError(f"нужны сервер, имя и пароль: {EXAMPLE}")
    if parts.query or parts.fragment or not f"{user}{password}{unquote(parts.path)}".isprintable():
        raise ValueError("знаки @ : / ? # % и запятая в имени, пароле и папке пишутся кодами: %40, %3A и так далее")
    if not security and not is_loopback(host):
        raise ValueError("без шифрования (imap://) читается только ящик на этой же машине: нужен imap+ssl://")
    place = Place(security, host, port or PORTS[security], user, password, unquote(parts.path[1:]) or "INBOX")
    if len(place.name) > 200:
        raise ValueError("имя, сервер и папка вместе длиннее 200 знаков")
    return place


def places() -> list[Place]:
    """What is to be read, each folder once. `manage.py check` tells about the addresses that cannot be."""
    found: dict[str, Place] = {}
    for number, address in enumerate(settings.MAILBOXES, 1):
        try:
            place = read_place(address)
        except ValueError as error:
            logger.error("MAILBOXES, address %s: %s", number, error)
        else:
            found.setdefault(place.name, place)
    return [place for place in found.values() if place.is_allowed]
