"""Four people walk the whole road in a real Chromium, on a really running portal with a real mail server.

Who is refused where is told by the tests of each room; here everybody goes where the letters and pages lead.
`TOUR=1` keeps pictures of the pages for docs/tour.md.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from coordination.tests.browser import Mail, Person, chromium
from coordination.tests.people import Administrator, Coordinator, Head, enter_first_time, registry, sign_in
from correspondence.tests.sink import Sink, free_port, serve
from foundation.tests.running import Portal, running_portal

pytestmark = pytest.mark.browser

FIRST = """
from organizations.models import Coordinator
from organizations.letters import welcome_coordinator
from organizations.regions import ensure_region
region = ensure_region("70")
region.department_name, region.department_phone = "Департамент образования", "+73822000001"
region.manager_email = "manager@sferum.example"
region.save()
welcome_coordinator(Coordinator.objects.invite(region=region, municipality=None, full_name="Кузнецова Вера Николаевна", email="vera@dep.example", by=None))
"""


@pytest.fixture
def mail() -> Iterator[Mail]:
    sink = Sink(port=free_port())
    controller = serve(sink)
    yield Mail(sink)
    controller.stop()


@pytest.fixture
def portal(tmp_path: Path, mail: Mail) -> Iterator[Portal]:
    letters = {"TRIAL_SMTP": "1", "EMAIL_URL": f"smtp://127.0.0.1:{mail.sink.port}"}
    with running_portal(tmp_path, "--empty", **letters) as portal:
        yield portal


@pytest.fixture
def chrome() -> Iterator[Browser]:
    with sync_playwright() as playwright, chromium(playwright) as browser:
        yield browser


def test_an_organization_goes_the_whole_road(portal: Portal, mail: Mail, chrome: Browser, tmp_path: Path) -> None:
    portal.manage("shell", "-c", FIRST)
    vera, head = Coordinator(chrome, portal.url), Head(chrome, portal.url)
    marina = Administrator(chrome, portal.url)
    try:
        walk(portal, mail, chrome, tmp_path, vera, head, marina)
    except BaseException:
        if folder := os.environ.get("WALK_SHOTS"):
            for who in ("vera", "head", "marina"):
                person = locals()[who]
                person.page.screenshot(path=f"{folder}/{who}.png", full_page=True)
                print(who, person.page.url, person.troubles)
        raise


def walk(portal, mail, chrome, tmp_path, vera, head, marina):
    vera.open("/")
    vera.look()
    enter_first_time(vera, mail.link("vera@dep.example", "Вы координатор"))
    vera.sees("В списке пока нет организаций")
    vera.loads(registry(tmp_path / "реестр.xlsx"))
    old = vera.opens_page_of("сош 3")
    vera.look()
    vera.asks_heads()
    head.says_who_changed(mail.link("school3@edu.example", "Кто сейчас отвечает"))
    svetlana = Head(chrome, portal.url)
    svetlana.agrees(mail.link("belova@mail.example", "Вам предлагают"))
    vera.hands_over(old)

    new = vera.opens_page_of("гимназия")
    vera.writes_to_head(new)
    head.appoints(mail.link("gymnasium1@edu.example", "Назначьте администратора"))
    marina.school = new
    enter_first_time(marina, mail.link("demidova@mail.example", "Вы отвечаете за Сферум"))
    marina.registers(mail)
    marina.signs_in_at_sferum()
    marina.makes_classes()
    links = marina.issues_links()
    print(links)
