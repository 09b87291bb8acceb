"""«Справка на дату» for a past day: what was kept of it, in both forms; a day that is not kept is refused in words."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from io import BytesIO

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from accounts.models import User
from conftest import make_municipality, make_organization
from coordination.models import Export
from coordination.tasks import take_snapshots
from coordination.tests.test_reports import words
from organizations.models import Municipality, Organization, Region
from organizations.statuses import AdministratorState, Step

Enter = Callable[[User], Client]
NIGHT = datetime(2026, 11, 20, 17, 2, tzinfo=UTC)  # 00:02 on the 21st in Tomsk
NOW = datetime(2026, 11, 24, 5, tzinfo=UTC)
DAY = "as_of=2026-11-20"


@pytest.fixture
def moved(school: Organization, other_school: Organization) -> Iterator[Organization]:
    """Registered on the 20th in a district that it has left since; now it is at the end of its road."""
    Organization.objects.filter(pk=school.pk).update(step=Step.REGISTERED, step_since=date(2026, 11, 2))
    with time_machine.travel(NIGHT, tick=False):
        take_snapshots()
    Organization.objects.filter(pk=school.pk).update(
        step=Step.MIGRATED,
        administrator_state=AdministratorState.CONFIRMED,
        administrator_confirmed_on=date(2026, 11, 23),
        municipality=other_school.municipality,
    )
    with time_machine.travel(NOW):
        yield school


def sheets(answer: object) -> dict[str, list[list[object]]]:
    book = CalamineWorkbook.from_filelike(BytesIO(answer.content))  # type: ignore[attr-defined]
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_the_workbook_tells_that_day(moved: Organization, vera: User, enter: Enter) -> None:
    """The red control stands beside it: today's file says otherwise."""
    then = enter(vera).get(f"/reports/today.xlsx?{DAY}")
    assert "spravka-na-2026-11-20.xlsx" in then["Content-Disposition"]
    book, now = sheets(then), sheets(enter(vera).get("/reports/today.xlsx"))
    totals = {row[0]: row[1] for row in book["Итоги"]}
    assert "на конец дня 20 ноября 2026 года, снимок 21.11.2026 00:02. Названия" in str(totals["Источник"])
    assert (totals["Этап: чаты перенесены"], {row[0]: row[1] for row in now["Итоги"]}["Этап: чаты перенесены"]) == (
        0,
        1,
    )
    assert not any(str(label).startswith("Основание") for label in totals)
    row = book["Верхнекетский район"][1]
    assert (row[0], row[4:]) == (moved.name, ["Зарегистрирована", date(2026, 11, 2), "неизвестен", ""])
    assert "Верхнекетский район" not in now


def test_the_paper_tells_that_day(moved: Organization, vera: User, enter: Enter) -> None:
    answer = enter(vera).get(f"/reports/today.pdf?{DAY}")
    text = words(answer.content)
    assert "spravka-na-2026-11-20.pdf" in answer["Content-Disposition"]
    assert "к Сферуму на 20 ноября 2026 года" in text
    assert "Зарегистрировано в Сферуме 1" in text
    assert "Верхнекетский район 1 1" in text


def test_the_municipality_is_that_of_the_day(
    moved: Organization, municipality: Municipality, vera: User, enter: Enter
) -> None:
    """It is to be chosen though it has lost its last organization since."""
    book = sheets(enter(vera).get(f"/reports/today.xlsx?municipality={municipality.pk}&{DAY}"))
    assert list(book) == ["Итоги", "Муниципалитеты", municipality.name]
    assert Export.objects.get().territory == f"{municipality.name}, на 20.11.2026"


def test_a_day_without_a_snapshot_bears_the_day_before_and_says_so(
    moved: Organization, vera: User, enter: Enter
) -> None:
    answer = enter(vera).get("/reports/today.pdf?as_of=2026-11-22")
    text = words(answer.content)
    assert "к Сферуму на 20 ноября 2026 года" in text
    assert "За 22.11.2026 снимка нет, взят ближайший более ранний" in text
    assert "spravka-na-2026-11-20.pdf" in answer["Content-Disposition"]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("2026-11-19", "Портал хранит состояние с 20.11.2026"),
        ("2027-01-01", "ещё не наступил"),
        ("2026-02-31", "Введите правильную дату"),
    ],
)
@pytest.mark.parametrize("form", ["xlsx", "pdf"])
def test_a_day_that_cannot_be_told_is_refused_in_words(
    moved: Organization, vera: User, enter: Enter, asked: str, told: str, form: str
) -> None:
    answer = enter(vera).get(f"/reports/today.{form}?as_of={asked}")
    assert answer.status_code == 200
    assert told in answer.content.decode()
    assert not Export.objects.exists()


def test_another_ones_municipality_stays_hidden_on_a_past_day(
    moved: Organization, other_school: Organization, nadia: User, enter: Enter
) -> None:
    make_organization(make_municipality(other_school.region))
    for asked in (f"municipality={other_school.municipality_id}&{DAY}", "municipality=x&as_of=abc"):
        assert enter(nadia).get(f"/reports/today.xlsx?{asked}").status_code == 404


def test_the_past_desk_leads_to_the_report_of_its_day(moved: Organization, vera: User, enter: Enter) -> None:
    assert f'href="/reports/?{DAY}"' in enter(vera).get(f"/dashboard/?{DAY}").content.decode()
    page = enter(vera).get(f"/reports/?{DAY}&municipality={moved.municipality_id}").content.decode()
    assert 'name="as_of" value="2026-11-20"' in page
    assert f'<option value="{moved.municipality_id}" selected>' in page


@pytest.mark.parametrize("form", ["xlsx", "pdf"])
def test_it_costs_the_same_at_few_and_at_many(region: Region, vera: User, enter: Enter, form: str) -> None:
    browser, costs = enter(vera), []
    for night, number in ((20, 2), (21, 30)):
        for _ in range(number):
            make_organization(make_municipality(region))
        with time_machine.travel(NIGHT.replace(day=night)):
            take_snapshots()
        with time_machine.travel(NOW):
            browser.get("/reports/")
            with CaptureQueriesContext(connection) as asked:
                browser.get(f"/reports/today.{form}?as_of=2026-11-{night}")
        costs.append(len(asked))
    assert costs[0] == costs[1]
