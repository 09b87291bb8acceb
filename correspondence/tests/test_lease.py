"""Who may send a letter: one process at a time, and only for as long as its lease lasts."""

import threading
from collections import Counter
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from correspondence import outbox
from correspondence.models import Lane, Letter, LetterStatus
from correspondence.models.letter import LEASE
from correspondence.outbox import deliver_due, next_letters
from correspondence.tests.letters import make_draft, make_letter, refreshed


def in_threads(work, count=6) -> None:
    start = threading.Barrier(count)

    def run() -> None:
        start.wait()
        work()
        connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]


@pytest.mark.django_db(transaction=True)
def test_many_mailers_at_once_send_each_letter_once(smtp_sink):
    Letter.objects.queue_many([make_draft(queue=f"o:{number % 5}") for number in range(60)])
    in_threads(deliver_due, count=4)
    assert Counter(smtp_sink.message_ids) == Counter(Letter.objects.values_list("message_id", flat=True))
    assert set(Letter.objects.values_list("status", "attempt")) == {(LetterStatus.SENT, 1)}


@pytest.mark.django_db(transaction=True)
def test_many_mailers_keep_to_one_rate(smtp_sink, settings):
    settings.LETTERS_PER_MINUTE, mailers = 20, 4
    Letter.objects.queue_many([make_draft(queue=f"o:{number}") for number in range(60)])
    in_threads(deliver_due, count=mailers)
    assert 20 <= len(smtp_sink.received) < 20 + mailers, "at most one more for each that asked at the same moment"
    assert deliver_due() == 0


@pytest.mark.django_db
def test_a_sign_in_code_overtakes_a_run_that_has_begun(smtp_sink, monkeypatch):
    monkeypatch.setattr(outbox, "REDRAW", 0.0)
    Letter.objects.queue_many([make_draft() for _ in range(20)])
    letters = outbox.letters_in_turn()
    next(letters).claim()
    code = make_letter(lane=Lane.ACCESS)
    assert next(letters).pk == code.pk


@pytest.mark.django_db(transaction=True)
def test_red_control_a_plain_flag_read_before_it_is_written_lets_many_in():
    letter, won, both = make_letter(), [], threading.Barrier(4)

    def take() -> None:
        is_free = Letter.objects.get(pk=letter.pk).status == LetterStatus.QUEUED
        both.wait()
        if is_free:
            Letter.objects.filter(pk=letter.pk).update(status=LetterStatus.SENDING, lease_until=timezone.now() + LEASE)
            won.append(1)

    in_threads(take, count=4)
    assert len(won) == 4, "without compare-and-set four mailers would send the same letter"


@pytest.mark.django_db(transaction=True)
def test_one_of_many_claims_wins():
    letter, won = make_letter(), []
    in_threads(lambda: won.append(Letter.objects.get(pk=letter.pk).claim()))
    assert sorted(won) == [False] * 5 + [True]


@pytest.mark.django_db
def test_a_letter_whose_mailer_died_is_taken_again_when_the_lease_is_over(smtp_sink):
    letter = make_letter()
    assert letter.claim()
    assert deliver_due() == 0
    with time_machine.travel(timezone.now() + LEASE + timedelta(seconds=1)):
        assert deliver_due() == 1
    assert (refreshed(letter).status, letter.attempt) == (LetterStatus.SENT, 2)


@pytest.mark.django_db
def test_red_control_a_letter_marked_before_it_is_sent_is_lost_with_its_mailer(smtp_sink):
    letter = make_letter()
    letter.claim()
    letter.finish(LetterStatus.SENT)  # and here the process is killed
    with time_machine.travel(timezone.now() + LEASE + timedelta(seconds=1)):
        deliver_due()
    assert smtp_sink.received == []


@pytest.mark.django_db
def test_there_is_no_age_at_which_a_letter_is_forgotten(smtp_sink):
    letter = make_letter()
    with time_machine.travel(timezone.now() + timedelta(days=400)):
        assert deliver_due() == 1
    assert refreshed(letter).status == LetterStatus.SENT


@pytest.mark.django_db
def test_who_lost_the_lease_can_no_longer_say_what_became_of_the_letter():
    slow = make_letter()
    assert slow.claim()
    with time_machine.travel(timezone.now() + LEASE + timedelta(seconds=1)):
        quick = Letter.objects.get(pk=slow.pk)
        assert quick.claim()
        assert not slow.finish(LetterStatus.FAILED)
        assert not slow.retry("Почтовый сервер не отвечает.")
        assert quick.finish(LetterStatus.SENT)
    assert refreshed(slow).status == LetterStatus.SENT


@pytest.mark.django_db
def test_no_transaction_is_open_while_the_server_is_spoken_to(smtp_sink, monkeypatch):
    """pytest's own transaction is the only one: no savepoint or atomic block is added around the wire."""
    depth = []
    carry = "correspondence.delivery.Courier.carry"
    monkeypatch.setattr(carry, lambda courier, letter: depth.append(len(connection.savepoint_ids)))
    before = len(connection.savepoint_ids)
    make_letter()
    deliver_due()
    assert depth == [before]


@pytest.mark.django_db
def test_a_school_with_a_thousand_letters_does_not_hold_up_the_others():
    Letter.objects.queue_many([make_draft(queue="o:1") for _ in range(200)])
    other = make_letter(queue="o:2")
    code = make_letter(lane=Lane.ACCESS, queue="o:1")
    batch = [letter.pk for letter in next_letters()]
    assert batch[0] == code.pk
    assert other.pk in batch[1:3]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "impossible",
    [
        {"status": "lost"},
        {"lane": "air"},
        {"error_kind": "other"},
        {"status": LetterStatus.SENDING},
        {"status": LetterStatus.SENT},
        {"finished_at": timezone.now()},
    ],
)
def test_the_database_knows_the_states_too(impossible):
    make_letter()
    with pytest.raises(IntegrityError), transaction.atomic():
        Letter.objects.update(**impossible)
