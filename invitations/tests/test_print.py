"""The print kit: what a camera reads from each paper, what stands on it, and how many pages there are."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from PIL import Image
from pyzbar.pyzbar import decode

from accounts.models import User
from conftest import make_class
from invitations.models import Invitation
from invitations.posters import print_pdf
from invitations.statuses import Mode, Paper, Role
from invitations.tests.builders import make_invitation
from organizations.models import Organization

pytestmark = pytest.mark.django_db
Enter = Callable[[User], Client]
LONGEST = ("Муниципальное бюджетное общеобразовательное учреждение средняя школа имени Героя " * 5)[:322]
COPIES = {Paper.POSTERS: 1, Paper.STRIPS: 9, Paper.CARDS: 8, Paper.SHEETS: 1}


@pytest.fixture
def links(school: Organization) -> list[Invitation]:
    first, second = make_class(school, section="А"), make_class(school, section="Б", site="Корпус 2")
    places = [(first, Role.PUPIL), (first, Role.TEACHER), (second, Role.PUPIL)]
    return [make_invitation(school, school_class=c, role=role) for c, role in places]


def drawn(pdf: bytes, folder: Path) -> list[list[str]]:
    """By page, the addresses that a camera reads. One still picture may miss one code of nine; a camera takes many."""
    (folder / "kit.pdf").write_bytes(pdf)
    return [max(frames, key=len) for frames in zip(*(frame(folder, dpi) for dpi in (220, 260, 300)), strict=True)]


def frame(folder: Path, dpi: int) -> list[list[str]]:
    subprocess.run(["pdftoppm", "-r", str(dpi), "-gray", "-png", "kit.pdf", f"{dpi}-"], cwd=folder, check=True)
    return [[each.data.decode() for each in decode(Image.open(page))] for page in sorted(folder.glob(f"{dpi}-*.png"))]


def text_of(pdf: bytes) -> str:
    run = subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True)
    return " ".join(run.stdout.decode().split())


def pages(pdf: bytes) -> int:
    run = subprocess.run(["pdfinfo", "-"], input=pdf, capture_output=True, check=True)
    return int(run.stdout.decode().partition("Pages:")[2].split()[0])


@pytest.mark.parametrize("paper", [Paper.POSTERS, Paper.STRIPS, Paper.CARDS])
def test_a_camera_reads_every_code_of_a_page_for_each_link(
    links: list[Invitation], tmp_path: Path, paper: Paper
) -> None:
    read = drawn(print_pdf(paper, links), tmp_path)
    assert read == [[link.address] * COPIES[paper] for link in links]


def test_a_sheet_holds_all_roles_of_its_class(links: list[Invitation], tmp_path: Path) -> None:
    read = drawn(print_pdf(Paper.SHEETS, links), tmp_path)
    assert [set(page) for page in read] == [{links[0].address, links[1].address}, {links[2].address}]


@pytest.mark.parametrize("paper", Paper)
def test_each_paper_says_whose_it_is_what_to_do_and_how_to_check_it(links: list[Invitation], paper: Paper) -> None:
    link = links[2]
    text = text_of(print_pdf(paper, [link]))
    steps = ["заявку", "номер", "Сферум"] if paper != Paper.STRIPS else ["1 адрес", "2 заявка", "5 Сферум"]
    for words in [link.organization.name, "7 «Б», Корпус 2", "ученик", link.shown_code, link.address, *steps]:
        assert words in text, words
    assert "от Госуслуг" in text
    assert "/j/ и введите код" in text or "Проверка: " in text


@pytest.mark.parametrize("paper", Paper)
def test_every_paper_says_that_the_role_stays(links: list[Invitation], paper: Paper) -> None:
    assert "Роль в Сферуме сменить нельзя: только удалить человека" in text_of(print_pdf(paper, links))


@pytest.mark.parametrize("paper", Paper)
def test_a_link_without_review_asks_for_no_request_on_paper(links: list[Invitation], paper: Paper) -> None:
    Invitation.objects.filter(pk=links[0].pk).update(mode=Mode.DIRECT, expires_on=None)
    text = text_of(print_pdf(paper, [Invitation.objects.with_school().get(pk=links[0].pk)]))
    assert "заявк" not in text.lower().replace("заявка школы", "")
    if paper != Paper.STRIPS:
        assert "ействует без срока" in text


@pytest.mark.parametrize("paper", Paper)
def test_the_longest_names_add_no_page_and_cover_no_code(links: list[Invitation], tmp_path: Path, paper: Paper) -> None:
    Organization.objects.filter(pk=links[0].organization.pk).update(short_name="", full_name=LONGEST)
    links[0].school_class.grade, links[0].school_class.group_name = None, "Группа «Солнышко» компенсирующая " * 3
    links[0].school_class.site = "Корпус дошкольного образования на улице Ленина, дом 15 " * 2
    links[0].school_class.save()
    rows = list(Invitation.objects.with_school().filter(pk__in=[link.pk for link in links[:2]]).order_by("-role"))
    pdf = print_pdf(paper, rows)
    assert pages(pdf) == (1 if paper == Paper.SHEETS else 2)
    read = drawn(pdf, tmp_path)
    assert sum(map(len, read)) == 2 * COPIES[paper]
    if paper != Paper.STRIPS:
        assert LONGEST.split()[-1] in text_of(pdf), "the name stands whole"


def choose(browser: Client, link: Invitation, query: str) -> object:
    return browser.get(f"/organizations/{link.organization.pk}/invitations/print.pdf?{query}")


def test_the_page_prints_the_chosen_classes_and_roles(
    links: list[Invitation], marina: User, vera: User, enter: Enter
) -> None:
    for who in (marina, vera):
        text = enter(who).get(f"/organizations/{links[0].organization.pk}/invitations/print/").content.decode()
        assert "карточки на стол" in text
    query = f"paper=posters&classes={links[0].school_class_id}&classes={links[2].school_class_id}&roles=pupil"
    pdf = choose(enter(marina), links[0], query)
    assert pdf["Content-Type"] == "application/pdf"
    assert pages(pdf.content) == 2


@pytest.mark.parametrize(
    "query",
    ["", "paper=posters", "paper=%00&classes=abc&roles=x", "paper=cards&classes=" + "9" * 30 + "&roles=pupil"],
)
def test_a_bad_choice_is_told(links: list[Invitation], marina: User, enter: Enter, query: str) -> None:
    answer = choose(enter(marina), links[0], query)
    assert answer.status_code == 200
    assert "<form" in answer.content.decode()


def test_a_choice_without_a_live_link_is_told(links: list[Invitation], marina: User, enter: Enter) -> None:
    links[2].revoke(by=marina)
    answer = choose(enter(marina), links[0], f"paper=posters&classes={links[2].school_class_id}&roles=pupil")
    assert answer["Content-Type"].startswith("text/html")
    links[0].revoke(by=marina)
    query = f"paper=posters&classes={links[1].school_class_id}&roles=teacher"
    assert pages(choose(enter(marina), links[0], query).content) == 1


def test_links_of_another_school_are_not_printed(
    links: list[Invitation], oleg: User, other_school: Organization, enter: Enter
) -> None:
    browser = enter(oleg)
    assert choose(browser, links[0], "paper=posters").status_code == 404
    make_invitation(other_school)
    query = f"paper=posters&classes={links[0].school_class_id}&roles=pupil"
    answer = browser.get(f"/organizations/{other_school.pk}/invitations/print.pdf?{query}")
    assert answer["Content-Type"].startswith("text/html"), "somebody else's class is no choice"


def test_a_school_without_links_is_told_what_to_do(school: Organization, marina: User, enter: Enter) -> None:
    text = enter(marina).get(f"/organizations/{school.pk}/invitations/print/").content.decode()
    assert "Печатать пока нечего" in text


def test_the_poster_of_one_link(links: list[Invitation], marina: User, enter: Enter, tmp_path: Path) -> None:
    pdf = enter(marina).get(f"{links[0].get_absolute_url()}poster.pdf")
    assert drawn(pdf.content, tmp_path) == [[links[0].address]]
