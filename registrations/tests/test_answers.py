"""A letter of Sferum from the mailbox to its case, and what one click does with it."""

import threading
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from correspondence.composing import compose
from correspondence.models import IncomingKind, IncomingLetter, Letter
from correspondence.tests.answers import answer_to, make_incoming
from foundation.verbs import WrongStatus
from organizations.models import Event, Organization, Region
from organizations.statuses import Step
from registrations import answers
from registrations.answers import claim, claim_answers
from registrations.matching import Found, sure_case
from registrations.models import CaseLetter, InboxLetter, RegistrationRequest
from registrations.models.case import MOST_UNREAD
from registrations.statuses import AnswerOutcome, Purpose, RegistrationStatus, SortedBy, SortingStatus

Enter = Callable[[User], Client]
YES = "Здравствуйте! Организация зарегистрирована, можно входить."


@pytest.fixture
def filed(school: Organization, marina: User) -> RegistrationRequest:
    return RegistrationRequest.objects.file(school, by=marina, agrees=True)


@pytest.fixture
def arrived(filed: RegistrationRequest) -> CaseLetter:
    answer_to(Letter.objects.get(), text=YES)
    claim_answers()
    return filed.letters.unread().get()


def page(school: Organization) -> str:
    return reverse("registrations:registration", args=[school.pk])


def press(browser: Client, letter: CaseLetter, outcome: str, **typed: str) -> str:
    """One button under the letter, with what the form has prefilled."""
    shown = browser.get(letter.case.get_absolute_url())
    rows = [*shown.context["arrived"], *shown.context.get("late", [])]
    row = next(one for one in rows if one.letter == letter)
    filled = {row.form.add_prefix(name): row.form[name].value() or "" for name in row.form.fields}
    filled |= {row.form.add_prefix(name): value for name, value in ({"outcome": outcome} | typed).items()}
    return browser.post(letter.classify_url, filled, follow=True).content.decode()


def test_strangers_get_404(arrived: CaseLetter, oleg: User, nadia: User, enter: Enter) -> None:
    assert enter(oleg).post(arrived.classify_url, {"outcome": "registered"}).status_code == 404
    assert enter(oleg).post(arrived.detach_url).status_code == 404
    assert CaseLetter.objects.get(pk=arrived.pk).outcome == ""


def test_the_thread_leads_an_answer_to_its_case(arrived: CaseLetter, filed: RegistrationRequest) -> None:
    inbox = InboxLetter.objects.get()
    assert (arrived.case, arrived.purpose) == (filed, Purpose.ANSWER)
    assert (inbox.status, inbox.how, inbox.sorted_by) == (SortingStatus.ATTACHED, SortedBy.THREAD, None)
    assert Event.objects.filter(verb="answer.attached", organization=filed.organization).count() == 1
    filed.refresh_from_db()
    assert filed.status == RegistrationStatus.SUBMITTED, "nobody has read it yet"


def test_the_number_in_the_subject_leads_it_too(filed: RegistrationRequest) -> None:
    make_incoming(subject=f"Ваше обращение {filed.number.lower().replace('-', ' – ')}", sender="other@sferum.ru")
    claim_answers()
    assert InboxLetter.objects.get().how == SortedBy.NUMBER
    assert filed.letters.unread().count() == 1


def test_an_answer_to_their_own_answer_stays_in_the_thread(arrived: CaseLetter, filed: RegistrationRequest) -> None:
    make_incoming(references=[arrived.incoming.message_id], subject="Дополнение")
    claim_answers()
    assert filed.letters.unread().count() == 2


def test_the_administrator_is_told_once_and_without_the_text(arrived: CaseLetter, marina: User) -> None:
    claim_answers()
    (told,) = Letter.objects.filter(recipient=marina.email)
    assert arrived.case.number in told.subject
    assert "зарегистрирована, можно входить" not in told.text
    assert arrived.case.get_absolute_url() in told.text


def test_many_letters_to_one_case_are_one_piece_of_news_until_they_are_read(
    arrived: CaseLetter, filed: RegistrationRequest, marina: User
) -> None:
    for _ in range(5):
        make_incoming(subject=filed.number)
    claim_answers()
    assert Letter.objects.filter(recipient=marina.email).count() == 1
    for letter in filed.letters.unread():
        letter.judge(AnswerOutcome.OTHER, by=marina)
    make_incoming(subject=filed.number)
    claim_answers()
    assert Letter.objects.filter(recipient=marina.email).count() == 2


def test_an_automaton_that_answers_the_news_begins_no_loop(arrived: CaseLetter, marina: User) -> None:
    """It sets no sign of being one, and its subject repeats the number of the case."""
    for _ in range(5):
        news = Letter.objects.filter(recipient=marina.email).latest("pk")
        make_incoming(subject=f"Re: {news.subject}", sender=marina.email, text="Меня нет на месте")
        claim_answers()
    assert Letter.objects.filter(recipient=marina.email).count() == 1


def test_a_flood_under_the_number_of_a_case_leaves_its_page_usable(
    arrived: CaseLetter, filed: RegistrationRequest, school: Organization, marina: User, enter: Enter
) -> None:
    for _ in range(MOST_UNREAD + 5):
        make_incoming(subject=filed.number)
    claim_answers()
    browser = enter(marina)
    assert len(browser.get(page(school)).context["arrived"]) == MOST_UNREAD
    assert browser.get(school.get_absolute_url()).content.decode().count("Пришёл ответ Сферума") == MOST_UNREAD


def test_the_next_step_is_to_read_what_came(
    arrived: CaseLetter, school: Organization, marina: User, enter: Enter
) -> None:
    shown = enter(marina).get(school.get_absolute_url()).content.decode()
    assert f'href="{arrived.case.get_absolute_url()}#letter-{arrived.pk}">Прочитать ответ</a>' in shown
    assert "Дождаться ответа Поддержки Сферума" not in shown


def test_claiming_again_does_nothing(arrived: CaseLetter) -> None:
    assert claim_answers() == 0
    assert not claim(arrived.incoming)
    assert CaseLetter.objects.incoming().count() == InboxLetter.objects.count() == 1


def test_a_letter_over_which_the_portal_stumbles_waits_for_its_staff_and_its_neighbours_go_on(
    filed: RegistrationRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, whole = answer_to(Letter.objects.get(), text="!"), answer_to(Letter.objects.get(), text=YES)

    def stumble(incoming: IncomingLetter) -> Found | None:
        if incoming.text == "!":
            raise ValueError("!")
        return sure_case(incoming)

    monkeypatch.setattr(answers, "sure_case", stumble)
    assert claim_answers() == 2
    assert [letter.incoming_id for letter in filed.letters.unread()] == [whole.pk]
    assert InboxLetter.objects.get(incoming=broken).status == SortingStatus.WAITING
    assert claim_answers() == 0


def test_red_control_one_claim_after_another_would_stop_at_it(
    filed: RegistrationRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = answer_to(Letter.objects.get())
    monkeypatch.setattr(answers, "sure_case", lambda incoming: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        claim(broken)


@pytest.mark.django_db(transaction=True)
def test_many_claimers_at_once_attach_it_once(filed: RegistrationRequest) -> None:
    incoming = answer_to(Letter.objects.get(), text=YES)
    start, won = threading.Barrier(4), []

    def run() -> None:
        start.wait()
        won.append(claim(incoming))
        connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(won) == [False, False, False, True]
    assert filed.letters.unread().count() == 1


@pytest.mark.django_db(transaction=True)
def test_red_control_looking_before_claiming_lets_both_in(filed: RegistrationRequest) -> None:
    """What a claim would do that asks first whether the letter is claimed: both are told no, and both attach it."""
    incoming = answer_to(Letter.objects.get(), text=YES)
    start, free = threading.Barrier(2), []

    def look() -> None:
        start.wait()
        free.append(not InboxLetter.objects.filter(incoming=incoming).exists())
        start.wait()
        connection.close()

    threads = [threading.Thread(target=look) for _ in range(2)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert free == [True, True]


def test_one_click_registers_and_the_road_goes_on(
    arrived: CaseLetter, school: Organization, marina: User, enter: Enter
) -> None:
    said = press(enter(marina), arrived, "registered")
    assert "Теперь администратору нужно войти" in said
    request, letter = RegistrationRequest.objects.get(), CaseLetter.objects.get(pk=arrived.pk)
    assert (request.status, request.answer_text) == (RegistrationStatus.REGISTERED, YES)
    assert (letter.outcome, letter.judged_by) == (AnswerOutcome.REGISTERED, marina)
    school.refresh_from_db()
    assert school.step == Step.REGISTERED
    assert str(school.registered_phone) == "+79000001427"


def test_a_number_named_in_the_letter_is_offered_and_recorded(
    filed: RegistrationRequest, school: Organization, marina: User, enter: Enter
) -> None:
    answer_to(Letter.objects.get(), text="Зарегистрирована на номер 8 (913) 555-66-77.")
    claim_answers()
    press(enter(marina), filed.letters.unread().get(), "registered")
    school.refresh_from_db()
    assert str(school.registered_phone) == "+79135556677"


def test_the_hint_lights_a_button_and_applies_nothing(
    arrived: CaseLetter, school: Organization, marina: User, enter: Enter
) -> None:
    shown = enter(marina).get(page(school)).content.decode()
    assert "В письме сказано: «зарегистрирована»" in shown
    assert 'btn btn-primary" name="l' in shown
    assert RegistrationRequest.objects.get().status == RegistrationStatus.SUBMITTED


def test_a_bare_forward_suggests_nothing(
    filed: RegistrationRequest, school: Organization, marina: User, enter: Enter
) -> None:
    """Its text is the quote, and the quote may be our own request."""
    answer_to(
        Letter.objects.get(), text="Зарегистрирована, 8 913 555-66-77", quoted="Зарегистрирована, 8 913 555-66-77"
    )
    claim_answers()
    (row,) = enter(marina).get(page(school)).context["arrived"]
    assert row.hint is None
    assert row.form["phone"].value() is None


def test_a_correction_goes_as_an_answer_to_their_letter(
    arrived: CaseLetter, school: Organization, marina: User, enter: Enter
) -> None:
    press(enter(marina), arrived, "needs_correction")
    request = RegistrationRequest.objects.get()
    assert request.status == RegistrationStatus.NEEDS_CORRECTION
    request.submit(by=marina)
    assert request.latest_letter().letter.headers["In-Reply-To"] == arrived.incoming.message_id


@pytest.mark.parametrize("called", ["без скобок", "<тест@пример.рф>", "=?utf-8?q?x?=", "<a\tb@example.org>", ""])
def test_a_message_id_that_is_none_is_left_out_of_the_thread(
    filed: RegistrationRequest, marina: User, called: str
) -> None:
    first = Letter.objects.get()
    answer_to(first, message_id=called)
    claim_answers()
    filed.reply(by=marina, text="ИНН верный.", form_key=uuid.uuid4())
    sent = Letter.objects.get(text="ИНН верный.")
    assert sent.headers["In-Reply-To"] == first.message_id
    assert b"References: <letter-" in compose(sent)


def test_other_is_read_and_the_clock_goes_on(
    arrived: CaseLetter, school: Organization, marina: User, enter: Enter
) -> None:
    since = RegistrationRequest.objects.get().waiting_since
    browser = enter(marina)
    assert "окончательного ответа в нём нет" in press(browser, arrived, "other")
    request = RegistrationRequest.objects.get()
    assert (request.status, request.waiting_since) == (RegistrationStatus.SUBMITTED, since)
    assert "Что ответили?" not in browser.get(page(school)).content.decode()


def test_the_second_reader_learns_who_was_first(arrived: CaseLetter, marina: User, vera: User) -> None:
    stale = CaseLetter.objects.get(pk=arrived.pk)
    arrived.judge(AnswerOutcome.OTHER, by=marina)
    with pytest.raises(WrongStatus, match="Демидова Марина Сергеевна"):
        stale.judge(AnswerOutcome.REGISTERED, by=vera)


def test_who_reads_a_letter_that_was_just_taken_off_learns_of_it(arrived: CaseLetter, marina: User, vera: User) -> None:
    InboxLetter.objects.get().detach(by=vera)
    with pytest.raises(WrongStatus, match="сняли с обращения"):
        arrived.judge(AnswerOutcome.REGISTERED, by=marina)


def test_without_any_address_nobody_is_the_addressee(arrived: CaseLetter, region: Region) -> None:
    Region.objects.update(support_email="")
    IncomingLetter.objects.update(sender="")
    assert not CaseLetter.objects.get(pk=arrived.pk).is_from_addressee


def test_two_readers_at_once_record_one_answer(
    arrived: CaseLetter, school: Organization, marina: User, vera: User, enter: Enter
) -> None:
    """Both have the page open; the second button finds the letter read."""
    first, second = enter(marina), enter(vera)
    shown = second.get(page(school)).context["arrived"][0].form
    press(first, arrived, "registered")
    filled = {shown.add_prefix(name): shown[name].value() or "" for name in shown.fields}
    said = second.post(arrived.classify_url, filled | {shown.add_prefix("outcome"): "declined"}, follow=True)
    assert RegistrationRequest.objects.get().status == RegistrationStatus.REGISTERED
    assert "уже прочитал(а) Демидова Марина Сергеевна" in said.content.decode()


def test_a_letter_to_a_closed_case_is_only_to_be_read(
    arrived: CaseLetter, filed: RegistrationRequest, school: Organization, marina: User, enter: Enter
) -> None:
    browser = enter(marina)
    press(browser, arrived, "declined", text="Нет такой организации")
    answer_to(Letter.objects.filter(lane="case").get(), text="Ошиблись: всё зарегистрировано")
    claim_answers()
    late = filed.letters.unread().get()
    assert "Ошиблись" in browser.get(page(school)).content.decode()
    press(browser, late, "other")
    assert RegistrationRequest.objects.get().status == RegistrationStatus.DECLINED
    assert filed.letters.unread().count() == 0


@pytest.mark.parametrize("kind", [IncomingKind.AUTOMATIC, IncomingKind.BOUNCE, IncomingKind.DELAY, IncomingKind.OWN])
def test_what_no_person_wrote_is_no_answer(filed: RegistrationRequest, kind: str) -> None:
    letters = Letter.objects.count()
    answer_to(Letter.objects.get(), kind=kind, text="Ваше обращение зарегистрировано под номером 77")
    claim_answers()
    assert not filed.letters.unread().exists()
    assert InboxLetter.objects.waiting().count() == 0
    assert Letter.objects.count() == letters, "nobody is told, and nothing is answered"
    assert filed.letters.filter(purpose=Purpose.AUTOMATIC).exists() is (kind == IncomingKind.AUTOMATIC)


def test_a_foreign_sender_is_named_on_the_page(
    filed: RegistrationRequest, school: Organization, marina: User, enter: Enter
) -> None:
    answer_to(Letter.objects.get(), text=YES, sender="info@sferum-help.example")
    claim_answers()
    assert "подписать письмо можно чужим именем" in enter(marina).get(page(school)).content.decode()


def test_a_letter_is_shown_as_text_and_never_as_a_page(
    filed: RegistrationRequest, school: Organization, marina: User, enter: Enter
) -> None:
    answer_to(Letter.objects.get(), text="<script>alert(1)</script>", subject='"><img src=x>', sender_name="<b>")
    claim_answers()
    shown = enter(marina).get(page(school)).content.decode()
    assert "&lt;script&gt;alert(1)" in shown
    assert "<script>alert(1)" not in shown
    assert "<img src=x>" not in shown


def test_taken_off_a_case_it_waits_for_the_coordinator(
    arrived: CaseLetter, filed: RegistrationRequest, marina: User, enter: Enter
) -> None:
    assert "ждёт разбора у координатора" in enter(marina).post(arrived.detach_url, follow=True).content.decode()
    assert InboxLetter.objects.get().status == SortingStatus.WAITING
    assert not filed.letters.incoming().exists()
    assert filed.letters.count() == 1


def test_what_was_recorded_is_not_taken_off(arrived: CaseLetter, marina: User) -> None:
    arrived.judge(AnswerOutcome.REGISTERED, by=marina)
    with pytest.raises(WrongStatus, match="уже записан ответ"):
        InboxLetter.objects.get().detach(by=marina)
    assert CaseLetter.objects.filter(pk=arrived.pk).exists()


def test_a_free_reply_goes_in_the_thread_once_and_the_clock_begins_anew(
    arrived: CaseLetter, filed: RegistrationRequest, marina: User, enter: Enter
) -> None:
    RegistrationRequest.objects.update(waiting_since=timezone.localdate() - timedelta(days=30))
    browser, address = (
        enter(marina),
        reverse("registrations:registration-reply", args=[filed.organization_id, filed.pk]),
    )
    typed = {"text": "ИНН верный, проверили.", "form_key": "7f0f4a3e-5a2d-4f0e-9a57-0c6c3f0a1f11"}
    for _ in range(2):
        browser.post(address, typed)
    sent = Letter.objects.get(text="ИНН верный, проверили.")
    assert sent.headers["In-Reply-To"] == arrived.incoming.message_id
    assert sent.subject.startswith("Re: ")
    assert RegistrationRequest.objects.get().waiting_days == 0
    assert "Обязательное поле" in browser.post(address, {"form_key": typed["form_key"]}).content.decode()


def test_after_a_free_reply_the_number_of_the_letter_is_still_the_one_that_is_registered(
    arrived: CaseLetter, filed: RegistrationRequest, school: Organization, marina: User, enter: Enter
) -> None:
    stated = filed.submitted_phone
    filed.reply(by=marina, text="ИНН верный.", form_key=uuid.uuid4())
    press(enter(marina), arrived, "registered")
    school.refresh_from_db()
    assert str(school.registered_phone) == stated != ""


def test_the_page_that_looks_after_itself_notices_an_answer(
    filed: RegistrationRequest, marina: User, enter: Enter
) -> None:
    browser, seen = enter(marina), filed.seen
    assert "HX-Refresh" not in browser.get(f"{filed.status_url}?seen={seen}")
    answer_to(Letter.objects.get(), text=YES)
    claim_answers()
    assert browser.get(f"{filed.status_url}?seen={seen}")["HX-Refresh"] == "true"


def test_a_coordinator_who_records_tells_the_administrator(
    arrived: CaseLetter, marina: User, vera: User, enter: Enter
) -> None:
    press(enter(vera), arrived, "registered")
    told = Letter.objects.filter(recipient=marina.email, text__contains="Теперь войдите в Сферум")
    assert told.count() == 1
    assert "Кузнецова Вера Николаевна" in told.get().text
