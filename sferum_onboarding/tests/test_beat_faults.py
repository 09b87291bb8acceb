"""Two schedules at once, work that is killed in its midst, and a schedule that was away for a day."""

import shelve
import shutil
import time
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from correspondence.models import Letter, LetterStatus
from correspondence.tests.letters import make_letter, refreshed
from correspondence.tests.workers import Worker, broker_url
from foundation.models import JobRun
from foundation.tests.waiting import let_pass, wait_for
from invitations.models import JoinRequest
from invitations.statuses import RequestStatus
from invitations.tests.builders import in_days, make_invitation, make_request
from organizations.models import Event

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
FAULT = "two beats; beat dead for a day"
BUILD = "sferum_onboarding.tests.compressed"
DAY = 6  # seconds of a day of that build
DAILY = {"expire-requests", "purge-requests"}


@pytest.fixture(autouse=True)
def _row(record_property):
    record_property("fault", FAULT)


@pytest.fixture
def broker(tmp_path):
    with broker_url("folder" if connection.vendor == "sqlite" else "redis", tmp_path) as url:
        yield url


@contextmanager
def another_beat(worker: Worker, memory: str = "second-schedule"):
    beat = worker.another_beat(memory)
    try:
        yield
    finally:
        beat.terminate()
        beat.wait(20)


def live_days(worker: Worker, diary: Path, days: int) -> list[str]:
    """What the diary says of `days` whole days; a worker that was killed with its work is started again."""
    wait_for(diary.exists, "the first day")
    first = int(diary.read_text().split()[0])
    while time.time() < (first + days) * DAY:
        if worker.process.poll() is not None:
            worker.start()
        let_pass(0.2)
    return [day for day in diary.read_text().split() if int(day) < first + days]


@pytest.mark.parametrize("careless", ["", "no_claim", "bare_row"])
def test_each_period_is_done_once(broker, tmp_path, smtp_sink, record_property, careless):
    diary, days = tmp_path / "diary", 3
    build = {"app": BUILD, "DIARY": str(diary), "DAY": str(DAY), "CARELESS": careless}
    with Worker(tmp_path, broker, smtp_sink, **build) as worker, another_beat(worker):
        lines = Counter(live_days(worker, diary, days))
    often, never = sum(count > 1 for count in lines.values()), days - len(lines)
    told = f"{days} days under two beats, one killed in its midst: {often} done twice, {never} not done"
    assert (tmp_path / "crashed").exists()
    if careless:
        record_property("figure", f"red control, {careless.replace('_', ' ')}: {told}")
        assert often if careless == "no_claim" else never
    else:
        record_property("figure", told)
        assert set(lines.values()) == {1}
        assert len(lines) == days


def a_day_passes(memory: Path) -> None:
    """The schedule's own memory of when it last did what becomes a day older."""
    with shelve.open(str(memory), writeback=True) as kept:  # noqa: S301 - our own
        for entry in kept["entries"].values():
            entry.last_run_at -= timedelta(hours=25)


@pytest.fixture
def overdue(school) -> JoinRequest:
    return make_request(make_invitation(school, expires_on=in_days(-15)))


def test_a_day_without_a_schedule_is_caught_up_once(broker, tmp_path, smtp_sink, overdue, record_property):
    letter = make_letter()
    Letter.objects.update(due_at=timezone.now() - timedelta(days=1))
    worker = Worker(tmp_path, broker, smtp_sink)
    with another_beat(worker, "first-schedule"):  # it has run before, without anybody to do the work
        wait_for(lambda: list(tmp_path.glob("first-schedule*")), "the memory of the schedule")
        let_pass(1)
    found = next(iter(tmp_path.glob("first-schedule*")))
    a_day_passes(tmp_path / "first-schedule")
    shutil.copy(found, tmp_path / found.name.replace("first", "second"))
    begun = time.monotonic()
    with worker, another_beat(worker, "first-schedule"), another_beat(worker, "second-schedule"):
        wait_for(lambda: JobRun.objects.filter(job__in=DAILY).exclude(finished_at=None).count() >= 2, "the daily work")
        wait_for(lambda: refreshed(letter).status == LetterStatus.SENT, "the letter")
        took = time.monotonic() - begun
        let_pass(2)
    overdue.refresh_from_db()
    assert overdue.status == RequestStatus.EXPIRED
    assert Event.objects.filter(verb="request.expired").count() == 1
    assert Counter(JobRun.objects.filter(job__in=DAILY).values_list("job", flat=True)) == dict.fromkeys(DAILY, 1)
    assert smtp_sink.message_ids == [letter.message_id]
    record_property("figure", f"two beats back after a day: its work done once, {took:.0f} s after their start")


def test_red_control_a_schedule_without_memory_misses_its_day(broker, tmp_path, smtp_sink, overdue, record_property):
    with Worker(tmp_path, broker, smtp_sink):
        let_pass(8)
    overdue.refresh_from_db()
    record_property("figure", "red control, beat's file lost: yesterday's work is not done before tonight")
    assert overdue.status == RequestStatus.PENDING
