"""The desk of a part of the territory: a municipality, schools or others; every number leads to exactly its rows."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from conftest import make_municipality, make_organization
from coordination.figures import Bar
from coordination.statuses import ChatStanding
from coordination.tallies import Wait
from invitations.tests.builders import make_invitation, make_request
from messenger.models import Chat, NothingToMove
from messenger.statuses import ChatStatus, Reason
from organizations.models import Municipality, Organization
from organizations.statuses import AdministratorState, Kind, Step
from registrations.models import RegistrationRequest

Enter = Callable[[User], Client]
LINK = re.compile(r'<a href="(/organizations/\?[^"]+)">([\d\u202f]+)</a>')


@pytest.fixture
def district(municipality: Municipality) -> Municipality:
    """Six schools, of which three are registered, and two kindergartens, one of them registered."""
    for number in range(8):
        make_organization(
            municipality,
            kind=Kind.KINDERGARTEN if number > 5 else Kind.SCHOOL,
            step=Step.REGISTERED if number % 2 else None,
            step_since=date(2026, 9, 1) if number % 2 else None,
            administrator_state=AdministratorState.UNKNOWN,
        )
    return municipality


@pytest.fixture
def neighbour(municipality: Municipality) -> Municipality:
    there = make_municipality(municipality.region, name="Асиновский район")
    make_organization(there, step=Step.MIGRATED, step_since=date(2026, 9, 1))
    return there


def agree_with_their_lists(browser: Client, page: str) -> int:
    links = LINK.findall(page)
    for address, shown in links:
        found = browser.get(address.replace("&amp;", "&")).context["count"]
        assert found == int(shown.replace("\u202f", "")), address
    return len(links)


@pytest.mark.parametrize("query", ["", "kind=school", "kind=others", "measure=migrated"])
def test_a_municipality_has_the_same_figures_and_each_leads_to_its_rows(
    query: str, district: Municipality, neighbour: Municipality, vera: User, enter: Enter
) -> None:
    browser = enter(vera)
    response = browser.get(f"/dashboard/?municipality={district.pk}&{query}")
    page = response.content.decode()
    assert f"<h1>{district.name}</h1>" in re.sub(r"\s*\n\s*", "", page)
    assert response.context["whole"].total == 8
    assert response.context["figures"].total == {"kind=school": 6, "kind=others": 2}.get(query, 8)
    assert agree_with_their_lists(browser, page) > 15
    waiting = browser.get(f"/dashboard/waiting/?municipality={district.pk}&{query}").content.decode()
    assert agree_with_their_lists(browser, waiting) > 10


@pytest.mark.parametrize("query", ["kind=school", "kind=others"])
def test_the_switch_narrows_every_figure_and_both_denominators_stay(
    query: str, district: Municipality, neighbour: Municipality, vera: User, enter: Enter
) -> None:
    browser = enter(vera)
    response = browser.get(f"/dashboard/?{query}")
    whole = response.context["whole"]
    assert (whole.schools_registered, whole.schools, whole.others_registered, whole.others) == (4, 7, 1, 2)
    agree_with_their_lists(browser, response.content.decode())
    agree_with_their_lists(browser, browser.get(f"/dashboard/waiting/?{query}").content.decode())


def test_organizations_without_a_municipality_have_a_page_too(district: Municipality, vera: User, enter: Enter) -> None:
    Organization.objects.filter(municipality=district).update(municipality=None)
    browser = enter(vera)
    response = browser.get("/dashboard/?municipality=none")
    assert response.context["figures"].total == 8
    agree_with_their_lists(browser, response.content.decode())


def test_a_foreign_municipality_is_not_there(
    district: Municipality, neighbour: Municipality, nadia: User, enter: Enter
) -> None:
    foreign = make_municipality()
    make_organization(foreign)
    assert enter(nadia).get(f"/dashboard/?municipality={district.pk}").status_code == 200
    for stranger in (neighbour, foreign):
        assert enter(nadia).get(f"/dashboard/?municipality={stranger.pk}").status_code == 404
    assert enter(nadia).get("/dashboard/?municipality=999999999999999999").status_code == 404


@pytest.mark.parametrize("query", ["municipality=%00", "municipality=x", "kind=%F0", "measure=1", "kind=college"])
def test_what_makes_no_sense_in_the_address_is_left_out(
    query: str, district: Municipality, vera: User, enter: Enter
) -> None:
    response = enter(vera).get(f"/dashboard/?{query}")
    assert response.status_code == 200
    assert response.context["figures"].total == 8


def test_a_tile_says_its_share_in_words_and_its_shade_follows(
    district: Municipality, neighbour: Municipality, vera: User, enter: Enter
) -> None:
    page = enter(vera).get("/dashboard/?kind=school").content.decode()
    tile = page.partition('<a class="tile shade-3"')[2].partition("</a>")[0]
    assert f"<b>{district.name}</b>" in tile
    assert "3 из 6<i>50 %</i>" in tile
    assert f'href="/dashboard/?municipality={district.pk}&amp;kind=school"' in tile


def test_no_share_is_told_of_fewer_than_five(
    district: Municipality, neighbour: Municipality, vera: User, enter: Enter
) -> None:
    page = enter(vera).get("/dashboard/").content.decode()
    tile = page.partition('<a class="tile shade-0"')[2].partition("</a>")[0]
    assert f"<b>{neighbour.name}</b>" in tile
    assert "1 из 1<i>мало данных</i>" in tile
    alone = enter(vera).get(f"/dashboard/?municipality={neighbour.pk}").content.decode()
    assert not re.search(r"\d\s*%", alone)
    for number in range(4):  # the control: a fifth organization brings the shares
        make_organization(neighbour, step=Step.APPOINTED, step_since=date(2026, 9, number + 1))
    assert re.search(r"\d\s*%", enter(vera).get(f"/dashboard/?municipality={neighbour.pk}").content.decode())


def test_requests_are_told_by_age_and_each_age_leads_to_its_organizations(
    school: Organization, other_school: Organization, vera: User, enter: Enter
) -> None:
    for row, days in ((school, [0, 0, 1, 3]), (other_school, [4, 7, 8, 30, 30])):
        link = make_invitation(row)
        for passed in days:
            request = make_request(link)
            type(request).objects.filter(pk=request.pk).update(created_at=timezone.now() - timedelta(days=passed))
    browser = enter(vera)
    response = browser.get("/dashboard/waiting/")
    ages = response.context["tallies"].ages()
    assert [(number, bar.count) for bar, number in ages] == [(2, 1), (2, 1), (2, 1), (3, 1)]
    found = [browser.get(f"/organizations/?{bar.query}").context["count"] for bar, _ in ages]
    assert found == [1, 1, 1, 1]
    assert response.context["with_requests"] == browser.get("/organizations/?requests=waiting").context["count"] == 2


@pytest.mark.usefixtures("day_of_the_cast")
def test_the_holder_is_told_with_the_days_of_waiting(municipality: Municipality, vera: User, enter: Enter) -> None:
    today = timezone.localdate()
    for days in (1, 2, 3, 10, None):
        since = today - timedelta(days=days) if days else None
        make_organization(municipality, step=Step.APPOINTED, step_since=since)
    asked = make_organization(municipality, step=Step.REQUESTED, step_since=today - timedelta(days=40))
    RegistrationRequest.objects.create(
        organization=asked,
        number="РЕГ-2026-000001",
        status=RegistrationRequest.AWAITING,
        waiting_since=today - timedelta(days=7),
    )
    head, administrator, support, _ = enter(vera).get("/dashboard/waiting/").context["ball"]
    assert (head.bar.count, head.days) == (0, [])
    assert (administrator.total, administrator.unknown, administrator.median) == (16, 1, None)
    assert (support.bar.count, support.days) == (1, [7])
    make_organization(municipality, step=Step.APPOINTED, step_since=today)
    page = enter(vera).get("/dashboard/waiting/")
    assert page.context["ball"][1].median == 2
    assert "обычно ждут 2\xa0дня" in page.content.decode()


def test_the_standing_of_chats_is_counted_and_leads_to_its_rows(
    municipality: Municipality, vera: User, enter: Enter
) -> None:
    planned, moved, left, nothing, _ = (make_organization(municipality) for _ in range(5))
    living = {"messenger": "MAX", "moved_on": date(2026, 11, 1)}
    for row, status, facts in (
        (planned, ChatStatus.PLANNED, {}),
        (planned, ChatStatus.MOVED, living),
        (moved, ChatStatus.MOVED, living),
        (moved, ChatStatus.NOT_MOVED, {"reason": Reason.OTHER}),
        (left, ChatStatus.NOT_MOVED, {"reason": Reason.OTHER}),
    ):
        Chat.objects.create(organization=row, name=status, key=status, status=status, **facts)
    NothingToMove.objects.create(organization=nothing, noted_by=vera)
    browser = enter(vera)
    response = browser.get("/dashboard/waiting/")
    assert [bar.count for bar in response.context["chats"]] == [1] * len(ChatStanding)
    assert dict(response.context["tallies"].chats) == {"planned": 1, "moved": 2, "left": 2}
    for bar in response.context["chats"]:
        assert browser.get(f"/organizations/?{bar.query}").context["count"] == 1
    assert agree_with_their_lists(browser, response.content.decode()) > 10


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (1, "обычно ждут 1\xa0день"),
        (89, "обычно ждут 89\xa0дней"),
        (121, "обычно ждут 4\xa0месяца"),
        (800, "обычно ждут больше 2\xa0лет"),
        (21 * 366, "обычно ждут больше 21\xa0года"),
    ],
)
def test_a_wait_of_years_is_not_told_in_days(days: int, words: str) -> None:
    assert Wait(Bar("руководитель", 5, 9, ""), [days] * 5).usual == words
    assert Wait(Bar("руководитель", 4, 9, ""), [days] * 4).usual == ""
