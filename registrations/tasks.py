"""Periodic work of this room. Sweepers: they may run at any time, on any number of workers."""

from celery import shared_task

from registrations.answers import claim_answers
from registrations.models import HandoverRequest


@shared_task
def expire_nominations() -> None:
    HandoverRequest.objects.all().expire_due()


@shared_task
def sort_letters() -> None:
    """Leads the letters that came in to their cases."""
    claim_answers()
