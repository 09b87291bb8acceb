"""The worker's part of a large export: writes the list with the rights its author has now, a thousand rows a step.

A killed worker leaves nothing; when its lease is over the next one begins the file anew, for a workbook cannot be
continued in the middle, and the longest one takes seconds.
"""

import logging
from tempfile import TemporaryFile

from celery import current_app
from django.db import transaction
from django.utils import timezone

from coordination.exports import ListExport
from coordination.models import Export
from coordination.models.export import MOST_TRIES, LeaseLost, scope_of

logger = logging.getLogger(__name__)
_GAVE_UP = "Портал несколько раз прерывался на этом файле. Сузьте условия списка и попробуйте ещё раз."
_NO_RIGHTS = "У вас больше нет территории, с которой собирался этот файл."


def ring_after_commit() -> None:
    transaction.on_commit(_ring, robust=True)


def _ring() -> None:
    try:
        current_app.send_task("coordination.tasks.work_on_exports")
    except Exception as error:  # whatever a broker's library raises, the file is queued in the database
        logger.warning("The broker did not take the bell (%s); the sweep will find the file.", type(error).__name__)


def work_on_exports() -> int:
    """Takes one free export after the other; returns how many."""
    done = 0
    while export := Export.objects.all().claim():
        try:
            with timezone.override(export.region.zone if export.region else None):  # as the page counts days
                _write(export)
        except LeaseLost:
            logger.warning("Export %s was cancelled, or another worker has taken it over.", export.pk)
        done += 1
    return done


def _write(export: Export) -> None:
    scope = scope_of(export.by)
    if export.tries > MOST_TRIES:
        return export.fail(_GAVE_UP)
    if not scope or not export.by.is_active:
        return export.fail(_NO_RIGHTS)
    chosen = ListExport(export.by, export.query, export.with_names)
    with TemporaryFile() as file:
        export.renew(total=len(chosen.numbers))
        chosen.write(file, export.format, lambda rows: export.renew(done=rows))
        file.seek(0)
        return export.finish(file.read(), rows=len(chosen.numbers), scope=scope)
