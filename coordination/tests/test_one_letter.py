"""Whoever reminds, one person reads few letters: the ladder and the nudge about join requests know of each other."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine

from accounts.models import User
from coordination import reminders
from coordination.models import Reminder
from coordination.reminder_plan import plan_of
from coordination.statuses import Held
from coordination.tests.test_reminders import TEN, TODAY, ago, stand
from correspondence.models import Letter
from invitations.models import JoinRequest
from invitations.nudges import nudge_region
from invitations.tests.builders import make_invitation, make_request
from organizations.models import Organization, Region
from organizations.statuses import Step


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(TEN, tick=False) as clock:
        yield clock


def a_request_waits(school: Organization) -> None:
    request = make_request(make_invitation(school))
    JoinRequest.objects.filter(pk=request.pk).update(created_at=TEN - timedelta(days=20))


def test_after_the_nudge_about_requests_the_ladder_does_not_repeat_it(
    school: Organization, marina: User, clock: time_machine.Traveller
) -> None:
    a_request_waits(school)
    stand(school, Step.INVITED, ago(10))
    assert list(plan_of(school.region, TODAY).bundles) == [marina.email]  # the control: without the nudge she is told
    assert nudge_region(school.region) == 1
    clock.shift(timedelta(days=1))
    plan = plan_of(school.region, TODAY + timedelta(days=1))
    assert not plan.bundles
    assert [row.why for row in plan.held] == [Held.REQUESTS]


def test_a_nudge_does_not_come_on_the_day_of_a_reminder(school: Organization, marina: User) -> None:
    a_request_waits(school)
    stand(school, Step.SIGNED_IN, ago(5))
    assert reminders.remind_region(school.region) == 1
    assert nudge_region(school.region) == 0


@pytest.mark.parametrize(("most", "nudged"), [(1, 0), (2, 1)])
def test_the_weekly_limit_holds_over_both(
    school: Organization, marina: User, clock: time_machine.Traveller, most: int, nudged: int
) -> None:
    Region.objects.filter(pk=school.region.pk).update(reminders_a_week=most)
    a_request_waits(school)
    stand(school, Step.SIGNED_IN, ago(5))
    reminders.remind_region(school.region)
    assert Reminder.objects.count() == 1
    clock.shift(timedelta(days=1))
    assert nudge_region(Region.objects.get(pk=school.region.pk)) == nudged
    assert Letter.objects.filter(recipient=marina.email or "", thread__startswith="reminder:").count() == 1 + nudged
