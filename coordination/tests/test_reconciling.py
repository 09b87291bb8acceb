"""Сверка с таблицей Сферума: who may, what contradicts, what a person says of it, what a later table closes."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from conftest import make_class, make_municipality, make_organization
from coordination import reconciling
from coordination.models import Contradiction, SferumTable
from coordination.sferum_table import guess
from coordination.statuses import ContradictionStatus, Contrast, TableStatus, Verdict
from coordination.tasks import hold_sferum_tables
from foundation.verbs import WrongStatus
from invitations.statuses import RequestStatus
from invitations.tests.builders import make_invitation, make_request
from organizations.journey import reach
from organizations.models import Event, Milestone, Municipality, Organization, Region
from organizations.statuses import AdministratorState, Source, Step

Enter = Callable[[User], Client]
pytestmark = pytest.mark.django_db
HOME, UPLOAD = "/organizations/reconcile/", "/organizations/reconcile/upload/"
TITLES = ["Организация", "ИНН", "Статус", "Телефон администратора", "Классов", "Педагогов", "Учеников"]
COLUMNS = {"name": 0, "inn": 1, "registered": 2, "phone": 3, "classes": 4, "teachers": 5, "pupils": 6}
INNS = ["7017001421", "7017002175", "7017004895"]


def hold(
    region: Region, by: User, *rows: list[str], columns: dict[str, int] | None = None, is_complete: bool = True
) -> SferumTable:
    table = SferumTable.objects.create(
        region=region, uploaded_by=by, name="сферум.xlsx", titles=TITLES, rows=list(rows)
    )
    table.queue(columns or COLUMNS, is_complete=is_complete)
    reconciling.hold(table)
    table.refresh_from_db()
    return table


def line(school: Organization, **said: Any) -> list[str]:
    known = {"name": school.full_name, "inn": "", "registered": "да", "phone": ""} | said
    return [str(known.get(name, "")) for name in COLUMNS]


def open_now() -> list[tuple[str, str, str]]:
    return sorted(Contradiction.objects.open().values_list("kind", "there", "here"))


def registered(school: Organization) -> Organization:
    reach(school, Step.REGISTERED, by=None, source=Source.REGISTRY)
    return school


def csv(*rows: list[str]) -> SimpleUploadedFile:
    text = "\n".join(";".join(row) for row in (TITLES, *rows))
    return SimpleUploadedFile("сферум.csv", text.encode("utf-8-sig"))


def test_administrators_and_strangers_see_no_reconciliation(
    school: Organization, marina: User, oleg: User, vera: User, region: Region, enter: Enter
) -> None:
    table = hold(region, vera, line(school))
    row = Contradiction.objects.get()
    for user in (marina, oleg):
        for address in (HOME, UPLOAD, f"{HOME}export.xlsx", f"{HOME}tables/{table.pk}/"):
            assert enter(user).get(address).status_code == 404
        for verb in ("resolve", "reopen"):
            assert enter(user).post(f"{HOME}{row.pk}/{verb}/", {"verdict": "portal"}).status_code == 404
    assert row.is_open


def test_a_municipal_coordinator_sees_and_judges_only_the_own_territory(
    school: Organization, other_school: Organization, nadia: User, vera: User, region: Region, enter: Enter
) -> None:
    hold(region, vera, line(school), line(other_school), ["Школа, которой нет", "", "да", "", "", "", ""])
    page = enter(nadia).get(HOME).content.decode()
    assert school.name in page
    assert other_school.name not in page
    assert "Школа, которой нет" not in page, "what no organization stands behind is for whoever answers for the region"
    foreign = Contradiction.objects.get(organization=other_school)
    assert enter(nadia).post(f"{HOME}{foreign.pk}/resolve/", {"verdict": "taken"}).status_code == 404
    assert "Школа, которой нет" in enter(vera).get(HOME).content.decode()


def test_a_municipal_coordinators_table_opens_nothing_beyond_her_territory(
    school: Organization, other_school: Organization, nadia: User, region: Region
) -> None:
    registered(other_school)
    hold(region, nadia, line(school), ["Школа, которой нет", "", "да", "", "", "", ""])
    assert set(Contradiction.objects.values_list("organization", flat=True)) == {school.pk}


def test_each_contradiction_is_told_in_words(
    school: Organization, other_school: Organization, vera: User, region: Region
) -> None:
    link = make_invitation(registered(school), school_class=make_class(school))
    Organization.objects.filter(pk=school.pk).update(registered_phone="+79000001427")
    for number in range(11):
        make_class(school, grade=1 + number, section="Ж")
    for number in range(3):
        make_request(link, status=RequestStatus.ACCEPTED, full_name=f"Петров Илья {'А' * (number + 1)}")
    missing = registered(make_organization(school.municipality))
    hold(
        region,
        vera,
        line(school, phone="8 900 000-14-28", classes=3, teachers=5, pupils=2),
        line(other_school),
        ["МБОУ «Новая школа»", INNS[0], "зарегистрирована", "", "", "", ""],
    )
    assert open_now() == [
        ("classes", "3", "12"),
        ("not-here", "зарегистрирована", "ещё не начали"),
        ("not-there", "нет в таблице", "зарегистрирована"),
        ("phone", "+7 900 000-14-28", "+7 900 000-14-27"),
        ("pupils", "2", "3"),
        ("unknown", "зарегистрирована", "нет в списке"),
    ]
    assert Contradiction.objects.get(kind=Contrast.NOT_THERE).organization == missing
    assert Contradiction.objects.get(kind=Contrast.UNKNOWN).name == "МБОУ «Новая школа»"


def test_the_schools_page_tells_coordinators_what_differs_and_the_school_itself_nothing(
    school: Organization, marina: User, nadia: User, vera: User, region: Region, enter: Enter
) -> None:
    hold(region, vera, line(school))
    assert "Расходится с таблицей Сферума" in enter(nadia).get(school.get_absolute_url()).content.decode()
    assert "Расходится с таблицей Сферума" not in enter(marina).get(school.get_absolute_url()).content.decode()


def test_red_control_what_agrees_opens_nothing(school: Organization, vera: User, region: Region) -> None:
    make_class(registered(school))
    Organization.objects.filter(pk=school.pk).update(registered_phone="+79000001427")
    hold(region, vera, line(school, phone="+79000001427", classes=1, teachers=40, pupils=300))
    assert open_now() == []


def test_an_incomplete_table_says_nothing_of_whom_it_leaves_out(
    school: Organization, other_school: Organization, vera: User, region: Region
) -> None:
    registered(other_school)
    hold(region, vera, line(registered(school)), is_complete=False)
    assert open_now() == []


def test_the_row_is_known_by_inn_even_under_another_name_and_a_closed_school_is_not_missed(
    school: Organization, other_school: Organization, vera: User, region: Region
) -> None:
    Organization.objects.filter(pk=school.pk).update(inn=INNS[0], kpp="701701001")
    other_school.close(by=vera, on=school.today, reason="Присоединена", successor=school)
    hold(region, vera, ["Гимназия", INNS[0], "да", "", "", "", ""], line(other_school))
    assert [(row.organization, row.kind) for row in Contradiction.objects.all()] == [(school, "not-here")]


def test_a_later_table_closes_what_agrees_and_keeps_what_does_not(
    school: Organization, other_school: Organization, vera: User, region: Region
) -> None:
    hold(region, vera, line(school), line(other_school))
    first = Contradiction.objects.get(organization=other_school)
    registered(school)
    table = hold(region, vera, line(school), line(other_school))
    assert table.report == {"new": 0, "kept": 1, "agreed": 1}
    agreed = Contradiction.objects.get(organization=school)
    assert (agreed.status, agreed.closed_by) == (ContradictionStatus.AGREED, None)
    first.refresh_from_db()
    assert (first.is_open, first.table) == (True, table)


def test_a_table_without_the_column_closes_nothing_of_it(school: Organization, vera: User, region: Region) -> None:
    make_class(registered(school))
    hold(region, vera, line(school, classes=7))
    hold(region, vera, line(school), columns={"name": 0})
    assert open_now() == [("classes", "7", "1")]


def test_what_a_person_has_settled_is_asked_again_only_when_it_changes(
    school: Organization, vera: User, region: Region
) -> None:
    make_class(registered(school))
    hold(region, vera, line(school, classes=7))
    Contradiction.objects.get().resolve(Verdict.PORTAL, by=vera)
    hold(region, vera, line(school, classes=7))
    assert open_now() == []
    hold(region, vera, line(school, classes=8))
    assert open_now() == [("classes", "8", "1")]


def test_taking_from_the_table_moves_the_school_on_with_the_registry_as_its_source(
    school: Organization, nadia: User, vera: User, region: Region, enter: Enter
) -> None:
    hold(region, vera, line(school, phone="+79000001428"))
    address = f"{HOME}?kind=not-here"
    row = Contradiction.objects.get(kind=Contrast.NOT_HERE)
    answer = enter(nadia).post(f"{HOME}{row.pk}/resolve/", {"verdict": "taken", "next": address})
    assert answer["Location"] == address
    milestone = Milestone.objects.get(organization=school, step=Step.REGISTERED)
    assert (milestone.source, milestone.noted_by) == (Source.REGISTRY, nadia)
    phone = Contradiction.objects.get(kind=Contrast.PHONE)
    enter(nadia).post(f"{HOME}{phone.pk}/resolve/", {"verdict": "taken"})
    school.refresh_from_db()
    assert (school.step, str(school.registered_phone)) == (Step.REGISTERED, "+79000001428")
    event = Event.objects.filter(verb="contradiction.resolved").latest("pk")
    assert (event.by, event.fields) == (nadia, ["taken"]), "no number goes into the journal"


def test_a_number_that_the_administrator_holds_leaves_the_administrator_confirmed(
    school: Organization, marina: User, vera: User, region: Region
) -> None:
    registered(school).set_administrator_state(AdministratorState.CONFIRMED)
    hold(region, vera, line(school, phone="8 (900) 000-14-27"))
    Contradiction.objects.select_related("organization").get().resolve(Verdict.TAKEN, by=vera)
    school.refresh_from_db()
    assert (school.administrator_state, str(school.registered_phone)) == ("confirmed", "+79000001427")


def test_of_a_school_that_was_closed_nothing_is_asked_any_more(
    school: Organization, other_school: Organization, vera: User, region: Region
) -> None:
    hold(region, vera, line(school), line(other_school))
    school.close(by=vera, on=school.today, reason="Присоединена", successor=other_school)
    hold(region, vera, line(school), line(other_school))
    assert Contradiction.objects.open().get().organization == other_school


def test_what_the_portal_has_no_verb_for_is_not_taken(school: Organization, vera: User, region: Region) -> None:
    make_class(registered(school))
    hold(region, vera, line(school, classes=7))
    row = Contradiction.objects.get()
    with pytest.raises(WrongStatus, match="сам не запишет"):
        row.resolve(Verdict.TAKEN, by=vera)
    row.refresh_from_db()
    assert row.is_open


def test_of_two_who_settle_it_the_second_is_told_and_it_can_be_reopened(
    school: Organization, vera: User, region: Region, enter: Enter
) -> None:
    hold(region, vera, line(school))
    row = Contradiction.objects.get()
    browser = enter(vera)
    assert "Напишите, чем кончилось" in browser.post(f"{HOME}{row.pk}/resolve/", {"verdict": "noted"}).content.decode()
    browser.post(f"{HOME}{row.pk}/resolve/", {"verdict": "noted", "note": "Позвонили, пишут в Поддержку"})
    late = browser.post(f"{HOME}{row.pk}/resolve/", {"verdict": "portal"}, follow=True).content.decode()
    assert "уже разобрано" in late
    settled = browser.get(f"{HOME}?status=resolved").content.decode()
    assert "Позвонили, пишут в Поддержку" in settled
    browser.post(f"{HOME}{row.pk}/reopen/")
    row.refresh_from_db()
    assert (row.is_open, row.verdict, row.note) == (True, "", "Позвонили, пишут в Поддержку")


def test_a_foreign_address_to_return_to_is_not_followed(
    school: Organization, vera: User, region: Region, enter: Enter
) -> None:
    hold(region, vera, line(school))
    row = Contradiction.objects.get()
    answer = enter(vera).post(f"{HOME}{row.pk}/resolve/", {"verdict": "portal", "next": "https://evil.example/"})
    assert answer["Location"] == HOME


def test_upload_columns_and_the_list_of_what_differs(school: Organization, vera: User, enter: Enter) -> None:
    browser = enter(vera)
    answer = browser.post(UPLOAD, {"file": csv(line(school, classes=3))})
    table = SferumTable.objects.get()
    assert answer["Location"] == table.get_absolute_url()
    assert "Классов в Сферуме" in browser.get(table.get_absolute_url()).content.decode()
    chosen = {f"column_{at}": name for name, at in COLUMNS.items()} | {"is_complete": "on"}
    assert "Таблица сверена" in browser.post(table.get_absolute_url(), chosen, follow=True).content.decode()
    table.refresh_from_db()
    assert (table.status, table.rows) == (TableStatus.HELD, []), "cells go as soon as they are of no use"
    listed = browser.get(HOME).content.decode()
    assert "в портале не зарегистрирована" in listed
    assert browser.get(f"{HOME}export.xlsx").content.startswith(b"PK")
    assert browser.get(f"{HOME}?q=%00&municipality=abc").status_code == 200


def test_the_mapping_is_remembered_for_the_regions_next_table(school: Organization, vera: User, enter: Enter) -> None:
    browser = enter(vera)
    for _ in range(2):
        browser.post(UPLOAD, {"file": csv(line(school))})
    first, second = SferumTable.objects.order_by("-pk")
    browser.post(second.get_absolute_url(), {"column_0": "name", "column_6": "teachers"})
    browser.post(UPLOAD, {"file": csv(line(school))})
    assert SferumTable.objects.latest("pk").columns == {"name": 0, "teachers": 6}
    assert first.columns["pupils"] == 6, "red control: before that it was guessed"


def test_without_a_column_that_tells_the_organization_it_is_asked_again(
    school: Organization, vera: User, enter: Enter
) -> None:
    browser = enter(vera)
    browser.post(UPLOAD, {"file": csv(line(school))})
    table = SferumTable.objects.get()
    assert "организацию не узнать" in browser.post(table.get_absolute_url(), {"column_4": "classes"}).content.decode()
    assert browser.post(UPLOAD, {"file": SimpleUploadedFile("а.xlsx", b"PK\x03\x04")}).status_code == 200
    assert SferumTable.objects.count() == 1


@pytest.mark.parametrize(
    ("titles", "expected"),
    [
        (TITLES, COLUMNS),
        (["№", "Школа", "Подключена", "Кол-во классов"], {"name": 1, "registered": 2, "classes": 3}),
        (["Наименование ОО", "ИНН/КПП", "Число обучающихся"], {"name": 0, "inn": 1, "kpp": 1, "pupils": 2}),
    ],
)
def test_headers_are_guessed(titles: list[str], expected: dict[str, int]) -> None:
    assert guess([titles, ["1", "2", "3", "4"]]).columns == expected


def test_a_long_table_is_the_workers(
    school: Organization, vera: User, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconciling, "AT_ONCE", 0)
    browser = enter(vera)
    browser.post(UPLOAD, {"file": csv(line(school))})
    table = SferumTable.objects.get()
    page = browser.post(table.get_absolute_url(), {"column_0": "name"}, follow=True).content.decode()
    assert "Таблица сверяется" in page
    assert not Contradiction.objects.exists()
    hold_sferum_tables()
    hold_sferum_tables()
    assert Contradiction.objects.count() == 1


def test_many_rows_cost_no_more_statements(region: Region, vera: User, enter: Enter) -> None:
    municipality, counts, pages = make_municipality(region), [], []
    for rows in (3, 3, 30):
        schools = [make_organization(municipality) for _ in range(rows)]
        table = SferumTable.objects.create(region=region, uploaded_by=vera, rows=[line(each) for each in schools])
        table.queue(COLUMNS, is_complete=True)
        with CaptureQueriesContext(connection) as asked:
            reconciling.hold(table)
        counts.append(len(asked))
        browser = enter(vera)
        browser.get(HOME)
        with CaptureQueriesContext(connection) as asked:
            browser.get(HOME)
        pages.append(len(asked))
    assert counts[1] == counts[2]
    assert pages[1] == pages[2]


@pytest.mark.parametrize(("rows", "is_whole"), [(2, False), (7, True)])
def test_a_short_table_is_not_taken_for_the_whole_territory(
    municipality: Municipality, vera: User, enter: Enter, rows: int, is_whole: bool
) -> None:
    """A list of one district, held without a look at the mark, called two hundred schools unregistered."""
    schools = [registered(make_organization(municipality)) for _ in range(10)]
    browser = enter(vera)
    browser.post(UPLOAD, {"file": csv(*(line(school) for school in schools[:rows]))})
    page = browser.get(SferumTable.objects.get().get_absolute_url())
    assert page.context["form"]["is_complete"].value() is is_whole
    assert f"Строк в таблице: {rows}. Зарегистрировано в портале: 10." in page.content.decode()


def test_the_list_stands_in_the_order_of_names(
    municipality: Municipality, region: Region, vera: User, enter: Enter
) -> None:
    for name in ("Юность", "Аврора", "Мечта"):
        registered(make_organization(municipality, short_name=name, full_name=name))
    hold(region, vera, line(registered(make_organization(municipality))))
    assert [row.organization.name for row in enter(vera).get(HOME).context["page"]] == ["Аврора", "Мечта", "Юность"]
