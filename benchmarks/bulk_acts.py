"""How long a person waits for an act on many organizations: the preview, and the act itself, page and commit included.

    DATABASE_URL=postgres://… python benchmarks/bulk_acts.py --organizations 2000

Two thousand are the most that can be chosen at once. Every organization is one for which the act has a letter to write.
Beside the seconds of the clock stand those that this process has computed: on a machine with other work they differ.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.databases import portal_database


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--organizations", type=int, default=2_000)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder, portal_database("bulk_acts", Path(folder)):
        measure(chosen.organizations)


def measure(number: int) -> None:
    from django.core.management import call_command
    from django.db import connection

    from accounts.models import User
    from benchmarks.desk import browser_of
    from benchmarks.territory import fill
    from correspondence.models import Letter
    from organizations.models import Municipality, Organization

    call_command("collectstatic", interactive=False, verbosity=0)
    fill(number)
    Organization.objects.filter(email="").update(email="school@example.ru")
    browser = browser_of(User.objects.get(email="vera@example.ru"))
    keys = [str(pk) for pk in Organization.objects.order_by("pk").values_list("pk", flat=True)]
    place = str(Municipality.objects.order_by("pk").values_list("pk", flat=True)[0])

    def timed(path: str, **more: Any) -> str:
        start, computed = time.monotonic(), time.process_time()
        answer = browser.post(path, {"pk": keys} | more)
        assert answer.status_code in (200, 302), answer.status_code
        return f"{time.monotonic() - start:6.2f} s ({time.process_time() - computed:5.2f})"

    def act(words: str, facts: dict[str, Any], preview: str, do: str, **more: Any) -> None:
        Organization.objects.update(**facts)
        before = Letter.objects.count()
        looked, done = timed(preview, **more), timed(do, **more)
        letters = Letter.objects.count() - before
        print(f"{words:24} preview {looked}   act {done}   {letters:5} letters")

    print(f"{number} organizations on {connection.vendor}")
    act("head-links", {"administrator_state": "unknown", "step": None}, *_both("head-links"))
    Letter.objects.all().delete()
    act("remind", {"administrator_state": "confirmed", "step": 4}, *_both("remind"))
    act("municipality", {}, *_both("municipality"), place=place)
    act("ask the heads", {"administrator_state": "unknown", "step": 3}, "/organizations/ask/", "/inquiries/ask/")
    _ready_to_file()
    act("file registrations", {"step": 1}, "/organizations/file/", "/registrations/file/")


def _both(key: str) -> tuple[str, str]:
    return f"/organizations/bulk/{key}/", f"/organizations/bulk/{key}/do/"


def _ready_to_file() -> None:
    """Everybody has an administrator who agrees, with a mobile number."""
    from django.utils import timezone

    from organizations.models import Appointment, Milestone, Organization
    from registrations.models import RegistrationRequest

    Milestone.objects.filter(step__gt=1).delete()
    RegistrationRequest.objects.all().delete()
    known = set(Appointment.objects.values_list("organization", flat=True))
    Appointment.objects.bulk_create(
        Appointment(
            organization=row,
            full_name="Иванова Мария Петровна",
            phone=f"+7914{row.pk:07d}",
            email=f"admin{row.pk}@example.ru",
        )
        for row in Organization.objects.exclude(pk__in=known)
    )
    Appointment.objects.update(agreed_at=timezone.now(), full_name="Иванова Мария Петровна", source="school")


if __name__ == "__main__":
    main()
