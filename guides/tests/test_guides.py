"""Help: open to everybody, but a visitor sees no manager's phone; a region's own help stays in that region."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from accounts.models import User
from conftest import make_region, make_user
from guides.models import Guide, Training
from guides.starting import ensure_guides
from guides.statuses import GuideKind
from guides.topics import TOPICS
from organizations.models import Region
from organizations.statuses import Step

Enter = Callable[[User], Client]
GUIDES = reverse("guides:guides")
FEED = reverse("guides:trainings-ics")


def make_training(**fields: Any) -> Training:
    return Training.objects.create(
        **{"title": "Первый вход", "starts_at": timezone.now() + timedelta(days=2), "minutes": 90} | fields
    )


@pytest.mark.parametrize("path", ["/guides/no-such-topic/", "/guides/..%2Fguides/", "/guides/%00/"])
def test_an_unknown_topic_is_a_404(path: str, client: Client) -> None:
    assert client.get(path).status_code == 404


def test_a_visitor_sees_support_but_no_managers_contacts(client: Client, region: Region) -> None:
    Region.objects.filter(pk=region.pk).update(manager_name="Собянин Владимир", manager_telegram="@vladimir")
    page = client.get(GUIDES).content.decode()
    assert "info@sferum.ru" in page
    assert "https://sferum.ru" in page
    assert "после входа" in page
    for secret in ("Собянин", "@vladimir", "925", region.manager_email):
        assert secret not in page


def test_who_signed_in_sees_the_contacts_of_the_own_region_only(
    region: Region, marina: User, vera: User, enter: Enter
) -> None:
    foreign = make_region(manager_name="Чужой Менеджер")
    for user in (marina, vera):
        page = enter(user).get(f"{GUIDES}?region={foreign.code}").content.decode()
        assert region.manager_name in page
        assert "+7\u00a0925\u00a0000-00-01" in page
        assert "Чужой Менеджер" not in page


def test_a_regions_rows_stay_in_that_region(client: Client, region: Region) -> None:
    other = make_region(code="77")
    Guide.objects.create(region=region, title="Только для Томска", url="https://sferum.ru/t")
    Guide.objects.create(region=other, title="Только для Москвы", url="https://sferum.ru/m")
    Guide.objects.create(title="Для всех", text="Текст")
    page = client.get(GUIDES).content.decode()
    assert "Для всех" in page
    assert "Только для" not in page, "two regions, and the visitor named none"
    page = client.get(GUIDES + "?region=70").content.decode()
    assert "Только для Томска" in page
    assert "Только для Москвы" not in page


@pytest.mark.parametrize("region", ["%00", "7" * 10_000, "<script>", "999", "%E2%80%AE", ""])
def test_a_hostile_region_in_the_address_is_harmless(region: str, client: Client, db: None) -> None:
    assert client.get(f"{GUIDES}?region={region}").status_code == 200
    assert client.get(f"{FEED}?region={region}").status_code == 200


@pytest.mark.parametrize("slug", TOPICS)
def test_every_topic_opens_for_everybody(slug: str, client: Client, region: Region, marina: User, enter: Enter) -> None:
    url = reverse("guides:topic", args=[slug])
    for browser in (client, enter(marina)):
        page = browser.get(url).content.decode()
        assert TOPICS[slug].title in page
        assert page.count("<h1") == 1
        assert region.manager_phone.as_e164 not in page
    assert len(client.get(url).content) < 30_000


def test_known_problems_stand_at_the_step_where_they_hit(region: Region, client: Client) -> None:
    ensure_guides(region)
    at = {
        Step.REQUESTED: ["«Школа уже зарегистрирована»"],
        Step.REGISTERED: ["Поддержка Сферума не отвечает"],
        Step.SIGNED_IN: ["Код для входа не приходит", "Вход есть, а школы нет"],
        Step.INVITED: ["По прямой ссылке вступают посторонние"],
        Step.MIGRATED: ["Чат с одним администратором не переносится"],
    }
    for step in Step:
        problems = Guide.objects.for_step(step, region).filter(kind=GuideKind.PROBLEM)
        assert [row.title for row in problems] == at.get(step, [])
    page = client.get(GUIDES).content.decode()
    assert 'id="step-7"' in page
    assert "Создатель чата назначает второго администратора" in page


def test_tomsk_begins_with_its_own_links_and_others_do_not(region: Region) -> None:
    other = make_region(code="77")
    for _ in range(2):
        ensure_guides(region)
        ensure_guides(other)
    urls = set(Guide.objects.filter(region=region).values_list("url", flat=True))
    assert urls == {
        "https://sferum.ru/?broadcast=-211859585_456239089",
        "https://sferum.ru/?broadcast=-211859585_456239088",
        "https://sferum.ru/?broadcast=-211859585_456239091",
        "https://prof-sferum.ru/sferum_teper_vnutry_vk_messenger",
    }
    assert not Guide.objects.filter(region=other).exists()
    assert Guide.objects.filter(region=None).count() == 6


def test_an_edited_row_is_not_brought_back(region: Region) -> None:
    ensure_guides(region)
    Guide.objects.filter(step=Step.MIGRATED, region=None).update(title="Свой заголовок")
    ensure_guides(region)
    assert Guide.objects.filter(region=None).count() == 6


def test_a_row_says_something(db: None) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Guide.objects.create(title="Пустышка")


def test_a_training_is_shown_until_it_is_over_and_its_recording_after(client: Client, region: Region) -> None:
    now = timezone.now()
    make_training(title="Идёт сейчас", starts_at=now - timedelta(minutes=30))
    make_training(title="Прошло без записи", starts_at=now - timedelta(days=1))
    make_training(title="Прошло", starts_at=now - timedelta(days=2), recording_url="https://sferum.ru/?broadcast=1_2")
    assert [row.title for row in Training.objects.upcoming()] == ["Идёт сейчас"]
    page = client.get(GUIDES).content.decode()
    assert "Идёт сейчас" in page
    assert "https://sferum.ru/?broadcast=1_2" in page
    assert "Прошло без записи" not in page


def test_a_visitor_reads_the_hour_of_the_region(client: Client, region: Region) -> None:
    make_training(starts_at=datetime(2099, 3, 2, 3, 0, tzinfo=UTC))
    assert "2 марта, 10:00</time> (Томская область)" in client.get(GUIDES).content.decode()


def test_the_feed_parses_and_speaks_utc(client: Client, region: Region) -> None:
    training = make_training(
        title="Перенос чатов; вопросы, ответы", steps=[7], join_url="https://sferum.ru/?call_link=x", region=region
    )
    make_training(title="Давно", starts_at=timezone.now() - timedelta(days=100))
    response = client.get(FEED)
    assert response["Content-Type"].startswith("text/calendar")
    calendar = Calendar.from_ical(response.content)
    (event,) = calendar.walk("VEVENT")
    assert event["SUMMARY"] == training.title
    assert event.decoded("DTSTART") == training.starts_at.replace(microsecond=0)
    assert event.decoded("DTEND") - event.decoded("DTSTART") == timedelta(minutes=90)
    assert b"DTSTART:" in response.content
    assert b"TZID" not in response.content
    assert event["URL"] == "https://sferum.ru/?call_link=x"
    assert "Чаты перенесены" in event["DESCRIPTION"]


def test_a_moved_training_keeps_its_identity(client: Client, region: Region) -> None:
    training = make_training(region=region)
    before = Calendar.from_ical(client.get(FEED).content).walk("VEVENT")[0]["UID"]
    training.starts_at += timedelta(days=1)
    training.save()
    (event,) = Calendar.from_ical(client.get(FEED).content).walk("VEVENT")
    assert event["UID"] == before
    assert event.decoded("DTEND") == (training.starts_at + timedelta(minutes=90)).replace(microsecond=0)


def test_pages_cost_the_same_for_three_and_for_three_hundred_rows(
    client: Client, region: Region, marina: User, enter: Enter
) -> None:
    signed_in = enter(marina)
    signed_in.get(GUIDES)

    def cost() -> list[int]:
        costs = []
        for browser, url in [(client, GUIDES), (client, FEED), (signed_in, GUIDES)]:
            with CaptureQueriesContext(connection) as queries:
                browser.get(url)
            costs.append(len(queries))
        return costs

    def add(number: int) -> None:
        for index in range(number):
            Guide.objects.create(region=region, title=f"Ссылка {index}", url="https://sferum.ru/", step=index % 7 + 1)
            make_training(region=region, steps=[1, 2])

    add(3)
    few = cost()
    add(297)
    assert cost() == few
    assert few[0] <= 5


def test_staff_write_help_in_the_administration(db: None, enter: Enter, settings: Any) -> None:
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "SecondFactor" not in name]
    browser = enter(make_user(is_staff=True, is_superuser=True))
    add = reverse("admin:guides_guide_add")
    typed = {"kind": "problem", "title": "Не грузится", "text": "Обновите", "step": "4", "order": "0", "url": ""}
    assert browser.post(add, typed).status_code == 302
    assert Guide.objects.get().step == Step.SIGNED_IN
    for bad in ({"title": "\0"}, {"text": "", "url": ""}, {"url": "javascript:alert(1)"}, {"title": "х" * 10_000}):
        response = browser.post(add, typed | bad)
        assert response.status_code == 200
        assert "errorlist" in response.content.decode()
    starts = f"01.12.{timezone.now().year + 1} 10:00"
    when = {"starts_at": starts, "steps": ["4", "5"], "title": "Вход", "minutes": "60"}
    assert browser.post(reverse("admin:guides_training_add"), when).status_code == 302
    training = Training.objects.get()
    assert (training.steps, training.step_words) == ([4, 5], "Вход подтверждён, Классы созданы")
    assert training.ends_at - training.starts_at == timedelta(hours=1)
    assert browser.get(reverse("admin:guides_training_change", args=[training.pk])).status_code == 200


def test_administrators_do_not_get_into_the_administration(marina: User, enter: Enter) -> None:
    assert enter(marina).get(reverse("admin:guides_guide_changelist")).status_code in (302, 403)
