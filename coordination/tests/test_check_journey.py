"""Planted damage is found, named and repaired; a clean journey stays as it is."""

import pytest
from django.core.management import call_command

from conftest import make_appointment, make_class
from coordination.check_journey import differences
from invitations.tests.builders import make_invitation
from organizations.journey import reach
from organizations.models import Milestone, Organization
from organizations.statuses import Source, Step
from registrations.models import RegistrationRequest
from registrations.statuses import RegistrationStatus

pytestmark = pytest.mark.django_db


def words():
    return [difference.words for difference in differences()]


def test_what_the_registry_told_needs_no_other_fact(school):
    reach(school, Step.REGISTERED, by=None, source=Source.REGISTRY)
    reach(school, Step.SIGNED_IN, by=None, source=Source.REGISTRY)

    assert words() == []


def test_each_fact_needs_its_milestone(school):
    make_appointment(school)
    make_class(school)
    RegistrationRequest.objects.create(
        organization=school,
        number="РЕГ-1",
        status=RegistrationStatus.REGISTERED,
        last_letter_at="2026-09-01T10:00:00Z",
    )

    assert {difference.missing for difference in differences()} == {
        Step.APPOINTED,
        Step.REQUESTED,
        Step.REGISTERED,
        Step.CLASSES,
    }


def test_letter_that_never_went_proves_nothing(school):
    RegistrationRequest.objects.create(organization=school, number="РЕГ-1")

    assert words() == []


@pytest.mark.parametrize("damage", [{"step": Step.MIGRATED}, {"step": None}, {"step_since": "2019-01-01"}])
def test_planted_step_is_found_and_repaired(school, damage, capsys):
    reach(school, Step.REGISTERED, by=None, source=Source.REGISTRY, on="2021-09-01")
    Organization.objects.filter(pk=school.pk).update(**damage)

    with pytest.raises(SystemExit) as ended:
        call_command("check_journey")
    assert ended.value.code == 1
    assert f"Организация {school.pk}" in capsys.readouterr().out

    call_command("check_journey", repair=True)
    call_command("check_journey")
    assert "Расхождений нет" in capsys.readouterr().out
    school.refresh_from_db()
    assert (school.step, str(school.step_since)) == (Step.REGISTERED, "2021-09-01")


def test_lost_milestone_is_repaired_with_its_line_in_the_journal(school):
    make_invitation(school)
    Milestone.objects.all().delete()

    call_command("check_journey", repair=True)

    assert set(school.milestones.values_list("step", flat=True)) == {Step.CLASSES, Step.INVITED}
    school.refresh_from_db()
    assert school.step == Step.INVITED
    assert school.events.filter(verb="milestone.reached").count() == 2


def test_costs_the_same_at_any_number(school, other_school, django_assert_max_num_queries):
    for organization in (school, other_school):
        make_appointment(organization)
    with django_assert_max_num_queries(8):
        assert len(words()) == 2
