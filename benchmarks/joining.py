"""A parent's visit: the invitation page, the request, both together, against the same work in bare Django.

    python benchmarks/joining.py --seconds 4 --rounds 3

Both are served by gunicorn in the same way, on databases of one kind (DATABASE_URL is the server where they are
created; by default SQLite in a temporary folder). They take turns; a ratio is the median of the ratios within the
rounds. At least: GET 0.5, POST 0.6, visit 0.55 at 8 clients; p99 at 32 clients at most 2 times the yardstick's.
"""

import argparse
import http.client
import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import urlencode
from uuid import uuid4

HERE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HERE))
from benchmarks.databases import own_database  # noqa: E402 - after the path is set

LINKS = 400  # the portal takes 300 requests an hour by one link
CSRF = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass
class Served:
    name: str
    port: int
    codes: list[str]
    took: dict[str, list[float]] = field(default_factory=dict)
    rates: dict[str, list[float]] = field(default_factory=dict)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=4)
    options.add_argument("--rounds", type=int, default=3)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as running:
        portal = running.enter_context(served("portal", Path(folder), "sferum_onboarding.wsgi", PORTAL_ROWS))
        bare = running.enter_context(served("yardstick", Path(folder), "benchmarks.yardstick", YARDSTICK_ROWS))
        for name, act, clients in ACTS:
            for _ in range(chosen.rounds):
                for one in (bare, portal):
                    run(one, name, act, clients, chosen.seconds)
            report(name, portal, bare)


def run(one: Served, name: str, act: Callable, clients: int, seconds: float) -> None:
    """So many clients, each doing the act again and again over one connection."""
    took: list[float] = []
    ends = time.monotonic() + seconds

    def client() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", one.port, timeout=60)
        token, cookie = read_page(connection, one)
        while time.monotonic() < ends:
            begun = time.perf_counter()
            act(connection, one, token, cookie)
            took.append(time.perf_counter() - begun)
        connection.close()

    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    one.took.setdefault(name, []).append(quantiles(took, n=100)[98])
    one.rates.setdefault(name, []).append(len(took) / seconds)


def headers(cookie: str = "") -> dict[str, str]:
    """Each visitor comes from another home."""
    address = ".".join(str(random.randint(1, 254)) for _ in range(4))
    return {"Host": "localhost", "X-Forwarded-For": address, "Connection": "keep-alive"} | (
        {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"} if cookie else {}
    )


def read_page(connection: http.client.HTTPConnection, one: Served) -> tuple[str, str]:
    connection.request("GET", f"/j/{random.choice(one.codes)}/", headers=headers())
    answer = connection.getresponse()
    page = answer.read()
    assert answer.status == 200, (one.name, answer.status)
    token = CSRF.search(page)
    assert token is not None
    return token[1].decode(), (answer.getheader("Set-Cookie") or "").partition(";")[0]


def get(connection: http.client.HTTPConnection, one: Served, token: str, cookie: str) -> None:
    read_page(connection, one)


def post(connection: http.client.HTTPConnection, one: Served, token: str, cookie: str) -> None:
    number = uuid4().hex
    typed = {
        "csrfmiddlewaretoken": token,
        "applicant_name": "Петрова Ирина Львовна",
        "full_name": f"Петров Илья {random.choice(PATRONYMICS)}",
        "phone": "8 (913) 123-45-67",
        "email": f"p{number[:12]}@example.ru",
        "is_representative": "on",
        "consent": "on",
        "form_key": number,
    }
    connection.request("POST", f"/j/{random.choice(one.codes)}/", urlencode(typed), headers(cookie))
    answer = connection.getresponse()
    answer.read()
    assert answer.status == 302, (one.name, answer.status)


def visit(connection: http.client.HTTPConnection, one: Served, token: str, cookie: str) -> None:
    post(connection, one, *read_page(connection, one))


PATRONYMICS = ["Сергеевич", "Андреевич", "Олегович", "Ильич", "Маратович", "Петрович"]
ACTS: list[tuple[str, Callable, int]] = [
    ("join GET", get, 8),
    ("join POST", post, 8),
    ("visit", visit, 8),
    ("visit, 32 clients", visit, 32),
]


def report(name: str, portal: Served, bare: Served) -> None:
    rate = median(ours / theirs for ours, theirs in zip(portal.rates[name], bare.rates[name], strict=True))
    tail = median(ours / theirs for ours, theirs in zip(portal.took[name], bare.took[name], strict=True))
    slowest = f"{median(portal.took[name]) * 1000:5.0f} and {median(bare.took[name]) * 1000:5.0f} ms"
    rates = f"portal {median(portal.rates[name]):6.0f}/s  yardstick {median(bare.rates[name]):6.0f}/s"
    print(f"{name:<18} {rates}  ratio {rate:4.2f}   p99 {slowest}  ratio {tail:4.2f}", flush=True)


# What fills each database: programs of their own, for two sets of settings do not live in one process.
YARDSTICK_ROWS = "from benchmarks import yardstick; print(*yardstick.make_tables({links}))"
PORTAL_ROWS = """
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0); call_command("createcachetable")
call_command("collectstatic", verbosity=0, interactive=False)
from conftest import make_class, make_organization, make_region, make_municipality
from foundation.codes import new_code
from invitations.models import Invitation
from invitations.tests.builders import in_days
school = make_organization(make_municipality(make_region(code="70")))
classes = [make_class(school, grade=1 + n % 11, section="АБВГДЕЖЗИК"[n // 11 % 10], site=f"Корпус {{n // 110}}")
           for n in range({links})]
codes = [new_code() for _ in classes]
Invitation.objects.bulk_create(Invitation(school_class=c, role="pupil", code=code, expires_on=in_days(30), limit=9999)
                               for c, code in zip(classes, codes))
print(*codes)
"""


@contextmanager
def served(name: str, folder: Path, module: str, rows: str) -> Iterator[Served]:
    from correspondence.tests.sink import free_port

    port = free_port()
    with own_database(name, folder) as address:
        environment = os.environ | {
            "DATABASE_URL": address,
            "PORTAL_DATA": str(folder / name),
            "TRUSTED_PROXIES": "1",
            "DJANGO_SETTINGS_MODULE": "sferum_onboarding.settings" if name == "portal" else "",
            "PYTHONPATH": str(HERE),
        }
        (folder / name).mkdir(exist_ok=True)
        filling = [sys.executable, "-c", rows.format(links=LINKS)]
        codes = subprocess.run(filling, cwd=HERE, env=environment, check=True, capture_output=True, text=True).stdout
        command = [sys.executable, "-m", "gunicorn", f"{module}:application", "--bind", f"127.0.0.1:{port}"]
        options = ["--worker-class", "gthread", "--workers", "2", "--threads", "8", "--log-level", "error"]
        server = subprocess.Popen([*command, *options, "--keep-alive", "60"], cwd=HERE, env=environment)
        wait_for(port)
        try:
            yield Served(name, port, codes.split("\n")[-2].split())
        finally:
            server.terminate()
            server.wait()


def wait_for(port: int) -> None:
    for _ in range(200):
        try:
            http.client.HTTPConnection("127.0.0.1", port, timeout=1).connect()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"nobody listens on {port}")


if __name__ == "__main__":
    main()
