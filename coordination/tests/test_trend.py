"""«По неделям»: from snapshots; before the first one from the days of steps, and the page says so."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import time_machine
from django.test import Client

from accounts.models import User
from coordination.models import Snapshot
from coordination.trend import WEEKS, trend_of
from organizations.models import Milestone, Organization
from organizations.statuses import AdministratorState, Source, Step

NOW = datetime(2026, 11, 24, 5, tzinfo=UTC)  # a Tuesday
SUNDAY = date(2026, 11, 22)


def test_weeks_before_the_first_snapshot_come_from_the_days_of_steps(
    school: Organization, other_school: Organization, vera: User, enter: Callable[[User], Client]
) -> None:
    on = date(2026, 11, 3)
    Milestone.objects.create(organization=school, step=Step.REGISTERED, reached_on=on, source=Source.SCHOOL)
    Milestone.objects.create(organization=other_school, step=Step.REGISTERED, source=Source.REGISTRY)
    Organization.objects.update(step=Step.REGISTERED)
    with time_machine.travel(NOW - timedelta(days=1, hours=11), tick=False):
        Snapshot.objects.take(school.region, day=SUNDAY)
    Organization.objects.update(administrator_state=AdministratorState.CONFIRMED)
    with time_machine.travel(NOW):
        trend = trend_of(Organization.objects.all())
        page = enter(vera).get("/dashboard/movement/").content.decode()
    registered, confirmed, *_ = trend.lines
    assert len(trend.days) == WEEKS
    assert trend.days[-4:] == [date(2026, 11, 8), date(2026, 11, 15), SUNDAY, date(2026, 11, 24)]
    assert registered.counts[-5:] == [0, 1, 1, 2, 2]
    assert confirmed.counts[-4:] == [None, None, 0, 2]
    assert "До 22.11.2026 портал состояние не сохранял" in page
    assert "неизвестно" in page


def test_a_week_ends_as_the_desk_of_its_sunday_shows_it(
    school: Organization, vera: User, enter: Callable[[User], Client]
) -> None:
    """A report that is marked on Monday takes a snapshot of its own: that one is of Monday already."""
    with time_machine.travel(NOW - timedelta(days=1, hours=11), tick=False):
        Snapshot.objects.take(school.region, day=SUNDAY)
    Organization.objects.update(step=Step.REGISTERED)
    with time_machine.travel(NOW - timedelta(days=1), tick=False):
        enter(vera).post("/reports/sent/")
    with time_machine.travel(NOW):
        registered = trend_of(Organization.objects.all()).lines[0]
        desk = enter(vera).get(f"/dashboard/?as_of={SUNDAY}")
        page = enter(vera).get("/dashboard/movement/").content.decode()
    assert registered.counts[-2:] == [desk.context["figures"].registered, 1] == [0, 1]
    assert f'<a href="/dashboard/?as_of={SUNDAY}">22.11.2026</a>' in page
    assert "/dashboard/?as_of=2026-11-15" not in page
    assert "вечер воскресенья" in page
