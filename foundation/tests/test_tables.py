"""Uploaded tables: text of every usual encoding, workbooks, and files that are neither."""

import csv
import os
import time
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from xlsxwriter import Workbook

from conftest import SHARED_DATA, shared_files
from foundation.tables import NotATable, read_table, read_tables

TEXT = "Наименование;ИНН\nМБОУ «Средняя школа № 1»;7004003519\n"


def workbook(fill: Callable[[Any], None], sheet: str = "Лист1") -> bytes:
    file = BytesIO()
    with Workbook(file) as book:
        fill(book.add_worksheet(sheet))
    return file.getvalue()


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("cp1251", "cp1251"),
        ("cp866", "cp866"),
        ("koi8-r", "koi8-r"),
    ],
)
def test_every_usual_encoding_is_understood(encoding: str, told: str) -> None:
    text = TEXT.replace("«", '"').replace("»", '"').replace("№", "N")
    table = read_table(text.encode(encoding), "list.csv")
    assert table.rows == [["Наименование", "ИНН"], ['МБОУ "Средняя школа N 1"', "7004003519"]]
    assert (table.encoding, table.delimiter) == (told, ";")


def test_capitals_of_a_state_register_are_not_taken_for_another_encoding() -> None:
    text = "НАИМЕНОВАНИЕ;ИНН\nМУНИЦИПАЛЬНОЕ БЮДЖЕТНОЕ УЧРЕЖДЕНИЕ;1\n"
    assert read_table(text.encode("cp1251")).rows[1][0] == "МУНИЦИПАЛЬНОЕ БЮДЖЕТНОЕ УЧРЕЖДЕНИЕ"


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_delimiter_is_found_by_its_regularity(delimiter: str) -> None:
    lines = ["Имя", "Адрес", "ИНН"], ["А", '"ул. Мира, 5; корпус 2"', "1"], ["Б", "", "2"]
    table = read_table("\r\n".join(delimiter.join(line) for line in lines).encode())
    assert table.delimiter == delimiter
    assert table.rows[1] == ["А", "ул. Мира, 5; корпус 2", "1"]


def test_a_list_of_one_column_has_no_delimiter() -> None:
    table = read_table("Фамилия, имя\nИванов Иван\nПетрова Анна\n".encode())
    assert table.rows == [["Фамилия, имя"], ["Иванов Иван"], ["Петрова Анна"]]


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        ('"Лицей № 1546 "Плехановец"",5', ['Лицей № 1546 "Плехановец"', "5"]),
        ('"Университет в Москве". Лицей,5', ['"Университет в Москве". Лицей', "5"]),
        ('"МБОУ "Школа", корпус 2",5', ['МБОУ "Школа", корпус 2', "5"]),
        ('МАОУ "СОШ №3 им. Паламарчука,5', ['МАОУ "СОШ №3 им. Паламарчука', "5"]),
        ('"МБОУ ""Школа""",5', ['МБОУ "Школа"', "5"]),
        ('"МАОУ "СОШ №3",5', ['МАОУ "СОШ №3', "5"]),
    ],
)
def test_inner_quotes_stay_where_they_stood(line: str, cells: list[str]) -> None:
    text = f'Имя,Число\n"Гимназия "Пеликан"",1\n{line}\n"Прогимназия",3\n'
    assert read_table(text.encode()).rows[2] == cells


def test_csv_alone_would_move_them_without_a_word() -> None:
    """The red control of the test above."""
    line = '"Лицей № 1546 "Плехановец"",5'
    assert next(csv.reader([line])) == ['Лицей № 1546 Плехановец""', "5"]


def test_workbook_tells_numbers_without_a_point_and_rows_by_their_place() -> None:
    def fill(page: Any) -> None:
        page.write(2, 1, "ИНН")
        page.write(3, 1, 7004003519)
        page.write(3, 2, 0.5)
        page.write_boolean(3, 3, True)
        page.write_string(3, 4, "=1+1")

    table = read_table(workbook(fill, "16.09.2026"))
    assert table.sheet == "16.09.2026"
    assert table.rows[2][1] == "ИНН"
    assert table.rows[3][1:] == ["7004003519", "0.5", "да", "=1+1"]


def test_of_sheets_named_by_dates_the_latest_is_read() -> None:
    file = BytesIO()
    with Workbook(file) as book:
        for title in ("15.09.2026", "01.10.2026", "30.09.2026"):
            book.add_worksheet(title).write(0, 0, title)
        book.add_worksheet("Лист2")
    table = read_table(file.getvalue())
    assert (table.sheet, table.rows) == ("01.10.2026", [["01.10.2026"]])
    assert table.other_sheets == ["15.09.2026", "30.09.2026"]


def test_every_filled_sheet_is_read_where_the_whole_workbook_is_asked_for() -> None:
    file = BytesIO()
    with Workbook(file) as book:
        for title in ("7А", "7Б"):
            page = book.add_worksheet(title)
            page.write(1, 1, f"ФИО {title}")
        book.add_worksheet("Лист3")
        book.add_worksheet("Скрытый").hide()
    tables = read_tables(file.getvalue(), "классы.xlsx")
    assert [(each.sheet, each.name, each.rows) for each in tables] == [
        ("7А", "классы.xlsx", [["", ""], ["", "ФИО 7А"]]),
        ("7Б", "классы.xlsx", [["", ""], ["", "ФИО 7Б"]]),
    ]


def test_a_text_file_is_one_table_of_the_whole() -> None:
    (table,) = read_tables(TEXT.encode())
    assert table.rows[0] == ["Наименование", "ИНН"]


def zip_bomb() -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"\0" * 220_000_000)
    return file.getvalue()


def lying_zip_bomb() -> bytes:
    """Its listing declares 100 bytes for what unpacks to 220 MB."""
    bomb = bytearray(zip_bomb())
    last = bomb.rfind(b"PK\x01\x02")
    bomb[last + 24 : last + 28] = (100).to_bytes(4, "little")
    return bytes(bomb)


def far_corners() -> bytes:
    def fill(page: Any) -> None:
        page.write(0, 0, "a")
        page.write(1_048_575, 16_383, "b")

    return workbook(fill)


def a_million_empty_rows() -> bytes:
    def fill(page: Any) -> None:
        page.write(0, 0, "Наименование")
        page.write(1_000_000, 0, "конец")

    return workbook(fill)


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "corners A1 and XFD1048576": (far_corners, "не хватило памяти"),
    "zip bomb": (zip_bomb, "слишком много данных"),
    "zip bomb with a lying listing": (lying_zip_bomb, "повреждён"),
    "a million empty rows in a workbook": (a_million_empty_rows, "больше 100 000 строк"),
    "a million empty rows in a text": (lambda: b"a;b\n" + b";\n" * 1_000_000, "больше 100 000 строк"),
    "nine million delimiters": (lambda: b";" * 9_000_000, "больше 200 столбцов"),
    "NUL bytes in a text": (lambda: b"a;b\n1;\0\n", "нулевые байты"),
    "only NUL bytes": (lambda: b"\0" * 1000, "нулевые байты"),
    "web page": (lambda: b"\xef\xbb\xbf\r\n<!DOCTYPE html><table><tr><td>1</table>", "веб-страница"),
    "document": (lambda: b"%PDF-1.7\n...", "Это документ"),
    "an archive of something else": (lambda: zipfile_of("readme.txt"), "архив или документ"),
    "cut in the middle": (lambda: far_corners()[:3000], "повреждён"),
    "an OLE file that is no workbook": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 5000, "не таблица"),
    "empty": (lambda: b" \n", "пустой"),
    "only empty cells": (lambda: b";;\n;;\n", "ни одной заполненной"),
    "too big": (lambda: b"a;b\n" * 14_000_000, "больше 50 МБ"),
    "one broken letter": (lambda: TEXT.encode() * 20 + b"\xd0;1\n", "в строке 41"),
}


def zipfile_of(name: str) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, "text")
    return file.getvalue()


@pytest.mark.parametrize("case", HOSTILE)
def test_what_is_no_table_is_refused_in_words_and_in_time(case: str) -> None:
    make, words = HOSTILE[case]
    content = make()
    began = time.monotonic()
    with pytest.raises(NotATable, match=words):
        read_table(content, "list.xlsx")
    assert time.monotonic() - began < 10


def test_a_reader_that_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("foundation.tables._SECONDS", 0.001)
    with pytest.raises(NotATable, match="не хватило времени"):
        read_table(TEXT.encode())


def test_a_missing_file_is_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(NotATable, match="не открывается"):
        read_table(tmp_path / "none.csv")


def test_real_files_lie_beside_the_checkout() -> None:
    """Where they are missing, the tests over them are not even collected; with REQUIRE_ALL=1 this one says so."""
    assert SHARED_DATA.is_dir() or os.environ.get("REQUIRE_ALL") != "1", f"{SHARED_DATA} is missing"


@pytest.mark.parametrize("path", shared_files("messy/**/*.*", "schools/*.csv"), ids=lambda path: path.name)
def test_every_real_file_is_read_or_refused_in_words(path: Path) -> None:
    if path.name == "sved_1kv_2017.xls":
        with pytest.raises(NotATable, match="веб-страница"):
            read_table(path)
        return
    table = read_table(path)
    assert len(table.rows) > 40
    assert all(isinstance(cell, str) for row in table.rows for cell in row)


def test_a_cell_of_a_workbook_holds_nothing_that_a_database_refuses() -> None:
    def fill(sheet: Any) -> None:
        sheet.write_row(0, 0, ["ФИО", "ИНН"])
        sheet.write_row(1, 0, ["Пет~ров Илья", "1"])

    escaped, file = BytesIO(), zipfile.ZipFile(BytesIO(workbook(fill)))
    with file, zipfile.ZipFile(escaped, "w") as changed:
        for name in file.namelist():
            changed.writestr(name, file.read(name).replace(b"~", b"_x0000_"))
    assert read_tables(escaped.getvalue())[0].rows[1][0] == "Пет\N{REPLACEMENT CHARACTER}ров Илья"
