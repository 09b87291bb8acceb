"""Periodic work of this room. A sweeper: it may run at any time, on any number of workers."""

from celery import shared_task

from registrations.models import HandoverRequest


@shared_task
def expire_nominations() -> None:
    HandoverRequest.objects.all().expire_due()
