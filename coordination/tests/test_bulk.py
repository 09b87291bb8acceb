"""Acts on many organizations: looked at, done once, whatever changed meanwhile is named; never beyond the territory."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import escape
from time_machine import TimeMachineFixture

from accounts.models import User
from conftest import make_appointment, make_coordinator, make_municipality, make_organization, make_region
from coordination.models import Snooze
from correspondence.models import Letter
from correspondence.reminding import had_enough
from correspondence.statuses import Enough
from organizations.models import Event, Municipality, Organization, Region
from organizations.searching import search
from organizations.statuses import AdministratorState, Step

Enter = Callable[[User], Client]
pytestmark = pytest.mark.django_db
BULK = "/organizations/bulk/"


def plain(answer: object) -> str:
    return answer.content.decode().replace("\xa0", " ").replace("\u202f", " ")


def shown(page: str) -> list[str]:
    return re.findall(r'type="hidden" name="pk" value="(\d+)"', page)


def test_who_has_no_territory_does_nothing(school: Organization, marina: User, nadia: User, enter: Enter) -> None:
    for act in ("head-links", "remind", "municipality", "nonsense"):
        for end in ("", "do/"):
            assert enter(marina).post(f"{BULK}{act}/{end}", {"pk": school.pk}).status_code == 404
    assert enter(nadia).post(f"{BULK}municipality/", {"pk": school.pk}).status_code == 404, "hers is one municipality"
    assert enter(nadia).get(f"{BULK}remind/").status_code == 405
    assert not Letter.objects.exists()


@pytest.mark.parametrize("act", ["head-links", "remind"])
def test_strangers_organizations_get_nothing_and_are_not_named(
    school: Organization, other_school: Organization, nadia: User, enter: Enter, act: str
) -> None:
    browser = enter(nadia)
    both = {"pk": [school.pk, other_school.pk]}
    page = plain(browser.post(f"{BULK}{act}/", both))
    assert escape(school.name) in page
    assert escape(other_school.name) not in page
    done = plain(browser.post(f"{BULK}{act}/do/", both))
    assert escape(other_school.name) not in done
    assert "<dt>В вашей территории нет</dt><dd>1</dd>" in done
    assert [letter.recipient for letter in Letter.objects.all()] == [school.email]
    # Everything that is found is no more than the territory, too.
    assert shown(plain(browser.post(f"{BULK}remind/?q=", {"all": "yes"}))) == []


def test_the_heads_of_all_found_get_their_links_once(
    region: Region, municipality: Municipality, vera: User, enter: Enter
) -> None:
    browser = enter(vera)
    two = [make_organization(municipality) for _ in range(2)]
    silent, sure = make_organization(municipality, email=""), make_organization(municipality)
    sure.set_administrator_state(AdministratorState.CONFIRMED)
    page = plain(browser.post(f"{BULK}head-links/?kind=school", {"all": "yes"}))
    assert sorted(map(int, shown(page))) == sorted(row.pk for row in two)
    assert "Нет почты: 1" in page
    assert "Администратор подтверждён: 1" in page
    assert "[[link]]" in page
    assert not Letter.objects.exists()
    done = plain(browser.post(f"{BULK}head-links/do/", {"pk": shown(page)}))
    assert "Письма руководителям поставлены в очередь: 2" in done
    again = plain(browser.post(f"{BULK}head-links/do/", {"pk": shown(page)}))
    assert "Ничего не сделано" in again
    assert "Сегодня такое письмо уже поставлено в очередь: 2" in again
    assert Letter.objects.count() == 2
    assert {one.links["link"]["object_id"] for one in Letter.objects.all()} == {row.pk for row in two}
    assert Event.objects.filter(verb="head-link.sent", by=vera).count() == 2
    assert silent.name in page


def test_a_reminder_goes_to_whoever_holds_the_move(
    region: Region, municipality: Municipality, vera: User, enter: Enter
) -> None:
    heads, administrators, support, unknown = (make_organization(municipality) for _ in range(4))
    person = make_appointment(administrators)
    for row, step in ((administrators, Step.APPOINTED), (support, Step.REQUESTED), (unknown, Step.REGISTERED)):
        Organization.objects.filter(pk=row.pk).update(step=step)
    everybody = {"pk": [row.pk for row in (heads, administrators, support, unknown)]}
    page = plain(enter(vera).post(f"{BULK}remind/do/", everybody))
    assert "Напоминания поставлены в очередь: 2" in page
    assert "Ход не за школой: Поддержка Сферума: 1" in page
    assert "спрашивают кнопкой «Спросить»: 1" in page
    letters = {letter.recipient: letter for letter in Letter.objects.all()}
    assert set(letters) == {heads.email, person.email}
    reminder = letters[person.email].text
    assert "Отправить письмо в Сферум о регистрации" in reminder
    assert person.full_name in reminder


def test_what_was_decided_meanwhile_is_named_and_not_done(
    school: Organization, other_school: Organization, vera: User, enter: Enter
) -> None:
    browser = enter(vera)
    page = plain(browser.post(f"{BULK}head-links/", {"pk": [school.pk, other_school.pk]}))
    school.set_administrator_state(AdministratorState.CONFIRMED)
    done = plain(browser.post(f"{BULK}head-links/do/", {"pk": shown(page)}))
    assert "за это время что-то изменилось" in done
    assert escape(school.name) in done
    assert [letter.recipient for letter in Letter.objects.all()] == [other_school.email]


def test_organizations_move_into_a_municipality_of_their_region(
    region: Region, school: Organization, other_school: Organization, vera: User, enter: Enter
) -> None:
    browser, new, foreign = enter(vera), make_municipality(region, name="город Кедровый"), make_municipality()
    rows = {"pk": [school.pk, other_school.pk]}
    assert "Выберите муниципалитет" in plain(browser.post(f"{BULK}municipality/do/", rows))
    assert str(foreign) not in plain(browser.post(f"{BULK}municipality/do/", rows | {"place": foreign.pk}))
    school.refresh_from_db()
    assert school.municipality != foreign
    done = plain(browser.post(f"{BULK}municipality/do/", rows | {"place": new.pk}))
    assert "Муниципалитет указан: 2" in done
    assert set(Organization.objects.filter(municipality=new)) == {school, other_school}
    assert search(Organization.objects.all(), "кедровый школа").rows.count() == 2
    assert Event.objects.get(organization=school, verb="organization.changed").fields == ["municipality"]
    again = plain(browser.post(f"{BULK}municipality/do/", rows | {"place": new.pk}))
    assert "Уже в этом муниципалитете: 2" in again


def test_another_regions_organizations_stay(school: Organization, igor: User, enter: Enter) -> None:
    other = make_municipality(make_region())
    page = plain(enter(igor).post(f"{BULK}municipality/do/", {"pk": school.pk, "place": other.pk}))
    assert "Ничего не сделано" in page or "Выберите" in page
    school.refresh_from_db()
    assert school.municipality != other


def test_who_coordinates_one_region_and_a_municipality_of_another_moves_nothing_there(
    school: Organization, other_school: Organization, nadia: User, enter: Enter
) -> None:
    """Else she would hand a school of her municipality to a neighbour."""
    elsewhere = make_municipality()
    make_coordinator(elsewhere.region, user=nadia)
    own = make_organization(elsewhere)
    browser, neighbour = enter(nadia), other_school.municipality
    assert neighbour is not None
    page = plain(browser.post(f"{BULK}municipality/", {"pk": [school.pk, own.pk]}))
    assert shown(page) == [str(own.pk)]
    assert "Муниципалитет меняет координатор региона: 1" in page
    assert neighbour.name not in page
    browser.post(f"{BULK}municipality/do/", {"pk": school.pk, "place": neighbour.pk})
    school.refresh_from_db()
    assert school.municipality != neighbour


def test_one_wrong_address_keeps_nobody_else_back(
    school: Organization, other_school: Organization, vera: User, enter: Enter
) -> None:
    Organization.objects.filter(pk=school.pk).update(email="a@localhost")
    page = plain(enter(vera).post(f"{BULK}head-links/do/", {"pk": [school.pk, other_school.pk]}))
    assert "Почта записана с ошибкой: 1" in page
    assert Letter.objects.count() == 1


def test_too_many_are_refused_in_words(school: Organization, vera: User, enter: Enter) -> None:
    page = plain(enter(vera).post(f"{BULK}remind/", {"pk": range(1, 2002)}, follow=True))
    assert "от 1 до 2 000 за один раз" in page


@pytest.mark.parametrize("act", ["head-links", "remind"])
def test_an_act_costs_the_same_for_three_and_for_thirty(
    municipality: Municipality, vera: User, enter: Enter, act: str
) -> None:
    browser = enter(vera)

    def statements(number: int) -> int:
        rows = [make_organization(municipality).pk for _ in range(number)]
        with CaptureQueriesContext(connection) as seen:
            browser.post(f"{BULK}{act}/do/", {"pk": rows})
        return len(seen)

    statements(3)
    assert statements(3) == statements(30)


def remindable(municipality: Municipality, **fields: object) -> Organization:
    row = make_organization(municipality, **fields)
    Organization.objects.filter(pk=row.pk).update(step=Step.APPOINTED)
    return row


@pytest.mark.usefixtures("day_of_the_cast")
def test_what_is_put_off_is_not_reminded_by_hand_either(municipality: Municipality, vera: User, enter: Enter) -> None:
    due, put_off = remindable(municipality), remindable(municipality)
    tomorrow = timezone.localdate() + timedelta(days=1)
    Snooze.objects.put_off(put_off, until=tomorrow, reason="директор в отпуске", by=vera)
    page = plain(enter(vera).post(f"{BULK}remind/do/", {"pk": [due.pk, put_off.pk]}))
    assert "Отложена в списке дел: 1" in page
    assert [letter.recipient for letter in Letter.objects.all()] == [due.email]


def test_a_reminder_by_hand_counts_with_all_the_others(
    municipality: Municipality, vera: User, enter: Enter, time_machine: TimeMachineFixture
) -> None:
    """One a day for a person, whatever number of schools she serves, and no more in a week than the region wants."""
    time_machine.move_to(datetime(2026, 10, 12, 5, tzinfo=UTC))
    Region.objects.filter(pk=municipality.region.pk).update(reminders_a_week=2)
    first = remindable(municipality)
    person = make_appointment(first)
    others = [remindable(municipality) for _ in range(2)]
    for row in others:
        make_appointment(row, person.user)
    everybody = {"pk": [first.pk, *(row.pk for row in others)]}
    written = []
    for _ in range(3):
        page = plain(enter(vera).post(f"{BULK}remind/do/", everybody))
        written.append(Letter.objects.filter(recipient=person.email).count())
        time_machine.shift(timedelta(days=1))
    assert written == [1, 2, 2]
    assert "На этой неделе напоминаний уже достаточно: 3" in page
    assert had_enough(date(2026, 10, 14), municipality.region.zone, most=2) == {person.email: Enough.WEEK}


@pytest.mark.parametrize("address", [f"{BULK}head-links/", "/organizations/ask/", "/organizations/file/"])
def test_nobody_acts_on_all_that_the_search_has_guessed(
    municipality: Municipality, vera: User, enter: Enter, address: str
) -> None:
    """What is ticked one by one was chosen by a person, and what was found exactly was meant."""
    row = make_organization(municipality, short_name="Лицей", full_name="Лицей")
    Organization.objects.filter(pk=row.pk).update(step=Step.REGISTERED)
    browser = enter(vera)
    assert 'name="all"' not in browser.get("/organizations/?q=лицй").content.decode()
    assert 'name="all"' in browser.get("/organizations/?q=лицей").content.decode()
    for words, chosen, status in (
        ("лицй", {"all": "yes"}, 302),
        ("лицй", {"pk": row.pk}, 200),
        ("лицей", {"all": "yes"}, 200),
    ):
        assert browser.post(f"{address}?q={words}", chosen).status_code == status


@pytest.mark.usefixtures("day_of_the_cast")
def test_a_day_of_closing_that_is_still_to_come_keeps_nobody_from_a_letter(
    school: Organization, other_school: Organization, vera: User, enter: Enter
) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    Organization.objects.filter(pk=school.pk).update(closed_on=tomorrow)
    Organization.objects.filter(pk=other_school.pk).update(closed_on=timezone.localdate())
    page = plain(enter(vera).post(f"{BULK}head-links/do/", {"pk": [school.pk, other_school.pk]}))
    assert "Организация закрыта: 1" in page
    assert [letter.recipient for letter in Letter.objects.all()] == [school.email]
