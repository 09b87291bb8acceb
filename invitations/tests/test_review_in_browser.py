"""A deputy head decides a thousand requests in a real Chromium: the green pile by two actions, the rest by keys."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from coordination.tests.browser import DESK, PASSWORD, PHONE, Person, barriers, chromium, sign_in
from foundation.tests.running import Portal, running_portal
from invitations.tests.crowd import EXACT, NEAR, TEACHERS, UNKNOWN

pytestmark = [pytest.mark.browser, pytest.mark.slow]
REST = NEAR + UNKNOWN + TEACHERS
TEN_MINUTES = 600
FILL = """
from itertools import count
import conftest
conftest._numbers = count({number})
from conftest import make_appointment, make_organization, make_user
from invitations.tests.crowd import fill
school = make_organization()
marina = make_user(email="marina{number}@edu.example", full_name="Демидова Марина Сергеевна", password="{password}")
make_appointment(school, marina)
fill(school)
print(school.pk)
"""
COUNT = """
from django.db.models import Count
from invitations.models import JoinRequest
print(dict(JoinRequest.objects.filter(organization={school}).order_by().values_list("status").annotate(Count("pk"))))
"""


@dataclass(frozen=True)
class School:
    pk: int
    administrator: str
    desk: str
    """The address of its requests, of which there are a thousand."""


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    with running_portal(tmp_path_factory.mktemp("portal"), "--empty") as portal:
        yield portal


@pytest.fixture(scope="module")
def numbers() -> Iterator[int]:
    """Where the names and numbers of each school's people begin, so that one portal can hold them all."""
    return count(10, 100)


@pytest.fixture
def school(portal: Portal, numbers: Iterator[int]) -> School:
    number = next(numbers)
    pk = int(portal.manage("shell", "--no-imports", "-c", FILL.format(number=number, password=PASSWORD)).split()[-1])
    return School(pk, f"marina{number}@edu.example", f"{portal.url}/organizations/{pk}/requests/")


@pytest.fixture
def desk(school: School) -> str:
    return school.desk


@pytest.fixture
def chrome() -> Iterator[Browser]:
    with sync_playwright() as playwright, chromium(playwright) as browser:
        yield browser


@pytest.fixture
def page(portal: Portal, school: School, chrome: Browser) -> Page:
    marina = Person(chrome, portal.url)
    sign_in(marina, school.administrator)
    marina.page.wait_for_url("**/organizations/**")
    return marina.page


def said(page: Page, words: str) -> None:
    expect(page.locator("#toasts")).to_contain_text(words, timeout=15_000)


def test_a_thousand_requests_in_ten_minutes(portal: Portal, school: School, desk: str, page: Page) -> None:
    started = time.monotonic()
    green_actions = the_green_pile(page, desk)
    green_took = time.monotonic() - started
    keys = the_rest(page, desk)
    took = time.monotonic() - started
    left = page.locator(".piles [aria-current] b").inner_text() if page.locator(".piles").count() else "0"
    counted = portal.manage("shell", "--no-imports", "-c", COUNT.format(school=school.pk)).splitlines()[-1]
    decided = json.loads(counted.replace("'", '"'))
    print(f"green: {green_actions} actions, {green_took:.1f} s; the rest: {keys} keys for {REST}; in all {took:.1f} s")
    assert green_actions <= 3
    assert keys <= REST + 2 * TEACHERS, "one key each, and a teacher's question is answered by one more"
    assert decided == {"accepted": EXACT + NEAR + TEACHERS, "rejected": UNKNOWN}
    assert left == "0"
    assert took < TEN_MINUTES


def the_green_pile(page: Page, desk: str) -> int:
    page.goto(desk)
    assert barriers(page) == []
    page.get_by_role("link", name="Принять 912").click()
    expect(page.get_by_role("heading", name="Принять 912")).to_be_visible()
    assert barriers(page) == []
    page.get_by_role("button", name="Принять 912").click()
    expect(page.locator(".messages")).to_contain_text(f"Принято заявок: {EXACT}", timeout=30_000)
    expect(page.get_by_role("button", name="Отменить: ещё")).to_be_visible()
    return 2


def the_rest(page: Page, desk: str) -> int:
    """Near ones are accepted, unknown ones rejected by the digit of the reason, teachers accepted by the question."""
    keys = 0
    for pile, key in (("near", "a"), ("unknown", "1")):
        page.goto(f"{desk}?pile={pile}")
        waiting = page.locator("tr.request[data-status=pending]").count()
        for _ in range(waiting):
            page.keyboard.press(key)
            keys += 1
        expect(page.locator("[data-review-more]")).to_be_visible(timeout=120_000)
        expect(page.locator("tr.request[data-status=pending]")).to_have_count(0)
    page.goto(f"{desk}?role=teacher")
    for left in range(page.locator("tr.request[data-status=pending]").count(), 0, -1):
        page.keyboard.press("a")
        expect(page.locator("dialog")).to_contain_text("Вы лично знаете этого сотрудника?")
        page.keyboard.press("Enter")
        keys += 2
        expect(page.locator("tr.request[data-status=pending]")).to_have_count(left - 1, timeout=15_000)
    page.goto(desk)
    return keys


def test_keys_work_in_the_russian_layout_and_never_while_typing(desk: str, page: Page) -> None:
    page.goto(f"{desk}?pile=unknown")
    page.get_by_label("Имя или номер").focus()
    page.keyboard.type("aaa")
    expect(page.locator("tr.request[data-status=pending]")).to_have_count(UNKNOWN)
    page.goto(f"{desk}?pile=unknown")
    page.evaluate("document.dispatchEvent(new KeyboardEvent('keydown', {key: 'ф', code: 'KeyA', bubbles: true}))")
    said(page, "Принято заявок: 1")
    page.keyboard.press("u")
    said(page, "Отменено решений: 1")
    page.keyboard.press("s")
    said(page, "Отложено заявок: 1")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    expect(page.locator("[data-bulk-item]:checked")).to_have_count(3)
    page.keyboard.press("r")
    page.keyboard.press("6")
    page.keyboard.type("вы перешли в другую школу")
    assert barriers(page) == []
    page.keyboard.press("Enter")
    said(page, "Отклонено заявок: 1")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("принять")
    assert barriers(page) == []


def test_what_was_not_written_down_is_told_and_nothing_is_lost(desk: str, page: Page) -> None:
    page.goto(f"{desk}?pile=unknown")
    page.context.set_offline(True)
    page.keyboard.press("a")
    said(page, "решение не записано")
    page.context.set_offline(False)
    page.keyboard.press("a")
    said(page, "Принято заявок: 1")
    page.context.clear_cookies()
    page.keyboard.press("a")
    said(page, "Вход закончился")
    expect(page.locator("tr.request[data-status=pending]")).to_have_count(UNKNOWN - 1)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_desk_is_open_to_everybody_on_a_desk_and_on_a_phone(desk: str, page: Page, theme: str) -> None:
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    for size in (DESK, PHONE):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        for tail in ("", "?pile=near&sort=class", "?pile=decided", "exact/"):
            page.goto(desk + tail)
            assert barriers(page) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
