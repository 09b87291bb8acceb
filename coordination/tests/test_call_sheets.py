"""The call list as a workbook: what goes out, what comes back, what is refused, nothing twice."""

import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accounts.models import User
from conftest import make_appointment
from coordination.models import Call, Export, Snooze
from coordination.statuses import CallOutcome
from foundation.sheets import Sheet, write_xlsx
from foundation.tables import read_table
from organizations.models import Event, Organization
from organizations.statuses import AdministratorState, Step

Enter = Callable[[User], Client]
OUT, IN, CONFIRM = "/worklist/calls.xlsx", "/worklist/upload/", "/worklist/upload/confirm/"
REASON = "Обзвон школ района"
OUTCOME, NOTE, BACK, PHONE, NAMED = range(6, 11)


@pytest.fixture
def two(school: Organization, other_school: Organization) -> list[Organization]:
    Organization.objects.update(step=Step.REGISTERED, step_since=date(2026, 9, 1), phone="+7 3822 51-00-00")
    return [school, other_school]


def sheet_of(browser: Client, query: str = "") -> list[list[str]]:
    answer = browser.post(OUT + query, {"reason": REASON})
    assert answer.status_code == 200
    return [list(row) for row in read_table(answer.content).rows]


def filled(rows: list[list[str]], name: str, cells: dict[int, str]) -> list[list[str]]:
    wide = [[*row, *[""] * (11 - len(row))] for row in rows]
    for row in wide[1:]:
        if row[2] == name:
            for place, text in cells.items():
                row[place] = text
    return wide


def send(browser: Client, rows: list[list[str]]) -> HttpResponse:
    file = BytesIO()
    write_xlsx(file, [Sheet("Обзвон", rows[0], rows[1:])])
    return browser.post(IN, {"file": SimpleUploadedFile("обзвон.xlsx", file.getvalue())})


def confirm(browser: Client, preview: HttpResponse) -> HttpResponse:
    return browser.post(CONFIRM, {"rows": preview.context["packed"]})


def test_who_gets_it(two: list[Organization], marina: User, nadia: User, enter: Enter) -> None:
    assert [enter(marina).get(address).status_code for address in (OUT, IN)] == [404, 404]
    names = [row[2] for row in sheet_of(enter(nadia))[1:]]
    assert names == [two[0].name]
    assert Event.objects.filter(verb="call-list.exported", by=nadia).count() == 1


@pytest.mark.parametrize("reason", ["", "надо", " " * 20])
def test_no_names_and_numbers_without_a_reason(two: list[Organization], vera: User, enter: Enter, reason: str) -> None:
    assert "Зачем нужен список" in enter(vera).get(OUT).content.decode()
    answer = enter(vera).post(OUT, {"reason": reason})
    assert answer["Content-Type"].startswith("text/html")
    assert not Export.objects.exists()


def test_the_log_of_exports_has_it_with_its_reason(
    two: list[Organization], nadia: User, vera: User, enter: Enter
) -> None:
    sheet_of(enter(nadia), "?reason=nobody")
    line = enter(vera).get("/reports/log/?names=on").content.decode().partition("<tbody>")[2]
    for expected in ("Выгружен лист обзвона", "с именами", REASON, ">1<", "Почему нужен звонок: администратора нет"):
        assert expected in line
    assert 'href="/worklist/?reason=nobody"' in line


def test_the_outcome_is_chosen_from_a_list(two: list[Organization], vera: User, enter: Enter) -> None:
    content = enter(vera).post(OUT, {"reason": REASON}).content
    page = zipfile.ZipFile(BytesIO(content)).read("xl/worksheets/sheet1.xml").decode()
    assert f"<formula1>&quot;{','.join(CallOutcome.labels)}&quot;</formula1>".replace("&quot;", '"') in page.replace(
        "&quot;", '"'
    )
    assert 'sqref="G2:G3"' in page


def test_the_button_of_the_upload_says_that_nothing_is_written_yet(
    two: list[Organization], vera: User, enter: Enter
) -> None:
    page = enter(vera).get(IN).content.decode()
    assert ">Посмотреть, что изменится</button>" in page
    assert ">Сохранить</button>" not in page


def test_what_comes_back_is_shown_and_then_written(two: list[Organization], vera: User, enter: Enter) -> None:
    browser, name = enter(vera), two[0].name
    cells = {OUTCOME: "Другое", NOTE: "сменился", PHONE: "8 (3822) 51-11-11", NAMED: "Смирнова Анна Петровна"}
    preview = send(browser, filled(sheet_of(browser), name, cells))
    assert [row.organization for row in preview.context["taken"]] == [two[0]]
    assert preview.context["empty"] == 1
    assert not Call.objects.exists(), "nothing before the confirmation"
    confirm(browser, preview)
    call = Call.objects.get()
    assert (call.organization, call.outcome, call.note, call.named) == (
        two[0],
        CallOutcome.OTHER,
        "сменился",
        "Смирнова Анна Петровна",
    )
    two[0].refresh_from_db()
    assert two[0].phone == "8 (3822) 51-11-11", "as it was typed: «+7 382 251-11-11» cuts the area code"
    assert Event.objects.get(verb="organization.changed").fields == ["phone"]


def test_confirmed_and_call_back_do_what_the_page_does(two: list[Organization], vera: User, enter: Enter) -> None:
    make_appointment(two[0])
    browser, day = enter(vera), timezone.localdate() + timedelta(days=4)
    rows = filled(sheet_of(browser), two[0].name, {OUTCOME: "на месте, вход работает"})
    rows = filled(rows, two[1].name, {OUTCOME: "перезвонить", BACK: f"{day:%d.%m.%Y}"})
    confirm(browser, send(browser, rows))
    two[0].refresh_from_db()
    assert two[0].administrator_state == AdministratorState.CONFIRMED
    assert Snooze.objects.get().until == day


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({OUTCOME: "уехали"}, "Итога «уехали» нет"),
        ({NOTE: "без итога"}, "Не выбран итог"),
        ({OUTCOME: "перезвонить"}, "когда перезвонить"),
        ({OUTCOME: "перезвонить", BACK: "завтра"}, "Дата не читается"),
        ({OUTCOME: "другое", PHONE: "нет"}, "Не похоже на телефон"),
        ({OUTCOME: "другое", NAMED: "Cмирнова Анна"}, "латинскими"),
        ({OUTCOME: "на месте, вход работает"}, "подтвердить некого"),
        ({OUTCOME: "другое", 0: "MQ.MQ.1vN0aa.nobody"}, "код строки изменён"),
    ],
)
def test_what_is_refused_says_why(
    cells: dict[int, str], words: str, two: list[Organization], vera: User, enter: Enter
) -> None:
    browser = enter(vera)
    page = send(browser, filled(sheet_of(browser), two[0].name, cells))
    assert words in page.content.decode()
    assert page.context["taken"] == []


def test_a_row_of_a_foreign_municipality_is_not_there(
    two: list[Organization], vera: User, nadia: User, enter: Enter
) -> None:
    rows = filled(sheet_of(enter(vera)), two[1].name, {OUTCOME: "другое"})
    page = send(enter(nadia), rows)
    assert [row.refused for row in page.context["refused"]] == ["такой строки в вашем списке нет"]
    assert two[1].name not in page.content.decode()
    preview = send(enter(vera), rows)
    assert confirm(enter(nadia), preview).status_code == 302, "rights are asked again at the confirmation"
    assert not Call.objects.exists()


def test_the_same_file_twice_is_one_call(two: list[Organization], vera: User, enter: Enter) -> None:
    browser = enter(vera)
    rows = filled(sheet_of(browser), two[0].name, {OUTCOME: "не отвечают"})
    preview = send(browser, rows)
    confirm(browser, preview)
    confirm(browser, preview)
    again = send(browser, rows)
    assert again.context["taken"] == []
    assert "уже записано" in again.content.decode()
    assert Call.objects.count() == 1


def test_rows_that_were_not_signed_here_are_not_taken(two: list[Organization], vera: User, enter: Enter) -> None:
    assert enter(vera).post(CONFIRM, {"rows": "[[2,1]]"}).status_code == 404


def test_another_table_is_refused_at_its_field(two: list[Organization], vera: User, enter: Enter) -> None:
    page = enter(vera).post(IN, {"file": SimpleUploadedFile("a.csv", "Школа;ИНН\nа;1\n".encode())})
    assert "Это не лист обзвона" in page.content.decode()
