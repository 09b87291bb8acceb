"""Web processes, a PostgreSQL and visitors of the fault trials: all real, all our own, on free ports."""

import http.client
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from urllib.parse import urlencode

import psycopg2
from django.conf import settings
from django.db import connection
from django.test import Client

from accounts.models import User
from correspondence.tests.workers import database_url
from foundation.tests.running import free_port
from foundation.tests.waiting import wait_for

CSRF = "0123456789abcdefghijABCDEFGHIJ01"  # a visitor's own: cookie and form must agree, that is all
THREADS = 8


@dataclass
class Answer:
    status: int  # 0: nobody answered in time
    seconds: float
    location: str = ""
    text: str = ""


@dataclass
class Visitor:
    """One browser at the web process; with a `user`, signed in."""

    port: int
    user: User | None = None
    timeout: float = 30
    cookies: dict[str, str] = field(default_factory=lambda: {"portal_csrf": CSRF})

    def __post_init__(self) -> None:
        if self.user:
            client = Client()
            client.force_login(self.user)
            self.cookies["portal_session"] = client.cookies["portal_session"].value

    def get(self, path: str) -> Answer:
        return self._ask("GET", path, None)

    def post(self, path: str, **typed: str) -> Answer:
        return self._ask("POST", path, urlencode(typed | {"csrfmiddlewaretoken": CSRF}))

    def _ask(self, method: str, path: str, body: str | None) -> Answer:
        headers = {"Host": "localhost", "Cookie": "; ".join(f"{key}={value}" for key, value in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        web, begun = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout), time.monotonic()
        try:
            web.request(method, path, body, headers)
            answer = web.getresponse()
            text = answer.read().decode()
            return Answer(answer.status, time.monotonic() - begun, answer.getheader("Location", ""), text)
        except (OSError, http.client.HTTPException):
            return Answer(0, time.monotonic() - begun)
        finally:
            web.close()


def at_once(acts: list[Callable[[], Answer]], threads: int = 4) -> list[Answer]:
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(lambda act: act(), acts))


def p95(answers: list[Answer]) -> float:
    return quantiles([answer.seconds for answer in answers], n=20)[-1]


def statuses(answers: list[Answer]) -> Counter[int]:
    return Counter(answer.status for answer in answers)


@contextmanager
def web_process(folder: Path, broker: str, database: str = "", **environment: str) -> Iterator[int]:
    """Gunicorn as `manage.py up` starts it; its port."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "sferum_onboarding.wsgi", "--bind", f"127.0.0.1:{port}"]
    command += ["--worker-class", "gthread", "--workers", "1", "--threads", str(THREADS), "--log-level", "critical"]
    env = {
        "DJANGO_SETTINGS_MODULE": "sferum_onboarding.tests.trial_settings",
        "DATABASE_URL": database or database_url(),
        "CELERY_BROKER_URL": broker,
        "PORTAL_DATA": str(folder),
        "SECRET_KEY": settings.SECRET_KEY,
        "PORTAL_URL": f"http://localhost:{port}",
        "LOG_LEVEL": "CRITICAL",
    }
    process = subprocess.Popen(command, env=os.environ | env | environment, cwd=settings.BASE_DIR)
    try:
        wait_for(lambda: Visitor(port).get("/healthz").status == 200, "the web process", 60)
        yield port
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class Cluster:
    """A PostgreSQL of our own with a copy of the test's database in it: it may be restarted as one likes."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        at = connection.settings_dict
        self.url = f"postgres://postgres@127.0.0.1:{self.port}/{at['NAME']}"
        self._run("initdb", "-D", f"{folder}/data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
        options = f"-p {self.port} -h 127.0.0.1 -k {folder}"
        self._run("pg_ctl", "-D", f"{folder}/data", "-l", f"{folder}/log", "-w", "start", "-o", options)
        source = ["-h", at["HOST"], "-p", str(at["PORT"] or 5432), "-U", at["USER"], "-d", at["NAME"], "--create"]
        copy = self._run("pg_dump", "--no-owner", *source, PGPASSWORD=at["PASSWORD"])
        self._run("psql", "-q", "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", given=copy)

    def restart(self, mode: str = "fast") -> None:
        self._run("pg_ctl", "-D", f"{self.folder}/data", "-m", mode, "-w", "restart", "-l", f"{self.folder}/log")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", f"{self.folder}/data", "-m", "immediate", "-w", "stop")

    def column(self, statement: str) -> set[str]:
        place = psycopg2.connect(self.url)
        try:
            cursor = place.cursor()
            cursor.execute(statement)
            return {str(row[0]) for row in cursor.fetchall()}
        finally:
            place.close()

    def _run(self, program: str, *arguments: str, given: str = "", **env: str) -> str:
        """The server programs of PostgreSQL refuse to run as root."""
        who = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        command = [*who, program_of_postgres(program), *arguments]
        # The log is a file: a server that holds our pipe open would be waited for.
        with tempfile.TemporaryFile("w+") as said:
            subprocess.run(command, input=given, stdout=said, stderr=said, text=True, check=True, env=os.environ | env)
            said.seek(0)
            return said.read()


def program_of_postgres(name: str) -> str:
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(found[-1]) if found else shutil.which(name) or ""


@contextmanager
def own_postgres() -> Iterator[Cluster]:
    with tempfile.TemporaryDirectory(prefix="portal-pg-") as name:
        folder = Path(name)
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        cluster = Cluster(folder)
        try:
            yield cluster
        finally:
            cluster.stop()
