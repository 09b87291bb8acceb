"""Periodic work of the organizations' floor."""

from celery import shared_task
from django.utils import timezone

from foundation.runs import claim
from foundation.working_days import is_office_time
from organizations import import_work
from organizations.by_region import for_each_region
from organizations.deputies import ask_region
from organizations.models import ImportFile, Organization, Region


@shared_task
def purge_import_files() -> None:
    ImportFile.objects.all().purge()


@shared_task
def work_on_imports() -> None:
    """Rung for after a confirmation, and swept for whatever no bell was heard for."""
    import_work.work_on_files()


@shared_task
def follow_deputies() -> None:
    Organization.objects.all().follow_deputies()


@shared_task
def ask_about_deputies() -> None:
    """Comes every hour; each region has its turn once a working day, from nine o'clock of its own time on."""
    for_each_region(_ask)


def _ask(region: Region) -> None:
    if not is_office_time(region.zone):
        return
    with claim(f"ask-about-deputies-{region.pk}", timezone.localdate(timezone=region.zone)) as mine:
        if mine:
            ask_region(region)
