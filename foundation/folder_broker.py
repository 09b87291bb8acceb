"""Kombu's broker of folders, with messages that appear whole.

Kombu opens a message's file under its final name and writes into it afterwards. A worker that looks in between takes
an empty file, and dies of it. Here the file gets that name when it is complete.
"""

from pathlib import Path
from time import monotonic
from typing import Any
from uuid import uuid4

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    def _put(self, queue: str, message: Any, **kwargs: Any) -> None:  # type: ignore[override]
        name = Path(self.data_folder_out) / f"{round(monotonic() * 1000)}_{uuid4()}.{queue}.msg"
        part = name.with_suffix(".part")
        try:
            part.write_bytes(dumps(message).encode())
            part.rename(name)
        except OSError as error:
            raise ChannelError(f"Cannot add file {name.name!r} to the folder of messages") from error


class Transport(filesystem.Transport):
    Channel = Channel
