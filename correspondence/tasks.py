"""The mailer: `deliver` when a bell rings, `sweep` every ten seconds for whatever no bell was heard for.

The reader: `poll` every minute fetches what has come into the mailboxes and reads what has been fetched.
"""

import threading
from typing import Any

from celery import shared_task
from celery.signals import beat_init

from correspondence.inbox import read_stored
from correspondence.models import MailChannel, RawLetter
from correspondence.outbox import deliver_due
from correspondence.polling import poll_mailboxes
from foundation.models import Heartbeat, Part

# Threads of one process only take turns: a second run would slow the first and keep other work waiting. A bell that
# rings in the last moment of a run is made good by the sweep.
_is_delivering = threading.Lock()


@shared_task
def deliver() -> None:
    if _is_delivering.acquire(blocking=False):
        try:
            deliver_due()
        finally:
            _is_delivering.release()


@shared_task
def sweep() -> None:
    # /healthz, which knows no mail, shows what the mailer says of itself.
    Heartbeat.objects.beat(Part.MAILER, MailChannel.current().reason)
    deliver()


@shared_task
def poll() -> None:
    poll_mailboxes()
    read_stored()


@shared_task
def purge() -> None:
    RawLetter.objects.purge()


@beat_init.connect
def sweep_at_once(**kwargs: Any) -> None:
    """A fresh schedule would wait for its first interval; letters should not."""
    sweep.delay()
