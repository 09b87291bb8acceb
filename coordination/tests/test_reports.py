"""«Справка на дату»: a sheet for each municipality, paper to sign, the own territory alone, no percent under five."""

import re
import subprocess
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from itertools import pairwise

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from python_calamine import CalamineWorkbook

from accounts.models import User
from conftest import make_municipality, make_organization
from coordination.models import Export
from coordination.statuses import ExportFormat, ExportKind
from organizations.journey import reach
from organizations.models import Municipality, Organization, Region
from organizations.statuses import Source, Step

Enter = Callable[[User], Client]
LONG = "Муниципальное образование «Закрытое административно-территориальное образование [Северск]: город/округ?»"


def book(answer: object) -> CalamineWorkbook:
    return CalamineWorkbook.from_filelike(BytesIO(answer.content))  # type: ignore[attr-defined]


def words(pdf: bytes) -> str:
    """The text of the paper, its lines joined: long names are wrapped."""
    text = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True).stdout
    return re.sub(r"\s+", " ", text.decode())


def registered(municipality: Municipality, number: int) -> None:
    for _ in range(number):
        reach(make_organization(municipality), Step.REGISTERED, by=None, source=Source.REGISTRY)


def test_who_gets_404(
    school: Organization, other_school: Organization, marina: User, nadia: User, enter: Enter, client: Client
) -> None:
    for address in ("/reports/", "/reports/today.xlsx", "/reports/today.pdf"):
        assert client.get(address).status_code == 302
        assert enter(marina).get(address).status_code == 404
        assert enter(nadia).get(address).status_code == 200
    for bad in (other_school.municipality_id, "x", "%00", 2**70, 999_999):
        for form in ("xlsx", "pdf"):
            assert enter(nadia).get(f"/reports/today.{form}?municipality={bad}").status_code == 404


def test_a_municipal_coordinator_has_only_the_own_territory(
    school: Organization, other_school: Organization, nadia: User, vera: User, enter: Enter
) -> None:
    page = enter(nadia).get("/reports/").content.decode()
    assert school.municipality.name in page
    assert other_school.municipality.name not in page
    assert other_school.municipality.name in enter(vera).get("/reports/").content.decode()
    workbook = book(enter(nadia).get("/reports/today.xlsx"))
    assert workbook.sheet_names == ["Итоги", "Муниципалитеты", school.municipality.name]
    assert other_school.municipality.name not in words(enter(nadia).get("/reports/today.pdf").content)


def test_each_municipality_has_a_sheet_with_its_organizations_and_a_sum(
    school: Organization, other_school: Organization, region: Region, vera: User, enter: Enter
) -> None:
    homeless = make_organization(school.municipality)
    Organization.objects.filter(pk=homeless.pk).update(municipality=None)
    reach(school, Step.REGISTERED, by=None, source=Source.REGISTRY)
    workbook = book(enter(vera).get("/reports/today.xlsx"))
    assert workbook.sheet_names[2:] == ["Асиновский район", "Верхнекетский район", "Муниципалитет не указан"]
    rows = workbook.get_sheet_by_name("Верхнекетский район").to_python()
    assert [row[0] for row in rows] == ["Организация", school.name, "Всего: 1"]
    assert rows[-1][4] == "зарегистрировано: 1"
    assert workbook.get_sheet_by_name("Муниципалитет не указан").to_python()[1][0] == homeless.name
    table = workbook.get_sheet_by_name("Муниципалитеты").to_python()
    assert [row[:3] for row in table[1:]] == [
        ["Асиновский район", 1, 0],
        ["Верхнекетский район", 1, 1],
        ["Муниципалитет не указан", 1, 0],
        ["Итого", 3, 1],
    ]


def test_one_municipality_can_be_chosen(
    school: Organization, other_school: Organization, vera: User, enter: Enter
) -> None:
    answer = enter(vera).get(f"/reports/today.xlsx?municipality={school.municipality_id}")
    totals = {row[0]: row[1] for row in book(answer).get_sheet_by_name("Итоги").to_python()}
    assert (totals["Территория"], totals["Всего в списке"]) == (school.municipality.name, 1)
    assert other_school.name not in str(book(answer).get_sheet_by_index(2).to_python())


def test_names_that_excel_refuses_or_that_are_alike_become_sheets_of_their_own(
    region: Region, vera: User, enter: Enter
) -> None:
    for name in (LONG, LONG.replace("Северск", "Зареченск")):
        make_organization(make_municipality(region, name=name))
    names = book(enter(vera).get("/reports/today.xlsx")).sheet_names
    assert len({name.casefold() for name in names}) == 4
    assert all(len(name) <= 31 and not set("[]:*?/\\") & set(name) for name in names)


def test_the_paper_says_whence_and_when_and_waits_for_a_signature(
    school: Organization, other_school: Organization, region: Region, vera: User, enter: Enter
) -> None:
    long = make_municipality(region, name=LONG)
    registered(long, 6)
    with time_machine.travel(datetime(2026, 11, 24, 5, tzinfo=timezone.get_default_timezone()), tick=False):
        answer = enter(vera).get("/reports/today.pdf")
    assert answer["Content-Type"] == "application/pdf"
    text = words(answer.content)
    for expected in (
        "Департамент образования",
        "на 24 ноября 2026 года",
        "по данным портала на 24 ноября 2026 года, 09:00",  # Tomsk
        "Томская область",
        "Кузнецова Вера Николаевна",
        "подпись",
        "Асиновский район",
        "Верхнекетский район",
        "Зарегистрировано в Сферуме 6 75 %",
        "Итого 8 6",
    ):
        assert expected in text
    # A long name is wrapped and not cut.
    assert all(word in text for word in re.findall(r"[\w-]+", LONG) if "-" not in word and len(word) < 14)


def test_a_paper_of_many_municipalities_repeats_its_heading_and_numbers_its_pages(
    region: Region, vera: User, enter: Enter
) -> None:
    for number in range(60):
        make_organization(make_municipality(region, name=f"Район № {number}"))
    pages = subprocess.run(
        ["pdftotext", "-layout", "-", "-"],
        input=enter(vera).get("/reports/today.pdf").content,
        capture_output=True,
        check=True,
    ).stdout.decode()
    pages = pages.strip("\f").split("\f")
    assert len(pages) >= 3
    assert "Муниципалитет" in pages[-1]
    assert pages[1].strip().splitlines()[-1].strip() == "2"


@pytest.mark.parametrize(("number", "is_told"), [(4, False), (5, True)])
def test_no_percent_under_five(
    municipality: Municipality, vera: User, enter: Enter, number: int, is_told: bool
) -> None:
    registered(municipality, number)
    browser = enter(vera)
    shares = [row[2] for row in book(browser.get("/reports/today.xlsx")).get_sheet_by_name("Итоги").to_python()]
    assert ("100 %" in shares) == is_told
    assert ("%" in words(browser.get("/reports/today.pdf").content)) == is_told


def test_an_empty_territory_has_a_report_too(vera: User, enter: Enter) -> None:
    assert book(enter(vera).get("/reports/today.xlsx")).sheet_names == ["Итоги", "Муниципалитеты"]
    assert "В списке нет организаций" in words(enter(vera).get("/reports/today.pdf").content)


def test_each_report_leaves_a_line(school: Organization, other_school: Organization, vera: User, enter: Enter) -> None:
    browser = enter(vera)
    browser.get("/reports/today.xlsx")
    browser.get(f"/reports/today.pdf?municipality={school.municipality_id}")
    browser.get("/reports/turnaround.xlsx")
    found = Export.objects.order_by("pk").values_list("kind", "format", "territory", "total")
    assert list(found) == [
        (ExportKind.REPORT, ExportFormat.XLSX, "Томская область", 2),
        (ExportKind.REPORT, ExportFormat.PDF, school.municipality.name, 1),
        (ExportKind.TURNAROUND, ExportFormat.XLSX, "", 0),
    ]


def test_the_desk_leads_here(school: Organization, vera: User, enter: Enter) -> None:
    assert '<a class="btn" href="/reports/">' in enter(vera).get("/dashboard/").content.decode()


@pytest.mark.parametrize("form", ["xlsx", "pdf"])
def test_it_costs_the_same_at_few_and_at_many(
    municipality: Municipality, region: Region, vera: User, enter: Enter, form: str
) -> None:
    browser, costs = enter(vera), []
    for number in (2, 40):
        for _ in range(number):
            registered(make_municipality(region), 1)
        browser.get(f"/reports/today.{form}")
        with CaptureQueriesContext(connection) as asked:
            browser.get(f"/reports/today.{form}")
        costs.append(len(asked))
    assert costs[0] == costs[1]


def test_the_name_of_the_platform_keeps_its_capital(vera: User, enter: Enter) -> None:
    labels = [row[0] for row in book(enter(vera).get("/reports/today.xlsx")).get_sheet_by_name("Итоги").to_python()]
    assert "Этап: письмо в Сферум отправлено" in labels


def test_headings_of_the_paper_do_not_run_into_each_other(school: Organization, vera: User, enter: Enter) -> None:
    """Without syllables «Зарегистрировано» stood over its neighbours on both sides."""
    pdf = enter(vera).get("/reports/today.pdf").content
    told = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    found = re.findall(r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="[\d.]+">([^<]+)<', told)
    boxes = [(float(left), float(top), float(right), word) for left, top, right, word in found]
    top = max(y for _, y, _, word in boxes if word == "Муниципалитет")
    heading = [box for box in boxes if abs(box[1] - top) < 20]
    assert any(word.startswith("Зарегистри") for *_, word in heading)
    for line in {box[1] for box in heading}:
        row = sorted(box for box in heading if box[1] == line)
        assert all(one[2] <= other[0] for one, other in pairwise(row)), row
