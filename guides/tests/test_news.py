"""«Что изменилось»: short entries, and a dot in the navigation until the person says «Прочитано», not until a look."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from conftest import make_coordinator, make_region, make_user
from guides.models import News, Reader
from organizations.models import Event, Region

Enter = Callable[[User], Client]
LIST, ADD, READ, GUIDES = (reverse(f"guides:{name}") for name in ("news", "news-add", "news-read", "guides"))
DOT = "есть новое"


def make_news(region: Region | None, **fields: Any) -> News:
    return News.objects.create(**{"region": region, "title": "Чаты переносим в MAX"} | fields)


def page_of(row: News, verb: str) -> str:
    return reverse(f"guides:news-{verb}", args=[row.pk])


def test_the_coordinator_writes_and_people_of_the_region_see_a_dot(
    region: Region, vera: User, marina: User, enter: Enter
) -> None:
    stranger = make_coordinator(make_region(code="77")).user
    assert DOT not in enter(marina).get(GUIDES).content.decode()
    typed = {"title": "Чаты переносим в MAX", "text": "Новые чаты заводите сразу там."}
    assert enter(vera).post(ADD, typed).url == LIST
    row = News.objects.get()
    assert (row.region, row.written_by) == (region, vera)
    assert Event.objects.get(verb="news.added").region == region
    for page in (GUIDES, LIST):
        text = enter(marina).get(page).content.decode()
        assert DOT in text
        assert "Чаты переносим в MAX" in text
        assert "новое</span>" in text
    text = enter(stranger).get(GUIDES).content.decode()
    assert DOT not in text
    assert "Чаты переносим в MAX" not in text


def test_looking_leaves_the_dot_and_the_button_takes_it_away(region: Region, marina: User, enter: Enter) -> None:
    make_news(region)
    browser = enter(marina)
    for _ in range(2):
        assert DOT in browser.get(LIST).content.decode()
    assert not Reader.objects.exists()
    assert browser.get(READ).status_code == 405
    page = browser.post(READ, {"until": News.objects.get().published_at.isoformat()}, follow=True).content.decode()
    assert DOT not in page
    assert "Прочитано" not in page
    assert "Чаты переносим в MAX" in page


def test_what_was_published_while_the_page_was_open_stays_unread(region: Region, marina: User, enter: Enter) -> None:
    shown = make_news(region)
    later = make_news(region, title="Позже", published_at=shown.published_at + timedelta(milliseconds=5))
    browser = enter(marina)
    browser.post(READ, {"until": shown.published_at.isoformat()})
    assert list(News.objects.unread_by(marina)) == [later]
    browser.post(READ, {"until": later.published_at.isoformat()})
    browser.post(READ, {"until": shown.published_at.isoformat()})  # an older page of another tab
    assert not News.objects.unread_by(marina).exists()


def test_nobody_reads_the_future(region: Region, marina: User, enter: Enter) -> None:
    enter(marina).post(READ, {"until": "2999-01-01T00:00:00+00:00"})
    row = make_news(region, published_at=timezone.now() + timedelta(seconds=1))
    assert list(News.objects.unread_by(marina)) == [row]
    assert enter(marina).post(READ, {"until": "вчера\0"}).status_code == 302


def test_what_was_there_before_the_person_came_is_no_news(region: Region, marina: User) -> None:
    make_news(region, published_at=marina.date_joined - timedelta(days=1))
    assert not News.objects.unread_by(marina).exists()
    News.objects.update(published_at=marina.date_joined + timedelta(seconds=1))
    assert News.objects.unread_by(marina).exists()


def test_who_does_not_keep_the_region_gets_a_404(region: Region, nadia: User, marina: User, enter: Enter) -> None:
    mine, everybodys = make_news(region), make_news(None)
    stranger = make_coordinator(make_region(code="77")).user
    for user in (nadia, marina, stranger):
        for row in (mine, everybodys):
            for verb in ("change", "remove"):
                assert enter(user).get(page_of(row, verb)).status_code == 404
                assert enter(user).post(page_of(row, verb), {"title": "Чужое"}).status_code == 404
    assert enter(nadia).get(ADD).status_code == 404
    assert News.objects.filter(title="Чужое").count() == 0


@pytest.mark.parametrize("title", ["", "Я" * 201, "\0", "\u202eртёП"])
def test_bad_input_is_refused_in_words(title: str, region: Region, vera: User, enter: Enter) -> None:
    page = enter(vera).post(ADD, {"title": title, "text": "Подробности остались"}).content.decode()
    assert "Не отправлено" in page
    assert "Подробности остались" in page
    assert not News.objects.exists()


def test_an_entry_is_corrected_and_removed_after_a_question(region: Region, vera: User, enter: Enter) -> None:
    row, browser = make_news(region), enter(vera)
    browser.post(page_of(row, "change"), {"title": "Исправлено", "text": ""})
    assert News.objects.get().title == "Исправлено"
    assert "Удалить запись «Исправлено»?" in browser.get(page_of(row, "remove")).content.decode()
    browser.post(page_of(row, "remove"))
    assert not News.objects.exists()
    verbs = ["news.changed", "news.removed"]
    assert list(Event.objects.filter(verb__startswith="news").order_by("pk").values_list("verb", flat=True)) == verbs


def test_the_page_costs_the_same_for_three_and_for_a_hundred(region: Region, vera: User, enter: Enter) -> None:
    browser = enter(vera)

    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            browser.get(LIST)
        return len(asked)

    make_news(region)
    cost()
    few = cost()
    for number in range(99):
        make_news(region, title=f"Новость {number}")
    assert cost() == few <= 18


def test_staff_write_for_all_regions_with_the_same_verbs(db: None, enter: Enter, settings: Any) -> None:

    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "SecondFactor" not in name]
    staff = make_user(is_staff=True, is_superuser=True)
    browser = enter(staff)
    browser.post(reverse("admin:guides_news_add"), {"title": "Для всех", "text": "", "region": ""})
    row = News.objects.get()
    assert (row.region, row.written_by) == (None, staff)
    assert Event.objects.get(verb="news.added").by == staff
    browser.post(reverse("admin:guides_news_delete", args=[row.pk]), {"post": "yes"})
    assert Event.objects.get(verb="news.removed").by == staff
