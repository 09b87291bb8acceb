"""The list of organizations as a file: exactly the rows of the page under the same address, in the same order."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import IO, Any

from django.db.models import Prefetch, QuerySet
from django.http import QueryDict

from accounts.models import User
from coordination.filters import OrganizationFilter
from coordination.statuses import Doubt, ExportFormat
from coordination.tables import OrganizationTable, PastTable, then
from foundation.sheets import Cell, Sheet, write_csv, write_xlsx
from organizations.journey import next_move, stands_since
from organizations.models import Appointment, Organization
from organizations.statuses import AppointmentRole

BATCH = 1000
_COLUMNS = {
    "Организация": 50,
    "Муниципалитет": 28,
    "Этап": 30,
    "Администратор": 28,
    "Сейчас ход за": 24,
    "С какого дня": 14,
    "Полное наименование": 80,
    "Вид": 22,
    "ИНН": 14,
    "КПП": 12,
}
# Nobody reads them here, and each costs: a telephone is parsed, the words of the search are long.
_UNSEEN = ("search_key", "search_words", "registered_phone", "region__manager_phone")
_NAMES = {"Администратор: имя": 36, "Администратор: телефон": 20, "Администратор: почта": 30}
_DOUBT = {"На месте ли": 36}


def table_of(data: QueryDict, asked: OrganizationFilter) -> OrganizationTable:
    """The table of the page in the order that its address asks for.

    What was searched for stands with the closest first until somebody sorts by a column.
    """
    rows, usual = asked.found.select_related("municipality", "region"), () if asked.is_searched else None
    rows = rows.defer(*_UNSEEN).annotate(since=stands_since())
    return (PastTable if asked.past else OrganizationTable)(rows, order_by=data.getlist("sort") or usual)


@dataclass(frozen=True)
class ListExport:
    """What the list shows to one person under one address, `query` without its question mark."""

    user: User
    query: str = ""
    with_names: bool = False

    @cached_property
    def rows(self) -> "QuerySet[Organization]":
        data = QueryDict(self.query)
        rows: QuerySet[Organization] = table_of(data, self.asked).data.data
        return rows

    @cached_property
    def asked(self) -> OrganizationFilter:
        return OrganizationFilter(QueryDict(self.query), self.user)

    @property
    def day(self) -> date | None:
        """The past day that the list shows, an earlier one where that night was missed; none for today."""
        return self.asked.past.kept if self.asked.past else None

    @property
    def title(self) -> str:
        return f"На {self.day:%d.%m.%Y}" if self.day else "Организации"

    @cached_property
    def numbers(self) -> list[int]:
        """Primary keys in the order of the page: a long list stays the same while it is written."""
        return list(self.rows.values_list("pk", flat=True))

    def write(self, file: IO[bytes], form: str, written: Callable[[int], None] = lambda rows: None) -> None:
        """One statement for the numbers and one for each thousand rows (two with names); calls `written` after each."""
        columns = _COLUMNS | (_DOUBT if self._has_doubts else {}) | (_NAMES if self.with_names else {})
        sheet = Sheet(self.title, list(columns), self._cells(written), widths=list(columns.values()))
        if form == ExportFormat.CSV:
            write_csv(file, sheet)
        else:
            write_xlsx(file, [sheet])

    def _cells(self, written: Callable[[int], None]) -> Iterator[tuple[Cell, ...]]:
        for start in range(0, len(self.numbers), BATCH):
            part = self.numbers[start : start + BATCH]
            rows = {row.pk: row for row in self._batch(part)}
            yield from (self._line(self._as_listed(rows[pk])) for pk in part if pk in rows)
            written(start + len(part))

    def _batch(self, part: list[int]) -> "QuerySet[Any]":
        rows = self.rows.order_by().filter(pk__in=part)
        if not self.with_names:
            return rows
        acting = Appointment.objects.acting().filter(role=AppointmentRole.RESPONSIBLE)
        return rows.prefetch_related(Prefetch("appointments", acting, to_attr="responsible"))

    def _as_listed(self, row: Organization) -> Organization:
        return then(row) if self.asked.past else row

    def _municipality(self, row: Organization) -> str:
        if self.asked.past:
            return getattr(row, "was_municipality_name", None) or ""
        return row.municipality.name if row.municipality else ""

    def _line(self, row: Organization) -> tuple[Cell, ...]:
        line: tuple[Cell, ...] = (
            row.name,
            self._municipality(row),
            row.get_step_display() if row.step else "ещё не начали",
            row.get_administrator_state_display(),
            next_move(row).holder.label,
            row.step_since if self.asked.past else row.stands_since,
            row.full_name,
            row.get_kind_display(),
            row.inn,
            row.kpp,
        )
        if self._has_doubts:
            line += (Doubt(row.doubt).label,)  # type: ignore[attr-defined]
        if self.with_names:
            person = next(iter(row.responsible), None)  # type: ignore[attr-defined]
            line += (person.full_name, person.phone, person.email) if person else ("", "", "")
        return line

    @cached_property
    def _has_doubts(self) -> bool:
        return "doubt" in self.rows.query.annotations
