"""Trainings: the coordinator of the region plans, moves and calls them off; everybody of the region sees them.

A municipal coordinator sees and does not edit; a training of another region, or of all regions, is a 404 to edit.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from accounts.models import User
from conftest import make_coordinator, make_region
from foundation.verbs import WrongStatus
from guides.models import Training
from guides.tests.test_guides import make_training
from organizations.models import Event, Region

Enter = Callable[[User], Client]
YEAR = timezone.now().year + 1
LIST, ADD, FEED = (reverse(f"guides:{name}") for name in ("trainings", "training-add", "trainings-ics"))


def typed(**fields: Any) -> dict[str, Any]:
    return {
        "title": "Первый вход",
        "starts_at": f"{YEAR}-03-02T10:00",
        "minutes": "90",
        "steps": ["4", "5"],
        "description": "Разберём вход по номеру.",
        "join_url": "https://sferum.ru/?call_link=x",
        "recording_url": "",
    } | fields


def page_of(training: Training, verb: str) -> str:
    return reverse(f"guides:training-{verb}", args=[training.pk])


def test_the_regions_coordinator_plans_a_training_in_the_hour_of_the_region(
    region: Region, vera: User, enter: Enter
) -> None:
    assert enter(vera).post(ADD, typed()).url == LIST
    training = Training.objects.get()
    assert training.region == region
    assert training.starts_at == datetime(YEAR, 3, 2, 3, 0, tzinfo=UTC), "10:00 in Tomsk"
    assert training.steps == [4, 5]
    assert Event.objects.get(verb="training.added").region == region
    page = enter(vera).get(LIST).content.decode()
    assert f"2 марта {YEAR}" in page
    assert "10:00" in page
    assert page_of(training, "change") in page


def test_who_does_not_keep_the_region_gets_a_404(
    region: Region, nadia: User, marina: User, igor: User, enter: Enter
) -> None:
    mine, everybodys = make_training(region=region), make_training()
    stranger = make_coordinator(make_region(code="77")).user
    for user in (nadia, marina, stranger):
        for address in (page_of(mine, "change"), page_of(mine, "cancel"), page_of(everybodys, "change")):
            assert enter(user).get(address).status_code == 404
            assert enter(user).post(address, typed()).status_code == 404
    for user in (nadia, marina):
        assert enter(user).post(ADD, typed()).status_code == 404
        page = enter(user).get(LIST).content.decode()
        assert mine.title in page
        assert page_of(mine, "change") not in page
    assert enter(stranger).get(f"{ADD}?region=70").status_code == 404
    assert Training.objects.filter(cancelled_at=None, sequence=0).count() == 2
    assert enter(igor).get(page_of(everybodys, "change")).status_code == 200


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ({"title": ""}, "Обязательное поле"),
        ({"starts_at": "вчера"}, "Введите правильную дату и время"),
        ({"starts_at": "9999-01-01T10:00"}, "Проверьте год"),
        ({"starts_at": "2026-01-12T10:00"}, "Это время уже прошло"),
        ({"minutes": "0"}, "больше либо равно 5"),
        ({"steps": ["8"]}, "Выберите корректный вариант"),
        ({"join_url": "https://evil.example/sferum.ru"}, "только на сайты: sferum.ru"),
        ({"join_url": "https://sferum.ru@evil.example/"}, "начинается с https://"),
        ({"join_url": "http://sferum.ru/"}, "начинается с https://"),
        ({"recording_url": "https://vk.com/away.php?to=https://evil.example"}, "только перенаправляет"),
    ],
)
def test_bad_input_is_refused_in_words_and_nothing_typed_is_lost(
    bad: dict[str, Any], said: str, region: Region, vera: User, enter: Enter
) -> None:
    page = enter(vera).post(ADD, typed(**bad)).content.decode()
    assert said in page
    assert "Разберём вход по номеру." in page
    assert not Training.objects.exists()


def test_the_region_says_to_which_sites_a_link_may_lead(region: Region, vera: User, enter: Enter) -> None:
    Region.objects.filter(pk=region.pk).update(allowed_link_hosts=["video.tomsk.example"])
    assert "video.tomsk.example" in enter(vera).post(ADD, typed()).content.decode()
    enter(vera).post(ADD, typed(join_url="https://live.video.tomsk.example/1"))
    assert Training.objects.get().join_url == "https://live.video.tomsk.example/1"


def test_a_past_training_gets_its_recording(region: Region, vera: User, enter: Enter) -> None:
    training = make_training(region=region, starts_at=timezone.now() - timedelta(days=3))
    browser = enter(vera)
    assert "Добавить запись" in browser.get(LIST).content.decode()
    with timezone.override(region.zone):
        starts = f"{timezone.localtime(training.starts_at):%Y-%m-%dT%H:%M:%S}"
    link = "https://sferum.ru/?broadcast=1_2"
    assert browser.post(page_of(training, "change"), typed(starts_at=starts, recording_url=link)).status_code == 302
    assert Training.objects.get().recording_url == link


def test_a_change_raises_the_number_that_calendars_look_at(region: Region, vera: User, enter: Enter) -> None:
    training = make_training(region=region)
    enter(vera).post(page_of(training, "change"), typed())
    event = Calendar.from_ical(enter(vera).get(FEED).content).walk("VEVENT")[0]
    assert event["UID"] == f"training-{training.pk}@localhost"
    assert event["SEQUENCE"] == 1
    assert event["STATUS"] == "CONFIRMED"
    assert [alarm.decoded("TRIGGER") for alarm in event.walk("VALARM")] == [-timedelta(days=1), -timedelta(hours=1)]
    changed = Event.objects.get(verb="training.changed")
    assert "join_url" in changed.fields
    assert "call_link" not in str(changed.fields), "names of fields, never what was typed"


def test_saving_without_a_change_changes_nothing(region: Region, vera: User, enter: Enter) -> None:
    browser = enter(vera)
    browser.post(ADD, typed())
    browser.post(page_of(Training.objects.get(), "change"), typed())
    assert Training.objects.get().sequence == 0
    assert not Event.objects.filter(verb="training.changed").exists()


def test_a_cancelled_training_stays_visible_as_cancelled(
    region: Region, vera: User, client: Client, enter: Enter
) -> None:
    training = make_training(region=region, join_url="https://sferum.ru/?call_link=x")
    browser = enter(vera)
    assert "Отменить обучение «Первый вход»?" in browser.get(page_of(training, "cancel")).content.decode()
    assert Training.objects.get().cancelled_at is None, "looking changes nothing"
    browser.post(page_of(training, "cancel"))
    assert Event.objects.get(verb="training.cancelled").by == vera
    for page in (browser.get(LIST), client.get(reverse("guides:guides"))):
        assert "отменено" in page.content.decode()
        assert "call_link" not in page.content.decode()
    event = Calendar.from_ical(client.get(FEED).content).walk("VEVENT")[0]
    assert (event["STATUS"], event["SEQUENCE"]) == ("CANCELLED", 1)
    assert event["SUMMARY"] == "Отменено: Первый вход"
    assert not event.walk("VALARM")


def test_two_cancel_at_once_and_one_changes_a_cancelled_one(region: Region, vera: User, enter: Enter) -> None:
    training = make_training(region=region)
    stale = Training.objects.get(pk=training.pk)
    training.cancel(by=vera)
    for verb in (lambda: stale.cancel(by=vera), lambda: stale.keep(by=vera, fields=["title"])):
        with pytest.raises(WrongStatus, match="уже отменено"):
            verb()
    page = enter(vera).post(page_of(training, "change"), typed(title="Другое"), follow=True).content.decode()
    assert "уже отменено" in page
    assert Event.objects.filter(verb="training.cancelled").count() == 1
    assert Training.objects.get().title == "Первый вход"


def test_what_is_over_cannot_be_called_off(region: Region, vera: User) -> None:
    training = make_training(region=region, starts_at=timezone.now() - timedelta(days=3))
    with pytest.raises(WrongStatus):
        training.cancel(by=vera)


def test_red_control_a_bare_write_would_bring_a_cancelled_training_back(region: Region, vera: User) -> None:
    stale = make_training(region=region)
    Training.objects.get(pk=stale.pk).cancel(by=vera)
    stale.save()
    assert Training.objects.get().cancelled_at is None


def test_the_list_costs_the_same_for_three_and_for_sixty(region: Region, vera: User, enter: Enter) -> None:
    browser, costs = enter(vera), []
    for number in (3, 57):
        for each in range(number):
            make_training(region=region, title=f"Будет {number}-{each}!")
            make_training(region=region, title=f"Было {number}-{each}!", starts_at=timezone.now() - timedelta(days=3))
        browser.get(LIST)
        with CaptureQueriesContext(connection) as asked:
            page = browser.get(LIST).content.decode()
        costs.append(len(asked))
    assert all(f"{when} 57-{each}!" in page for when in ("Будет", "Было") for each in range(57))
    assert costs[0] == costs[1] <= 16
