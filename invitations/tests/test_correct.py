"""A mistyped name is mended by the applicant, and what was said about the wrong one counts no more."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from correspondence.models import Letter, LetterStatus
from foundation.tokens import sign
from foundation.verbs import WrongStatus
from invitations import retention
from invitations.models import ApplicantBlock, ExpectedMember, Invitation, JoinRequest, ListMatch
from invitations.models.join_request import MOST_CORRECTIONS
from invitations.statuses import Mark, Mode, Reason, RequestStatus, Role
from invitations.tests.builders import in_days, make_invitation, make_request
from organizations.models import Event, Organization

pytestmark = pytest.mark.django_db
NAMES = {"full_name": "Петров Илья Сергеевич", "applicant_name": "Петрова Ирина Львовна"}
RIGHT = NAMES | {"full_name": "Петров Илия Сергеевич"}


@pytest.fixture
def link(school: Organization) -> Invitation:
    return make_invitation(school)


def receipt(request: JoinRequest) -> str:
    return f"/receipt/{sign('receipt', request.pk)}/"


def test_the_form_holds_the_old_names_and_the_page_shows_the_new(client: Client, link: Invitation) -> None:
    request = make_request(link)
    text = client.get(f"{receipt(request)}correct/").content.decode()
    assert 'value="Петров Илья Сергеевич"' in text
    assert 'value="Петрова Ирина Львовна"' in text

    told = client.post(f"{receipt(request)}correct/", RIGHT, follow=True).content.decode()
    request.refresh_from_db()
    assert "Исправлено" in told
    assert "Петров Илия Сергеевич" in told
    assert (request.full_name, request.status) == ("Петров Илия Сергеевич", RequestStatus.PENDING)
    assert request.corrected_at
    event = Event.objects.get(verb="request.corrected")
    assert (event.actor, event.fields, event.organization) == ("applicant", ["full_name"], link.organization)


def test_a_teacher_mends_the_only_name(client: Client, school: Organization) -> None:
    request = make_request(make_invitation(school, role=Role.TEACHER), full_name="Белова Анна Игоревна")
    assert "applicant_name" not in client.get(f"{receipt(request)}correct/").content.decode()
    client.post(f"{receipt(request)}correct/", {"full_name": "Белова Анна Олеговна"})
    request.refresh_from_db()
    assert (request.full_name, request.applicant_name) == ("Белова Анна Олеговна", "")


def test_an_acceptance_of_the_wrong_name_goes_back_to_review(client: Client, link: Invitation, marina: User) -> None:
    request = make_request(link, email="irina@example.ru")
    member = ExpectedMember.objects.create(
        organization=link.organization, school_class=link.school_class, role=link.role, full_name=request.full_name
    )
    JoinRequest.objects.filter(pk=request.pk).accept(by=marina, lines={request.pk: member.pk})
    twin = make_request(link, same_as=request)
    JoinRequest.objects.filter(pk=request.pk).update(mark=Mark.MINE, marked_at=timezone.now(), is_told_apart=True)
    assert ListMatch.objects.exists()

    client.post(f"{receipt(request)}correct/", RIGHT)
    request.refresh_from_db()
    twin.refresh_from_db()
    assert (request.status, request.decided_by, request.decided_at) == (RequestStatus.PENDING, None, None)
    assert (request.mark, request.marked_at, request.is_told_apart, twin.same_as) == ("", None, False, None)
    assert request.purge_after == in_days(180)
    assert not ListMatch.objects.exists(), "the line of the list is free again"
    assert Letter.objects.get().status == LetterStatus.ABORTED

    request.accept(by=marina)
    assert Letter.objects.get(status=LetterStatus.QUEUED), "the next decision has a letter of its own"


def test_the_letter_with_the_number_is_not_withdrawn(client: Client, link: Invitation) -> None:
    typed = NAMES | {"email": "irina@example.ru", "is_representative": "on", "consent": "on"}
    client.post(f"/j/{link.code}/", typed)
    client.post(f"{receipt(JoinRequest.objects.get())}correct/", RIGHT)
    assert Letter.objects.get().status == LetterStatus.QUEUED


def test_whoever_was_rejected_for_the_name_is_led_to_the_form(client: Client, link: Invitation, marina: User) -> None:
    request = make_request(link)
    request.reject(by=marina, reason=Reason.NAME)
    assert "Исправить ошибку в имени" in client.get(receipt(request)).content.decode()
    client.post(f"{receipt(request)}correct/", RIGHT)
    request.refresh_from_db()
    assert (request.status, request.reason) == (RequestStatus.PENDING, "")


@pytest.mark.parametrize(
    "fields",
    [
        {"status": RequestStatus.REJECTED, "reason": Reason.UNKNOWN},
        {"status": RequestStatus.ACCEPTED, "joined_at": timezone.now()},
        {"status": RequestStatus.WITHDRAWN},
        {"status": RequestStatus.EXPIRED},
        {"status": RequestStatus.ACCEPTED, "consent_withdrawn_at": timezone.now()},
        {"status": RequestStatus.ACCEPTED, "purged_at": timezone.now(), "full_name": "", "applicant_name": ""},
    ],
)
def test_it_is_too_late_for_others(client: Client, link: Invitation, fields: dict[str, Any]) -> None:
    request = make_request(link, **fields)
    assert "Исправить ошибку в имени" not in client.get(receipt(request)).content.decode()
    told = client.post(f"{receipt(request)}correct/", RIGHT, follow=True).content.decode()
    assert "уже нельзя исправить" in told
    before = (request.full_name, request.status)
    request.refresh_from_db()
    assert (request.full_name, request.status) == before
    with pytest.raises(WrongStatus):
        request.correct(**RIGHT)


def test_a_decision_at_the_same_moment_wins(link: Invitation, marina: User) -> None:
    request = make_request(link)
    stale = JoinRequest.objects.get(pk=request.pk)
    request.reject(by=marina, reason=Reason.UNKNOWN)
    with pytest.raises(WrongStatus, match="отклонена"):
        stale.correct(**RIGHT)
    request.refresh_from_db()
    assert (request.full_name, request.status) == (NAMES["full_name"], RequestStatus.REJECTED)


def test_two_corrections_at_once_are_one(link: Invitation) -> None:
    request = make_request(link)
    stale = JoinRequest.objects.get(pk=request.pk)
    request.correct(**RIGHT)
    with pytest.raises(WrongStatus):
        stale.correct(**NAMES | {"full_name": "Сидоров Пётр Ильич"})
    assert Event.objects.filter(verb="request.corrected").count() == 1


def test_nobody_corrects_without_end(client: Client, link: Invitation) -> None:
    """Else one accepted request could be passed from hand to hand."""
    request = make_request(link)
    for number in range(MOST_CORRECTIONS + 1):
        told = client.post(
            f"{receipt(request)}correct/", NAMES | {"full_name": f"Петров Илья {'А' * (number + 1)}"}, follow=True
        )
    assert "уже исправляли" in told.content.decode()
    request.refresh_from_db()
    assert request.full_name == "Петров Илья ААА"


@pytest.mark.parametrize("name", ["", "Петров", "Пeтров Илья", "\x00", "Я " * 5000, NAMES["full_name"]])
def test_bad_or_the_same_names_are_refused(client: Client, link: Invitation, name: str) -> None:
    request = make_request(link)
    answer = client.post(f"{receipt(request)}correct/", NAMES | {"full_name": name})
    assert answer.status_code == 200
    assert "Не отправлено" in answer.content.decode()
    request.refresh_from_db()
    assert request.corrected_at is None


def test_a_blocked_name_does_not_come_in_by_way_of_another(client: Client, link: Invitation, marina: User) -> None:
    rejected = make_request(link, status=RequestStatus.REJECTED)
    other = make_request(link, full_name="Сидоров Пётр Ильич")
    ApplicantBlock.objects.block(rejected, by=marina, days=30)
    assert client.post(f"{receipt(other)}correct/", NAMES).status_code == 403
    other.refresh_from_db()
    assert other.full_name == "Сидоров Пётр Ильич"


def test_corrections_are_counted_like_requests(
    client: Client, link: Invitation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("invitations.views.visitor.PER_ADDRESS", 0)
    request = make_request(link)
    answer = client.post(f"{receipt(request)}correct/", RIGHT)
    assert answer.status_code == 429
    assert "Петров Илия Сергеевич" in answer.content.decode()


def test_a_forged_or_old_address_corrects_nothing(client: Client, link: Invitation, time_machine: Any) -> None:
    request = make_request(link)
    assert client.post("/receipt/1.1.x.y/correct/", RIGHT).status_code == 404
    address = receipt(request)
    time_machine.move_to(timezone.now() + timedelta(days=401))
    assert client.post(f"{address}correct/", RIGHT).status_code == 410
    request.refresh_from_db()
    assert request.corrected_at is None


def test_a_corrected_request_has_its_two_weeks_though_the_link_is_over(school: Organization) -> None:
    link = make_invitation(school, expires_on=in_days(-30))
    kept, left = (make_request(link, purge_after=in_days(140)) for _ in range(2))  # filed forty days ago
    kept.correct(**RIGHT)
    assert retention.expire_requests() == 1, "the red control: the one that nobody has corrected"
    kept.refresh_from_db()
    left.refresh_from_db()
    assert (kept.status, left.status) == (RequestStatus.PENDING, RequestStatus.EXPIRED)


def test_a_hidden_reason_is_not_told(client: Client, link: Invitation, marina: User) -> None:
    request = make_request(link, email="irina@example.ru")
    chosen = JoinRequest.objects.filter(pk=request.pk)
    chosen.reject(by=marina, reason=Reason.OTHER, reason_text="Это бывший ученик", is_reason_shown=False)
    text = client.get(receipt(request)).content.decode()
    assert "не смогла подтвердить" in text
    assert "бывший" not in text + Letter.objects.get().text


@pytest.mark.parametrize("is_open", [True, False])
def test_whoever_came_for_another_role_is_led_to_the_right_link(
    client: Client, link: Invitation, school: Organization, marina: User, is_open: bool
) -> None:
    right = make_invitation(school, school_class=link.school_class, role=Role.TEACHER, mode=Mode.REVIEW)
    request = make_request(link)
    JoinRequest.objects.filter(pk=request.pk).reject(by=marina, reason=Reason.WRONG_ROLE, offered=right)
    if not is_open:
        right.revoke(by=marina)
    text = client.get(receipt(request)).content.decode()
    assert (right.address in text) is is_open
