"""How long Sferum takes: working days from a letter to its answer, by month, kind of case and who was asked.

Rows are counted by the database in groups of the same two days, so the number of statements does not depend on the
number of cases, and a case that was answered without a letter of ours (or before one of a later day went), or by a mere
look into Sferum, has no days.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import ceil
from statistics import median
from typing import IO, Any

from django.db.models import Case, Count, F, Q, QuerySet, Value, When
from django.utils.text import capfirst

from coordination.figures import SMALLEST_GROUP, WAITED_FOR
from foundation.sheets import Cell, Sheet, write_xlsx
from foundation.templatetags.portal import count
from foundation.working_days import working_days_between
from organizations.models.organization import OrganizationQuerySet
from registrations.models import Case as SomeCase
from registrations.models import HandoverRequest, HelpRequest, RegistrationRequest
from registrations.statuses import Addressee, AnswerChannel

AnyCase = RegistrationRequest | HandoverRequest | HelpRequest
MONTHS = 12


@dataclass
class Row:
    """Letters of one month, one kind, to one addressee; `month` is its first day, none for all months together."""

    month: date | None
    kind: str
    asked: str
    days: list[int] = field(default_factory=list)
    seen: int = 0
    waiting: int = 0
    silent: int = 0

    @property
    def answered(self) -> int:
        return len(self.days)

    @property
    def median(self) -> float | None:
        """Working days; none for groups under five."""
        return median(self.days) if self.answered >= SMALLEST_GROUP else None

    @property
    def most(self) -> int | None:
        """Nine of ten answers came within so many working days (nearest rank); none for groups under five."""
        return sorted(self.days)[ceil(0.9 * self.answered) - 1] if self.answered >= SMALLEST_GROUP else None

    @property
    def too_few(self) -> str:
        if not self.answered:
            return "ответов не было"
        return f"мало данных: {count(self.answered, 'ответ,ответа,ответов')}" if self.median is None else ""

    def add(self, other: "Row") -> None:
        self.days += other.days
        self.seen += other.seen
        self.waiting += other.waiting
        self.silent += other.silent


@dataclass(frozen=True)
class Turnaround:
    totals: list[Row]
    months: list[Row]

    @property
    def silent(self) -> int:
        return sum(row.silent for row in self.totals)


def first_month(today: date) -> date:
    """The first day of the month with which the report begins: twelve months with the present one."""
    months = today.year * 12 + today.month - MONTHS
    return date(months // 12, months % 12 + 1, 1)


def turnaround_of(organizations: OrganizationQuerySet, late: Q, today: date) -> Turnaround:
    """Answers to the letters of twelve months, and everything that still waits. Two statements a kind."""
    found = [
        row
        for model in WAITED_FOR
        for row in (*_answered(model, organizations, first_month(today)), *_waiting(model, organizations, late))
    ]
    months: dict[tuple[date | None, str, str], Row] = {}
    totals: dict[tuple[str, str], Row] = {}
    for row in found:
        months.setdefault((row.month, row.kind, row.asked), Row(row.month, row.kind, row.asked)).add(row)
        totals.setdefault((row.kind, row.asked), Row(None, row.kind, row.asked)).add(row)
    newest_first = sorted(months.values(), key=lambda row: (-row.month.toordinal() if row.month else 0, row.kind))
    return Turnaround([totals[key] for key in sorted(totals)], newest_first)


def _groups(model: type[AnyCase], organizations: OrganizationQuerySet) -> "QuerySet[Any]":
    asked = F("addressee") if model is HelpRequest else Value(model.ASKS)
    mine = model.objects.filter(organization__in=organizations, waiting_since__isnull=False)
    return mine.order_by().annotate(asked_of=asked)


def _answered(model: type[AnyCase], organizations: OrganizationQuerySet, since: date) -> Iterator[Row]:
    groups = (
        _groups(model, organizations)
        .filter(waiting_since__gte=since, answered_on__gte=F("waiting_since"))
        .exclude(status=model.AWAITING)
        .values_list("asked_of", "waiting_since", "answered_on", "answer_channel")
        .annotate(Count("pk"))
    )
    for asked, start, end, channel, number in groups:
        row = _row(model, asked, start)
        if channel == AnswerChannel.SFERUM:
            row.seen = number
        else:
            row.days = [working_days_between(start, end)] * number
        yield row


def _waiting(model: type[AnyCase], organizations: OrganizationQuerySet, late: Q) -> Iterator[Row]:
    groups = (
        _groups(model, organizations)
        .filter(status=model.AWAITING)
        .annotate(is_late=Case(When(late, then=Value(True)), default=Value(False)))
        .values_list("asked_of", "waiting_since", "is_late")
        .annotate(Count("pk"))
    )
    for asked, start, is_late, number in groups:
        row = _row(model, asked, start)
        row.silent, row.waiting = (number, 0) if is_late else (0, number)
        yield row


def _row(model: type[AnyCase], asked: str, start: date) -> Row:
    return Row(start.replace(day=1), str(capfirst(str(model._meta.verbose_name))), Addressee(asked).label)


_COLUMNS = [
    "Месяц письма",
    "Обращение",
    "Кому",
    "Ответов",
    "Медиана, рабочих дней",
    "90 % ответов, рабочих дней",
    "Без ответа, видно в Сферуме",
    "Ждём в срок",
    "Молчат",
]
_SILENT_COLUMNS = ["Номер", "Организация", "Кому", "Ждём с", "Рабочих дней", "Сверх обычного"]


def write_turnaround(file: IO[bytes], report: Turnaround, silent: Sequence[SomeCase]) -> None:
    """Two sheets: the table of the page, and the cases without an answer."""
    rows = [*report.totals, *report.months]
    write_xlsx(
        file,
        [
            Sheet("Сроки ответов", _COLUMNS, map(_cells, rows), widths=[18, 40, 28, *[16] * 6]),
            Sheet("Молчат", _SILENT_COLUMNS, map(_silent, silent), widths=[22, 60, 28, 14, 14, 16]),
        ],
    )


def _cells(row: Row) -> tuple[Cell, ...]:
    month, few = f"{row.month:%m.%Y}" if row.month else "всего", row.too_few
    days = (few or row.median, few or row.most)
    return (month, row.kind, row.asked, row.answered, *days, row.seen, row.waiting, row.silent)


def _silent(case: SomeCase) -> tuple[Cell, ...]:
    waits = (case.waiting_since, case.waiting_days, case.overdue_days)
    return (case.number, case.organization.name, case.asked.label, *waits)
