"""Every address × everybody who may knock, as `routes.txt` says. A stranger's object is the same 404 as one that is
not there, an address is in the table or the suite fails, and looking changes nothing.
"""

import logging
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import include, path

from organizations.models import Organization
from sferum_onboarding.tests.routes import ACTORS, NOT_ASKED, knock, masked, table, told, walk
from sferum_onboarding.tests.world import World, make_world

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

OPEN = {
    "accounts:enter-as",
    "accounts:welcome",
    "accounts:welcome-type",
    "account_complete_password_reset",
    "account_confirm_login_code",
    "account_confirm_password_reset_code",
    "account_inactive",
    "account_login",
    "account_logout",
    "account_password_reset_completed",
    "account_request_login_code",
    "account_reset_password",
    "admin:login",
    "coordination:first-example",
    "coordination:first-region",
    "coordination:home",
    "foundation:health",
    "foundation:readiness",
    "guides:guides",
    "guides:reminders-link",
    "guides:topic",
    "guides:trainings-ics",
    "invitations:check",
    "invitations:consent",
    "invitations:join",
    "invitations:join-opened",
    "invitations:join-status",
    "invitations:receipt",
    "invitations:receipt-correct",
    "invitations:receipt-withdraw",
    "invitations:slip",
    "mfa_authenticate",
    "organizations:appoint-by-code",
    "organizations:appoint-by-link",
    "organizations:appointed",
    "organizations:appointed-order",
    "organizations:deputy-by-head",
    "registrations:handover-accept-link",
    "registrations:handover-type",
    "registrations:who",
    "registrations:who-mistake",
    "registrations:who-slip",
    "registrations:who-type",
}
PEOPLE_OF_THE_SCHOOL = [
    *("requests", "requests-accept", "requests-reject", "tick-list", "requests-joined"),
    *("requests-told", "requests-not-told"),
    *("expected", "expected-staff", "expected-list", "expected-upload", "expected-draft", "expected-confirm"),
]
WITH_NAMES = {f"invitations:{name}" for name in ("requests", "tick-list", "expected-list", "expected-draft")}
# The journals of who looked at names and who took a file along, and what keeps a person signed in.
MAY_BE_WRITTEN_BY_LOOKING = re.compile(
    r'"(organizations_event|coordination_export|django_session|usersessions_usersession|portal_cache)"'
)


@pytest.fixture
def world() -> Iterator[World]:
    logging.disable(logging.WARNING)  # three thousand refusals are what is asked for here
    yield make_world()
    logging.disable(logging.NOTSET)


def cell(answers: list[HttpResponse]) -> str:
    words = [told(answer) for answer in answers]
    return words[0] if words[0] == words[1] else "/".join(words)


def line(row: str, cells: Iterable[str]) -> str:
    """As it stands in the file: what pytest shows as missing can be looked at, and written down."""
    return f"{row:<51} " + "".join(f"{each:<9}" for each in cells).rstrip()


def test_every_route_answers_everybody_as_the_table_says(world: World) -> None:
    browsers = {actor: world.browser(actor) for actor in ACTORS}
    expected, found, unequal = table(), defaultdict(set), []
    for route in walk():
        place, cells = world.place(route.name, route.places), []
        for number, actor in enumerate(ACTORS):
            if expected.get(route.row, [""] * len(ACTORS))[number] == NOT_ASKED:
                cells.append(NOT_ASKED)
                continue
            answers = [knock(browsers[actor], route, place, method) for method in ("get", "post")]
            cells.append(cell(answers))
            if not route.row.startswith("admin"):
                for method, answer in zip(("get", "post"), answers, strict=True):
                    absent = world.nowhere(route.places)
                    if answer.status_code == 404 and masked(answer) != masked(
                        knock(browsers[actor], route, absent, method)
                    ):
                        unequal.append((route.name, actor, method))
        found[route.row].add(tuple(cells))
    answered = [line(row, cells) for row, answers in found.items() for cells in sorted(answers)]
    written = [line(row, cells) for row, cells in expected.items()]
    missing = [row for row in answered if row not in written]
    assert missing == [], "look at these rows, then write them into routes.txt:\n" + "\n".join(missing)
    assert [row for row in written if row not in answered] == [], "rows whose route is gone"
    assert answered == written, "the order of the table is that of the addresses"
    assert unequal == []


def test_no_page_is_kept_by_a_shared_cache(world: World) -> None:
    """And those with names or powers in them by none at all: a school's computer has many users."""
    browsers, rows, kept = {actor: world.browser(actor) for actor in ACTORS}, table(), {}
    for route in walk():
        for actor in ("anonymous", "marina", "vera"):
            if rows[route.row][ACTORS.index(actor)].startswith("200"):
                answer = knock(browsers[actor], route, world.place(route.name, route.places), "get")
                said = set(answer.headers["Cache-Control"].split(", "))
                is_secret = "token" in route.places or route.name in WITH_NAMES
                if not said & ({"no-store"} if is_secret else {"no-store", "private"}):
                    kept[route.name] = said
                break
    assert kept == {}


def test_open_pages_are_those_that_are_written_here() -> None:
    assert {route.name for route in walk() if route.is_open} == OPEN


def test_people_who_joined_are_the_schools_own_affair() -> None:
    rows = table()
    for name in PEOPLE_OF_THE_SCHOOL:
        for actor in ("nadia", "vera", "igor"):
            assert "200" not in rows[f"invitations:{name}"][ACTORS.index(actor)], (name, actor)


def test_anothers_object_under_ones_own_organization_is_not_there(world: World) -> None:
    """/organizations/<mine>/invitations/<yours>/: both numbers are asked for rights, not only the first."""
    oleg, open_doors = world.browser("oleg"), []
    for route in walk():
        if len(route.places) < 2 or "pk" not in route.places:
            continue
        place = world.place(route.name, route.places) | {"pk": world.other_school.pk}
        answers = [knock(oleg, route, place, method) for method in ("get", "post")]
        if not {answer.status_code for answer in answers} <= {404, 405}:
            open_doors.append((route.name, cell(answers)))
    assert open_doors == []


def test_looking_changes_nothing(world: World) -> None:
    """Messengers and mail scanners open links by themselves. Asked as the first for whom the page opens."""
    browsers = {actor: world.browser(actor) for actor in ACTORS}
    rows, written, opened = table(), {}, 0
    for route in walk():
        for actor in ("anonymous", "marina", "vera", "igor"):
            if not rows[route.row][ACTORS.index(actor)].startswith("200"):
                continue
            opened += 1
            with CaptureQueriesContext(connection) as asked:
                knock(browsers[actor], route, world.place(route.name, route.places), "get")
            writes = [each["sql"][:80] for each in asked if re.match(r"(INSERT|UPDATE|DELETE)", each["sql"])]
            if touched := [sql for sql in writes if not MAY_BE_WRITTEN_BY_LOOKING.search(sql)]:
                written[route.name] = touched
            break
    assert written == {}
    assert opened > 70


def leaky(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse(Organization.objects.get(pk=pk).full_name)


urlpatterns = [path("leak/<int:pk>/", leaky, name="leak"), path("accounts/", include("accounts.signin_urls"))]


def test_red_control_the_walker_sees_a_page_without_rights(world: World, settings: object) -> None:
    settings.ROOT_URLCONF = __name__
    route = next(walk())
    answers = {actor: told(knock(world.browser(actor), route, world.place("leak", ["pk"]), "get")) for actor in ACTORS}

    assert route.row not in table()
    assert answers == {"anonymous": "in"} | dict.fromkeys(ACTORS[1:], "200")
