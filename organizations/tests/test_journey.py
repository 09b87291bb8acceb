"""The road: steps only go forward, the furthest one counts, gaps are legal."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from conftest import make_class, make_organization
from foundation.verbs import WrongStatus
from organizations.journey import holder_expression, next_move, reach, unreach
from organizations.models import Event, Milestone, Municipality, Organization, SchoolClass
from organizations.models.school_class import ClassDraft
from organizations.statuses import AdministratorState, Holder, Source, Step


def test_step_is_the_furthest_milestone_even_with_gaps(school: Organization) -> None:
    assert reach(school, Step.REGISTERED, by=None, source=Source.REGISTRY, on=date(2021, 9, 1))
    assert reach(school, Step.APPOINTED, by=None, source=Source.SCHOOL)
    school.refresh_from_db()
    assert school.step == Step.REGISTERED
    assert school.step_since == date(2021, 9, 1)
    assert school.is_registered


def test_a_milestone_is_noted_once(school: Organization, vera: User) -> None:
    assert reach(school, Step.REGISTERED, by=vera, source=Source.COORDINATOR)
    assert not reach(school, Step.REGISTERED, by=vera, source=Source.LETTER)
    assert Milestone.objects.get(organization=school).source == Source.COORDINATOR
    assert Event.objects.filter(organization=school, verb="milestone.reached").count() == 1


def test_what_did_not_happen_after_all_is_taken_back_with_a_line_in_the_journal(
    school: Organization, vera: User
) -> None:
    reach(school, Step.APPOINTED, by=vera, source=Source.COORDINATOR, on=date(2026, 9, 1))
    since = timezone.now()
    reach(school, Step.REQUESTED, by=vera, source=Source.PORTAL)
    assert unreach(school, Step.REQUESTED, by=vera, noted_since=since)
    school.refresh_from_db()
    assert (school.step, school.step_since) == (Step.APPOINTED, date(2026, 9, 1))
    assert Event.objects.get(verb="milestone.removed").fields == ["requested"]
    assert not unreach(school, Step.REQUESTED, by=vera, noted_since=since)


def test_what_was_known_before_or_bears_a_later_step_stays(school: Organization, vera: User) -> None:
    reach(school, Step.REQUESTED, by=vera, source=Source.SCHOOL)
    assert not unreach(school, Step.REQUESTED, by=vera, noted_since=timezone.now())
    reach(school, Step.REGISTERED, by=vera, source=Source.LETTER)
    assert not unreach(school, Step.REQUESTED, by=vera, noted_since=timezone.now() - timedelta(days=1))
    school.refresh_from_db()
    assert school.step == Step.REGISTERED
    assert school.milestones.count() == 2


def test_first_class_reaches_the_classes_step_when_added_as_a_grid(school: Organization, marina: User) -> None:
    added = SchoolClass.objects.add_many(
        school, 2026, [ClassDraft(grade=5, section="А"), ClassDraft(grade=5, section="A")], by=marina
    )
    assert [school_class.name for school_class in added] == ["5 «А»"], "a Latin A is the same class"
    school.refresh_from_db()
    assert school.step == Step.CLASSES


def test_a_class_that_was_archived_meanwhile_stays_archived(school: Organization, marina: User) -> None:
    [opened] = SchoolClass.objects.add_many(school, 2026, [ClassDraft(grade=5, section="А")], by=marina)
    SchoolClass.objects.get(pk=opened.pk).archive(by=marina)
    opened.section = "Б"
    with pytest.raises(WrongStatus, match="в архиве"):
        opened.change(by=marina)
    opened.refresh_from_db()
    assert opened.section == "А"
    assert opened.archived_at


def test_of_two_people_who_give_one_name_to_two_classes_one_is_told(school: Organization, marina: User) -> None:
    drafts = [ClassDraft(grade=5, section="А"), ClassDraft(grade=5, section="Б")]
    first, second = SchoolClass.objects.add_many(school, 2026, drafts, by=marina)
    first.section = second.section = "В"
    first.change(by=marina)
    with pytest.raises(WrongStatus, match="только что"):
        second.change(by=marina)


def test_the_same_class_is_not_added_twice(school: Organization, marina: User) -> None:
    make_class(school, grade=5, section="А")
    assert SchoolClass.objects.add_many(school, 2026, [ClassDraft(grade=5, section="a")], by=marina) == []


@pytest.mark.parametrize(
    ("step", "state", "holder"),
    [
        (None, AdministratorState.UNKNOWN, Holder.HEAD),
        (Step.APPOINTED, AdministratorState.CONFIRMED, Holder.ADMINISTRATOR),
        (Step.REQUESTED, AdministratorState.CONFIRMED, Holder.SUPPORT),
        (Step.REGISTERED, AdministratorState.UNKNOWN, Holder.HEAD),
        (Step.INVITED, AdministratorState.CHANGING, Holder.MANAGER),
        (Step.REGISTERED, AdministratorState.CONFIRMED, Holder.ADMINISTRATOR),
        (Step.MIGRATED, AdministratorState.UNKNOWN, Holder.NOBODY),
    ],
)
def test_whose_move_it_is(step: Step | None, state: AdministratorState, holder: Holder) -> None:
    move = next_move(Organization(step=step, administrator_state=state))
    assert move.holder == holder
    assert "{" not in move.title + move.why


def test_the_holder_in_sql_is_the_holder_on_the_page(municipality: Municipality) -> None:
    for step in [None, *Step]:
        for state in AdministratorState:
            make_organization(municipality, step=step, administrator_state=state)
    for organization in Organization.objects.annotate(holder=holder_expression()):
        assert organization.holder == next_move(organization).holder, (
            organization.step,
            organization.administrator_state,
        )
