"""What a worker makes of a Redis that does not answer in time; with a real one: the fault suite."""

import pytest
from kombu import Connection
from kombu.transport import redis
from kombu.transport.virtual import QoS as Ledger

from foundation import redis_broker


class Silent(Exception):
    pass


def ledger_of(kind: type[redis.QoS], monkeypatch: pytest.MonkeyPatch) -> redis.QoS:
    """A worker's list of tasks it has in hand, two at most, before a Redis that answers nothing."""

    class Pipe:
        def execute(self) -> None:
            raise Silent

    monkeypatch.setattr(kind, "_remove_from_indices", lambda *_: Pipe())
    ledger = kind(channel=Connection("memory://").channel(), prefetch_count=2)
    for tag in ("first", "second"):
        Ledger.append(ledger, object(), tag)
    return ledger


def confirm_both(ledger: redis.QoS) -> None:
    for tag in ("first", "second"):
        with pytest.raises(Silent):
            ledger.ack(tag)


def test_a_confirmation_that_got_lost_leaves_room_for_the_next_task(monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = ledger_of(redis_broker.QoS, monkeypatch)
    assert not ledger.can_consume()
    confirm_both(ledger)
    assert ledger.can_consume()


def test_red_control_by_itself_kombu_would_never_take_a_task_again(monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = ledger_of(redis.QoS, monkeypatch)
    confirm_both(ledger)
    assert not ledger.can_consume()


def closing(kind: type[redis.QoS], monkeypatch: pytest.MonkeyPatch) -> redis.QoS:
    """Two tasks are in hand, and the connection over which they would be given back has gone."""

    def gone(*_: object) -> None:
        raise AttributeError("'NoneType' object has no attribute 'hostname'")

    ledger = ledger_of(kind, monkeypatch)
    monkeypatch.setattr(kind, "restore_unacked", gone)
    ledger.channel.do_restore = True
    return ledger


def test_a_worker_whose_redis_has_gone_closes_its_connection_and_may_open_another(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    closing(redis_broker.QoS, monkeypatch).restore_unacked_once()
    assert "could not be given back (AttributeError)" in caplog.text


def test_red_control_kombu_raises_what_celery_does_not_know(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AttributeError):
        closing(redis.QoS, monkeypatch).restore_unacked_once()
