"""The coordinator's pages over 229, 5,000 and 40,000 organizations, beside a bare page and Django's own admin.

    DATABASE_URL=postgres://… python benchmarks/desk.py

The bare page is fifty rows by an index and their count, in one plain template. At most: dashboard and list 3 times the
bare page and 0.8 of the admin's list of the same rows; 40,000 against 229 organizations 4 times; 10 statements; search
0.6 of the admin's. Medians of ten, taken in turns in one process; bytes are those of the page.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from benchmarks.databases import portal_database

ROUNDS = 10
PLAIN = """<!doctype html><title>Организации</title><p>{{ count }}</p><table>{% for row in rows %}<tr>
<td>{{ row.short_name }}</td><td>{{ row.municipality.name }}</td><td>{{ row.step }}</td>
<td>{{ row.administrator_state }}</td><td>{{ row.step_since }}</td></tr>{% endfor %}</table>"""
SEARCHES = ["лицей 8 томск", "гимназия №29", "гимназя 29"]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--organizations", type=int, nargs="*", default=[229, 5000, 40_000])
    chosen = options.parse_args()
    taken: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder, portal_database("desk", Path(folder)):
        from django.core.management import call_command

        call_command("collectstatic", verbosity=0, interactive=False)
        for number in chosen.organizations:
            call_command("flush", verbosity=0, interactive=False)
            measure(number, taken)
    for name, times in taken.items():
        print(f"{name:<24} largest against smallest {times[-1] / times[0]:5.2f}")


def measure(number: int, taken: dict[str, list[float]]) -> None:
    from benchmarks.territory import fill
    from foundation.models import Heartbeat, Part

    region = fill(number)
    Heartbeat.objects.beat(Part.MAILER)  # as in a portal that runs; the banner of a silent one asks one statement more
    acts = pages(region)
    for act in acts.values():
        act()  # what is asked once for a process is no cost of the page
    sizes = {name: act() for name, act in acts.items()}
    times = in_turns(acts)
    print(f"--- {number:,} organizations")
    for name, seconds in times.items():
        bare, admin = times["bare page"], times["admin list"]
        size, statements = sizes[name]
        ratios = f"bare × {seconds / bare:5.2f}  admin × {seconds / admin:4.2f}"
        print(f"{name:<24} {seconds * 1000:7.1f} ms  {ratios}  {statements:3} statements  {size:7,} bytes", flush=True)
        taken.setdefault(name, []).append(seconds)
    for text in SEARCHES:
        ours, theirs = times[f"search «{text}»"], times[f"admin «{text}»"]
        print(f"search «{text}»: {ours / theirs:.2f} of the admin's")


def pages(region: Any) -> dict[str, Callable[[], tuple[int, int]]]:
    from django.template import Context, Template

    from accounts.models import User
    from conftest import make_user
    from organizations.models import Organization

    vera = browser_of(User.objects.get(email="vera@example.ru"))
    staff = make_user(full_name="Служба", is_staff=True, is_superuser=True)
    igor = browser_of(staff)
    template = Template(PLAIN)

    def bare() -> bytes:
        rows = Organization.objects.filter(region=region)
        first = rows.select_related("municipality").order_by("search_key")[:50]
        return template.render(Context({"rows": first, "count": rows.count()})).encode()

    acts: dict[str, Callable[[], tuple[int, int]]] = {
        "bare page": lambda: counted(bare),
        "admin list": lambda: counted(lambda: content(igor, "/admin/organizations/organization/")),
        "dashboard": lambda: counted(lambda: content(vera, "/dashboard/")),
        "what waits": lambda: counted(lambda: content(vera, "/dashboard/waiting/")),
        "list": lambda: counted(lambda: content(vera, "/organizations/")),
    }
    for text in SEARCHES:
        acts[f"search «{text}»"] = lambda text=text: counted(lambda: content(vera, "/organizations/", q=text))
        address = "/admin/organizations/organization/"
        acts[f"admin «{text}»"] = lambda text=text, address=address: counted(lambda: content(igor, address, q=text))
    return acts


def browser_of(user: Any) -> Any:
    from django.test import Client

    browser = Client(headers={"host": "localhost"})
    browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return browser


def content(browser: Any, address: str, **query: str) -> bytes:
    answer = browser.get(address, query)
    assert answer.status_code == 200, (address, answer.status_code, answer.headers.get("Location"))
    return bytes(answer.content)


def counted(act: Callable[[], bytes]) -> tuple[int, int]:
    """Bytes and statements of one page."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        size = len(act())
    return size, len(asked)


def in_turns(acts: dict[str, Callable[[], tuple[int, int]]]) -> dict[str, float]:
    times: dict[str, list[float]] = {name: [] for name in acts}
    for _ in range(ROUNDS):
        for name, act in acts.items():
            begun = time.perf_counter()
            act()
            times[name].append(time.perf_counter() - begun)
    return {name: median(taken) for name, taken in times.items()}


if __name__ == "__main__":
    main()
