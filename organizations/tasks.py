"""Periodic work of the organizations' floor."""

from celery import shared_task

from organizations.models import ImportFile, Organization


@shared_task
def purge_import_files() -> None:
    ImportFile.objects.all().purge()


@shared_task
def follow_deputies() -> None:
    Organization.objects.all().follow_deputies()
