"""The list as a file: the rows and the order of the page, nobody else's, never a formula; each file leaves its line."""

import csv
import zipfile
from collections.abc import Callable
from io import BytesIO, StringIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from accounts.models import User
from conftest import make_organization
from coordination.models import Export
from coordination.statuses import ExportFormat, ExportStatus
from coordination.views import exports as views
from foundation import sheets
from organizations.journey import reach
from organizations.models import Event, Municipality, Organization
from organizations.statuses import Source, Step

Enter = Callable[[User], Client]
FORMULAS = ["=1+1", "+1+1", "-1", "@SUM(A1)", "\t=1", "\r=1"]


def xlsx_rows(content: bytes) -> list[list[str]]:
    table = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()
    return [[str(cell) for cell in row] for row in table]


def csv_rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


READ = {"xlsx": xlsx_rows, "csv": csv_rows}


def names_on_page(browser: Client, address: str) -> list[str]:
    return [row.record.name for row in browser.get(address).context["table"].paginated_rows]


def test_who_gets_what(
    school: Organization,
    other_school: Organization,
    marina: User,
    nadia: User,
    vera: User,
    enter: Enter,
    client: Client,
) -> None:
    seen = {nadia: {school.name}, marina: {school.name}, vera: {school.name, other_school.name}}
    for form, read in READ.items():
        address = f"/organizations/export.{form}"
        assert client.get(address).status_code == 302
        for user, names in seen.items():
            assert {row[0] for row in read(enter(user).get(address).content)[1:]} == names


@pytest.mark.parametrize("form", ["xlsx", "csv"])
@pytest.mark.parametrize(
    "query",
    ["sort=-step", "sort=municipality", "sort=-name&q=школа", "doubt=any&sort=step_since", "sort=%00", "kind=x"],
)
def test_a_file_holds_the_rows_of_the_page_in_its_order(
    municipality: Municipality, other_school: Organization, vera: User, enter: Enter, form: str, query: str
) -> None:
    for number in range(8):
        school = make_organization(municipality, short_name=f"Школа {'бва'[number % 3]} {number}")
        if number % 2:
            reach(school, Step.REGISTERED, by=None, source=Source.REGISTRY)
    browser = enter(vera)
    shown = names_on_page(browser, f"/organizations/?{query}")
    rows = READ[form](browser.get(f"/organizations/export.{form}?{query}&page=2").content)
    assert [row[0] for row in rows[1:]] == shown
    assert bool(shown) == (query != "kind=x")


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_numbers_keep_their_zeros(municipality: Municipality, vera: User, enter: Enter, form: str) -> None:
    make_organization(municipality, inn="0070012345", kpp="007001001")
    titles, row = READ[form](enter(vera).get(f"/organizations/export.{form}").content)
    assert (row[titles.index("ИНН")], row[titles.index("КПП")]) == ("0070012345", "007001001")


@pytest.mark.parametrize("text", FORMULAS)
def test_no_name_becomes_a_formula(municipality: Municipality, vera: User, enter: Enter, text: str) -> None:
    make_organization(municipality, full_name=text, short_name="")
    browser = enter(vera)
    with zipfile.ZipFile(BytesIO(browser.get("/organizations/export.xlsx").content)) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")
    assert csv_rows(browser.get("/organizations/export.csv").content)[1][0] == f"'{text}"


def test_red_control_without_the_apostrophe_a_name_would_be_a_formula(
    municipality: Municipality, vera: User, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "_FORMULA_SIGNS", ("never",))
    make_organization(municipality, full_name="=1+1", short_name="")
    assert csv_rows(enter(vera).get("/organizations/export.csv").content)[1][0] == "=1+1"


def test_each_file_leaves_a_line_with_its_conditions_and_rows(school: Organization, vera: User, enter: Enter) -> None:
    enter(vera).get("/organizations/export.csv?kind=school&sort=-name&page=3")
    export = Export.objects.get()
    assert (export.by, export.query, export.total) == (vera, "kind=school&sort=-name", 1)
    assert (export.format, export.status, bytes(export.content)) == (ExportFormat.CSV, ExportStatus.GIVEN, b"")
    event = Event.objects.get(verb="organizations.exported")
    assert (event.by, event.object_id, event.region) == (vera, export.pk, school.region)


def test_it_costs_the_same_at_three_and_at_three_hundred_rows(
    municipality: Municipality, vera: User, enter: Enter
) -> None:
    browser, costs = enter(vera), []
    for more in (3, 297):
        for _ in range(more):
            make_organization(municipality)
        browser.get("/organizations/export.xlsx")
        with CaptureQueriesContext(connection) as asked:
            browser.get("/organizations/export.xlsx?sort=municipality")
        costs.append(len(asked))
    assert costs[0] == costs[1]


def test_the_page_of_the_list_offers_what_is_on_it(
    school: Organization, marina: User, vera: User, enter: Enter
) -> None:
    page = enter(vera).get("/organizations/?kind=school&sort=-name&page=1").content.decode()
    for address in ("export.xlsx", "export.csv"):
        assert f'href="/organizations/{address}?kind=school&amp;sort=-name"' in page
    assert 'href="/organizations/export/?kind=school&amp;sort=-name&amp;names=yes"' in page
    assert "/organizations/export/" not in enter(marina).get("/organizations/").content.decode()


def test_a_thousand_rows_are_given_at_once_and_more_are_not(
    municipality: Municipality, vera: User, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert views.AT_ONCE == 1000
    monkeypatch.setattr(views, "AT_ONCE", 2)
    browser = enter(vera)
    for expected in (200, 200, 302):
        make_organization(municipality)
        assert browser.get("/organizations/export.xlsx").status_code == expected
