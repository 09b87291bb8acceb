"""/healthz and /readyz are open to everybody: they tell no names and change nothing."""

from datetime import timedelta
from unittest import mock

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from foundation import tasks
from foundation.models import Heartbeat, Part


@pytest.mark.django_db
def test_health_tells_when_each_part_was_alive(client: Client) -> None:
    Heartbeat.objects.beat(Part.WORKER, detail="what the machine is called")
    Heartbeat.objects.filter(part=Part.WORKER).update(at=timezone.now() - timedelta(seconds=90))
    answer = client.get("/healthz")
    assert answer.status_code == 200
    body = answer.json()
    assert body["status"] == "ok"
    assert 90 <= body["heartbeats"]["worker"]["age"] < 100
    assert body["heartbeats"]["beat"] is None
    assert "machine" not in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
def test_health_costs_one_query(client: Client) -> None:
    with CaptureQueriesContext(connection) as queries:
        client.get("/healthz")
    assert len(queries) == 1


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
@pytest.mark.django_db
def test_lost_database_is_a_503_in_words(client: Client, path: str) -> None:
    with mock.patch.object(connection, "cursor", side_effect=OperationalError("gone")):
        answer = client.get(path)
    assert answer.status_code == 503
    assert "База данных не отвечает" in answer.json()["words"]


@pytest.mark.django_db
def test_ready_when_every_table_is_there(client: Client) -> None:
    assert client.get("/readyz").json() == {"status": "ok"}


@pytest.mark.django_db
def test_not_ready_while_migrations_wait(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'foundation'")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "manage.py migrate" in answer.json()["words"]


@pytest.mark.django_db
def test_worker_is_heard_when_it_runs_the_task() -> None:
    tasks.beat_heart()
    assert set(Heartbeat.objects.values_list("part", flat=True)) == {"worker"}


@pytest.mark.django_db
def test_schedule_is_heard_when_it_sends_the_task_even_without_a_worker() -> None:
    with mock.patch("foundation.tasks.close_old_connections"):  # it would close the test's own transaction
        tasks.beat_heart.delay()
    assert set(Heartbeat.objects.values_list("part", flat=True)) == {"beat"}
