"""`manage.py up` as people start it: a real process, real web, worker and schedule."""

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from foundation.tests.running import Portal, is_alive, own_parts, running_portal
from foundation.tests.waiting import wait_for

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    with running_portal(tmp_path_factory.mktemp("portal"), "--empty") as portal:
        yield portal


def test_welcome_comes_when_every_part_is_alive(portal: Portal) -> None:
    assert f"Портал работает: {portal.url}/" in portal.output
    status, body = portal.health()
    assert status == 200
    assert {part: bool(body["heartbeats"][part]) for part in ("worker", "beat")} == {"worker": True, "beat": True}


def test_hearts_go_on_beating(portal: Portal) -> None:
    first = portal.health()[1]["heartbeats"]
    for part in ("worker", "beat"):
        wait_for(lambda part=part: portal.health()[1]["heartbeats"][part]["at"] > first[part]["at"], f"{part} again")
    assert portal.health()[1]["heartbeats"]["beat"]["age"] < 30


def test_second_start_on_the_same_data_is_refused_in_words(portal: Portal) -> None:
    second = Portal(portal.data, arguments=("--empty",))
    assert second.wait_until_ended() == 1
    assert "уже запущен" in second.output
    assert portal.url in second.output
    assert "Готовлю" not in second.output


def test_taken_port_is_told_before_anything_starts(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        refused = Portal(tmp_path, port=port)
        assert refused.wait_until_ended() == 1
    assert f"Порт {port}" in refused.output
    assert f"PORT={port + 1}" in refused.output
    assert not (tmp_path / "portal.sqlite3").exists()


@pytest.mark.parametrize("typed", ["abc", "0", "70000", "-1", "８０"])
def test_impossible_port_is_refused_in_words(tmp_path: Path, typed: str) -> None:
    refused = Portal(tmp_path, PORT=typed)
    assert refused.wait_until_ended() == 2
    assert "от 1 до 65535" in refused.output
    assert "Traceback" not in refused.output


def test_sigterm_stops_everything_cleanly(tmp_path: Path) -> None:
    folder = tmp_path / "данные портала"
    folder.mkdir()
    with running_portal(folder, "--empty") as portal:
        family = portal.family()
        assert len(family) >= 4  # three main processes and the web's worker; embedded, the pool is threads
        assert portal.stop() == 0
        assert [pid for pid in family if is_alive(pid)] == []
        assert "Портал остановлен" in portal.output
        assert "принудительно" not in portal.output


def test_ctrl_c_in_a_terminal_does_not_reach_the_pool(tmp_path: Path) -> None:
    """A terminal signals the whole foreground group: nobody but the command itself may be in it."""
    with running_portal(tmp_path, "--empty") as portal:
        groups = {os.getpgid(pid) for pid in portal.family()}
        assert os.getpgid(portal.process.pid) not in groups
        os.killpg(portal.process.pid, signal.SIGINT)
        assert portal.wait_until_ended() == 0
        assert "exited with" not in portal.output


@pytest.mark.parametrize(("part", "words"), [("gunicorn", "сайт (web)"), ("worker", "задач (worker)")])
def test_part_that_dies_stops_the_rest_and_is_named(tmp_path: Path, part: str, words: str) -> None:
    with running_portal(tmp_path, "--empty") as portal:
        family = portal.family()
        os.kill(portal.programs()[part], signal.SIGKILL)
        assert portal.wait_until_ended() == 1
        assert f"{words} завершился сам с кодом -9" in portal.output
        assert [pid for pid in family if is_alive(pid)] == []


def test_no_orphans_when_the_command_itself_is_killed(tmp_path: Path) -> None:
    with own_parts(tmp_path) as parts:
        killed = Portal(tmp_path, arguments=("--empty",), **parts)
        killed.wait_until_ready()
        family = killed.family()
        killed.process.kill()
        killed.wait_until_ended()
        wait_for(lambda: not any(map(is_alive, family)), "the end of every part")
        again = Portal(tmp_path, arguments=("--empty",), **parts)
        again.wait_until_ready()
        assert again.stop() == 0
