"""Mail servers with mailboxes: a real Dovecot, and one of our own for what Dovecot never does.

Dovecot runs in the foreground under the user of the tests (under `nobody` where that is root), on loopback, in a folder
of its own. Where it is not installed its tests are skipped, but never under REQUIRE_ALL=1.
"""

import datetime
import imaplib
import itertools
import os
import shutil
import signal
import socketserver
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from getpass import getuser
from grp import getgrgid
from pathlib import Path
from pwd import getpwnam
from typing import Any
from urllib.parse import quote

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from correspondence.tests.sink import free_port
from correspondence.tests.workers import is_listening
from foundation.tests.waiting import wait_for

DOVECOT = "/usr/sbin/dovecot"
PASSWORD = "пароль, 50% @дома"
CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{folder}/certificate.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
auth_failure_delay = 0
mail_location = maildir:{folder}/mail/%u
mail_fsync = never
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=everybody {folder}/passwords
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/mail/%u
}}
"""


class Dovecot:
    def __init__(self) -> None:
        self.user = "nobody" if os.getuid() == 0 else getuser()
        self.group = getgrgid(getpwnam(self.user).pw_gid).gr_name
        self.folder = Path(tempfile.mkdtemp(prefix="imap-"))  # short: Unix sockets live in it
        self.port, self.tls_port = free_port(), free_port()
        (self.folder / "mail").mkdir()
        write_certificate(self.folder)
        (self.folder / "passwords").write_text(f"everybody:{PASSWORD}\n")
        values = {name: getattr(self, name) for name in ("folder", "user", "group", "port", "tls_port")}
        (self.folder / "dovecot.conf").write_text(CONFIGURATION.format(**values))
        self._give(self.folder, *self.folder.iterdir())

    def start(self) -> None:
        identity = {"user": self.user, "group": self.group, "extra_groups": []} if os.getuid() == 0 else {}
        command = [DOVECOT, "-F", "-c", str(self.folder / "dovecot.conf")]
        self.process = subprocess.Popen(command, stderr=subprocess.DEVNULL, start_new_session=True, **identity)
        wait_for(lambda: is_listening(self.port), "Dovecot")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)

    def crash(self) -> None:
        """At once, with everybody who talks to it."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)

    def _give(self, *paths: Path) -> None:
        if os.getuid() == 0:
            for path in paths:
                shutil.chown(path, self.user, self.group)


class Box:
    """The mailbox of one person on it."""

    numbers = itertools.count(1)

    def __init__(self, server: Dovecot) -> None:
        self.server = server
        self.user = f"box{next(self.numbers)}@example.ru"
        self.maildir = server.folder / "mail" / self.user

    def address(self, folder: str = "INBOX", security: str = "", password: str = PASSWORD) -> str:
        port = self.server.tls_port if security == "+ssl" else self.server.port
        return f"imap{security}://{quote(self.user)}:{quote(password, safe='')}@localhost:{port}/{quote(folder)}"

    def put(self, *letters: bytes, folder: str = "") -> None:
        """As a mail server delivers them: a file each."""
        place = self.maildir / folder / "new"
        for path in (place, place.parent / "cur", place.parent / "tmp"):
            if not path.exists():
                path.mkdir(parents=True)
        for parent in (self.maildir, place.parent, *place.parent.iterdir()):
            self.server._give(parent)
        for letter in letters:
            (place / f"{next(self.numbers):08d}.portal").write_bytes(letter)

    def open(self) -> imaplib.IMAP4:
        client = imaplib.IMAP4("localhost", self.server.port)
        client.authenticate("PLAIN", lambda _: f"\0{self.user}\0{PASSWORD}".encode())
        client.select("INBOX")
        return client

    def unread(self) -> int:
        with self.open() as client:
            return len(client.search(None, "UNSEEN")[1][0].split())

    def renumber(self) -> None:
        """What happens when a mailbox moves to another server: UIDVALIDITY is another one, and so is each UID."""
        for path in self.maildir.glob("dovecot*"):
            if "uidvalidity" not in path.name:  # the last one given: the next is higher
                path.unlink()
        for path in self.maildir.glob("*/*.portal*"):
            path.rename(path.with_name(path.name.replace(".portal", ".moved")))


def write_certificate(folder: Path) -> None:
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(datetime.UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(pem))
    (folder / "key.pem").write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    if not Path(DOVECOT).exists() and os.environ.get("REQUIRE_ALL") != "1":
        pytest.skip(f"{DOVECOT} is not installed (Debian: dovecot-imapd)")
    server = Dovecot()
    server.start()
    yield server
    server.stop()
    shutil.rmtree(server.folder)


@pytest.fixture
def box(dovecot: Dovecot, settings: Any) -> Box:
    """An empty mailbox that the portal in trial mode reads."""
    found = Box(dovecot)
    found.put()
    settings.PORTAL_LIVE, settings.MAILBOXES = False, [found.address()]
    return found


class Fickle(socketserver.ThreadingTCPServer):
    """Speaks enough IMAP to give out `letters`, until a command begins like one of `faults`.

    A fault is "drop", "hang", "drip", or what is said instead; {tag} in it is the command's.
    """

    daemon_threads = allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.letters: dict[int, bytes] = {}
        self.faults: dict[str, str] = {}
        self.commands: list[str] = []
        self.stopped = threading.Event()

    @property
    def address(self) -> str:
        return f"imap://vera:secret@127.0.0.1:{self.server_address[1]}/INBOX"

    def said(self, beginning: str) -> int:
        return sum(command.startswith(beginning) for command in self.commands)


class Conversation(socketserver.StreamRequestHandler):
    server: Fickle

    def handle(self) -> None:
        with suppress(OSError, EOFError):
            self.answer("", "GREETING", "* OK ready")
            for line in self.rfile:
                tag, command = line.decode().strip().split(" ", 1)
                self.server.commands.append(command)
                self.answer(tag, command, self.usual(command))

    def answer(self, tag: str, command: str, usual: str) -> None:
        fault = next((text for start, text in self.server.faults.items() if command.startswith(start)), usual)
        if fault == "drop":
            raise EOFError
        while fault in ("hang", "drip") and not self.server.stopped.wait(0.05):
            self.wfile.write(b"*" if fault == "drip" else b"")
        done = "" if "{tag}" in fault or not tag else "{tag} OK done\r\n"
        self.wfile.write(f"{fault}\r\n{done}".lstrip("\r\n").replace("{tag}", tag).encode("latin-1"))

    def usual(self, command: str) -> str:
        match command.split(" ")[:3]:
            case ["CAPABILITY", *_]:
                return "* CAPABILITY IMAP4rev1"
            case ["SELECT", *_]:
                return f"* {len(self.server.letters)} EXISTS\r\n* OK [UIDVALIDITY 7] numbers"
            case ["UID", "SEARCH", *_]:
                first = int(command.split(" ")[3].split(":")[0])
                is_one = ":" not in command
                found = [uid for uid in self.server.letters if uid == first or (uid > first and not is_one)]
                return f"* SEARCH {' '.join(map(str, found))}"
            case ["UID", "FETCH", uid]:
                return self.letter(int(uid), "BODY" in command)
            case ["LOGOUT", *_]:
                return "* BYE"
        return ""

    def letter(self, uid: int, is_whole: bool) -> str:
        content = self.server.letters[uid].decode("latin-1")
        if not is_whole:
            return f'* 1 FETCH (UID {uid} RFC822.SIZE {len(content)} INTERNALDATE " 1-Nov-2026 10:00:00 +0700")'
        return f"* 1 FETCH (UID {uid} BODY[] {{{len(content)}}}\r\n{content})"


@pytest.fixture
def fickle(settings: Any) -> Iterator[Fickle]:
    server = Fickle()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    settings.PORTAL_LIVE, settings.MAILBOXES = False, [server.address]
    yield server
    server.stopped.set()
    server.shutdown()
    server.server_close()
    thread.join()
