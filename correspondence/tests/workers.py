"""Real Celery workers as processes of their own, on the database of the test."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

import redis
from celery import Celery
from django.conf import settings
from django.db import connection

from correspondence.models import Letter
from correspondence.statuses import OPEN
from correspondence.tests.sink import Sink, free_port
from foundation.tests.waiting import wait_for

BROKERS = ["folder", *(["redis"] if shutil.which("redis-server") else [])]
PROCESSES = 2


def database_url() -> str:
    at = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{at['NAME']}"
    return f"postgres://{at['USER']}:{at['PASSWORD']}@{at['HOST']}:{at['PORT']}/{at['NAME']}"


@contextmanager
def broker_url(kind: str, folder: Path) -> Iterator[str]:
    if kind == "folder":
        yield "filesystem://localhost//"
        return
    port = free_port()
    command = ["redis-server", "--port", str(port), "--save", "", "--dir", str(folder)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        wait_for(lambda: is_listening(port), "Redis")
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.send_signal(signal.SIGCONT)
        server.terminate()
        server.wait(10)


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def stopped_redis(url: str) -> Iterator[None]:
    """It still accepts connections (the kernel does) and never answers."""
    with redis.from_url(url) as client:
        pid = int(client.info("server")["process_id"])
    os.kill(pid, signal.SIGSTOP)
    yield


class Worker:
    """`celery worker` in a process group of its own, so that a kill takes all of it, and its schedule beside it."""

    def __init__(self, folder: Path, broker: str, sink: Sink, *, app: str = "sferum_onboarding", **env: str) -> None:
        """`app` is a test build in the trials that need one, see careless.py."""
        self.app = app
        self.bell = Celery(broker=broker, set_as_current=False)
        if broker.startswith("filesystem"):
            queue = str(folder / "broker" / "queue")
            options = {"data_folder_in": queue, "data_folder_out": queue, "control_folder": f"{folder}/broker/control"}
            self.bell.conf.broker_transport_options = options
        self.env = os.environ | {
            "DATABASE_URL": database_url(),
            "PORTAL_DATA": str(folder),
            "CELERY_BROKER_URL": broker,
            "SECRET_KEY": settings.SECRET_KEY,
            "EMAIL_URL": f"smtp://127.0.0.1:{sink.port}",
            "TRIAL_SMTP": "1",
            **env,
        }

    def __enter__(self) -> Self:
        self.beat = self.another_beat("beat-schedule")
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        for process in (self.beat, self.process):
            process.terminate()
        for process in (self.beat, self.process):
            try:
                process.wait(20)
            finally:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)

    def start(self) -> None:
        self.process = self._celery("worker", "--concurrency", str(PROCESSES), "--without-mingle", "--without-gossip")

    def another_beat(self, memory: str) -> "subprocess.Popen[bytes]":
        """A schedule that keeps in the file `memory` when it last did what; whoever starts it ends it."""
        return self._celery("beat", "--pidfile", "", "--schedule", f"{self.env['PORTAL_DATA']}/{memory}")

    def ring(self) -> None:
        """What an action of a person does after its commit."""
        self.bell.send_task("correspondence.tasks.deliver")

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)

    def kill_children(self) -> None:
        """The main process lives on and starts others in their place."""
        for pid in Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split():
            with suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)

    def _celery(self, *command: str) -> "subprocess.Popen[bytes]":
        program = [sys.executable, "-m", "celery", "--quiet", "-A", self.app]
        return subprocess.Popen(
            [*program, *command, "--loglevel", "ERROR"], env=self.env, cwd=settings.BASE_DIR, start_new_session=True
        )


def wait_until_all_are_final() -> None:
    wait_for(lambda: not Letter.objects.filter(status__in=OPEN).exists(), "the last letter")
