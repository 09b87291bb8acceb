"""The portal with days of DAY seconds, for the trial of periods: `celery -A sferum_onboarding.tests.compressed`.

Each day's work leaves a line in the file DIARY names. The work of the day CRASHES names is killed once. CARELESS takes
a safeguard away.
"""

import os
import signal
import time
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import django

from sferum_onboarding.celery import app

django.setup()

from foundation.models import JobRun  # noqa: E402 - models need a Django that is set up
from foundation.runs import claim, timezone  # noqa: E402

DAY = int(os.environ["DAY"])
app.conf.beat_schedule = {"day": {"task": "sferum_onboarding.tests.compressed.work", "schedule": 1.0}}
diary = Path(os.environ["DIARY"])


@contextmanager
def no_claim(job, period, lease):
    yield True


@contextmanager
def bare_row(job, period, lease):
    """What a unique row alone would do: whoever made it works, and nobody ever again."""
    now = timezone.now()
    yield JobRun.objects.get_or_create(job=job, period=period, defaults={"claimed_at": now, "lease_until": now})[1]


@app.task
def work() -> None:
    today = str(int(time.time()) // DAY)
    take = {"no_claim": no_claim, "bare_row": bare_row}.get(os.environ.get("CARELESS", ""), claim)
    with take("trial", today, lease=timedelta(seconds=2)) as mine:
        if mine:
            crash_once(today)
            with diary.open("a") as file:
                file.write(f"{today}\n")


def crash_once(today: str) -> None:
    """The second day of the trial, in the midst of its work."""
    days = sorted({*diary.read_text().split(), today}) if diary.exists() else [today]
    crashed = diary.with_name("crashed")
    if len(days) == 2 and not crashed.exists():
        crashed.write_text(today)
        os.kill(os.getpid(), signal.SIGKILL)
