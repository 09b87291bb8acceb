"""`make test`: the whole suite on every database and browser found here, and a table of what was not found.

Embedded parts (SQLite, folder broker) are always there. PostgreSQL and Redis are taken from DATABASE_URL_TEST and
REDIS_URL_TEST or from this machine's usual ports; Chromium from the path. REQUIRE_ALL=1 makes an absence a failure.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET  # our own pytest writes what is read here
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import psycopg2
import redis

HERE = Path(__file__).resolve().parent.parent
# Named after this checkout: two suites on one machine must not share a database.
POSTGRES = os.environ.get("DATABASE_URL_TEST") or f"postgres://postgres@127.0.0.1:5432/portal_{crc32(bytes(HERE))}"
REDIS = os.environ.get("REDIS_URL_TEST") or "redis://127.0.0.1:6379"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
NO_TESTS = 5  # pytest's exit code when nothing was selected
OURS = "DATABASE_URL", "CELERY_BROKER_URL", "PORTAL_URL", "PORTAL_LIVE", "EMAIL_URL", "PORT", "PORTAL_DATA"


@dataclass(frozen=True)
class Outcome:
    """One row of the closing table."""

    name: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0
    absent: str = ""

    def __str__(self) -> str:
        if self.absent:
            return f"  {self.name:<34} not run: {self.absent}"
        return f"  {self.name:<34} {self.passed:>6} {self.failed:>6} {self.skipped:>7} {self.seconds:>7.0f} s"


def main() -> int:
    with ExitStack() as stack:
        served, missing = served_parts(stack)
        browser = next(filter(None, map(shutil.which, BROWSERS)), None)
        outcomes = _suite("SQLite, folder", {}, "not browser and not postgres and not faults", browser)
        if served:
            outcomes += _suite("PostgreSQL, Redis", served, "not browser and not faults", browser)
        else:
            outcomes.append(Outcome("PostgreSQL, Redis", absent=missing))
    return _tell(outcomes)


def _suite(parts: str, environment: dict[str, str], marks: str, browser: str | None) -> list[Outcome]:
    """Three files at a time keep two cores busy, for many tests wait; of browser tests two, lest pages come late."""
    found = [_pytest(parts, environment, ["-m", marks, *_files_at_a_time(3)])]
    if browser is None:
        return [*found, Outcome(f"{parts}, browser", absent="Chromium not found")]
    return [*found, _pytest(f"{parts}, browser", environment, ["-m", "browser", *_files_at_a_time(2)])]


def _files_at_a_time(count: int) -> list[str]:
    """Whole files, for their tests share what they have started; in our order, see conftest.py."""
    return ["-n", str(count), "--dist", "loadfile", "--no-loadscope-reorder"]


def _pytest(name: str, environment: dict[str, str], arguments: list[str]) -> Outcome:
    """A crash or an empty report counts as a failure."""
    started = time.monotonic()
    code, report = report_of(name, environment, arguments)
    seconds = time.monotonic() - started
    if code == NO_TESTS:
        return Outcome(name, absent="no such tests")
    counts = [
        {key: int(suite.get(key, 0)) for key in ("tests", "failures", "errors", "skipped")}
        for suite in report.iter("testsuite")
    ]
    failed = sum(count["failures"] + count["errors"] for count in counts)
    skipped = sum(count["skipped"] for count in counts)
    passed = sum(count["tests"] for count in counts) - failed - skipped
    return Outcome(name, max(passed, 0), failed or int(code != 0), skipped, seconds)


def report_of(name: str, environment: dict[str, str], arguments: list[str]) -> tuple[int, ET.Element]:
    """Runs pytest on a data folder of its own: its exit code and its report, empty where it wrote none."""
    print(f"\n=== {name} ===", flush=True)
    clean = {key: value for key, value in os.environ.items() if key not in OURS}
    with tempfile.TemporaryDirectory(prefix="portal-test-") as folder:
        report = Path(folder) / "report.xml"
        code = subprocess.call(  # noqa: S603
            [sys.executable, "-m", "pytest", *arguments, f"--junitxml={report}", *sys.argv[1:]],
            cwd=HERE,
            env=clean | environment | {"PORTAL_DATA": f"{folder}/data"},
        )
        return code, ET.parse(report).getroot() if report.exists() else ET.Element("testsuites")  # noqa: S314


def served_parts(stack: ExitStack) -> tuple[dict[str, str], str]:
    """Environment of the served portal, or nothing and the words why."""
    try:
        psycopg2.connect(POSTGRES.rpartition("/")[0] + "/postgres", connect_timeout=3).close()
    except psycopg2.OperationalError as error:
        return {}, f"PostgreSQL not found ({str(error).strip().splitlines()[0]})"
    try:
        broker = stack.enter_context(free_redis_database())
    except (redis.RedisError, OSError) as error:
        return {}, f"Redis not found ({error})"
    return {"DATABASE_URL": POSTGRES, "CELERY_BROKER_URL": broker}, ""


@contextmanager
def free_redis_database() -> Iterator[str]:
    """The address of an empty database of Redis, claimed for this run: nobody's data is touched."""
    for number in range(15, 0, -1):
        url = f"{REDIS.rstrip('/')}/{number}"
        with redis.Redis.from_url(url, socket_timeout=3, socket_connect_timeout=3) as client:
            if client.dbsize() or not client.set("claimed-by-tests", os.getpid(), nx=True, ex=3600):
                continue
            try:
                yield url
            finally:
                client.flushdb()
            return
    raise redis.RedisError("none of its 15 databases is empty")


def _tell(outcomes: list[Outcome]) -> int:
    print(f"\n  {'':<34} passed failed skipped    time")
    for outcome in outcomes:
        print(outcome)
    absent = [one for one in outcomes if one.absent and one.absent != "no such tests"]
    is_all_required = os.environ.get("REQUIRE_ALL") == "1"
    failed = sum(one.failed for one in outcomes)
    if is_all_required and absent:
        print(f"\nREQUIRE_ALL=1: {len(absent)} part(s) of the suite could not run.")
    print(f"\n{sum(one.passed for one in outcomes)} passed, {failed} failed")
    return int(bool(failed or (is_all_required and absent)))


if __name__ == "__main__":
    sys.exit(main())
