"""Kombu's Redis broker, with a worker that goes on when Redis has been silent or away for a while.

Kombu strikes a finished task off its own list when Redis has confirmed that. A confirmation that never came would be
waited for for ever: as many of them as the worker has processes, and it takes no task again, though Redis is back.

A worker that loses its connection gives back what it has in hand. Over a Redis that has gone that raises, sometimes
something that celery does not know for a lost connection, and the worker ends instead of connecting again.
"""

import logging
from typing import Any

from kombu.transport import redis, virtual

logger = logging.getLogger(__name__)


class QoS(redis.QoS):
    def ack(self, delivery_tag: Any) -> None:
        try:
            super().ack(delivery_tag)
        except Exception:
            # Redis still holds the task and gives it out once more: it claims its rows or returns, as every task.
            virtual.QoS.ack(self, delivery_tag)
            raise

    def restore_unacked_once(self, stderr: Any = None) -> None:
        try:
            super().restore_unacked_once(stderr)
        except Exception as error:  # Redis gives out by itself what nobody has confirmed; rows are the queue anyway
            logger.warning("Tasks in hand could not be given back (%s).", type(error).__name__)


class Channel(redis.Channel):
    QoS = QoS


class Transport(redis.Transport):
    Channel = Channel
