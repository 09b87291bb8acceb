"""A call list as a workbook with columns to fill, and the workbook that comes back: what each row would do."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import IO, Any

from coordination.models import Call
from coordination.row_forms import COLUMNS, RowForm
from coordination.statuses import CallOutcome
from coordination.worklist import Entry, WorkList
from foundation.sheets import Cell, Sheet, write_xlsx
from foundation.tables import NotATable, Table
from foundation.tokens import BadToken, ExpiredToken, read, sign
from foundation.verbs import WrongStatus
from organizations.models import Organization
from organizations.models.organization import OrganizationQuerySet

PURPOSE = "call-row"
LIVES = timedelta(days=60)
MOST_ROWS = 2000
_GIVEN = ["Код строки", "Муниципалитет", "Организация", "Почему звоним", "Кому звонить", "Телефон"]
_CODE, _FILLED = _GIVEN[0], list(COLUMNS.values())


def write_call_sheet(file: IO[bytes], work: WorkList) -> int:
    """The first `MOST_ROWS` of the list; returns how many."""
    rows = work.entries(work.rows[:MOST_ROWS])
    outcome = len(_GIVEN) + _FILLED.index(COLUMNS["outcome"])
    sheet = Sheet(
        "Обзвон",
        [*_GIVEN, *_FILLED],
        map(_cells, rows),
        widths=[24, 24, 44, 44, 34, 20, 24, 34, 16, 24, 34],
        choices={outcome: CallOutcome.labels},
    )
    write_xlsx(file, [sheet])
    return len(rows)


def _cells(entry: Entry) -> tuple[Cell, ...]:
    school = entry.organization
    first = entry.contacts[0] if entry.contacts else None
    who = ", ".join(filter(None, [first.who, first.name])) if first else ""
    why = "; ".join(told.words for told in entry.reasons)
    place = school.municipality.name if school.municipality else ""
    number: Cell = (first.phone or first.email) if first else ""
    return (sign(PURPOSE, school.pk), place, school.name, why, who, number, *[""] * len(_FILLED))


@dataclass
class Row:
    """A filled row: its place in the file, what it says, and why it is refused where it is."""

    line: int
    code: str
    cells: dict[str, str]
    organization: Organization | None = None
    told: dict[str, Any] | None = None
    refused: str = ""

    @property
    def key(self) -> uuid.UUID:
        """A row is one call, however often its file comes back."""
        return uuid.uuid5(uuid.NAMESPACE_OID, f"{PURPOSE}:{self.code}")

    @property
    def does(self) -> list[str]:
        """What the row changes, in words."""
        told = self.told or {}
        back: date | None = told.get("call_back_on")
        return [
            f"звонок: {CallOutcome(told['outcome']).label}" + (f", {back:%d.%m.%Y}" if back else ""),
            *([f"телефон организации: {told['phone']}"] if told.get("phone") else []),
            *([f"назван новый администратор: {told['named']}"] if told.get("named") else []),
        ]

    def packed(self) -> list[Any]:
        return [self.line, self.code, self.cells]


def rows_of(table: Table) -> tuple[list[Row], int]:
    """The filled rows, and how many were left empty. Raises NotATable where this is no call list."""
    titles, number = _header(table)
    places = {name: titles.index(title) for name, title in COLUMNS.items() if title in titles}
    found = list(_read(table.rows[number + 1 :], number + 2, titles.index(_CODE), places))
    if len(found) > MOST_ROWS:
        raise NotATable(f"В файле больше {MOST_ROWS} строк. Разделите его.")
    filled = [row for row in found if any(row.cells.values())]
    return filled, len(found) - len(filled)


def _header(table: Table) -> tuple[list[str], int]:
    """The titles and the index of their row."""
    for number, cells in enumerate(table.rows):
        titles = [cell.strip() for cell in cells]
        if _CODE in titles and COLUMNS["outcome"] in titles:
            return titles, number
    raise NotATable("Это не лист обзвона: нет столбцов «Код строки» и «Итог». Загрузите файл, выгруженный здесь.")


def _read(rows: Sequence[Sequence[str]], first: int, code: int, places: dict[str, int]) -> Iterator[Row]:
    for line, cells in enumerate(rows, first):
        given = {name: cells[place].strip() if place < len(cells) else "" for name, place in places.items()}
        named = cells[code].strip() if code < len(cells) else ""
        if named or any(given.values()):
            yield Row(line, named, given)


def judge(rows: list[Row], organizations: OrganizationQuerySet) -> None:
    """Says of every row whose it is and what it does, or why it is refused. Four statements."""
    numbers = {row.line: number for row in rows if (number := _number(row))}
    mine = {each.pk: each for each in organizations.filter(pk__in=set(numbers.values())).with_administrators()}
    known = set(Call.objects.filter(key__in=[row.key for row in rows]).values_list("key", flat=True))
    seen: set[str] = set()
    for row in rows:
        row.organization = mine.get(numbers.get(row.line, 0))
        if row.organization is None:
            row.refused = row.refused or "такой строки в вашем списке нет"
        elif row.key in known:
            row.refused = "уже записано из этого листа раньше"
        elif row.code in seen:
            row.refused = "код строки стоит в файле второй раз"
        else:
            _clean(row, row.organization)
        seen.add(row.code)


def _number(row: Row) -> int:
    try:
        return read(PURPOSE, row.code, LIVES).object_id
    except ExpiredToken:
        row.refused = "лист старше 60 дней: выгрузите новый"
    except (BadToken, ValueError):
        row.refused = "код строки изменён или не из этого портала"
    return 0


def _clean(row: Row, organization: Organization) -> None:
    form = RowForm(row.cells)
    if not form.is_valid():
        row.refused = "; ".join(str(words) for errors in form.errors.values() for words in errors)
    elif form.cleaned_data["outcome"] == CallOutcome.CONFIRMED and organization.administrator is None:
        row.refused = "администратора в портале нет, подтвердить некого"
    else:
        row.told = form.cleaned_data


def apply(rows: list[Row], *, by: Any) -> int:
    """Writes what was not refused, each row by itself; returns how many, the rest say why."""
    done = 0
    for row in rows:
        if row.refused or row.organization is None or row.told is None:
            continue
        told = dict(row.told)
        outcome, phone = CallOutcome(told.pop("outcome")), told.pop("phone")
        try:
            Call.objects.note(row.organization, outcome=outcome, by=by, key=row.key, correct_phone=phone, **told)
        except WrongStatus as error:
            row.refused = str(error)
        else:
            done += 1
    return done
