"""Periodic jobs that run once a period, however many beats and workers there are.

A claim is a lease: a run whose process died is taken again when its lease is over, so each effect of a job needs a
dedupe key of its own. Sweepers, which may run at any time, need no claim.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

from django.utils import timezone

from foundation.models import JobRun

KEPT = timedelta(days=90)


@contextmanager
def claim(job: str, period: str | date, lease: timedelta = timedelta(minutes=15)) -> Iterator[JobRun | None]:
    """`with claim("nudges", today) as mine: if mine: …`; None when this period is done or in other hands.

    An error inside leaves the run unfinished: it is taken again after its lease.
    """
    mine = _take(job, str(period), lease)
    yield mine
    if mine:  # only its owner finishes a run: a lease that was overrun may be somebody else's by now
        JobRun.objects.filter(pk=mine.pk, lease_until=mine.lease_until).update(finished_at=timezone.now())


def purge_runs() -> int:
    """Forget runs older than 90 days; returns how many."""
    return JobRun.objects.filter(claimed_at__lt=timezone.now() - KEPT).delete()[0]


def _take(job: str, period: str, lease: timedelta) -> JobRun | None:
    now = timezone.now()
    terms = {"claimed_at": now, "lease_until": now + lease}
    run, is_new = JobRun.objects.get_or_create(job=job, period=period, defaults=terms)
    if is_new:
        return run
    if not JobRun.objects.filter(pk=run.pk, finished_at=None, lease_until__lte=now).update(**terms):
        return None
    run.claimed_at, run.lease_until = terms["claimed_at"], terms["lease_until"]
    return run
