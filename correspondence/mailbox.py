"""The one module that talks IMAP: it opens a folder, gives out letters without marking them, flags what is stored.

By imaplib itself; imap-tools only spells the names of folders. Its MailBox connects inside a constructor, where a
server that drips cannot be cut; its `flag` expunges the folder, which erases for good what people have put aside; its
`fetch` parses what has to be stored first.
"""

import imaplib
import logging
import re
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

from django.utils import timezone
from imap_tools.imap_utf7 import utf7_encode

from correspondence.places import Place
from correspondence.wire import Watchdog

logger = logging.getLogger(__name__)

TIMEOUT = 15.0  # seconds in which the server says nothing at all
DEADLINE = 30.0  # seconds for one command, be it a letter of LARGEST bytes at 3 Mbit/s
LARGEST = 10 * 2**20  # bytes; scans of an order fit, and a worker holds a letter in memory several times over
BEGINNING = 2**20  # bytes stored of a larger one: headers, the words of a person, the first names of what hangs on it
LONGEST = 2 * LARGEST  # bytes the server may send at once: some name a size that is not quite the letter's
HIGHEST = 2**32 - 1  # numbers of IMAP: UID and UIDVALIDITY

NO_ANSWER = "Почтовый сервер не отвечает."
BROKEN_OFF = "Почтовый сервер прервал разговор или ответил непонятно."
NOT_GIVEN = "Почтовый сервер не отдаёт письмо."
WORDS: list[tuple[type[Exception], str]] = [
    (socket.gaierror, "Имя почтового сервера не найдено."),
    (ConnectionRefusedError, "Почтовый сервер не принимает соединений."),
    (TimeoutError, NO_ANSWER),
    (ssl.SSLError, "Защищённое соединение с почтовым сервером не получилось: не подходит сертификат или способ."),
]

_UID = re.compile(rb"\bUID (\d{1,10})\b", re.IGNORECASE)
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d{1,18})\b", re.IGNORECASE)


class Trouble(Exception):
    """The folder cannot be read now; in words for people, with what the server said."""

    def __init__(self, words: str, reply: str = "") -> None:
        super().__init__(words)
        self.words, self.reply = words, reply


class SignInRefused(Trouble):
    """Name or password: asking again at once would only get the mailbox locked."""


class Lost(Trouble):
    """The connection is gone or no longer makes sense; another one may do better."""


class NotGiven(Trouble):
    """The server refuses this letter and goes on with others."""


@dataclass(frozen=True)
class Outline:
    size: int  # bytes, as the server counts them
    received_at: datetime

    @property
    def is_large(self) -> bool:
        return self.size > LARGEST


class _Client(imaplib.IMAP4):
    """Talks over a socket that is ours already, and takes no more bytes than a letter may have."""

    def __init__(self, sock: socket.socket, host: str) -> None:
        self._given = sock
        super().__init__(host)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        return self._given

    def read(self, size: int) -> bytes:
        if size > LONGEST:
            raise self.abort(f"literal of {size} bytes")
        return super().read(size)


class Session:
    """A folder that has been opened; each command has its DEADLINE and raises nothing but Trouble."""

    uidvalidity: int

    def __init__(self, place: Place) -> None:
        self._place = place
        self._line: socket.socket | None = None
        self._imap: _Client | None = None
        self._is_cut = self._is_lost = False
        self._watchdog = Watchdog(self._cut)

    def __enter__(self) -> Self:
        self._watchdog.start()
        try:
            with self._talk():
                self._imap = imap = self._connect()
                self._sign_in(imap)
                self.uidvalidity = self._select(imap)
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(self, *exception: object) -> None:
        if not self._is_lost:
            with suppress(Trouble), self._talk():
                self._client.logout()
        self._close()

    def uids_after(self, uid: int) -> list[int]:
        """In their order, which is that of coming."""
        with self._talk():
            # «9:*» always names the last letter, also where it is the eighth.
            return [found for found in self._search(f"{uid + 1}:*") if found > uid]

    def outline(self, uid: int) -> Outline | None:
        """None where the letter is no longer in the folder."""
        with self._talk():
            said, _ = self._fetch(uid, "(UID RFC822.SIZE INTERNALDATE)")
            if size := _SIZE.search(said):
                return Outline(int(size[1]), _moment(said))
            if uid in self._search(str(uid)):
                raise NotGiven(NOT_GIVEN, self._clean(said))
            return None

    def content(self, uid: int, outline: Outline) -> bytes:
        """The letter as it came, of a large one its beginning. It stays unread in the mailbox."""
        part = f"<0.{BEGINNING}>" if outline.is_large else ""
        with self._talk():
            said, content = self._fetch(uid, f"(UID BODY.PEEK[]{part})")
            if content is None:
                raise NotGiven(NOT_GIVEN, self._clean(said))
            return content

    def flag(self, uids: list[int]) -> None:
        """Marks as read. What the server refuses to mark only stays bold in somebody's list."""
        with self._talk():
            numbers = ",".join(map(str, uids))
            status, data = self._client.uid("STORE", numbers, "+FLAGS.SILENT", r"(\Seen)")
            if status != "OK":
                logger.warning("%s: letters could not be marked as read: %s", self._place.name, self._clean(data))

    @property
    def _client(self) -> _Client:
        if self._imap is None:
            raise Lost(BROKEN_OFF)
        return self._imap

    def _connect(self) -> _Client:
        host, security = self._place.host, self._place.security
        sock = socket.create_connection((host, self._place.port), TIMEOUT)
        self._line = sock.dup()  # the connection itself, to cut it even in the middle of a handshake
        if security == "ssl":
            sock = ssl.create_default_context().wrap_socket(sock, server_hostname=host)
        client = _Client(sock, host)
        if security == "tls":
            client.starttls(ssl.create_default_context())
        return client

    def _sign_in(self, client: _Client) -> None:
        user, password = self._place.user, self._place.password
        try:
            if "AUTH=PLAIN" in client.capabilities:  # takes every letter and sign; LOGIN only plain ones
                client.authenticate("PLAIN", lambda _: f"\0{user}\0{password}".encode())
            else:
                client.login(user, password)
        except client.abort:
            raise
        except client.error as error:
            words = "Почтовый сервер не принял имя или пароль."
            if "[UNAVAILABLE]" in str(error):
                raise Trouble("Почтовый сервер сейчас не может проверить пароль.", self._clean(error)) from error
            raise SignInRefused(words, self._clean(error)) from error

    def _select(self, client: _Client) -> int:
        """UIDVALIDITY of the folder."""
        spelled = utf7_encode(self._place.folder).decode().replace("\\", r"\\").replace('"', r"\"")
        try:
            status, data = client.select(f'"{spelled}"')
        except client.readonly as error:
            words = f"Папка «{self._place.folder}» открывается только для чтения: портал не сможет отмечать письма."
            raise Trouble(words, self._clean(error)) from error
        if status != "OK":
            raise Trouble(f"Папка «{self._place.folder}» не открывается: есть ли она?", self._clean(data))
        said = client.response("UIDVALIDITY")[1][0] or b""
        if not said.isdigit() or not 0 < int(said[:11]) <= HIGHEST:
            raise Trouble("Почтовый сервер не нумерует письма (нет UIDVALIDITY).", self._clean(said))
        return int(said)

    def _search(self, numbers: str) -> list[int]:
        status, data = self._client.uid("SEARCH", "UID", numbers)
        if status != "OK":
            raise Trouble("Почтовый сервер не даёт списка писем.", self._clean(data))
        words = b" ".join(part for part in data if isinstance(part, bytes)).split()
        numbered = {int(word) for word in words if word.isdigit() and len(word) <= 10}
        return sorted(uid for uid in numbered if 0 < uid <= HIGHEST)

    def _fetch(self, uid: int, what: str) -> tuple[bytes, bytes | None]:
        """What the server said of this letter, and what it gave. News of other letters may stand between."""
        status, data = self._client.uid("FETCH", str(uid), what)
        if status != "OK":
            raise NotGiven(NOT_GIVEN, self._clean(data))
        said, content = b"", None
        for head, literal in _answers(data):
            named = _UID.search(head)
            if named and int(named[1]) == uid:
                said += head
                content = literal if content is None else content
        return said, content

    @contextmanager
    def _talk(self) -> Iterator[None]:
        try:
            with self._watchdog.within(DEADLINE):
                yield
        except Lost:
            self._is_lost = True
            raise
        except Trouble:
            raise
        except Exception as error:  # imaplib raises whatever a garbled answer leads it into
            self._is_lost = True
            known = (words for kind, words in WORDS if isinstance(error, kind))
            raise Lost(NO_ANSWER if self._is_cut else next(known, BROKEN_OFF), self._clean(error)) from error

    def _cut(self) -> None:
        self._is_cut = True
        if self._line is not None:
            with suppress(OSError):
                self._line.shutdown(socket.SHUT_RDWR)

    def _close(self) -> None:
        self._watchdog.stop()
        if self._imap is not None:
            with suppress(OSError, imaplib.IMAP4.error):
                self._imap.shutdown()
        if self._line is not None:
            self._line.close()

    def _clean(self, said: Any) -> str:
        """The server's words for a page: no signs that a database refuses, and no password, should it be echoed."""
        if isinstance(said, list):
            said = b" ".join(part for part in said if isinstance(part, bytes))
        if isinstance(said, Exception):
            said = f"{type(said).__name__}: {said}"
        text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        shown = "".join(sign if sign.isprintable() else " " for sign in text[:2000])
        return shown.replace(self._place.password, "•••")


def _answers(data: list[Any]) -> Iterator[tuple[bytes, bytes | None]]:
    """imaplib's parts put together again: what was said of one letter, before and after its bytes, and the bytes."""
    head, literal = b"", None
    for part in data:
        if isinstance(part, tuple):
            begins, text, content = True, part[0], part[1]
        elif isinstance(part, bytes):
            begins, text, content = part[:1].isdigit(), part, None
        else:
            continue
        if begins:
            yield head, literal
            head, literal = text, content
        else:
            head += text
    yield head, literal


def _moment(said: bytes) -> datetime:
    """When the server got the letter; now, where it names no such moment or one to come."""
    now = timezone.now()
    try:
        parsed = imaplib.Internaldate2tuple(said)
        return min(now, datetime.fromtimestamp(time.mktime(parsed), UTC)) if parsed else now
    except (ValueError, OverflowError, OSError):
        return now
