"""A parent's phone 360 px wide, without scripts, on a really running portal: from the link to the mended request.

And the class teacher's slip. What the pages say is asked elsewhere; here it is asked whether a person can use them.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from coordination.tests.browser import Person, chromium
from foundation.tests.running import Portal, running_portal

pytestmark = pytest.mark.browser
NARROW = (360, 740)
SCHOOL = """
from conftest import make_appointment, make_municipality, make_organization, make_region, make_user
from invitations.models import ClassSlip
from invitations.tests.builders import make_invitation
school = make_organization(make_municipality(make_region(name="Томская область", code="70")))
marina = make_user(full_name="Демидова Марина Сергеевна", phone="+79000001427")
make_appointment(school, marina)
link = make_invitation(school)
(slip,) = ClassSlip.objects.issue([link.school_class], by=marina, days=3)
print("PATHS", f"/j/{link.code}/", "/s/" + slip.address.partition("/s/")[2])
"""
FILED = """
from invitations.models import JoinRequest
print("FILED", *[f"{row.full_name}={row.mark}" for row in JoinRequest.objects.order_by("pk")], sep="|")
"""


@pytest.fixture
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    with running_portal(tmp_path_factory.mktemp("visitor"), "--empty") as portal:
        yield portal


@pytest.fixture
def chrome() -> Iterator[Browser]:
    with sync_playwright() as playwright, chromium(playwright) as browser:
        yield browser


def said(portal: Portal, code: str, word: str) -> list[str]:
    (line,) = [line for line in portal.manage("shell", "-c", code).splitlines() if line.startswith(word)]
    return line.split("|" if "|" in line else " ")[1:]


def width(person: Person) -> int:
    return int(person.page.evaluate("document.documentElement.scrollWidth"))


def test_a_parent_files_and_mends_and_the_class_teacher_answers(portal: Portal, chrome: Browser) -> None:
    page, slip = said(portal, SCHOOL, "PATHS")
    parent = Person(chrome, portal.url, NARROW, scripts=False)
    parent.open(page)
    widths = [width(parent)]
    parent.page.get_by_text("У ребёнка нет своего номера").click()
    parent.sees("учебный профиль")
    parent.write({"Фамилия, имя и отчество ребёнка": "Петров"})
    parent.press("Подать заявку")
    parent.sees("Не отправлено")
    widths.append(width(parent))
    assert parent.page.evaluate("document.activeElement.getAttribute('role')") == "alert", "read out at once"

    parent.write({"Ваши фамилия": "Петрова Ирина Львовна", "Фамилия, имя и отчество ребёнка": "Пертов Илья Сергеевич"})
    parent.tick("Я законный представитель", "Даю")
    parent.page.get_by_role("button", name="Подать заявку").dblclick()
    parent.sees("Сохраните номер")
    widths.append(width(parent))
    receipt = parent.path
    assert said(portal, FILED, "FILED") == ["Пертов Илья Сергеевич="], "a double click is one request"

    parent.follow("Исправить ошибку в имени")
    widths.append(width(parent))
    parent.write({"Фамилия, имя и отчество ребёнка": "Петров Илья Сергеевич"})
    parent.press("Исправить")
    parent.sees("Исправлено", "Петров Илья Сергеевич")

    parent.follow("Подать за другого ребёнка")
    for name in ("full_name", "applicant_name"):
        assert parent.page.locator(f"input[name={name}]").input_value() == ""

    teacher = Person(chrome, portal.url, NARROW, scripts=False)
    teacher.open(slip)
    teacher.follow("Показать имена")
    widths.append(width(teacher))
    teacher.page.get_by_label("Мой", exact=True).check()
    teacher.press("Сохранить")
    teacher.sees("Сохранено, спасибо")
    assert said(portal, FILED, "FILED") == ["Петров Илья Сергеевич=mine"]
    assert max(widths) <= NARROW[0], "nothing sticks out sideways"

    judge = Person(chrome, portal.url)  # with scripts, for axe is one
    for address in (page, receipt, f"{receipt}correct/", slip, f"{slip}?names"):
        judge.open(address)
        judge.look()
    judge.open(page)
    judge.press("Подать заявку")
    judge.look()
    assert parent.troubles + teacher.troubles + judge.troubles == []
