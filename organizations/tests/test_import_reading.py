"""Encoding and delimiter of a text file: shown, and overruled by the person who sees strange signs."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from foundation.tables import ENCODINGS, read_table
from organizations.models import ImportFile, Organization
from organizations.statuses import ImportStatus
from organizations.tasks import work_on_imports
from organizations.tests.registry import INN, KPP

Enter = Callable[[User], Client]
PAGE = "/organizations/import/"
GUESSED = {"column_0": "full_name", "column_1": "inn", "column_2": "kpp"}
# Small: too little Russian for the guess, and read as UTF-8 without a complaint only because it is plain ASCII.
LATIN = f"name;inn;kpp\nSchool|1;{INN};{KPP}".encode()
ODD = f"name;inn;kpp\n\xfe\xea\xee\xeb\xe0;{INN};{KPP}".encode("latin-1")  # koi8-r or cp1251?


def upload(client: Client, content: bytes) -> ImportFile:
    client.post(PAGE, {"file": SimpleUploadedFile("реестр.csv", content)})
    return ImportFile.objects.latest("pk")


def read_as(client: Client, file: ImportFile, **told: str) -> str:
    return client.post(f"{file.get_absolute_url()}reading/", told, follow=True).content.decode()


def test_the_person_overrules_the_encoding_and_what_is_written_follows(enter: Enter, vera: User) -> None:
    client = enter(vera)
    file = upload(client, ODD)
    guessed = file.layout["encoding"]
    other = {"koi8-r": "cp1251", "cp1251": "koi8-r"}[guessed]
    name = read_table(ODD, encoding=other).rows[1][0]
    assert name != read_table(ODD).rows[1][0], "red control: the guess reads another name"
    page = read_as(client, file, encoding=other, delimiter=";")
    assert name in page
    assert f"Кодировка {ENCODINGS[other]}" in page
    page = client.post(f"{file.get_absolute_url()}columns/", GUESSED, follow=True)
    client.post(f"{file.get_absolute_url()}confirm/", {"version": page.context["file"].version})  # type: ignore[attr-defined]
    work_on_imports()
    assert Organization.objects.get().full_name == name


def test_a_list_of_changes_is_stale_once_the_file_is_read_otherwise(enter: Enter, vera: User) -> None:
    client = enter(vera)
    file = upload(client, ODD)
    version = client.post(f"{file.get_absolute_url()}columns/", GUESSED, follow=True).context["file"].version  # type: ignore[attr-defined]
    read_as(client, file, encoding="cp866", delimiter=";")
    client.post(f"{file.get_absolute_url()}confirm/", {"version": version})
    work_on_imports()
    file.refresh_from_db()
    assert (file.status, Organization.objects.count()) == (ImportStatus.UPLOADED, 0)


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"encoding": "utf-8", "delimiter": "|"}, "Так файл не читается"),
        ({"encoding": "utf-16", "delimiter": ";"}, "Так файл не читается"),
        ({"encoding": "rot13", "delimiter": ";"}, "Выберите корректный вариант"),
        ({"encoding": "\0", "delimiter": "\0"}, "Выберите корректный вариант"),
        ({}, "Обязательное поле"),
    ],
)
def test_a_reading_that_gives_no_list_leaves_the_file_as_it_was(
    enter: Enter, vera: User, told: dict[str, str], words: str
) -> None:
    client = enter(vera)
    file = upload(client, LATIN)
    assert words in read_as(client, file, **told)
    before = file.layout
    file.refresh_from_db()
    assert file.layout == before


def test_a_workbook_has_no_encoding_to_be_asked_about(enter: Enter, vera: User) -> None:
    client = enter(vera)
    template = client.get(f"{PAGE}template.xlsx").content
    assert "Кодировка" not in client.get(upload(client, template).get_absolute_url()).content.decode()
    assert "Прочитать заново" in client.get(upload(client, LATIN).get_absolute_url()).content.decode()


def test_it_is_the_owner_s_alone_and_a_post(enter: Enter, vera: User, nadia: User) -> None:
    file = upload(enter(vera), LATIN)
    assert enter(vera).get(f"{file.get_absolute_url()}reading/").status_code == 405
    assert enter(nadia).post(f"{file.get_absolute_url()}reading/").status_code == 404


def test_a_forced_encoding_that_yields_null_signs_is_refused() -> None:
    with pytest.raises(Exception, match="нулевые знаки"):
        read_table("имя;ИНН\nа;1".encode("utf-16-le"), encoding="cp1251")
