"""What beat starts; each task claims its period or returns, and each letter has a key of its own."""

from celery import shared_task

from foundation.runs import claim
from guides import reminders
from organizations.models import Region


@shared_task
def remind_of_trainings() -> None:
    """Comes every five minutes: one reminder an hour before may be that late, never twice."""
    for region in Region.objects.all():
        for training, ahead in reminders.due(region):
            with claim(f"training-{ahead}-{training.pk}-{region.pk}", f"{training.starts_at:%Y-%m-%d %H:%M}") as mine:
                if mine:
                    reminders.remind(training, ahead, region)
