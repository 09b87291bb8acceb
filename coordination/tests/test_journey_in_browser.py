"""Four people walk the whole road in a real Chromium, on a really running portal with a real mail server.

Who is refused where is told by the tests of each room; here everybody goes where letters and pages lead.
`TOUR=1` keeps pictures of the pages for docs/tour.md.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from coordination.tests.browser import PHONE, Mail, Person, chromium, enter_first_time, sign_in
from coordination.tests.papers_of_the_road import registry
from coordination.tests.people import Coordinator, Head
from coordination.tests.school_people import CHAT_LINK, Administrator, Visitor
from correspondence.tests.answers import reply_to
from correspondence.tests.imap_server import Box
from correspondence.tests.sink import Sink, free_port, serve
from foundation.tests.running import Portal, running_portal

pytestmark = [pytest.mark.browser, pytest.mark.slow]

EGOR, MAYA, STRANGER, TEACHER = (
    "Ильин Егор Олегович",
    "Ильина Майя Олеговна",
    "Чужая Анна Петровна",
    "Орлова Нина Сергеевна",
)
LETTERS = {
    "school3@edu.example": ["Кто сейчас отвечает за Сферум?"],
    "belova@mail.example": [
        *("Вам предлагают отвечать за Сферум", "Вы отвечаете за Сферум"),
        *("Пришёл ответ Сферума", "завершена"),
    ],
    "manager@sferum.example": ["Смена администратора в Сферуме"],
    "gymnasium1@edu.example": ["Назначьте администратора Сферума"],
    "demidova@mail.example": ["Вы отвечаете за Сферум", "Пришёл ответ Сферума"],
    "info@sferum.ru": ["Регистрация в Сферуме", "Вопрос по Сферуму"],
    "ilina@mail.example": ["подана", "проверена: остался один шаг в Сферуме"],
    "chuzhoy@mail.example": ["подана", "отклонена"],
    "nadia@asino.example": ["Вы координатор подключения к Сферуму"],
}
READ_MAIL = """
from correspondence.tasks import poll
from registrations.tasks import sort_letters
poll()
sort_letters()
"""
MANAGER = """From: manager@sferum.example
Subject: =?utf-8?b?0J/QviDQstCw0YjQtdC5INGI0LrQvtC70LU=?=
Message-ID: <m-1@sferum.example>
Content-Type: text/plain; charset=utf-8

Добрый день! ИНН 7002010007: права переданы новому администратору.
"""


@pytest.fixture
def mail() -> Iterator[Mail]:
    sink = Sink(port=free_port())
    controller = serve(sink)
    yield Mail(sink)
    controller.stop()


@pytest.fixture
def portal(tmp_path: Path, mail: Mail, box: Box) -> Iterator[Portal]:
    letters = {
        "TRIAL_SMTP": "1",
        "DECISION_UNDO_MINUTES": "0",
        "EMAIL_URL": f"smtp://127.0.0.1:{mail.sink.port}",
        "MAILBOXES": box.address(),
    }
    with running_portal(tmp_path, "--empty", **letters) as portal:
        yield portal


@pytest.fixture
def chrome() -> Iterator[Browser]:
    with sync_playwright() as playwright, chromium(playwright) as browser:
        yield browser


@dataclass
class Road:
    """Everybody who walks, their mail, and the addresses that one chapter leaves for the next."""

    portal: Portal
    mail: Mail
    box: Box
    chrome: Browser
    school: str = ""
    links: dict[str, str] = field(default_factory=dict)
    receipts: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        home = self.portal.url
        self.vera = Coordinator(self.chrome, home)
        self.head = Head(self.chrome, home)
        self.svetlana = Head(self.chrome, home, PHONE)
        self.marina = Administrator(self.chrome, home)
        self.parent = Visitor(self.chrome, home, PHONE)
        self.teacher = Visitor(self.chrome, home, PHONE, scripts=False)

    def receives(self, letter: bytes) -> None:
        """It lies in the portal's mailbox; nobody waits for the minute of the schedule."""
        self.box.put(letter)
        self.portal.manage("shell", "--no-imports", "-c", READ_MAIL)

    @property
    def everybody(self) -> list[Person]:
        return [self.vera, self.head, self.svetlana, self.marina, self.parent, self.teacher]


def test_an_organization_goes_the_whole_road(
    portal: Portal, mail: Mail, box: Box, chrome: Browser, tmp_path: Path
) -> None:
    road = Road(portal, mail, box, chrome)
    a_region_begins(road, tmp_path)
    who_answers_today(road)
    the_head_appoints(road)
    support_registers(road)
    links_lead_into_classes(road)
    people_file_requests(road)
    the_school_decides(road)
    chats_move_and_the_coordinator_sees_it(road)

    assert "Расхождений нет" in portal.manage("check_journey")
    every_letter_came_once(mail)
    assert [trouble for person in road.everybody for trouble in person.troubles] == []
    print(f"pages looked at: {sum(len(person.looked) for person in road.everybody)}, each in two sizes and themes")


def a_region_begins(road: Road, folder: Path) -> None:
    road.vera.begins("Кузнецова Вера Николаевна", "vera@dep.example")
    road.vera.describes_region()
    road.vera.loads(registry(folder / "реестр.xlsx"))
    road.vera.invites("Лебедева Надежда Юрьевна", "nadia@asino.example", "Асиновский район")
    road.vera.leaves()
    sign_in(road.vera, "vera@dep.example")
    road.vera.sees("Зарегистрировано", "из 3 в списке")


def who_answers_today(road: Road) -> None:
    """Registered years ago: the head names somebody new, who agrees; in the portal at once, at Sferum later."""
    road.vera.asks_heads()
    road.head.says_who_changed(road.mail.link("school3@edu.example", "Кто сейчас отвечает"))
    road.svetlana.agrees(road.mail.link("belova@mail.example", "Вам предлагают"))
    road.vera.sees_handover(road.vera.page_of("сош 3"))
    road.receives(MANAGER.encode())
    road.vera.sorts("По вашей школе")


def the_head_appoints(road: Road) -> None:
    road.school = road.marina.school = road.vera.page_of("гимназия")
    road.vera.writes_to_head(road.school)
    road.head.appoints(road.mail.link("gymnasium1@edu.example", "Назначьте администратора"))
    enter_first_time(road.marina, road.mail.link("demidova@mail.example", "Вы отвечаете за Сферум"))


def support_registers(road: Road) -> None:
    road.marina.writes_to_support()
    letter = road.mail.letter("info@sferum.ru", "[РЕГ-")
    assert all(words in letter for words in ("Томская область", "Демидова Марина Сергеевна", "+7 913 800-00-01"))
    sent = road.mail.message("info@sferum.ru", "[РЕГ-")
    road.receives(reply_to(sent, "Здравствуйте! Организация зарегистрирована, можно входить."))
    road.marina.reads_answer()
    road.marina.signs_in_at_sferum()


def links_lead_into_classes(road: Road) -> None:
    road.marina.makes_classes()
    road.links = road.marina.issues_links()


def people_file_requests(road: Road) -> None:
    """A parent for two children, somebody whom the school does not know, and a teacher whose phone runs no scripts."""
    parent, teacher = road.parent, road.teacher
    parent.open(road.links["pupil"])
    parent.look("join")
    road.receipts[EGOR] = parent.files_for_child("Ильина Ольга Петровна", EGOR, "ilina@mail.example")
    parent.look()
    parent.follow("Подать за другого ребёнка")
    road.receipts[MAYA] = parent.files_for_child("Ильина Ольга Петровна", MAYA)
    parent.open(road.links["pupil"])
    road.receipts[STRANGER] = parent.files_for_child("Чужой Пётр Ильич", STRANGER, "chuzhoy@mail.example")
    teacher.open(road.links["teacher"])
    teacher.files_as_teacher(TEACHER, "+7 913 800-00-09")


def the_school_decides(road: Road) -> None:
    road.marina.accepts_teacher(TEACHER)
    road.marina.accepts(EGOR, MAYA)
    road.marina.rejects(STRANGER)
    road.parent.open(road.receipts[MAYA])
    road.parent.sees("Школа проверила заявку", "Второй шаг")
    road.parent.look("receipt-accepted")
    assert road.parent.page.get_by_role("link", name="Открыть класс в Сферуме").get_attribute("href") == CHAT_LINK
    road.parent.open(road.receipts[STRANGER])
    road.parent.sees("Школа отклонила заявку", "такого человека нет в списке класса")
    road.parent.look()
    assert CHAT_LINK in road.mail.letter("ilina@mail.example", "проверена: остался один шаг")
    road.marina.ticks(EGOR, MAYA)
    road.parent.open(road.receipts[EGOR])
    road.parent.sees("Готово: вы в классе")


def chats_move_and_the_coordinator_sees_it(road: Road) -> None:
    assert road.vera.reached("Чаты перенесены") == 0
    road.marina.moves_chats()
    number = road.marina.asks_support()
    memo = road.marina.prints_memo()
    assert "+7 913 800-00-01" in memo
    assert number in memo
    assert road.vera.reached("Чаты перенесены") == 1
    sheets = road.vera.reads_report()
    cells = [cell for rows in sheets.values() for row in rows for cell in row]
    assert "Верхнекетский район" in cells
    assert any("Зарегистрировано" in str(cell) for cell in cells)


def every_letter_came_once(mail: Mail) -> None:
    received = mail.sink.received
    assert len({str(letter["Message-ID"]) for letter in received}) == len(received)
    assert Counter(str(letter["To"]) for letter in received) == {to: len(about) for to, about in LETTERS.items()}
    for address, subjects in LETTERS.items():
        for about in subjects:
            mail.letter(address, about)


def test_the_example_shows_a_living_region(tmp_path: Path, chrome: Browser) -> None:
    with running_portal(tmp_path) as portal:
        visitor, people = Visitor(chrome, portal.url, PHONE), []
        visitor.open("/")
        visitor.look("home")
        for role, pages in PAGES_OF_EXAMPLE.items():
            person = Person(chrome, portal.url)
            people.append(person)
            person.open("/")
            person.press(role)
            person.sees("организации вымышлены")
            for path, name in pages.items():
                person.open(path)
                person.look(name)
        assert [trouble for person in [visitor, *people] for trouble in person.troubles] == []


PAGES_OF_EXAMPLE = {
    "координатор региона": {
        "/dashboard/": "dashboard",
        "/organizations/": "organizations",
        "/organizations/?reached=3&administrator=unknown": "",
        "/letters/": "letters",
        "/letters/inbox/": "",
        "/reports/turnaround/": "turnaround",
        "/coordinators/": "",
        "/guides/": "",
        "/guides/five-steps/": "",
        "/guides/coordinator/": "",
    },
}
