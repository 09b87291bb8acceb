"""«Войти как…» exists for the people of the example only, and never in a live portal."""

import pytest

from conftest import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def marina():
    return make_user(full_name="Демидова Марина Сергеевна", is_demo=True, demo_role="администратор школы")


def enter_as(client, user):
    return client.post(f"/accounts/enter-as/{user.pk}/")


def test_real_person_cannot_be_entered_as(client):
    assert enter_as(client, make_user(demo_role="координатор")).status_code == 404
    assert enter_as(client, make_user(is_demo=True)).status_code == 404
    assert "_auth_user_id" not in client.session


def test_live_portal_has_no_such_page(client, marina, settings):
    settings.PORTAL_LIVE = True

    assert enter_as(client, marina).status_code == 404
    assert "Войти как" not in client.get("/accounts/login/").content.decode()


def test_looking_enters_nobody(client, marina):
    assert client.get(f"/accounts/enter-as/{marina.pk}/").status_code == 405
    assert "_auth_user_id" not in client.session


def test_sign_in_page_offers_the_cast(client, marina):
    page = client.get("/accounts/login/").content.decode()
    assert "Войти как Марина Сергеевна – администратор школы" in page

    enter_as(client, marina)
    assert client.session["_auth_user_id"] == str(marina.pk)


def test_without_an_example_there_is_no_offer(client):
    assert "Войти как" not in client.get("/accounts/login/").content.decode()
