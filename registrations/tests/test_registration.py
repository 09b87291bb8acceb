"""The letter to Sferum about registration, from the first look to Support's answer."""

from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes
from email.policy import compat32

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from conftest import make_organization
from correspondence.decoding import header_text
from correspondence.models import Letter, LetterStatus
from foundation.verbs import WrongStatus
from organizations.models import Event, Organization
from organizations.statuses import AdministratorState, Source, Step
from registrations.models import CaseLetter, RegistrationRequest
from registrations.outgoing import Outgoing
from registrations.statuses import AnswerChannel, HandChannel, RegistrationStatus

Enter = Callable[[User], Client]
TODAY = {"channel": "letter"}


def page(school: Organization) -> str:
    return reverse("registrations:registration", args=[school.pk])


def file_letter(browser: Client, school: Organization, **typed: str) -> object:
    return browser.post(f"{page(school)}submit/", {"agree": "on"} | typed, follow=True)


@pytest.fixture
def filed(school: Organization, marina: User) -> RegistrationRequest:
    return RegistrationRequest.objects.file(school, by=marina, agrees=True)


def test_strangers_get_404(school: Organization, filed: RegistrationRequest, oleg: User, enter: Enter) -> None:
    browser = enter(oleg)
    assert browser.get(page(school)).status_code == 404
    for verb in ("submit", "prepare", f"{filed.pk}/answer", f"{filed.pk}/repeat", f"{filed.pk}/sent-by-hand"):
        assert browser.post(f"{page(school)}{verb}/").status_code == 404, verb
    assert browser.get(f"{page(school)}{filed.pk}/letter.eml").status_code == 404
    assert Client().get(page(school)).status_code == 302


def test_the_letter_stands_on_the_page_exactly_as_it_goes(school: Organization, marina: User, enter: Enter) -> None:
    browser = enter(marina)
    shown = browser.get(page(school)).content.decode()
    for fact in ("Томская область", "Демидова Марина Сергеевна", "+7 900 000-14-27", "info@sferum.ru"):
        assert fact in shown
    file_letter(browser, school)
    letter = Letter.objects.get()
    assert letter.recipient == "info@sferum.ru"
    assert letter.text.splitlines()[4:8] == [
        "Регион: Томская область",
        f"Полное наименование организации: {school.full_name}",
        f"ИНН: {school.inn}",
        "Администратор (фамилия, имя, отчество): Демидова Марина Сергеевна",
    ]
    assert RegistrationRequest.objects.get().number in letter.subject
    assert letter.reply_to == marina.email


def test_looking_changes_nothing(school: Organization, marina: User, enter: Enter) -> None:
    enter(marina).get(page(school))
    assert not RegistrationRequest.objects.exists()


def test_filing_moves_the_journey_and_the_journal(school: Organization, filed: RegistrationRequest) -> None:
    school.refresh_from_db()
    assert filed.number.startswith(f"РЕГ-{timezone.localdate().year}-0000")
    assert school.step == Step.REQUESTED
    assert school.milestones.get(step=Step.REQUESTED).source == Source.PORTAL
    assert Event.objects.filter(verb="registration.submitted").count() == 1
    letter = Letter.objects.get()
    assert (letter.queue, letter.thread) == (f"organization:{school.pk}", filed.number)


def test_without_own_consent_nothing_goes(school: Organization, marina: User, enter: Enter) -> None:
    answer = enter(marina).post(f"{page(school)}submit/")
    assert answer.status_code == 200
    assert "поставьте отметку" in answer.content.decode()
    assert not Letter.objects.exists()


def test_a_coordinator_cannot_consent_for_the_administrator(
    school: Organization, marina: User, vera: User, enter: Enter
) -> None:
    browser = enter(vera)
    assert "ещё не подтвердил" in browser.get(page(school)).content.decode()
    file_letter(browser, school)
    assert not Letter.objects.exists()
    assert not RegistrationRequest.objects.exists(), "a refused letter leaves no number behind"
    school.administrator.agree(by=marina)
    file_letter(browser, school)
    assert Letter.objects.count() == 1


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        ({"full_name": "Демидова"}, "указаны не полностью"),
        ({"phone": ""}, "нет мобильного телефона"),
        ({"phone": "+73822510000"}, "не мобильный"),
    ],
)
def test_missing_facts_block_the_letter_in_words(
    school: Organization, marina: User, enter: Enter, broken: dict[str, str], words: str
) -> None:
    school.appointments.update(**broken)
    browser = enter(marina)
    shown = browser.get(page(school)).content.decode()
    assert words in shown
    assert reverse("organizations:appointments", args=[school.pk]) in shown
    file_letter(browser, school)
    assert not Letter.objects.exists()


def test_a_registered_organization_is_offered_the_change(
    school: Organization, marina: User, vera: User, enter: Enter
) -> None:
    from organizations.journey import reach

    reach(school, Step.REGISTERED, by=vera, source=Source.REGISTRY)
    browser = enter(marina)
    shown = browser.get(page(school)).content.decode()
    assert "уже есть в Сферуме" in shown
    assert reverse("registrations:handover", args=[school.pk]) in shown
    assert "уже зарегистрирована" in file_letter(browser, school).content.decode()
    assert not Letter.objects.exists()


def test_a_double_click_is_one_request_and_one_letter(school: Organization, marina: User, enter: Enter) -> None:
    browser = enter(marina)
    file_letter(browser, school)
    second = file_letter(browser, school)
    assert RegistrationRequest.objects.count() == Letter.objects.count() == 1
    assert "ждёт ответа" in second.content.decode()


def test_two_open_requests_are_impossible(school: Organization, marina: User) -> None:
    RegistrationRequest.objects.open_new(school, by=marina)
    with pytest.raises(IntegrityError), transaction.atomic():
        RegistrationRequest.objects.open_new(school, by=marina)


def test_the_second_administrator_learns_who_was_first(
    school: Organization, marina: User, vera: User, filed: RegistrationRequest
) -> None:
    stale = RegistrationRequest.objects.get(pk=filed.pk)
    filed.confirm(by=vera, on=timezone.localdate(), channel=AnswerChannel.CALL)
    with pytest.raises(WrongStatus, match="Кузнецова Вера Николаевна") as error:
        stale.decline(by=marina, on=timezone.localdate(), channel=AnswerChannel.CALL, text="нет")
    assert error.value.by_name == "Кузнецова Вера Николаевна"
    assert RegistrationRequest.objects.get().status == RegistrationStatus.REGISTERED


def test_what_was_stated_is_frozen(school: Organization, marina: User, filed: RegistrationRequest) -> None:
    Organization.objects.filter(pk=school.pk).update(full_name="Другое название")
    school.appointments.update(full_name="Петрова Марина Сергеевна", phone="+79000009999")
    facts = CaseLetter.objects.get().facts
    assert facts["administrator"] == "Демидова Марина Сергеевна"
    assert facts["phone"] == "+79000001427"
    assert "Демидова" in Letter.objects.get().text


def test_registered_on_the_submitted_number(school: Organization, vera: User, filed: RegistrationRequest) -> None:
    day = timezone.localdate() - timedelta(days=1)
    filed.confirm(by=vera, on=day, channel=AnswerChannel.LETTER)
    school.refresh_from_db()
    assert school.step == Step.REGISTERED
    assert str(school.registered_phone) == "+79000001427"
    milestone = school.milestones.get(step=Step.REGISTERED)
    assert (milestone.source, milestone.reached_on) == (Source.LETTER, day)


@pytest.mark.parametrize(("who", "source"), [("marina", Source.SCHOOL), ("vera", Source.COORDINATOR)])
def test_the_source_follows_who_heard_the_answer(
    school: Organization, filed: RegistrationRequest, request: pytest.FixtureRequest, who: str, source: Source
) -> None:
    filed.confirm(by=request.getfixturevalue(who), on=timezone.localdate(), channel=AnswerChannel.CALL)
    assert school.milestones.get(step=Step.REGISTERED).source == source


def test_registered_on_another_number_means_a_change(
    school: Organization, vera: User, filed: RegistrationRequest
) -> None:
    school.set_administrator_state(AdministratorState.CONFIRMED)
    filed.organization.refresh_from_db()
    filed.confirm(by=vera, on=timezone.localdate(), channel=AnswerChannel.CALL, phone="+79000005555")
    school.refresh_from_db()
    assert str(school.registered_phone) == "+79000005555"
    assert school.administrator_state == AdministratorState.CHANGING


def test_a_correction_goes_in_the_same_thread_with_new_facts(
    school: Organization, marina: User, enter: Enter, filed: RegistrationRequest
) -> None:
    browser = enter(marina)
    today = timezone.localdate().isoformat()
    typed = {"outcome": "needs_correction", "on": today, "channel": "letter", "text": "Нет отчества"}
    browser.post(f"{page(school)}{filed.pk}/answer/", typed)
    school.appointments.update(full_name="Демидова-Орлова Марина Сергеевна")
    shown = browser.get(page(school)).content.decode()
    assert "Нет отчества" in shown
    assert "Демидова-Орлова" in shown
    file_letter(browser, school)
    first, second = Letter.objects.order_by("pk")
    assert second.headers == {"In-Reply-To": first.message_id, "References": first.message_id}
    assert second.thread == first.thread == filed.number
    assert second.subject.startswith("Исправленные данные")
    old, new = CaseLetter.objects.order_by("pk")
    assert old.facts["administrator"] == "Демидова Марина Сергеевна"
    assert new.facts["administrator"] == "Демидова-Орлова Марина Сергеевна"
    assert RegistrationRequest.objects.get().status == RegistrationStatus.SUBMITTED


def test_a_refusal_needs_a_reason_and_lets_one_begin_anew(
    school: Organization, marina: User, enter: Enter, filed: RegistrationRequest
) -> None:
    browser = enter(marina)
    typed = {"outcome": "declined", "on": timezone.localdate().isoformat(), "channel": "call", "text": ""}
    refused = browser.post(f"{page(school)}{filed.pk}/answer/", typed)
    assert refused.status_code == 200
    assert "почему отказано" in refused.content.decode()
    browser.post(f"{page(school)}{filed.pk}/answer/", typed | {"text": "Организация ликвидирована"})
    assert "Организация ликвидирована" in browser.get(page(school)).content.decode()
    file_letter(browser, school)
    assert RegistrationRequest.objects.count() == 2


def test_an_answer_from_the_future_is_refused(
    school: Organization, marina: User, enter: Enter, filed: RegistrationRequest
) -> None:
    tomorrow = (timezone.localdate() + timedelta(days=2)).isoformat()
    typed = {"outcome": "registered", "on": tomorrow, "channel": "call"}
    answer = enter(marina).post(f"{page(school)}{filed.pk}/answer/", typed)
    assert "ещё не наступил" in answer.content.decode()
    filed.refresh_from_db()
    assert filed.is_awaiting


def test_sent_by_hand_is_recorded_with_who_and_when(school: Organization, marina: User, enter: Enter) -> None:
    browser = enter(marina)
    browser.post(f"{page(school)}prepare/")
    case = RegistrationRequest.objects.get()
    shown = browser.get(page(school)).content.decode()
    assert "mailto:info@sferum.ru" in shown
    file = browser.get(f"{page(school)}{case.pk}/letter.eml")
    assert b"To: info@sferum.ru" in file.content
    assert b"X-Unsent: 1" in file.content
    day = timezone.localdate() - timedelta(days=2)
    browser.post(f"{page(school)}{case.pk}/sent-by-hand/", {"on": day.isoformat(), "channel": "letter"})
    case.refresh_from_db()
    assert (case.status, case.waiting_since) == (RegistrationStatus.SUBMITTED, day)
    kept = CaseLetter.objects.get()
    assert (kept.letter, kept.by, kept.on, kept.hand_channel) == (None, marina, day, HandChannel.LETTER)
    assert kept.facts["phone"] == "+79000001427"
    assert not Letter.objects.exists()
    milestone = school.milestones.get(step=Step.REQUESTED)
    assert (milestone.source, milestone.reached_on) == (Source.SCHOOL, day)


def test_the_letter_carried_off_loses_no_space_where_its_subject_is_broken() -> None:
    subject = (
        "Смена администратора в Сферуме: Муниципальное автономное общеобразовательное учреждение "
        "«Новожуравлёвская средняя общеобразовательная школа» Томского района [СМЕНА-2026-000046]"
    )
    file = Outgoing(to="info@sferum.ru", reply_to="", subject=subject, text="Добрый день!").eml
    assert header_text(message_from_bytes(file, policy=compat32)["Subject"]) == subject


def test_the_page_looks_again_by_itself_until_the_answer(
    school: Organization, marina: User, enter: Enter, filed: RegistrationRequest
) -> None:
    browser = enter(marina)
    assert 'hx-trigger="every 2s"' in browser.get(page(school)).content.decode()
    Letter.objects.update(status=LetterStatus.SENT, finished_at=timezone.now(), sent_at=timezone.now())
    piece = browser.get(filed.status_url, {"seen": "submitted-0"})
    assert "доставлено серверу" in piece.content.decode()
    assert "HX-Refresh" not in piece.headers
    filed.confirm(by=marina, on=timezone.localdate(), channel=AnswerChannel.CALL)
    assert browser.get(filed.status_url, {"seen": "submitted-0"}).headers["HX-Refresh"] == "true"
    assert "hx-trigger" not in browser.get(filed.status_url, {"seen": "registered-0"}).content.decode()


def test_trial_mode_says_that_nothing_left(
    school: Organization, marina: User, enter: Enter, filed: RegistrationRequest
) -> None:
    Letter.objects.update(status=LetterStatus.KEPT, finished_at=timezone.now())
    shown = enter(marina).get(page(school)).content.decode()
    assert "учебный режим: не отправлено" in shown
    assert "Сферум этого письма не получил" in shown


def test_a_kept_letter_is_sent_again_by_a_click(
    school: Organization, marina: User, oleg: User, enter: Enter, filed: RegistrationRequest, settings: object
) -> None:
    Letter.objects.update(status=LetterStatus.KEPT, finished_at=timezone.now())
    settings.PORTAL_LIVE, settings.REQUIRE_SECOND_FACTOR = True, False
    again = reverse("registrations:letter-resend", args=[Letter.objects.get().pk])
    assert enter(oleg).post(again).status_code == 404
    browser = enter(marina)
    assert again in browser.get(page(school)).content.decode()
    browser.post(again)
    assert Letter.objects.get().status == LetterStatus.QUEUED
    assert "уже нельзя" in browser.post(again, follow=True).content.decode()


def test_silence_is_counted_in_working_days_and_offers_a_way(
    school: Organization, marina: User, enter: Enter, filed: RegistrationRequest
) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=14)):
        browser = enter(marina)
        shown = browser.get(page(school)).content.decode()
        assert "ждём дольше обычного" in shown
        assert "рабочих дн" in shown
        assert "Менеджер Тест" in shown
        browser.post(f"{page(school)}{filed.pk}/repeat/")
        again = browser.post(f"{page(school)}{filed.pk}/repeat/", follow=True)
        assert "уже отправлено сегодня" in again.content.decode()
    first, second = Letter.objects.order_by("pk")
    assert second.subject.startswith("Повторно: ")
    assert second.headers["In-Reply-To"] == first.message_id
    assert first.text in second.text


def test_a_repeat_states_what_was_agreed_to_and_nothing_newer(
    school: Organization, marina: User, filed: RegistrationRequest
) -> None:
    school.appointments.update(full_name="Чужая Анна Петровна")
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        RegistrationRequest.objects.get().repeat(by=marina)
    assert "Чужая" not in Letter.objects.latest("pk").text


def test_of_two_people_who_repeat_one_does_it(school: Organization, marina: User, filed: RegistrationRequest) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        first, second = RegistrationRequest.objects.get(), RegistrationRequest.objects.get()
        first.repeat(by=marina)
        with pytest.raises(WrongStatus):
            second.repeat(by=marina)
    assert Letter.objects.count() == 2


def test_names_add_no_headers(marina: User, school: Organization) -> None:
    Organization.objects.filter(pk=school.pk).update(full_name="Школа\r\nBcc: thief@example.com\r\n\r\nтекст")
    school.refresh_from_db()
    case = RegistrationRequest.objects.file(school, by=marina, agrees=True)
    letter = Letter.objects.get()
    assert "\n" not in letter.subject
    assert b"\nBcc:" not in case.compose().eml.partition(b"\r\n\r\n")[0]


def test_an_unusable_name_is_a_gap_and_no_error(
    marina: User, school: Organization, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Organization, "get_absolute_url", lambda self: f"/organizations/{self.pk}/")
    Organization.objects.filter(pk=school.pk).update(full_name="Школа \u202e1")
    browser = enter(marina)
    assert "недопустимые знаки" in browser.get(page(school)).content.decode()
    file_letter(browser, school)
    assert not Letter.objects.exists()


def test_numbers_run_per_prefix(region: object, marina: User) -> None:
    schools = [make_organization(), make_organization()]
    numbers = [RegistrationRequest.objects.open_new(one, by=marina).number for one in schools]
    first, second = (int(number.rpartition("-")[2]) for number in numbers)
    assert second == first + 1


def test_the_page_costs_the_same_with_many_letters(
    school: Organization,
    marina: User,
    enter: Enter,
    filed: RegistrationRequest,
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    browser = enter(marina)
    browser.get(page(school))
    with CaptureQueriesContext(connection) as few:
        browser.get(page(school))
    for _ in range(30):
        CaseLetter.objects.create(
            organization=school, registration=filed, purpose="repeat", on=timezone.localdate(), by=marina
        )
    for _ in range(30):
        RegistrationRequest.objects.open_new(school, by=marina, status=RegistrationStatus.DECLINED)
    with CaptureQueriesContext(connection) as many:
        browser.get(page(school))
    assert len(many) == len(few)
