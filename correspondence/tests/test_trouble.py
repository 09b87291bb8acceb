"""When letters do not go or do not come: what is told, to whom it can be told without letters, and how it ends."""

import logging
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from correspondence import refusals
from correspondence.models import Letter, LetterStatus, Mailbox, MailChannel
from correspondence.outbox import deliver_due
from correspondence.statuses import ErrorKind
from correspondence.tasks import sweep
from correspondence.tests.letters import make_draft, make_letter, refreshed
from correspondence.trouble import outgoing_trouble, troubles
from foundation.models import Heartbeat, Part
from foundation.verbs import WrongStatus

pytestmark = pytest.mark.django_db


@pytest.fixture
def refusing(smtp_sink):
    smtp_sink.sender_reply = "550 5.7.1 portal is blocked"
    return smtp_sink


def test_all_is_well_at_the_price_of_one_statement():
    Heartbeat.objects.beat(Part.MAILER)
    make_letter()
    with CaptureQueriesContext(connection) as asked:
        assert troubles() == []
    assert len(asked) == 1


def test_a_paused_channel_is_told_with_its_beginning_and_the_letters_that_wait(refusing):
    Letter.objects.queue_many([make_draft() for _ in range(7)])
    deliver_due()
    trouble = outgoing_trouble()
    assert (trouble.waiting, trouble.is_channel) == (7, True)
    assert "не принимает письма портала" in trouble.words
    assert trouble.since == MailChannel.current().paused_since


def test_the_pause_keeps_every_letter_and_knocks_once(refusing):
    Letter.objects.queue_many([make_draft() for _ in range(7)])
    for _ in range(6):
        deliver_due()
    assert refusing.connections == 1
    assert set(Letter.objects.values_list("status", "failures")) == {(LetterStatus.QUEUED, 0)}
    assert sum(Letter.objects.values_list("attempt", flat=True)) == 1


def test_red_control_without_the_pause_every_sweep_knocks_again(refusing, monkeypatch):
    monkeypatch.setattr(MailChannel, "is_paused", False)
    Letter.objects.queue_many([make_draft() for _ in range(7)])
    for _ in range(6):
        deliver_due()
    assert refusing.connections == 6, "a server that refuses a password locks the account soon"


def test_red_control_taken_for_the_letters_own_fault_all_of_them_fail(refusing, monkeypatch):
    def blamed(stage, code, reply):
        return refusals.Refusal(ErrorKind.PERMANENT, "Адрес не существует.", reply.decode())

    monkeypatch.setattr("correspondence.delivery.refusal", blamed)
    Letter.objects.queue_many([make_draft() for _ in range(7)])
    deliver_due()
    assert set(Letter.objects.values_list("status", flat=True)) == {LetterStatus.FAILED}


def test_the_alarm_is_one_error_in_the_log_and_a_word_in_healthz(refusing, client, caplog):
    make_letter()
    with caplog.at_level(logging.WARNING):
        for minutes in (0, 6, 12):
            with time_machine.travel(timezone.now() + timedelta(minutes=minutes)):
                sweep()
    errors = [line for line in caplog.records if line.levelno == logging.ERROR]
    assert [line.message for line in errors] == ["The mail server refuses the portal: 550 5.7.1 portal is blocked"]
    told = client.get("/healthz").json()
    assert told["status"] == "ok"
    assert "не принимает письма портала" in told["mail"]


def test_once_a_letter_has_left_nothing_is_told_any_more(refusing, client):
    make_letter()
    sweep()
    refusing.sender_reply = "250 OK"
    MailChannel.current().resume()
    sweep()
    sweep()
    assert troubles() == []
    assert client.get("/healthz").json()["mail"] == ""


def test_trying_now_does_not_wait_for_the_end_of_the_pause(refusing):
    letter = make_letter()
    deliver_due()
    refusing.sender_reply = "250 OK"
    assert deliver_due() == 0
    MailChannel.current().resume()
    assert MailChannel.current().is_in_trouble, "over it is when a letter has left"
    assert deliver_due() == 1
    assert refreshed(letter).status == LetterStatus.SENT
    with pytest.raises(WrongStatus, match="не остановлена"):
        MailChannel.current().resume()


def test_trying_in_vain_pauses_again_since_the_same_moment(refusing):
    make_letter()
    deliver_due()
    since = MailChannel.current().paused_since
    MailChannel.current().resume()
    deliver_due()
    channel = MailChannel.current()
    assert channel.is_paused
    assert channel.paused_since == since


def test_a_silent_mailer_is_told_only_when_letters_are_late():
    with time_machine.travel(timezone.now() - timedelta(minutes=10)):
        Heartbeat.objects.beat(Part.MAILER)
        heard = Heartbeat.objects.get().at
    assert troubles() == []
    make_letter()
    assert troubles() == [], "this one is not late yet"
    with time_machine.travel(timezone.now() + timedelta(minutes=4)):
        trouble = outgoing_trouble()
    assert "не отвечает" in trouble.words
    assert trouble.waiting == 1
    assert trouble.since > heard


def test_a_mailbox_that_cannot_be_read_is_told_beside():
    Heartbeat.objects.beat(Part.MAILER)
    Mailbox.objects.create(name="a@example.org/INBOX").note_trouble("Пароль не подошёл.")
    Mailbox.objects.create(name="b@example.org/INBOX").note_success()
    assert [trouble.words for trouble in troubles()] == ["Входящие письма не читаются. Пароль не подошёл."]
    assert outgoing_trouble() is None
