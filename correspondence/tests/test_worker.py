"""What real Celery workers do with five hundred letters, also when they are killed."""

import subprocess
import sys
from collections import Counter

import pytest
from django.conf import settings
from django.utils import timezone

from correspondence.models import Letter, LetterStatus
from correspondence.tests.letters import make_draft, make_letter, refreshed
from correspondence.tests.workers import (
    BROKERS,
    PROCESSES,
    Worker,
    broker_url,
    stopped_redis,
    wait_until_all_are_final,
)
from foundation.models import Heartbeat
from foundation.tests.waiting import wait_for

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
LETTERS = 500


@pytest.fixture(params=BROKERS)
def broker(request, tmp_path):
    with broker_url(request.param, tmp_path) as url:
        yield url


def queue_letters(count: int = LETTERS) -> set[str]:
    drafts = [make_draft(queue=f"o:{number % 9}") for number in range(count)]
    return {letter.message_id for letter in Letter.objects.queue_many(drafts)}


def test_five_hundred_letters_leave_once_each(broker, tmp_path, smtp_sink):
    expected = queue_letters()
    with Worker(tmp_path, broker, smtp_sink):
        wait_until_all_are_final()
    assert Counter(smtp_sink.message_ids) == Counter(expected)
    assert set(Letter.objects.values_list("status", flat=True)) == {LetterStatus.SENT}
    assert Heartbeat.objects.filter(part="mailer").exists()


def test_a_killed_worker_loses_nothing_and_copies_keep_their_identity(broker, tmp_path, smtp_sink):
    expected = queue_letters()
    with Worker(tmp_path, broker, smtp_sink) as worker:
        wait_for(lambda: len(smtp_sink.received) >= 150, "a hundred and fifty letters")
        worker.kill()
        # The two minutes of the lease pass.
        Letter.objects.filter(status=LetterStatus.SENDING).update(lease_until=timezone.now())
        worker.start()
        wait_until_all_are_final()
    sent = Counter(smtp_sink.message_ids)
    assert set(sent) == expected, "nothing is lost, nothing has another identity"
    assert sent.total() - LETTERS <= PROCESSES, "one kill, at most one copy for each process"
    assert set(Letter.objects.values_list("status", flat=True)) == {LetterStatus.SENT}


def test_in_trial_mode_a_worker_sends_nothing_and_going_live_sends_none_of_the_kept(tmp_path, smtp_sink, settings):
    queue_letters(50)
    with Worker(tmp_path, "filesystem://", smtp_sink, TRIAL_SMTP="0"):
        wait_until_all_are_final()
    assert set(Letter.objects.values_list("status", flat=True)) == {LetterStatus.KEPT}
    late = make_letter()
    settings.PORTAL_LIVE = True
    fresh = make_letter()
    with Worker(tmp_path, "filesystem://", smtp_sink, PORTAL_LIVE="1"):
        wait_until_all_are_final()
    assert smtp_sink.message_ids == [fresh.message_id]
    assert refreshed(late).status == LetterStatus.KEPT


if "redis" in BROKERS:

    def test_a_broker_that_accepts_and_never_answers_costs_an_action_a_second_once(tmp_path, smtp_sink):
        """Redis stopped in its tracks: the first action waits for its timeout, the next are not even delayed."""
        program = """
import kombu.transport.redis  # loaded once in a web process, not part of what an action costs
from time import monotonic
from correspondence.models import Letter
for number in range(3):
    begun = monotonic()
    Letter.objects.queue(dedupe_key=f"hung:{number}", to="a@example.org", subject="Тема", text="Текст")
    print(monotonic() - begun)
"""
        with broker_url("redis", tmp_path) as url:
            worker = Worker(tmp_path, url, smtp_sink)
            with stopped_redis(url):
                told = subprocess.run(
                    [sys.executable, "manage.py", "shell", "--no-imports", "-c", program],
                    env=worker.env,
                    cwd=settings.BASE_DIR,
                    capture_output=True,
                    text=True,
                    check=True,
                    timeout=60,
                )
        first, *others = map(float, told.stdout.split())
        assert first < 2
        assert max(others) < 0.5
        assert Letter.objects.count() == 3
