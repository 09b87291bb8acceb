"""What a person sees and says of the columns, before the file is read."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from organizations.columns import Field, find_header
from organizations.models import ImportFile, ImportLayout, Organization
from organizations.tasks import work_on_imports
from organizations.tests.registry import INN, KPP

Enter = Callable[[User], Client]
PAGE = "/organizations/import/"
HEAD = "Название школы;ИНН;КПП;Улица и дом"
GUESSED = {"column_0": "full_name", "column_1": "inn", "column_2": "kpp", "column_3": ""}


def upload(client: Client, head: str = HEAD) -> ImportFile:
    content = f"{head}\nШкола;{INN};{KPP};ул. Мира, 1".encode("cp1251")
    client.post(PAGE, {"file": SimpleUploadedFile("реестр.csv", content)})
    return ImportFile.objects.latest("pk")


def address(file: ImportFile) -> str:
    return f"{file.get_absolute_url()}columns/"


def test_each_column_is_shown_with_its_meaning_and_examples(enter: Enter, vera: User) -> None:
    client = enter(vera)
    page = client.get(upload(client).get_absolute_url())
    shown = page.content.decode()
    assert {field.html_name: field.value() for field in page.context["form"]} == GUESSED
    assert "ул. Мира, 1" in shown
    assert "Кодировка Windows-1251, разделитель «;»" in shown
    assert not Organization.objects.exists()


def test_a_person_overrules_the_guess_and_the_region_remembers_it(enter: Enter, vera: User) -> None:
    client = enter(vera)
    file = upload(client)
    page = client.post(address(file), GUESSED | {"column_3": "address"}, follow=True)
    client.post(f"{file.get_absolute_url()}confirm/", {"version": page.context["file"].version})
    work_on_imports()
    assert Organization.objects.get().address == "ул. Мира, 1"
    again = upload(client, head=HEAD.upper())
    assert again.layout["columns"]["address"] == [3]


def test_an_unchanged_guess_is_not_remembered(enter: Enter, vera: User) -> None:
    client = enter(vera)
    client.post(address(upload(client)), GUESSED)
    assert not ImportLayout.objects.exists()


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ({"column_0": "", "column_1": ""}, "без них организацию не узнать"),
        ({"column_3": "inn"}, "уже выбран для столбца «ИНН»"),
        ({"column_3": "\0"}, "Выберите корректный вариант"),
        ({"column_3": "password"}, "Выберите корректный вариант"),
    ],
)
def test_a_choice_that_cannot_be_is_refused_in_words(
    enter: Enter, vera: User, chosen: dict[str, str], words: str
) -> None:
    client = enter(vera)
    file = upload(client)
    page = client.post(address(file), GUESSED | chosen)
    assert page.status_code == 200
    assert words in page.content.decode()
    file.refresh_from_db()
    assert file.version == 0


def test_columns_can_be_mended_after_the_list_of_changes(enter: Enter, vera: User) -> None:
    client = enter(vera)
    file = upload(client)
    client.post(address(file), GUESSED)
    assert client.get(address(file)).status_code == 200
    client.post(address(file), GUESSED | {"column_3": "address"})
    file.refresh_from_db()
    assert file.version == 2
    assert "ул. Мира, 1" in client.get(file.get_absolute_url()).content.decode()


def test_one_cell_may_hold_both_numbers(enter: Enter, vera: User) -> None:
    client = enter(vera)
    content = f"Наименование;ИНН/КПП\nШкола;{INN}/{KPP}".encode()
    client.post(PAGE, {"file": SimpleUploadedFile("a.csv", content)})
    file = ImportFile.objects.get()
    page = client.get(file.get_absolute_url())
    assert page.context["form"]["column_1"].value() == "inn+kpp"
    page = client.post(address(file), {"column_0": "full_name", "column_1": "inn+kpp"}, follow=True)
    assert page.context["file"].report["added"] == 1


def test_the_form_of_a_confirmed_file_leads_to_its_page(enter: Enter, vera: User) -> None:
    client = enter(vera)
    file = upload(client)
    client.post(address(file), GUESSED)
    client.post(f"{file.get_absolute_url()}confirm/", {"version": 1})
    assert client.post(address(file), GUESSED).status_code == 302
    work_on_imports()
    assert Organization.objects.count() == 1


def test_a_colleague_s_columns_are_not_seen(enter: Enter, vera: User, nadia: User) -> None:
    file = upload(enter(vera))
    assert enter(nadia).get(address(file)).status_code == 404


@pytest.mark.parametrize(
    ("title", "field"),
    [
        ("Моб. ответственного", Field.ADMINISTRATOR_PHONE),
        ("Сотовый администратора", Field.ADMINISTRATOR_PHONE),
        ("Отв. за Сферум", Field.ADMINISTRATOR),
        ("ФИО ответственного за Сферум", Field.ADMINISTRATOR),
        ("Моб. директора", None),
        ("Кратко", Field.SHORT_NAME),
    ],
)
def test_a_mobile_number_is_not_taken_for_the_name_of_the_person(title: str, field: Field | None) -> None:
    header = find_header([["Наименование", "ИНН", title], ["Школа", INN, ""]])
    assert header is not None
    assert [found for found, indexes in header.columns.items() if 2 in indexes] == ([field] if field else [])
