"""Targets: who sets and sees them, what is reached, and a forecast that says how it was computed or that it cannot."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from conftest import make_organization
from coordination.models import Snapshot, Target
from coordination.targets import forecast
from organizations.models import Event, Municipality, Organization
from organizations.statuses import Step

Enter = Callable[[User], Client]
NOW = datetime(2026, 11, 24, 5, tzinfo=UTC)
TODAY = date(2026, 11, 24)
DUE = date(2026, 12, 31)


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(NOW):
        yield


def chosen(**changes: object) -> dict[str, object]:
    return {"measure": "registered", "value": "50", "unit": "share", "due_on": "2026-12-31"} | changes


@pytest.mark.parametrize(
    ("missing", "gained", "days", "words"),
    [
        (0, 0, 0, "Достигнуто."),
        (5, 3, 13, "не хватает данных, снимкам состояния меньше двух недель"),
        (5, 0, 28, "не хватает данных, за последние 4 недели не прибавилось"),
        (5, -2, 28, "не прибавилось"),
        (5, 10, 28, "прибавилось 10. Если так и пойдёт, будет 08.12.2026 – в срок"),
        (20, 10, 28, "будет 19.01.2027 – позже срока на 19 дн."),
        (9000, 1, 28, "позже чем через пять лет"),
    ],
)
def test_the_forecast_says_how_it_was_computed(missing: int, gained: int, days: int, words: str) -> None:
    assert words in forecast(missing, gained, days, TODAY, DUE)


def test_the_region_sets_a_target_and_sees_it_on_the_desk(municipality: Municipality, vera: User, enter: Enter) -> None:
    organizations = [make_organization(municipality) for _ in range(4)]
    with time_machine.travel(NOW - timedelta(days=27), tick=False):
        Snapshot.objects.take(municipality.region, day=TODAY - timedelta(days=28))
    Organization.objects.filter(pk=organizations[0].pk).update(step=Step.REGISTERED)
    client = enter(vera)
    assert client.post("/region/targets/", chosen()).status_code == 302
    for address in ("/dashboard/movement/", "/region/targets/"):
        answer = client.get(address)
        (row,) = answer.context["targets"]
        assert (row.needed, row.actual, row.share) == (2, 1, None), "no percent under five"
        assert "За последние 4 недели прибавилось 1. Если так и пойдёт, будет 22.12.2026 – в срок." in (
            answer.content.decode()
        )
    assert Event.objects.filter(verb="target.set", by=vera).count() == 1


def test_a_percent_from_five_organizations_on(municipality: Municipality, vera: User, enter: Enter) -> None:
    for step in (None, None, None, Step.REGISTERED, Step.REGISTERED):
        make_organization(municipality, step=step)
    page = enter(vera).post("/region/targets/", chosen(), follow=True)
    assert "видна на странице «Динамика и цели»" in page.content.decode()
    assert [row.share for row in page.context["targets"]] == [40]


def test_a_long_list_of_targets_says_how_many_more_there_are(
    municipality: Municipality, vera: User, enter: Enter
) -> None:
    for day in range(1, 15):
        enter(vera).post("/region/targets/", chosen(due_on=f"2027-01-{day:02d}"))
    page = enter(vera).get("/dashboard/movement/")
    assert len(page.context["targets"]) == 12
    assert '<a href="?targets=all">Показать ещё 2\xa0цели</a>' in page.content.decode()
    page = enter(vera).get("/dashboard/movement/?targets=all")
    assert len(page.context["targets"]) == 14
    assert "Показать ещё" not in page.content.decode()


def test_the_same_target_again_changes_it(municipality: Municipality, vera: User, enter: Enter) -> None:
    for value in ("50", "70"):
        enter(vera).post("/region/targets/", chosen(value=value))
        enter(vera).post("/region/targets/", chosen(value=value, municipality=str(municipality.pk)))
    assert sorted(Target.objects.values_list("municipality", "value"), key=str) == sorted(
        [(None, 70), (municipality.pk, 70)], key=str
    )


@pytest.mark.parametrize(
    "wrong",
    [{"value": "101"}, {"value": "0"}, {"due_on": "2026-11-23"}, {"measure": "x"}, {"municipality": "999999"}],
)
def test_a_wrong_target_is_refused(region: object, vera: User, enter: Enter, wrong: dict[str, object]) -> None:
    assert enter(vera).post("/region/targets/", chosen(**wrong)).status_code == 200
    assert not Target.objects.exists()


def test_a_municipal_coordinator_sees_hers_and_sets_none(
    municipality: Municipality, other_school: Organization, vera: User, nadia: User, enter: Enter
) -> None:
    make_organization(municipality)
    for place in (municipality, other_school.municipality):
        enter(vera).post("/region/targets/", chosen(municipality=str(place.pk)))
    (row,) = enter(nadia).get("/dashboard/movement/").context["targets"]
    assert row.target.municipality == municipality
    assert len(enter(vera).get("/dashboard/movement/").context["targets"]) == 2
    assert enter(nadia).post("/region/targets/", chosen()).status_code == 404
    assert enter(nadia).post(f"/region/targets/{row.target.pk}/remove/").status_code == 404
    assert enter(vera).post(f"/region/targets/{row.target.pk}/remove/").status_code == 302
    assert Target.objects.count() == 1
