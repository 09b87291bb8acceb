"""«Стоит дольше нормы»: norms of the region, a school's clock rests in summer, Sferum's does not."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from conftest import make_organization
from coordination.stalled import Clock, clock_of, days_of, stalled_q, stalled_words
from organizations.models import Event, Municipality, Organization, Region
from organizations.statuses import AdministratorState, Step

Enter = Callable[[User], Client]
AUTUMN = datetime(2026, 9, 3, 5, tzinfo=UTC)  # a Thursday
SUMMER = Clock((6, 1), (8, 25))


def at(municipality: Municipality, step: Step, since: date, **fields: object) -> Organization:
    return make_organization(municipality, step=step, step_since=since, **fields)


def test_a_schools_summer_does_not_count() -> None:
    """The red control: the plain clock counts all of it."""
    start, end = date(2026, 5, 29), date(2026, 9, 1)
    assert SUMMER.days(start, end) == 5  # 26, 27, 28, 31 August, 1 September
    assert Clock().days(start, end) == 66
    assert SUMMER.last_start(end, 4) == date(2026, 5, 31) or SUMMER.last_start(end, 4) >= date(2026, 5, 29)


@pytest.mark.parametrize("clock", [Clock(), SUMMER, Clock((12, 25), (1, 10))])
@pytest.mark.parametrize("norm", [1, 5, 20, 60])
def test_the_threshold_says_the_same_as_counting(clock: Clock, norm: int) -> None:
    today = date(2026, 9, 3)
    last = clock.last_start(today, norm)
    assert clock.days(last, today) > norm
    assert clock.days(date.fromordinal(last.toordinal() + 1), today) <= norm


def test_a_rest_of_the_whole_year_ends_the_count() -> None:
    assert Clock((1, 1), (12, 31)).last_start(date(2026, 9, 3), 5) < date(2024, 1, 1)


@time_machine.travel(AUTUMN)
def test_the_filter_and_the_words_agree(municipality: Municipality) -> None:
    spring = date(2026, 5, 28)
    rested = at(municipality, Step.REGISTERED, spring, administrator_state=AdministratorState.CONFIRMED)
    support = at(municipality, Step.REQUESTED, spring)
    manager = at(municipality, Step.REGISTERED, spring, administrator_state=AdministratorState.CHANGING)
    long_ago = at(municipality, Step.REGISTERED, date(2026, 4, 1))
    done = at(municipality, Step.MIGRATED, date(2020, 1, 1))
    unknown = make_organization(municipality, step=Step.REGISTERED)
    found = set(Organization.objects.filter(stalled_q()))
    assert found == {support, manager, long_ago}
    for organization in (rested, support, manager, long_ago, done, unknown):
        assert bool(stalled_words(organization)) is (organization in found)


@time_machine.travel(AUTUMN)
def test_the_list_shows_who_stands_and_for_how_long(
    municipality: Municipality, other_school: Organization, nadia: User, vera: User, enter: Enter
) -> None:
    stands = at(municipality, Step.REQUESTED, date(2026, 8, 20))
    at(municipality, Step.REQUESTED, date(2026, 9, 2))
    Organization.objects.filter(pk=other_school.pk).update(step=Step.REQUESTED, step_since=date(2026, 3, 2))
    answer = enter(nadia).get("/organizations/?stalled=on")
    assert [row.pk for row in answer.context["table"].data] == [stands.pk]
    assert "стоит 10\xa0рабочих дней при норме 5" in answer.content.decode()
    assert enter(vera).get("/organizations/?stalled=on").context["count"] == 2


def test_rows_of_the_same_days_are_counted_once(municipality: Municipality, vera: User, enter: Enter) -> None:
    for _ in range(20):
        at(municipality, Step.REQUESTED, date(2026, 3, 2))
    days_of.cache_clear()
    enter(vera).get("/organizations/?stalled=on")
    assert (days_of.cache_info().misses, days_of.cache_info().hits) == (1, 19)


def norms(**changes: object) -> dict[str, object]:
    return {**{f"step_{step}": 5 for step in range(1, 7)}, "summer_from": "01.06", "summer_until": "25.08"} | changes


@time_machine.travel(AUTUMN)
def test_the_region_sets_its_norms(school: Organization, vera: User, enter: Enter) -> None:
    Organization.objects.filter(pk=school.pk).update(step=Step.REQUESTED, step_since=date(2026, 8, 20))
    assert Organization.objects.filter(stalled_q()).exists()
    assert enter(vera).post("/region/norms/", norms(step_2=0, summer_from="15.06")).status_code == 302
    assert not Organization.objects.filter(stalled_q()).exists()
    region = Region.objects.get()
    assert (region.step_norms["2"], region.step_norms["3"], region.summer_from) == (0, 5, "15.06")
    assert clock_of(region, of_sferum=False) == Clock((6, 15), (8, 25))
    assert Event.objects.filter(verb="region.norms-changed", by=vera).count() == 1
    assert "«Письмо в Сферум отправлено»" in enter(vera).get("/region/").content.decode()


@pytest.mark.parametrize(
    "wrong", [{"step_1": -1}, {"step_1": "много"}, {"summer_from": "31.02"}, {"summer_from": ""}, {"summer_until": "x"}]
)
def test_a_wrong_norm_is_refused_and_nothing_is_kept(
    school: Organization, vera: User, enter: Enter, wrong: dict[str, object]
) -> None:
    answer = enter(vera).post("/region/norms/", norms(step_3=99, **wrong))
    assert answer.status_code == 200
    assert "Сохранить нормы" in answer.content.decode()
    assert Region.objects.get().step_norms["3"] == 10


def test_a_municipal_coordinator_sets_no_norms(nadia: User, marina: User, enter: Enter) -> None:
    assert enter(nadia).post("/region/norms/", norms()).status_code == 404
    assert enter(marina).post("/region/norms/", norms()).status_code == 404
