"""What beat starts; each task claims its period or returns, and each letter has a key of its own."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from foundation.runs import claim
from guides import link_check, reminders
from organizations.by_region import for_each_region
from organizations.models import Region


@shared_task
def remind_of_trainings() -> None:
    """Comes every five minutes: one reminder an hour before may be that late, never twice."""
    for_each_region(_remind)


def _remind(region: Region) -> None:
    for training, ahead in reminders.due(region):
        with claim(f"training-{ahead}-{training.pk}-{region.pk}", f"{training.starts_at:%Y-%m-%d %H:%M}") as mine:
            if mine:
                reminders.remind(training, ahead, region)


@shared_task
def check_links() -> None:
    """Once a week."""
    with claim("check-links", f"{timezone.localdate():%G-%V}", lease=timedelta(hours=3)) as mine:
        if mine:
            link_check.check_links()
