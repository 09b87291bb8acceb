"""What the modules that talk to mail servers share: where they may go in trial mode, how long a talk may last."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address


def is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


@contextmanager
def deadline(seconds: float, cut: Callable[[], object]) -> Iterator[None]:
    """Timeouts of sockets are per call: a server that sends a byte now and then would hold us for ever."""
    watchdog = threading.Timer(seconds, cut)
    watchdog.daemon = True
    watchdog.start()
    try:
        yield
    finally:
        watchdog.cancel()
