"""A stranger gets the same answer whatever is asked; a person signs in by e-mail or by phone in any shape."""

import pytest
from django.test import Client

from accounts.models import User

pytestmark = pytest.mark.django_db
PASSWORD = "осенний-дождь-42"


@pytest.fixture
def marina() -> User:
    return User.objects.create_user("marina@example.ru", "+79250364405", PASSWORD, full_name="Смирнова Марина Ивановна")


def sign_in(client: Client, login: str, password: str = PASSWORD):
    return client.post("/accounts/login/", {"login": login, "password": password})


def test_page_says_whose_portal_it_is(client):
    page = client.get("/accounts/login/").content.decode()

    assert "Это портал департамента. Пароль от Сферума или Госуслуг здесь не нужен." in page
    assert 'href="/accounts/login/code/"' in page
    assert 'href="/welcome/"' in page


@pytest.mark.parametrize(
    "typed",
    ["marina@example.ru", " Marina@Example.RU ", "8 (925) 036-44-05", "+7 925 036 44 05", "9250364405", "8925 0364405"],
)
def test_person_signs_in_by_email_or_phone_in_any_shape(client, marina, typed):
    answer = sign_in(client, typed)

    assert answer.status_code == 302
    assert client.session["_auth_user_id"] == str(marina.pk)


def test_person_without_email_signs_in_by_phone(client):
    user = User.objects.create_user(phone="+79131234567", password=PASSWORD, full_name="Петров Олег Ильич")

    sign_in(client, "8-913-123-45-67")

    assert client.session["_auth_user_id"] == str(user.pk)
