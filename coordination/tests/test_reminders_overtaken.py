"""A reminder that has not left yet stays where it is once its step has closed; what waits still goes."""

from collections.abc import Iterator

import pytest
import time_machine

from accounts.models import User
from conftest import make_appointment
from coordination import reminders, tasks
from coordination.tests.test_reminders import TEN, TODAY, ago, stand
from correspondence.models import Letter, LetterStatus
from organizations.models import Organization
from organizations.statuses import Step


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(TEN, tick=False) as clock:
        yield clock


@pytest.fixture
def letter(school: Organization, marina: User) -> Letter:
    """Written, and held up by a mail server that does not answer."""
    stand(school, Step.SIGNED_IN, ago(5))
    reminders.remind_region(school.region)
    return Letter.objects.get()


def status_of(letter: Letter) -> str:
    letter.refresh_from_db()
    return letter.status


def test_a_step_that_closes_withdraws_the_letter_that_waits(school: Organization, letter: Letter) -> None:
    tasks.remind()  # the red control: nothing has moved, and the letter stays
    assert status_of(letter) == LetterStatus.QUEUED
    stand(school, Step.CLASSES, TODAY)
    tasks.remind()
    assert status_of(letter) == LetterStatus.ABORTED


def test_what_has_left_or_was_begun_is_not_touched(school: Organization, letter: Letter) -> None:
    Letter.objects.update(attempt=1)
    stand(school, Step.CLASSES, TODAY)
    assert reminders.withdraw_overtaken(school.region) == 0
    assert status_of(letter) == LetterStatus.QUEUED


def test_a_letter_about_two_goes_while_one_of_them_waits(
    school: Organization, other_school: Organization, marina: User
) -> None:
    make_appointment(other_school, marina)
    for each in (school, other_school):
        stand(each, Step.SIGNED_IN, ago(5))
    reminders.remind_region(school.region)
    letter = Letter.objects.get()
    stand(school, Step.CLASSES, TODAY)
    assert reminders.withdraw_overtaken(school.region) == 0
    stand(other_school, Step.CLASSES, TODAY)
    assert reminders.withdraw_overtaken(school.region) == 1
    assert status_of(letter) == LetterStatus.ABORTED
