"""A letter that has not left can be taken back, and one may be told to leave on another day."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from phonenumber_field.phonenumber import PhoneNumber

from accounts.models import User
from coordination.check_journey import differences
from correspondence.delivery import Courier
from correspondence.models import Letter, LetterStatus
from correspondence.outbox import deliver_due
from foundation.verbs import WrongStatus
from organizations.journey import reach
from organizations.models import Event, Organization
from organizations.statuses import Source, Step
from registrations.models import CaseLetter, HandoverRequest, HelpRequest, Nominee, RegistrationRequest
from registrations.statuses import (
    AcceptedHow,
    Addressee,
    AnswerChannel,
    HandChannel,
    HandoverStatus,
    HelpStatus,
    HelpTopic,
    NominatedBy,
    Purpose,
    RegistrationStatus,
)

Enter = Callable[[User], Client]
TOMSK = ZoneInfo("Asia/Tomsk")


@pytest.fixture(autouse=True)
def _ten_minutes_to_think_again(settings: object) -> None:
    settings.UNDO_MINUTES = 10


@pytest.fixture
def school(school: Organization) -> Organization:
    reach(school, Step.APPOINTED, by=None, source=Source.SCHOOL)
    return school


@pytest.fixture
def filed(school: Organization, marina: User) -> RegistrationRequest:
    return RegistrationRequest.objects.file(school, by=marina, agrees=True)


def abort_url(letter: Letter) -> str:
    return reverse("registrations:letter-abort", args=[letter.pk])


def fresh(case: RegistrationRequest) -> RegistrationRequest:
    return RegistrationRequest.objects.get(pk=case.pk)


def test_strangers_take_nothing_back(filed: RegistrationRequest, oleg: User, enter: Enter) -> None:
    letter = Letter.objects.get()
    assert enter(oleg).post(abort_url(letter)).status_code == 404
    assert Client().post(abort_url(letter)).status_code == 302
    letter.refresh_from_db()
    assert letter.status == LetterStatus.QUEUED


def test_the_letter_waits_ten_minutes_and_then_leaves(filed: RegistrationRequest, smtp_sink: object) -> None:
    assert deliver_due() == 0
    with time_machine.travel(timezone.now() + timedelta(minutes=10, seconds=1)):
        assert deliver_due() == 1
    assert len(smtp_sink.received) == 1


def test_red_control_without_the_window_it_is_gone_before_anybody_thinks_again(
    school: Organization, marina: User, settings: object, smtp_sink: object
) -> None:
    settings.UNDO_MINUTES = 0
    RegistrationRequest.objects.file(school, by=marina, agrees=True)
    assert deliver_due() == 1
    with pytest.raises(WrongStatus, match="доставлено серверу"):
        CaseLetter.objects.get().recall(by=marina)
    assert RegistrationRequest.objects.get().status == RegistrationStatus.SUBMITTED


def test_taken_back_by_a_button_everything_is_as_before(
    school: Organization, marina: User, filed: RegistrationRequest, enter: Enter, smtp_sink: object
) -> None:
    browser, letter = enter(marina), Letter.objects.get()
    page = browser.get(filed.get_absolute_url()).content.decode()
    assert "Письмо ещё не ушло" in page
    assert abort_url(letter) in page

    shown = browser.post(abort_url(letter), {"back": "case"}, follow=True)

    assert shown.redirect_chain[-1][0] == filed.get_absolute_url()
    assert "Письмо уйдёт в точности так" in shown.content.decode()
    case = fresh(filed)
    assert (case.status, case.waiting_since, case.last_letter_at) == (RegistrationStatus.DRAFT, None, None)
    letter.refresh_from_db()
    assert (letter.status, letter.acted_by) == (LetterStatus.ABORTED, marina.full_name)
    school.refresh_from_db()
    assert school.step == Step.APPOINTED
    assert not school.milestones.filter(step=Step.REQUESTED).exists()
    verbs = list(Event.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs[-3:] == ["registration.recalled", "milestone.removed", "letter.stopped"]
    assert list(differences()) == []
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        assert deliver_due() == 0


def test_red_control_with_the_milestone_left_the_road_would_lie(
    school: Organization, marina: User, filed: RegistrationRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registrations.models.registration.unreach", lambda *_, **__: False)
    CaseLetter.objects.get().recall(by=marina)
    school.refresh_from_db()
    assert school.step == Step.REQUESTED, "«Письмо в Сферум отправлено», and nobody has written"


def test_written_anew_it_is_a_first_letter_without_an_answer_to_nobody(
    marina: User, filed: RegistrationRequest
) -> None:
    CaseLetter.objects.get().recall(by=marina)
    fresh(filed).submit(by=marina)
    first, second = CaseLetter.objects.order_by("pk")
    assert (first.purpose, second.purpose) == (Purpose.FIRST, Purpose.FIRST)
    assert second.letter.headers == {}
    assert second.letter.message_id != first.letter.message_id
    assert list(differences()) == []


def test_a_milestone_known_before_stays(school: Organization, vera: User, marina: User) -> None:
    case = RegistrationRequest.objects.prepare(school, by=marina)
    case.organization.administrator.agree(by=marina)
    case.record_sent_by_hand(by=vera, on=timezone.localdate() - timedelta(days=3), channel=HandChannel.LETTER)
    case.ask_correction(by=vera, on=timezone.localdate(), channel=AnswerChannel.CALL, text="ИНН")
    case.submit(by=marina)
    CaseLetter.objects.get(purpose=Purpose.CORRECTION).recall(by=marina)
    case = fresh(case)
    assert case.status == RegistrationStatus.NEEDS_CORRECTION
    assert case.last_letter_at is not None
    assert school.milestones.get(step=Step.REQUESTED).source == Source.SCHOOL
    assert list(differences()) == []


def test_a_step_further_on_keeps_the_milestone(
    school: Organization, vera: User, marina: User, filed: RegistrationRequest
) -> None:
    reach(school, Step.REGISTERED, by=vera, source=Source.REGISTRY)
    CaseLetter.objects.get().recall(by=marina)
    school.refresh_from_db()
    assert school.step == Step.REGISTERED
    assert school.milestones.filter(step=Step.REQUESTED).exists()
    assert list(differences()) == []


def test_the_mailer_was_first(filed: RegistrationRequest, marina: User, enter: Enter) -> None:
    letter = Letter.objects.get()
    Letter.objects.update(due_at=timezone.now())
    assert Letter.objects.get().claim()
    shown = enter(marina).post(abort_url(letter), {"back": "case"}, follow=True).content.decode()
    assert "Письмо уже уходит" in shown
    assert fresh(filed).status == RegistrationStatus.SUBMITTED
    letter.refresh_from_db()
    assert letter.status == LetterStatus.SENDING


def test_red_control_a_status_written_over_would_let_both_win(filed: RegistrationRequest, smtp_sink: object) -> None:
    Letter.objects.update(due_at=timezone.now())
    stale, taken = Letter.objects.get(), Letter.objects.get()
    assert taken.claim()
    stale.status, stale.finished_at = LetterStatus.ABORTED, timezone.now()
    stale.save(update_fields=["status", "finished_at"])
    with Courier() as courier:
        courier.carry(taken)
    assert len(smtp_sink.received) == 1, "Sferum has it"
    assert Letter.objects.get().status == LetterStatus.ABORTED, "and the school reads that it was withdrawn"


def test_the_person_was_first(filed: RegistrationRequest, marina: User) -> None:
    Letter.objects.update(due_at=timezone.now())
    taken = Letter.objects.get()
    CaseLetter.objects.get().recall(by=marina)
    assert not taken.claim()


def test_a_letter_to_the_manager_and_a_question_go_back_too(school: Organization, vera: User, marina: User) -> None:
    reach(school, Step.REGISTERED, by=vera, source=Source.REGISTRY)
    Organization.objects.filter(pk=school.pk).update(registered_phone="+79000001427")
    nominee = Nominee("Смирнова Анна Петровна", PhoneNumber.from_string("+79001234567"))
    school.refresh_from_db()
    change = HandoverRequest.objects.nominate(school, nominee, nominated_by=NominatedBy.COORDINATOR, by=vera)
    change.accept(how=AcceptedHow.CALL, by=vera)
    question = HelpRequest.objects.prepare(
        school, topic=HelpTopic.OTHER, addressee=Addressee.SUPPORT, question="Как?", by=vera
    )
    question.submit(by=vera)
    for one in CaseLetter.objects.all():
        one.recall(by=vera)
    change.refresh_from_db()
    question.refresh_from_db()
    assert (change.status, question.status) == (HandoverStatus.ACCEPTED, HelpStatus.DRAFT)


def test_a_repeat_taken_back_can_be_repeated_the_same_day(
    filed: RegistrationRequest, marina: User, smtp_sink: object
) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        deliver_due()
        fresh(filed).repeat(by=marina)
        CaseLetter.objects.get(purpose=Purpose.REPEAT).recall(by=marina)
        case = fresh(filed)
        assert case.status == RegistrationStatus.SUBMITTED
        assert case.is_repeatable


def test_a_free_reply_taken_back_gives_the_clock_back(
    filed: RegistrationRequest, marina: User, smtp_sink: object
) -> None:
    since = filed.waiting_since
    with time_machine.travel(timezone.now() + timedelta(days=9)):
        deliver_due()
        fresh(filed).reply(by=marina, text="ИНН верный.", form_key=uuid.uuid4())
        assert fresh(filed).waiting_since != since
        CaseLetter.objects.get(purpose=Purpose.REPLY).recall(by=marina)
        case = fresh(filed)
    assert (case.waiting_since, case.status) == (since, RegistrationStatus.SUBMITTED)


def test_nothing_is_written_in_the_thread_before_its_letter_has_left(
    filed: RegistrationRequest, marina: User, enter: Enter, smtp_sink: object
) -> None:
    browser, page = enter(marina), filed.get_absolute_url()
    assert "Написать в этой переписке" not in browser.get(page).content.decode()
    with pytest.raises(WrongStatus, match="ещё не ушло"):
        filed.reply(by=marina, text="ИНН верный.", form_key=uuid.uuid4())
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        deliver_due()
        assert "Написать в этой переписке" in enter(marina).get(page).content.decode()


def test_with_its_last_letter_taken_back_a_case_waits_for_nothing(filed: RegistrationRequest, marina: User) -> None:
    """A repeat stands over a first letter that was withdrawn; then the repeat is withdrawn too."""
    first = CaseLetter.objects.get()
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        fresh(filed).repeat(by=marina)
        first.recall(by=marina)
        CaseLetter.objects.get(purpose=Purpose.REPEAT).recall(by=marina)
    case = fresh(filed)
    assert (case.status, case.waiting_since, case.last_letter_at) == (RegistrationStatus.DRAFT, None, None)


def test_a_first_letter_does_not_take_the_case_back_from_under_a_later_one(
    filed: RegistrationRequest, marina: User
) -> None:
    first = CaseLetter.objects.get()
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        fresh(filed).repeat(by=marina)
        first.recall(by=marina)
    assert fresh(filed).status == RegistrationStatus.SUBMITTED


def test_an_answer_stops_the_letter_of_a_later_day(
    school: Organization, marina: User, vera: User, smtp_sink: object
) -> None:
    later = timezone.now() + timedelta(days=5)
    case = RegistrationRequest.objects.file(school, by=marina, agrees=True, not_before=later)
    case.confirm(by=vera, on=timezone.localdate(), channel=AnswerChannel.CALL)
    school.refresh_from_db()
    assert str(school.registered_phone) == "+79000001427"
    with time_machine.travel(later + timedelta(days=1)):
        deliver_due()
    assert smtp_sink.recipients == [marina.email], "only the news of the answer leaves"
    assert Letter.objects.get(lane="case").status == LetterStatus.ABORTED


def test_an_answer_stops_a_letter_that_the_server_has_put_off(
    filed: RegistrationRequest, vera: User, smtp_sink: object
) -> None:
    smtp_sink.data_reply = "451 try later"
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        deliver_due()
        assert Letter.objects.get(lane="case").attempt == 1
        smtp_sink.data_reply = "250 ok"
        filed.decline(by=vera, on=timezone.localdate(), channel=AnswerChannel.CALL, text="Нет в реестре")
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        deliver_due()
    assert Letter.objects.get(lane="case").status == LetterStatus.ABORTED


def test_for_another_day_and_hour_of_the_region(
    school: Organization, marina: User, enter: Enter, smtp_sink: object
) -> None:
    with time_machine.travel(datetime(2026, 12, 1, 12, 0, tzinfo=TOMSK), tick=False):
        page = reverse("registrations:registration-file", args=[school.pk])
        typed = {"agree": "on", "send_on": "2026-12-03", "send_at": "09:00"}
        shown = enter(marina).post(page, typed, follow=True).content.decode()
        assert "уйдёт 3 декабря в 9:00" in shown
        letter, case = Letter.objects.get(), RegistrationRequest.objects.get()
        assert letter.due_at == datetime(2026, 12, 3, 9, 0, tzinfo=TOMSK)
        assert case.waiting_since.isoformat() == "2026-12-03"
        assert case.waiting_days == 0
        assert not case.is_repeatable
        assert deliver_due() == 0
    with time_machine.travel(datetime(2026, 12, 3, 9, 0, 5, tzinfo=TOMSK)):
        assert deliver_due() == 1
    with time_machine.travel(datetime(2026, 12, 7, 9, 0, 5, tzinfo=TOMSK)):
        assert RegistrationRequest.objects.get().waiting_days == 2


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"send_on": "2026-11-30", "send_at": "09:00"}, "уже прошли"),
        ({"send_on": "2027-08-31", "send_at": "09:00"}, "не дальше чем на 60 дней"),
        ({"send_on": "", "send_at": "10:30"}, "Укажите день"),
        ({"send_on": "вчера", "send_at": "09:00"}, "дату"),
    ],
)
def test_a_day_that_makes_no_sense_is_refused_at_its_field(
    school: Organization, marina: User, enter: Enter, typed: dict[str, str], words: str
) -> None:
    with time_machine.travel(datetime(2026, 12, 1, 12, 0, tzinfo=TOMSK)):
        page = reverse("registrations:registration-file", args=[school.pk])
        shown = enter(marina).post(page, {"agree": "on"} | typed)
    assert shown.status_code == 200
    assert words in shown.content.decode()
    assert not Letter.objects.exists()
