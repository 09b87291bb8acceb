"""The desk of portal staff: a school's administrator does not get in; people are let out by the verb, never deleted."""

import pytest
from django.contrib.admin.models import LogEntry

from accounts.models import User
from conftest import make_user

pytestmark = pytest.mark.django_db
LIST = "/admin/accounts/user/"


@pytest.fixture
def desk(enter):
    return enter(make_user(email="igor@example.ru", is_staff=True, is_superuser=True))


def act(desk, action, *users):
    data = {"action": action, "_selected_action": [user.pk for user in users]}
    return desk.post(LIST, data, follow=True).content.decode()


def test_administrator_of_a_school_does_not_get_in(enter):
    answer = enter(make_user()).get(LIST)

    assert answer["Location"].startswith("/admin/login/")


def test_person_is_found_by_name_and_by_address(desk):
    make_user(full_name="Демидова Марина Сергеевна", email="marina@example.ru")

    for asked in ("Демидова", "marina@"):
        assert "Демидова Марина Сергеевна" in desk.get(LIST, {"q": asked}).content.decode()


@pytest.mark.parametrize("asked", ["\0", "я" * 10_000, "‮"])
def test_odd_search_is_no_error(desk, asked):
    assert desk.get(LIST, {"q": asked}).status_code == 200


def test_no_hash_and_no_deletion(desk):
    user = make_user(password="осенний-дождь-42")
    page = desk.get(f"{LIST}{user.pk}/change/").content.decode()

    assert "argon2" not in page
    assert desk.post(f"{LIST}{user.pk}/delete/", {"post": "yes"}).status_code == 403
    assert "delete_selected" not in desk.get(LIST).content.decode()


def test_entrance_is_closed_and_opened_by_the_verbs(desk):
    user = make_user(full_name="Орлов Олег Петрович")

    assert "Орлов Олег Петрович: вход закрыт." in act(desk, "deactivate", user)
    user.refresh_from_db()
    assert not user.is_active
    assert user.deactivated_by.email == "igor@example.ru"
    assert "Вход уже закрыт" in act(desk, "deactivate", user)

    act(desk, "reactivate", user)
    user.refresh_from_db()
    assert user.is_active
    assert [entry.change_message for entry in LogEntry.objects.order_by("pk")] == ["вход закрыт", "вход возвращён"]


def test_nobody_locks_oneself_out(desk):
    assert "с собой этого сделать нельзя" in act(desk, "deactivate", User.objects.get(email="igor@example.ru"))
    assert desk.get(LIST).status_code == 200


def test_address_is_kept_in_one_shape_and_once(desk):
    add = {"full_name": "Белова Анна Павловна", "phone": ""}
    desk.post(f"{LIST}add/", add | {"email": "Anna@Example.ru"})
    again = desk.post(f"{LIST}add/", add | {"email": "ANNA@example.ru"})

    assert User.objects.get(full_name="Белова Анна Павловна").email == "anna@example.ru"
    assert "уже существует" in again.content.decode()


def test_person_is_added_with_a_phone_alone(desk):
    desk.post(f"{LIST}add/", {"full_name": "Белова Анна Павловна", "email": "", "phone": "8 913 000-00-07"})

    user = User.objects.get(phone="+79130000007")
    assert user.email is None
    assert not user.has_usable_password()
