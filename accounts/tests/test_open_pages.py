"""Which pages open without signing in: these and no others; what this portal does not have, has no address."""

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts import signin_urls
from accounts import urls as own_urls
from conftest import make_user

pytestmark = pytest.mark.django_db
OPEN = {
    "accounts:enter-as",
    "accounts:welcome",
    "accounts:welcome-type",
    "account_complete_password_reset",
    "account_confirm_login_code",
    "account_confirm_password_reset_code",
    "account_inactive",
    "account_login",
    "account_logout",
    "account_password_reset_completed",
    "account_request_login_code",
    "account_reset_password",
    "mfa_authenticate",
}


def routes(patterns, prefix=""):
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, prefix)
        elif isinstance(pattern, URLPattern):
            yield prefix + (pattern.name or ""), pattern.callback


def test_only_the_written_pages_are_open():
    found = [*routes(signin_urls.urlpatterns), *routes(own_urls.urlpatterns, "accounts:")]

    assert {name for name, view in found if not getattr(view, "login_required", True)} == OPEN


@pytest.mark.parametrize(
    "path",
    ["signup/", "email/", "confirm-email/", "phone/change/", "3rdparty/", "social/signup/", "2fa/webauthn/login/", ""],
)
def test_what_the_portal_does_not_have_is_not_found(enter, path):
    assert enter(make_user()).get(f"/accounts/{path}").status_code == 404


def test_closed_pages_lead_to_sign_in_and_back():
    answer = Client().get("/accounts/sessions/")

    assert answer["Location"] == "/accounts/login/?next=/accounts/sessions/"


def test_every_page_of_ones_account_opens(enter):
    user = make_user(password="осенний-дождь-42")
    client = enter(user)
    pages = ["2fa/", "sessions/", "password/change/", "logout/", "reauthenticate/"]

    assert {path: client.get(f"/accounts/{path}").status_code for path in pages} == dict.fromkeys(pages, 200)


def test_sign_in_leads_to_nobody_elses_site(client):
    make_user(email="anna@example.ru", password="осенний-дождь-42")
    typed = {"login": "anna@example.ru", "password": "осенний-дождь-42", "next": "https://evil.example/"}

    assert client.post("/accounts/login/", typed)["Location"] == "/"


def test_resolver_knows_sign_in_by_allauths_name():
    assert "account_login" in get_resolver().reverse_dict
