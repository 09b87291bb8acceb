"""Repeated requests that a school does not take for a while. Oleg administers another school: 404 for him."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from foundation.verbs import WrongStatus
from invitations import retention
from invitations.models import ApplicantBlock, Invitation, JoinRequest
from invitations.statuses import RequestStatus
from invitations.tests.builders import in_days, make_invitation, make_request, pupil_form
from organizations.models import Event, Organization

pytestmark = pytest.mark.django_db
Enter = Callable[[User], Client]


@pytest.fixture
def link(school: Organization) -> Invitation:
    return make_invitation(school)


@pytest.fixture
def rejected(link: Invitation) -> JoinRequest:
    return make_request(link, status=RequestStatus.REJECTED, phone="+79138000001")


def page(organization: Organization, tail: str) -> str:
    return f"/organizations/{organization.pk}/requests/{tail}"


def test_a_repeated_request_is_refused_in_words_and_takes_no_place(
    client: Client, link: Invitation, rejected: JoinRequest, marina: User
) -> None:
    client.post(f"/j/{link.code}/", pupil_form())  # the red control: without the block it is filed
    assert JoinRequest.objects.pending().count() == 1

    ApplicantBlock.objects.block(rejected, by=marina, days=30)
    answer = client.post(f"/j/{link.code}/", pupil_form())
    link.refresh_from_db()
    assert answer.status_code == 403
    assert "не принимает повторные заявки" in answer.content.decode()
    assert "позвоните в школу" in answer.content.decode()
    assert JoinRequest.objects.pending().count() == 1
    assert link.used == 1
    assert Event.objects.filter(verb="request.filed").count() == 1


@pytest.mark.parametrize(
    "typed",
    [
        {"full_name": "ПЕТРОВ  илья сергеевич"},
        {"full_name": "Илья Сергеевич Петров"},
        {"applicant_name": "Ирина Львовна Петрова"},
        {"phone": "8 913 999-99-99", "email": "other@example.ru"},
    ],
)
def test_other_spelling_order_or_contact_is_the_same_visitor(
    client: Client, link: Invitation, rejected: JoinRequest, marina: User, typed: dict[str, str]
) -> None:
    ApplicantBlock.objects.block(rejected, by=marina, days=30)
    assert client.post(f"/j/{link.code}/", pupil_form(**typed)).status_code == 403


@pytest.mark.parametrize(
    "typed", [{"full_name": "Петрова Анна Сергеевна"}, {"applicant_name": "Петров Сергей Иванович"}]
)
def test_a_family_with_the_same_contact_is_not_blocked(
    client: Client, link: Invitation, rejected: JoinRequest, marina: User, typed: dict[str, str]
) -> None:
    ApplicantBlock.objects.block(rejected, by=marina, days=30)
    answer = client.post(f"/j/{link.code}/", pupil_form(phone="8 913 800-00-01", **typed))
    assert answer.status_code == 302


def test_another_school_takes_them(
    client: Client, rejected: JoinRequest, marina: User, other_school: Organization
) -> None:
    ApplicantBlock.objects.block(rejected, by=marina, days=30)
    assert client.post(f"/j/{make_invitation(other_school).code}/", pupil_form()).status_code == 302


def test_a_block_ends_by_itself_and_may_be_lifted(
    client: Client, link: Invitation, rejected: JoinRequest, marina: User, time_machine: Any
) -> None:
    block = ApplicantBlock.objects.block(rejected, by=marina, days=7)
    assert block.ends_on == in_days(7)
    block.lift(by=marina)
    assert client.post(f"/j/{link.code}/", pupil_form()).status_code == 302
    with pytest.raises(WrongStatus):
        block.lift(by=marina)
    assert list(Event.objects.filter(verb__startswith="applicant.").values_list("verb", "fields")) == [
        ("applicant.unblocked", []),
        ("applicant.blocked", []),
    ]

    ApplicantBlock.objects.block(rejected, by=marina, days=7)
    assert client.post(f"/j/{link.code}/", pupil_form()).status_code == 403
    time_machine.move_to(timezone.now() + timedelta(days=8))
    assert client.post(f"/j/{link.code}/", pupil_form()).status_code == 302


def test_the_row_holds_no_name_and_the_hash_is_keyed(rejected: JoinRequest, marina: User, settings: Any) -> None:
    block = ApplicantBlock.objects.block(rejected, by=marina, days=30)
    names = (rejected.applicant_name, rejected.full_name)
    assert len(block.fingerprint) == 64
    assert ApplicantBlock.objects.of_names(rejected.organization_id, *names).exists()
    former, settings.SECRET_KEY = settings.SECRET_KEY, "another"
    assert not ApplicantBlock.objects.of_names(rejected.organization_id, *names).exists()
    settings.SECRET_KEY_FALLBACKS = [former]
    assert ApplicantBlock.objects.of_names(rejected.organization_id, *names).exists(), "the key was changed in order"


@pytest.mark.parametrize("status", [RequestStatus.PENDING, RequestStatus.ACCEPTED, RequestStatus.WITHDRAWN])
def test_only_a_rejected_request_begins_a_block(link: Invitation, marina: User, status: RequestStatus) -> None:
    with pytest.raises(WrongStatus):
        ApplicantBlock.objects.block(make_request(link, status=status), by=marina, days=30)
    assert not ApplicantBlock.objects.exists()


def test_the_same_names_are_blocked_once(rejected: JoinRequest, marina: User) -> None:
    ApplicantBlock.objects.block(rejected, by=marina, days=30)
    with pytest.raises(WrongStatus, match="уже закрыты"):
        ApplicantBlock.objects.block(rejected, by=marina, days=90)


@pytest.mark.usefixtures("day_of_the_cast")
def test_the_administrator_is_asked_first_then_finds_it_in_the_list(
    enter: Enter, school: Organization, rejected: JoinRequest, marina: User
) -> None:
    browser = enter(marina)
    assert f'formaction="{page(school, "block/")}"' in browser.get(page(school, "?status=rejected")).content.decode()
    asked = browser.post(page(school, "block/"), {"one": rejected.pk}).content.decode()
    assert f"{rejected.number}?" in asked
    assert "необратимый код" in asked
    assert not ApplicantBlock.objects.exists()

    sent = {"ids": rejected.pk, "confirmed": "yes", "days": "90"}
    told = browser.post(page(school, "block/"), sent, follow=True).content.decode()
    block = ApplicantBlock.objects.get()
    assert (block.ends_on, block.blocked_by) == (in_days(90), marina)
    assert rejected.number in told
    assert "Петров" not in told

    browser.post(page(school, f"blocks/{block.pk}/lift/"))
    block.refresh_from_db()
    assert block.lifted_by == marina
    assert "снято" in browser.get(page(school, "blocks/")).content.decode()


@pytest.mark.parametrize("days", ["", "0", "365", "\0", "9" * 40])
def test_other_terms_are_refused(
    enter: Enter, school: Organization, rejected: JoinRequest, marina: User, days: str
) -> None:
    answer = enter(marina).post(page(school, "block/"), {"ids": rejected.pk, "confirmed": "yes", "days": days})
    assert answer.status_code == 200
    assert not ApplicantBlock.objects.exists()


def test_strangers_find_nothing(
    enter: Enter, school: Organization, other_school: Organization, rejected: JoinRequest, marina: User, oleg: User
) -> None:
    block = ApplicantBlock.objects.block(rejected, by=marina, days=30)
    browser = enter(oleg)
    for organization in (school, other_school):
        assert browser.post(page(organization, "block/"), {"one": rejected.pk, "confirmed": "yes"}).status_code == 404
        assert browser.post(page(organization, f"blocks/{block.pk}/lift/")).status_code == 404
    assert browser.get(page(school, "blocks/")).status_code == 404
    assert rejected.number not in browser.get(page(other_school, "blocks/")).content.decode()


def test_the_list_costs_the_same_at_many_rows(
    enter: Enter, school: Organization, link: Invitation, rejected: JoinRequest, marina: User
) -> None:
    browser, costs = enter(marina), []
    for rows in (1, 20):
        for number in range(rows):
            one = make_request(link, status=RequestStatus.REJECTED, full_name=f"Петров {'А' * (number + rows)}")
            ApplicantBlock.objects.block(one, by=marina, days=30)
        browser.get(page(school, "blocks/"))
        with CaptureQueriesContext(connection) as asked:
            browser.get(page(school, "blocks/"))
        costs.append(len(asked))
    assert costs[0] == costs[1]


def test_what_ended_long_ago_is_erased(rejected: JoinRequest, marina: User, time_machine: Any) -> None:
    ApplicantBlock.objects.block(rejected, by=marina, days=30)
    now = timezone.now()
    for days, left in ((30 + 90, 1), (30 + 92, 0)):
        time_machine.move_to(now + timedelta(days=days))
        retention.forget_blocks()
        assert ApplicantBlock.objects.count() == left
    assert JoinRequest.objects.filter(pk=rejected.pk).exists()
