"""Links with power: what a link allows is signed into it and stored nowhere.

A token names a purpose, an object and a version. Raising the version on the object revokes every link before it: the
caller compares `Token.version` with the object's own.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.utils.crypto import constant_time_compare, salted_hmac

from foundation.codes import ALPHABET, LENGTH, normalise


@dataclass(frozen=True)
class Token:
    object_id: int
    version: int


class BadToken(Exception):
    """Not ours, for another purpose, or damaged on its way: answer as if there were no such page."""


class ExpiredToken(BadToken):
    """Ours, but too old; `token` tells which object it was for, so that the page can say whom to ask."""

    def __init__(self, token: Token) -> None:
        super().__init__("expired")
        self.token = token


def sign(purpose: str, object_id: int, version: int = 1) -> str:
    return _signer(purpose).sign(f"{signing.b62_encode(object_id)}.{signing.b62_encode(version)}")


def read(purpose: str, token: str, max_age: timedelta) -> Token:
    """What the token was signed for; raises BadToken, or ExpiredToken if it is older than `max_age`."""
    try:
        found = _parse(_signer(purpose).unsign(token))
        _signer(purpose).unsign(token, max_age=max_age)
    except signing.SignatureExpired as error:
        raise ExpiredToken(found) from error
    except signing.BadSignature as error:
        raise BadToken("signature") from error
    return found


def paper_code(purpose: str, object_id: int, version: int) -> str:
    """The same power for typing from paper: always the same 12 characters for the same object and version."""
    return _paper_code(settings.SECRET_KEY, purpose, object_id, version)


def matches_paper_code(typed: str, purpose: str, object_id: int, version: int) -> bool:
    """Whether the typed code is the object's; codes printed under a former SECRET_KEY keep working."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    codes = [_paper_code(key, purpose, object_id, version) for key in keys]
    return any(constant_time_compare(normalise(typed), code) for code in codes)


def _signer(purpose: str) -> signing.TimestampSigner:
    return signing.TimestampSigner(sep=".", salt=f"portal.link.{purpose}")


def _parse(signed: str) -> Token:
    object_id, version = signed.split(".")
    return Token(signing.b62_decode(object_id), signing.b62_decode(version))


def _paper_code(key: str | bytes, purpose: str, object_id: int, version: int) -> str:
    salt = f"portal.paper.{purpose}"
    digest = salted_hmac(salt, f"{object_id}:{version}", secret=key, algorithm="sha256").digest()
    number, code = int.from_bytes(digest), ""
    while len(code) < LENGTH:
        number, place = divmod(number, len(ALPHABET))
        code += ALPHABET[place]
    return code
