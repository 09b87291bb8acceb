"""Snapshots: only what changed is written, any day can be asked, two beats take one, a night without a beat is told."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from conftest import make_organization, make_region
from coordination.models import Snapshot, Standing
from coordination.tasks import take_snapshots
from foundation.models import JobRun
from organizations.models import Municipality, Organization, Region
from organizations.statuses import AdministratorState, Holder, Step

# 00:02 on 25 November in Tomsk: the first hour of the day there.
NIGHT = datetime(2026, 11, 24, 17, 2, tzinfo=UTC)
DAY = timedelta(days=1)


def change(organization: Organization, **values: Any) -> None:
    Organization.objects.filter(pk=organization.pk).update(**values)


def rows() -> list[tuple[int, int | None, bool]]:
    """Organization, step, whether the interval is open."""
    found = Standing.objects.order_by("seen_from", "organization")
    return [(row.organization_id, row.step, row.seen_until is None) for row in found]


def test_the_first_night_keeps_everything_the_next_only_what_changed(municipality: Municipality) -> None:
    one, other = make_organization(municipality), make_organization(municipality)
    with time_machine.travel(NIGHT, tick=False):
        take_snapshots()
    change(one, step=Step.REGISTERED, step_since=date(2026, 11, 25))
    with time_machine.travel(NIGHT + DAY, tick=False):
        take_snapshots()
    with time_machine.travel(NIGHT + 2 * DAY, tick=False):
        take_snapshots()

    assert rows() == [(one.pk, None, False), (other.pk, None, True), (one.pk, Step.REGISTERED, True)]
    kept = list(Snapshot.objects.order_by("day").values_list("day", "changed"))
    assert kept == [(date(2026, 11, 24), 2), (date(2026, 11, 25), 1), (date(2026, 11, 26), 0)]


def test_every_value_that_is_asked_for_is_kept(school: Organization) -> None:
    change(school, step=Step.REQUESTED, step_since=date(2026, 10, 1), administrator_state=AdministratorState.CONFIRMED)
    Snapshot.objects.take(school.region)
    row = Standing.objects.get()
    assert (row.step, row.step_since, row.administrator_state) == (2, date(2026, 10, 1), "confirmed")
    assert (row.holder, row.kind, row.municipality, row.is_listed) == (
        Holder.SUPPORT,
        "school",
        school.municipality,
        True,
    )


def test_any_moment_is_asked_by_one_condition(school: Organization) -> None:
    with time_machine.travel(NIGHT, tick=False):
        Snapshot.objects.take(school.region)
    change(school, closed_on=date(2026, 11, 25))
    with time_machine.travel(NIGHT + DAY, tick=False):
        Snapshot.objects.take(school.region)

    assert not Standing.objects.at(NIGHT - DAY).exists()
    assert Standing.objects.at(NIGHT).get().is_listed
    assert Standing.objects.at(NIGHT + DAY - timedelta(seconds=1)).get().is_listed
    assert not Standing.objects.at(NIGHT + DAY).get().is_listed
    assert not Standing.objects.at(NIGHT + DAY).listed().exists()


def test_what_closes_later_was_still_listed_on_the_day(school: Organization) -> None:
    """The snapshot of the 24th is taken on the 25th, when the organization that closes that day is closed already."""
    change(school, closed_on=date(2026, 11, 25))
    listed = []
    for nights in range(2):
        with time_machine.travel(NIGHT + nights * DAY, tick=False):
            take_snapshots()
            listed.append(Standing.objects.at(NIGHT + nights * DAY).get().is_listed)
    assert listed == [True, False]


def test_two_beats_take_one_snapshot_of_a_night(school: Organization) -> None:
    with time_machine.travel(NIGHT, tick=False):
        take_snapshots()
        take_snapshots()
    with time_machine.travel(NIGHT + timedelta(hours=1)):
        take_snapshots()
    assert Snapshot.objects.count() == 1


def test_a_beat_that_lost_its_claim_is_still_refused_by_the_day(school: Organization) -> None:
    """Without the runs, the row of the day itself keeps a second one out; the red control is the database's word."""
    with time_machine.travel(NIGHT, tick=False):
        take_snapshots()
    JobRun.objects.all().delete()
    change(school, step=Step.APPOINTED)
    with time_machine.travel(NIGHT + timedelta(hours=9)):
        take_snapshots()
    assert rows() == [(school.pk, None, True)]
    with pytest.raises(IntegrityError), transaction.atomic():
        Snapshot.objects.create(region=school.region, day=date(2026, 11, 24), at=NIGHT, changed=0)


def test_a_region_has_its_own_midnight(municipality: Municipality) -> None:
    make_organization(municipality)
    west = make_region(time_zone="Europe/Kaliningrad")
    with time_machine.travel(NIGHT):
        take_snapshots()
    assert Snapshot.objects.get(region=municipality.region).day == date(2026, 11, 24)
    assert Snapshot.objects.get(region=west).day == date(2026, 11, 23)


def test_a_snapshot_costs_the_same_at_three_and_at_three_hundred(municipality: Municipality) -> None:
    def cost(region: Region) -> int:
        with CaptureQueriesContext(connection) as queries:
            Snapshot.objects.take(region)
        return len(queries)

    few = [make_organization(municipality) for _ in range(3)]
    Snapshot.objects.take(municipality.region)
    change(few[0], step=1)
    at_three = cost(municipality.region)
    for _ in range(297):
        make_organization(municipality)
    Snapshot.objects.take(municipality.region)
    Organization.objects.update(step=2)
    assert cost(municipality.region) == at_three
