"""What time closes and erases, whom it nudges, and what stays as proof."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from conftest import make_appointment, make_organization
from correspondence.models import Letter, LetterStatus
from foundation.verbs import WrongStatus
from invitations import nudges, retention, tasks
from invitations.consents import CURRENT
from invitations.models import Destruction, Invitation, JoinRequest
from invitations.statuses import KEPT_DAYS, DestructionGround, Reason, RequestStatus
from invitations.tests.builders import in_days, make_invitation, make_request
from organizations.models import Event, Organization, Region

pytestmark = pytest.mark.django_db
FILED_LONG_AGO = in_days(KEPT_DAYS[RequestStatus.PENDING] - 40)
WORKING_MORNING = "2026-11-24T03:00:00Z"  # Tuesday, ten in Tomsk


@pytest.fixture
def link(school: Organization) -> Invitation:
    return make_invitation(school)


def test_requests_expire_two_weeks_after_their_link(school: Organization) -> None:
    old = make_request(make_invitation(school, section="А", expires_on=in_days(-15)), purge_after=FILED_LONG_AGO)
    fresh = make_request(make_invitation(school, section="Б", expires_on=in_days(-14)), purge_after=FILED_LONG_AGO)
    assert retention.expire_requests() == 1
    old.refresh_from_db()
    fresh.refresh_from_db()
    assert (old.status, old.purge_after) == (RequestStatus.EXPIRED, in_days(30))
    assert fresh.status == RequestStatus.PENDING
    assert Event.objects.filter(verb="request.expired").count() == 1
    assert retention.expire_requests() == 0


def test_a_request_that_came_back_to_review_is_not_closed_by_the_next_night(school: Organization, marina: User) -> None:
    link = make_invitation(school, expires_on=in_days(-30))
    row = make_request(link, purge_after=FILED_LONG_AGO)
    JoinRequest.objects.filter(pk=row.pk).reject(by=marina, reason=Reason.UNKNOWN)
    assert JoinRequest.objects.filter(pk=row.pk).reopen(by=marina).won == [row]
    assert retention.expire_requests() == 0  # two weeks later it is over
    JoinRequest.objects.filter(pk=row.pk).update(purge_after=FILED_LONG_AGO)
    assert retention.expire_requests() == 1


def test_a_postponed_request_lives_through_its_day(school: Organization, marina: User) -> None:
    link = make_invitation(school, expires_on=in_days(-30))
    row = make_request(link, purge_after=FILED_LONG_AGO)
    JoinRequest.objects.filter(pk=row.pk).postpone(by=marina, until=in_days(5))
    assert retention.expire_requests() == 0


def test_a_request_nobody_decides_ends_even_if_its_link_is_extended_for_ever(link: Invitation) -> None:
    make_request(link, purge_after=in_days(-1))
    assert retention.expire_requests() == 1


def test_purge_erases_people_and_keeps_the_proof(link: Invitation) -> None:
    due = make_request(
        link, status=RequestStatus.REJECTED, email="irina@example.ru", phone="+79138000001", purge_after=in_days(-1)
    )
    kept = make_request(link, status=RequestStatus.REJECTED, purge_after=in_days(0))
    assert retention.purge_due() == 1
    due.refresh_from_db()
    kept.refresh_from_db()
    assert (due.full_name, due.applicant_name, due.phone, due.email) == ("", "", "", "")
    assert due.purged_at
    assert due.consent_version == CURRENT.version
    assert due.consent_at
    assert kept.full_name
    record = Destruction.objects.get()
    assert (record.organization, record.count, record.ground) == (link.organization, 1, DestructionGround.TERM)
    assert retention.purge_due() == 0
    assert Destruction.objects.count() == 1


def test_pending_requests_are_not_purged(link: Invitation) -> None:
    make_request(link, purge_after=in_days(-1))
    assert retention.purge_due() == 0


def test_withdrawn_requests_go_the_next_night_with_their_own_ground(link: Invitation, time_machine: Any) -> None:
    make_request(link).withdraw()
    assert retention.purge_due() == 0
    time_machine.move_to(timezone.now() + timedelta(days=1))
    assert retention.purge_due() == 1
    assert Destruction.objects.get().ground == DestructionGround.WITHDRAWN


def test_consent_taken_back_after_the_decision_erases_too(link: Invitation, marina: User, time_machine: Any) -> None:
    request = make_request(link)
    with pytest.raises(WrongStatus, match="Сначала примите"):
        request.forget(by=marina)
    request.accept(by=marina)
    request.forget(by=marina)
    time_machine.move_to(timezone.now() + timedelta(days=1))
    assert retention.purge_due() == 1
    request.refresh_from_db()
    assert (request.full_name, request.status) == ("", RequestStatus.ACCEPTED)
    assert Destruction.objects.get().ground == DestructionGround.WITHDRAWN


def test_the_applicants_address_leaves_the_outbox_too(link: Invitation, marina: User) -> None:
    request = make_request(link, email="irina@example.ru")
    request.reject(by=marina, reason="twice")
    JoinRequest.objects.update(purge_after=in_days(-1))
    reply = "550 <irina@example.ru>: no such mailbox"
    Letter.objects.update(status=LetterStatus.FAILED, finished_at=timezone.now(), server_reply=reply)
    retention.purge_due()
    letter = Letter.objects.get()
    assert (letter.recipient, letter.text, letter.server_reply) == ("", "", "")


def test_a_letter_that_never_left_is_stopped(link: Invitation, marina: User) -> None:
    make_request(link, email="irina@example.ru").accept(by=marina)
    JoinRequest.objects.update(purge_after=in_days(-1))
    retention.purge_due()
    assert Letter.objects.get().status == LetterStatus.ABORTED
    assert Letter.objects.get().recipient == ""


def test_a_letter_on_its_way_does_not_come_back_with_the_address(link: Invitation, marina: User, settings: Any) -> None:
    settings.DECISION_UNDO_MINUTES = 0
    make_request(link, email="irina@example.ru").accept(by=marina)
    letter = Letter.objects.get()
    assert letter.claim()
    JoinRequest.objects.update(purge_after=in_days(-1))
    retention.purge_due()
    assert not letter.retry("Почтовый сервер не отвечает.", "451 <irina@example.ru>")
    letter.refresh_from_db()
    assert (letter.status, letter.recipient, letter.server_reply) == (LetterStatus.ABORTED, "", "")


def test_tasks_run_once_a_day(link: Invitation) -> None:
    tasks.purge_due()
    make_request(link, status=RequestStatus.REJECTED, purge_after=in_days(-1))
    tasks.purge_due()
    assert not Destruction.objects.exists(), "this day's run is done"


@pytest.fixture
def waiting(school: Organization, marina: User, time_machine: Any) -> Organization:
    time_machine.move_to(WORKING_MORNING)
    link = make_invitation(school, limit=100)
    for _ in range(3):
        make_request(link, created_at="2026-11-16T03:00:00Z")
    make_request(link)
    return school


def test_administrator_is_nudged_with_counts_and_no_names(waiting: Organization, marina: User) -> None:
    tasks.nudge_administrators()
    letter = Letter.objects.get()
    assert letter.recipient == marina.email
    assert "3 заявки ждут" in letter.subject
    assert "самая давняя ждёт 6 рабочих дней" in letter.text
    assert f"/organizations/{waiting.pk}/requests/" in letter.text
    assert "Петров" not in letter.text


def test_one_letter_for_an_administrator_of_two_schools(waiting: Organization, marina: User) -> None:
    second = make_organization(waiting.municipality)
    make_appointment(second, marina)
    make_request(make_invitation(second), created_at="2026-11-10T03:00:00Z")
    tasks.nudge_administrators()
    assert waiting.name in Letter.objects.get().text
    assert second.name in Letter.objects.get().text


def test_nudges_come_once_a_week(waiting: Organization, time_machine: Any) -> None:
    for moment in (WORKING_MORNING, "2026-11-24T04:00:00Z", "2026-11-25T03:00:00Z"):
        time_machine.move_to(moment)
        tasks.nudge_administrators()
    assert Letter.objects.count() == 1
    time_machine.move_to("2026-11-30T03:00:00Z")
    tasks.nudge_administrators()
    assert Letter.objects.count() == 2


@pytest.mark.parametrize(
    "moment",
    ["2026-11-24T01:30:00Z", "2026-11-24T11:30:00Z", "2026-11-22T03:00:00Z"],
    ids=["half past eight in Tomsk", "half past six in the evening", "Sunday"],
)
def test_nobody_is_nudged_out_of_office_hours(waiting: Organization, time_machine: Any, moment: str) -> None:
    time_machine.move_to(moment)
    tasks.nudge_administrators()
    assert not Letter.objects.exists()


@pytest.mark.parametrize(
    ("filed", "nudged"),
    [("2026-11-18T16:59:00Z", 1), ("2026-11-18T17:01:00Z", 0)],
    ids=["Wednesday: four working days", "Thursday in Tomsk: three"],
)
def test_patience_is_counted_in_working_days_of_the_region(
    school: Organization, marina: User, region: Region, time_machine: Any, filed: str, nudged: int
) -> None:
    time_machine.move_to(WORKING_MORNING)
    make_request(make_invitation(school), created_at=filed)
    assert nudges.nudge_region(region) == nudged


def test_a_tick_in_sferum_does_not_lengthen_what_a_consent_taken_back_has_ended(link: Invitation, marina: User) -> None:
    row = make_request(link, status=RequestStatus.ACCEPTED)
    row.forget(by=marina)
    rows = JoinRequest.objects.filter(pk=row.pk)
    assert not rows.checked_not_joined().exists()
    assert rows.mark_joined(by=marina) == []
    row.refresh_from_db()
    assert row.purge_after == in_days(0)
