"""A stranger gets the same answer whatever is asked; a person signs in by e-mail or by phone in any shape."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from accounts.models import User
from conftest import make_user
from correspondence.models import Lane, Letter

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"
PASSWORD = "осенний-дождь-42"


@pytest.fixture
def anna():
    return make_user(email="anna@example.ru", phone="+79250364405", password=PASSWORD)


def sign_in(client, login, password=PASSWORD):
    return client.post(LOGIN, {"login": login, "password": password})


def ask_code(client, email, page="/accounts/login/code/"):
    return client.post(page, {"email": email}, follow=True)


def code_in(letter):
    return re.search(r"\d{4}-\d{4}", letter.text)[0]


def same_page(answer, email):
    """The page without what differs for everybody: the token of the form and the typed address."""
    return re.sub(r'"[A-Za-z0-9]{64}"', "", answer.content.decode()).replace(email, "…")


def who(client):
    return client.session.get("_auth_user_id")


def test_page_says_whose_portal_it_is(client):
    page = client.get(LOGIN).content.decode()

    assert "Это портал департамента. Пароль от Сферума или Госуслуг здесь не нужен." in page
    assert 'href="/accounts/login/code/"' in page
    assert 'href="/welcome/"' in page


@pytest.mark.parametrize(
    "typed",
    ["anna@example.ru", " Anna@Example.RU ", "8 (925) 036-44-05", "+7 925 036 44 05", "9250364405", "8925 0364405"],
)
def test_person_signs_in_by_email_or_phone_in_any_shape(client, anna, typed):
    answer = sign_in(client, typed)

    assert answer.status_code == 302
    assert who(client) == str(anna.pk)


def test_person_without_email_signs_in_by_phone(client):
    user = make_user(email=None, phone="+79131234567", password=PASSWORD)

    sign_in(client, "8-913-123-45-67")

    assert who(client) == str(user.pk)


def test_wrong_password_and_unknown_login_read_the_same(anna):
    pages = {
        same_page(sign_in(Client(), login, "не тот пароль"), login)
        for login in ("anna@example.ru", "nobody@example.ru", "+79250364405", "+79130000000", "анна")
    }

    assert len(pages) == 1
    assert "или пароль не подошли" in pages.pop()


def test_five_wrong_passwords_for_one_phone_do_not_lock_another(client, anna):
    for _ in range(6):
        refused = sign_in(client, "+7 913 000-00-00", "не тот пароль")
    assert "Слишком много попыток" in refused.content.decode()

    sign_in(client, "+7 925 036-44-05")

    assert who(client) == str(anna.pk)


@pytest.mark.parametrize("typed", ["", "я" * 10_000, "a\0b", "‮oleg", "<script>alert(1)</script>"])
@pytest.mark.parametrize(
    "path", ["/accounts/login/", "/accounts/login/code/", "/accounts/password/reset/", "/welcome/"]
)
def test_what_is_not_a_login_is_refused_at_its_field(client, path, typed):
    answer = client.post(path, {"login": typed, "email": typed, "password": typed, "code": typed})

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "<script>alert" not in page
    assert "is-invalid" in page or "не подошли" in page


def test_what_was_typed_stays_in_the_form(client):
    page = sign_in(client, "anna@exampel.ru", "не тот пароль").content.decode()

    assert 'value="anna@exampel.ru"' in page
    assert "не тот пароль" not in page


def test_many_posts_from_one_address_wait_a_minute(client):
    for _ in range(31):
        answer = client.post(LOGIN, {})

    assert answer.status_code == 429
    assert "Подождите минуту" in answer.content.decode()


def test_code_reaches_ones_own_mailbox_through_the_outbox(client, anna, mailoutbox):
    page = ask_code(client, "Anna@example.ru").content.decode()

    letter = Letter.objects.get()
    assert mailoutbox == []
    assert letter.recipient == "anna@example.ru"
    assert letter.lane == Lane.ACCESS
    assert letter.shown_text == "•••"
    assert code_in(letter) not in page

    client.post("/accounts/login/code/confirm/", {"code": code_in(letter)})
    assert who(client) == str(anna.pk)


def test_second_code_is_another_letter(client, anna):
    ask_code(client, "anna@example.ru")
    client.post("/accounts/login/code/confirm/", {"action": "resend"})

    first, second = Letter.objects.order_by("pk")
    assert code_in(first) != code_in(second)


def test_three_wrong_codes_end_the_attempt(client, anna):
    ask_code(client, "anna@example.ru")
    for _ in range(3):
        client.post("/accounts/login/code/confirm/", {"code": "0000-0000"})

    client.post("/accounts/login/code/confirm/", {"code": code_in(Letter.objects.get())})
    assert who(client) is None


@pytest.mark.parametrize("page", ["/accounts/login/code/", "/accounts/password/reset/"])
def test_shared_mailbox_and_unknown_address_get_no_letter_and_the_same_page(anna, page):
    make_user(email="school@edu.example.ru", email_is_shared=True)
    make_user(email="gone@example.ru", is_active=False)

    pages = {
        same_page(ask_code(Client(), email, page), email)
        for email in ("anna@example.ru", "school@edu.example.ru", "gone@example.ru", "nobody@example.ru")
    }

    assert len(pages) == 1
    assert "записана в портале как ваша личная почта" in pages.pop()
    assert [letter.recipient for letter in Letter.objects.all()] == ["anna@example.ru"]


def test_address_that_becomes_official_stops_signing_in(client, anna):
    User.objects.mark_shared("Anna@example.ru", "other@example.ru")
    ask_code(client, "anna@example.ru")

    assert not Letter.objects.exists()


def test_no_code_signs_in_where_no_letter_left(client):
    make_user(email="school@edu.example.ru", email_is_shared=True)
    ask_code(client, "school@edu.example.ru")

    for typed in ("", "0000-0000"):
        client.post("/accounts/login/code/confirm/", {"code": typed})

    assert who(client) is None


def test_without_the_mark_the_shared_mailbox_would_sign_in(client):
    """Red control: the mark alone stands between the school's mailbox and this person."""
    user = make_user(email="school@edu.example.ru", email_is_shared=False)
    ask_code(client, "school@edu.example.ru")
    client.post("/accounts/login/code/confirm/", {"code": code_in(Letter.objects.get())})

    assert who(client) == str(user.pk)


def test_forgotten_password_is_set_anew_by_a_code(client, anna):
    ask_code(client, "anna@example.ru", "/accounts/password/reset/")
    client.post("/accounts/password/reset/confirm/", {"code": code_in(Letter.objects.get())})
    new = "зимний-вечер-17"
    done = client.post("/accounts/password/reset/complete/", {"password1": new, "password2": new}, follow=True)

    assert "Пароль сохранён" in done.content.decode()
    sign_in(client, "anna@example.ru", new)
    assert who(client) == str(anna.pk)
    assert Letter.objects.filter(lane=Lane.NOTICE, subject__contains="новый пароль").count() == 1


def test_addresses_stand_in_one_place_only(client, anna):
    """allauth keeps addresses in a table of its own; a row there would outlive a change of the user's e-mail."""
    test_forgotten_password_is_set_anew_by_a_code(client, anna)

    assert not EmailAddress.objects.exists()


def test_closed_account_is_told_whom_to_call(client, anna):
    anna.deactivate(by=None)

    answer = client.post(LOGIN, {"login": "anna@example.ru", "password": PASSWORD}, follow=True)

    assert "Вход закрыт" in answer.content.decode()
    assert who(client) is None
