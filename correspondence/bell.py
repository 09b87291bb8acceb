"""The bell that wakes the mailer after a commit. Losing it loses nothing: rows are the queue, the sweep finds them."""

import logging
import time

from celery import current_app
from django.db import connection, transaction

logger = logging.getLogger(__name__)

SILENCE = 10.0  # seconds without bells after a broker did not answer: the sweep comes as often anyway
_silent_until = 0.0


def ring_after_commit() -> None:
    """Registers one bell for the transaction, however many letters it queues."""
    if not any(hook[1] is _ring for hook in connection.run_on_commit):
        # robust, and a plain function: a hook that raises would turn saved work into a 500 page.
        transaction.on_commit(_ring, robust=True)


def _ring() -> None:
    global _silent_until
    if time.monotonic() < _silent_until:
        return
    try:
        current_app.send_task("correspondence.tasks.deliver")
    except Exception as error:  # whatever a broker's library raises, the letter is already safe
        _silent_until = time.monotonic() + SILENCE
        logger.warning("The broker did not take the bell (%s); the sweep will find the letters.", type(error).__name__)
