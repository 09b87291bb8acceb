"""Two people at the same instant: one wins, the other is told who was first. Both databases."""

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone

from accounts.models import User
from conftest import make_appointment, make_organization, make_user
from correspondence.models import Letter
from foundation.verbs import WrongStatus
from organizations.models import Appointment, Event, Organization
from registrations.models import CaseCounter, HandoverRequest, Inquiry, Nominee, RegistrationRequest
from registrations.statuses import AcceptedHow, AnswerChannel, NominatedBy

pytestmark = pytest.mark.django_db(transaction=True)
PAIRS = 10


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
