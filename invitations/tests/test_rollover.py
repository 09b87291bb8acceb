"""The step into the next academic year and the way back. It closes links, so it is the school's own affair alone."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from conftest import make_appointment, make_class, make_user
from coordination.check_journey import differences
from foundation.verbs import WrongStatus
from invitations import retention
from invitations.models import ExpectedMember, Invitation, Rollover
from invitations.rollover_forms import RolloverForm
from invitations.statuses import Fate, LinkState, RequestStatus, Role
from invitations.tests.builders import make_ground, make_invitation, make_request
from invitations.year_plan import Move, YearPlan
from messenger.models import Chat
from organizations.models import Event, Organization, SchoolClass
from organizations.models.school_class import ClassDraft
from organizations.statuses import Kind, Source, Step

Enter = Callable[[User], Client]
JUNE = datetime(2027, 6, 10, 5, tzinfo=UTC)


@pytest.fixture(autouse=True)
def in_june() -> Iterator[None]:
    with time_machine.travel(JUNE):
        yield


def address(school: Organization, name: str = "rollover", *more: int) -> str:
    return reverse(f"invitations:{name}", args=[school.pk, *more])


def typed_for(school: Organization, **changes: str) -> dict[str, str]:
    """The form as the page shows it, with some answers of one's own."""
    form = RolloverForm(school, list(school.classes.live().filter(academic_year=2026)))
    return {field.html_name: str(field.initial or "") for field in form} | changes


def promoted(school: Organization, *rows: SchoolClass) -> YearPlan:
    return YearPlan(2026, tuple(Move(row, Fate.PROMOTE, section=row.section) for row in rows))


def roll_by_pages(browser: Client, school: Organization, **changes: str) -> Any:
    """Preview, then confirmation with exactly what the preview has shown."""
    typed = typed_for(school, **changes)
    shown = browser.post(address(school, "rollover-preview"), typed)
    marks = {"year": "2026", "mark": shown.context["preview"].mark}
    return browser.post(address(school, "rollover-confirm"), typed | marks, follow=True)


PAGES = ["rollover", "rollover-preview", "rollover-confirm"]


@pytest.mark.parametrize("name", PAGES)
def test_only_the_schools_administrators_come_here(
    name: str, school: Organization, marina: User, oleg: User, vera: User, nadia: User, igor: User, enter: Enter
) -> None:
    make_class(school)
    for user in (oleg, vera, nadia, igor):
        assert enter(user).post(address(school, name)).status_code == 404
    assert enter(marina).post(address(school, name)).status_code in (200, 302)


def test_coordinators_do_not_take_a_rollover_back(
    school: Organization, marina: User, vera: User, oleg: User, enter: Enter
) -> None:
    rollover = Rollover.objects.roll(school, promoted(school, make_class(school)), by=marina)
    for user in (vera, oleg):
        assert enter(user).post(address(school, "rollover-undo", rollover.pk)).status_code == 404
    rollover.refresh_from_db()
    assert rollover.undone_at is None


def test_each_class_goes_up_and_the_last_ones_leave(school: Organization, marina: User, enter: Enter) -> None:
    for grade in (1, 4, 8, 9, 10, 11):
        make_class(school, grade=grade, section="А", site="Лесная", size=20 + grade, teacher_name="Орлова Анна")
    page = roll_by_pages(enter(marina), school).content.decode()

    assert "Перевод на 2027/28 сделан" in page
    new = school.classes.filter(academic_year=2027)
    assert [row.name for row in new] == ["2 «А», Лесная", "5 «А», Лесная", "9 «А», Лесная", "11 «А», Лесная"]
    assert [row.size for row in new] == [21, 24, 28, 30]
    teachers = {row.grade: row.teacher_name for row in new}
    assert teachers == {2: "Орлова Анна", 5: "", 9: "Орлова Анна", 11: "Орлова Анна"}, "the fifth gets a new teacher"
    assert {row.grade: row.grown_from.grade for row in new} == {2: 1, 5: 4, 9: 8, 11: 10}
    assert not school.classes.filter(academic_year=2026, archived_at=None).exists()
    rollover = Rollover.objects.get()
    assert set(school.classes.values_list("batch", flat=True)) == {rollover.batch}
    assert list(SchoolClass.objects.current()) == list(new), "in June they are the classes to issue links for"


def test_first_and_tenth_classes_are_named_by_hand(school: Organization, marina: User, enter: Enter) -> None:
    make_class(school, grade=9, section="А")
    browser = enter(marina)
    assert all(not field.value() for field in browser.get(address(school)).context["form"].fresh_fields())
    roll_by_pages(browser, school, **{"fresh-1-0": "а, A б", "fresh-10-0": "А"})
    made = school.classes.live()
    assert [(row.name, row.grown_from) for row in made] == [("1 «А»", None), ("1 «Б»", None), ("10 «А»", None)]


def test_two_classes_under_one_name_are_refused_and_nothing_typed_is_lost(
    school: Organization, marina: User, enter: Enter
) -> None:
    first, second = make_class(school, section="А"), make_class(school, section="Б")
    typed = typed_for(school, **{f"name-{second.pk}": "A", "fresh-1-0": "В, Г"})
    page = enter(marina).post(address(school, "rollover-preview"), typed).content.decode()

    assert page.count("Два класса получают одно имя: 8 «А».") == 4, "at both fields and above"
    assert 'value="В, Г"' in page
    plan = YearPlan(2026, (Move(first, Fate.PROMOTE, section="А"), Move(second, Fate.PROMOTE, section="A")))
    with pytest.raises(WrongStatus, match="одинаково"):
        Rollover.objects.roll(school, plan, by=marina)
    assert not Rollover.objects.exists()


def test_groups_of_a_kindergarten_go_on_under_a_new_name(school: Organization, marina: User, enter: Enter) -> None:
    Organization.objects.filter(pk=school.pk).update(kind=Kind.KINDERGARTEN)
    school.refresh_from_db()
    small = make_class(school, grade=None, section="", group_name="Младшая")
    last = make_class(school, grade=None, section="", group_name="Подготовительная")
    roll_by_pages(enter(marina), school, **{f"name-{small.pk}": "Средняя", f"fate-{last.pk}": "archive"})

    assert [row.name for row in school.classes.live()] == ["Средняя"]
    assert school.classes.live().get().grown_from == small


def test_each_group_of_a_college_is_decided_by_hand(school: Organization, marina: User, enter: Enter) -> None:
    Organization.objects.filter(pk=school.pk).update(kind=Kind.COLLEGE)
    school.refresh_from_db()
    make_class(school, grade=None, section="", group_name="ИС-21")
    page = enter(marina).post(address(school, "rollover-preview"), typed_for(school)).content.decode()
    assert "Выберите, что дальше." in page


def test_the_preview_writes_nothing_and_names_every_link_that_closes(
    school: Organization, marina: User, enter: Enter
) -> None:
    link = make_invitation(school, used=2)
    make_request(link)
    make_request(link, status=RequestStatus.ACCEPTED)
    browser = enter(marina)
    before = Event.objects.count()
    page = browser.post(address(school, "rollover-preview"), typed_for(school)).content.decode()

    for words in (link.shown_code, "7 «Б», ученик", "2 из 30", "8 «Б»", "Ждут решения по этим ссылкам: 1\u00a0заявка"):
        assert words in page
    link.refresh_from_db()
    assert (link.revoked_at, Event.objects.count(), Rollover.objects.count()) == (None, before, 0)


def test_links_close_and_their_visitors_are_told(school: Organization, marina: User, enter: Enter) -> None:
    link = make_invitation(school)
    request = make_request(link)
    roll_by_pages(enter(marina), school)

    link.refresh_from_db()
    request.refresh_from_db()
    assert link.state == LinkState.REVOKED
    assert link.batch == Rollover.objects.get().batch
    assert "Ссылка отозвана" in Client().get(link.address).content.decode()
    assert request.status == RequestStatus.PENDING, "it stays for the school to decide"
    assert Event.objects.get(verb="invitation.revoked").object_id == link.pk
    assert Event.objects.get(verb="year.rolled-over").by == marina


def test_a_class_left_for_later_keeps_its_link(school: Organization, marina: User, enter: Enter) -> None:
    make_class(school, grade=5, section="А")
    link = make_invitation(school)
    roll_by_pages(enter(marina), school, **{f"fate-{link.school_class_id}": "leave"})
    link.refresh_from_db()
    link.school_class.refresh_from_db()
    assert (link.state, link.school_class.archived_at) == (LinkState.OPEN, None)


def test_a_class_that_is_there_already_stays_as_it_is(school: Organization, marina: User, enter: Enter) -> None:
    old = make_class(school, section="Б")
    there = make_class(school, academic_year=2027, grade=8, section="Б", size=19)
    page = enter(marina).post(address(school, "rollover-preview"), typed_for(school)).content.decode()
    assert "Уже есть в 2027/28 и останутся как есть: 8 «Б»." in page
    rollover = Rollover.objects.roll(school, promoted(school, old), by=marina)
    assert list(school.classes.live()) == [there]
    rollover.undo(by=marina)
    assert set(school.classes.live()) == {old, there}


def test_what_changed_since_the_preview_is_shown_once_more(school: Organization, marina: User, enter: Enter) -> None:
    link, browser = make_invitation(school), enter(marina)
    typed = typed_for(school)
    shown = browser.post(address(school, "rollover-preview"), typed)
    make_invitation(school, school_class=link.school_class, role=Role.TEACHER)
    marks = {"year": "2026", "mark": shown.context["preview"].mark}
    again = browser.post(address(school, "rollover-confirm"), typed | marks)

    assert "классы или ссылки изменились" in again.content.decode()
    assert len(again.context["preview"].closing) == 2
    assert not Rollover.objects.exists()


def test_a_class_archived_meanwhile_stops_the_whole_act(school: Organization, marina: User) -> None:
    first, second = make_class(school, section="А"), make_class(school, section="Б")
    plan = promoted(school, first, second)
    second.archive(by=marina)
    with pytest.raises(WrongStatus, match="изменился"):
        Rollover.objects.roll(school, plan, by=marina)
    assert not Rollover.objects.exists()
    assert list(school.classes.live()) == [first]


def test_the_second_click_is_told_who_was_first(school: Organization, marina: User, enter: Enter) -> None:
    make_class(school)
    browser, typed = enter(marina), typed_for(school)
    marks = {"year": "2026", "mark": browser.post(address(school, "rollover-preview"), typed).context["preview"].mark}
    for words in ("Перевод на 2027/28 сделан.", "уже сделан: Демидова Марина Сергеевна"):
        page = browser.post(address(school, "rollover-confirm"), typed | marks, follow=True).content.decode()
        assert words in page
    assert (Rollover.objects.count(), school.classes.count()) == (1, 2)
    with pytest.raises(WrongStatus) as late:
        Rollover.objects.roll(school, promoted(school), by=marina)
    assert late.value.by_name == "Демидова Марина Сергеевна"


def test_the_table_comes_back_with_what_was_chosen(school: Organization, marina: User, enter: Enter) -> None:
    mine = make_class(school)
    page = enter(marina).post(address(school), typed_for(school, **{f"name-{mine.pk}": "Ж"})).content.decode()
    assert 'value="Ж"' in page


@pytest.mark.parametrize("value", ["\0", "Ъ" * 10_000, "9" * 30, "<script>alert(1)</script>", "\u202e"])
def test_anything_is_refused_in_words(school: Organization, marina: User, enter: Enter, value: str) -> None:
    make_class(school)
    browser = enter(marina)
    for name in ("rollover-preview", "rollover-confirm"):
        typed = dict.fromkeys(typed_for(school), value) | {"year": "2026", "mark": value}
        answer = browser.post(address(school, name), typed)
        assert answer.status_code == 200
        assert "<script>alert(" not in answer.content.decode()
    assert not Rollover.objects.exists()


@pytest.mark.parametrize(
    ("day", "years", "from_year"),
    [
        (date(2027, 6, 1), [2026], 2026),
        (date(2027, 8, 1), [2026], 2026),
        (date(2027, 8, 1), [2026, 2027], 2026),
        (date(2027, 11, 1), [2027], 2027),
        (date(2027, 6, 1), [2027], None),
        (date(2027, 6, 1), [], None),
    ],
)
def test_out_of_which_year_a_school_goes(
    school: Organization, day: date, years: list[int], from_year: int | None
) -> None:
    for year in years:
        make_class(school, academic_year=year)
    assert Rollover.objects.year_of(school, day) == from_year


def test_the_page_of_classes_offers_it_in_june(school: Organization, marina: User, vera: User, enter: Enter) -> None:
    make_class(school)
    url = reverse("organizations:classes", args=[school.pk])
    assert address(school) in enter(marina).get(url).content.decode()
    above = enter(vera).get(url).content.decode()
    assert "Перевод делает администратор" in above
    assert address(school) not in above
    roll_by_pages(enter(marina), school)
    assert "Пора переводить" not in enter(marina).get(url).content.decode()


def test_rolling_costs_the_same_for_3_and_for_60_classes(school: Organization, marina: User) -> None:
    def cost(classes: int) -> tuple[int, int]:
        for number in range(classes):
            make_invitation(school, school_class=make_class(school, section=f"{classes}-{number}"))
        rows = list(school.classes.live().filter(academic_year=2026))
        with CaptureQueriesContext(connection) as rolled:
            rollover = Rollover.objects.roll(school, promoted(school, *rows), by=marina)
        with CaptureQueriesContext(connection) as undone:
            rollover.undo(by=marina)
        return len(rolled), len(undone)

    cost(1)
    few, many = cost(2), cost(57)
    assert few == many
    assert max(many) < 45


def test_pages_cost_the_same_for_3_and_for_60_classes(school: Organization, marina: User, enter: Enter) -> None:
    browser = enter(marina)

    def cost(classes: int) -> tuple[int, int]:
        for number in range(classes):
            make_request(make_invitation(school, school_class=make_class(school, section=f"{classes}-{number}")))
        with CaptureQueriesContext(connection) as table:
            browser.get(address(school))
        with CaptureQueriesContext(connection) as shown:
            assert "mark" in browser.post(address(school, "rollover-preview"), typed_for(school)).content.decode()
        return len(table), len(shown)

    cost(1)
    assert cost(2) == cost(57)


def rolled_with_links(school: Organization, by: User) -> tuple[Rollover, Invitation, Invitation]:
    """A link that the roll-over closes, and one that was revoked by hand before it."""
    live = make_invitation(school)
    by_hand = make_invitation(school, school_class=live.school_class, role=Role.TEACHER)
    by_hand.revoke(by=by)
    return Rollover.objects.roll(school, promoted(school, live.school_class), by=by), live, by_hand


def test_undoing_brings_back_exactly_what_it_took(school: Organization, marina: User, enter: Enter) -> None:
    rollover, live, by_hand = rolled_with_links(school, marina)
    gone_by_hand = make_class(school, section="Г", archived_at=timezone.now())
    browser = enter(marina)
    page = browser.get(address(school, "rollover-undo", rollover.pk)).content.decode()
    assert "8 «Б»" in page
    answer = browser.post(address(school, "rollover-undo", rollover.pk), follow=True).content.decode()

    assert "Перевод отменён. Снова действуют: 1\u00a0ссылка." in answer
    assert list(school.classes.live()) == [live.school_class]
    assert not school.classes.filter(academic_year=2027).exists()
    for row in (live, by_hand, gone_by_hand):
        row.refresh_from_db()
    assert live.revoked_at is None
    assert live.batch is None
    assert by_hand.revoked_at is not None, "revoked by hand before, it stays so"
    assert gone_by_hand.archived_at is not None
    assert Client().get(live.address).status_code == 200
    assert Event.objects.filter(verb="invitation.resumed", object_id=live.pk).count() == 1
    assert Event.objects.filter(verb="year.rolled-back").count() == 1
    Rollover.objects.roll(school, promoted(school, live.school_class), by=marina)


def test_red_control_opening_all_links_of_the_classes_revives_those_revoked_by_hand(
    school: Organization, marina: User
) -> None:
    rollover, _, by_hand = rolled_with_links(school, marina)
    Invitation.objects.filter(school_class__in=rollover.archived).update(revoked_at=None)
    by_hand.refresh_from_db()
    assert by_hand.revoked_at is None


def test_a_link_renewed_in_sferum_or_with_a_successor_stays_closed(school: Organization, marina: User) -> None:
    renewed = make_invitation(school)
    followed = make_invitation(school, school_class=renewed.school_class, role=Role.TEACHER)
    rollover = Rollover.objects.roll(school, promoted(school, renewed.school_class), by=marina)
    Invitation.objects.get(pk=renewed.pk).mark_renewed(by=marina)
    other = make_invitation(school, school_class=renewed.school_class, role=Role.TEACHER)
    undoing = rollover.undo(by=marina)

    assert (undoing.back, set(undoing.staying)) == ([], {renewed, followed})
    live = Invitation.objects.live().filter(school_class=renewed.school_class)
    assert list(live) == [other]


def hang_link(new: SchoolClass) -> None:
    make_invitation(new.organization, school_class=new)


def hang_name(new: SchoolClass) -> None:
    ExpectedMember.objects.create(
        organization=new.organization, school_class=new, role=Role.PUPIL, full_name="Петров Илья"
    )


def hang_chat(new: SchoolClass) -> None:
    Chat.objects.create(organization=new.organization, school_class=new, name="8 «Б»", key="8б")


@pytest.mark.parametrize(
    ("hang", "words"),
    [(hang_link, "ссылки-приглашения"), (hang_name, "ожидаемые участники"), (hang_chat, "чаты")],
)
def test_new_classes_in_use_are_not_thrown_away(
    school: Organization, marina: User, enter: Enter, hang: Callable[[SchoolClass], None], words: str
) -> None:
    old = make_class(school)
    rollover = Rollover.objects.roll(school, promoted(school, old), by=marina)
    hang(rollover.made.get())
    url = address(school, "rollover-undo", rollover.pk)

    assert f"8 «Б» ({words})" in enter(marina).get(url).content.decode()
    assert f"8 «Б» ({words})" in enter(marina).post(url, follow=True).content.decode()
    rollover.refresh_from_db()
    assert (rollover.undone_at, rollover.made.count()) == (None, 1)


def test_red_control_deleting_the_new_classes_takes_their_chats_along(school: Organization, marina: User) -> None:
    rollover = Rollover.objects.roll(school, promoted(school, make_class(school)), by=marina)
    hang_chat(rollover.made.get())
    rollover.made.delete()
    assert not Chat.objects.exists()


def test_after_fourteen_days_it_stays(school: Organization, marina: User) -> None:
    rollover, live, _ = rolled_with_links(school, marina)
    with time_machine.travel(timezone.now() + timedelta(days=14, minutes=1)), pytest.raises(WrongStatus, match="14"):
        rollover.undo(by=marina)
    live.refresh_from_db()
    assert live.revoked_at is not None
    with time_machine.travel(timezone.now() + timedelta(days=13)):
        rollover.undo(by=marina)


def test_it_is_taken_back_once(school: Organization, marina: User) -> None:
    rollover, _, _ = rolled_with_links(school, marina)
    late = Rollover.objects.get()
    rollover.undo(by=marina)
    with pytest.raises(WrongStatus, match="уже отменён"):
        late.undo(by=marina)
    assert Event.objects.filter(verb="year.rolled-back").count() == 1


def test_a_class_made_anew_in_the_old_year_stops_it_in_words(school: Organization, marina: User) -> None:
    rollover, _, _ = rolled_with_links(school, marina)
    make_class(school)
    with pytest.raises(WrongStatus, match="7 «Б»"):
        rollover.undo(by=marina)


def test_only_the_last_of_two_is_taken_back(school: Organization, marina: User) -> None:
    old = make_class(school)
    first = Rollover.objects.roll(school, promoted(school, old), by=marina)
    plan = YearPlan(2027, (Move(first.made.get(), Fate.PROMOTE, section="Б"),))
    Rollover.objects.roll(school, plan, by=marina)
    with pytest.raises(WrongStatus, match="только последний"):
        first.undo(by=marina)


def test_the_road_of_the_school_stays_where_it_was(school: Organization, marina: User) -> None:
    SchoolClass.objects.add_many(school, 2026, [ClassDraft(grade=7, section="Б")], by=marina)
    school.refresh_from_db()
    before = list(differences())
    assert school.step == Step.CLASSES
    rollover = Rollover.objects.roll(school, promoted(school, school.classes.get()), by=marina)
    assert list(differences()) == before
    rollover.undo(by=marina)
    assert list(differences()) == before
    assert school.milestones.get(step=Step.CLASSES).source == Source.PORTAL


@pytest.mark.django_db(transaction=True)
def test_of_two_administrators_at_the_same_instant_one_rolls_over(school: Organization) -> None:
    people = [make_user(full_name="Демидова Марина Сергеевна"), make_user(full_name="Орлов Олег Петрович")]
    make_appointment(school, people[0])
    rows = [make_class(school, section=section) for section in "АБВ"]
    for row in rows:
        make_invitation(school, school_class=row)
    start = Barrier(2, timeout=10)

    def act(by: User) -> str:
        start.wait()
        try:
            Rollover.objects.roll(school, promoted(school, *rows), by=by)
        except WrongStatus as error:
            return f"first was {error.by_name}"
        finally:
            connection.close()
        return "won"

    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(act, people))
    won = said.index("won")
    assert said[1 - won] == f"first was {people[won].full_name}"
    assert school.classes.live().count() == 3
    assert Event.objects.filter(verb="invitation.revoked").count() == 3


def test_lists_of_archived_classes_wait_while_the_rollover_may_be_taken_back(
    school: Organization, marina: User
) -> None:
    """A roll-over by mistake in November: taken back the next week, the classes have their names again."""
    make_ground(school, marina)
    old = make_class(school, grade=7, section="Б")
    gone = make_class(school, grade=8, section="В")
    for each in (old, gone):
        ExpectedMember.objects.save_list(school, each, Role.PUPIL, ["Петров Илья Сергеевич"], by=marina)
    gone.archive(by=marina)
    done = Rollover.objects.roll(school, promoted(school, old), by=marina)
    assert retention.purge_lists() == 1, "the class archived by hand"
    assert list(ExpectedMember.objects.values_list("school_class", flat=True)) == [old.pk]
    with time_machine.travel(done.may_be_undone_until + timedelta(hours=25)):
        assert retention.purge_lists() == 1
