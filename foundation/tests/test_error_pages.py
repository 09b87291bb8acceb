"""Errors are pages in Russian with a way out; a lost database keeps what was typed. Anybody may see them."""

from collections.abc import Callable
from typing import Any
from unittest import mock

import pytest
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from foundation.middleware import RequestIdFilter
from sferum_onboarding import urls as real_urls


def _raising(error: Exception) -> Callable[[HttpRequest], HttpResponse]:
    def view(request: HttpRequest) -> HttpResponse:
        raise error

    return login_not_required(view)


urlpatterns = [
    path("lost/", _raising(OperationalError("server closed the connection"))),
    path("unreachable/", _raising(InterfaceError("connection already closed"))),
    path("broken/", _raising(ZeroDivisionError())),
    path("forbidden/", _raising(PermissionDenied())),
    path("suspicious/", _raising(SuspiciousOperation())),
    *real_urls.urlpatterns,
]
handler400, handler403 = real_urls.handler400, real_urls.handler403
handler404, handler500 = real_urls.handler404, real_urls.handler500

pytestmark = pytest.mark.usefixtures("_these_urls")


@pytest.fixture
def _these_urls() -> object:
    with override_settings(ROOT_URLCONF=__name__):
        yield


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False)


@pytest.mark.parametrize(
    ("address", "status"),
    [("/broken/", 500), ("/forbidden/", 403), ("/suspicious/", 400), ("/lost/", 503), ("/unreachable/", 503)],
)
def test_every_error_is_a_page_in_russian_without_the_database(visitor: Client, address: str, status: int) -> None:
    answer = visitor.get(address)
    assert answer.status_code == status
    assert 'lang="ru"' in answer.content.decode()


@pytest.mark.django_db
def test_unknown_page_is_a_404_in_russian(visitor: Client) -> None:
    answer = visitor.get("/no-such-page/")
    assert answer.status_code == 404
    assert 'lang="ru"' in answer.content.decode()


@pytest.mark.django_db
def test_a_button_for_what_is_gone_says_so_and_blames_no_address(visitor: Client) -> None:
    """Who pressed «Объединить» or «Снять» in a second tab read of a misprint and did not know whether it was done."""
    page = visitor.post("/no-such-page/").content.decode()
    assert "Этого здесь уже нет" in page
    assert "опечатка" not in page
    assert "опечатка" in visitor.get("/no-such-page/").content.decode()


def test_lost_database_keeps_the_form_that_was_sent(visitor: Client) -> None:
    typed = {"name": "Школа «№ 1»\nвторая строка", "note": "<script>alert(1)</script>", "classes": ["1", "2"]}
    answer = visitor.post("/lost/?step=2", typed | {"password": "secret-of-mine", "new_password1": "secret-of-mine"})
    page = answer.content.decode()
    assert answer.status_code == 503
    assert answer["Retry-After"] == "30"
    assert "no-store" in answer["Cache-Control"]
    assert 'action="/lost/?step=2"' in page
    assert "Школа «№ 1»\nвторая строка" in page
    assert page.count('name="classes"') == 2
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page
    assert "secret-of-mine" not in page


def test_lost_database_on_the_way_to_the_view_is_a_503_too(visitor: Client) -> None:
    """The session is read by a middleware, before any view."""
    visitor.cookies["portal_session"] = "a" * 32
    with mock.patch("django.contrib.sessions.backends.db.SessionStore.load", side_effect=OperationalError("gone")):
        assert visitor.get("/organizations-of-mine/").status_code in {404, 503}
        assert visitor.get("/admin/").status_code == 503


def test_stale_form_is_told_how_to_go_on() -> None:
    strict = Client(raise_request_exception=False, enforce_csrf_checks=True)
    answer = strict.post("/lost/", {"name": "Школа"})
    assert answer.status_code == 403
    assert "обновите страницу" in answer.content.decode().lower()


def test_every_answer_bears_its_number_and_the_page_of_an_error_shows_it(visitor: Client) -> None:
    answer = visitor.get("/broken/")
    assert len(answer["X-Request-ID"]) == 12
    assert answer["X-Request-ID"] in answer.content.decode()
    assert answer["X-Request-ID"] != visitor.get("/broken/")["X-Request-ID"]


@pytest.mark.parametrize(
    ("proxies", "offered", "is_taken"),
    [(1, "abcdef-12345", True), (0, "abcdef-12345", False), (1, "a b", False), (1, "<b>12345678</b>", False)],
)
def test_number_is_taken_only_from_a_trusted_proxy(visitor: Client, proxies: int, offered: str, is_taken: bool) -> None:
    with override_settings(TRUSTED_PROXIES=proxies):
        answer = visitor.get("/broken/", headers={"X-Request-ID": offered})
    assert (answer["X-Request-ID"] == offered) is is_taken


def test_line_of_the_log_bears_the_number_of_the_request(visitor: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.handler.addFilter(RequestIdFilter())
    answer = visitor.get("/broken/")
    assert {record.request_id for record in caplog.records} == {answer["X-Request-ID"]}


@pytest.mark.django_db
def test_the_address_of_a_button_opened_by_hand_is_a_page_in_words(school: Any, marina: Any, enter: Any) -> None:
    answer = enter(marina).get(f"/organizations/{school.pk}/requests/accept/")
    assert answer.status_code == 405
    assert "работает только вместе с кнопкой" in answer.content.decode()
    assert answer.headers["Content-Length"] == str(len(answer.content))
