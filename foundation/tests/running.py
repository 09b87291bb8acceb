"""The whole portal as a process of its own, with its own data folder, database and port."""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg2
from django.conf import settings

from foundation.tests.waiting import wait_for
from sferum_onboarding.testing import free_redis_database

MANAGE = Path(settings.BASE_DIR) / "manage.py"
PARTS = {"worker", "beat"}


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


@contextlib.contextmanager
def own_parts(data: Path) -> Iterator[dict[str, str]]:
    """Environment of a fresh database and a broker nobody else listens to, of the kinds on which the suite runs."""
    with own_database(data) as database, own_broker() as broker:
        yield database | broker


@contextlib.contextmanager
def own_broker() -> Iterator[dict[str, str]]:
    """The worker of another portal would take the bells of this one, and find nothing in its own database."""
    if not settings.CELERY_BROKER_URL.startswith("redis"):  # the folder lies in the portal's own
        yield {}
        return
    with free_redis_database() as url:
        yield {"CELERY_BROKER_URL": url}


@contextlib.contextmanager
def own_database(data: Path) -> Iterator[dict[str, str]]:
    """Environment of a fresh database of the engine the suite runs on; SQLite lies in the portal's own folder."""
    default = settings.DATABASES["default"]
    if not default["ENGINE"].endswith("postgresql"):
        yield {"DATABASE_URL": f"sqlite:///{data}/portal.sqlite3"}
        return
    name = f"portal_{uuid.uuid4().hex[:12]}"
    place = {"host": default["HOST"], "port": default["PORT"] or 5432, "user": default["USER"]}
    password = default["PASSWORD"]
    admin = psycopg2.connect(dbname="postgres", password=password, **place)
    admin.autocommit = True
    try:
        admin.cursor().execute(f'CREATE DATABASE "{name}"')
        yield {
            "DATABASE_URL": f"postgres://{quote(place['user'])}:{quote(password)}@{place['host']}:{place['port']}/{name}"
        }
    finally:
        admin.cursor().execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        admin.close()


class Portal:
    """`manage.py up` started from a foreign folder; `output` grows as it speaks."""

    def __init__(
        self, data: Path, port: int | None = None, arguments: tuple[str, ...] = (), **environment: str
    ) -> None:
        self.data = data
        self.port = port or free_port()
        if not (data / "static").exists():  # compressing every style sheet again would take longer than the test
            shared = Path(settings.DATA_DIR) / f"static-of-started-portals-{os.environ.get('PYTEST_XDIST_WORKER', '')}"
            shared.mkdir(exist_ok=True)
            (data / "static").symlink_to(shared)
        self.log = Path(tempfile.mkstemp(prefix="up-", suffix=".log", dir=data)[1])
        kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "PORT", "PORTAL_URL"}}
        self.environment = kept | {"PORTAL_DATA": str(data), "PORT": str(self.port)} | environment
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, str(MANAGE), "up", *arguments],
                cwd="/",
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                process_group=0,
            )

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def output(self) -> str:
        return self.log.read_text()

    def manage(self, *arguments: str) -> str:
        """What a management command prints, run on this portal's data."""
        done = subprocess.run(
            [sys.executable, str(MANAGE), *arguments], env=self.environment, capture_output=True, text=True, check=True
        )
        return done.stdout

    def health(self) -> tuple[int, dict[str, Any]]:
        """Status and body of /healthz; 0 while nobody answers."""
        web = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            web.request("GET", "/healthz", headers={"Host": "localhost"})
            answer = web.getresponse()
            return answer.status, json.loads(answer.read())
        except (OSError, ValueError):
            return 0, {}
        finally:
            web.close()

    def wait_until_ready(self, seconds: float = 120) -> None:
        def is_ready() -> bool:
            assert self.process.poll() is None, self.output
            return "Портал работает" in self.output

        try:
            wait_for(is_ready, "the welcome", seconds)
        except AssertionError as error:
            raise AssertionError(f"{error}; so far it said: {self.output}") from None

    def wait_until_ended(self, seconds: float = 60) -> int:
        return self.process.wait(seconds)

    def stop(self) -> int:
        """Exit code after SIGTERM."""
        self.process.send_signal(signal.SIGTERM)
        return self.wait_until_ended()

    def programs(self) -> dict[str, int]:
        """Main processes by name → process id."""
        found = {}
        for pid in _children(self.process.pid):
            command = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
            found[next(name for name in ("gunicorn", "worker", "beat") if name in command)] = pid
        return found

    def family(self) -> set[int]:
        """Every process below the command."""
        found: set[int] = set()
        ask = [self.process.pid]
        while ask:
            below = _children(ask.pop())
            found |= below
            ask += below
        return found


@contextlib.contextmanager
def running_portal(data: Path, *arguments: str, **environment: str) -> Iterator[Portal]:
    """A portal that is ready, on a database of its own; nothing of it is left afterwards."""
    with own_parts(data) as parts:
        portal = Portal(data, arguments=arguments, **parts, **environment)
        try:
            portal.wait_until_ready()
            yield portal
        finally:
            if portal.process.poll() is None:
                portal.stop()


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def _children(pid: int) -> set[int]:
    found = set()
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(FileNotFoundError):
            found |= {int(child) for child in task.read_text().split()}
    return found
