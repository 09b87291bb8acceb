import csv
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO, StringIO

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from phonenumber_field.phonenumber import PhoneNumber
from python_calamine import CalamineWorkbook

from foundation.sheets import Sheet, write_csv, write_xlsx

DANGEROUS = ["=1+1", "+1+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", '=HYPERLINK("http://x")', "+7 925=1"]


def book_of(*sheets):
    file = BytesIO()
    write_xlsx(file, sheets)
    return file


def cells_of(file, sheet=0):
    file.seek(0)
    return CalamineWorkbook.from_filelike(file).get_sheet_by_index(sheet).to_python()


def csv_of(sheet):
    file = BytesIO()
    write_csv(file, sheet)
    return file.getvalue()


def test_every_kind_of_cell_comes_back_as_itself():
    moment = datetime(2026, 11, 23, 7, 5, tzinfo=UTC)
    phone = PhoneNumber.from_string("+79250364405")
    row = ["МБОУ «СОШ № 5»", 12, Decimal("1.5"), True, date(2026, 9, 1), moment, phone, None, "0070012345"]
    with timezone.override("Asia/Tomsk"):
        file = book_of(Sheet("Школы", [f"Графа {n}" for n in range(9)], iter([row]), totals=["Итого", 12]))
    titles, cells, totals = cells_of(file)
    assert titles[0] == "Графа 0"
    assert cells == [
        "МБОУ «СОШ № 5»",
        12,
        1.5,
        "да",
        date(2026, 9, 1),
        datetime(2026, 11, 23, 14, 5),  # noqa: DTZ001 - a sheet knows no zones
        "+7 925 036-44-05",
        "",
        "0070012345",  # an INN keeps its zeroes
    ]
    assert totals[:2] == ["Итого", 12]


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_cell_of_a_workbook_is_a_formula(text):
    file = book_of(Sheet(text, [text], [[text]], totals=[text]))
    with zipfile.ZipFile(file) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")
        assert not any("hyperlink" in name for name in parts.namelist())


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_no_text_of_a_csv_begins_a_formula(text):
    written = csv_of(Sheet("", ["Графа"], [[text]]))
    cell = list(csv.reader(StringIO(written.decode("utf-8-sig"), newline=""), delimiter=";"))[1:]
    first = cell[0][0] if cell and cell[0] else ""
    assert not first.startswith(("=", "-", "@", "\t", "\r", "\n"))
    assert first.removeprefix("'") == text.removeprefix("'")


def test_csv_is_what_the_russian_excel_opens():
    phone = PhoneNumber.from_string("+79250364405")
    rows = [["Школа; с точкой", phone, Decimal("1.5"), date(2026, 9, 1)], ["=1+1", "+7 3822 51-00-00", -5, None]]
    written = csv_of(Sheet("", ["Название", "Телефон", "Число", "День"], rows, totals=["Итого", "", 1]))
    assert written.startswith(b"\xef\xbb\xbf")
    assert written.decode("utf-8-sig").splitlines() == [
        "Название;Телефон;Число;День",
        '"Школа; с точкой";+7 925 036-44-05;1,5;01.09.2026',
        "'=1+1;+7 3822 51-00-00;-5;",
        "Итого;;1",
    ]


@pytest.mark.parametrize("text", [text for text in DANGEROUS if text[0] != "'"])
def test_a_formula_in_a_csv_is_disarmed(text):
    written = csv_of(Sheet("", ["Графа"], [[text]])).decode("utf-8-sig")
    assert next(csv.reader(StringIO(written[7:], newline=""), delimiter=";"))[0] == f"'{text}"


def test_titles_that_excel_refuses_are_mended():
    titles = ["Школы: все/сразу?", "а" * 40, "А" * 40, "''", ""]
    file = book_of(*(Sheet(title, ["Графа"], []) for title in titles))
    file.seek(0)
    names = CalamineWorkbook.from_filelike(file).sheet_names
    assert len({name.casefold() for name in names}) == 5
    assert all(0 < len(name) <= 31 for name in names)


def test_a_cell_too_long_for_excel_is_cut_and_not_lost():
    assert len(cells_of(book_of(Sheet("", ["Графа"], [["ё" * 40_000]])))[1][0]) == 32_767


def test_rows_are_written_as_they_come():
    rows = ([number, f"Школа № {number}"] for number in range(5_000))
    assert len(cells_of(book_of(Sheet("Школы", ["№", "Название"], rows)))) == 5_001


def test_a_workbook_is_printed_lying_on_its_side_with_its_titles_on_each_page():
    file = book_of(Sheet("Школы & сады", ["Название"], [["Школа"]]))
    with zipfile.ZipFile(file) as parts:
        page, book = (parts.read(name).decode() for name in ("xl/worksheets/sheet1.xml", "xl/workbook.xml"))
    assert 'orientation="landscape"' in page
    assert 'paperSize="9"' in page
    assert 'fitToHeight="0"' in page
    assert "&amp;LШколы &amp;&amp; сады" in page
    assert "_xlnm.Print_Titles" in book


def test_a_hundred_like_titles_are_a_hundred_sheets():
    file = book_of(*(Sheet("Ё" * 40, ["Графа"], []) for _ in range(101)))
    file.seek(0)
    names = CalamineWorkbook.from_filelike(file).sheet_names
    assert len(set(names)) == 101
    assert all(len(name) <= 31 for name in names)
