"""How long it takes until a region has changed its messenger: the preview, then the change itself.

    DATABASE_URL=postgres://… python benchmarks/messenger_change.py --organizations 40000

The region is made and rolled back in one transaction, so the database stays as it was. Of each hundred organizations
seventy have moved their five chats to the former messenger, five to the new one, five have nothing to move, ten are
told by a register, and ten still wait.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
CHATS = 5


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--organizations", type=int, default=40_000)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DJANGO_SETTINGS_MODULE": "sferum_onboarding.settings", "PORTAL_DATA": folder}
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder}/portal.sqlite3")
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import transaction

        call_command("migrate", verbosity=0)
        with transaction.atomic():
            measure(chosen.organizations)
            transaction.set_rollback(True)


def measure(number: int) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from accounts.models import User
    from messenger.change import change_messenger, preview
    from organizations.models import Region

    by = User.objects.create_user("bench@example.ru", full_name="Проба Анна")
    region = Region.objects.create(code="999", name="Проба", messenger_name="VK Мессенджер")
    fill(region, by, number)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    start = time.monotonic()
    seen = preview(region, "MAX")
    seconds = time.monotonic() - start
    print(f"{number} organizations, {number * CHATS} chats on {connection.vendor}")
    print(f"preview {seconds:6.2f} s: {seen}")
    start = time.monotonic()
    with CaptureQueriesContext(connection) as asked:
        done = change_messenger(region, "MAX", was="VK Мессенджер", by=by)
        connection.check_constraints()  # what the commit would still have to look at
    print(f"change  {time.monotonic() - start:6.2f} s, {len(asked)} statements: {done.reopened} opened again")


def fill(region: object, by: object, number: int) -> None:
    from django.utils import timezone

    from messenger.models import Chat, NothingToMove
    from messenger.statuses import ChatStatus
    from organizations.models import Milestone, Organization
    from organizations.statuses import Source, Step

    today, kinds = timezone.localdate(), ["was"] * 70 + ["new"] * 5 + ["nothing"] * 5 + ["told"] * 10 + ["waiting"] * 10
    organizations = Organization.objects.bulk_create(
        (
            Organization(region=region, full_name=f"Школа {each}", ogrn=f"{each:013d}", step=Step.MIGRATED)
            for each in range(number)
        ),
        batch_size=1000,
    )
    milestones, chats, nothing = [], [], []
    for place, each in enumerate(organizations):
        kind = kinds[place % 100]
        milestones.append(Milestone(organization=each, step=Step.INVITED, source=Source.PORTAL, reached_on=today))
        if kind != "waiting":
            source = Source.REGISTRY if kind == "told" else Source.SCHOOL
            milestones.append(Milestone(organization=each, step=Step.MIGRATED, source=source, reached_on=today))
        if kind == "nothing":
            nothing.append(NothingToMove(organization=each, noted_by=by))
        facts = {"was": "VK Мессенджер", "new": "MAX"}.get(kind)
        moved = {"status": ChatStatus.MOVED, "messenger": facts, "moved_on": today} if facts else {}
        if kind not in ("nothing", "told"):
            chats += [Chat(organization=each, name=f"Чат {n}", key=f"чат {n}", **moved) for n in range(CHATS)]
    for model, rows in ((Milestone, milestones), (Chat, chats), (NothingToMove, nothing)):
        model.objects.bulk_create(rows, batch_size=1000)


if __name__ == "__main__":
    main()
