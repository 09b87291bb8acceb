"""A real mail server on this machine that keeps what it gets: the fixture `smtp_sink`, or a process of its own:

python -m correspondence.tests.sink --port 1025 --folder letters/
"""

import argparse
import asyncio
import itertools
import os
import signal
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

ACCEPTED = "250 Message accepted"


@dataclass
class Sink:
    """What was received, and how the next letters are to be treated: each reply is what the server will say."""

    port: int = 0
    received: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)  # every RCPT, refused ones too
    connections: int = 0
    recipient_replies: dict[str, str] = field(default_factory=dict)  # address → "550 5.1.1 No such user"
    sender_reply: str = "250 OK"
    data_reply: str = ACCEPTED
    is_password_good: bool = True
    drops_after_data: bool = False  # takes the letter and goes away without a word
    delay: float = 0.0  # seconds before the answer to DATA
    silence: float = 0.0  # seconds between keeping a letter and saying so
    may_answer: threading.Event | None = None  # what was kept is answered when the test says so
    folder: Path | None = None
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    @property
    def message_ids(self) -> list[str]:
        return [message["Message-ID"] for message in self.received]

    def text(self, index: int = -1) -> str:
        return str(self.received[index].get_content()).replace("\r\n", "\n")

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.connections += 1
        return responses

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        if self.sender_reply.startswith("250"):
            envelope.mail_from = address
        return self.sender_reply

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        self.tried.append(address)
        reply = self.recipient_replies.get(address, "250 OK")
        if reply.startswith("250"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.delay:
            await asyncio.sleep(self.delay)
        if self.data_reply != ACCEPTED:
            return self.data_reply
        self.keep(bytes(envelope.content or b""))
        self.recipients += envelope.rcpt_tos
        await asyncio.sleep(self.silence)
        while self.may_answer and not self.may_answer.is_set():
            await asyncio.sleep(0.01)
        if self.drops_after_data:
            server.transport.abort()
        return ACCEPTED

    def keep(self, content: bytes) -> None:
        if self.folder is None:
            self.received.append(message_from_bytes(content, policy=default))  # type: ignore[arg-type]
        else:
            # Renamed when it is whole: whoever reads the folder never sees half a letter.
            name = f"{next(self._numbers):06d}"
            (self.folder / f"{name}.part").write_bytes(content)
            (self.folder / f"{name}.part").rename(self.folder / f"{name}.eml")

    def authenticate(self, *_: object) -> AuthResult:
        return AuthResult(success=self.is_password_good, handled=False)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def serve(sink: Sink) -> Controller:
    controller = Controller(
        sink, hostname="127.0.0.1", port=sink.port, authenticator=sink.authenticate, auth_require_tls=False
    )
    controller.start()
    return controller


@pytest.fixture
def smtp_sink(settings: Any) -> Iterator[Sink]:
    """A mail server that the portal in trial mode is allowed to write to."""
    sink = Sink(port=free_port())
    controller = serve(sink)
    settings.PORTAL_LIVE, settings.TRIAL_SMTP = False, True
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    yield sink
    controller.stop()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--port", type=int, default=1025)
    options.add_argument("--folder", type=Path, required=True)
    chosen = options.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})  # before any thread is born
    controller = serve(Sink(port=chosen.port, folder=chosen.folder))
    print(f"127.0.0.1:{chosen.port} → {chosen.folder}, process {os.getpid()}", flush=True)
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
    controller.stop()


if __name__ == "__main__":
    main()
