"""Planned rows into the database and back: what a row says is kept, so the file is read once."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from phonenumber_field.phonenumber import PhoneNumber

from foundation.copying import insert_many
from organizations.columns import Field, Header
from organizations.import_rows import Nominee, Row
from organizations.imports import RowPlan
from organizations.models import ImportFile, ImportRow
from organizations.statuses import Answer, Outcome

_WRITING = (Outcome.ADDED, Outcome.CHANGED, Outcome.ASKED)
_NAMES = (Field.SHORT_NAME, Field.FULL_NAME)
_LONGEST_NAME = 500


def keep(file: ImportFile, plans: Iterable[RowPlan], cells: list[list[str]]) -> None:
    insert_many([_kept(file, plan, cells) for plan in plans])


def _kept(file: ImportFile, plan: RowPlan, cells: list[list[str]]) -> ImportRow:
    """A row that changes nothing leaves only its number and name: of an unchanged file that is nearly every one."""
    row = plan.row
    kept = ImportRow(file=file, number=row.number, outcome=plan.outcome, organization=plan.organization)
    if plan.outcome == Outcome.REFUSED:
        kept.name = row.name[:_LONGEST_NAME]  # its own words alone: a foreign organization's name is not told
        kept.problems = [[problem.column, problem.reason] for problem in row.problems]
        kept.cells = cells[row.number - 1]
    else:
        kept.name = plan.name[:_LONGEST_NAME]
        kept.warnings = [[warning.column, warning.reason] for warning in row.warnings]
        kept.has_warnings = bool(row.warnings)
    if plan.outcome in _WRITING:
        kept.said = _said(row, plan.facts if plan.outcome == Outcome.ADDED else row.facts)
        kept.changes = _changes(plan)
        kept.cells = cells[row.number - 1]
    return kept


def _changes(plan: RowPlan) -> list[list[str]]:
    if plan.outcome == Outcome.ADDED:
        return [[label, "", value] for label, value in plan.shown()]
    return [[change.label, change.before, change.after] for change in plan.changes]


def is_as_shown(row: ImportRow, plan: RowPlan) -> bool:
    """Whether writing would do exactly what the page has shown; of an answered row, what was answered."""
    if row.outcome == Outcome.ASKED:
        if row.answer == Answer.NEW:
            return plan.outcome == Outcome.ADDED
        return plan.outcome in (Outcome.CHANGED, Outcome.SAME) and sorted(row.changes) == sorted(_changes(plan))
    if plan.outcome != row.outcome:
        return False
    same = row.organization_id == (plan.organization.pk if plan.organization else None)
    return same and sorted(row.changes) == sorted(_changes(plan))  # PostgreSQL keeps JSON keys in an order of its own


def _said(row: Row, facts: dict[str, str]) -> dict[str, Any]:
    said: dict[str, Any] = {
        "texts": {name.value: row.texts[name] for name in _NAMES if row.texts.get(name)},
        "region": row.region,
        "municipality": row.municipality,
        "facts": facts,
    }
    if row.keyless:
        said["keyless"] = row.keyless
    if row.is_registered:
        said["registered"] = row.registered_on.isoformat() if row.registered_on else ""
    if row.nominee:
        phone = str(row.nominee.phone) if row.nominee.phone else ""
        said["nominee"] = [row.nominee.full_name, phone, row.nominee.email]
    return said


def row_of(kept: ImportRow) -> Row:
    said = kept.said
    day = said.get("registered")
    name, phone, email = said.get("nominee", ("", "", ""))
    return Row(
        kept.number,
        {Field(name): text for name, text in said["texts"].items()},
        region=said["region"],
        municipality=said["municipality"],
        facts=said["facts"],
        is_registered=day is not None,
        registered_on=date.fromisoformat(day) if day else None,
        keyless=said.get("keyless", ""),
        nominee=Nominee(name, PhoneNumber.from_string(phone) if phone else None, email) if name else None,
    )


def header_of(file: ImportFile) -> Header:
    layout = file.layout
    columns = {Field(name): indexes for name, indexes in layout["columns"].items()}
    return Header(columns, layout["titles"], layout["first_row"])
