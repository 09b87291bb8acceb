"""The look before letters about registration go for many: every letter is there to be read, every skip is named."""

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import escape

from accounts.models import User
from conftest import make_municipality, make_organization
from correspondence.models import Letter
from organizations.models import Appointment, Event, Organization, Region
from registrations.models import Filing, RegistrationRequest
from registrations.statuses import AnswerChannel
from registrations.tests.builders import make_ready

Enter = Callable[[User], Client]
pytestmark = pytest.mark.django_db
ADDRESS = "/organizations/file/"


def posted(page: str) -> dict[str, list[str]]:
    """What the form of the page sends when its button is pressed."""
    sent: dict[str, list[str]] = {}
    for tag in re.findall(r"<input [^>]*>", page):
        name, value = re.search(r'name="(\w+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and value and ('type="hidden"' in tag or " checked" in tag):
            sent.setdefault(name[1], []).append(value[1])
    return sent


def words(page: str) -> str:
    return page.replace("\xa0", " ").replace("\u202f", " ")


def test_who_has_no_territory_files_nothing(school: Organization, marina: User, vera: User, enter: Enter) -> None:
    answer = enter(marina).post(ADDRESS, {"pk": school.pk}, follow=True)
    assert "Отметьте организации в списке" in answer.content.decode()
    assert ADDRESS not in enter(marina).get("/organizations/").content.decode()
    assert enter(vera).get(ADDRESS).status_code == 405


def test_strangers_organizations_are_only_counted(
    region: Region, nadia: User, school: Organization, enter: Enter
) -> None:
    theirs, mine = make_ready(region), make_ready(region, municipality=school.municipality)
    page = enter(nadia).post(ADDRESS, {"pk": [theirs.pk, mine.pk, 10**17]}).content.decode()
    assert escape(mine.name) in page
    assert escape(theirs.name) not in page
    assert "<dt>В вашей территории нет</dt><dd>2</dd>" in page, "one that is not there counts the same"


def test_the_look_shows_each_letter_and_why_the_others_get_none(region: Region, vera: User, enter: Enter) -> None:
    one, two, unconfirmed = (make_ready(region) for _ in range(3))
    nobody = make_organization(make_municipality(region))
    Appointment.objects.filter(organization=unconfirmed).update(agreed_at=None)
    before = Event.objects.count()
    page = words(
        enter(vera).post(ADDRESS, {"pk": [each.pk for each in (one, two, unconfirmed, nobody)]}).content.decode()
    )
    assert "Уйдут 2 письма" in page
    assert "Отправить 2 письма в Поддержку Сферума" in page
    for school in (one, two):
        letter = RegistrationRequest.unnumbered(school).compose()
        assert escape(letter.text) in page
        assert escape(letter.subject) in page
    assert "Администратор не назначен: 1" in page
    assert "Администратор не подтвердил, что имя и номер уйдут в Сферум: 1" in page
    assert f'href="/organizations/{nobody.pk}/appointments/">{escape(nobody.name)}' in page
    assert not Letter.objects.exists()
    assert not RegistrationRequest.objects.exists()
    assert not Filing.objects.exists()
    assert Event.objects.count() == before


def test_from_the_list_over_the_look_to_the_letters(region: Region, vera: User, enter: Enter) -> None:
    browser = enter(vera)
    schools = [make_ready(region) for _ in range(3)]
    make_organization(make_municipality(region), full_name="Другая")
    page = browser.post(f"{ADDRESS}?step=1", {"all": "yes"}).content.decode()
    assert "Уйдут 3 письма" in words(page)
    result = browser.post("/registrations/file/", posted(page), follow=True)
    assert "Отправляем: 0 из 3" in words(result.content.decode())
    assert {one.organization for one in Filing.objects.get().letters.all()} == set(schools)
    assert result.request["PATH_INFO"] in browser.get("/registrations/filed/").content.decode()


def test_all_letters_can_be_reached_and_left_out(region: Region, vera: User, enter: Enter) -> None:
    schools = [make_ready(region) for _ in range(52)]
    browser = enter(vera)
    first = browser.post(ADDRESS, {"pk": [school.pk for school in schools]}).content.decode()
    seen = re.findall(r'type="checkbox" name="left_out" value="(\d+)"', first)
    assert len(seen) == 50
    left_first = posted(first) | {"left_out": [seen[0]], "page": ["2"]}
    second = browser.post(ADDRESS, left_first).content.decode()
    rest = re.findall(r'type="checkbox" name="left_out" value="(\d+)"', second)
    assert sorted(map(int, seen + rest)) == sorted(school.pk for school in schools), "each once, none moved"
    assert "Отправить 51 письмо" in words(second)
    confirmed = posted(second)
    assert confirmed["left_out"] == [seen[0]]
    confirmed["left_out"].append(rest[0])
    again = browser.post(ADDRESS, confirmed | {"page": ["1"]}).content.decode()
    assert f'value="{seen[0]}" checked' in again
    assert "Отправить 50 писем" in words(again)
    assert not Letter.objects.exists()
    browser.post("/registrations/file/", posted(again))
    assert Letter.objects.count() == 50
    assert not Letter.objects.filter(queue__in=[f"organization:{seen[0]}", f"organization:{rest[0]}"]).exists()


def test_nothing_to_send_offers_no_button(region: Region, vera: User, enter: Enter) -> None:
    page = enter(vera).post(ADDRESS, {"pk": make_organization(make_municipality(region)).pk}).content.decode()
    assert "Отправлять нечего" in page
    assert "в Поддержку Сферума</button>" not in page


def test_a_corrected_letter_says_that_it_is_one(region: Region, vera: User, enter: Enter) -> None:
    school = make_ready(region)
    case = RegistrationRequest.objects.file(school, by=vera, agrees=False)
    case.ask_correction(by=vera, on=timezone.localdate(), channel=AnswerChannel.CALL, text="ИНН")
    page = enter(vera).post(ADDRESS, {"pk": school.pk}).content.decode()
    assert "исправленное письмо" in page
    assert case.number in page


def test_coming_back_after_sending_is_a_new_filing(region: Region, vera: User, enter: Enter) -> None:
    browser, schools = enter(vera), [make_ready(region) for _ in range(2)]
    page = browser.post(ADDRESS, {"pk": [school.pk for school in schools]}).content.decode()
    sent = posted(page) | {"left_out": [str(schools[0].pk)]}
    browser.post("/registrations/file/", sent)
    again = posted(browser.post(ADDRESS, posted(page)).content.decode())
    assert again["batch"] != sent["batch"]
    browser.post("/registrations/file/", again)
    assert Letter.objects.count() == 2


def test_the_look_costs_the_same_for_two_and_for_two_hundred(region: Region, vera: User, enter: Enter) -> None:
    schools = [
        make_ready(region) if number % 2 else make_organization(make_municipality(region)) for number in range(200)
    ]
    browser = enter(vera)

    def statements(some: list[Organization]) -> int:
        with CaptureQueriesContext(connection) as seen:
            browser.post(ADDRESS, {"pk": [school.pk for school in some]})
        return len(seen)

    statements(schools[:2])
    assert statements(schools[:2]) == statements(schools) <= 20
