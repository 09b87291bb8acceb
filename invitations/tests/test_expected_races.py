"""Several administrators at one list in one instant: names are written once, and erased for good."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier

import pytest
from django.db import connection

from accounts.models import User
from conftest import make_class
from foundation.verbs import WrongStatus
from invitations.list_changes import ListChange, NameList
from invitations.models import ExpectedMember, ListDraft, ListGround
from invitations.models.expected import ExpectedMemberQuerySet
from invitations.models.list_draft import ListsChanged, fingerprint_of
from invitations.statuses import Role
from invitations.tests.builders import make_ground
from organizations.models import Event, Organization, SchoolClass

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 6
NAMES = ["Петров Илья Сергеевич", "Петров Илья Сергеевич", "Смирнова Анна Львовна"]
Together = Callable[[Callable[[], str]], list[str]]


@pytest.fixture
def seven(school: Organization, marina: User) -> SchoolClass:
    make_ground(school, marina)
    return make_class(school)


@pytest.fixture
def together() -> Iterator[Together]:
    """One act in several threads at once, each with a connection of its own; what each of them said."""

    def act(one: Callable[[], str]) -> str:
        try:
            return one()
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield lambda one: list(pool.map(lambda _: act(one), range(AT_ONCE)))


def test_one_list_saved_by_many_is_written_once(seven: SchoolClass, marina: User, together: Together) -> None:
    def save() -> str:
        change = ExpectedMember.objects.save_list(seven.organization, seven, Role.PUPIL, NAMES, by=marina)
        return str(len(change.added))

    assert sorted(together(save)) == ["0"] * (AT_ONCE - 1) + ["3"]
    assert list(ExpectedMember.objects.values_list("full_name", flat=True)) == NAMES
    assert Event.objects.filter(verb="expected.list-saved").count() == 1


@pytest.mark.postgres
def test_red_control_without_the_lock_names_are_doubled(
    seven: SchoolClass, marina: User, together: Together, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting, compared = Barrier(AT_ONCE, timeout=10), ExpectedMemberQuerySet.compare

    def late(rows: ExpectedMemberQuerySet, organization: Organization, lists: list[NameList]) -> list[ListChange]:
        found = compared(rows, organization, lists)
        meeting.wait()
        return found

    monkeypatch.setattr(Organization, "hold", lambda _: None)
    monkeypatch.setattr(ExpectedMemberQuerySet, "compare", late)

    def save() -> str:
        ExpectedMember.objects.save_list(seven.organization, seven, Role.PUPIL, NAMES, by=marina)
        return "saved"

    together(save)
    assert ExpectedMember.objects.count() == AT_ONCE * len(NAMES)


def test_a_draft_confirmed_twice_is_saved_once(seven: SchoolClass, marina: User, together: Together) -> None:
    made = ListDraft.objects.prepare(seven.organization, [NameList(seven, Role.PUPIL, NAMES)], by=marina)
    shown = fingerprint_of(made.changes())

    def confirm() -> str:
        try:
            ListDraft.objects.get(pk=made.pk).confirm(fingerprint=shown, confirmed_removal=False, by=marina)
        except (WrongStatus, ListsChanged):
            return "late"
        return "saved"

    assert together(confirm).count("saved") == 1
    assert ExpectedMember.objects.count() == len(NAMES)


def test_nothing_is_added_to_lists_that_are_being_switched_off(
    seven: SchoolClass, marina: User, together: Together
) -> None:
    def act() -> str:
        with suppress(WrongStatus, ListGround.DoesNotExist):
            ListGround.objects.get(organization=seven.organization).remove(by=marina)
        try:
            ExpectedMember.objects.save_list(seven.organization, seven, Role.PUPIL, NAMES, by=marina)
        except WrongStatus:
            return "off"
        return "saved"

    assert together(act) == ["off"] * AT_ONCE
    assert not ExpectedMember.objects.exists()
