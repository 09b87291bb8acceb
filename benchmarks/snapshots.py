"""How long the nightly snapshot of a region takes: the first night, a night of changes, a night without any.

    python benchmarks/snapshots.py --organizations 40000

On the database of DATABASE_URL (by default SQLite); beside it a plain `bulk_create` of as many rows of the same table.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HERE))
from benchmarks.databases import portal_database  # noqa: E402 - after the path is set

CHANGED_SHARE = 50  # one of so many moves on in a night


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--organizations", type=int, default=40_000)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder, portal_database("snapshots", Path(folder)):
        measure(chosen.organizations)


def measure(number: int) -> None:
    from django.utils import timezone

    from coordination.models import Snapshot, Standing
    from organizations.models import Municipality, Organization, Region

    region = Region.objects.create(code="70", name="Область")
    place = Municipality.objects.create(region=region, name="Район")
    Organization.objects.bulk_create(
        (
            Organization(region=region, municipality=place, full_name=f"Школа № {n}", search_key="", step=n % 7 + 1)
            for n in range(number)
        ),
        batch_size=2_000,
    )
    told("first night", lambda: Snapshot.objects.take(region))
    Organization.objects.filter(pk__in=Organization.objects.values("pk")[: number // CHANGED_SHARE]).update(step=5)
    told(f"1 of {CHANGED_SHARE} changed", lambda: Snapshot.objects.take(region))
    told("nothing changed", lambda: Snapshot.objects.take(region))
    Organization.objects.update(administrator_state="changing")
    told("all changed", lambda: Snapshot.objects.take(region))
    Standing.objects.all().delete()
    pks, now = list(Organization.objects.values_list("pk", flat=True)), timezone.now()
    plain = [
        Standing(organization_id=pk, seen_from=now, step=3, administrator_state="unknown", holder="head", kind="school")
        for pk in pks
    ]
    told("yardstick: bulk_create", lambda: Standing.objects.bulk_create(plain, batch_size=2_000))


def told(what: str, work: Callable[[], object]) -> None:
    start = time.perf_counter()
    work()
    print(f"{what:<24} {time.perf_counter() - start:6.2f} s", flush=True)


if __name__ == "__main__":
    main()
