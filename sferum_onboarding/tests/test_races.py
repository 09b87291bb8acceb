"""Two verbs of different rooms reach different steps of one organization at the same instant: the furthest one stays.

Two administrators who decide one request at once are in invitations/tests/test_races.py.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import User
from conftest import make_appointment, make_organization
from organizations.journey import reach
from organizations.models import Milestone, Organization, SchoolClass
from organizations.models.school_class import ClassDraft, academic_year_of
from organizations.statuses import Source, Step
from registrations.entry import confirm_first_entry

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
PAIRS = 40


def at_once(*acts: Callable[[], object]) -> None:
    """Each act in a thread with a connection of its own, all let go together; what one raises is raised here."""
    start = Barrier(len(acts), timeout=10)

    def run(act: Callable[[], object]) -> None:
        start.wait()
        try:
            act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        list(pool.map(run, acts))


def test_of_two_verbs_at_once_the_furthest_step_stays(school: Organization, marina: User) -> None:
    year, draft = academic_year_of(timezone.localdate()), [ClassDraft(grade=7, section="Б")]
    for _ in range(PAIRS):
        organization = make_organization(school.municipality)
        make_appointment(organization, marina)
        reach(organization, Step.REGISTERED, by=None, source=Source.REGISTRY)
        one, other = (Organization.objects.select_related("region").get(pk=organization.pk) for _ in range(2))
        at_once(
            lambda one=one: confirm_first_entry(one, by=marina),
            lambda other=other: SchoolClass.objects.add_many(other, year, draft, by=marina),
        )
        organization.refresh_from_db()
        assert set(organization.milestones.values_list("step", flat=True)) >= {Step.SIGNED_IN, Step.CLASSES}
        assert organization.step == Step.CLASSES


def test_red_control_without_the_lock_of_the_row_the_step_falls_back(school: Organization) -> None:
    counted, later_is_done = Barrier(2, timeout=10), Event()

    def naive(step: Step) -> None:
        with transaction.atomic():
            Milestone.objects.create(organization=school, step=step, source=Source.SCHOOL)
            furthest = school.milestones.aggregate(step=Max("step"))["step"]
            counted.wait()
            if step == Step.SIGNED_IN:
                later_is_done.wait(10)
            Organization.objects.filter(pk=school.pk).update(step=furthest)
        later_is_done.set()

    at_once(lambda: naive(Step.SIGNED_IN), lambda: naive(Step.CLASSES))

    school.refresh_from_db()
    assert school.step == Step.SIGNED_IN, "the classes are there, but the road says that they are not"
