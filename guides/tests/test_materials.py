"""Useful links and known problems: the coordinator of the region keeps them, a municipal one sees the list."""

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
from conftest import make_coordinator, make_region
from foundation.verbs import WrongStatus
from guides.models import Guide
from guides.models.guide import REVIEW_AFTER
from guides.statuses import GuideKind, LinkState
from organizations.models import Event, Region
from organizations.statuses import Step

Enter = Callable[[User], Client]
LIST, ADD = reverse("guides:materials"), reverse("guides:material-add")


def make_guide(region: Region | None, **fields: Any) -> Guide:
    return Guide.objects.create(**{"region": region, "title": "Вход", "url": "https://sferum.ru/"} | fields)


def page_of(guide: Guide, verb: str) -> str:
    return reverse(f"guides:material-{verb}", args=[guide.pk])


def typed(**fields: Any) -> dict[str, Any]:
    return {
        "kind": "problem",
        "title": "Код не приходит",
        "symptom": "После номера экран ждёт код, а сообщения нет.",
        "text": "Подождите и запросите ещё раз.",
        "url": "",
        "step": "4",
        "owner": "",
        "review_on": "",
    } | fields


def test_the_coordinator_adds_a_known_problem_and_people_read_it(
    region: Region, vera: User, marina: User, enter: Enter
) -> None:
    browser = enter(vera)
    assert 'value="problem" selected' in browser.get(f"{ADD}?kind=problem").content.decode()
    assert browser.post(ADD, typed(owner=vera.pk)).url == LIST
    guide = Guide.objects.get()
    assert (guide.region, guide.step, guide.owner) == (region, Step.SIGNED_IN, vera)
    assert Event.objects.get(verb="guide.added").region == region
    page = enter(marina).get(reverse("guides:guides")).content.decode()
    for words in ("Код не приходит", "После номера экран ждёт код", "Подождите и запросите"):
        assert words in page


def test_who_does_not_keep_the_region_gets_a_404(
    region: Region, nadia: User, marina: User, igor: User, enter: Enter
) -> None:
    mine, everybodys = make_guide(region), make_guide(None, title="Для всех")
    stranger = make_coordinator(make_region(code="77")).user
    for user in (nadia, marina, stranger):
        for guide in (mine, everybodys):
            for verb in ("change", "remove", "reviewed"):
                assert enter(user).post(page_of(guide, verb), typed()).status_code == 404
    assert Guide.objects.filter(title__in=["Вход", "Для всех"], review_on=None).count() == 2
    assert enter(marina).get(LIST).status_code == 404
    page = enter(nadia).get(LIST).content.decode()
    assert "Вход" in page
    assert "изменить" not in page
    assert "Вход" not in enter(stranger).get(LIST).content.decode().replace("Вход в", "")
    assert enter(igor).get(page_of(everybodys, "change")).status_code == 200


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ({"text": ""}, "что делать"),
        ({"kind": "link"}, "Нужна ссылка."),
        ({"kind": "virus"}, "Выберите корректный вариант"),
        ({"url": "javascript:alert(1)"}, "начинается с https://"),
        ({"url": "https://vk.com/away.php?to=https://evil.example"}, "только перенаправляет"),
        ({"step": "8"}, "Выберите корректный вариант"),
        ({"review_on": "1812-09-07"}, "Проверьте год"),
    ],
)
def test_bad_input_is_refused_in_words(
    bad: dict[str, Any], said: str, region: Region, vera: User, enter: Enter
) -> None:
    page = enter(vera).post(ADD, typed(**bad)).content.decode()
    assert said in page
    assert "После номера экран" in page
    assert not Guide.objects.exists()


def test_only_a_coordinator_of_the_region_can_be_the_owner(
    region: Region, vera: User, nadia: User, marina: User, enter: Enter
) -> None:
    stranger = make_coordinator(make_region(code="77")).user
    for user in (marina, stranger):
        assert "Выберите корректный вариант" in enter(vera).post(ADD, typed(owner=user.pk)).content.decode()
    assert enter(vera).post(ADD, typed(owner=nadia.pk)).status_code == 302


@pytest.mark.usefixtures("day_of_the_cast")
def test_an_overdue_review_is_shown_and_one_click_settles_it(region: Region, vera: User, enter: Enter) -> None:
    today = timezone.localdate()
    guide = make_guide(region, review_on=today - timedelta(days=3), owner=vera)
    make_guide(region, title="Не скоро", review_on=today + timedelta(days=1))
    browser = enter(vera)
    page = browser.get(LIST).content.decode()
    assert "Пора проверить: 1\u00a0материал" in page
    assert vera.full_name in page
    assert browser.get(page_of(guide, "reviewed")).status_code == 405
    assert "проверено" in browser.post(page_of(guide, "reviewed"), follow=True).content.decode()
    guide.refresh_from_db()
    assert guide.review_on == timezone.localdate() + REVIEW_AFTER
    assert Event.objects.get(verb="guide.reviewed").by == vera


def test_the_page_says_what_does_not_open_and_that_trial_mode_asks_nobody(
    region: Region, vera: User, enter: Enter, settings: Any
) -> None:
    guide = make_guide(region)
    guide.note_link(LinkState.SILENT)
    page = enter(vera).get(LIST).content.decode()
    assert "не открывается с" in page
    assert "сайт не отвечает" in page
    assert "ссылки не проверяются" in page
    assert "не открывается с" in enter(vera).get(reverse("guides:guides")).content.decode()
    enter(vera).post(page_of(guide, "change"), typed(kind="link", url="https://sferum.ru/new", title="Вход"))
    guide.refresh_from_db()
    assert (guide.broken_since, guide.link_state) == (None, ""), "another link: nobody has asked yet"


def test_removal_asks_first_and_leaves_its_line(region: Region, vera: User, enter: Enter) -> None:
    guide, browser = make_guide(region), enter(vera)
    assert "Удалить материал «Вход»?" in browser.get(page_of(guide, "remove")).content.decode()
    assert Guide.objects.exists()
    browser.post(page_of(guide, "remove"))
    assert not Guide.objects.exists()
    assert Event.objects.get(verb="guide.removed").object_id == guide.pk
    with pytest.raises(WrongStatus):
        guide.remove(by=vera)
    assert Event.objects.filter(verb="guide.removed").count() == 1


def test_what_a_colleague_has_changed_meanwhile_stays(region: Region, vera: User, enter: Enter) -> None:
    guide = make_guide(region, kind=GuideKind.LINK)
    stale = Guide.objects.get(pk=guide.pk)
    Guide.objects.filter(pk=guide.pk).update(title="Новое имя")
    stale.text = "Пояснение"
    stale.keep(by=vera, fields=["text"])
    guide.refresh_from_db()
    assert (guide.title, guide.text) == ("Новое имя", "Пояснение")


def test_the_list_costs_the_same_for_three_and_for_a_hundred(region: Region, vera: User, enter: Enter) -> None:
    browser = enter(vera)

    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            browser.get(LIST)
        return len(asked)

    for _ in range(3):
        make_guide(region, owner=vera)
    cost()
    few = cost()
    for _ in range(97):
        make_guide(region, owner=vera)
    assert cost() == few <= 16
