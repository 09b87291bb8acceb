"""Waits for the thing itself, never for a guess of how long it takes."""

import time
from collections.abc import Callable
from threading import Event
from typing import TypeVar

T = TypeVar("T")


def wait_for(condition: Callable[[], T], what: str = "the condition", seconds: float = 30) -> T:
    """The first true answer of `condition`, asked ten times a second."""
    deadline = time.monotonic() + seconds
    pause = Event()
    while True:
        if answer := condition():
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds} s in vain for {what}")
        pause.wait(0.1)


def let_pass(seconds: float) -> None:
    """For trials in which time itself is the matter: a kill every half second, a day of six seconds."""
    Event().wait(seconds)
