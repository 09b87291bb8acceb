"""Letters on the desk of the portal's staff. Who is not staff is sent to sign in; nobody writes here."""

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from correspondence.models import Lane, LetterStatus, MailChannel
from correspondence.outbox import deliver_due
from correspondence.tests.letters import make_letter, refreshed

pytestmark = pytest.mark.django_db
LIST = reverse("admin:correspondence_letter_changelist")


def make_person(client, is_staff: bool = True) -> None:
    client.force_login(
        get_user_model().objects.create_user("igor@example.org", full_name="Громов Игорь", is_staff=is_staff)
    )


@pytest.fixture
def igor(client):
    make_person(client)
    return client


def page(letter) -> str:
    return reverse("admin:correspondence_letter_change", args=[letter.pk])


def test_who_is_not_staff_sees_no_letters(client):
    letter = make_letter()
    make_person(client, is_staff=False)
    for address in (LIST, page(letter)):
        assert client.get(address).status_code == 302


def test_staff_reads_a_letter_but_not_its_links(igor):
    letter = make_letter(text="Откройте [[welcome]]", links=None, to="info@example.org")
    assert "info@example.org" in igor.get(LIST).content.decode()
    assert "Откройте" in igor.get(page(letter)).content.decode()


@pytest.mark.parametrize("verb", ["add", "change", "delete"])
def test_nobody_writes_letters_by_hand(igor, verb):
    letter = make_letter()
    address = reverse(f"admin:correspondence_letter_{verb}", args=[] if verb == "add" else [letter.pk])
    assert igor.post(address, {"subject": "Другое", "post": "yes"}).status_code == 403
    assert refreshed(letter).subject == letter.subject


def test_a_letter_to_an_applicant_shows_neither_address_nor_text_nor_subject(igor, smtp_sink):
    smtp_sink.recipient_replies["parent@example.org"] = "550 <parent@example.org> unknown"
    letter = make_letter(
        to="parent@example.org", lane=Lane.APPLICANT, subject="Заявка за Петю", text="Петя Иванов принят в 5А"
    )
    deliver_due()
    for address in (LIST, page(letter)):
        html = igor.get(address).content.decode()
        assert "Письмо заявителю" in html
        for secret in ("parent@example.org", "Петя", "Петю"):
            assert secret not in html
    for term in ("parent@", "Петю"):
        assert not igor.get(LIST, {"q": term}).context["cl"].result_list


def test_a_sign_in_code_is_not_shown(igor):
    letter = make_letter(lane=Lane.ACCESS, subject="Код для входа: 482913", text="Код 482913")
    for address in (LIST, page(letter)):
        assert "482913" not in igor.get(address).content.decode()
    assert not igor.get(LIST, {"q": "482913"}).context["cl"].result_list


def test_letters_are_found_by_address_and_subject_and_bad_input_is_no_error(igor):
    letter = make_letter(to="info@example.org", subject="Заявка РЕГ-2026-000123")
    make_letter()
    for term in ("info@example", "РЕГ-2026-000123", letter.message_id):
        assert list(igor.get(LIST, {"q": term}).context["cl"].result_list) == [letter]
    for term in ("\0", "я" * 10_000, "%", "'\""):
        assert igor.get(LIST, {"q": term}).status_code == 200


def test_staff_resends_what_failed_and_is_told_what_cannot_be(igor, smtp_sink):
    smtp_sink.data_reply = "554 no"
    failed = make_letter()
    deliver_due()
    smtp_sink.data_reply = "250 Message accepted"
    sent = make_letter()
    deliver_due()
    answer = igor.post(LIST, {"action": "resend", "_selected_action": [failed.pk, sent.pk]}, follow=True)
    told = [str(message) for message in answer.context["messages"]]
    assert told == [
        f"{sent}: С письмом этого сделать уже нельзя: доставлено серверу.",
        "Поставлено в очередь: 1.",
    ]
    assert (refreshed(failed).status, failed.acted_by) == (LetterStatus.QUEUED, "Громов Игорь")


def test_staff_withdraws_a_queued_letter(igor):
    letter = make_letter()
    igor.post(LIST, {"action": "abort", "_selected_action": [letter.pk]})
    assert refreshed(letter).status == LetterStatus.ABORTED


@pytest.mark.parametrize("action", ["abort", "resend"])
def test_a_letter_of_a_case_is_left_to_the_page_that_moves_the_case_with_it(igor, action):
    letter = make_letter(lane=Lane.CASE)
    answer = igor.post(LIST, {"action": action, "_selected_action": [letter.pk]}, follow=True)
    assert "распоряжаются на странице «Письма»" in str(*answer.context["messages"])
    assert refreshed(letter).status == LetterStatus.QUEUED


def test_a_paused_channel_is_seen(igor):
    MailChannel.current().pause("Почтовый сервер не принимает письма портала.", "535 bad password")
    html = igor.get(reverse("admin:correspondence_mailchannel_changelist")).content.decode()
    assert "535 bad password" in html


def test_the_list_costs_the_same_for_many_letters(igor):
    costs = []
    igor.get(LIST)  # who he is and what he may do is read once
    for count in (3, 60):
        for _ in range(count):
            make_letter()
        with CaptureQueriesContext(connection) as queries:
            igor.get(LIST)
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_staff_reads_what_came_of_every_try_but_not_of_an_applicants(igor, smtp_sink):
    smtp_sink.data_reply = "554 5.7.1 spam"
    letter, hidden = make_letter(), make_letter(lane=Lane.APPLICANT)
    deliver_due()
    assert "554 5.7.1 spam" in igor.get(page(letter)).content.decode()
    assert "554 5.7.1 spam" not in igor.get(page(hidden)).content.decode()


def test_staff_tries_at_once_what_was_paused(igor):
    channels = reverse("admin:correspondence_mailchannel_changelist")
    MailChannel.current().pause("Почтовый сервер не принимает письма портала.", "535 bad password")
    told = igor.post(channels, {"action": "resume", "_selected_action": [1]}, follow=True).content.decode()
    assert "Пауза снята: 1." in told
    assert not MailChannel.current().is_paused
