"""The head names the administrator by a link or by a code on paper: once, safely, with every mistake explained."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from conftest import make_user
from correspondence.models import Letter
from foundation.tokens import sign
from organizations.head_links import PURPOSE, head_code
from organizations.letters import invite_head
from organizations.models import Appointment, Organization
from organizations.statuses import AppointmentRole, Source, Step

PERSON = {"full_name": "Смирнова Анна Петровна", "phone": "8 900 123-45-67", "phone_again": "+79001234567"}


def address(school: Organization) -> str:
    return reverse("organizations:appoint-by-link", args=[sign(PURPOSE, school.pk, school.head_link_version)])


def test_a_forged_link_is_not_found(client: Client, school: Organization) -> None:
    assert client.get("/appoint/abc/").status_code == 404
    other = sign("receipt", school.pk, school.head_link_version)
    assert client.get(f"/appoint/{other}/").status_code == 404


def test_the_head_names_the_administrator_and_prints_the_order(client: Client, school: Organization) -> None:
    page = client.get(address(school)).content.decode()
    assert school.full_name in page
    assert "коды из СМС" in page
    response = client.post(address(school), PERSON | {"email": "anna@example.ru"}, follow=True)
    assert "Администратор назначен" in response.content.decode()
    school.refresh_from_db()
    assert school.step == Step.APPOINTED
    assert school.administrator.phone == "+79001234567"
    letter = Letter.objects.get()
    assert letter.recipient == "anna@example.ru"
    assert "[[link]]" in letter.text
    assert "•••" in letter.shown_text
    order = client.get(response.request["PATH_INFO"] + "order.pdf")
    assert order.content.startswith(b"%PDF")


def test_the_link_works_once(client: Client, school: Organization) -> None:
    link = address(school)
    client.post(link, PERSON)
    response = client.post(link, PERSON | {"full_name": "Другой Человек"})
    assert response.status_code == 410
    assert "уже использована" in response.content.decode()
    assert Appointment.objects.count() == 1


def test_opening_the_link_changes_nothing(client: Client, school: Organization) -> None:
    client.get(address(school))
    client.head(address(school))
    assert not Appointment.objects.exists()
    school.refresh_from_db()
    assert school.head_link_version == 1


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("phone", "+7 3822 51-00-00", "мобильный"),
        ("phone_again", "+7 900 123-45-68", "не совпадают"),
        ("full_name", "Смирнова\u0000 Анна", "Уберите"),
        ("full_name", "<script>alert(1)</script> Анна", "только буквы"),
        ("full_name", "Смирновa Анна", "латинскими"),
        ("full_name", "А" * 10_000, "не более"),
        ("email", "anna@localhost", "адрес"),
        ("full_name", "\u202eСмирнова Анна", "Уберите"),
        ("full_name", "", "Обязательное"),
    ],
)
def test_a_mistake_is_explained_at_its_field_and_nothing_is_lost(
    client: Client, school: Organization, field: str, value: str, words: str
) -> None:
    response = client.post(address(school), PERSON | {"position": "завуч", field: value})
    page = response.content.decode()
    assert response.status_code == 200
    assert words in page
    assert "завуч" in page
    assert not Appointment.objects.exists()


def test_a_number_used_elsewhere_needs_a_reason(client: Client, school: Organization, oleg: User) -> None:
    person = PERSON | {"phone": str(oleg.phone), "phone_again": str(oleg.phone)}
    assert "другой организации" in client.post(address(school), person).content.decode()
    assert not school.appointments.exists()
    client.post(address(school), person | {"shared_phone_reason": "Ведёт обе школы"})
    assert school.appointments.get().shared_phone_reason == "Ведёт обе школы"


def test_the_sheet_on_paper_leads_to_the_same_page(client: Client, school: Organization) -> None:
    code = head_code(school)
    response = client.post("/appoint/", {"inn": f" {school.inn} ", "code": code.lower()})
    assert response.status_code == 302
    assert client.get(response["Location"]).status_code == 200


def test_guessing_codes_is_stopped(client: Client, school: Organization) -> None:
    typed = {"inn": school.inn, "code": head_code(school)}
    for _ in range(20):
        client.post("/appoint/", typed | {"code": "ABCD-EFGH-JKMN"})
    response = client.post("/appoint/", typed)
    assert response.status_code == 429
    assert "Слишком много попыток" in response.content.decode()


def test_one_who_guesses_does_not_shut_the_head_out(client: Client, school: Organization) -> None:
    typed = {"inn": school.inn, "code": head_code(school)}
    for _ in range(40):
        client.post("/appoint/", typed | {"code": "ABCD-EFGH-JKMN"})

    assert client.post("/appoint/", typed, REMOTE_ADDR="203.0.113.7").status_code == 302


def test_an_appointment_by_hand_ends_the_heads_link(client: Client, school: Organization, vera: User) -> None:
    link = address(school)
    Appointment.objects.appoint(
        school, full_name="Смирнова Анна Петровна", phone="+79001234567", source=Source.COORDINATOR, by=vera
    )

    assert client.get(link).status_code == 410


def test_a_contested_appointment_closes_its_page(client: Client, school: Organization, vera: User) -> None:
    page = client.post(address(school), PERSON)["Location"]
    school.appointments.get().contest(by=vera, reason="Ссылка попала не к тому")

    assert client.get(page).status_code == client.get(f"{page}order.pdf").status_code == 410
    assert client.post(page, {"order_number": "1", "order_on": "2026-09-01"}).status_code == 410


def test_an_administrator_gets_no_power_of_the_head(
    school: Organization, marina: User, enter: Callable[[User], Client]
) -> None:
    browser = enter(marina)
    for name in ("head-sheet", "head-link-send"):
        assert browser.post(reverse(f"organizations:{name}", args=[school.pk])).status_code == 404
    assert "head-sheet" not in browser.get(reverse("organizations:appointments", args=[school.pk])).content.decode()


def test_the_coordinator_sends_the_link_once_a_day(
    school: Organization, vera: User, enter: Callable[[User], Client]
) -> None:
    browser = enter(vera)
    for _ in range(2):
        browser.post(reverse("organizations:head-link-send", args=[school.pk]))
    letter = Letter.objects.get()
    assert letter.recipient == school.email
    assert "координатор: Кузнецова Вера Николаевна" in letter.text


def test_a_lost_letter_is_sent_again_on_another_day_and_to_a_corrected_mailbox_at_once(
    school: Organization, vera: User, enter: Callable[[User], Client]
) -> None:
    browser, page = enter(vera), reverse("organizations:head-link-send", args=[school.pk])
    with time_machine.travel(timezone.now() - timedelta(days=31)):
        invite_head(school, by=vera)
    browser.post(page)
    assert Letter.objects.count() == 2
    Organization.objects.filter(pk=school.pk).update(email="new@school.example.ru")
    browser.post(page)
    assert Letter.objects.filter(recipient="new@school.example.ru").count() == 1


def test_the_sheet_is_a_paper_with_the_code(school: Organization, vera: User, enter: Callable[[User], Client]) -> None:
    response: Any = enter(vera).post(reverse("organizations:head-sheet", args=[school.pk]))
    assert response.content.startswith(b"%PDF")


def test_the_head_names_a_deputy_from_one_day_to_another(client: Client, school: Organization) -> None:
    done = client.post(address(school), PERSON)["Location"]
    today = timezone.localdate()
    deputy = {
        "full_name": "Козлова Инна Юрьевна",
        "phone": "+7 900 123-45-99",
        "phone_again": "89001234599",
        "since": f"{today:%Y-%m-%d}",
        "until": f"{today + timedelta(days=20):%Y-%m-%d}",
    }
    backwards = client.post(f"{done}deputy/", deputy | {"until": f"{today - timedelta(days=2):%Y-%m-%d}"})
    assert "Последний день раньше первого" in backwards.content.decode()
    page = client.post(f"{done}deputy/", deputy, follow=True).content.decode()
    assert "Заместитель назначен: Козлова Инна Юрьевна" in page
    acting = school.appointments.acting().get(role=AppointmentRole.DEPUTY)
    assert acting.until == today + timedelta(days=20)
    school.administrator.contest(by=make_user(), reason="Директор не назначал")
    assert client.get(f"{done}deputy/").status_code == 410
