"""Signs of life of worker and schedule, and the nightly clearing of what has served its time."""

import time
from pathlib import Path
from typing import Any

from celery import shared_task
from celery.signals import after_task_publish, beat_init
from django.conf import settings
from django.core.management import call_command
from django.db import close_old_connections

from foundation.limits import purge_counts
from foundation.models import Heartbeat, Part
from foundation.runs import purge_runs

BROKER_FILES_KEPT = 3600  # seconds


@shared_task
def beat_heart() -> None:
    """Sent by the schedule every few seconds: that it runs shows that the queue of tasks moves."""
    Heartbeat.objects.beat(Part.WORKER)


@after_task_publish.connect(sender=beat_heart.name)
def schedule_is_alive(**kwargs: Any) -> None:
    """Runs in the process of the schedule, so its sign of life does not hang on a worker."""
    close_old_connections()  # nobody else does it there: a restarted database would stay lost
    Heartbeat.objects.beat(Part.BEAT)


@beat_init.connect
def beat_at_once(**kwargs: Any) -> None:
    """A fresh schedule would wait for its first interval; who starts the portal should not."""
    beat_heart.delay()


@shared_task
def purge() -> None:
    """Drops ended rate windows, old runs of periodic jobs, sessions that are over and the broker's finished files."""
    purge_counts()
    purge_runs()
    call_command("clearsessions")
    processed = settings.CELERY_BROKER_TRANSPORT_OPTIONS.get("processed_folder")
    if processed:
        _drop_old_files(Path(str(processed)), time.time() - BROKER_FILES_KEPT)


def _drop_old_files(folder: Path, before: float) -> None:
    for path in folder.iterdir():
        if path.stat().st_mtime < before:
            path.unlink(missing_ok=True)
