"""The broker of folders: a worker never sees a message that is still being written."""

from collections.abc import Callable
from json import JSONDecodeError
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from kombu import Connection
from kombu.transport import filesystem
from kombu.utils.json import dumps

from foundation import folder_broker


@pytest.fixture
def channel_of(tmp_path: Path) -> Callable[[str], Any]:
    """A channel of the named transport over folders of its own."""
    options = {"data_folder_in": str(tmp_path), "data_folder_out": str(tmp_path), "control_folder": str(tmp_path)}
    return lambda transport: Connection("filesystem://", transport=transport, transport_options=options).channel()


def a_look_in_the_middle(channel: Any, patched: Any, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Sends a message, and looks for one at the moment at which its text is made; what was seen then."""
    seen = []

    def looking(payload: Any) -> str:
        try:
            seen.append(channel._get("celery"))
        except (Empty, JSONDecodeError) as error:
            seen.append(type(error))
        return dumps(payload)

    monkeypatch.setattr(patched, "dumps", looking)
    channel._put("celery", {"task": 1})
    return seen


def test_a_message_is_there_whole_or_not_at_all(
    channel_of: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = channel_of("foundation.folder_broker:Transport")
    assert a_look_in_the_middle(channel, folder_broker, monkeypatch) == [Empty]
    assert channel._get("celery") == {"task": 1}


def test_without_it_a_worker_takes_an_empty_file_and_the_message_is_lost(
    channel_of: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = channel_of("kombu.transport.filesystem:Transport")
    assert a_look_in_the_middle(channel, filesystem, monkeypatch) == [JSONDecodeError]
    with pytest.raises(Empty):
        channel._get("celery")


def test_the_portal_uses_it() -> None:
    assert isinstance(Connection("filesystem://localhost//").transport, folder_broker.Transport)
