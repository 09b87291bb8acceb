"""What beat starts; each task claims its period or its row or returns, and each effect has a key of its own."""

from celery import shared_task
from django.utils import timezone

from coordination import campaign_work, reminders
from coordination.reminder_plan import job_of
from foundation.runs import claim
from foundation.working_days import is_office_time
from organizations.models import Region


@shared_task
def remind() -> None:
    """Comes every hour; each region has its turn once a working day, from nine o'clock of its own time on."""
    for region in Region.objects.all():
        if not is_office_time(region.zone):
            continue
        with claim(job_of(region), timezone.localdate(timezone=region.zone)) as mine:
            if mine:
                reminders.remind_region(region)


@shared_task
def work_on_campaigns() -> None:
    """Rung for when a campaign begins at once, and swept for those whose hour has come."""
    campaign_work.work_on_campaigns()
