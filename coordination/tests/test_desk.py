"""The desk and the list: strangers get a 404, every figure leads to exactly its rows, the cost does not grow."""

import re
from collections.abc import Callable
from datetime import date
from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape
from python_calamine import CalamineWorkbook

from accounts.models import User
from conftest import make_coordinator, make_municipality, make_organization, make_region
from invitations.tests.builders import make_invitation, make_request
from organizations.journey import reach
from organizations.models import Appointment, Municipality, Organization, Region
from organizations.statuses import AdministratorState, Kind, Source, Step
from registrations.models import Inquiry

Enter = Callable[[User], Client]


def test_an_administrator_has_no_desk_of_a_territory(marina: User, enter: Enter) -> None:
    assert enter(marina).get("/dashboard/").status_code == 404
    assert enter(marina).get("/reports/today.xlsx").status_code == 404
    assert enter(marina).get("/coordinators/").status_code == 404


def test_a_municipal_coordinator_manages_no_coordinators(nadia: User, enter: Enter) -> None:
    assert enter(nadia).get("/coordinators/").status_code == 404
    assert enter(nadia).post("/coordinators/invite/", {"full_name": "А Б", "email": "a@example.ru"}).status_code == 404


def test_visitors_read_what_this_is(client: Client, region: Region) -> None:
    page = client.get("/").content.decode()
    assert "Пять шагов" in page
    assert client.get("/dashboard/").status_code == 302


def test_everybody_lands_on_the_own_desk(
    school: Organization, marina: User, vera: User, igor: User, enter: Enter
) -> None:
    assert enter(marina).get("/")["Location"] == school.get_absolute_url()
    assert enter(vera).get("/")["Location"] == "/dashboard/"
    assert enter(igor).get("/")["Location"] == "/dashboard/"


@pytest.fixture
def many(municipality: Municipality) -> list[Organization]:
    """Every step with every state, schools and kindergartens, with and without a mailbox."""
    elsewhere = make_municipality(municipality.region)
    rows = []
    for step in [None, *Step]:
        for state in AdministratorState:
            rows.append(
                make_organization(
                    municipality if step and step % 2 else elsewhere,
                    kind=Kind.SCHOOL if state != AdministratorState.CHANGING else Kind.KINDERGARTEN,
                    step=step,
                    step_since=date(2026, 9, 1) if step else None,
                    administrator_state=state,
                    email="" if state == AdministratorState.ABSENT else "school@edu.example.ru",
                )
            )
    return rows


def test_every_figure_leads_to_exactly_its_rows(many: list[Organization], vera: User, enter: Enter) -> None:
    browser = enter(vera)
    page = browser.get("/dashboard/").content.decode()
    links = re.findall(r'<a href="(/organizations/\?[^"]+)">([\d\u202f]+)</a>', page)
    assert len(links) > 20
    for address, shown in links:
        found = browser.get(address.replace("&amp;", "&")).context["count"]
        assert found == int(shown.replace("\u202f", "")), address


def test_registered_and_listed_are_two_figures(many: list[Organization], vera: User, enter: Enter) -> None:
    figures = enter(vera).get("/dashboard/").context["figures"]
    assert figures.total == len(many)
    assert figures.registered == sum(1 for row in many if row.step and row.step >= Step.REGISTERED)
    assert figures.schools + figures.others == figures.total


def test_closed_organizations_leave_the_figures(many: list[Organization], vera: User, enter: Enter) -> None:
    Organization.objects.filter(pk=many[0].pk).update(closed_on=date(2026, 11, 1))
    assert enter(vera).get("/dashboard/").context["figures"].total == len(many) - 1


def test_a_municipal_coordinator_counts_only_the_municipality(
    many: list[Organization], nadia: User, enter: Enter
) -> None:
    figures = enter(nadia).get("/dashboard/").context["figures"]
    assert figures.total == sum(1 for row in many if row.step and row.step % 2)


@pytest.mark.parametrize("address", ["/dashboard/", "/dashboard/waiting/", "/organizations/"])
def test_the_page_costs_the_same_at_three_and_at_three_hundred_rows(
    address: str, municipality: Municipality, vera: User, enter: Enter
) -> None:
    browser = enter(vera)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(address, headers={"HX-Request": "true"}).status_code == 200
        return len(queries)

    for _ in range(3):
        make_organization(municipality, step=Step.REGISTERED, step_since=date(2026, 9, 1))
    browser.get(address)
    few = cost()
    for number in range(300):
        make_organization(municipality, step=Step(number % 7 + 1), step_since=date(2026, 9, 1))
    assert cost() == few
    assert few <= 11  # ten, and one more while no mailer is heard


@pytest.mark.parametrize("query", ["%00", "\u202eабв", "x" * 10_000, "<script>alert(1)</script>", "' OR 1=1 --"])
def test_no_search_breaks_the_list(query: str, school: Organization, vera: User, enter: Enter) -> None:
    address = f"/organizations/?q={query}" if query == "%00" else "/organizations/"
    response = enter(vera).get(address, None if query == "%00" else {"q": query})
    assert response.status_code == 200
    assert "<script>alert(1)" not in response.content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "step=99",
        "step=abc",
        "municipality=999999999999999999999",
        "kind=%00",
        "administrator=x",
        "page=-1",
        "page=abc",
        "sort=nothing",
        "sort=-",
        "holder=%F0%9F",
        "requests=x",
        "reached=none",
    ],
)
def test_a_senseless_filter_is_answered_in_words(query: str, school: Organization, vera: User, enter: Enter) -> None:
    assert enter(vera).get(f"/organizations/?{query}").status_code == 200


def test_search_ignores_case_yo_and_quotes(school: Organization, vera: User, enter: Enter) -> None:
    Organization.objects.exclude(pk=school.pk).delete()
    school.short_name = "МБОУ «Зелёная школа № 5»"
    school.save()
    page = enter(vera).get("/organizations/", {"q": 'зеленая "ШКОЛА" №5'}).content.decode()
    assert escape(school.short_name) in page


def test_no_stranger_appears_in_list_export_or_choices(
    school: Organization, other_school: Organization, nadia: User, enter: Enter
) -> None:
    browser = enter(nadia)
    page = browser.get("/organizations/").content.decode()
    assert other_school.name not in page
    assert other_school.municipality.name not in page
    workbook = CalamineWorkbook.from_filelike(BytesIO(browser.get("/organizations/export.xlsx").content))
    cells = [cell for row in workbook.get_sheet_by_index(0).to_python() for cell in row]
    assert school.name in cells
    assert other_school.name not in cells


def test_the_question_goes_to_the_registered_of_the_selection_after_a_last_look(
    school: Organization, other_school: Organization, vera: User, enter: Enter
) -> None:
    reach(school, Step.REGISTERED, by=None, source=Source.REGISTRY)
    browser = enter(vera)
    page = browser.post("/organizations/ask/", {"pk": [school.pk, other_school.pk, "x", 2**70]}).content.decode()
    assert "Спросить 1\xa0руководителя" in page
    assert school.email in page
    assert not Inquiry.objects.exists()
    browser.post(reverse("registrations:inquiry-ask"), {"pk": re.findall(r'name="pk" value="(\d+)"', page)})
    assert Inquiry.objects.get().organization == school


def test_a_letter_that_a_heads_answer_made_ready_is_seen_on_the_desk(
    school: Organization, other_school: Organization, vera: User, enter: Enter
) -> None:
    reach(school, Step.REGISTERED, by=None, source=Source.REGISTRY)
    (inquiry,) = Inquiry.objects.ask([school], by=vera).letters
    browser, address = enter(vera), "/organizations/?letters=unsent"
    assert browser.get(address).context["count"] == 0
    inquiry.answer_cannot(by_name="Петрова Ольга Ивановна")
    assert f'<a href="{address}">1</a>' in browser.get("/dashboard/waiting/").content.decode()
    assert school.name in browser.get(address).content.decode()


def test_the_question_can_go_to_all_that_the_filter_finds(many: list[Organization], vera: User, enter: Enter) -> None:
    page = enter(vera).post("/organizations/ask/?administrator=unknown", {"all": "yes"}).content.decode()
    wanted = [row for row in many if row.administrator_state == "unknown" and row.step and row.step >= Step.REGISTERED]
    assert len(re.findall(r'name="pk"', page)) == len(wanted)


def test_the_organization_page_says_whose_move_it_is(school: Organization, vera: User, enter: Enter) -> None:
    reach(school, Step.REGISTERED, by=None, source=Source.REGISTRY, on=date(2021, 9, 1))
    page = enter(vera).get(school.get_absolute_url()).content.decode()
    assert "Сейчас ход за: руководитель" in page
    assert "Узнать, кто сейчас отвечает за Сферум" in page
    assert "по реестру" in page


def test_requests_that_wait_stand_before_the_chats(
    school: Organization, marina: User, vera: User, enter: Enter
) -> None:
    reach(school, Step.INVITED, by=None, source=Source.PORTAL)
    Organization.objects.update(administrator_state=AdministratorState.CONFIRMED)
    Appointment.objects.update(entered_on=date(2026, 9, 1))
    assert "К заявкам" not in enter(marina).get(school.get_absolute_url()).content.decode()
    make_request(make_invitation(school))
    page = enter(marina).get(school.get_absolute_url()).content.decode()
    assert "К заявкам: 1\u00a0ждёт" in page
    assert "К чатам" in page
    assert "К заявкам" not in enter(vera).get(school.get_absolute_url()).content.decode()


def test_the_organization_page_costs_the_same_with_a_long_history(
    school: Organization, vera: User, enter: Enter
) -> None:
    browser = enter(vera)
    reach(school, Step.REGISTERED, by=vera, source=Source.REGISTRY)
    browser.get(school.get_absolute_url())
    with CaptureQueriesContext(connection) as few:
        browser.get(school.get_absolute_url())
    for step in Step:
        reach(school, step, by=vera, source=Source.PORTAL)
    with CaptureQueriesContext(connection) as many:
        browser.get(school.get_absolute_url())
    assert len(many) == len(few)


def test_the_report_has_totals_municipalities_and_the_hour(many: list[Organization], vera: User, enter: Enter) -> None:
    response = enter(vera).get("/reports/today.xlsx")
    workbook = CalamineWorkbook.from_filelike(BytesIO(response.content))
    totals = dict(row[:2] for row in workbook.get_sheet_by_name("Итоги").to_python())
    assert totals["Всего в списке"] == len(many)
    assert totals["Территория"] == "Томская область"
    rows = workbook.get_sheet_by_name("Муниципалитеты").to_python()
    assert rows[-1][0] == "Итого"
    assert rows[-1][1] == len(many)
    assert totals["Составлено"]


def test_the_coordinator_invites_and_removes(vera: User, municipality: Municipality, enter: Enter) -> None:
    browser = enter(vera)
    browser.post(
        "/coordinators/invite/",
        {"full_name": "Новая Ольга Петровна", "email": "olga@example.ru", "municipality": municipality.pk},
    )
    page = browser.get("/coordinators/").content.decode()
    assert "Новая Ольга Петровна" in page
    coordinator = municipality.coordinators.get()
    browser.post(reverse("coordination:coordinator-remove", args=[coordinator.pk]))
    coordinator.refresh_from_db()
    assert coordinator.ended_at is not None


def test_a_municipality_of_another_region_cannot_be_given_away(vera: User, enter: Enter) -> None:
    foreign = make_municipality()
    response = enter(vera).post(
        "/coordinators/invite/", {"full_name": "Новая Ольга", "email": "olga@example.ru", "municipality": foreign.pk}
    )
    assert response.status_code == 200
    assert not foreign.coordinators.exists()


def test_what_waits_comes_after_the_figures_and_is_a_page_of_its_own_without_a_script(
    school: Organization, vera: User, enter: Enter
) -> None:
    browser, address = enter(vera), "/dashboard/waiting/"
    assert f'hx-get="{address}"' in browser.get("/dashboard/").content.decode()
    piece = browser.get(address, headers={"HX-Request": "true"}).content.decode()
    places = re.findall(r'id="(waiting[\w-]*)"', browser.get("/dashboard/").content.decode())
    assert re.findall(r'<div id="(waiting[\w-]*)"', piece) == ["waiting", *sorted(places[1:], key=piece.index)]
    assert len(places) == 5
    assert "<html" not in piece
    page = browser.get(address)
    assert "<h1>Что ждёт решения</h1>" in page.content.decode()
    assert "HX-Request" in page["Vary"]  # or a browser that goes back would show the piece as the page


def test_staff_who_also_coordinates_a_region_is_shown_every_region(
    school: Organization, region: Region, igor: User, enter: Enter
) -> None:
    elsewhere = make_organization(make_municipality(make_region()))
    assert enter(igor).get("/organizations/?q=").context["count"] == 2
    make_coordinator(region, user=igor)
    assert enter(igor).get("/organizations/?q=").context["count"] == 2
    assert elsewhere.name in enter(igor).get("/organizations/?q=").content.decode()
