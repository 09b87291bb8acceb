"""Workers that are killed with `kill -9`, again and again, and at the worst of all moments."""

import random
import threading
from collections import Counter
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from correspondence.models import Letter, LetterStatus
from correspondence.models.letter import LEASE
from correspondence.statuses import OPEN
from correspondence.tests.letters import make_draft, make_letter, refreshed
from correspondence.tests.workers import PROCESSES, Worker, broker_url, wait_until_all_are_final
from foundation.tests.waiting import let_pass, wait_for

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
OFTEN = "kill -9 of a worker every 0.3–0.8 s while 1,000 letters go out"
WORST = "killed between the server's 250 and «sent»"
LETTERS = 1000
CARELESS = "correspondence.tests.careless"


@pytest.fixture
def broker(tmp_path):
    """The broker that goes with the database: a folder embedded, Redis served."""
    with broker_url("folder" if connection.vendor == "sqlite" else "redis", tmp_path) as url:
        yield url


def queue_letters(count: int) -> set[str]:
    drafts = [make_draft(queue=f"o:{number % 9}") for number in range(count)]
    return {letter.message_id for letter in Letter.objects.queue_many(drafts)}


def let_leases_run_out(killed_at: datetime) -> None:
    """The two minutes after a kill pass at once: only for letters that were taken before it."""
    dead = Letter.objects.filter(status=LetterStatus.SENDING, lease_until__lte=killed_at + LEASE)
    dead.update(lease_until=timezone.now())


def kill(worker: Worker, is_whole: bool = True) -> None:
    """All of a worker, or only the processes in which it sends: the main one then starts others."""
    if is_whole or connection.vendor == "sqlite":  # embedded it is one process
        worker.kill()
        worker.start()
    else:
        worker.kill_children()
    let_leases_run_out(timezone.now())
    for _ in range(PROCESSES):
        worker.ring()  # people go on using the portal; without them the sweep would come within ten seconds


def test_killed_again_and_again_loses_nothing(broker, tmp_path, smtp_sink, record_property):
    record_property("fault", OFTEN)
    smtp_sink.silence = 0.002  # most of its time a mailer waits for the 250: the moment that makes copies
    expected, kills = queue_letters(LETTERS), 0
    with Worker(tmp_path, broker, smtp_sink) as worker:
        while Letter.objects.filter(status__in=OPEN).exists():
            arrived = len(smtp_sink.received)
            wait_for(lambda seen=arrived: len(smtp_sink.received) > seen or not is_anything_open(), "the next letter")
            let_pass(random.uniform(0.3, 0.8))
            kills += 1
            kill(worker, is_whole=kills % 4 == 0)
    sent = Counter(smtp_sink.message_ids)
    lost, copies, strangers = expected - set(sent), sent.total() - len(sent), set(sent) - expected
    record_property(
        "figure",
        f"{kills} kills of {PROCESSES} processes: {len(lost)} of {LETTERS} lost, {copies} copies "
        f"(at most {kills * PROCESSES}), {len(strangers)} with another Message-ID",
    )
    assert kills >= 3
    assert not lost
    assert not strangers
    assert copies <= kills * PROCESSES
    assert set(Letter.objects.values_list("status", flat=True)) == {LetterStatus.SENT}


def is_anything_open() -> bool:
    return Letter.objects.filter(status__in=OPEN).exists()


def test_red_control_marked_before_sending_loses_letters(broker, tmp_path, smtp_sink, record_property):
    record_property("fault", OFTEN)
    smtp_sink.delay = 0.2
    expected = queue_letters(30)
    with Worker(tmp_path, broker, smtp_sink, app=CARELESS, CARELESS="marks_before_sending") as worker:
        wait_for(lambda: len(smtp_sink.received) >= 4, "four letters")
        kill(worker)
        wait_until_all_are_final()
    lost = expected - set(smtp_sink.message_ids)
    record_property("figure", f"red control, marked as sent before sending: {len(lost)} of 30 lost by one kill")
    assert lost


def kill_between_answer_and_row(worker: Worker, sink, letter: Letter) -> None:
    """The server has said 250, the mailer cannot write it down because we hold the row, and dies."""
    wait_for(lambda: sink.received, "the letter")
    with transaction.atomic():
        Letter.objects.filter(pk=letter.pk).update(queue=F("queue"))
        sink.may_answer.set()
        let_pass(1)
        worker.kill()
        end_orphaned_statement()
    assert refreshed(letter).status == LetterStatus.SENDING


def end_orphaned_statement() -> None:
    """PostgreSQL would still write down what a process asked for that is no more: then there is not even a copy."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            assert cursor.fetchall(), "the mailer was not waiting to write down what the server said"


@pytest.mark.parametrize("careless", ["", "names_each_try_anew"])
def test_killed_after_the_250_makes_one_copy(broker, tmp_path, smtp_sink, record_property, careless):
    record_property("fault", WORST)
    smtp_sink.may_answer = threading.Event()
    letter = make_letter()
    build = {"app": CARELESS, "CARELESS": careless} if careless else {}
    with Worker(tmp_path, broker, smtp_sink, **build) as worker:
        kill_between_answer_and_row(worker, smtp_sink, letter)
        lease_ends = timezone.now() + timedelta(seconds=3)
        Letter.objects.filter(lease_until__gt=lease_ends).update(lease_until=lease_ends)
        worker.start()
        wait_for(lambda: len(smtp_sink.received) > 1, "the copy")
        late = (timezone.now() - lease_ends).total_seconds()
        wait_until_all_are_final()
        let_pass(1)
    assert len(smtp_sink.received) == 2
    if careless:
        record_property("figure", f"red control, an id for each try: {len(set(smtp_sink.message_ids))} letters of one")
        assert len(set(smtp_sink.message_ids)) == 2
    else:
        record_property("figure", f"1 copy, same Message-ID, {late:.1f} s after the end of the lease")
        assert smtp_sink.message_ids == [letter.message_id] * 2
        assert 0 <= late < 10.5  # the sweep comes every ten seconds, the poll of this test every 0.1 s
        assert refreshed(letter).status == LetterStatus.SENT
