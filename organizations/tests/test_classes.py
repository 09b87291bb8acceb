"""The page of classes: its grid by building, its table of all classes. Strangers get the 404 of an absent one."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from conftest import make_class
from organizations.class_grid import ClassBoard
from organizations.models import Event, Organization, SchoolClass
from organizations.models.school_class import ClassChange, ClassDraft, awaits_next_year
from organizations.statuses import Kind

Enter = Callable[[User], Client]
Typed = dict[str, str]


def classes_url(school: Organization) -> str:
    return reverse("organizations:classes", args=[school.pk])


def table_url(school: Organization) -> str:
    return reverse("organizations:classes-table", args=[school.pk])


def line(school_class: SchoolClass, size: str, teacher: str) -> Typed:
    """One line of the table as a browser sends it: what is typed, and beside it what the page had shown."""
    return {
        f"size-{school_class.pk}": size,
        f"teacher-{school_class.pk}": teacher,
        f"initial-size-{school_class.pk}": str(school_class.size or ""),
        f"initial-teacher-{school_class.pk}": school_class.teacher_name,
    }


def test_strangers_save_nothing(school: Organization, oleg: User, enter: Enter) -> None:
    mine = make_class(school)
    assert enter(oleg).post(table_url(school), line(mine, "30", "")).status_code == 404
    mine.refresh_from_db()
    assert mine.size == 25


def test_all_classes_get_their_teacher_and_number_by_one_button(
    school: Organization, marina: User, enter: Enter
) -> None:
    first, second, third = (make_class(school, section=section) for section in "АБВ")
    typed = line(first, "28", "Иванова Анна Петровна") | line(second, "", "") | line(third, "25", "")
    page = enter(marina).post(table_url(school), typed, follow=True).content.decode()

    assert "Сохранено строк: 2." in page
    rows = school.classes.values_list("size", "teacher_name")
    assert list(rows) == [(28, "Иванова Анна Петровна"), (None, ""), (25, "")]
    event = Event.objects.get(verb="classes.changed")
    assert (event.by, event.fields) == (marina, ["size", "teacher_name"])


def test_a_mistaken_line_keeps_what_was_typed_and_nothing_is_written(
    school: Organization, marina: User, enter: Enter
) -> None:
    first, second = make_class(school, section="А"), make_class(school, section="Б")
    typed = line(first, "28", "Иванова") | line(second, "700", "Петрова Ольга")
    page = enter(marina).post(table_url(school), typed).content.decode()

    for kept in ("28", "Иванова", "700", "Петрова Ольга"):
        assert f'value="{kept}"' in page
    assert "Укажите фамилию и имя полностью" in page
    assert set(school.classes.values_list("size", "teacher_name")) == {(25, "")}
    assert not Event.objects.exists()


def test_untouched_lines_are_not_written(school: Organization, marina: User, enter: Enter) -> None:
    mine = make_class(school)
    SchoolClass.objects.filter(pk=mine.pk).update(teacher_name="Орлова Анна")
    typed = line(mine, "25", "") | line(make_class(school, section="В"), "20", "")
    enter(marina).post(table_url(school), typed)
    mine.refresh_from_db()
    assert mine.teacher_name == "Орлова Анна", "somebody else wrote it while the page was open"


def test_of_two_people_at_one_line_the_second_is_told_and_may_write_it_again(
    school: Organization, marina: User, enter: Enter
) -> None:
    mine, quiet = make_class(school), make_class(school, section="В")
    typed = line(mine, "30", "Петрова Ольга") | line(quiet, "26", "")
    SchoolClass.objects.filter(pk=mine.pk).update(teacher_name="Орлова Анна")
    page = enter(marina).post(table_url(school), typed).content.decode()

    assert "Сейчас записано: 25, Орлова Анна." in page
    assert 'value="Петрова Ольга"' in page
    mine.refresh_from_db()
    quiet.refresh_from_db()
    assert (mine.size, mine.teacher_name, quiet.size) == (25, "Орлова Анна", 26)
    enter(marina).post(table_url(school), line(mine, "30", "Петрова Ольга"))
    mine.refresh_from_db()
    assert (mine.size, mine.teacher_name) == (30, "Петрова Ольга")


def test_red_control_writing_what_the_form_holds_overwrites_the_other_person(school: Organization) -> None:
    mine = make_class(school)
    SchoolClass.objects.filter(pk=mine.pk).update(teacher_name="Орлова Анна")
    mine.size = 30  # read before the other person wrote
    mine.save()
    mine.refresh_from_db()
    assert mine.teacher_name == ""


def test_an_archived_class_is_left_alone(school: Organization, marina: User) -> None:
    mine = make_class(school, archived_at=timezone.now())
    beaten = SchoolClass.objects.change_many(school, [ClassChange(mine.pk, (25, ""), 30, "")], by=marina)
    mine.refresh_from_db()
    assert (beaten, mine.size) == ([mine], 25)
    assert not Event.objects.exists()


def test_a_class_of_another_school_is_not_changed(
    school: Organization, other_school: Organization, marina: User, enter: Enter
) -> None:
    foreign = make_class(other_school)
    enter(marina).post(table_url(school), line(foreign, "30", "Петрова Ольга"))
    SchoolClass.objects.change_many(school, [ClassChange(foreign.pk, (25, ""), 30, "")], by=marina)
    foreign.refresh_from_db()
    assert (foreign.size, foreign.teacher_name) == (25, "")


def test_saving_the_table_costs_the_same_for_3_and_for_60_classes(
    school: Organization, marina: User, enter: Enter
) -> None:
    def cost(count: int) -> int:
        for number in range(school.classes.count(), count):
            make_class(school, grade=1 + number % 11, section=f"Я{number}")
        typed: Typed = {}
        for row in school.classes.all():
            typed |= line(row, str((row.size or 0) + 1), "")
        with CaptureQueriesContext(connection) as asked:
            assert browser.post(table_url(school), typed).status_code == 302
        return len(asked)

    browser = enter(marina)
    cost(1)
    assert cost(3) == cost(60) < 25


def test_the_single_form_writes_the_class_teacher_too(school: Organization, marina: User, enter: Enter) -> None:
    mine = make_class(school)
    typed = {"section": "Б", "size": "25", "site": "", "teacher_name": "Иванова Анна Петровна"}
    browser = enter(marina)
    assert "Классный руководитель" in browser.get(mine.get_absolute_url()).content.decode()
    browser.post(mine.get_absolute_url(), typed)
    mine.refresh_from_db()
    assert mine.teacher_name == "Иванова Анна Петровна"


def test_a_kindergarten_names_its_educators(school: Organization, marina: User, enter: Enter) -> None:
    Organization.objects.filter(pk=school.pk).update(kind=Kind.KINDERGARTEN)
    make_class(school, grade=None, section="", group_name="Солнышко")
    page = enter(marina).get(classes_url(school)).content.decode()
    assert "Воспитатель" in page
    assert "Классный руководитель" not in page


@pytest.mark.parametrize("letter", ["A", "a", "А", " а "])
def test_look_alike_letters_are_one_class(school: Organization, marina: User, letter: str) -> None:
    make_class(school, grade=5, section="А")
    added = SchoolClass.objects.add_many(school, 2026, [ClassDraft(grade=5, section=letter)], by=marina)
    assert added == []
    assert school.classes.count() == 1


def test_the_grid_of_each_building_shows_its_own_classes(school: Organization, marina: User, enter: Enter) -> None:
    main = make_class(school, grade=1, section="А", size=21)
    forest = make_class(school, grade=1, section="А", size=22, site="Корпус на Лесной")
    browser, url = enter(marina), classes_url(school)

    def cells(query: str) -> list[SchoolClass]:
        grid = browser.get(url + query).context["grid"]
        return [cell.there for _, row in grid for cell in row if cell.there]

    assert cells("") == [main]
    assert cells("?site=Корпус на Лесной") == [forest]
    assert cells("?site=корпус  на лесной") == [forest]
    assert cells("?another=yes") == []
    assert cells("?site=%00%FF") == [main]


def test_a_class_is_added_to_the_chosen_building(school: Organization, marina: User, enter: Enter) -> None:
    make_class(school, grade=1, section="А")
    browser, url = enter(marina), classes_url(school)
    empty = browser.post(f"{url}?another=yes", {"cells": ["1|А"], "site": ""})
    assert "Обязательное поле" in empty.content.decode()
    added = browser.post(f"{url}?another=yes", {"cells": ["1|А"], "site": "Лесная, 5"}, follow=True)

    assert [row.name for row in school.classes.all()] == ["1 «А»", "1 «А», Лесная, 5"]
    assert added.context["board"].site == "Лесная, 5"
    assert added.context["form"]["site"].value() == "Лесная, 5"


JUNE, JULY, OCTOBER = date(2027, 6, 1), date(2027, 7, 15), date(2027, 10, 1)


@pytest.mark.parametrize(
    ("day", "years", "is_offered"),
    [
        (date(2027, 5, 31), {2026}, False),
        (JUNE, {2026}, True),
        (date(2027, 9, 30), {2026}, True),
        (OCTOBER, {2026}, False),
        (JULY, {2026, 2027}, False),
        (JULY, {2025}, False),
        (JULY, set(), False),
    ],
)
def test_the_next_year_is_offered_from_june_to_september(day: date, years: set[int], is_offered: bool) -> None:
    assert awaits_next_year(years, day) is is_offered


def test_in_july_last_years_classes_stand_above_the_new_grid(school: Organization) -> None:
    old = make_class(school)
    board = ClassBoard(school, {}, JULY)  # type: ignore[arg-type]
    assert (board.year, board.shown, board.left, board.awaits_next_year) == (2027, [], [old], True)


def test_in_june_the_classes_of_the_next_year_are_shown_once_they_are_there(school: Organization) -> None:
    new = make_class(school, academic_year=2027, grade=8)
    board = ClassBoard(school, {}, JUNE)  # type: ignore[arg-type]
    assert (board.year, board.shown) == (2027, [new])
    assert list(SchoolClass.objects.current()) == [new]


def test_in_july_the_page_leads_to_the_old_classes_and_does_not_ask_to_make_new_ones(
    school: Organization, marina: User, enter: Enter
) -> None:
    old = make_class(school)
    with time_machine.travel(datetime(2027, 7, 15, 5, tzinfo=UTC)):
        page = enter(marina).get(classes_url(school)).content.decode()
        edited = enter(marina).get(old.get_absolute_url())
    assert "Пора переводить классы" in page
    assert "Их создаст перевод" in page
    assert old.get_absolute_url() in page
    assert edited.status_code == 200


@time_machine.travel(datetime(2026, 7, 10, tzinfo=UTC))
def test_until_a_school_goes_over_to_the_new_year_its_last_classes_are_at_work(
    school: Organization, other_school: Organization
) -> None:
    old, gone = make_class(school, academic_year=2025), make_class(other_school, academic_year=2025)
    new = make_class(other_school, academic_year=2026)
    assert set(SchoolClass.objects.current()) == {old, new}
    assert gone not in SchoolClass.objects.current(), "this school has gone over: last year's classes are over"
    SchoolClass.objects.filter(pk=old.pk).update(archived_at=timezone.now())
    assert set(SchoolClass.objects.current()) == {new}
