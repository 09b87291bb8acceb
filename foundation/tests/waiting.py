"""Waiting for what other processes do, with an end to it."""

import time
from collections.abc import Callable
from threading import Event


def wait_for(condition: Callable[[], object], seconds: float = 10) -> None:
    """Returns as soon as `condition()` is true, fails after `seconds`."""
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends, f"not within {seconds} s"
        Event().wait(0.05)
