"""What the modules that talk to mail servers share: where they may go in trial mode, how long a talk may last."""

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address


def is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


class Watchdog:
    """Cuts what is not over in its seconds. Timeouts of sockets are per call: a server that sends a byte now
    and then would hold us for ever. One thread for a run: a timer for each letter cost a tenth of its time.
    """

    LOOK = 0.1  # seconds between two looks at the clock

    def __init__(self, cut: Callable[[], None]) -> None:
        self._cut = cut
        self._ends = math.inf
        self._is_over = threading.Event()

    def start(self) -> None:
        threading.Thread(target=self._watch, daemon=True).start()

    def stop(self) -> None:
        self._is_over.set()

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        self._ends = time.monotonic() + seconds
        try:
            yield
        finally:
            self._ends = math.inf

    def _watch(self) -> None:
        while not self._is_over.wait(self.LOOK):
            if time.monotonic() > self._ends:
                self._cut()
