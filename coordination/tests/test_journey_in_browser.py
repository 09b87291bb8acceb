"""Four people walk the whole road in a real Chromium, on a really running portal with a real mail server.

Who is refused where is told by the tests of each room; here everybody goes where the letters and pages lead.
`TOUR=1` keeps pictures of the pages for docs/tour.md.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from coordination.tests.browser import PHONE, Mail, chromium
from coordination.tests.people import CHAT_LINK, Administrator, Coordinator, Head, Visitor, enter_first_time, registry, sign_in
from correspondence.tests.sink import Sink, free_port, serve
from foundation.tests.running import Portal, running_portal

pytestmark = pytest.mark.browser

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
    vera, head = Coordinator(chrome, portal.url), Head(chrome, portal.url)
    marina = Administrator(chrome, portal.url)
    svetlana = Head(chrome, portal.url, PHONE)
    parent = Visitor(chrome, portal.url, PHONE)
    teacher = Visitor(chrome, portal.url, PHONE, scripts=False)
    people = [vera, head, marina, svetlana, parent, teacher]
    try:
        walk(portal, mail, tmp_path, *people)
    except BaseException:
        if folder := os.environ.get("WALK_SHOTS"):
            for n, person in enumerate(people):
                person.page.screenshot(path=f"{folder}/{n}.png", full_page=True)
                print(n, person.page.url, person.troubles)
        raise


def walk(portal, mail, tmp_path, vera, head, marina, svetlana, parent, teacher):
    vera.begins("Кузнецова Вера Николаевна", "vera@dep.example")
    vera.describes_region()
    vera.loads(registry(tmp_path / "реестр.xlsx"))
    old, new = vera.page_of("сош 3"), vera.page_of("гимназия")

    vera.asks_heads()
    head.says_who_changed(mail.link("school3@edu.example", "Кто сейчас отвечает"))
    svetlana.agrees(mail.link("belova@mail.example", "Вам предлагают"))
    vera.sees_handover(old)

    vera.writes_to_head(new)
    head.appoints(mail.link("gymnasium1@edu.example", "Назначьте администратора"))
    marina.school = new
    enter_first_time(marina, mail.link("demidova@mail.example", "Вы отвечаете за Сферум"))
    marina.writes_to_support()
    assert "+7 913 800-00-01" in mail.letter("info@sferum.ru", "Регистрация в Сферуме")
    marina.records_answer()
    marina.signs_in_at_sferum()
    marina.makes_classes()
    links = marina.issues_links()

    parent.open(links["pupil"])
    parent.look("join")
    first = parent.files_for_child("Ильина Ольга Петровна", "Ильин Егор Олегович", "ilina@mail.example")
    parent.look("receipt")
    parent.follow("Подать за другого ребёнка")
    second = parent.files_for_child("Ильина Ольга Петровна", "Ильина Майя Олеговна")
    parent.open(links["pupil"])
    parent.files_for_child("Чужой Пётр Ильич", "Чужая Анна Петровна", "chuzhoy@mail.example")
    teacher.open(links["teacher"])
    teacher.files_as_teacher("Орлова Нина Сергеевна", "+7 913 800-00-09")

    marina.accepts_teacher("Орлова Нина Сергеевна")
    marina.accepts("Ильин Егор Олегович", "Ильина Майя Олеговна")
    marina.rejects("Чужая Анна Петровна")
    parent.open(second)
    parent.sees("Школа проверила заявку", "Второй шаг")
    assert mail.letter("ilina@mail.example", "проверена: остался один шаг").count(CHAT_LINK) == 1
    marina.ticks("Ильин Егор Олегович", "Ильина Майя Олеговна")
    parent.open(first)
    parent.sees("Готово: вы в классе")
    parent.look()
    assert vera.reached("Чаты перенесены") == 0
    marina.moves_chats()
    print(marina.asks_support())
    memo = marina.prints_memo()
    print(memo)
    assert vera.reached("Чаты перенесены") == 1
    print(vera.reads_report())
    print(portal.manage("check_journey"))
    print([(str(m["To"]), str(m["Subject"])) for m in mail.sink.received])
    assert [t for p in (vera, head, marina, svetlana, parent, teacher) for t in p.troubles] == []
