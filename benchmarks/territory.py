"""A region with as many organizations as one asks for, and what hangs on them.

    DATABASE_URL=postgres://… python benchmarks/territory.py --organizations 40000

fills the database of DATABASE_URL (an empty one) for a look by hand; the other measurements call `fill`. The same
number gives the same rows. Of each hundred organizations eighty are registered; every third of those has classes, every
tenth a join request that waits, every twentieth a letter that Support has not answered.
"""

import argparse
import os
import sys
import uuid
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
TOWNS = [
    "Томск",
    "Северск",
    "Асино",
    "Колпашево",
    "Стрежевой",
    "Кедровый",
    "Бакчар",
    "Парабель",
    "Каргасок",
    "Молчаново",
    "Зырянское",
    "Подгорное",
]
MUNICIPALITIES = 60
SORTS = [("school", "Средняя школа", 60), ("school", "Лицей", 8), ("school", "Гимназия", 8)]
SORTS += [("kindergarten", "Детский сад", 16), ("college", "Колледж", 4), ("additional", "Дом творчества", 4)]
STEPS = [None] * 12 + [1] * 4 + [2] * 4 + [3] * 30 + [4] * 14 + [5] * 12 + [6] * 16 + [7] * 8
STATES = ["confirmed"] * 45 + ["unconfirmed"] * 25 + ["unknown"] * 20 + ["changing"] * 6 + ["absent"] * 4


def fill(number: int) -> Any:
    """The region; its coordinator is `region.coordinator` (see `make_coordinator`), by e-mail vera@example.ru."""
    from django.db import connection

    from conftest import make_coordinator, make_region, make_user

    random = Random(number)
    region = make_region(code="70")
    make_coordinator(region, user=make_user(full_name="Кузнецова Вера Николаевна", email="vera@example.ru"))
    places = _municipalities(region)
    rows = _organizations(region, places, number, random)
    _people(rows, random)
    _milestones(rows)
    _schoolwork(rows)
    _cases(rows)
    with connection.cursor() as cursor:  # what a server does by itself within minutes of a large load
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    return region


def _municipalities(region: Any) -> list[Any]:
    from organizations.models import Municipality

    names = [f"{TOWNS[n % len(TOWNS)]} – округ {n // len(TOWNS) + 1}" for n in range(MUNICIPALITIES)]
    return Municipality.objects.bulk_create(Municipality(region=region, name=name) for name in names)


def _organizations(region: Any, places: list[Any], number: int, random: Random) -> list[Any]:
    from django.utils import timezone

    from organizations.models import Organization

    today, rows = timezone.localdate(), []
    for each in range(number):
        kind, sort, _ = random.choices(SORTS, [weight for *_, weight in SORTS])[0]
        place, step, own = random.choice(places), random.choice(STEPS), 1 + each // 7
        town = place.name.partition(" – ")[0]
        rows.append(
            Organization(
                region=region,
                municipality=place,
                kind=kind,
                full_name=f"Муниципальное бюджетное учреждение «{sort} № {own}» города {town}",
                short_name=f"МБОУ {sort} № {own} г. {town}",
                inn=f"70{each:08d}",
                kpp="701701001",
                ogrn=f"10270{each:08d}",
                email="" if each % 9 == 0 else f"school{each}@example.ru",
                phone="+7 3822 55-55-55",
                head_name="Сидорова Анна Петровна",
                step=step,
                step_since=today - timedelta(days=random.randrange(1, 300)) if step else None,
                administrator_state=random.choice(STATES) if step else "unknown",
            )
        )
    return list(Organization.objects.bulk_create(rows, batch_size=1000))


def _people(rows: list[Any], random: Random) -> None:
    from django.utils import timezone

    from organizations.models import Appointment

    today = timezone.localdate()
    Appointment.objects.bulk_create(
        (
            Appointment(
                organization=row,
                full_name=f"Иванова Мария {row.pk}",
                phone=f"+7913{random.randrange(10**7):07d}",
                email=f"admin{row.pk}@example.ru",
                since=today - timedelta(days=400),
            )
            for row in rows
            if row.administrator_state in ("confirmed", "unconfirmed")
        ),
        batch_size=1000,
    )


def _milestones(rows: list[Any]) -> None:
    from organizations.models import Milestone

    sources = ["school", "letter", "portal", "registry", "coordinator"]
    Milestone.objects.bulk_create(
        (
            Milestone(organization=row, step=step, reached_on=row.step_since, source=sources[(row.pk + step) % 5])
            for row in rows
            for step in range(1, (row.step or 0) + 1)
        ),
        batch_size=1000,
    )


def _schoolwork(rows: list[Any]) -> None:
    from django.utils import timezone

    from invitations.models import Invitation, JoinRequest
    from messenger.models import Chat
    from organizations.models import SchoolClass

    now = timezone.now()
    schools = [row for row in rows if row.step and row.step >= 5]
    classes = SchoolClass.objects.bulk_create(
        (_keyed(SchoolClass(organization=row, academic_year=2026, grade=7, section="Б", size=25)) for row in schools),
        batch_size=1000,
    )
    links = Invitation.objects.bulk_create(
        (Invitation(school_class=row, role="pupil", code=f"BENCH{row.pk:07d}", limit=99) for row in classes),
        batch_size=1000,
    )
    JoinRequest.objects.bulk_create(
        (
            JoinRequest(
                invitation=link,
                school_class=link.school_class,
                organization_id=link.school_class.organization_id,
                role="pupil",
                form_key=uuid.uuid4(),
                full_name="Петров Илья Сергеевич",
                created_at=now - timedelta(days=link.pk % 12, hours=1),
                consent_version="2026-11",
                consent_at=now,
                purge_after=timezone.localdate() + timedelta(days=180),
            )
            for link in links[::4]
        ),
        batch_size=1000,
    )
    chats = (Chat(organization=row, name="Класс 7 «Б»", key=f"7б{row.pk}") for row in schools[::2])
    Chat.objects.bulk_create(chats, batch_size=1000)


def _keyed(row: Any) -> Any:
    row.key = f"7б{row.organization_id}"
    return row


def _cases(rows: list[Any]) -> None:
    from django.utils import timezone

    from registrations.models import HelpRequest

    today = timezone.localdate()
    HelpRequest.objects.bulk_create(
        (
            HelpRequest(
                number=f"ВОП-2026-{row.pk:06d}",
                organization=row,
                status=HelpRequest.AWAITING,
                addressee="support",
                topic="other",
                waiting_since=today - timedelta(days=row.pk % 20),
                opened_at=timezone.now(),
            )
            for row in rows[::20]
        ),
        batch_size=1000,
    )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--organizations", type=int, default=229)
    chosen = options.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "sferum_onboarding.settings"
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    fill(chosen.organizations)


if __name__ == "__main__":
    main()
