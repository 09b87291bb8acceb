"""Ten thousand requests at once by one link that has 1, 30, 500 and 9,999 places: how many are taken.

    python benchmarks/places.py --requests 10000

Processes with threads file by the portal's own verb, on the database of DATABASE_URL (by default SQLite); beside it a
verb that counts before it takes, as one would write it at first. At each limit exactly so many must be taken.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HERE))
from benchmarks.databases import portal_database  # noqa: E402 - after the path is set

LIMITS = (1, 30, 500, 9_999)
PROCESSES, THREADS = 4, 8


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--requests", type=int, default=10_000)
    options.add_argument("--child", help="the link by which a child process files, and how")
    chosen = options.parse_args()
    if chosen.child:
        file_many(*chosen.child.split(":"), chosen.requests)
        return
    with tempfile.TemporaryDirectory() as folder, portal_database("places", Path(folder)):
        for limit in LIMITS:
            print(f"limit {limit:>5,}: {crowd('exact', limit, chosen.requests)}", flush=True)
        print(f"counted first, limit 500: {crowd('naive', 500, min(chosen.requests, 2_000))}", flush=True)


def crowd(way: str, limit: int, requests: int) -> str:
    from conftest import make_municipality, make_organization, make_region
    from invitations.models import JoinRequest
    from invitations.tests.builders import make_invitation
    from organizations.models import Region

    region = Region.objects.first() or make_region(code="70")
    link = make_invitation(make_organization(make_municipality(region)), limit=limit)
    command = [sys.executable, __file__, "--child", f"{way}:{link.pk}", "--requests", str(requests // PROCESSES)]
    begun = time.perf_counter()
    children = [subprocess.Popen(command, env=os.environ, cwd=HERE) for _ in range(PROCESSES)]
    assert [child.wait() for child in children] == [0] * PROCESSES
    seconds = time.perf_counter() - begun
    link.refresh_from_db()
    taken = JoinRequest.objects.filter(invitation=link).count()
    return f"{taken:,} taken of {requests:,} asked, counter {link.used:,}, {seconds:.1f} s"


def file_many(way: str, link_pk: str, requests: int) -> None:
    import django

    django.setup()
    from django.db import connections

    from invitations.models import Invitation

    link = Invitation.objects.with_school().get(pk=link_pk)

    def file(number: int) -> None:
        try:
            {"exact": file_exactly, "naive": count_first}[way](link, f"{os.getpid()}-{number}")
        finally:
            if number % 50 == 49:
                connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(file, range(requests)))


def file_exactly(link: object, key: str) -> None:
    from invitations.models import JoinRequest
    from invitations.models.join_request_set import LinkIsClosed

    with suppress(LinkIsClosed):
        JoinRequest.objects.file(link, form_key=key, full_name=f"Петров Илья {key}", consent_version="2026-11")


def count_first(link: object, key: str) -> None:
    from benchmarks.deciding import request_of
    from invitations.models import JoinRequest

    if JoinRequest.objects.filter(invitation=link).count() < link.limit:
        request_of(link, f"Петров Илья {key}").save()


if __name__ == "__main__":
    main()
