"""Kombu's Redis broker, with a worker that goes on when Redis has been silent for a while.

Kombu strikes a finished task off its own list when Redis has confirmed that. A confirmation that never came would be
waited for for ever: as many of them as the worker has processes, and it takes no task again, though Redis is back.
"""

from typing import Any

from kombu.transport import redis, virtual


class QoS(redis.QoS):
    def ack(self, delivery_tag: Any) -> None:
        try:
            super().ack(delivery_tag)
        except Exception:
            # Redis still holds the task and gives it out once more: it claims its rows or returns, as every task.
            virtual.QoS.ack(self, delivery_tag)
            raise


class Channel(redis.Channel):
    QoS = QoS


class Transport(redis.Transport):
    Channel = Channel
