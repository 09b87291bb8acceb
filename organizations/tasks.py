"""Periodic work of the organizations' floor."""

from celery import shared_task

from organizations.models import ImportFile


@shared_task
def purge_import_files() -> None:
    ImportFile.objects.all().purge()
