"""A link or sheet for the first entry serves once; an invented one is no page at all."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts.welcome import PURPOSE, sign_in_sheet, welcome_link_for, welcome_token_for
from conftest import make_user
from foundation.codes import show_code
from foundation.tokens import paper_code, sign
from foundation.verbs import WrongStatus

pytestmark = pytest.mark.django_db
NEW = {"new_password1": "осенний-дождь-42", "new_password2": "осенний-дождь-42"}


@pytest.fixture
def anna():
    return make_user(email="anna@example.ru", phone="+79250364405", full_name="Белова Анна Павловна")


def address(user):
    return f"/welcome/{welcome_token_for(user)}/"


def sheet_code(user):
    return show_code(paper_code(PURPOSE, user.pk, user.welcome_version))


def who(client):
    return client.session.get("_auth_user_id")


@pytest.mark.parametrize("spoil", [lambda token: token[:-1] + "ы", lambda token: "я" * 500, lambda token: token + "."])
def test_tampered_link_is_no_page(client, anna, spoil):
    assert client.get(f"/welcome/{spoil(welcome_token_for(anna))}/").status_code == 404


def test_link_of_another_purpose_is_no_page(client, anna):
    assert client.get(f"/welcome/{sign('appoint', anna.pk)}/").status_code == 404


def test_link_shows_whose_it_is_and_changes_nothing(client, anna):
    pages = [client.get(address(anna)) for _ in range(3)]

    page = pages[-1].content.decode()
    assert "Здравствуйте, Анна Павловна!" in page
    assert "anna@example.ru" in page
    assert "+7 925 036-44-05" in page
    assert "Пароль от Сферума или Госуслуг здесь не нужен" in page
    assert who(client) is None
    anna.refresh_from_db()
    assert anna.welcome_version == 1


def test_first_entry_sets_the_password_and_kills_the_link(client, anna):
    link = address(anna)
    assert client.post(link, NEW).status_code == 302

    assert who(client) == str(anna.pk)
    anna.refresh_from_db()
    assert anna.check_password(NEW["new_password1"])
    again = Client().get(link)
    assert again.status_code == 410
    assert "Ссылка уже использована" in again.content.decode()


def test_second_of_two_at_once_is_told(anna):
    other = type(anna).objects.get(pk=anna.pk)
    anna.enter_first_time(version=1, password="осенний-дождь-42")

    with pytest.raises(WrongStatus):
        other.enter_first_time(version=1, password="чужой-пароль-99")

    other.refresh_from_db()
    assert other.check_password("осенний-дождь-42")


def test_own_mailbox_may_go_on_without_a_password(client, anna):
    client.post(address(anna), {"by_code": "1"})

    anna.refresh_from_db()
    assert who(client) == str(anna.pk)
    assert not anna.has_usable_password()


def test_shared_mailbox_may_not(client):
    user = make_user(email="school@edu.example.ru", email_is_shared=True)
    link = address(user)

    assert "Войти без пароля" not in client.get(link).content.decode()
    answer = client.post(link, {"by_code": "1"})

    assert answer.status_code == 200
    assert who(client) is None


@pytest.mark.parametrize("weak", ["1234567890", "короткий", "а\0бвгдежзиклм"])
def test_weak_password_is_refused_at_its_field_and_the_link_lives(client, anna, weak):
    link = address(anna)
    answer = client.post(link, {"new_password1": weak, "new_password2": weak})

    assert "is-invalid" in answer.content.decode()
    assert client.get(link).status_code == 200


def test_link_grows_old(client, anna):
    link = address(anna)
    with time_machine.travel(timezone.now() + timedelta(days=15)):
        answer = client.get(link)

    assert answer.status_code == 410
    assert "Срок ссылки истёк" in answer.content.decode()


def test_new_version_revokes_links_given_before(client, anna):
    link = address(anna)
    anna.revoke_welcome()

    assert client.get(link).status_code == 410
    assert client.get(address(anna)).status_code == 200


def test_password_set_another_way_kills_a_sheet_that_was_never_used(anna, enter):
    code = sheet_code(anna)
    new = "зимний-вечер-17"
    enter(anna).post("/accounts/password/set/", {"password1": new, "password2": new})
    anna.refresh_from_db()

    assert anna.check_password(new)
    answer = Client().post("/welcome/", {"login": "+79250364405", "code": code})
    assert "Такой пары нет" in answer.content.decode()


def test_letter_holds_the_place_of_the_link_not_the_link(anna):
    link = welcome_link_for(anna)

    assert (link.path, link.purpose, link.object_id, link.version) == ("/welcome/{token}/", "welcome", anna.pk, 1)


@pytest.mark.parametrize("login", ["8 (925) 036-44-05", "Anna@example.ru"])
def test_sheet_leads_to_the_same_page(client, anna, login):
    typed = sheet_code(anna).lower().replace("-", " ")
    answer = client.post("/welcome/", {"login": login, "code": typed}, follow=True)

    assert "Здравствуйте, Анна Павловна!" in answer.content.decode()


def test_code_of_another_or_of_a_used_sheet_reads_like_an_unknown_one(client, anna):
    other = make_user(phone="+79130000001")
    used = sheet_code(anna)
    anna.enter_first_time(version=1)

    answers = [
        client.post("/welcome/", {"login": login, "code": code}).content.decode()
        for login, code in [
            ("+79250364405", sheet_code(other)),
            ("+79250364405", used),
            ("+79990000000", used),
            ("+79250364405", "1"),
        ]
    ]

    assert all("Такой пары нет" in page for page in answers)


def test_guessing_codes_stops_after_twenty_tries(client, anna):
    for _ in range(20):
        client.post("/welcome/", {"login": "+79250364405", "code": "AAAA-BBBB-CCCC"})

    stopped = client.post("/welcome/", {"login": "+79250364405", "code": sheet_code(anna)})

    assert stopped.status_code == 429
    assert "Слишком много попыток" in stopped.content.decode()


def test_sheet_is_a_pdf(anna):
    pdf = sign_in_sheet(anna, issued_by="Кузнецова Вера Николаевна", department="Департамент", phone="+7 3822 00-00-01")

    assert pdf.startswith(b"%PDF")


def test_looking_costs_no_password_hash(client, anna, monkeypatch):
    hashed = []
    monkeypatch.setattr("django.contrib.auth.hashers.Argon2PasswordHasher.encode", lambda *a, **k: hashed.append(1))
    for path in (address(anna), "/welcome/", "/accounts/login/", "/accounts/login/code/", "/accounts/password/reset/"):
        assert client.get(path).status_code == 200

    assert hashed == []
