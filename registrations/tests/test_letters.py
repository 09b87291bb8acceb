"""Letters out: whose list it is, what one letter tells, and who may do what with it."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from conftest import make_coordinator, make_organization, make_user
from correspondence.models import Lane, Letter, LetterStatus, Link, MailChannel
from correspondence.outbox import deliver_due
from correspondence.statuses import ErrorKind
from foundation.models import Heartbeat, Part
from organizations.models import Event, Municipality, Organization, Region
from registrations.models import RegistrationRequest
from registrations.statuses import AnswerChannel

Enter = Callable[[User], Client]
LIST = reverse("registrations:letters")
APPLICANT = "Заявка за Петю"


@pytest.fixture(autouse=True)
def _the_mailer_is_heard(db: None) -> None:
    Heartbeat.objects.beat(Part.MAILER)


@pytest.fixture
def filed(school: Organization, marina: User) -> RegistrationRequest:
    return RegistrationRequest.objects.file(school, by=marina, agrees=True)


def make_notice(school: Organization, number: int = 1, **fields: object) -> Letter:
    values = {
        "dedupe_key": f"notice:{school.pk}:{number}",
        "to": "head@school.example.ru",
        "subject": f"Кто сейчас отвечает за Сферум? {number}",
        "text": "Здравствуйте!",
        "queue": f"organization:{school.pk}",
    }
    return Letter.objects.queue(**(values | fields))


def fail(letter: Letter, words: str = "Адрес не существует.", kind: ErrorKind = ErrorKind.PERMANENT) -> Letter:
    letter.claim()
    letter.finish(LetterStatus.FAILED, kind, words, "550 5.1.1 unknown user")
    letter.refresh_from_db()
    return letter


def page(letter: Letter, verb: str = "") -> str:
    return reverse(f"registrations:letter{verb}", args=[letter.pk])


def shown(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


# --- who sees what ------------------------------------------------------------------------------------------------


def test_strangers_get_404(
    filed: RegistrationRequest, school: Organization, region: Region, oleg: User, enter: Enter
) -> None:
    neighbour = make_coordinator(region, make_organization(None, region=region).municipality).user
    letter = Letter.objects.get()
    for stranger in (oleg, neighbour, make_user()):
        browser = enter(stranger)
        assert letter.subject not in shown(browser, LIST)
        assert browser.get(page(letter)).status_code == 404
        assert browser.get(page(letter, "-status")).status_code == 404
        for verb in ("-resend", "-abort", "-readdress"):
            assert browser.post(page(letter, verb), {"to": "a@example.ru"}).status_code == 404
    assert Client().get(LIST).status_code == 302


@pytest.mark.parametrize("who", ["marina", "nadia", "vera", "igor"])
def test_their_own_people_see_the_letter_and_its_text(
    filed: RegistrationRequest, enter: Enter, who: str, request: pytest.FixtureRequest
) -> None:
    letter, browser = Letter.objects.get(), enter(request.getfixturevalue(who))
    assert letter.subject in shown(browser, LIST)
    text = shown(browser, page(letter))
    assert "Администратор (фамилия, имя, отчество): Демидова Марина Сергеевна" in text
    assert "info@sferum.ru" in text


def test_letters_to_applicants_are_counted_and_never_shown(
    school: Organization, other_school: Organization, marina: User, vera: User, igor: User, enter: Enter
) -> None:
    for number in range(3):
        make_notice(school, number, lane=Lane.APPLICANT, subject=APPLICANT, to="parent@example.ru")
    fail(Letter.objects.first())
    make_notice(other_school, 1, lane=Lane.APPLICANT, subject=APPLICANT, to="parent@example.ru")
    for user, count in ((marina, 3), (vera, 4), (igor, 4)):
        browser = enter(user)
        seen = shown(browser, LIST)
        assert f"Писем заявителям: {count}, из них не доставлено 1" in seen
        assert "parent@example.ru" not in seen
        assert APPLICANT not in seen
        assert browser.get(page(Letter.objects.first())).status_code == 404
        assert browser.post(page(Letter.objects.first(), "-resend")).status_code == 404


def test_links_with_power_and_codes_are_seen_by_their_recipient_alone(
    school: Organization, vera: User, igor: User, enter: Enter
) -> None:
    link = Link(path="/who/{token}/", purpose="who", object_id=1)
    head = make_notice(school, text="Откройте [[who]]", links={"who": link})
    code = make_notice(school, 2, subject="Код: 482913", text="Код 482913", lane=Lane.ACCESS, queue="")
    assert "Откройте •••" in shown(enter(vera), page(head))
    for address in (LIST, page(code)):
        seen = shown(enter(igor), address)
        assert "Письмо с кодом" in seen
        assert "482913" not in seen
    assert found(enter(igor), q="482913") == set(), "nor is it guessed by searching"
    assert enter(vera).get(page(code)).status_code == 404


def test_a_letter_about_several_organizations_is_no_organizations(
    school: Organization, other_school: Organization, marina: User, enter: Enter
) -> None:
    from invitations.letters import nudge

    draft = nudge(marina, [(school, 3, 4), (other_school, 5, 6)], "2026-48")
    Letter.objects.queue_many([draft])
    assert draft.subject not in shown(enter(marina), LIST)


# --- the list -----------------------------------------------------------------------------------------------------


def found(browser: Client, **typed: str) -> set[int]:
    rows = browser.get(LIST, typed).context["table"].rows
    return {row.record.pk for row in rows}


def test_letters_are_found_by_state_kind_organization_period_and_words(
    filed: RegistrationRequest, school: Organization, other_school: Organization, vera: User, enter: Enter
) -> None:
    browser, case = enter(vera), Letter.objects.get()
    failed = fail(make_notice(other_school, to="Director@School.example.ru"))
    old = make_notice(school, 7)
    Letter.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=40))
    every = {case.pk, failed.pk, old.pk}
    day = (timezone.localdate() - timedelta(days=10)).isoformat()
    assert found(browser) == every
    assert found(browser, state="failed") == {failed.pk}
    assert found(browser, state="waiting") == {case.pk, old.pk}
    assert found(browser, kind="case") == {case.pk}
    assert found(browser, organization=other_school.short_name.lower()) == {failed.pk}
    assert found(browser, of=str(school.pk)) == {case.pk, old.pk}
    assert found(browser, since=day) == {case.pk, failed.pk}
    assert found(browser, until=day) == {old.pk}
    assert found(browser, q=filed.number.lower()) == {case.pk}
    assert found(browser, q="director@school") == {failed.pk}
    assert found(browser, q="кто сейчас") == {failed.pk, old.pk}
    assert found(browser, q="такого нет") == set()


@pytest.mark.parametrize(
    "query",
    ["q=%00", "of=%00", f"of={2**70}", "of=-1", "state=wrong", "since=вчера", "kind=applicant", "page=0"],
)
def test_no_address_breaks_the_list(query: str, filed: RegistrationRequest, vera: User, enter: Enter) -> None:
    assert enter(vera).get(f"{LIST}?{query}").status_code == 200


def test_every_figure_leads_to_its_rows(school: Organization, vera: User, enter: Enter) -> None:
    for number in range(5):
        make_notice(school, number)
    fail(Letter.objects.first())
    browser = enter(vera)
    figures = re.findall(r'href="(\?state=\w+)"[^>]*>[^<]*: (\d+)<', shown(browser, LIST))
    assert len(figures) == 2
    for query, number in figures:
        assert browser.get(LIST + query).context["count"] == int(number)


def test_an_empty_list_says_what_will_stand_here(marina: User, enter: Enter) -> None:
    assert "Писем пока нет" in shown(enter(marina), LIST)


def test_the_list_and_a_letter_cost_the_same_at_3_and_at_300(
    municipality: Municipality, school: Organization, filed: RegistrationRequest, vera: User, enter: Enter
) -> None:
    browser, costs = enter(vera), []
    for count in (3, 300):
        for number in range(count):
            make_notice(make_organization(municipality), number)
        for address in (LIST, f"{LIST}?q=Кто&organization=школа&state=waiting", page(Letter.objects.last())):
            browser.get(address)
            with CaptureQueriesContext(connection) as asked:
                browser.get(address)
            costs.append(len(asked))
    assert costs[:3] == costs[3:]
    assert max(costs) <= 14


# --- one letter ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "then"),
    [
        ("Адрес не существует.", "Уточните адрес"),
        ("Почтовый ящик переполнен.", "Позвоните получателю"),
        ("Техническая ошибка почтового сервера.", "Узнайте другой адрес"),
    ],
)
def test_a_failure_says_why_and_what_to_do_next(
    school: Organization, vera: User, enter: Enter, words: str, then: str
) -> None:
    seen = shown(enter(vera), page(fail(make_notice(school), words)))
    assert words in seen
    assert then in seen
    assert "Что ответил сервер" in seen
    assert "550 5.1.1 unknown user" in seen


def test_a_case_whose_letter_came_back_does_not_say_that_it_waits(
    filed: RegistrationRequest, marina: User, enter: Enter, smtp_sink: object
) -> None:
    browser, page_of_case = enter(marina), filed.get_absolute_url()
    assert "Ждём с" in shown(browser, page_of_case)
    letter = Letter.objects.get()
    deliver_due()
    letter.bounce("Адрес не существует.", "550 5.1.1 unknown user")
    said = shown(browser, page_of_case)
    assert "Письмо не дошло, ответа не будет" in said
    assert "Ждём с" not in said
    assert f'href="{page(letter)}">Что делать дальше' in said
    assert "Повторить письмо" in said


def test_while_it_waits_for_the_channel_nobody_has_to_do_anything(
    school: Organization, marina: User, enter: Enter, smtp_sink: object
) -> None:
    smtp_sink.sender_reply = "535 5.7.8 bad credentials"
    letter = make_notice(school)
    deliver_due()
    seen = shown(enter(marina), page(letter))
    assert "отправка писем приостановлена" in seen
    assert "Делать ничего не нужно" in seen
    assert "письма ждут в очереди" in seen


def test_in_trial_mode_it_says_so_and_offers_to_send_once_live(
    school: Organization, marina: User, enter: Enter, smtp_sink: object, settings: object
) -> None:
    settings.TRIAL_SMTP = False
    letter = make_notice(school)
    deliver_due()
    browser = enter(marina)
    for address in (LIST, page(letter)):
        assert "учебный режим: не отправлено" in shown(browser, address).lower()
    settings.PORTAL_LIVE, settings.REQUIRE_SECOND_FACTOR = True, False
    assert deliver_due() == 0
    browser.post(page(letter, "-resend"))
    assert deliver_due() == 1


def test_the_piece_that_looks_after_itself_redraws_the_page_when_the_letter_has_moved(
    school: Organization, marina: User, enter: Enter, smtp_sink: object
) -> None:
    letter, browser = make_notice(school), enter(marina)
    assert f"{page(letter, '-status')}?seen=queued" in shown(browser, page(letter))
    assert "HX-Refresh" not in browser.get(page(letter, "-status"), {"seen": "queued"}).headers
    deliver_due()
    answer = browser.get(page(letter, "-status"), {"seen": "queued"})
    assert answer.headers["HX-Refresh"] == "true"
    assert "hx-get" not in answer.content.decode()


# --- verbs --------------------------------------------------------------------------------------------------------


def test_resending_is_a_click_that_the_journal_keeps_without_addresses(
    school: Organization, marina: User, enter: Enter
) -> None:
    letter = fail(make_notice(school))
    assert enter(marina).post(page(letter, "-resend")).status_code == 302
    letter.refresh_from_db()
    assert (letter.status, letter.acted_by) == (LetterStatus.QUEUED, marina.full_name)
    event = Event.objects.get(verb="letter.resent")
    assert (event.organization, event.by, event.object_id, event.fields) == (school, marina, letter.pk, [])


def test_a_letter_of_an_answered_case_goes_to_nobody_again(
    filed: RegistrationRequest, vera: User, enter: Enter
) -> None:
    letter = fail(Letter.objects.get())
    filed.confirm(by=vera, on=timezone.localdate(), channel=AnswerChannel.CALL)
    answer = enter(vera).post(page(letter, "-resend"), follow=True)
    assert "ответа уже не ждём" in answer.content.decode()
    letter.refresh_from_db()
    assert letter.status == LetterStatus.FAILED


def test_a_letter_that_was_corrected_since_does_not_go_again(
    filed: RegistrationRequest, marina: User, vera: User, enter: Enter
) -> None:
    letter = fail(Letter.objects.get())
    filed.ask_correction(by=vera, on=timezone.localdate(), channel=AnswerChannel.CALL, text="Уточните номер.")
    filed.submit(by=marina)
    browser = enter(vera)
    assert "после этого письма написано другое" in browser.post(page(letter, "-resend"), follow=True).content.decode()
    assert "Отправить это письмо ещё раз" not in shown(browser, filed.get_absolute_url())
    Letter.objects.filter(pk=letter.pk).update(recipient="old@sferum.example")
    assert "Отправить на новый адрес" not in shown(browser, page(letter))
    letter.refresh_from_db()
    assert letter.status == LetterStatus.FAILED


@pytest.mark.parametrize("is_live", [False, True])
def test_the_page_of_a_case_offers_what_its_letter_allows(
    filed: RegistrationRequest, marina: User, enter: Enter, settings: object, is_live: bool
) -> None:
    settings.TRIAL_SMTP = False
    deliver_due()
    settings.PORTAL_LIVE, settings.REQUIRE_SECOND_FACTOR = is_live, False
    assert ("Отправить это письмо ещё раз" in shown(enter(marina), filed.get_absolute_url())) is is_live


def test_an_administrator_does_not_keep_the_question_who_answers_from_the_head(
    school: Organization, marina: User, vera: User, enter: Enter
) -> None:
    link = Link(path="/who/{token}/", purpose="who", object_id=1)
    letter = make_notice(school, text="[[who]]", links={"who": link})
    assert "Отозвать письмо" not in shown(enter(marina), page(letter))
    answer = enter(marina).post(page(letter, "-abort"), follow=True).content.decode()
    assert "Письмо с личной ссылкой отзывает координатор." in answer
    letter.refresh_from_db()
    assert letter.status == LetterStatus.QUEUED
    assert "Письмо отозвано" in enter(vera).post(page(letter, "-abort"), follow=True).content.decode()


def test_a_notice_is_withdrawn_while_it_waits(school: Organization, vera: User, enter: Enter) -> None:
    letter = make_notice(school)
    answer = enter(vera).post(page(letter, "-abort"), follow=True).content.decode()
    assert "Письмо отозвано: оно никуда не ушло." in answer
    assert f"Отменено: {vera.full_name}" in answer
    again = enter(vera).post(page(letter, "-abort"), follow=True).content.decode()
    assert "этого сделать уже нельзя: отменено" in again


def test_a_letter_that_was_tried_may_have_arrived_all_the_same(
    school: Organization, vera: User, enter: Enter, smtp_sink: object
) -> None:
    smtp_sink.data_reply = "451 later"
    letter = make_notice(school)
    deliver_due()
    assert "возможно, его всё-таки получат" in enter(vera).post(page(letter, "-abort"), follow=True).content.decode()


def test_another_address_keeps_the_identity_and_remembers_the_former(
    school: Organization, vera: User, enter: Enter, smtp_sink: object
) -> None:
    letter = fail(make_notice(school))
    enter(vera).post(page(letter, "-readdress"), {"to": "New@School.example.ru"})
    assert deliver_due() == 1
    assert smtp_sink.recipients == ["new@school.example.ru"]
    assert smtp_sink.message_ids == [letter.message_id]
    assert "Отправлено было на head@school.example.ru" in shown(enter(vera), page(letter))
    event = Event.objects.get(verb="letter.readdressed")
    assert event.fields == ["recipient"]


@pytest.mark.parametrize("typed", ["", "не адрес", "a@localhost", "a@example.ru, b@example.ru", "a@b.ru\nBcc: c@d.ru"])
def test_what_is_no_address_is_refused_at_its_field(school: Organization, vera: User, enter: Enter, typed: str) -> None:
    letter = fail(make_notice(school))
    answer = enter(vera).post(page(letter, "-readdress"), {"to": typed})
    assert answer.status_code == 200
    assert answer.context["form"].errors["to"]
    letter.refresh_from_db()
    assert letter.recipient == "head@school.example.ru"


def test_an_administrator_sends_no_link_of_power_to_an_own_address(
    school: Organization, marina: User, vera: User, enter: Enter
) -> None:
    link = Link(path="/who/{token}/", purpose="who", object_id=1)
    letter = fail(make_notice(school, text="[[who]]", links={"who": link}))
    answer = enter(marina).post(page(letter, "-readdress"), {"to": marina.email}, follow=True)
    assert "На другой адрес это письмо отправить нельзя" in answer.content.decode()
    assert "Отправить на другой адрес" not in shown(enter(marina), page(letter))
    letter.refresh_from_db()
    assert letter.recipient == "head@school.example.ru"
    enter(vera).post(page(letter, "-readdress"), {"to": "new@school.example.ru"})
    letter.refresh_from_db()
    assert letter.recipient == "new@school.example.ru"


def test_a_letter_to_sferum_goes_where_the_region_writes_now_and_nowhere_else(
    filed: RegistrationRequest, region: Region, marina: User, vera: User, enter: Enter
) -> None:
    letter = fail(Letter.objects.get())
    for user in (marina, vera):
        answer = enter(user).post(page(letter, "-readdress"), {"to": "thief@example.ru"}, follow=True)
        assert "На другой адрес это письмо отправить нельзя" in answer.content.decode()
    Region.objects.update(support_email="help@sferum.example")
    browser = enter(marina)
    assert "Отправить на новый адрес" in shown(browser, page(letter))
    browser.post(page(letter, "-readdress"), {"to": "help@sferum.example"})
    letter.refresh_from_db()
    assert (letter.status, letter.recipient) == (LetterStatus.QUEUED, "help@sferum.example")


def test_of_two_who_redirect_a_letter_one_does_it(school: Organization, vera: User, nadia: User, enter: Enter) -> None:
    letter = fail(make_notice(school))
    enter(vera).post(page(letter, "-readdress"), {"to": "first@school.example.ru"})
    answer = enter(nadia).post(page(letter, "-readdress"), {"to": "second@school.example.ru"}, follow=True)
    assert "нельзя" in answer.content.decode()
    letter.refresh_from_db()
    assert letter.recipient == "first@school.example.ru"


# --- a test letter and the trouble --------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["vera", "igor"])
def test_a_test_letter_goes_the_way_of_all_letters(
    enter: Enter, who: str, request: pytest.FixtureRequest, smtp_sink: object
) -> None:
    user = request.getfixturevalue(who)
    browser = enter(user)
    probe = reverse("registrations:letter-probe")
    assert probe in shown(browser, LIST)
    seen = browser.post(probe, follow=True).content.decode()
    browser.post(probe)
    assert "Ждёт отправки" in seen
    assert deliver_due() == 1, "pressed twice, one letter"
    assert smtp_sink.recipients == [user.email]
    assert "Доставлено серверу" in shown(browser, page(Letter.objects.get()))


def test_a_test_letter_is_its_senders_own(vera: User, nadia: User, marina: User, enter: Enter) -> None:
    enter(vera).post(reverse("registrations:letter-probe"))
    for other in (nadia, marina):
        browser = enter(other)
        assert browser.get(page(Letter.objects.get())).status_code == 404
        assert browser.post(reverse("registrations:letter-probe")).status_code == 404
        assert "пробное" not in shown(browser, LIST)


def test_a_shared_mailbox_gets_no_test_letter(vera: User, enter: Enter) -> None:
    User.objects.filter(pk=vera.pk).update(email_is_shared=True)
    answer = enter(vera).post(reverse("registrations:letter-probe"), follow=True)
    assert "пробное письмо послать некуда" in answer.content.decode()
    assert not Letter.objects.exists()


def test_the_banner_tells_those_who_can_act_and_costs_schools_nothing(
    school: Organization, marina: User, vera: User, nadia: User, igor: User, enter: Enter
) -> None:
    make_notice(school)
    own, browser = school.get_absolute_url(), enter(marina)
    browser.get(own)
    with CaptureQueriesContext(connection) as calm:
        browser.get(own)
    MailChannel.current().pause("Почтовый сервер не принимает письма портала.", "535")
    with CaptureQueriesContext(connection) as troubled:
        assert "не принимает письма портала" not in shown(browser, own)
    assert len(troubled) == len(calm)
    assert not any("mailchannel" in each["sql"] for each in troubled)
    for user in (vera, nadia, igor):
        seen = shown(enter(user), own)
        assert "не принимает письма портала" in seen
        assert "ждёт 1\u00a0письмо" in seen
        assert ("Попробовать сейчас" in seen) == user.is_staff
    assert "письма ждут в очереди" in shown(browser, LIST)


def test_only_staff_tries_now(vera: User, marina: User, igor: User, enter: Enter) -> None:
    MailChannel.current().pause("Почтовый сервер не принимает письма портала.", "535")
    resume = reverse("registrations:mail-resume")
    for other in (vera, marina):
        assert enter(other).post(resume).status_code == 404
    assert MailChannel.current().is_paused
    enter(igor).post(resume)
    assert not MailChannel.current().is_paused
    assert Event.objects.filter(verb="mail.resumed", by=igor).count() == 1
    again = enter(igor).post(resume, follow=True).content.decode()
    assert "Портал пробует отправить" in again
