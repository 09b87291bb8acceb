"""The applicant's own page, without an account: outcome, second act, withdrawal; and the consent document."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from correspondence.models import Letter
from foundation.tokens import sign
from invitations import consents
from invitations.models import Invitation, JoinRequest
from invitations.statuses import Reason, RequestStatus
from invitations.tests.builders import SFERUM_LINK, in_days, make_invitation, make_request
from organizations.models import Event, Organization

pytestmark = pytest.mark.django_db


@pytest.fixture
def link(school: Organization) -> Invitation:
    return make_invitation(school)


def receipt(request: JoinRequest) -> str:
    return f"/receipt/{sign('receipt', request.pk)}/"


@pytest.mark.parametrize("token", ["x", "1.1.x.y", "%00", "a" * 5000])
def test_a_forged_receipt_is_404(client: Client, link: Invitation, token: str) -> None:
    make_request(link)
    assert client.get(f"/receipt/{token}/").status_code == 404
    assert client.post(f"/receipt/{token}/withdraw/").status_code == 404


def test_a_link_for_another_purpose_is_404(client: Client, link: Invitation) -> None:
    request = make_request(link)
    assert client.get(f"/receipt/{sign('appoint', request.pk)}/").status_code == 404


def test_an_old_receipt_is_410(client: Client, link: Invitation, time_machine: Any) -> None:
    address = receipt(make_request(link))
    time_machine.move_to(timezone.now() + timedelta(days=401))
    assert client.get(address).status_code == 410
    assert client.post(f"{address}withdraw/").status_code == 410


def test_pending_receipt_shows_the_number_and_not_the_link(client: Client, link: Invitation) -> None:
    request = make_request(link)
    text = client.get(receipt(request)).content.decode()
    assert request.number in text
    assert "Ждёт решения школы" in text
    assert SFERUM_LINK not in text


def test_accepted_receipt_shows_the_second_act_and_the_link(client: Client, link: Invitation, marina: User) -> None:
    request = make_request(link)
    request.accept(by=marina)
    text = client.get(receipt(request)).content.decode()
    assert "Второй шаг" in text
    assert SFERUM_LINK in text
    assert "примет вас в Сферуме" in text
    assert "Марина" not in text, "a decision is the school's, not a person's"


def test_after_the_link_was_replaced_the_new_official_link_is_handed_out(
    client: Client, link: Invitation, marina: User
) -> None:
    request = make_request(link, email="irina@example.ru")
    link.replace(by=marina, sferum_link="https://vk.me/new")
    request.accept(by=marina)
    text = client.get(receipt(request)).content.decode()
    assert "https://vk.me/new" in text
    assert "https://vk.me/new" in Letter.objects.get().text
    assert SFERUM_LINK not in text + Letter.objects.get().text, "the old one is about to be renewed in Sferum"


def test_rejected_receipt_says_why(client: Client, link: Invitation, marina: User) -> None:
    request = make_request(link)
    request.reject(by=marina, reason=Reason.OTHER_CLASS)
    text = client.get(receipt(request)).content.decode()
    assert "это другой класс" in text
    assert SFERUM_LINK not in text


def test_withdrawing_is_a_post_and_erases_soon(client: Client, link: Invitation) -> None:
    request = make_request(link)
    assert client.get(f"{receipt(request)}withdraw/").status_code == 405
    client.post(f"{receipt(request)}withdraw/")
    request.refresh_from_db()
    assert (request.status, request.purge_after) == (RequestStatus.WITHDRAWN, in_days(0))
    assert Event.objects.get(verb="request.withdrawn").actor == "applicant"


def test_a_decided_request_cannot_be_withdrawn(client: Client, link: Invitation, marina: User) -> None:
    request = make_request(link)
    request.accept(by=marina)
    answer = client.post(f"{receipt(request)}withdraw/", follow=True)
    assert "Школа уже решила" in answer.content.decode()
    request.refresh_from_db()
    assert request.status == RequestStatus.ACCEPTED


def test_a_purged_receipt_still_tells_the_outcome(client: Client, link: Invitation) -> None:
    request = make_request(
        link, status=RequestStatus.EXPIRED, full_name="", applicant_name="", purged_at=timezone.now()
    )
    text = client.get(receipt(request)).content.decode()
    assert "Срок заявки истёк" in text
    assert "Кто вступает" not in text


def test_consent_is_a_page_of_its_own_with_version_hash_and_operator(client: Client, link: Invitation) -> None:
    text = client.get(f"/consent/2026-11-2/?code={link.code}").content.decode()
    assert link.organization.full_name in text
    assert "Редакция 2026-11-2" in text
    assert consents.CURRENT.digest in text
    assert "Как отозвать" in text
    assert link.organization.full_name not in client.get("/consent/2026-11-2/").content.decode()


@pytest.mark.parametrize("tail", ["?code=%00", "?code=" + "9" * 500, "?code=<script>"])
def test_consent_takes_any_code(client: Client, link: Invitation, tail: str) -> None:
    assert client.get(f"/consent/2026-11-2/{tail}").status_code == 200


def test_unknown_version_is_404(client: Client, db: None) -> None:
    assert client.get("/consent/1999-01/").status_code == 404


def test_texts_that_people_agreed_to_never_change() -> None:
    digests = {version: consent.digest for version, consent in consents.VERSIONS.items()}
    assert digests == {
        "2026-11": "8669c505cd2a5ed3d8ce75218a1037046244506fca936317db966c248e5edb5b",
        "2026-11-2": "34e63d94e163c56613f5c43160b3d03957add090297dd887baf957d3438f7bcd",
    }


def test_former_versions_can_be_read_still(client: Client, link: Invitation) -> None:
    text = client.get("/consent/2026-11/").content.decode()
    assert "Редакция 2026-11," in text
    assert "классным руководителем" not in text
