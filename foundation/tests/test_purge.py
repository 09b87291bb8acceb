"""The nightly purge takes what has served its time and nothing else."""

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.test import override_settings
from django.utils import timezone

from foundation.models import JobRun, RateCount
from foundation.tasks import purge

pytestmark = pytest.mark.django_db


def test_purge_drops_ended_windows_and_old_runs() -> None:
    now = timezone.now()
    RateCount.objects.create(key="over", window_ends=int(now.timestamp()) - 1)
    RateCount.objects.create(key="open", window_ends=int(now.timestamp()) + 60)
    for job, age in [("old", 91), ("young", 89)]:
        JobRun.objects.create(job=job, period="1", claimed_at=now - timedelta(days=age), lease_until=now)
    purge()
    assert list(RateCount.objects.values_list("key", flat=True)) == ["open"]
    assert list(JobRun.objects.values_list("job", flat=True)) == ["young"]


def test_purge_drops_sessions_that_are_over() -> None:
    for key, days in [("over", -1), ("open", 1)]:
        Session.objects.create(session_key=key, expire_date=timezone.now() + timedelta(days=days))
    purge()
    assert list(Session.objects.values_list("session_key", flat=True)) == ["open"]


def test_purge_drops_messages_the_folder_broker_has_delivered(tmp_path: Path) -> None:
    for name, age in [("old.msg", 3700), ("young.msg", 10)]:
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (time.time() - age,) * 2)
    with override_settings(CELERY_BROKER_TRANSPORT_OPTIONS={"processed_folder": str(tmp_path)}):
        purge()
    assert [path.name for path in tmp_path.iterdir()] == ["young.msg"]


def test_purge_has_no_folder_to_clear_with_redis() -> None:
    with override_settings(CELERY_BROKER_TRANSPORT_OPTIONS={"socket_timeout": 1}):
        purge()
    assert not JobRun.objects.exists()
