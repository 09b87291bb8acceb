"""static/portal/*.js in a real browser: comforts on top of pages that work without them. They guard no object."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import BrowserContext, Page, Route, expect, sync_playwright

pytestmark = pytest.mark.browser

SCRIPTS = Path(settings.BASE_DIR) / "static" / "portal"
HEAD = """<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="/components.css">
<script src="/theme.js"></script><script src="/portal.js" defer></script><script src="/keep.js" defer></script>"""
SIGNED_IN, TOAST = "<body data-signed-in>", '<div id="toasts"></div>'
ROWS = "".join(f'<input type="checkbox" name="pk" value="{n}" data-bulk-item>' for n in range(1, 7))
PAGES = {
    "/list/": f"""{SIGNED_IN}<form method="post" action="/sent/" data-bulk><input type="checkbox" data-bulk-all>{ROWS}
        <div class="bulkbar"><span data-bulk-count></span><button data-confirm="Отклонить {{n|заявку,заявки,заявок}}?"
        data-confirm-yes="Отклонить">Отклонить…</button></div></form>""",
    "/form/": f"""{SIGNED_IN}<form method="post" action="/slow/" data-keep="appoint-12"><input name="full_name">
        <input type="password" name="secret"><input type="checkbox" name="agree" value="yes">
        <button>Сохранить</button></form>""",
    "/sign-in/": "<body><p>Войдите снова</p>",
    "/sent/": f"{SIGNED_IN}<p>Сделано</p>",
    "/copy/": f'{SIGNED_IN}<button data-copy="+79250364405">Скопировать</button>{TOAST}',
}


@pytest.fixture(scope="module")
def context() -> Iterator[BrowserContext]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser.new_context(locale="ru-RU")
        browser.close()


@pytest.fixture
def posts() -> list[str]:
    """Bodies of the forms that reached the server."""
    return []


@pytest.fixture
def page(context: BrowserContext, posts: list[str]) -> Iterator[Page]:
    def answer(route: Route) -> None:
        address = re.sub(r"^https?://[^/]+|\?.*$", "", route.request.url)
        if (file := SCRIPTS / address.strip("/")).is_file():
            route.fulfill(path=file)
            return
        if route.request.method == "POST":
            posts.append(route.request.post_data or "")
        if address == "/slow/":
            route.fulfill(status=204)
            return
        route.fulfill(body=HEAD + PAGES[address], content_type="text/html")

    page = context.new_page()
    page.route("**/*", answer)
    yield page
    page.close()


def test_shift_selects_a_range_and_the_bar_says_how_many(page: Page) -> None:
    page.goto("http://portal.test/list/")
    expect(page.locator(".bulkbar")).to_be_hidden()
    page.locator("[data-bulk-item]").nth(1).click()
    page.locator("[data-bulk-item]").nth(4).click(modifiers=["Shift"])
    expect(page.locator("[data-bulk-count]")).to_have_text("Выбрано 4 строки")
    page.locator("[data-bulk-all]").click()
    expect(page.locator("[data-bulk-count]")).to_have_text("Выбрано 6 строк")


def test_question_names_the_number_and_no_means_no(page: Page, posts: list[str]) -> None:
    page.goto("http://portal.test/list/")
    page.locator("[data-bulk-item]").first.click()
    page.get_by_role("button", name="Отклонить…").click()
    expect(page.get_by_role("dialog")).to_contain_text("Отклонить 1 заявку?")
    page.keyboard.press("Enter")  # the focus stands on «Не сейчас»
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert posts == []
    page.get_by_role("button", name="Отклонить…").click()
    page.get_by_role("button", name="Отклонить", exact=True).click()
    expect(page.get_by_text("Сделано")).to_be_visible()
    assert posts == ["pk=1"]


def test_form_pressed_twice_goes_once(page: Page, posts: list[str]) -> None:
    page.goto("http://portal.test/form/")
    page.evaluate("() => { const b = document.querySelector('button'); b.click(); setTimeout(() => b.click()); }")
    expect(page.get_by_role("button", name="Сохранить")).to_be_disabled()
    page.evaluate("() => document.querySelector('button').click()")
    assert len(posts) == 1


def test_typed_form_survives_a_lapsed_session_without_its_password(page: Page) -> None:
    page.goto("http://portal.test/form/")
    page.fill("[name=full_name]", "Демидова Анна")
    page.fill("[name=secret]", "never-kept")
    page.check("[name=agree]")
    page.get_by_role("button", name="Сохранить").click()
    page.goto("http://portal.test/sign-in/")
    assert "never-kept" not in page.evaluate("JSON.stringify(sessionStorage)")
    page.goto("http://portal.test/form/")
    page.get_by_role("button", name="Вернуть введённое").click()
    expect(page.locator("[name=full_name]")).to_have_value("Демидова Анна")
    expect(page.locator("[name=agree]")).to_be_checked()
    expect(page.locator("[name=secret]")).to_have_value("")


def test_form_that_was_saved_is_forgotten(page: Page) -> None:
    page.goto("http://portal.test/form/")
    page.fill("[name=full_name]", "Демидова Анна")
    page.get_by_role("button", name="Сохранить").click()
    page.goto("http://portal.test/sent/")
    assert page.evaluate("Object.keys(sessionStorage).length") == 0


def test_copy_works_on_plain_http(page: Page) -> None:
    page.goto("http://portal.test/copy/")
    assert page.evaluate("window.isSecureContext") is False
    page.get_by_role("button", name="Скопировать").click()
    expect(page.locator("#toasts")).to_have_text("Скопировано")
