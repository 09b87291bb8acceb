import threading
from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from foundation.models import Heartbeat, JobRun, Part
from foundation.runs import claim, purge_runs


@pytest.mark.django_db
def test_a_period_runs_once():
    with claim("nudges", date(2026, 11, 23)) as mine:
        assert mine
        with claim("nudges", "2026-11-23") as second:
            assert second is None
    with claim("nudges", "2026-11-23") as later:
        assert later is None
    with claim("nudges", "2026-11-24") as next_day:
        assert next_day
    assert JobRun.objects.filter(finished_at=None).count() == 0


class Crash(Exception):
    pass


@pytest.mark.django_db
def test_a_run_that_crashed_is_taken_again_when_its_lease_is_over():
    with pytest.raises(Crash), claim("nudges", "today"):
        raise Crash
    with claim("nudges", "today") as too_soon:
        assert too_soon is None
    JobRun.objects.update(lease_until=timezone.now())
    with claim("nudges", "today") as mine:
        assert mine
    assert JobRun.objects.get().finished_at


@pytest.mark.django_db
def test_who_overran_the_lease_does_not_finish_the_run_of_another():
    slow, quick = claim("nudges", "today", lease=timedelta(0)), claim("nudges", "today")
    assert slow.__enter__()
    assert quick.__enter__()
    slow.__exit__(None, None, None)
    assert JobRun.objects.get().finished_at is None
    quick.__exit__(None, None, None)
    assert JobRun.objects.get().finished_at


@pytest.mark.django_db
def test_old_runs_are_forgotten():
    with claim("nudges", "today"):
        pass
    assert purge_runs() == 0
    JobRun.objects.update(claimed_at=timezone.now() - timedelta(days=91))
    assert purge_runs() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_crashed", [False, True])
def test_of_many_beats_at_once_one_wins(is_crashed):
    if is_crashed:
        past = timezone.now() - timedelta(hours=1)
        JobRun.objects.create(job="nudges", period="today", claimed_at=past, lease_until=past)
    start, won = threading.Barrier(20), []

    def beat():
        try:
            start.wait()
            with claim("nudges", "today") as mine:
                if mine:
                    won.append(mine.pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=beat) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1


@pytest.mark.django_db
def test_a_heartbeat_is_one_row_a_part():
    Heartbeat.objects.beat(Part.WORKER, "первый")
    Heartbeat.objects.update(at=timezone.now() - timedelta(hours=1))
    assert not Heartbeat.objects.get().is_fresh(timedelta(minutes=1))
    Heartbeat.objects.beat(Part.WORKER, "второй")
    row = Heartbeat.objects.get()
    assert row.detail == "второй"
    assert row.is_fresh(timedelta(minutes=1))
