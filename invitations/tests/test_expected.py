"""Lists of expected names: counted names, the guard against mass removal, the ground, and what time erases."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from conftest import make_class
from foundation.verbs import WrongStatus
from invitations import retention, tasks
from invitations.list_changes import FEW_REMOVED, NameList, compare, remove_many
from invitations.models import Destruction, ExpectedMember, ListDraft, ListGround, ListMatch, ListsChanged, RemovalHeld
from invitations.models.list_draft import fingerprint_of
from invitations.models.list_ground import usual_wave_end
from invitations.statuses import Destroyed, DestructionGround, RequestStatus, Role
from invitations.tests.builders import in_days, make_ground, make_invitation, make_request
from organizations.models import Event, Organization, SchoolClass

pytestmark = pytest.mark.django_db
ILYA, ANNA, GLEB = "Петров Илья Сергеевич", "Смирнова Анна Львовна", "Орлов Глеб Игоревич"


@pytest.fixture
def seven(school: Organization) -> SchoolClass:
    return make_class(school)


@pytest.fixture
def ground(school: Organization, marina: User) -> ListGround:
    return make_ground(school, marina)


def names_of(school_class: SchoolClass | None, role: str = Role.PUPIL) -> list[str]:
    rows = ExpectedMember.objects.filter(school_class=school_class, role=role)
    return list(rows.values_list("full_name", flat=True))


def save(school_class: SchoolClass, names: list[str], by: User, **more: Any) -> Any:
    return ExpectedMember.objects.save_list(school_class.organization, school_class, Role.PUPIL, names, by=by, **more)


def pupils(number: int) -> list[str]:
    letters = "абвгдежзиклмнопрстуфхцчшщэюя"
    return [f"Иванов{letters[n // 27 % 27]} {letters[n % 27]}лья" for n in range(number)]


def test_a_list_is_saved_as_a_whole_and_the_difference_is_told(
    seven: SchoolClass, ground: ListGround, marina: User
) -> None:
    save(seven, [ILYA, ANNA], marina)
    change = save(seven, [ANNA, GLEB], marina)
    assert (change.added, [row.full_name for row in change.removed]) == ([GLEB], [ILYA])
    assert [row.full_name for row in change.same] == [ANNA]
    assert names_of(seven) == [GLEB, ANNA]
    row = ExpectedMember.objects.get(full_name=GLEB)
    assert (row.organization, row.added_by) == (seven.organization, marina)


def test_two_pupils_of_one_name_are_two_lines(seven: SchoolClass, ground: ListGround, marina: User) -> None:
    save(seven, [ILYA, ILYA, ANNA], marina)
    assert names_of(seven) == [ILYA, ILYA, ANNA]
    change = save(seven, [ILYA, ANNA], marina)
    assert len(change.removed) == 1
    assert names_of(seven) == [ILYA, ANNA]


def test_the_line_that_a_request_took_is_the_one_that_stays(
    seven: SchoolClass, ground: ListGround, marina: User
) -> None:
    save(seven, [ILYA, ILYA], marina)
    taken = ExpectedMember.objects.latest("pk")
    request = make_request(make_invitation(seven.organization, school_class=seven), status=RequestStatus.ACCEPTED)
    match = ListMatch.objects.create(member=taken, request=request)
    save(seven, [ILYA, ANNA], marina)
    assert ListMatch.objects.get() == match
    assert ExpectedMember.objects.get(full_name=ILYA) == taken


def test_a_taken_line_goes_too_when_the_list_no_longer_has_it(
    seven: SchoolClass, ground: ListGround, marina: User
) -> None:
    save(seven, [ILYA, ANNA], marina)
    request = make_request(make_invitation(seven.organization, school_class=seven), status=RequestStatus.ACCEPTED)
    ListMatch.objects.create(member=ExpectedMember.objects.get(full_name=ILYA), request=request)
    change = save(seven, [ANNA], marina)
    assert [row.is_taken for row in change.removed] == [True]
    assert not ListMatch.objects.exists()
    request.refresh_from_db()
    assert request.status == RequestStatus.ACCEPTED


@pytest.mark.parametrize("written", ["Петров  Илья Сергеевич", "ПЕТРОВ ИЛЬЯ СЕРГЕЕВИЧ", "Пeтpов Илья Сергеевич"])
def test_a_mended_spelling_keeps_the_line(seven: SchoolClass, ground: ListGround, marina: User, written: str) -> None:
    save(seven, [written], marina)
    before = ExpectedMember.objects.get()
    change = save(seven, [ILYA], marina)
    assert (change.added, change.removed, len(change.respelled)) == ([], [], 1)
    after = ExpectedMember.objects.get()
    assert (after.pk, after.full_name) == (before.pk, ILYA)


def test_one_event_without_names_and_none_where_nothing_changed(
    seven: SchoolClass, ground: ListGround, marina: User
) -> None:
    save(seven, [ILYA, ANNA], marina)
    save(seven, [ANNA, ILYA], marina)
    event = Event.objects.get(verb="expected.list-saved")
    assert (event.by, event.fields) == (marina, ["added:2", "lists:1", "removed:0"])
    assert "Петров" not in str(vars(event)) + str(ExpectedMember.objects.first())


def test_many_names_are_not_removed_without_being_asked(seven: SchoolClass, ground: ListGround, marina: User) -> None:
    everybody = pupils(25)
    save(seven, everybody, marina)
    with pytest.raises(RemovalHeld, match="уйдёт 6\xa0имён"):
        save(seven, everybody[6:], marina)
    assert len(names_of(seven)) == 25
    save(seven, everybody[6:], marina, confirmed_removal=True)
    assert len(names_of(seven)) == 19


def test_red_control_without_the_guard_an_empty_file_would_empty_the_list(
    seven: SchoolClass, ground: ListGround, marina: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(seven, pupils(25), marina)
    monkeypatch.setattr("invitations.models.expected.remove_many", lambda _: False)
    save(seven, [], marina)
    assert names_of(seven) == []


def test_a_few_names_and_a_small_share_of_many_go_without_a_question(
    seven: SchoolClass, ground: ListGround, marina: User
) -> None:
    everybody = pupils(25)
    save(seven, everybody, marina)
    save(seven, everybody[FEW_REMOVED:], marina)
    other = make_class(seven.organization, section="В")
    many = pupils(80)
    save(other, many, marina)
    save(other, many[8:], marina)
    assert len(names_of(other)) == 72


def test_many_lists_that_lose_a_little_each_are_held_together(
    school: Organization, ground: ListGround, marina: User
) -> None:
    classes = [make_class(school, section=letter) for letter in "АБВГ"]
    full = [NameList(each, Role.PUPIL, pupils(20)) for each in classes]
    ExpectedMember.objects.save_lists(school, full, by=marina)
    less = [NameList(each, Role.PUPIL, pupils(17)) for each in classes]
    changes = ExpectedMember.objects.compare(school, less)
    assert not any(change.removes_many for change in changes)
    assert remove_many(changes)
    with pytest.raises(RemovalHeld):
        ExpectedMember.objects.save_lists(school, less, by=marina)


def test_lists_that_are_not_given_stay(seven: SchoolClass, ground: ListGround, marina: User) -> None:
    other = make_class(seven.organization, section="В")
    save(seven, [ILYA], marina)
    save(other, [ANNA], marina)
    save(other, [GLEB], marina)
    assert names_of(seven) == [ILYA]


def test_saving_costs_the_same_statements_at_three_and_at_a_hundred(
    seven: SchoolClass, ground: ListGround, marina: User
) -> None:
    costs = []
    for number in (3, 100):
        save(seven, [], marina, confirmed_removal=True)
        save(seven, pupils(number), marina)
        with CaptureQueriesContext(connection) as asked:
            save(seven, [f"{name}н" for name in pupils(number)], marina, confirmed_removal=True)
        costs.append(len(asked))
    assert costs[0] == costs[1] <= 16


def test_a_class_of_another_school_or_in_the_archive_is_refused(
    seven: SchoolClass, other_school: Organization, ground: ListGround, marina: User
) -> None:
    foreign = make_class(other_school)
    with pytest.raises(WrongStatus):
        ExpectedMember.objects.save_list(seven.organization, foreign, Role.PUPIL, [ILYA], by=marina)
    seven.archive(by=marina)
    with pytest.raises(WrongStatus, match="в архиве"):
        save(seven, [ILYA], marina)
    with pytest.raises(WrongStatus, match="только список сотрудников"):
        ExpectedMember.objects.save_list(seven.organization, None, Role.PUPIL, [ILYA], by=marina)
    assert not ExpectedMember.objects.exists()


def test_without_a_ground_the_verbs_refuse(seven: SchoolClass, marina: User) -> None:
    school = seven.organization
    with pytest.raises(WrongStatus, match="Списки выключены"):
        save(seven, [ILYA], marina)
    with pytest.raises(WrongStatus, match="Списки выключены"):
        ExpectedMember.objects.add_one(school, seven, Role.PUPIL, ILYA, by=marina)
    with pytest.raises(WrongStatus, match="Списки выключены"):
        ListDraft.objects.prepare(school, [NameList(seven, Role.PUPIL, [ILYA])], by=marina)
    assert not ExpectedMember.objects.exists()
    assert not ListDraft.objects.exists()


def test_after_the_wave_nothing_is_added_until_a_new_end_is_named(
    seven: SchoolClass, ground: ListGround, marina: User
) -> None:
    ListGround.objects.update(wave_ends_on=in_days(-2))
    with pytest.raises(WrongStatus, match="Волна приглашений закончилась"):
        save(seven, [ILYA], marina)
    make_ground(seven.organization, marina)
    save(seven, [ILYA], marina)
    assert ListGround.objects.count() == 1


def test_removing_the_ground_erases_every_name_at_once(seven: SchoolClass, ground: ListGround, marina: User) -> None:
    save(seven, [ILYA, ANNA], marina)
    ListDraft.objects.prepare(seven.organization, [NameList(seven, Role.PUPIL, [GLEB])], by=marina)
    assert ground.remove(by=marina) == 2
    assert not ExpectedMember.objects.exists()
    assert not ListDraft.objects.exists()
    record = Destruction.objects.get()
    assert (record.kind, record.ground, record.count) == (Destroyed.LISTS, DestructionGround.SCHOOL, 2)
    assert Event.objects.get(verb="expected.ground-removed").by == marina
    assert Event.objects.get(verb="expected.purged").by == marina
    with pytest.raises(WrongStatus, match="уже выключены"):
        ground.remove(by=marina)


def test_a_wave_ends_in_september_or_in_a_month() -> None:
    day = timezone.localdate()
    assert usual_wave_end(day.replace(month=8, day=20)).strftime("%d.%m") == "30.09"
    assert usual_wave_end(day.replace(month=9, day=15)).strftime("%d.%m") == "15.10"
    assert usual_wave_end(day.replace(month=2, day=1)) == day.replace(month=2, day=1) + timedelta(days=30)


def test_names_go_some_days_after_the_wave(
    seven: SchoolClass, ground: ListGround, marina: User, time_machine: Any, settings: Any
) -> None:
    save(seven, [ILYA, ANNA], marina)
    settings.EXPECTED_KEPT_DAYS = 10
    ListGround.objects.update(wave_ends_on=in_days(-10))
    assert retention.purge_lists() == 0
    assert not Destruction.objects.exists()
    ListGround.objects.update(wave_ends_on=in_days(-11))
    tasks.purge_lists()
    assert not ExpectedMember.objects.exists()
    record = Destruction.objects.get()
    assert (record.organization, record.ground, record.count) == (seven.organization, DestructionGround.WAVE, 2)
    assert Event.objects.get(verb="expected.purged").by is None
    assert retention.purge_lists() == 0


def test_the_names_of_archived_and_past_classes_go_the_next_night(
    school: Organization, ground: ListGround, marina: User
) -> None:
    archived, past, kept = (make_class(school, section=letter) for letter in "АБВ")
    for each in (archived, past, kept):
        save(each, [ILYA], marina)
    ExpectedMember.objects.save_list(school, None, Role.TEACHER, [ANNA], by=marina)
    archived.archive(by=marina)
    SchoolClass.objects.filter(pk=past.pk).update(academic_year=2020)
    assert retention.purge_lists() == 2
    assert names_of(kept) == [ILYA]
    assert names_of(None, Role.TEACHER) == [ANNA]
    assert Destruction.objects.get().ground == DestructionGround.ARCHIVED


def test_another_schools_names_outlive_this_schools_wave(
    seven: SchoolClass, other_school: Organization, ground: ListGround, marina: User, oleg: User
) -> None:
    make_ground(other_school, oleg)
    theirs = make_class(other_school)
    save(theirs, [GLEB], oleg)
    save(seven, [ILYA], marina)
    ListGround.objects.filter(organization=seven.organization).update(wave_ends_on=in_days(-400))
    assert retention.purge_lists() == 1
    assert names_of(theirs) == [GLEB]


def test_a_draft_writes_nothing_before_it_is_confirmed_and_is_gone_after(
    seven: SchoolClass, ground: ListGround, marina: User
) -> None:
    draft = ListDraft.objects.prepare(
        seven.organization,
        [NameList(seven, Role.PUPIL, [ILYA, ANNA]), NameList(None, Role.TEACHER, [GLEB])],
        by=marina,
    )
    assert not ExpectedMember.objects.exists()
    shown = fingerprint_of(draft.changes())
    draft.confirm(fingerprint=shown, confirmed_removal=False, by=marina)
    assert names_of(seven) == [ILYA, ANNA]
    assert names_of(None, Role.TEACHER) == [GLEB]
    draft.refresh_from_db()
    assert (draft.lines, draft.refused, draft.unread) == ([], [], [])
    with pytest.raises(WrongStatus, match="уже сохранён"):
        draft.confirm(fingerprint=shown, confirmed_removal=False, by=marina)


def test_a_draft_that_would_do_something_else_by_now_is_not_applied(
    seven: SchoolClass, ground: ListGround, marina: User
) -> None:
    draft = ListDraft.objects.prepare(seven.organization, [NameList(seven, Role.PUPIL, [ILYA])], by=marina)
    shown = fingerprint_of(draft.changes())
    save(seven, [ANNA], marina)
    with pytest.raises(ListsChanged):
        draft.confirm(fingerprint=shown, confirmed_removal=False, by=marina)
    assert names_of(seven) == [ANNA]
    assert ListDraft.objects.exists()


def test_a_held_confirmation_keeps_the_draft(seven: SchoolClass, ground: ListGround, marina: User) -> None:
    save(seven, pupils(25), marina)
    draft = ListDraft.objects.prepare(seven.organization, [NameList(seven, Role.PUPIL, pupils(10))], by=marina)
    shown = fingerprint_of(draft.changes())
    with pytest.raises(RemovalHeld):
        draft.confirm(fingerprint=shown, confirmed_removal=False, by=marina)
    assert ListDraft.objects.exists()
    draft.confirm(fingerprint=shown, confirmed_removal=True, by=marina)
    assert len(names_of(seven)) == 10


def test_drafts_are_gone_after_a_day(seven: SchoolClass, ground: ListGround, marina: User) -> None:
    lists = [NameList(seven, Role.PUPIL, [ILYA])]
    old = ListDraft.objects.prepare(seven.organization, lists, by=marina)
    fresh = ListDraft.objects.prepare(seven.organization, lists, by=marina)
    ListDraft.objects.filter(pk=old.pk).update(made_at=timezone.now() - timedelta(hours=25))
    assert list(ListDraft.objects.manageable_by(marina)) == [fresh]
    tasks.purge_list_drafts()
    assert list(ListDraft.objects.all()) == [fresh]


@pytest.mark.parametrize("who", ["oleg", "vera", "nadia", "igor"])
def test_nobody_else_reaches_the_rows(
    seven: SchoolClass, ground: ListGround, marina: User, who: str, request: pytest.FixtureRequest
) -> None:
    save(seven, [ILYA], marina)
    ListDraft.objects.prepare(seven.organization, [NameList(seven, Role.PUPIL, [GLEB])], by=marina)
    stranger = request.getfixturevalue(who)
    for manager in (ExpectedMember.objects, ListDraft.objects, ListGround.objects):
        assert manager.administered_by(marina).exists()
        for scope in (manager.visible_to, manager.manageable_by, manager.administered_by):
            assert not scope(stranger).exists()


def test_comparing_touches_nothing(seven: SchoolClass) -> None:
    standing = [ExpectedMember(full_name=name, school_class=seven) for name in (ILYA, ILYA, ANNA)]
    change = compare(NameList(seven, Role.PUPIL, [ILYA, GLEB, GLEB]), standing)
    assert (change.added, len(change.same), len(change.removed)) == ([GLEB, GLEB], 1, 2)
