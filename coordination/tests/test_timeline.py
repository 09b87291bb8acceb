"""The timeline of an organization: in words, and short where the same thing happened many times."""

import pytest

from coordination.timeline import timeline
from organizations.journey import reach
from organizations.models import Event
from organizations.statuses import Actor, Source, Step

pytestmark = pytest.mark.django_db


def test_stranger_sees_no_timeline(enter, school, oleg):
    assert enter(oleg).get(school.get_absolute_url()).status_code == 404


def test_same_act_many_times_on_a_day_is_one_line(enter, school, marina):
    for _ in range(7):
        Event.record("request.filed", school, school, actor=Actor.APPLICANT)
    Event.record("classes.added", school, school, by=marina)
    Event.record("request.filed", school, school, actor=Actor.APPLICANT)

    assert [entry.times for entry in timeline(school)] == [1, 1, 7]
    assert "Подана заявка в класс × 7" in enter(marina).get(school.get_absolute_url()).content.decode()


def test_step_seen_by_the_portal_bears_the_day_it_was_noted(enter, school, marina):
    reach(school, Step.CLASSES, by=marina, source=Source.PORTAL)
    reach(school, Step.SIGNED_IN, by=marina, source=Source.REGISTRY)

    page = enter(marina).get(school.get_absolute_url()).content.decode()
    assert "сегодня, видно в портале" in page
    assert "сегодня, по реестру" not in page
