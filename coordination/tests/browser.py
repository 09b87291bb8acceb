"""People at their screens: each has a window of Chromium, looks at every kind of page and says what is wrong."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from PIL import Image
from playwright.sync_api import Browser, Page, Playwright, expect

from correspondence.tests.sink import Sink
from foundation.tests.waiting import wait_for

PASSWORD = "верба-ручей-2041"
DESK, PHONE = (1280, 800), (390, 844)
TOUR = Path(settings.BASE_DIR) / "docs" / "tour"
MAKES_TOUR = bool(os.environ.get("TOUR"))
"""`TOUR=1 pytest -m browser coordination` writes the pictures of docs/tour.md anew."""
expect.set_options(timeout=10_000)


@contextmanager
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--lang=ru-RU"])
    yield browser
    browser.close()


class Mail:
    """What the people find in their mailboxes."""

    def __init__(self, sink: Sink) -> None:
        self.sink = sink

    def to(self, address: str) -> list[str]:
        """Subjects of the letters to one address."""
        return [str(letter["Subject"]) for letter in self.sink.received if address in str(letter["To"])]

    def letter(self, address: str, about: str) -> str:
        """The text of the one letter to `address` whose subject has `about`, once it has come."""

        def found() -> list[Any]:
            return [one for one in self.sink.received if address in str(one["To"]) and about in str(one["Subject"])]

        letters = wait_for(found, f"a letter «{about}» to {address}")
        assert len(letters) == 1, f"{len(letters)} letters «{about}» to {address}"
        return str(letters[0].get_content())

    def message(self, address: str, about: str) -> EmailMessage:
        self.letter(address, about)
        return next(one for one in self.sink.received if address in str(one["To"]) and about in str(one["Subject"]))

    def link(self, address: str, about: str) -> str:
        found = re.search(r"http://localhost:\d+/\S+", self.letter(address, about))
        assert found
        return found[0]


class Person:
    """One window. What a page does wrong is kept in `troubles`: errors, foreign hosts, barriers, sideways scrolling."""

    def __init__(self, browser: Browser, home: str, size: tuple[int, int] = DESK, scripts: bool = True) -> None:
        self.home, self.size = home, size
        self.window = browser.new_context(
            locale="ru-RU",
            timezone_id="Asia/Tomsk",
            viewport={"width": size[0], "height": size[1]},
            java_script_enabled=scripts,
            reduced_motion="reduce",
            accept_downloads=True,
        )
        self.page: Page = self.window.new_page()
        self.troubles: list[str] = []
        self.looked: list[str] = []
        self.page.on("pageerror", lambda error: self.troubles.append(f"script: {error}"))
        self.page.on("console", lambda said: self._hear(said.type, said.text))
        self.page.on("request", lambda asked: self._ask(asked.url))
        self.page.on("response", lambda got: self._get(got.status, got.url))

    def _hear(self, kind: str, words: str) -> None:
        if kind == "error" and "status of 4" not in words:  # a page that says 404 or 410 to a person is no trouble
            self.troubles.append(f"console: {words}")

    def _ask(self, url: str) -> None:
        if urlsplit(url).scheme in {"http", "https"} and not url.startswith(self.home):
            self.troubles.append(f"foreign host: {url}")

    def _get(self, status: int, url: str) -> None:
        if status >= 500:
            self.troubles.append(f"{status}: {url}")

    # --- what a person does ------------------------------------------------------------------------------------

    def open(self, address: str) -> None:
        self.page.goto(address if address.startswith("http") else self.home + address)

    def press(self, name: str, inside: str = "body") -> None:
        self.page.locator(inside).get_by_role("button", name=name).first.click()

    def follow(self, name: str, inside: str = "body") -> None:
        self.page.locator(inside).get_by_role("link", name=name).first.click()

    def takes_next_step(self) -> None:
        """The one button by which an organization's page moves it on."""
        self.page.locator(".next-move a.btn-primary").click()

    def write(self, words: dict[str, str]) -> None:
        """By the label of each field."""
        for label, value in words.items():
            self.page.get_by_label(label, exact=False).first.fill(value)

    def tick(self, *labels: str) -> None:
        for label in labels:
            self.page.get_by_label(label).first.check()

    def choose(self, label: str, option: str) -> None:
        self.page.get_by_label(label).first.select_option(label=option)

    def download(self, name: str) -> bytes:
        """The file that a link or a button gives, past the viewer of the browser."""
        link = self.page.get_by_role("link", name=name).first
        return self.window.request.get(self.home + str(link.get_attribute("href"))).body()

    # --- what a person sees ------------------------------------------------------------------------------------

    def sees(self, *words: str) -> None:
        for each in words:
            expect(self.page.locator("body")).to_contain_text(each)

    def sees_heading(self, words: str) -> None:
        expect(self.page.get_by_role("heading", name=words).first).to_be_visible()

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path

    def look(self, name: str = "") -> None:
        """Judges the page in light on a desk and in dark on a phone; `name` puts it into the tour."""
        self.page.wait_for_load_state()
        shown = name or self.path
        self.looked.append(shown)
        for size, theme in ((DESK, "light"), (PHONE, "dark")):
            self.page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
            self.page.set_viewport_size({"width": size[0], "height": size[1]})
            wide = self.page.evaluate("document.documentElement.scrollWidth")
            if wide > size[0]:
                self.troubles.append(f"{shown}: {wide} px wide at {size[0]}")
            self.troubles += [f"{shown} at {size[0]}, {theme}: {barrier}" for barrier in barriers(self.page)]
            if name and MAKES_TOUR:
                self.page.emulate_media(color_scheme="light")
                keep_picture(self.page.screenshot(), f"{name}-{size[0]}")
        self.page.emulate_media(color_scheme="light")
        self.page.set_viewport_size({"width": self.size[0], "height": self.size[1]})


def enter_first_time(person: Person, link: str) -> None:
    """The link of a welcome letter: a password of one's own, and in."""
    person.open(link)
    set_password(person)


def set_password(person: Person) -> None:
    person.sees("Пароль от Сферума или Госуслуг здесь не нужен")
    person.look()
    person.write({"Пароль": PASSWORD})
    person.page.locator("input[type=password]").nth(1).fill(PASSWORD)
    person.press("Сохранить пароль и войти")


def sign_in(person: Person, login: str) -> None:
    person.open("/accounts/login/")
    person.look()
    person.page.locator("input[name=login]").fill(login)
    person.page.locator("input[name=password]").fill(PASSWORD)
    person.press("Войти", "main")


def barriers(page: Page) -> list[str]:
    """What axe calls serious or critical, with the first element of each."""
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {one['help']} {one['nodes'][0]['target']} {one['nodes'][0].get('failureSummary', '')}"
        for one in found
        if one["impact"] in {"serious", "critical"}
    ]


def keep_picture(png: bytes, name: str) -> None:
    """A palette of 128 colours is enough for flat pages and makes them a third as heavy."""
    TOUR.mkdir(parents=True, exist_ok=True)
    picture = Image.open(BytesIO(png)).convert("RGB").quantize(128, dither=Image.Dither.NONE)
    picture.save(TOUR / f"{name}.png", optimize=True)
