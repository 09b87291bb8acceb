"""What leaves, in which words the server's refusals are kept, and who is not to blame for them."""

import socket
import threading
from contextlib import suppress
from datetime import timedelta
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parsedate_to_datetime

import pytest
import time_machine
from django.utils import timezone

from correspondence import delivery
from correspondence.composing import compose
from correspondence.models import Lane, Letter, LetterStatus, Link, MailChannel
from correspondence.models.letter import RETRY_AFTER
from correspondence.outbox import deliver_due
from correspondence.refusals import Refusal
from correspondence.statuses import ErrorKind
from correspondence.tests.letters import make_draft, make_letter, refreshed
from foundation.tokens import read

pytestmark = pytest.mark.django_db


def test_a_letter_arrives_as_it_was_written(smtp_sink, settings):
    letter = make_letter(
        to="info@example.org",
        subject="Заявка РЕГ-2026-000123: " + "МБОУ «Школа № 1 имени героя» " * 8,
        text=".Точка в начале\nдлинная строка " + "я" * 1500 + "\n",
        reply_to="marina@example.org",
        lane=Lane.CASE,
        headers={
            "In-Reply-To": "<b@example.org>",
            "References": "<a@example.org> <b@example.org>",
        },
    )
    assert deliver_due() == 1
    (message,) = smtp_sink.received
    assert smtp_sink.recipients == ["info@example.org"]
    assert message["Subject"].strip() == letter.subject.strip()
    assert smtp_sink.text() == letter.text
    assert message["Message-ID"] == letter.message_id == f"<letter-{letter.uuid}@{settings.PORTAL_HOST}>"
    assert message["Reply-To"] == "marina@example.org"
    assert message["References"].split() == ["<a@example.org>", "<b@example.org>"]
    assert abs(parsedate_to_datetime(message["Date"]) - letter.created_at) < timedelta(seconds=1)
    assert "Auto-Submitted" not in message
    assert refreshed(letter).status == LetterStatus.SENT
    assert letter.sent_at
    assert letter.status_words == "доставлено серверу"


@pytest.mark.parametrize("shift", range(12))
def test_no_space_of_a_long_subject_is_lost_where_it_is_broken(smtp_sink, shift):
    subject = f"Я{'я' * shift} Заявка К-000001 проверена: остался один шаг в Сферуме, и ещё слова"
    make_letter(subject=subject)
    deliver_due()
    assert str(smtp_sink.received[0]["Subject"]) == subject


def test_the_senders_name_is_whole_for_whoever_reads_by_the_standard(smtp_sink):
    raw = compose(make_letter()).split(b"From: ")[1].split(b" <portal@")[0]
    assert str(make_header(decode_header(raw.decode()))) == "Подключение школ к Сферуму"


EXCHANGE = "<AM0PR04MB6547F2C1B1D6A1A0A4D2E8B0C1D29@AM0PR04MB6547.eurprd04.prod.outlook.com>"


def test_an_answer_names_a_long_message_id_as_it_is():
    thread = {"In-Reply-To": EXCHANGE, "References": f"<a@example.org> {EXCHANGE}"}
    raw = compose(make_letter(headers=thread))
    assert f"In-Reply-To: {EXCHANGE}\r\n".encode() in raw
    assert f"References: <a@example.org>\r\n {EXCHANGE}\r\n".encode() in raw


def test_red_control_python_would_encode_a_long_message_id():
    message = EmailMessage(policy=SMTP)
    message["In-Reply-To"] = EXCHANGE
    assert EXCHANGE.encode() not in message.as_bytes()


def test_a_notice_says_that_no_out_of_office_answer_is_wanted(smtp_sink):
    make_letter()
    deliver_due()
    assert smtp_sink.received[0]["Auto-Submitted"] == "auto-generated"


def test_a_cyrillic_domain_is_translated_for_the_server(smtp_sink):
    make_letter(to="school@томск.рф")
    deliver_due()
    assert smtp_sink.recipients == ["school@xn--j1adfnc.xn--p1ai"]


def test_a_link_is_signed_when_the_letter_leaves_and_hidden_until_then(smtp_sink, settings):
    link = Link(path="/appoint/{token}/", purpose="appoint", object_id=12, version=3)
    letter = make_letter(text="Откройте: [[appoint]] [[other]]", links={"appoint": link})
    assert letter.shown_text == "Откройте: ••• [[other]]"
    deliver_due()
    address = smtp_sink.text().split()[1]
    assert address.startswith(f"{settings.PORTAL_URL}/appoint/")
    token = read("appoint", address.split("/")[-2], timedelta(minutes=1))
    assert (token.object_id, token.version) == (12, 3)
    assert address not in refreshed(letter).text


def test_many_letters_use_one_connection(smtp_sink):
    Letter.objects.queue_many([make_draft() for _ in range(60)])
    assert deliver_due() == 60
    assert len(set(smtp_sink.message_ids)) == 60
    assert smtp_sink.connections == 1


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        ("550 5.1.1 No such user", "Адрес не существует."),
        ("552 5.2.2 Over quota", "Почтовый ящик переполнен."),
        ("554 Refused", "Почтовый сервер получателя не принял письмо."),
        ("599 Something new", "Техническая ошибка почтового сервера."),
    ],
)
def test_a_recipient_refused_for_good_fails_at_once_and_the_next_letter_leaves(smtp_sink, reply, words):
    smtp_sink.recipient_replies["gone@example.org"] = reply
    bad, good = make_letter(to="gone@example.org"), make_letter()
    assert deliver_due() == 1
    assert refreshed(bad).status == LetterStatus.FAILED
    assert (bad.error_kind, bad.error_words, bad.server_reply) == (ErrorKind.PERMANENT, words, reply)
    assert refreshed(good).status == LetterStatus.SENT
    assert smtp_sink.connections == 1


@pytest.mark.parametrize("reply", ["451 4.7.1 Greylisted", "452 Try later", "421 Too busy"])
def test_a_temporary_refusal_is_tried_again_in_a_minute(smtp_sink, reply):
    smtp_sink.recipient_replies["slow@example.org"] = reply
    letter = make_letter(to="slow@example.org")
    deliver_due()
    assert refreshed(letter).status == LetterStatus.QUEUED
    assert (letter.error_kind, letter.server_reply) == (ErrorKind.TEMPORARY, reply)
    assert timedelta(seconds=50) < letter.due_at - timezone.now() < timedelta(seconds=75)
    smtp_sink.recipient_replies.clear()
    assert deliver_due() == 0
    with time_machine.travel(letter.due_at):
        assert deliver_due() == 1
    assert refreshed(letter).status == LetterStatus.SENT
    assert letter.error_words == ""


def test_after_three_days_of_temporary_refusals_a_person_is_told(smtp_sink):
    smtp_sink.data_reply = "451 Later"
    letter, begun, tries = make_letter(), timezone.now(), 0
    while refreshed(letter).status == LetterStatus.QUEUED:
        with time_machine.travel(letter.due_at):
            deliver_due()
        tries += 1
    assert tries == len(RETRY_AFTER) + 1
    assert refreshed(letter).status == LetterStatus.FAILED
    assert letter.error_words == "Сервер получателя не принимал письмо трое суток."
    assert timedelta(hours=72) <= letter.due_at - begun <= timedelta(hours=72 * 1.25)


def test_a_server_that_goes_away_after_the_letter_gets_it_again_with_the_same_identity(smtp_sink):
    smtp_sink.drops_after_data = True
    letter = make_letter()
    deliver_due()
    assert refreshed(letter).status == LetterStatus.QUEUED
    smtp_sink.drops_after_data = False
    with time_machine.travel(letter.due_at):
        deliver_due()
    assert smtp_sink.message_ids == [letter.message_id] * 2
    assert refreshed(letter).status == LetterStatus.SENT


def test_nobody_listening_costs_one_letter_a_try_and_the_others_wait_untouched(smtp_sink, settings):
    settings.EMAIL_PORT = 9  # nobody is there
    Letter.objects.queue_many([make_draft() for _ in range(3)])
    deliver_due()
    assert sorted(Letter.objects.values_list("attempt", flat=True)) == [0, 0, 1]
    assert Letter.objects.get(attempt=1).error_words == "Почтовый сервер не отвечает."


@pytest.mark.parametrize("fault", ["sender", "password"])
def test_a_refusal_of_the_portal_itself_pauses_the_channel_and_fails_nobody(smtp_sink, settings, fault):
    if fault == "sender":
        smtp_sink.sender_reply = "550 5.7.1 Sender refused"
    else:
        smtp_sink.is_password_good = False
        settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "portal", "wrong"
    first, second = make_letter(), make_letter()
    deliver_due()
    assert MailChannel.current().is_paused
    assert MailChannel.current().server_reply.startswith("5")
    assert {refreshed(first).status, refreshed(second).status} == {LetterStatus.QUEUED}
    assert first.failures == second.failures == 0

    smtp_sink.sender_reply, smtp_sink.is_password_good = "250 OK", True
    assert deliver_due() == 0, "a paused channel is left alone"
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        assert deliver_due() == 2
    assert not MailChannel.current().is_in_trouble


def test_a_silent_server_is_cut_at_the_deadline(smtp_sink, monkeypatch):
    monkeypatch.setattr(delivery, "DEADLINE", 0.5)
    smtp_sink.delay = 20
    letter = make_letter()
    begun = timezone.now()
    deliver_due()
    assert timezone.now() - begun < timedelta(seconds=3)
    assert refreshed(letter).error_kind == ErrorKind.TEMPORARY


def carry_alone(letter: Letter) -> None:
    with suppress(Refusal), delivery.Courier() as courier:
        courier.carry(letter)


@pytest.fixture
def dripping_server(smtp_sink, settings):
    """Answers a byte now and then, so that no single wait is long and the whole never ends."""
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        settings.EMAIL_PORT = listener.getsockname()[1]

        def drip() -> None:
            connection, _ = listener.accept()
            with connection, suppress(OSError):
                while not stop.wait(0.1):
                    connection.send(b"2")

        thread = threading.Thread(target=drip)
        thread.start()
        yield
        stop.set()
        thread.join()


def test_a_dripping_server_is_cut_at_the_deadline(dripping_server, monkeypatch):
    monkeypatch.setattr(delivery, "DEADLINE", 0.7)
    letter, begun = make_letter(), timezone.now()
    deliver_due()
    assert timezone.now() - begun < timedelta(seconds=3)
    assert refreshed(letter).error_kind == ErrorKind.TEMPORARY


def test_red_control_without_the_watchdog_a_drip_holds_a_mailer(dripping_server, monkeypatch):
    monkeypatch.setattr(delivery, "DEADLINE", 0.7)
    monkeypatch.setattr(delivery, "CONNECT_TIMEOUT", 0.7)
    monkeypatch.setattr(delivery.Courier, "_cut", lambda courier: None)
    letter = make_letter()
    mailer = threading.Thread(target=carry_alone, args=[letter])
    mailer.start()
    mailer.join(2)
    assert mailer.is_alive(), "timeouts of single socket calls do not end it"


def test_a_letter_that_cannot_be_built_fails_alone(smtp_sink):
    broken = make_letter(text="[[x]]", links={"x": Link(path="/x/{token}/", purpose="x", object_id="no number")})
    assert deliver_due() == 0
    make_letter()
    assert deliver_due() == 1
    assert refreshed(broken).error_kind == ErrorKind.BROKEN


def test_the_rate_is_a_setting(smtp_sink, settings):
    settings.LETTERS_PER_MINUTE = 4
    Letter.objects.queue_many([make_draft() for _ in range(6)])
    assert (deliver_due(), deliver_due()) == (4, 0)
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        assert deliver_due() == 2
