"""The desk of the portal's staff: cases are found and moved on by verbs, never typed over, never deleted."""

from collections.abc import Callable

import pytest
from django.contrib import admin
from django.test import Client, RequestFactory
from django.utils import timezone

from accounts.models import User
from organizations.models import Event, Organization
from registrations.models import CaseLetter, HandoverRequest, HelpRequest, Inquiry, RegistrationRequest
from registrations.statuses import RegistrationStatus

Enter = Callable[[User], Client]
MODELS = [RegistrationRequest, HandoverRequest, HelpRequest, Inquiry, CaseLetter]


def address(model: type, verb: str = "") -> str:
    return f"/admin/registrations/{model._meta.model_name}/{verb}"


@pytest.mark.parametrize("model", MODELS)
def test_others_do_not_get_in(model: type, marina: User, vera: User, enter: Enter) -> None:
    for user in (marina, vera):
        answer = enter(user).get(address(model))
        assert answer.status_code in (302, 403, 404)


@pytest.mark.parametrize("model", MODELS)
def test_nothing_is_typed_over_or_deleted(model: type, igor: User) -> None:
    desk, request = admin.site._registry[model], RequestFactory().get("/")
    request.user = igor
    assert not desk.has_add_permission(request)
    assert not desk.has_change_permission(request)
    assert not desk.has_delete_permission(request)


def test_staff_find_letters_by_region_and_step(school: Organization, marina: User, igor: User, enter: Enter) -> None:
    RegistrationRequest.objects.file(school, by=marina, agrees=True)
    desk, there = enter(igor), {"organization__region__id__exact": school.region_id, "organization__step__exact": 2}
    assert school.name in desk.get(address(CaseLetter), there).content.decode()
    letter = CaseLetter.objects.get()
    assert school.full_name in desk.get(address(CaseLetter, f"{letter.pk}/change/")).content.decode()
    assert school.name not in desk.get(address(CaseLetter), there | {"organization__step__exact": 7}).content.decode()


def test_staff_find_by_number_and_record_the_answer(
    school: Organization, marina: User, igor: User, enter: Enter
) -> None:
    desk = enter(igor)
    case = RegistrationRequest.objects.file(school, by=marina, agrees=True)
    found = desk.get(address(RegistrationRequest), {"q": case.number, "status__exact": "submitted"})
    assert case.number in found.content.decode()
    done = {"action": "confirm", "_selected_action": [case.pk]}
    desk.post(address(RegistrationRequest), done)
    case.refresh_from_db()
    assert (case.status, case.answered_on) == (RegistrationStatus.REGISTERED, timezone.localdate())
    again = desk.post(address(RegistrationRequest), done, follow=True)
    assert "зарегистрирована" in again.content.decode()
    assert Event.objects.filter(verb="registration.registered").count() == 1
    shown = desk.get(address(RegistrationRequest, f"{case.pk}/change/")).content.decode()
    assert CaseLetter.objects.get().shown_subject in shown


@pytest.mark.parametrize("model", MODELS)
def test_search_survives_any_text(model: type, igor: User, enter: Enter) -> None:
    desk = enter(igor)
    for typed in ("я" * 10_000, "a\0b", "<script>"):
        assert desk.get(address(model), {"q": typed}).status_code in (200, 302)
