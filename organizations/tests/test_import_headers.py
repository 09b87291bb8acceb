"""Where the titles of a file are unknown, stand elsewhere or are missing, a person shows them once for all."""

from collections.abc import Callable
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from foundation.sheets import Sheet, write_xlsx
from organizations.columns import find_header, header_at, likely_header
from organizations.models import ImportFile, ImportLayout, Organization
from organizations.statuses import ImportStatus
from organizations.tasks import work_on_imports
from organizations.tests.registry import INN, KPP

Enter = Callable[[User], Client]
PAGE = "/organizations/import/"
FOREIGN = ["Mektep", "Salyk", "Sebep"]
SCHOOL = ["Школа", INN, KPP]
MEANT = {"column_0": "full_name", "column_1": "inn", "column_2": "kpp"}


def upload(client: Client, *rows: list[str]) -> ImportFile:
    content = "\n".join(";".join(row) for row in rows).encode()
    page = client.post(PAGE, {"file": SimpleUploadedFile("реестр.csv", content)})
    assert page.status_code == 302, page.content.decode()
    return ImportFile.objects.latest("pk")


def read_again(client: Client, file: ImportFile, **told: str) -> ImportFile:
    typed = {name: file.layout[name] for name in ("encoding", "delimiter") if file.layout[name]}
    assert client.post(f"{file.get_absolute_url()}reading/", typed | told).status_code == 302
    return ImportFile.objects.get(pk=file.pk)


def load(client: Client, file: ImportFile) -> ImportFile:
    page = client.post(f"{file.get_absolute_url()}columns/", MEANT, follow=True)
    client.post(f"{file.get_absolute_url()}confirm/", {"version": page.context["file"].version})
    work_on_imports()
    return ImportFile.objects.get(pk=file.pk)


def test_unknown_titles_are_shown_and_named_by_a_person(enter: Enter, vera: User) -> None:
    client = enter(vera)
    file = upload(client, ["Отчёт"], FOREIGN, SCHOOL)
    page = client.get(file.get_absolute_url()).content.decode()
    assert "не узнал ни одного заголовка" in page
    assert all(title in page for title in FOREIGN)
    assert "2: Mektep · Salyk · Sebep" in page
    refused = client.post(f"{file.get_absolute_url()}columns/", {}).content.decode()
    assert "без них организацию не узнать" in refused
    assert load(client, file).status == ImportStatus.APPLIED
    assert Organization.objects.get().name == "Школа"


def test_what_was_named_is_known_of_the_next_file_wherever_the_titles_stand(enter: Enter, vera: User) -> None:
    client = enter(vera)
    load(client, upload(client, FOREIGN, SCHOOL))
    again = upload(client, ["Отчёт", "за", "осень"], ["", "", ""], FOREIGN, SCHOOL)
    assert (again.layout["columns"], again.layout["first_row"]) == ({"full_name": [0], "inn": [1], "kpp": [2]}, 3)


def test_another_row_of_titles_can_be_pointed_at(enter: Enter, vera: User) -> None:
    """The row above looks like titles, too."""
    client = enter(vera)
    file = upload(client, ["Наименование", "ИНН", "КПП"], ["Образец", "0", "0"], FOREIGN, SCHOOL)
    assert file.layout["first_row"] == 1
    file = read_again(client, file, header_row="3")
    assert (file.layout["titles"], file.layout["rows"], file.status) == (FOREIGN, 1, ImportStatus.UPLOADED)
    assert client.get(file.get_absolute_url()).context["reading_form"]["header_row"].value() == 3
    assert load(client, file).report["added"] == 1


def test_a_file_without_titles_begins_with_its_data(enter: Enter, vera: User) -> None:
    client = enter(vera)
    file = read_again(client, upload(client, SCHOOL, ["Другая", "7009002622", KPP]), header_row="0")
    page = client.get(file.get_absolute_url()).content.decode()
    assert "Столбец 1" in page
    assert load(client, file).report["added"] == 2
    assert not ImportLayout.objects.exists(), "any other table has columns without titles as well"


def test_a_workbook_is_asked_for_its_titles_alone(enter: Enter, vera: User) -> None:
    client, book = enter(vera), BytesIO()
    write_xlsx(book, [Sheet("Список", FOREIGN, [SCHOOL])])
    client.post(PAGE, {"file": SimpleUploadedFile("реестр.xlsx", book.getvalue())})
    file = ImportFile.objects.get()
    page = client.get(file.get_absolute_url()).content.decode()
    assert "Строка заголовков" in page
    assert "Кодировка" not in page
    assert load(client, read_again(client, file, header_row="1")).report["added"] == 1


@pytest.mark.parametrize("header", ["99", "-1", "x"])
def test_a_row_that_is_not_offered_is_refused(enter: Enter, vera: User, header: str) -> None:
    client = enter(vera)
    file = upload(client, FOREIGN, SCHOOL)
    typed = {"encoding": "utf-8", "delimiter": ";", "header_row": header}
    page = client.post(f"{file.get_absolute_url()}reading/", typed)
    assert page.status_code == 200
    assert "Строка заголовков" in page.content.decode()


def test_once_it_is_written_no_cell_of_the_file_is_kept(enter: Enter, vera: User) -> None:
    file = load(enter(vera), upload(enter(vera), FOREIGN, SCHOOL))
    assert INN not in str(file.layout)
    assert bytes(file.content) == b""


def test_the_likely_row_is_as_wide_as_most() -> None:
    rows = [["Отчёт", "", ""], ["", "", ""], FOREIGN, SCHOOL, SCHOOL]
    header = likely_header(rows)
    assert header is not None
    assert (header.titles, header.columns, header.first_row) == (FOREIGN, {}, 3)
    assert find_header(rows) is None, "a red control: nothing there is known"


@pytest.mark.parametrize("rows", [[], [["одно"]] * 5, [["а", "б"]], [["", ""]] * 9])
def test_what_has_no_columns_or_no_rows_is_no_table(rows: list[list[str]]) -> None:
    assert likely_header(rows) is None


def test_two_rows_of_titles_are_taken_together_where_they_say_more() -> None:
    rows = [["Школа", "Контакты", ""], ["", "телефон", "эл. почта"], ["Школа № 1", "2-11", "a@example.ru"]]
    header = header_at(rows, 1)
    assert header.first_row == 2
    assert header.titles == ["Школа", "Контакты телефон", "Контакты эл. почта"]
