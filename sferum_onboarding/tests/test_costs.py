"""What a page may cost, across rooms: the same statements at 3 rows and at 300, no mail server and no password hash on
a public path.

The list and the desk: coordination/tests/test_desk.py. The visitor's page (4 statements, 30 kB), its POST (12) and the
acceptance of 100 requests: invitations/tests/test_join.py and test_requests.py.
"""

import smtplib
from collections.abc import Iterator

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conftest import make_class
from invitations.models import ExpectedMember
from invitations.statuses import RequestStatus, Role
from invitations.tests.builders import make_invitation, make_request
from messenger.models import Chat
from organizations.models import Event
from sferum_onboarding.tests.routes import leaving_nothing, walk
from sferum_onboarding.tests.test_hostile import GOOD, doors, forms, send
from sferum_onboarding.tests.world import World, make_world

pytestmark = pytest.mark.django_db
# Whoever signs in or sets a password here is hashed: that is what these pages are for.
SIGN_IN = ("account_", "accounts:", "mfa_")


@pytest.fixture
def world() -> World:
    return make_world()


def statements(browser: Client, address: str) -> list[str]:
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(address).status_code == 200
    return [each["sql"] for each in asked if not each["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN"))]


def grow(world: World, rows: int) -> None:
    invitation = make_invitation(world.school, school_class=make_class(world.school, section=f"С{rows}"), limit=999)
    for number in range(rows):
        status = RequestStatus.ACCEPTED if number % 2 else RequestStatus.PENDING
        make_request(invitation, status=status, full_name=f"Петров Илья Сергеевич {'А' * (number % 9)}")
    Chat.objects.bulk_create(
        Chat(organization=world.school, name=f"Чат {rows}-{number}", key=f"{rows}-{number}") for number in range(rows)
    )
    vera = world.people["vera"]
    Event.objects.bulk_create(Event.draft("class.changed", world.school, world.school, by=vera) for _ in range(rows))
    ExpectedMember.objects.bulk_create(
        ExpectedMember(organization=world.school, role=Role.TEACHER, full_name=f"Орлов Глеб {number}")
        for number in range(rows)
    )
    for number in range(rows // 10):
        make_class(world.school, grade=1 + number % 11, section="АБВГДЕЖ"[number // 11], site="Корпус 2")


@pytest.mark.parametrize(
    "tab",
    [
        "",
        "requests/",
        "requests/tick-list/",
        "expected/",
        "expected/staff/",
        "expected/upload/",
        "chats/",
        "invitations/",
        "classes/",
        "classes/rollover/",
        "memo.pdf",
    ],
)
def test_pages_of_one_organization_cost_the_same_at_3_and_at_300_rows(world: World, tab: str) -> None:
    browser, address = world.browser("marina"), f"/organizations/{world.school.pk}/{tab}"
    grow(world, 3)
    statements(browser, address)  # what is remembered by the process (content types) is not counted
    few = statements(browser, address)
    grow(world, 300)
    many = statements(browser, address)

    assert len(many) == len(few)
    assert len(many) <= 30


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What was asked of mail servers and of the password hasher."""
    asked: list[str] = []
    monkeypatch.setattr(smtplib.SMTP, "connect", lambda *_, **__: asked.append("smtp") or (220, b""))
    hashing = Argon2PasswordHasher.encode
    monkeypatch.setattr(
        Argon2PasswordHasher, "encode", lambda *given, **more: asked.append("hash") or hashing(*given, **more)
    )
    return asked


def test_no_public_page_speaks_to_a_mail_server_or_hashes(world: World, watched: list[str]) -> None:
    visitor, looked, filed = Client(), 0, set()
    open_names = {route.name for route in walk() if route.is_open and not route.name.startswith(SIGN_IN)}
    for name, address, _ in doors(world):
        if name in open_names:
            visitor.get(address)
            looked += 1
    for name, form, _ in forms(world):
        if name in open_names:
            sent = {key: value.encode() for key, value in form.values.items()}
            answer = send(visitor, form.action, sent | {key: GOOD[key].encode() for key in form.kinds if key in GOOD})
            filed |= {name} if answer.status_code == 302 else set()
    assert watched == []
    assert looked > 15
    assert filed >= {"invitations:join", "organizations:appoint-by-link", "registrations:who"}


def test_red_control_signing_in_does_hash(world: World, watched: list[str]) -> None:
    with leaving_nothing(visitor := Client()):
        visitor.post("/accounts/login/", {"login": world.people["marina"].email, "password": "осенний-дождь-42"})

    assert "hash" in watched
