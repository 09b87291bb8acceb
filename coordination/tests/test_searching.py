"""Search in the list: as people type, in spite of slips, and never beyond one's own territory."""

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from conftest import make_appointment, make_municipality, make_organization
from organizations.models import Municipality, Organization, Region, SearchWord
from organizations.searching import search

Enter = Callable[[User], Client]
pytestmark = pytest.mark.django_db
SIMILAR = "Точно ничего не нашлось, показано похожее"


def named(place: Municipality, short: str, full: str = "") -> Organization:
    return make_organization(place, short_name=short, full_name=full or short)


@pytest.fixture
def town(region: Region) -> Municipality:
    return make_municipality(region, name="город Томск")


@pytest.fixture
def names(town: Municipality, municipality: Municipality) -> dict[str, Organization]:
    return {
        "lyceum": named(town, "МАОУ лицей №8"),
        "lyceum elsewhere": named(municipality, "МБОУ «Лицей № 8»"),
        "lyceum 18": named(town, "МАОУ лицей №18"),
        "gymnasium": named(town, "МАОУ гимназия №29"),
        "gymnasium 129": named(town, "МАОУ гимназия № 129"),
        "fir": named(municipality, "МБДОУ «Ёлочка»"),
    }


def found(text: str) -> list[str]:
    return [row.short_name for row in search(Organization.objects.all(), text).rows]


@pytest.mark.parametrize(
    ("typed", "short"),
    [
        ("лицей 8 томск", "МАОУ лицей №8"),
        ("томск лицей №8", "МАОУ лицей №8"),
        ("гимназия №29", "МАОУ гимназия №29"),
        ("Гимназия № 29", "МАОУ гимназия №29"),
        ("29", "МАОУ гимназия №29"),
        ("гимн 29", "МАОУ гимназия №29"),
        ("ёлочка", "МБДОУ «Ёлочка»"),
        ("елочка", "МБДОУ «Ёлочка»"),
    ],
)
def test_what_is_typed_in_order_is_found_exactly(names: dict[str, Organization], typed: str, short: str) -> None:
    assert found(typed) == [short]
    assert not search(Organization.objects.all(), typed).is_similar


@pytest.mark.parametrize(
    ("typed", "short"),
    [
        ("гимназя 29", "МАОУ гимназия №29"),
        ("лицй 8 томск", "МАОУ лицей №8"),
        ("лицей 8 тмск", "МАОУ лицей №8"),
        ("kbwtq 8 njvcr", "МАОУ лицей №8"),
        ("ubvyfpz 29", "МАОУ гимназия №29"),
        ("`kjxrf", "МБДОУ «Ёлочка»"),
    ],
)
def test_slips_and_the_wrong_layout_are_forgiven(names: dict[str, Organization], typed: str, short: str) -> None:
    assert found(typed) == [short]
    assert search(Organization.objects.all(), typed).is_similar


def test_a_number_is_never_guessed_nor_found_inside_another(names: dict[str, Organization]) -> None:
    assert found("гимназия 28") == []
    assert found("9") == []
    assert found("гимназия 12") == []
    # Red control: as the search was before, a number was found wherever its digits stood.
    assert Organization.objects.filter(search_key__contains="29").filter(search_key__contains="гимназия").count() == 2


def test_part_of_an_inn_is_enough(town: Municipality) -> None:
    row = make_organization(town, inn="7017001234", ogrn="1027000850001")
    assert found("70170012") == found("1027000850") == [row.short_name]


def test_the_closest_stand_first(town: Municipality) -> None:
    named(town, "АНО «Лицейский двор»")
    named(town, "Лицей искусств")
    named(town, "Я Лицей")
    assert found("лицей") == ["Лицей искусств", "Я Лицей", "АНО «Лицейский двор»"]


@pytest.mark.parametrize("typed", ["%", "_", "\\", "«»", "№", "'; --"])
def test_signs_alone_find_nothing_and_break_nothing(names: dict[str, Organization], typed: str) -> None:
    assert found(typed) == []


def test_the_page_says_that_it_guessed(names: dict[str, Organization], vera: User, enter: Enter) -> None:
    page = enter(vera).get("/organizations/", {"q": "гимназя 29"}).content.decode()
    assert SIMILAR in page
    assert "МАОУ гимназия №29" in page
    assert SIMILAR not in enter(vera).get("/organizations/", {"q": "гимназия 29"}).content.decode()
    nothing = enter(vera).get("/organizations/", {"q": "космодром"}).content.decode()
    assert "Ничего не найдено" in nothing
    assert SIMILAR not in nothing


def test_a_guess_knows_no_words_of_another_territory(
    region: Region, municipality: Municipality, nadia: User, vera: User, enter: Enter
) -> None:
    named(municipality, "МБОУ «Школа Канареечная»")
    named(make_municipality(region), "МБОУ «Канарейкинская»")
    make_organization(municipality, short_name="Школа", full_name="Школа")
    theirs, all_of_it = (
        enter(one).get("/organizations/", {"q": "канарейкинскя"}).content.decode() for one in (nadia, vera)
    )
    assert "Канарейкинская" not in theirs
    assert SIMILAR not in theirs
    assert "Канарейкинская" in all_of_it  # red control: the word is there to be guessed
    assert set(
        SearchWord.objects.of(Organization.objects.coordinated_by(nadia), [municipality.pk]).values_list(
            "word", flat=True
        )
    ) == {
        "мбоу",
        "школа",
        "канареечная",
    }


def test_an_administrator_guesses_among_the_own_organizations_only(
    school: Organization, marina: User, enter: Enter
) -> None:
    other = named(school.municipality, "Канарейка")
    page = enter(marina).get("/organizations/", {"q": "канарейа"}).content.decode()
    assert other.short_name not in page


def test_a_new_name_is_searched_at_once(town: Municipality) -> None:
    row = named(town, "Старая")
    row.short_name = row.full_name = "Обновлённая"
    row.save()
    assert found("обновленная") == found("обнавленная") == ["Обновлённая"]
    row.short_name = row.full_name = "Перезаписанная"
    Organization.objects.bulk_update([row], ["short_name", "full_name"])
    assert found("перезаписанная") == found("перезаписаная") == ["Перезаписанная"]
    town.name = "город Северск"
    town.save()
    assert found("перезаписанная северск") == ["Перезаписанная"]


def test_the_list_without_deputies_and_with(
    school: Organization, other_school: Organization, vera: User, enter: Enter
) -> None:
    make_appointment(school, role="deputy")

    def shown(value: str) -> list[int]:
        page = enter(vera).get("/organizations/", {"deputy": value}).content.decode()
        return sorted({int(pk) for pk in re.findall(r'name="pk" value="(\d+)"', page)})

    assert shown("yes") == [school.pk]
    assert shown("no") == [other_school.pk]


def test_a_search_costs_the_same_among_three_and_three_hundred(town: Municipality, vera: User, enter: Enter) -> None:
    browser = enter(vera)

    def statements() -> int:
        with CaptureQueriesContext(connection) as seen:
            browser.get("/organizations/", {"q": "шкла 7"})
        return len(seen)

    for number in range(3):
        named(town, f"Школа № {number}7")
    named(town, "Школа № 7")
    statements()
    few = statements()
    Organization.objects.bulk_create(
        Organization(region=town.region, municipality=town, full_name=f"Школа № {n} при заводе", inn=str(n))
        for n in range(1000, 1300)
    )
    assert statements() == few
