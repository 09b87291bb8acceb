"""The worker's part of an import: reads a file into planned rows, writes the confirmed ones, batch by batch.

A batch is one transaction that also renews the lease and moves the count on. So a killed worker leaves whole batches,
the next one goes on where it stopped, and one that was only thought dead writes nothing more.
"""

import gc
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from celery import current_app
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from foundation.tables import NotATable, read_table
from organizations.import_apply import apply_rows
from organizations.import_missing import Scope
from organizations.import_places import Territory
from organizations.import_register import BATCH, batches
from organizations.import_repeats import Alone, Group, conflicts, numbers_of
from organizations.import_store import header_of, is_as_shown, keep, row_of
from organizations.import_undo import undo_rows
from organizations.imports import NO_ROWS, Planner, RowPlan, batches_of_rows
from organizations.models import Event, ImportFile, ImportRow, Region
from organizations.models.import_file import MOST_TRIES, LeaseLost
from organizations.models.import_row import STATE
from organizations.statuses import ImportStatus, Outcome

logger = logging.getLogger(__name__)
_CHANGED_SINCE = "За это время сведения об этой организации в портале изменились: строка не записана."
_GAVE_UP = "Портал несколько раз прерывался на этой строке: строка не записана. Загрузите файл ещё раз."
_UNREADABLE = "Портал несколько раз прерывался на этом файле. Загрузите его ещё раз или частями."


def ring_after_commit() -> None:
    transaction.on_commit(_ring, robust=True)


def _ring() -> None:
    try:
        current_app.send_task("organizations.tasks.work_on_imports")
    except Exception as error:  # whatever a broker's library raises, the file is queued in the database
        logger.warning("The broker did not take the bell (%s); the sweep will find the file.", type(error).__name__)


def work_on_files(pk: int | None = None) -> int:
    """Takes one free file after the other, or the one that is named; returns how many."""
    done = 0
    while file := (ImportFile.objects.filter(pk=pk) if pk else ImportFile.objects.all()).claim():
        try:
            with _collecting_seldom():
                _step(file)
        except LeaseLost:
            logger.warning("Another worker has taken import %s over.", file.pk)
        done += 1
    return done


@contextmanager
def _collecting_seldom() -> Iterator[None]:
    """Python looks for garbage each 700 objects; a batch makes 50,000 that go by themselves: a quarter of the time."""
    usual = gc.get_threshold()
    gc.set_threshold(50_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _step(file: ImportFile) -> None:
    if file.status == ImportStatus.READING:
        if file.tries > MOST_TRIES:
            file.finish(ImportStatus.UPLOADED, note=_UNREADABLE)
        else:
            _read(file)
    elif file.status == ImportStatus.UNDOING:
        undo_rows(file)
    else:
        _apply(file)


def _read(file: ImportFile) -> None:
    try:
        table = read_table(bytes(file.content), file.name, **file.layout.get("forced", {}))
        header = header_of(file)
        with transaction.atomic():
            file.renew(total=len(table.rows) - header.first_row, done=0)
            file.rows.all().delete()  # of a reading that was broken off, or of other columns
        planner = Planner(header, None if file.uploaded_by.is_staff else Territory.of(file.uploaded_by))
        scope = Scope(header)
        for batch in batches_of_rows(table, header, file.region_code):
            plans = planner.plan_many(batch)
            scope.meet(plans)
            with transaction.atomic():
                keep(file, plans, table.rows)
                file.renew(done=batch[-1].number - header.first_row)
        with transaction.atomic():
            _refuse_conflicts(file, planner.repeats.groups(), table.rows)
            counts = file.rows.counts()
            if not any(counts.values()):
                raise NotATable(NO_ROWS)
            report = counts | {"warnings": file.rows.filter(has_warnings=True).count()}
            file.finish(ImportStatus.READY, report=report, version=file.version + 1, scope=scope.told())
    except NotATable as error:
        file.finish(ImportStatus.UPLOADED, note=str(error)[:400])


def _refuse_conflicts(file: ImportFile, groups: list[Group], cells: list[list[str]]) -> None:
    if not groups:
        return
    alone: dict[int, Alone] = {}
    for batch in batches(numbers_of(groups)):
        found = file.rows.filter(number__in=batch).values_list("number", "outcome", "organization")
        alone |= {number: (outcome, organization) for number, outcome, organization in found}
    problems = conflicts(groups, alone)
    for batch in batches(sorted(problems)):
        rows = list(file.rows.filter(number__in=batch))
        for row in rows:
            problem = problems[row.number]
            row.problems.append([problem.column, problem.reason])
            row.outcome, row.cells = Outcome.REFUSED, cells[row.number - 1]
            row.said, row.changes = {}, []
            row.warnings, row.has_warnings = [], False
        ImportRow.objects.rewrite(rows)


def _apply(file: ImportFile) -> None:
    while True:
        rows = list(file.rows.to_write().defer("cells").order_by("number")[:BATCH])
        if not rows:
            break
        if file.tries > MOST_TRIES:
            with transaction.atomic():
                _refuse(rows, _GAVE_UP)
                file.renew(done=file.done + len(rows))
            continue
        held = {"lease_until": file.lease_until, "done": file.done, "tries": file.tries + 1}
        try:
            _apply_batch(file, rows)
        except IntegrityError:  # somebody added the same organization between our look and our writing
            vars(file).update(held)  # the renewed lease was rolled back together with the rows
    with transaction.atomic():
        counts = file.rows.counts()
        report = counts | {"warnings": file.rows.filter(has_warnings=True).count()}
        # What the rows say is enough from here on; the names and telephones of the file itself are not kept.
        layout = file.layout | {"examples": [], "tops": []}
        file.finish(ImportStatus.APPLIED, report=report, applied_at=timezone.now(), content=b"", layout=layout)
        Event.record("import.applied", file, by=file.uploaded_by)


@transaction.atomic
def _apply_batch(file: ImportFile, rows: list[ImportRow]) -> None:
    """The rows are planned once more under the lock of their regions: what the page did not show is not written."""
    file.renew(done=file.done + len(rows))
    codes = {row.said["region"] for row in rows}
    Region.objects.filter(code__in=codes).update(name=F("name"))
    territory = None if file.uploaded_by.is_staff else Territory.of(file.uploaded_by)
    plans = Planner(header_of(file), territory).plan_answered(
        [(row_of(row), row.answer, row.organization_id) for row in rows]
    )
    pairs = list(zip(rows, plans, strict=True))
    _refuse([row for row, plan in pairs if not is_as_shown(row, plan)], _CHANGED_SINCE)
    pairs = [(row, plan) for row, plan in pairs if row.outcome != Outcome.REFUSED]
    before = {row.number: _standing(plan) for row, plan in pairs}
    apply_rows(
        [plan for _, plan in pairs if plan.outcome == Outcome.ADDED],
        [plan for _, plan in pairs if plan.outcome == Outcome.CHANGED],
        by=file.uploaded_by,
    )
    for row, plan in pairs:
        row.outcome = plan.outcome  # what was asked about is one or the other now
        row.is_written, row.organization = plan.outcome != Outcome.SAME, plan.organization
        row.written = _written(plan, before[row.number])
        row.said, row.cells = {}, []  # names and telephones are not kept longer than they are needed
    ImportRow.objects.note_added([row for row, plan in pairs if plan.outcome == Outcome.ADDED])
    ImportRow.objects.rewrite([row for row, plan in pairs if plan.outcome != Outcome.ADDED])


def _standing(plan: RowPlan) -> dict[str, object]:
    """What is about to be overwritten, as it stands in the list."""
    if plan.outcome != Outcome.CHANGED or plan.organization is None:
        return {}
    names = [*plan.facts, *([STATE] if "registered_phone" in plan.facts else [])]  # the number may move the state
    found: dict[str, object] = {name: str(getattr(plan.organization, name)) for name in names}
    return found | ({"municipality_id": plan.organization.municipality_id} if plan.place else {})


def _written(plan: RowPlan, before: dict[str, object]) -> dict[str, object]:
    written: dict[str, object] = {}
    for name, value in before.items():
        after = getattr(plan.organization, name)
        written[name] = [value, after if name == "municipality_id" else str(after)]
    if plan.outcome == Outcome.CHANGED:
        written |= {"registered": True} if plan.becomes_registered else {}
        written |= {"administrator": True} if plan.nominee else {}
    return written


def _refuse(rows: list[ImportRow], reason: str) -> None:
    if not rows:
        return
    cells = dict(ImportRow.objects.filter(pk__in=[row.pk for row in rows]).values_list("pk", "cells"))
    for row in rows:
        row.outcome, row.problems, row.said = Outcome.REFUSED, [["", reason]], {}
        row.changes, row.warnings, row.has_warnings = [], [], False
        row.cells = cells[row.pk]
    ImportRow.objects.rewrite(rows)
