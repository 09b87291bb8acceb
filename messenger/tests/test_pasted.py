"""A pasted list: what each line would become is shown first, and nothing is written before it is confirmed."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from conftest import make_class
from messenger.forms import NamesForm
from messenger.models import Chat, ClassWithoutChats
from messenger.pasted import Fate, Line, read_lines
from organizations.models import Event, Organization, SchoolClass
from organizations.models.school_class import academic_year_of
from organizations.statuses import Kind, Source

Enter = Callable[[User], Client]


def make_current(school: Organization, grade: int | None, section: str, **fields: str) -> SchoolClass:
    year = academic_year_of(timezone.localdate())
    return make_class(school, academic_year=year, grade=grade, section=section, **fields)


@pytest.fixture
def seven(school: Organization) -> SchoolClass:
    return make_current(school, 7, "Б")


def lines_of(school: Organization, text: str) -> list[Line]:
    form = NamesForm(school, {"names": text})
    assert form.is_valid(), form.errors
    lines: list[Line] = form.cleaned_data["names"]
    return lines


def test_a_pasted_list_is_shown_then_added_once_and_finds_its_classes(
    school: Organization, seven: SchoolClass, marina: User, enter: Enter
) -> None:
    to = reverse("messenger:chats-add", args=[school.pk])
    typed = {"names": "7Б родители\n7 «Б»\n\n  Учителя   школы \n7 класс\n7б РОДИТЕЛИ"}
    page = enter(marina).post(to, typed).content.decode()
    assert "В список добавится 4\u00a0чата" in page
    assert "Повтор – 1" in page
    assert not Chat.objects.exists()
    assert not Event.objects.filter(verb="chats.added").exists()
    for words in ("В список внесено: 4\u00a0чата. Не внесено строк: 1.", "уже есть в списке"):
        assert words in enter(marina).post(to, typed | {"confirmed": "yes"}, follow=True).content.decode()
    assert dict(Chat.objects.values_list("name", "school_class")) == {
        "7Б родители": seven.pk,
        "7 «Б»": seven.pk,
        "Учителя школы": None,
        "7 класс": None,
    }
    assert Event.objects.filter(verb="chats.added", organization=school).count() == 1


def test_each_line_is_told_what_becomes_of_it(school: Organization, seven: SchoolClass) -> None:
    Chat.objects.add_names(school, ["Педсовет"], by=None)
    text = "Родители 7Б\n9Г дежурные\nПедсовет\nСовет\nсовет\n" + "х" * 201
    assert [line.fate for line in lines_of(school, text)] == [
        Fate.OF_CLASS,
        Fate.NO_CLASS,
        Fate.KNOWN,
        Fate.STAFF,
        Fate.TWICE,
        Fate.TOO_LONG,
    ]
    assert not Chat.objects.filter(name="Совет").exists()


@pytest.mark.parametrize(
    "head",
    ["Название\tКласс\tАдминистраторов в чате\tМессенджер\n", ""],
    ids=["told by titles", "told by content"],
)
def test_a_table_is_understood(head: str, school: Organization, seven: SchoolClass) -> None:
    text = head + "Родители\t7Б\t2\tWhatsApp\nПедагоги\t\t1\tVK Мессенджер\nОбщий\t8А\t\tMAX"
    found = [
        (line.draft.name, line.draft.school_class, line.draft.has_two_administrators, line.draft.origin, line.fate)
        for line in lines_of(school, text)
    ]
    assert found == [
        ("Родители", seven, True, "WhatsApp", Fate.OF_CLASS),
        ("Педагоги", None, False, "VK Мессенджер", Fate.STAFF),
        ("Общий", None, None, "MAX", Fate.NO_CLASS),
    ]


def test_columns_in_another_order_with_an_empty_first_cell(school: Organization, seven: SchoolClass) -> None:
    (first, second) = lines_of(school, "\tПедагоги\t3\n7 «Б»\tРодители\t1")
    assert (first.draft.name, first.draft.school_class, first.draft.has_two_administrators) == ("Педагоги", None, True)
    assert (second.draft.name, second.draft.school_class) == ("Родители", seven)


def test_a_table_of_classes_alone_names_the_chats(school: Organization, seven: SchoolClass) -> None:
    (line,) = lines_of(school, "Класс\tАдминов\n7Б\t2")
    assert (line.draft.name, line.draft.school_class) == ("Класс 7 «Б»", seven)


def test_a_group_of_a_kindergarten_is_found_by_its_name(school: Organization) -> None:
    Organization.objects.filter(pk=school.pk).update(kind=Kind.KINDERGARTEN)
    sun = make_current(school, None, "", group_name="Солнышко")
    (line,) = lines_of(Organization.objects.get(pk=school.pk), "Родители группы солнышко")
    assert line.draft.school_class == sun


def test_a_name_that_stands_for_two_buildings_is_left_without_class(school: Organization, seven: SchoolClass) -> None:
    make_current(school, 7, "Б", site="Корпус 2")
    assert lines_of(school, "7Б")[0].fate == Fate.NO_CLASS


@pytest.mark.parametrize("name", ["9 мая", "до 5 и дальше", "Школа № 12", "Кабинет 3.2", "1000 мелочей"])
def test_a_number_is_no_class(name: str, school: Organization) -> None:
    assert lines_of(school, name)[0].fate == Fate.STAFF


def test_a_preview_costs_the_same_for_a_long_list(school: Organization, seven: SchoolClass) -> None:
    def cost(number: int) -> int:
        with CaptureQueriesContext(connection) as asked:
            read_lines(school, "\n".join(f"Чат {index}" for index in range(number)))
        return len(asked)

    assert cost(3) == cost(300) == 2


def test_what_was_typed_can_be_mended_on_the_preview(school: Organization, marina: User, enter: Enter) -> None:
    typed = {"names": "Чат\tКласс\n<script>alert(1)</script>\t7Б"}
    page = enter(marina).post(reverse("messenger:chats-add", args=[school.pk]), typed).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;\t7Б" in page
    assert "<script>alert(1)" not in page


def test_more_chats_than_a_list_holds_are_refused(school: Organization) -> None:
    form = NamesForm(school, {"names": "\n".join(f"Чат {number}" for number in range(1001))})
    assert "не больше 1000 чатов" in str(form.errors)


def test_a_chat_that_turns_up_takes_the_mark_of_its_class_away(
    school: Organization, seven: SchoolClass, marina: User
) -> None:
    ClassWithoutChats.objects.declare(school, [seven.pk], by=marina, source=Source.SCHOOL)
    Chat.objects.add_names(school, ["7Б родители"], by=marina)
    assert not ClassWithoutChats.objects.exists()
    assert Event.objects.filter(verb="chats.class-with", organization=school).count() == 1
