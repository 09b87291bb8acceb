"""Two people at the same instant: one wins, the other is told who was first. Both databases."""

import contextlib
from collections.abc import Callable
from functools import partial
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone

from accounts.models import User
from conftest import make_appointment, make_organization, make_region, make_user
from correspondence.models import Letter
from foundation.verbs import WrongStatus
from organizations.models import Appointment, Event, Organization
from registrations.models import CaseCounter, CaseLetter, Filing, HandoverRequest, Inquiry, Nominee, RegistrationRequest
from registrations.statuses import (
    AcceptedHow,
    AnswerChannel,
    HandoverStatus,
    NominatedBy,
    PredecessorReason,
    RegistrationStatus,
    SkipReason,
)
from registrations.tests.builders import make_ready

pytestmark = pytest.mark.django_db(transaction=True)
PAIRS = 10
ANNA = Nominee("Смирнова Анна Петровна", "+79001234567")


def at_once(*verbs: Callable[[], object]) -> list[str]:
    """Runs the verbs at one instant, each on a connection of its own; how each of them ended."""
    gate, ends = Barrier(len(verbs)), []

    def run(verb: Callable[[], object]) -> None:
        gate.wait()
        try:
            verb()
            ends.append("done")
        except WrongStatus as error:
            ends.append(str(error))
        finally:
            connection.close()

    threads = [Thread(target=run, args=[verb]) for verb in verbs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(ends)


def administered() -> tuple[Organization, User, User]:
    school, first, second = make_organization(), make_user(phone=None), make_user(full_name="Орлов Олег Петрович")
    make_appointment(school, first, phone="+79000001427")
    return school, first, second


def test_filing_at_once_is_one_request_and_one_letter() -> None:
    for _ in range(PAIRS):
        school, first, second = administered()
        Appointment.objects.filter(organization=school).update(agreed_at=timezone.now())
        mine, yours = Organization.objects.get(pk=school.pk), Organization.objects.get(pk=school.pk)
        at_once(
            lambda mine=mine, by=first: RegistrationRequest.objects.file(mine, by=by, agrees=False),
            lambda yours=yours, by=second: RegistrationRequest.objects.file(yours, by=by, agrees=False),
        )
        case = RegistrationRequest.objects.get(organization=school)
        assert Letter.objects.filter(thread=case.number).count() == 1


def test_the_mailer_and_whoever_takes_the_letter_back_never_both_win() -> None:
    for _ in range(PAIRS):
        school, first, _ = administered()
        Appointment.objects.filter(organization=school).update(agreed_at=timezone.now())
        case = RegistrationRequest.objects.file(Organization.objects.get(pk=school.pk), by=first, agrees=False)
        one = CaseLetter.objects.select_related("letter").get(registration=case)
        taken: list[bool] = []
        mailer = Letter.objects.get(pk=one.letter_id)
        ends = at_once(lambda one=one, by=first: one.recall(by=by), lambda: taken.append(mailer.claim()))  # noqa: B023
        case.refresh_from_db()
        if taken == [True]:
            assert any("Письмо уже уходит" in end for end in ends)
            assert case.status == RegistrationStatus.SUBMITTED
        else:
            assert ends == ["done", "done"]
            assert case.status == RegistrationStatus.DRAFT


def test_answers_at_once_are_one_answer() -> None:
    for _ in range(PAIRS):
        school, first, second = administered()
        case = RegistrationRequest.objects.open_new(school, by=first)
        mine, yours = (RegistrationRequest.objects.get(pk=case.pk) for _ in range(2))
        said = {"on": timezone.localdate(), "channel": AnswerChannel.CALL, "text": "слова"}
        ends = at_once(
            lambda mine=mine, by=first, said=said: mine.confirm(by=by, **said),
            lambda yours=yours, by=second, said=said: yours.decline(by=by, **said),
        )
        assert ends.count("done") == 1
        assert case.number in "".join(ends), "the other is told"
        verbs = ["registration.registered", "registration.declined"]
        assert Event.objects.filter(object_id=case.pk, verb__in=verbs).count() == 1


def test_accepting_at_once_appoints_once() -> None:
    for number in range(PAIRS):
        school, first, _second = administered()
        nominee = Nominee("Смирнова Анна Петровна", f"+7900123456{number}")
        change = HandoverRequest.objects.nominate(school, nominee, nominated_by=NominatedBy.HEAD, by=first)
        mine, yours = (HandoverRequest.objects.get(pk=change.pk) for _ in range(2))
        ends = at_once(
            lambda mine=mine: mine.accept(how=AcceptedHow.LINK), lambda yours=yours: yours.accept(how=AcceptedHow.LINK)
        )
        assert ends.count("done") == 1
        assert Appointment.objects.filter(organization=school).count() == 2


def test_without_compare_and_set_both_would_accept() -> None:
    """Red control: whoever looks first and writes afterwards accepts a second time."""
    school, first, _second = administered()
    change = HandoverRequest.objects.nominate(school, ANNA, nominated_by=NominatedBy.HEAD, by=first)
    looked = Barrier(2)

    def accept_after_a_look() -> None:
        mine = HandoverRequest.objects.select_related("organization__region").get(pk=change.pk)
        assert mine.is_acceptable
        looked.wait(timeout=20)
        HandoverRequest.objects.filter(pk=mine.pk).update(status=HandoverStatus.ACCEPTED)
        mine._record("accepted", None)

    assert at_once(accept_after_a_look, accept_after_a_look) == ["done", "done"]
    assert Event.objects.filter(verb="handover.accepted", object_id=change.pk).count() == 2


def test_a_dismissal_and_an_acceptance_at_once_leave_the_successor() -> None:
    for number in range(PAIRS):
        school, first, second = administered()
        nominee = Nominee("Смирнова Анна Петровна", f"+7900223456{number}")
        change = HandoverRequest.objects.nominate(school, nominee, nominated_by=NominatedBy.HEAD, by=first)
        rows = HandoverRequest.objects.select_related("organization__region")
        mine, yours = rows.get(pk=change.pk), rows.get(pk=change.pk)
        ends = at_once(
            lambda mine=mine: mine.accept(how=AcceptedHow.LINK),
            lambda yours=yours, by=second: yours.confirm_dismissal(by=by),
        )
        assert ends == ["done", "done"]
        assert Organization.objects.get(pk=school.pk).administrator.full_name == nominee.full_name
        assert not Organization.objects.administered_by(first).filter(pk=school.pk).exists()
        assert Event.objects.filter(verb="appointment.relieved", organization=school).count() == 1


def test_red_control_ending_whoever_is_there_would_end_the_successor() -> None:
    """A dismissal that asks who administers today, and not whom the change was to replace."""
    school, first, second = administered()
    change = HandoverRequest.objects.nominate(school, ANNA, nominated_by=NominatedBy.HEAD, by=first)
    HandoverRequest.objects.select_related("organization__region").get(pk=change.pk).accept(how=AcceptedHow.LINK)
    Organization.objects.get(pk=school.pk).administrator.end(by=second)
    assert Organization.objects.get(pk=school.pk).administrator is None, "nobody is left"


def test_two_dismissals_at_once_are_one_change_and_one_end() -> None:
    for number in range(PAIRS):
        school, first, second = administered()
        rows = Organization.objects.select_related("region")
        told = {"nominated_by": NominatedBy.COORDINATOR, "predecessor_reason": PredecessorReason.DISMISSED}
        mine, yours = rows.get(pk=school.pk), rows.get(pk=school.pk)
        phones = f"+790032345{number}1", f"+790032345{number}2"
        ends = at_once(
            lambda row=mine, by=first, phone=phones[0], told=told: HandoverRequest.objects.nominate(
                row, Nominee("Смирнова Анна Петровна", phone), by=by, **told
            ),
            lambda row=yours, by=second, phone=phones[1], told=told: HandoverRequest.objects.nominate(
                row, Nominee("Смирнова Анна Петровна", phone), by=by, **told
            ),
        )
        assert ends.count("done") == 1
        assert "уже идёт" in "".join(ends), "the other is told"
        assert HandoverRequest.objects.filter(organization=school).count() == 1
        assert Event.objects.filter(verb="appointment.relieved", organization=school).count() == 1


def test_a_dismissal_and_the_end_from_above_at_once_end_once() -> None:
    for number in range(PAIRS):
        school, first, second = administered()
        nominee = Nominee("Смирнова Анна Петровна", f"+7900423456{number}")
        change = HandoverRequest.objects.nominate(school, nominee, nominated_by=NominatedBy.HEAD, by=first)
        yours = HandoverRequest.objects.select_related("organization__region").get(pk=change.pk)
        row = Appointment.objects.select_related("organization__region", "user").get(organization=school)
        at_once(
            lambda row=row, by=second: row.relieve(by=by),
            lambda yours=yours, by=second: yours.confirm_dismissal(by=by),
        )
        assert Event.objects.filter(verb="appointment.relieved", organization=school).count() == 1


def test_asking_at_once_is_one_question() -> None:
    for _ in range(PAIRS):
        school, first, second = administered()
        Organization.objects.filter(pk=school.pk).update(step=3)
        rows = Organization.objects.filter(pk=school.pk).select_related("region")
        at_once(
            lambda rows=rows, by=first: Inquiry.objects.ask(rows.all(), by=by),
            lambda rows=rows, by=second: Inquiry.objects.ask(rows.all(), by=by),
        )
        inquiry = Inquiry.objects.get(organization=school)
        assert Letter.objects.filter(thread=inquiry.thread).count() == 1


ONE_LETTER = (1, ["registration.prepared", "registration.submitted"])


def sent_for(school: Organization) -> tuple[int, list[str]]:
    """How many letters, and what the journal tells of the one request."""
    case = RegistrationRequest.objects.get(organization=school)
    told = Event.objects.filter(organization=school, object_id=case.pk, verb__startswith="registration.")
    return Letter.objects.filter(queue=f"organization:{school.pk}").count(), sorted(told.values_list("verb", flat=True))


def test_two_coordinators_who_file_for_the_same_send_one_letter_each() -> None:
    """Half of the requests are there already as drafts, half are made by whoever is first."""
    region = make_region()
    for _ in range(PAIRS):
        schools, first, second = [make_ready(region) for _ in range(6)], make_user(), make_user()
        for school in schools[::2]:
            RegistrationRequest.objects.prepare(school, by=first)
        rows = Organization.objects.filter(pk__in=[school.pk for school in schools])
        ends = at_once(
            lambda rows=rows, by=first: RegistrationRequest.objects.file_many(rows.all(), by=by),
            lambda rows=rows, by=second: RegistrationRequest.objects.file_many(rows.reverse(), by=by),
        )
        assert ends == ["done", "done"]
        assert [sent_for(school) for school in schools] == [ONE_LETTER] * 6
        (won, lost) = sorted(Filing.objects.order_by("-pk")[:2], key=lambda filing: len(filing.skipped))
        assert (won.letters.count(), len(won.skipped)) == (6, 0)
        assert [reason for _, reason, _ in lost.skipped] == [SkipReason.AWAITING] * 6


def test_filing_for_many_while_administrators_file_for_their_own() -> None:
    region = make_region()
    for _ in range(PAIRS):
        schools, coordinator, own = [make_ready(region) for _ in range(4)], make_user(), make_user()
        RegistrationRequest.objects.prepare(schools[0], by=own)
        rows = Organization.objects.filter(pk__in=[school.pk for school in schools])
        singly = [Organization.objects.get(pk=school.pk) for school in schools[:2]]

        def alone(school: Organization, by: User = own) -> None:
            with contextlib.suppress(WrongStatus):
                RegistrationRequest.objects.file(school, by=by, agrees=False)

        ends = at_once(
            lambda rows=rows, by=coordinator: RegistrationRequest.objects.file_many(rows, by=by),
            *[lambda school=school, alone=alone: alone(school) for school in singly],
        )
        assert ends == ["done"] * 3
        assert [sent_for(school) for school in schools] == [ONE_LETTER] * 4


def test_a_double_click_at_one_instant_is_one_filing() -> None:
    region = make_region()
    for _ in range(PAIRS):
        school, coordinator, batch = make_ready(region), make_user(), uuid4()
        rows = Organization.objects.filter(pk=school.pk)
        click = partial(RegistrationRequest.objects.file_many, by=coordinator, batch=batch)
        assert at_once(*[lambda rows=rows, click=click: click(rows.all()) for _ in range(2)]) == ["done", "done"]
        assert sent_for(school) == ONE_LETTER
        assert Filing.objects.get(batch=batch).skipped == []


def test_numbers_given_at_once_differ() -> None:
    given: list[str] = []
    at_once(*[lambda: given.append(CaseCounter.next_number("РЕГ")) for _ in range(8)])
    assert len(set(given)) == 8


def test_without_the_unique_constraint_two_requests_would_stand() -> None:
    """Red control: what `prepare` relies on is the database's refusal, not its own look before."""
    school, first, _second = administered()
    RegistrationRequest.objects.open_new(school, by=first)
    with pytest.raises(IntegrityError):
        RegistrationRequest.objects.open_new(school, by=first)
