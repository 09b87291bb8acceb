"""Relieved, deactivated or with a new password: whoever is signed in elsewhere is out at the next request."""

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

from conftest import make_user
from foundation.verbs import WrongStatus

pytestmark = pytest.mark.django_db
PASSWORD = "осенний-дождь-42"
PAGE = "/accounts/sessions/"


@pytest.fixture
def anna():
    return make_user(email="anna@example.ru", password=PASSWORD)


def signed_in():
    client = Client()
    client.post("/accounts/login/", {"login": "anna@example.ru", "password": PASSWORD})
    assert client.get(PAGE).status_code == 200
    return client


def is_out(client):
    return client.get(PAGE).status_code == 302


def test_end_sessions_ends_them_all_and_nobody_elses(anna, enter):
    other = enter(make_user())
    office, phone = signed_in(), signed_in()
    anna.end_sessions()

    assert is_out(office)
    assert is_out(phone)
    assert not UserSession.objects.filter(user=anna).exists()
    assert not is_out(other)
    assert not is_out(signed_in())


def test_session_that_stands_on_no_list_ends_too(anna):
    client = signed_in()
    UserSession.objects.all().delete()
    anna.end_sessions()

    assert is_out(client)


def test_deactivation_ends_sessions_for_good(anna):
    client = signed_in()
    anna.deactivate(by=None)
    assert is_out(client)

    anna.reactivate(by=None)
    assert is_out(client)


def test_deactivation_remembers_who_was_first(anna):
    igor = make_user(full_name="Соколов Игорь Андреевич")
    anna.deactivate(by=igor)

    with pytest.raises(WrongStatus) as late:
        anna.deactivate(by=None)

    assert late.value.by_name == "Соколов Игорь Андреевич"
    assert late.value.at == anna.deactivated_at


def test_new_password_ends_the_other_sessions(anna):
    here, elsewhere = signed_in(), signed_in()
    new = "зимний-вечер-17"
    here.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})

    assert not is_out(here)
    assert is_out(elsewhere)


def test_list_names_browsers_in_words_and_ends_the_others(anna):
    yandex = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/118.0 YaBrowser/23.11 Safari/537.36"
    elsewhere, here = signed_in(), Client(headers={"user-agent": yandex})
    here.post("/accounts/login/", {"login": "anna@example.ru", "password": PASSWORD})

    assert "Яндекс Браузер, Windows" in here.get(PAGE).content.decode()
    here.post(PAGE)
    assert is_out(elsewhere)
    assert not is_out(here)


@pytest.mark.parametrize(
    ("came_from", "led_to"),
    [
        ("http://testserver/region/?a=1#norms", "/accounts/login/?next=/region/%3Fa%3D1"),
        ("", "/accounts/login/?next=/region/norms/"),
        ("http://elsewhere.example/region/", "/accounts/login/?next=/region/norms/"),
    ],
)
def test_a_button_of_a_lapsed_session_leads_back_to_its_page(client, came_from, led_to):
    """Its own address opens nothing: after the sign-in stood «открыть нечего», and what was typed was out of reach."""
    assert client.post("/region/norms/", headers={"referer": came_from})["Location"] == led_to
    assert client.get("/region/norms/", headers={"referer": came_from})["Location"].endswith("next=/region/norms/")
