"""What real Celery workers do with five hundred letters, also when they are killed."""

from collections import Counter

import pytest
from django.utils import timezone

from correspondence.models import Letter, LetterStatus
from correspondence.tests.letters import make_draft, make_letter, refreshed
from correspondence.tests.workers import BROKERS, PROCESSES, Worker, broker_url, wait_until_all_are_final
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
    expected, kills = queue_letters(), 0
    with Worker(tmp_path, broker, smtp_sink) as worker:
        for reached in (100, 300):
            wait_for(lambda reached=reached: len(smtp_sink.received) >= reached, f"{reached} letters")
            worker.kill()
            kills += 1
            # The two minutes of the lease pass.
            Letter.objects.filter(status=LetterStatus.SENDING).update(lease_until=timezone.now())
            worker.start()
        wait_until_all_are_final()
    sent = Counter(smtp_sink.message_ids)
    assert set(sent) == expected, "nothing is lost, nothing has another identity"
    assert sent.total() - LETTERS <= kills * PROCESSES
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
