"""static/portal/opened.js in a real browser: one opening for one person, none for whoever only fetches the page."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, Route, sync_playwright

pytestmark = pytest.mark.browser

SCRIPT = Path(settings.BASE_DIR) / "static/portal/opened.js"
PAGE = """<!doctype html><meta charset="utf-8"><body style="height: 3000px"><p>7 «Б»</p>
<script src="/opened.js" defer data-opened="/j/ABCDEFGHJKMN/opened/" data-token="secret"></script>"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def page(browser: Browser, told: list[str]) -> Iterator[Page]:
    def answer(route: Route) -> None:
        if route.request.method == "POST":
            told.append(route.request.post_data or "")
            route.fulfill(status=204)
        elif route.request.url.endswith(".js"):
            route.fulfill(path=SCRIPT)
        else:
            route.fulfill(body=PAGE, content_type="text/html")

    context = browser.new_context()
    page = context.new_page()
    page.route("**/*", answer)
    page.clock.install()
    page.goto("http://portal.example/j/ABCDEFGHJKMN/")
    yield page
    context.close()


def test_nothing_is_told_before_anybody_touches_or_looks(page: Page, told: list[str]) -> None:
    page.clock.run_for(4000)
    assert told == []


def test_the_first_touch_tells_once_with_the_token(page: Page, told: list[str]) -> None:
    page.mouse.move(50, 50)
    page.mouse.move(90, 90)
    page.mouse.wheel(0, 300)
    page.clock.run_for(60_000)
    page.wait_for_timeout(200)
    assert len(told) == 1
    assert "csrfmiddlewaretoken" in told[0]
    assert "secret" in told[0]


def test_some_seconds_in_sight_are_an_opening(page: Page, told: list[str]) -> None:
    page.clock.run_for(5100)
    page.wait_for_timeout(200)
    assert len(told) == 1


def test_a_reload_is_the_same_opening(page: Page, told: list[str]) -> None:
    page.mouse.move(50, 50)
    page.wait_for_timeout(200)
    page.reload()
    page.mouse.move(70, 70)
    page.clock.run_for(60_000)
    page.wait_for_timeout(200)
    assert len(told) == 1


def test_a_page_that_nobody_sees_tells_nothing(page: Page, told: list[str]) -> None:
    page.evaluate("Object.defineProperty(document, 'hidden', {get: () => true})")
    page.clock.run_for(60_000)
    page.mouse.move(50, 50)
    page.wait_for_timeout(200)
    assert told == []
