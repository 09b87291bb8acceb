"""«Что изменилось с прошлой справки»: figures then and now, and the organizations behind each difference."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import time_machine
from django.test import Client
from python_calamine import CalamineWorkbook

from accounts.models import User
from coordination.models import SentReport
from organizations.models import Event, Organization
from organizations.statuses import AdministratorState, Step

Enter = Callable[[User], Client]
SENT = datetime(2026, 11, 20, 5, tzinfo=UTC)
NOW = datetime(2026, 11, 24, 5, tzinfo=UTC)


def mark(client: Client) -> None:
    assert client.post("/reports/sent/").status_code == 302


def change(organization: Organization, **values: object) -> None:
    Organization.objects.filter(pk=organization.pk).update(**values)


def test_each_difference_names_its_organizations(
    school: Organization, other_school: Organization, vera: User, enter: Enter
) -> None:
    change(other_school, administrator_state=AdministratorState.CONFIRMED)
    with time_machine.travel(SENT, tick=False):
        mark(enter(vera))
    change(school, step=Step.REGISTERED)
    change(other_school, administrator_state=AdministratorState.UNKNOWN)
    with time_machine.travel(NOW):
        answer = enter(vera).get("/reports/changes/")
        book = CalamineWorkbook.from_filelike(BytesIO(enter(vera).get("/reports/changes.xlsx").content))
    rows = {row.label: row for row in answer.context["changes"]}
    assert (rows["Зарегистрировано"].was, rows["Зарегистрировано"].now, rows["Зарегистрировано"].difference) == (
        0,
        1,
        1,
    )
    assert rows["Зарегистрировано"].came == [school.pk]
    assert rows["Администратор подтверждён"].left == [other_school.pk]
    assert rows["Всего в списке"].difference == 0
    page = answer.content.decode()
    assert f'+ <a href="{school.get_absolute_url()}">' in page
    assert f'– <a href="{other_school.get_absolute_url()}">' in page
    named = {(row[0], row[1], row[3]) for row in book.get_sheet_by_name("Организации").to_python()[1:]}
    assert ("Зарегистрировано", "прибавилась", school.name) in named
    assert ("Администратор подтверждён", "выбыла", other_school.name) in named


def test_the_minute_of_the_report_counts_not_the_night(school: Organization, vera: User, enter: Enter) -> None:
    """The red control: the state of the night before would call the morning's change new."""
    with time_machine.travel(SENT - timedelta(hours=8), tick=False):
        mark(enter(vera))
    change(school, step=Step.REGISTERED)
    with time_machine.travel(SENT, tick=False):
        mark(enter(vera))
    with time_machine.travel(NOW):
        rows = enter(vera).get("/reports/changes/").context["changes"]
    assert all(row.difference == 0 and not row.came for row in rows)


def test_a_closed_organization_has_left(
    school: Organization, other_school: Organization, vera: User, enter: Enter
) -> None:
    with time_machine.travel(SENT, tick=False):
        mark(enter(vera))
    change(school, closed_on=date(2026, 11, 23))
    with time_machine.travel(NOW):
        row = enter(vera).get("/reports/changes/").context["changes"][0]
    assert (row.was, row.now, row.left) == (2, 1, [school.pk])


def test_a_double_click_is_one_report(school: Organization, vera: User, enter: Enter) -> None:
    with time_machine.travel(SENT, tick=False):
        mark(enter(vera))
        mark(enter(vera))
    assert SentReport.objects.count() == 1
    assert Event.objects.filter(verb="report.sent").count() == 1


def test_each_territory_has_its_own_last_report(
    school: Organization, other_school: Organization, vera: User, nadia: User, enter: Enter
) -> None:
    with time_machine.travel(SENT, tick=False):
        mark(enter(vera))
    assert "Отправленных справок ещё нет" in enter(nadia).get("/reports/changes/").content.decode()
    assert enter(nadia).get("/reports/changes.xlsx").status_code == 404
    with time_machine.travel(SENT + timedelta(hours=1), tick=False):
        mark(enter(nadia))
    change(other_school, step=Step.REGISTERED)
    with time_machine.travel(NOW):
        assert all(row.difference == 0 for row in enter(nadia).get("/reports/changes/").context["changes"])
        assert enter(vera).get("/reports/changes/").context["changes"][1].difference == 1


def test_who_gets_404(marina: User, enter: Enter) -> None:
    assert enter(marina).get("/reports/changes/").status_code == 404
    assert enter(marina).get("/reports/changes.xlsx").status_code == 404
    assert enter(marina).post("/reports/sent/").status_code == 404
    assert not SentReport.objects.exists()
