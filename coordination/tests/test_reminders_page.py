"""«Напоминания»: strangers get a 404, a municipal coordinator sees her own, the region's one sets the words."""

from collections.abc import Callable, Iterator
from datetime import date

import pytest
import time_machine
from django.test import Client
from django.utils.html import escape

from accounts.models import User
from conftest import make_appointment, make_organization
from coordination import reminder_plan, reminders
from coordination.ladder import TEXTS, ladder_of
from coordination.models import Reminder, ReminderSettings, RungSetting
from coordination.reminder_plan import plan_of
from coordination.statuses import Rung, Stage
from coordination.tests.test_reminders import TEN, TODAY, ago, stand
from coordination.views import reminders as views
from correspondence.models import Letter
from organizations.models import Event, Municipality, Organization, Region
from organizations.statuses import Step

Enter = Callable[[User], Client]
PAGE, SENT, SETTINGS, LADDER = "/reminders/", "/reminders/sent/", "/reminders/settings/", "/reminders/ladder/"
RUNG = f"/reminders/ladder/{Stage.SIGNED_IN}/{Rung.HEAD}/"
TYPED = {
    "reminders_a_week": "3",
    "quiet_periods": "31.10.2026 – 08.11.2026\n27.03.2027-04.04.2027",
    "summer_begins": "25.05",
    "summer_ends": "31.08",
}


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(TEN, tick=False) as clock:
        yield clock


def test_strangers_find_nothing(marina: User, nadia: User, enter: Enter) -> None:
    for page in (PAGE, SENT, SETTINGS, LADDER, RUNG):
        assert enter(marina).get(page).status_code == 404
    for page in (SETTINGS, LADDER, RUNG):
        assert enter(nadia).get(page).status_code == 404
    for verb in ("/reminders/pause/", "/reminders/resume/", f"{RUNG}original/"):
        assert enter(nadia).post(verb).status_code == 404
    assert not ReminderSettings.objects.filter(paused_at__isnull=False).exists()


def test_the_page_says_what_goes_out_and_why_and_who_is_held_back(
    school: Organization, marina: User, vera: User, enter: Enter
) -> None:
    lonely = make_organization(school.municipality, email="", short_name="МБОУ «Одинокая»")
    for organization in (school, lonely):
        stand(organization, Step.SIGNED_IN, ago(5), email="")
    page = enter(vera).get(PAGE).content.decode()
    assert "Уйдёт сегодня: 1\xa0письмо" in page
    assert school.name in page
    assert marina.full_name in page
    assert "некому: такого человека в портале нет" in page
    assert not Letter.objects.filter(thread__startswith="reminder:").exists()  # a look sends nothing
    assert not ReminderSettings.objects.exists()


def test_the_municipal_coordinator_sees_her_own_organizations_only(
    school: Organization, other_school: Organization, marina: User, oleg: User, nadia: User, enter: Enter
) -> None:
    for organization in (school, other_school):
        stand(organization, Step.SIGNED_IN, ago(5))
    page = enter(nadia).get(PAGE).content.decode()
    assert school.name in page
    assert other_school.name not in page
    assert oleg.full_name not in page
    reminders.remind_region(school.region)
    page = enter(nadia).get(SENT).content.decode()
    assert school.name in page
    assert other_school.name not in page


def test_what_has_gone_is_told_with_its_letter_also_on_the_organizations_page(
    school: Organization, marina: User, vera: User, enter: Enter
) -> None:
    stand(school, Step.SIGNED_IN, ago(5))
    reminders.remind_region(school.region)
    for page in (SENT, school.get_absolute_url()):
        told = enter(vera).get(page).content.decode()
        assert "администратору" in told
        assert "ждёт отправки" in told
    Letter.objects.all().delete()
    assert "удалено по сроку хранения" in enter(vera).get(SENT).content.decode()


def test_pausing_stops_everything_and_says_who(school: Organization, marina: User, vera: User, enter: Enter) -> None:
    stand(school, Step.SIGNED_IN, ago(5))
    page = enter(vera).post("/reminders/pause/", follow=True).content.decode()
    assert "Напоминания приостановлены" in page
    assert vera.full_name in page
    assert reminders.remind_region(school.region) == 0
    assert "уже приостановлены" in enter(vera).post("/reminders/pause/", follow=True).content.decode()
    enter(vera).post("/reminders/resume/")
    assert reminders.remind_region(school.region) == 1
    assert list(Event.objects.filter(verb__startswith="reminders.").values_list("verb", flat=True)) == [
        "reminders.resumed",
        "reminders.paused",
    ]


def test_limits_and_holidays_are_set_in_words(region: Region, vera: User, enter: Enter) -> None:
    enter(vera).post(SETTINGS, TYPED)
    region.refresh_from_db()
    row = ReminderSettings.objects.get()
    assert region.reminders_a_week == 3
    assert row.quiet_periods == [["2026-10-31", "2026-11-08"], ["2027-03-27", "2027-04-04"]]
    quiet = (date(2026, 11, 8), date(2027, 5, 25), date(2027, 8, 31))
    assert [row.is_quiet(day) for day in quiet] == [True] * 3
    assert [row.is_quiet(day) for day in (date(2026, 11, 9), date(2027, 5, 24), date(2027, 9, 1))] == [False] * 3
    page = enter(vera).get(SETTINGS).content.decode()
    assert "27.03.2027 – 04.04.2027" in page
    assert 'value="25.05"' in page


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("quiet_periods", "осенью", "Не понимаем строку «осенью»"),
        ("quiet_periods", "31.11.2026 – 01.12.2026", "Такого дня нет: 31.11.2026"),
        ("quiet_periods", "08.11.2026 – 31.10.2026", "Последний день раньше первого"),
        ("summer_begins", "32.05", "Такого дня нет"),
        ("summer_ends", "01.01", "Последний день раньше первого"),
        ("reminders_a_week", "0", "больше либо равно 1"),
    ],
)
def test_what_is_no_date_is_refused_in_words(vera: User, enter: Enter, field: str, typed: str, words: str) -> None:
    page = enter(vera).post(SETTINGS, TYPED | {field: typed}).content.decode()
    assert words in page
    assert not ReminderSettings.objects.exists()


def rung(text: str, **fields: str) -> dict[str, str]:
    return {"is_on": "on", "after_days": "4", "text": text} | fields


def test_the_words_of_a_rung_are_the_regions_own(school: Organization, marina: User, vera: User, enter: Enter) -> None:
    enter(vera).post(RUNG, rung("Уважаемый руководитель {организация}: {дней}!", after_days="2"))
    rule = ladder_of(school.region)[Stage.SIGNED_IN][Rung.HEAD]
    assert (rule.after_days, rule.is_own_text) == (2, True)
    stand(school, Step.SIGNED_IN, ago(9))
    Reminder.objects.create(
        organization=school,
        stage=Stage.SIGNED_IN,
        since=ago(9),
        rung=Rung.ADMINISTRATOR,
        person=marina,
        key="1",
        on=ago(5),
    )
    assert reminders.remind_region(school.region) == 1
    assert f"Уважаемый руководитель {school.name}: 9\xa0рабочих дней!" in Letter.objects.get().text
    enter(vera).post(f"{RUNG}original/")
    rule = ladder_of(school.region)[Stage.SIGNED_IN][Rung.HEAD]
    assert (rule.after_days, rule.text) == (2, TEXTS[Rung.HEAD])


def test_a_rung_that_is_off_is_passed_by(school: Organization, marina: User, vera: User, enter: Enter) -> None:
    stand(school, Step.SIGNED_IN, ago(30))
    path = f"/reminders/ladder/{Stage.SIGNED_IN}/{Rung.ADMINISTRATOR}/"
    enter(vera).post(path, {"after_days": "5", "text": TEXTS[Rung.ADMINISTRATOR]})
    assert list(plan_of(school.region, TODAY).bundles) == [school.email]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{имя}", "Таких подстановок нет: {имя}"),
        ("{организация.email}", "Таких подстановок нет: {организация.email}"),
        ("{{ settings.SECRET_KEY }}", "Таких подстановок нет"),
        ("{% load static %}", "Таких подстановок нет"),
        ("{организация", "Скобка без пары"),
        ("", "Обязательное поле"),
    ],
)
def test_a_place_that_nobody_knows_is_refused(vera: User, enter: Enter, text: str, words: str) -> None:
    page = enter(vera).post(RUNG, rung(text)).content.decode()
    assert words in page
    assert not RungSetting.objects.exists()


def test_a_name_full_of_braces_stays_a_name(school: Organization, marina: User) -> None:
    """A template that were evaluated would print the address in place of the braces."""
    stand(school, Step.SIGNED_IN, ago(5), short_name="Школа {{ region.pk }} {ссылка} {% now 'Y' %}")
    reminders.remind_region(school.region)
    assert "Школа {{ region.pk }} {ссылка} {% now 'Y' %}. Следующий" in Letter.objects.get().text


def test_the_preview_shows_a_real_organization_and_saves_nothing(
    school: Organization, vera: User, enter: Enter
) -> None:
    chosen = make_organization(school.municipality, short_name="МБОУ «Пример»")
    typed = rung("Проверка: {организация}, {муниципалитет}", preview="yes", example=str(chosen.pk))
    page = enter(vera).post(RUNG, typed).content.decode()
    assert "Проверка: МБОУ «Пример», Верхнекетский район" in page
    assert not RungSetting.objects.exists()


@pytest.mark.parametrize(
    ("stage", "words"),
    [
        (
            Stage.SIGNED_IN,
            "Следующий шаг: создать классы учебного года. Без движения 7\xa0рабочих дней, с 5 октября 2026",
        ),
        (Stage.WHO, "Следующий шаг: узнать, кто сейчас отвечает за Сферум. Без движения 7\xa0рабочих дней"),
    ],
)
def test_the_preview_reads_as_the_letter_of_that_stage_will(
    school: Organization, other_school: Organization, vera: User, enter: Enter, stage: Stage, words: str
) -> None:
    """Also of an organization that stands elsewhere; one that stands there comes first."""
    stand(school, Step.MIGRATED, ago(90), short_name="Готово")
    page = enter(vera).get(f"/reminders/ladder/{stage}/{Rung.MUNICIPALITY}/").content.decode()
    assert "На примере: Готово" in page
    stand(other_school, Step(stage or Step.REGISTERED), ago(2))
    typed = rung("{организация}. Следующий шаг: {шаг}. Без движения {дней}, с {дата}.", preview="yes", after_days="7")
    page = enter(vera).post(f"/reminders/ladder/{stage}/{Rung.MUNICIPALITY}/", typed).content.decode()
    assert f"На примере: {escape(other_school.name)}" in page
    assert words in page


def test_a_foreign_organization_is_no_example(region: Region, vera: User, enter: Enter) -> None:
    foreign = make_organization(short_name="МБОУ «Чужая»")
    page = enter(vera).post(RUNG, rung("{организация}", preview="yes", example=str(foreign.pk))).content.decode()
    assert "Чужая" not in page


@pytest.mark.parametrize("address", ["/reminders/ladder/2/head/", "/reminders/ladder/0/administrator/"])
def test_a_rung_that_is_not_there_is_not_found(vera: User, enter: Enter, address: str) -> None:
    assert enter(vera).get(address).status_code == 404


@pytest.mark.parametrize("number", [3, 60])
def test_the_page_costs_the_same_with_many_rows(
    municipality: Municipality, vera: User, enter: Enter, number: int, django_assert_max_num_queries: object
) -> None:
    for _ in range(number):
        organization = make_organization(municipality)
        make_appointment(organization)
        stand(organization, Step.SIGNED_IN, ago(5))
    browser = enter(vera)
    with django_assert_max_num_queries(24):  # type: ignore[operator]
        page = browser.get(PAGE).content.decode()
    assert f"{number}\xa0пис" in page
    reminders.remind_region(municipality.region)
    with django_assert_max_num_queries(18):  # type: ignore[operator]
        page = browser.get(SENT).content.decode()
    assert page.count("администратору") == min(number, 50)


def test_a_large_territory_is_shown_in_part_and_says_so(
    municipality: Municipality, vera: User, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        organization = make_organization(municipality)
        make_appointment(organization)
        stand(organization, Step.SIGNED_IN, ago(5))
    monkeypatch.setattr(reminder_plan, "BATCH", 2)
    words = "Чтобы вы не ждали, здесь показан план по первым 2."
    assert words not in enter(vera).get(PAGE).content.decode()
    monkeypatch.setattr(views, "MOST_SHOWN", 2)
    page = enter(vera).get(PAGE).content.decode()
    assert words in page
    assert "5\xa0организаций" in page
    assert page.count("через 5\xa0рабочих дней") == 2
    assert reminders.remind_region(municipality.region) == 5
