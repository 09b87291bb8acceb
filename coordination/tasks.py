"""What beat starts; each task claims its period or its row or returns, and each effect has a key of its own."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from coordination import campaign_work, digests, export_work, reconciling, reminders
from coordination.models import Export, Merging, SferumTable, Snapshot
from coordination.reminder_plan import job_of
from foundation.runs import claim
from foundation.working_days import is_office_time
from organizations.by_region import for_each_region
from organizations.models import Region


@shared_task
def remind() -> None:
    """Comes every hour; each region has its turn once a working day, from nine o'clock of its own time on.

    What was written before and has not left is looked through at every hour.
    """
    for_each_region(_remind)


def _remind(region: Region) -> None:
    reminders.withdraw_overtaken(region)
    if not is_office_time(region.zone):
        return
    with claim(job_of(region), timezone.localdate(timezone=region.zone)) as mine:
        if mine:
            reminders.remind_region(region)


@shared_task
def work_on_campaigns() -> None:
    """Rung for when a campaign begins at once, and swept for those whose hour has come."""
    campaign_work.work_on_campaigns()


@shared_task
def take_snapshots() -> None:
    """Comes every hour; in the first hour of a region's day it keeps how the day before has ended.

    After a night when nothing ran, the next hour does it; the pages say when a snapshot was taken late.
    """
    for_each_region(_take_snapshot)


def _take_snapshot(region: Region) -> None:
    today = timezone.localdate(timezone=region.zone)
    with claim(f"snapshot-{region.pk}", today) as mine:
        if mine:
            Snapshot.objects.take(region, day=today - timedelta(days=1))


@shared_task
def work_on_exports() -> None:
    """Rung for when a large list is asked for, and swept for whatever no bell was heard for."""
    export_work.work_on_exports()


@shared_task
def erase_exports() -> None:
    Export.objects.all().erase_old()


@shared_task
def send_digests() -> None:
    """Comes every hour; from eight o'clock of a region's working day on, once a day, and once a week on the first."""
    for work in (_send_mornings, _send_weeks):
        for_each_region(work)


def _send_mornings(region: Region) -> None:
    there = timezone.localtime(timezone=region.zone)
    if digests.is_time(there):
        with claim(f"mornings-{region.pk}", there.date()) as mine:
            if mine:
                digests.send_mornings(region)


def _send_weeks(region: Region) -> None:
    there = timezone.localtime(timezone=region.zone)
    if digests.is_time(there):
        with claim(f"weeks-{region.pk}", f"{there:%G-%V}") as mine:
            if mine:
                digests.send_weeks(region)


@shared_task
def hold_sferum_tables() -> None:
    """Rung for after an upload, and swept for whatever no bell was heard for."""
    reconciling.hold_waiting()


@shared_task
def purge_sferum_tables() -> None:
    SferumTable.objects.all().purge()


@shared_task
def forget_old_mergings() -> None:
    """Names and numbers that were given up are kept for as long as they can be put back."""
    Merging.objects.all().forget_old()
