"""Taking a decision back: at once without a trace in anybody's mailbox, later with a notice, never with two letters
that contradict each other.
"""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from conftest import make_user
from correspondence.models import Letter, LetterStatus
from foundation.verbs import WrongStatus
from invitations.acceptance import accept_chosen, accept_exact
from invitations.models import ExpectedMember, Invitation, JoinRequest, ListGround, ListMatch
from invitations.statuses import Reason, RequestStatus, Role
from invitations.tests.builders import in_days, make_invitation, make_request
from organizations.models import Event, Organization

pytestmark = pytest.mark.django_db


@pytest.fixture
def link(school: Organization, marina: User) -> Invitation:
    ListGround.objects.create(
        organization=school,
        document="Поручение",
        number="7",
        dated_on=in_days(-3),
        wave_ends_on=in_days(30),
        recorded_by=marina,
    )
    return make_invitation(school, limit=1000)


def chosen(*rows: JoinRequest) -> Any:
    return JoinRequest.objects.filter(pk__in=[row.pk for row in rows])


def send_out() -> None:
    """Ten minutes pass and the mailer has done its work."""
    long_ago = timezone.now() - timedelta(minutes=11)
    JoinRequest.objects.exclude(decided_at=None).update(decided_at=long_ago)
    open_letters = Letter.objects.filter(status=LetterStatus.QUEUED)
    open_letters.update(status=LetterStatus.SENT, attempt=1, sent_at=timezone.now(), finished_at=timezone.now())


def subjects(*statuses: LetterStatus) -> list[str]:
    rows = Letter.objects.filter(status__in=statuses).order_by("pk")
    return [row.subject.partition(" ")[2].partition(" ")[2] for row in rows]


def expect(organization: Organization, link: Invitation, *names: str) -> list[ExpectedMember]:
    return [
        ExpectedMember.objects.create(
            organization=organization, school_class=link.school_class, role=link.role, full_name=name
        )
        for name in names
    ]


def test_a_decision_is_effective_at_once_and_its_letter_waits(link: Invitation, marina: User) -> None:
    row = make_request(link, email="irina@example.ru")
    chosen(row).accept(by=marina)
    row.refresh_from_db()
    assert row.status == RequestStatus.ACCEPTED
    letter = Letter.objects.get()
    assert letter.is_held
    assert timedelta(minutes=9) < letter.due_at - timezone.now() <= timedelta(minutes=10)


def test_undo_of_a_whole_batch_drops_its_letters(link: Invitation, marina: User) -> None:
    rows = [make_request(link, full_name=f"Петров Илья {n}", email="irina@example.ru") for n in "АБВ"]
    batch = chosen(*rows).accept(by=marina).batch
    undone = JoinRequest.objects.filter(batch=batch).undo(by=marina)
    assert (len(undone.won), undone.late) == (3, [])
    assert set(JoinRequest.objects.values_list("status", "decided_by", "decided_at")) == {
        (RequestStatus.PENDING, None, None)
    }
    assert set(Letter.objects.values_list("status", flat=True)) == {LetterStatus.ABORTED}
    assert Event.objects.filter(verb="request.undone", by=marina).count() == 3


def test_too_late_to_undo_once_the_letter_is_on_its_way(link: Invitation, marina: User) -> None:
    row = make_request(link, email="irina@example.ru")
    chosen(row).accept(by=marina)
    Letter.objects.update(attempt=1, status=LetterStatus.SENDING, lease_until=timezone.now())
    undone = chosen(row).undo(by=marina)
    assert (undone.won, undone.late) == ([], [row])
    row.refresh_from_db()
    assert row.status == RequestStatus.ACCEPTED, "a person who reads «принята» is accepted"


def test_undo_ends_after_ten_minutes_even_where_nobody_was_written_to(link: Invitation, marina: User) -> None:
    row = make_request(link)
    chosen(row).reject(by=marina, reason=Reason.UNKNOWN)
    send_out()
    assert chosen(row).undo(by=marina).late == [row]
    assert chosen(row).reopen(by=marina).won == [row]
    row.refresh_from_db()
    assert (row.status, row.reason) == (RequestStatus.PENDING, "")


def test_reopening_tells_whoever_has_read_the_decision(link: Invitation, marina: User) -> None:
    row = make_request(link, email="irina@example.ru")
    chosen(row).accept(by=marina)
    send_out()
    chosen(row).reopen(by=marina)
    assert subjects(LetterStatus.QUEUED) == ["снова на проверке"]
    assert "больше не действует" in Letter.objects.get(status=LetterStatus.QUEUED).text


def test_reopening_before_the_letter_has_left_writes_to_nobody(link: Invitation, marina: User) -> None:
    row = make_request(link, email="irina@example.ru")
    chosen(row).accept(by=marina)
    chosen(row).reopen(by=marina)
    assert subjects(LetterStatus.QUEUED, LetterStatus.SENT) == []


def test_a_new_decision_replaces_the_notice_that_has_not_left(link: Invitation, marina: User) -> None:
    row = make_request(link, email="irina@example.ru")
    chosen(row).accept(by=marina)
    send_out()
    chosen(row).reopen(by=marina)
    chosen(row).reject(by=marina, reason=Reason.UNKNOWN)
    assert subjects(LetterStatus.QUEUED) == ["отклонена"]
    assert "Решение изменилось" in Letter.objects.get(status=LetterStatus.QUEUED).text


def test_who_read_the_first_decision_gets_the_notice_when_the_second_is_undone(link: Invitation, marina: User) -> None:
    row = make_request(link, email="irina@example.ru")
    chosen(row).accept(by=marina)
    send_out()
    chosen(row).reopen(by=marina)
    chosen(row).reject(by=marina, reason=Reason.UNKNOWN)
    chosen(row).undo(by=marina)
    assert subjects(LetterStatus.QUEUED) == ["снова на проверке"], "else the letter «проверена» would still stand"


def test_the_letter_after_an_undo_does_not_speak_of_a_change(link: Invitation, marina: User) -> None:
    row = make_request(link, email="irina@example.ru")
    chosen(row).accept(by=marina)
    chosen(row).undo(by=marina)
    chosen(row).reject(by=marina, reason=Reason.UNKNOWN)
    letter = Letter.objects.get(status=LetterStatus.QUEUED)
    assert "Решение изменилось" not in letter.text


def test_the_receipt_of_the_request_is_never_dropped(link: Invitation, marina: User) -> None:
    facts = {"consent_version": "2026-11", "email": "irina@example.ru"}
    row = JoinRequest.objects.file(link, form_key="1", full_name="Петров Илья", **facts)
    chosen(row).accept(by=marina)
    chosen(row).undo(by=marina)
    chosen(row).accept(by=marina)
    assert subjects(LetterStatus.QUEUED)[0] == "подана"


def test_who_is_in_the_class_at_sferum_is_not_reopened(link: Invitation, marina: User) -> None:
    row = make_request(link, status=RequestStatus.ACCEPTED, joined_at=timezone.now())
    assert chosen(row).reopen(by=marina).late == [row]


def test_a_line_of_the_list_is_spent_once_and_comes_back(link: Invitation, marina: User) -> None:
    expect(link.organization, link, "Петров Илья Сергеевич")
    first = make_request(link)
    assert accept_exact(link.organization, [first.pk], by=marina).won == [first]
    second = make_request(link)
    decided = accept_exact(link.organization, [second.pk], by=marina)
    assert (decided.won, decided.left) == ([], [second]), "a stranger who knows the name does not come in by it"
    chosen(first).undo(by=marina)
    assert not ListMatch.objects.exists()


def test_a_line_taken_meanwhile_by_another_request_is_not_spent_again(link: Invitation, marina: User) -> None:
    (line,) = expect(link.organization, link, "Петров Илья Сергеевич")
    quicker, slower = make_request(link), make_request(link)
    chosen(quicker).accept(by=marina, lines={quicker.pk: line.pk}, listed=True)
    stale = {slower.pk: line.pk}
    decided = chosen(slower).accept(by=marina, lines=stale, listed=True)
    assert (decided.won, decided.left) == ([], [slower])
    assert chosen(slower).accept(by=marina, lines=stale).won == [slower], "a person may accept it all the same"
    assert ListMatch.objects.get().request == quicker


def test_a_request_decided_by_somebody_else_takes_no_line(link: Invitation, marina: User) -> None:
    (line,) = expect(link.organization, link, "Петров Илья Сергеевич")
    row = make_request(link)
    chosen(row).reject(by=make_user(), reason=Reason.UNKNOWN)
    assert chosen(row).accept(by=marina, lines={row.pk: line.pk}, listed=True).beaten == [row]
    assert not ListMatch.objects.exists()


def test_a_teacher_is_never_accepted_by_a_list_alone(link: Invitation, marina: User) -> None:
    teachers = make_invitation(link.organization, school_class=link.school_class, role=Role.TEACHER)
    row = make_request(teachers, full_name="Белова Анна Петровна", phone="+79131234567")
    expect(link.organization, teachers, "Белова Анна Петровна")
    assert accept_exact(link.organization, [row.pk], by=marina).won == []
    assert accept_chosen(link.organization, [row.pk], by=marina, knows_personally=True).won == [row]


def test_one_decision_covers_what_was_said_to_be_one_person(link: Invitation, marina: User) -> None:
    first, second = make_request(link, email="a@example.ru"), make_request(link, email="b@example.ru")
    assert chosen(first).accept(by=marina).won == [first], "without the word each is decided by itself"
    chosen(first).undo(by=marina)
    chosen(first, second).mark_same(by=marina)
    assert chosen(first).accept(by=marina).won == [first, second]
    assert Letter.objects.filter(status=LetterStatus.QUEUED).count() == 2
    assert chosen(first).undo(by=marina).won == [first, second]


def test_one_person_is_of_one_class_and_role(link: Invitation, marina: User) -> None:
    elsewhere = make_request(make_invitation(link.organization, section="В"))
    with pytest.raises(WrongStatus, match="одного класса"):
        chosen(make_request(link), elsewhere).mark_same(by=marina)


def test_told_apart_they_are_decided_one_by_one_again(link: Invitation, marina: User) -> None:
    first, second = make_request(link), make_request(link)
    chosen(first, second).mark_same(by=marina)
    chosen(first, second).tell_apart(by=marina)
    assert chosen(first).accept(by=marina).won == [first]
    second.refresh_from_db()
    assert (second.status, second.is_told_apart) == (RequestStatus.PENDING, True)


def test_postponed_comes_back_by_a_click_and_is_cleared_by_a_decision(link: Invitation, marina: User) -> None:
    row = make_request(link)
    chosen(row).postpone(by=marina, until=in_days(2), note="позвонить после обеда")
    row.refresh_from_db()
    assert (row.postponed_until, row.note) == (in_days(2), "позвонить после обеда")
    assert chosen(row).take_back(by=marina) == 1
    chosen(row).postpone(by=marina, until=in_days(2))
    chosen(row).accept(by=marina)
    row.refresh_from_db()
    assert row.postponed_until is None


def test_the_wrong_role_is_told_the_right_link(link: Invitation, marina: User) -> None:
    right = make_invitation(link.organization, school_class=link.school_class, role=Role.PARENT)
    row = make_request(link, email="irina@example.ru")
    chosen(row).reject(by=marina, reason=Reason.WRONG_ROLE, offered=right)
    assert right.address in Letter.objects.get().text


def test_a_hidden_reason_is_not_in_the_letter(link: Invitation, marina: User) -> None:
    row = make_request(link, email="irina@example.ru")
    chosen(row).reject(by=marina, reason=Reason.OTHER, reason_text="не наш", is_reason_shown=False)
    assert "не наш" not in Letter.objects.get().text
