"""Pages about an organization's administrator and its classes: strangers get the 404 of an absent object."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from conftest import make_appointment, make_class, make_coordinator, make_organization, make_user
from organizations.models import Coordinator, Organization, SchoolClass
from organizations.statuses import AppointmentRole, AppointmentStatus, Kind

Enter = Callable[[User], Client]
PAGES = ["appointments", "deputy-add", "classes"]


@pytest.mark.parametrize("name", PAGES)
def test_strangers_get_a_404(name: str, school: Organization, oleg: User, enter: Enter) -> None:
    assert enter(oleg).get(reverse(f"organizations:{name}", args=[school.pk])).status_code == 404


@pytest.mark.parametrize("name", PAGES)
def test_visitors_are_asked_to_sign_in(name: str, school: Organization, client: Client) -> None:
    response = client.get(reverse(f"organizations:{name}", args=[school.pk]))
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("name", PAGES)
def test_administrator_and_coordinators_see_the_page(
    name: str, school: Organization, marina: User, vera: User, nadia: User, enter: Enter
) -> None:
    for user in (marina, vera, nadia):
        assert enter(user).get(reverse(f"organizations:{name}", args=[school.pk])).status_code == 200


def test_only_a_coordinator_judges_an_appointment(
    school: Organization, marina: User, nadia: User, enter: Enter
) -> None:
    appointment = school.administrator
    contest = reverse("organizations:appointment-contest", args=[appointment.pk])
    assert enter(marina).post(contest, {"reason": "нет"}).status_code == 404
    enter(nadia).post(contest, {"reason": "Директор не назначал"})
    appointment.refresh_from_db()
    assert appointment.status == AppointmentStatus.CONTESTED


def test_an_administrator_names_no_successor_in_the_heads_place_and_ends_no_colleague(
    school: Organization, marina: User, enter: Enter
) -> None:
    browser, appointment = enter(marina), school.administrator
    assert browser.get(reverse("organizations:appointment-add", args=[school.pk])).status_code == 404
    assert browser.post(reverse("organizations:appointment-relieve", args=[appointment.pk])).status_code == 404
    deputy = make_appointment(school, role=AppointmentRole.DEPUTY, until=timezone.localdate() + timedelta(days=3))
    browser.post(reverse("organizations:appointment-relieve", args=[deputy.pk]))
    deputy.refresh_from_db()
    assert deputy.status == AppointmentStatus.ENDED


def test_a_second_coordinator_learns_that_it_is_done(
    school: Organization, marina: User, nadia: User, vera: User, enter: Enter
) -> None:
    checked = reverse("organizations:appointment-checked", args=[school.administrator.pk])
    enter(nadia).post(checked)
    response = enter(vera).post(checked, follow=True)
    assert "уже проверено" in response.content.decode()


def test_no_sheet_opens_a_superior_account(school: Organization, nadia: User, vera: User, enter: Enter) -> None:
    appointment = make_appointment(school, vera)
    response = enter(nadia).post(reverse("organizations:appointment-sheet", args=[appointment.pk]), follow=True)
    assert "за пределами вашей территории" in response.content.decode()


def test_a_sheet_is_printed_for_the_school_administrator(
    school: Organization, marina: User, nadia: User, enter: Enter
) -> None:
    response = enter(nadia).post(reverse("organizations:appointment-sheet", args=[school.administrator.pk]))
    assert response.content.startswith(b"%PDF")


def test_a_grid_of_classes_is_added_in_one_go(school: Organization, marina: User, enter: Enter) -> None:
    url = reverse("organizations:classes", args=[school.pk])
    enter(marina).post(url, {"cells": ["1|А", "1|Б", "11|А"], "size": "25"})
    assert [c.name for c in school.classes.all()] == ["1 «А»", "1 «Б»", "11 «А»"]
    page = enter(marina).get(url).content.decode()
    assert "1 «Б» · 25" in page


def test_a_kindergarten_has_groups(marina: User, school: Organization, enter: Enter) -> None:
    Organization.objects.filter(pk=school.pk).update(kind=Kind.KINDERGARTEN)
    url = reverse("organizations:classes", args=[school.pk])
    assert "Группы" in enter(marina).get(url).content.decode()
    enter(marina).post(url, {"names": "Солнышко\nРадуга\nСолнышко\n"})
    assert sorted(SchoolClass.objects.values_list("group_name", flat=True)) == ["Радуга", "Солнышко"]


def test_a_class_of_another_school_is_not_found(
    school: Organization, other_school: Organization, marina: User, enter: Enter
) -> None:
    foreign = make_class(other_school)
    browser = enter(marina)
    assert browser.get(reverse("organizations:class-edit", args=[school.pk, foreign.pk])).status_code == 404
    assert browser.get(reverse("organizations:class-edit", args=[other_school.pk, foreign.pk])).status_code == 404


def test_a_class_cannot_become_its_twin(school: Organization, marina: User, enter: Enter) -> None:
    make_class(school, grade=5, section="А")
    other = make_class(school, grade=5, section="Б")
    response = enter(marina).post(other.get_absolute_url(), {"section": "A", "size": "20"})
    assert "Такой класс уже есть" in response.content.decode()


def test_bad_ticks_are_refused(school: Organization, marina: User, enter: Enter) -> None:
    url = reverse("organizations:classes", args=[school.pk])
    response = enter(marina).post(url, {"cells": ["12|А", "x"], "size": "-5", "site": "\0"})
    assert response.status_code == 200
    assert not school.classes.exists()
    assert enter(marina).get(url + "?letters=%00").status_code == 200
    assert enter(marina).get(url + "?letters=999999999").status_code == 200


def test_coordinator_of_the_region_invites_and_removes(vera: User, region: object) -> None:
    coordinator = Coordinator.objects.invite(
        region=region, municipality=None, full_name="Новая Ольга", email="NEW@example.ru", by=vera
    )
    assert coordinator.user.requires_second_factor
    again = Coordinator.objects.invite(
        region=region, municipality=None, full_name="Новая Ольга", email="new@example.ru", by=vera
    )
    assert again == coordinator
    make_organization_seen = Organization.objects.visible_to(coordinator.user)
    assert list(make_organization_seen) == list(Organization.objects.filter(region=region))
    coordinator.remove(by=vera)
    assert not Organization.objects.visible_to(coordinator.user).exists()


def test_classes_page_costs_the_same_for_three_and_for_sixty(school: Organization, marina: User, enter: Enter) -> None:
    browser, url = enter(marina), reverse("organizations:classes", args=[school.pk])
    browser.get(url)
    make_class(school, grade=1, section="А")
    with CaptureQueriesContext(
        connection,
    ) as few:
        browser.get(url)
    for grade in range(2, 12):
        for section in "АБВГДЕ":
            make_class(school, grade=grade, section=section)
    with CaptureQueriesContext(connection) as many:
        browser.get(url)
    assert len(many) == len(few)


def test_a_user_without_an_appointment_sees_nothing(school: Organization) -> None:
    make_organization()
    assert not Organization.objects.visible_to(make_user()).exists()
    assert (
        not Organization.objects.visible_to(make_coordinator(make_organization().region).user)
        .filter(pk=school.pk)
        .exists()
    )
