"""What an administrator's acts cost: accepting 1, 100 and 10,000 requests beside the same in set-based ORM, and the
review page of a school with 1,000 pending requests in a portal that holds a million.

    python benchmarks/deciding.py --requests 1000000

At most: 3, 3 and 2.5 times the plain ORM; the page 300 ms, its matching of 1,000 names 1 s. DATABASE_URL is the server
where a database is created; by default SQLite in a temporary folder (then say --requests 0).
"""

import argparse
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

HERE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HERE))
from benchmarks.databases import portal_database  # noqa: E402 - after the path is set

ROUNDS = {1: 21, 100: 9, 10_000: 3}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--requests", type=int, default=1_000_000)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder, portal_database("deciding", Path(folder)):
        from django.core.management import call_command

        from conftest import make_appointment, make_municipality, make_organization, make_region, make_user

        school = make_organization(make_municipality(make_region(code="70")))
        marina = make_user(full_name="Демидова Марина Сергеевна")
        make_appointment(school, user=marina)
        for count, rounds in ROUNDS.items():
            compare_accepting(school, marina, count, rounds)
        if chosen.requests:
            fill(chosen.requests)
        call_command("collectstatic", verbosity=0, interactive=False)  # the page names its files by their hashes
        review_page(school, marina)


def compare_accepting(school: Any, marina: Any, count: int, rounds: int) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from invitations.models import JoinRequest

    took: dict[str, list[float]] = {"portal": [], "orm": []}
    statements = 0
    for number in range(rounds):
        for name in took:
            keys = pending(school, count)
            chosen = JoinRequest.objects.filter(pk__in=keys)
            act: Callable[[], object] = (
                (lambda c=chosen: c.accept(by=marina)) if name == "portal" else (lambda k=keys: plain_orm(k, marina))
            )
            if number == 0 and name == "portal":
                with CaptureQueriesContext(connection) as asked:
                    act()
                statements = len(asked)
            else:
                took[name].append(timed(act))
    pairs = zip(took["portal"], took["orm"][1:], strict=True)
    ratio = median(ours / theirs for ours, theirs in pairs)
    ours, theirs = (median(each) * 1000 for each in took.values())
    print(
        f"accept {count:>6,}: portal {ours:8.1f} ms  plain ORM {theirs:8.1f} ms  ratio {ratio:4.2f}  "
        f"{statements} statements",
        flush=True,
    )


def plain_orm(keys: list[int], marina: Any) -> None:
    """One UPDATE, the journal and the letters in bulk: what nobody could do with fewer statements."""
    from django.db import transaction
    from django.utils import timezone

    from correspondence.models import Letter
    from invitations.models import JoinRequest
    from invitations.statuses import RequestStatus
    from organizations.models import Event

    now = timezone.now()
    with transaction.atomic():
        JoinRequest.objects.filter(pk__in=keys, status=RequestStatus.PENDING).update(
            status=RequestStatus.ACCEPTED, decided_by=marina, decided_at=now, batch=uuid.uuid4()
        )
        rows = list(JoinRequest.objects.filter(pk__in=keys).select_related("school_class", "organization"))
        Event.objects.bulk_create(
            Event(verb="request.accepted", by=marina, organization=row.organization, object_type="r", object_id=row.pk)
            for row in rows
        )
        Letter.objects.bulk_create(
            Letter(
                dedupe_key=f"bench:{row.pk}",
                message_id=f"<{uuid.uuid4()}@example.org>",
                recipient=row.email,
                subject=f"Заявка {row.number} проверена",
                text=f"Заявка {row.number}: {row.organization.name}, {row.school_class.name}.\n" * 8,
            )
            for row in rows
        )


def pending(school: Any, count: int) -> list[int]:
    """New requests of one class, each with an address."""
    from conftest import make_class
    from invitations.models import JoinRequest
    from invitations.tests.builders import make_invitation

    link = make_invitation(school, school_class=make_class(school, site=uuid.uuid4().hex[:8]), limit=count)
    rows = [request_of(link, f"Петров Илья {number}", f"p{number}@example.ru") for number in range(count)]
    return [row.pk for row in JoinRequest.objects.bulk_create(rows)]


def request_of(link: Any, full_name: str, email: str = "") -> Any:
    from invitations.models import JoinRequest
    from invitations.tests.builders import in_days

    return JoinRequest(
        invitation=link,
        school_class=link.school_class,
        organization=link.organization,
        role=link.role,
        full_name=full_name,
        applicant_name="Петрова Ирина Львовна",
        email=email,
        form_key=uuid.uuid4(),
        consent_version="2026-11",
        purge_after=in_days(180),
    )


def fill(count: int) -> None:
    """So many requests of a thousand other schools, one in ten pending."""
    from django.db import connection

    from conftest import make_municipality, make_organization, make_region
    from invitations.tests.builders import make_invitation

    municipality = make_municipality(make_region(code="71"))
    links = [make_invitation(make_organization(municipality), limit=9999) for _ in range(1000)]
    first = links[0].pk
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(
            """
            INSERT INTO invitations_joinrequest (invitation_id, school_class_id, organization_id, role, full_name,
              applicant_name, phone, email, form_key, created_at, status, reason, reason_text, is_reason_shown, note,
              mark, is_told_apart, consent_version, consent_at, purge_after)
            SELECT i.id, i.school_class_id, c.organization_id, i.role, 'Петров Илья ' || n, 'Петрова Ирина', '', '',
              gen_random_uuid(), now() - n * interval '1 second',
              CASE WHEN n %% 10 = 0 THEN 'pending' ELSE 'accepted' END, '', '', true, '', '', false, '2026-11', now(),
              current_date + 180
            FROM generate_series(1, %s) n
            JOIN invitations_invitation i ON i.id = %s + n %% 1000
            JOIN organizations_schoolclass c ON c.id = i.school_class_id
            """,
            [count, first],
        )
        cursor.execute("ANALYZE")
        cursor.execute("RESET statement_timeout")


def review_page(school: Any, marina: Any) -> None:
    """A thousand pending requests of 40 classes against a thousand expected names."""
    from django.test import Client

    from conftest import make_class
    from invitations.models import ExpectedMember, JoinRequest, ListGround
    from invitations.piles import piles_of
    from invitations.tests.builders import in_days, make_invitation

    JoinRequest.objects.filter(organization=school).update(status="rejected")
    ListGround.objects.create(
        organization=school,
        document="Поручение",
        number="1",
        dated_on=in_days(-1),
        wave_ends_on=in_days(60),
        recorded_by=marina,
    )
    for number in range(40):
        school_class = make_class(school, grade=1 + number % 11, section="АБВГ"[number // 11], site="Новый")
        link = make_invitation(school, school_class=school_class, limit=100)
        names = [f"{a} {b} Сергеевич" for a, b in zip(SURNAMES * 2, FIRST * 5, strict=False)][number % 9 :][:25]
        JoinRequest.objects.bulk_create(request_of(link, name) for name in names)
        ExpectedMember.objects.bulk_create(
            ExpectedMember(organization=school, school_class=link.school_class, role=link.role, full_name=name)
            for name in names[:22]
        )
    browser = Client(headers={"host": "localhost"})
    browser.force_login(marina, backend="allauth.account.auth_backends.AuthenticationBackend")
    address = f"/organizations/{school.pk}/requests/"
    assert browser.get(address).status_code == 200
    page = median(timed(lambda: browser.get(address)) for _ in range(9))
    matching = median(timed(lambda: piles_of(school)) for _ in range(9))
    total = JoinRequest.objects.count()
    print(
        f"review page, 1,000 pending of {total:,}: {page * 1000:.0f} ms; of it the piles {matching * 1000:.0f} ms",
        flush=True,
    )


_SURNAMES = "Петров Иванова Сидоров Кузнецова Смирнов Попова Васильев Соколова Михайлов Новикова Фёдоров Орлова"
SURNAMES, FIRST = _SURNAMES.split(), "Илья Анна Пётр Мария Иван Софья Егор Дарья Артём Алиса".split()  # noqa: SIM905


def timed(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
