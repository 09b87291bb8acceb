"""A mail server that is away, hangs, drips, puts off, refuses recipients or refuses the portal itself."""

import threading
import time
from collections import Counter
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from correspondence import delivery
from correspondence.models import Letter, LetterStatus, MailChannel
from correspondence.outbox import deliver_due
from correspondence.refusals import Refusal
from correspondence.statuses import OPEN, ErrorKind
from correspondence.tests.faulty import faulty_server
from correspondence.tests.letters import make_draft

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
FAULT = "SMTP refuses for an hour, hangs after DATA, drips, greylists 10 min, 421/450/452/550/552/554, bad credentials"
LETTERS = 100
SWEEP = timedelta(seconds=10)


@pytest.fixture(autouse=True)
def _row(record_property):
    record_property("fault", FAULT)


def queue_letters(count: int = LETTERS) -> set[str]:
    drafts = [make_draft(queue=f"o:{number % 9}") for number in range(count)]
    return {letter.message_id for letter in Letter.objects.queue_many(drafts)}


def sweep_through(span: timedelta, every: timedelta = SWEEP) -> None:
    """The clock goes on by `span`, and the sweep comes as it does in life."""
    begun = timezone.now()
    with time_machine.travel(begun, tick=False) as clock:
        while timezone.now() < begun + span and Letter.objects.filter(status__in=OPEN).exists():
            clock.shift(every)
            deliver_due()


def states() -> Counter:
    return Counter(Letter.objects.values_list("status", flat=True))


def test_an_hour_without_a_server_loses_nothing(smtp_sink, settings, record_property):
    expected, port = queue_letters(), settings.EMAIL_PORT
    settings.EMAIL_PORT = 9  # nobody is there
    begun = timezone.now()
    sweep_through(timedelta(hours=1))
    assert states() == {LetterStatus.QUEUED: LETTERS}
    settings.EMAIL_PORT = port
    with time_machine.travel(begun + timedelta(hours=1)):
        sweep_through(timedelta(hours=1))
    last = Letter.objects.order_by("sent_at").last().sent_at
    record_property(
        "figure",
        f"refused for an hour: {len(expected - set(smtp_sink.message_ids))} of {LETTERS} lost, "
        f"the last left {(last - begun).total_seconds() / 60 - 60:.0f} min after its end",
    )
    assert Counter(smtp_sink.message_ids) == Counter(expected)


HOLDS = ["hangs at end", "drips at end", "drips at greeting", "hangs at greeting", "drips at RCPT", "hangs at MAIL"]


def test_no_mailer_is_held_for_thirty_seconds(smtp_sink, settings, record_property):
    """Six mailers at once, the deadline of a real installation: each meets another way of never coming to an end."""
    queue_letters(len(HOLDS))
    took = []

    def deliver() -> None:
        begun = time.monotonic()
        deliver_due()
        took.append(time.monotonic() - begun)
        connection.close()

    with faulty_server(*HOLDS) as server:
        settings.EMAIL_PORT = server.port
        mailers = [threading.Thread(target=deliver) for _ in HOLDS]
        [mailer.start() for mailer in mailers]
        [mailer.join(60) for mailer in mailers]
    record_property("figure", f"hangs and drips in {len(HOLDS)} places: nobody held longer than {max(took):.1f} s")
    assert len(took) == len(HOLDS)
    assert max(took) < 30
    assert states() == {LetterStatus.QUEUED: len(HOLDS)}
    assert set(Letter.objects.filter(attempt__gt=0).values_list("error_kind", flat=True)) == {ErrorKind.TEMPORARY}


@pytest.mark.parametrize("fault", ["drips at end", "drips at greeting"])
def test_red_control_without_the_deadline_a_drip_holds(smtp_sink, settings, monkeypatch, record_property, fault):
    monkeypatch.setattr(delivery, "DEADLINE", 1.0)
    monkeypatch.setattr(delivery.Courier, "_cut", lambda courier: None)
    queue_letters(1)
    with faulty_server(fault) as server:
        settings.EMAIL_PORT = server.port
        mailer = threading.Thread(target=lambda: (deliver_due(), connection.close()))
        mailer.start()
        mailer.join(5)
        is_held = mailer.is_alive()
    mailer.join(10)
    record_property("figure", f"red control, socket timeouts of 1 s and no deadline: {fault}, held after 5 s")
    assert is_held


def test_greylisted_for_ten_minutes(smtp_sink, record_property):
    expected = queue_letters()
    with time_machine.travel(timezone.now()):
        smtp_sink.recipient_replies = dict.fromkeys(
            Letter.objects.values_list("recipient", flat=True), "451 4.7.1 Greylisted, come back in ten minutes"
        )
        sweep_through(timedelta(minutes=10))
        assert smtp_sink.received == []
    begun = timezone.now()
    smtp_sink.recipient_replies = {}
    with time_machine.travel(begun + timedelta(minutes=10)):
        sweep_through(timedelta(hours=1))
    last = Letter.objects.order_by("sent_at").last().sent_at
    record_property(
        "figure",
        f"greylisted for 10 min: {len(expected - set(smtp_sink.message_ids))} of {LETTERS} lost, "
        f"the last left after {(last - begun).total_seconds() / 60:.0f} min",
    )
    assert Counter(smtp_sink.message_ids) == Counter(expected)


SAID = ["421 4.3.2 Shutting down", "450 4.2.1 Busy", "452 4.3.1 Full", "550 5.1.1 Nobody", "552 5.2.2 Full", "554 No"]


def test_what_the_server_says_of_a_recipient(smtp_sink, record_property):
    """The first day it answers so, then it takes everything: 4xx arrive late, 5xx were told to a person at once."""
    queue_letters(len(SAID) * 5)
    letters = list(Letter.objects.order_by("pk"))
    said = {letter.recipient: SAID[number % len(SAID)] for number, letter in enumerate(letters)}
    smtp_sink.recipient_replies = dict(said)
    begun = timezone.now()
    sweep_through(timedelta(minutes=30), every=timedelta(minutes=1))
    smtp_sink.recipient_replies = {}
    with time_machine.travel(begun + timedelta(minutes=30)):
        sweep_through(timedelta(days=4), every=timedelta(minutes=10))
    tried = Counter(smtp_sink.tried)
    refused = [address for address, reply in said.items() if reply.startswith("5")]
    record_property(
        "figure",
        f"4xx: {len(said) - len(refused)} put off, all arrived; 5xx: {len(refused)} refused, failed at once, "
        f"at most {max(tried[address] for address in refused)} try",
    )
    assert {tried[address] for address in refused} == {1}
    assert set(Letter.objects.filter(recipient__in=refused).values_list("status", "error_kind")) == {
        (LetterStatus.FAILED, ErrorKind.PERMANENT)
    }
    late = set(said) - set(refused)
    assert Counter(smtp_sink.recipients) == Counter(late)
    assert set(Letter.objects.filter(recipient__in=late).values_list("status", flat=True)) == {LetterStatus.SENT}


def with_a_wrong_password(smtp_sink, settings, span: timedelta, every: timedelta = SWEEP) -> None:
    smtp_sink.is_password_good = False
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "portal", "wrong"
    sweep_through(span, every)


def test_bad_credentials_fail_nobody(smtp_sink, settings, record_property):
    expected, begun = queue_letters(), timezone.now()
    with_a_wrong_password(smtp_sink, settings, timedelta(hours=1))
    tries = smtp_sink.connections
    assert states() == {LetterStatus.QUEUED: LETTERS}
    assert set(Letter.objects.values_list("failures", flat=True)) == {0}
    assert MailChannel.current().is_in_trouble
    smtp_sink.is_password_good = True
    with time_machine.travel(begun + timedelta(hours=1, minutes=6)):
        sweep_through(timedelta(minutes=1))
    record_property(
        "figure",
        f"a wrong password for an hour: {tries} sign-ins tried, 0 of {LETTERS} failed, "
        f"{len(expected - set(smtp_sink.message_ids))} lost",
    )
    assert tries <= 13
    assert Counter(smtp_sink.message_ids) == Counter(expected)


def test_red_control_without_the_pause_the_password_is_tried_at_every_sweep(
    smtp_sink, settings, monkeypatch, record_property
):
    monkeypatch.setattr(MailChannel, "pause", lambda channel, *words: None)
    queue_letters()
    with_a_wrong_password(smtp_sink, settings, timedelta(hours=1))
    record_property("figure", f"red control, no pause: {smtp_sink.connections} sign-ins tried in the hour")
    assert smtp_sink.connections >= 360


def test_red_control_taken_for_a_trouble_of_the_letter_bad_credentials_fail_everybody(
    smtp_sink, settings, monkeypatch, record_property
):
    monkeypatch.setattr(
        delivery, "_sign_in_refusal", lambda error: Refusal(ErrorKind.TEMPORARY, "Отказ.", is_connection=False)
    )
    queue_letters(10)
    with_a_wrong_password(smtp_sink, settings, timedelta(days=4), every=timedelta(minutes=10))
    failed = states()[LetterStatus.FAILED]
    record_property("figure", f"red control, blamed on the letters: {failed} of 10 failed after three days")
    assert failed == 10
