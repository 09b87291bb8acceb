"""Portal staff in Django admin: only staff enter, statuses are read-only, actions are verbs."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from organizations.models import Event, Organization
from organizations.statuses import AppointmentStatus

Enter = Callable[[User], Client]


@pytest.fixture
def staff(igor: User) -> User:
    return igor


def test_a_coordinator_does_not_enter(vera: User, enter: Enter) -> None:
    response = enter(vera).get("/admin/organizations/organization/")
    assert response.status_code in (302, 403, 404)


@pytest.mark.parametrize(
    "name", ["region", "municipality", "organization", "coordinator", "appointment", "schoolclass", "event"]
)
def test_every_list_opens_and_searches(
    name: str, staff: User, school: Organization, marina: User, enter: Enter
) -> None:
    browser = enter(staff)
    assert browser.get(f"/admin/organizations/{name}/", {"q": "школа"}).status_code in (200, 302)


def test_an_organization_is_found_without_its_capitals(staff: User, school: Organization, enter: Enter) -> None:
    page = enter(staff).get("/admin/organizations/organization/", {"q": school.short_name.lower()}).content.decode()
    assert school.inn in page or "Школа" in page
    assert "1 организация" in page or "1 результат" in page


def test_relieving_is_the_same_verb(staff: User, school: Organization, marina: User, enter: Enter) -> None:
    appointment = school.administrator
    data = {"action": "relieve", "_selected_action": [appointment.pk]}
    enter(staff).post(reverse("admin:organizations_appointment_changelist"), data)
    appointment.refresh_from_db()
    assert appointment.status == AppointmentStatus.ENDED
    assert appointment.ended_by == staff


def test_a_step_cannot_be_set_by_hand(staff: User, school: Organization, enter: Enter) -> None:
    page = enter(staff).get(reverse("admin:organizations_organization_change", args=[school.pk])).content.decode()
    assert 'name="step"' not in page
    assert 'name="administrator_state"' not in page
    assert 'name="registered_phone"' not in page


def test_a_mended_fact_leaves_its_line_in_the_journal(staff: User, school: Organization, enter: Enter) -> None:
    address = reverse("admin:organizations_organization_change", args=[school.pk])
    browser = enter(staff)
    form = browser.get(address).context["adminform"].form
    data = {name: form[name].value() or "" for name in form.fields}
    assert browser.post(address, data | {"head_name": "Новая Мария Ивановна"}).status_code == 302
    event = Event.objects.get(verb="organization.changed")
    assert (event.fields, event.by, event.organization) == (["head_name"], staff, school)


def test_staff_cannot_change_people(staff: User, vera: User, enter: Enter) -> None:
    assert enter(staff).get(f"/admin/accounts/user/{vera.pk}/change/").status_code == 403


@pytest.mark.parametrize(("name", "field"), [("region", "support_email"), ("organization", "email")])
def test_an_address_that_no_letter_can_reach_is_refused(
    name: str, field: str, staff: User, school: Organization, enter: Enter
) -> None:
    pk = school.region_id if name == "region" else school.pk
    page = reverse(f"admin:organizations_{name}_change", args=[pk])
    response = enter(staff).post(page, {field: "support@localhost"})
    assert "один адрес электронной почты" in str(response.context["adminform"].form.errors[field])
