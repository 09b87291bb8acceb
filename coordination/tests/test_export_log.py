"""«Журнал выгрузок»: who took what, with which conditions and why; the region's own lines and nobody else's."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from conftest import make_coordinator, make_region, make_user
from coordination.export_log import VERBS
from coordination.models import Export
from coordination.statuses import ExportFormat, ExportKind
from organizations.models import Event, Municipality, Organization, Region

Enter = Callable[[User], Client]
LOG = "/reports/log/"


def given(by: User, region: Region, query: str = "", reason: str = "", **more: str) -> Export:
    terms = {"query": query, "reason": reason} | more
    return Export.objects.give(ExportKind.ORGANIZATIONS, ExportFormat.XLSX, by=by, rows=7, region=region, **terms)


def table(page: str) -> str:
    return page.partition("<tbody>")[2].partition("</tbody>")[0]


def test_who_gets_404(marina: User, nadia: User, vera: User, igor: User, enter: Enter, client: Client) -> None:
    assert client.get(LOG).status_code == 302
    assert [enter(user).get(LOG).status_code for user in (marina, nadia, vera, igor)] == [404, 404, 200, 200]


def test_a_line_says_who_what_how_much_and_why(
    school: Organization, municipality: Municipality, nadia: User, vera: User, region: Region, enter: Enter
) -> None:
    query = f"kind=school&municipality={municipality.pk}&step=none&no_email=on&sort=-name"
    given(nadia, region, query, reason="Обзвон школ района")
    page = table(enter(vera).get(LOG).content.decode())
    for expected in (
        "Лебедева Надежда Юрьевна",
        "Выгружен список организаций",
        "Вид: школа; Муниципалитет: Верхнекетский район; Этап сейчас: ещё не начали; Без почты: да",
        "с именами",
        "Обзвон школ района",
        ">7<",
        "XLSX",
    ):
        assert expected in page


def test_another_region_s_lines_are_not_seen(vera: User, region: Region, igor: User, enter: Enter) -> None:
    elsewhere = make_region()
    stranger = make_coordinator(elsewhere, user=make_user(full_name="Канарейкина Кира")).user
    given(stranger, elsewhere, reason="Канареечное основание")
    assert "Канаре" not in enter(vera).get(LOG).content.decode()
    assert "Канаре" in enter(igor).get(LOG).content.decode()


def test_files_of_other_rooms_stand_in_the_same_log(nadia: User, vera: User, marina: User, enter: Enter) -> None:
    """What has no row of its own is told by the journal: results of a filing, refused rows of a registry."""
    assert {"filing.exported", "import.refused-exported", "chats.exported"} < set(VERBS)
    Event.record("filing.exported", nadia, by=nadia)
    Event.record("chats.exported", marina, by=marina)  # the school's own matter
    page = table(enter(vera).get(LOG).content.decode())
    assert "Выгружены итоги отправки писем о регистрации" in page
    assert "Демидова" not in page


def test_the_filter_narrows(nadia: User, vera: User, region: Region, enter: Enter) -> None:
    given(nadia, region, reason="Обзвон школ района")
    given(vera, region, "kind=school")
    Event.objects.filter(by=vera).update(at=timezone.now() - timedelta(days=9))
    browser = enter(vera)
    yesterday = timezone.localdate() - timedelta(days=1)
    found = {
        f"by={vera.pk}": 1,
        "names=on": 1,
        f"since={yesterday}": 1,
        f"until={yesterday}": 1,
        "verb=organizations.exported": 2,
        "verb=report.exported": 0,
        "by=x": 0,
        "by=%00": 0,
        f"by={2**70}": 0,
        "since=%00": 0,
    }
    assert {query: len(browser.get(f"{LOG}?{query}").context["lines"]) for query in found} == found
    assert "Таких выгрузок не было" in browser.get(f"{LOG}?verb=report.exported").content.decode()


def test_what_was_searched_for_is_text_and_not_code(vera: User, region: Region, enter: Enter) -> None:
    given(vera, region, "q=<script>alert(1)</script>")
    page = table(enter(vera).get(LOG).content.decode())
    assert "<script>" not in page
    assert "Поиск: &lt;script&gt;" in page


@pytest.mark.parametrize("page", ["2", "99", "x"])
def test_it_has_pages_and_costs_the_same_at_3_and_at_300_lines(
    vera: User, region: Region, enter: Enter, page: str
) -> None:
    browser, costs = enter(vera), []
    for number in (60, 240):
        for _ in range(number):
            given(vera, region)
        browser.get(LOG)
        with CaptureQueriesContext(connection) as asked:
            answer = browser.get(f"{LOG}?page={page}")
        costs.append(len(asked))
        assert 0 < len(answer.context["lines"]) <= 50
    assert costs[0] == costs[1]
    assert not any('"content"' in query["sql"] for query in asked)
