"""The mailer: `deliver` when a bell rings, `sweep` every ten seconds for whatever no bell was heard for."""

from celery import shared_task

from correspondence.outbox import deliver_due
from foundation.models import Heartbeat


@shared_task
def deliver() -> None:
    deliver_due()


@shared_task
def sweep() -> None:
    Heartbeat.objects.beat("mailer")
    deliver_due()
