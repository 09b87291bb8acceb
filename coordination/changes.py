"""What has changed since the last report: figures then and now, and the organizations behind each difference."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, Any

from coordination.models import Standing
from foundation.sheets import Cell, Sheet, write_xlsx
from organizations.models import Organization
from organizations.models.organization import OrganizationQuerySet
from organizations.statuses import AdministratorState, Kind, Step

SHOWN = 30
_ROW = ("pk", "step", "administrator_state", "kind")
Row = tuple[int | None, str, str]  # step, state, kind
_WAS_ROW = ("organization_id", "step", "administrator_state", "kind")


def _reached(step: Step) -> Callable[[Row], bool]:
    return lambda row: (row[0] or 0) >= step


# Words → does this organization count. The list's address of each figure stands in `Change.query`.
COUNTED: list[tuple[str, str, Callable[[Row], bool]]] = [
    ("Всего в списке", "", lambda row: True),
    ("Зарегистрировано", "reached=3", _reached(Step.REGISTERED)),
    ("Школ зарегистрировано", "reached=3&kind=school", lambda r: r[2] == Kind.SCHOOL and _reached(Step.REGISTERED)(r)),
    ("Администратор подтверждён", "administrator=confirmed", lambda row: row[1] == AdministratorState.CONFIRMED),
    ("Вход подтверждён", "reached=4", _reached(Step.SIGNED_IN)),
    ("Классы созданы", "reached=5", _reached(Step.CLASSES)),
    ("Ссылки выпущены", "reached=6", _reached(Step.INVITED)),
    ("Чаты перенесены", "reached=7", _reached(Step.MIGRATED)),
]


@dataclass
class Change:
    """One figure; `came` and `left` are the organizations behind the difference."""

    label: str
    query: str
    was: int
    now: int
    came: list[int] = field(default_factory=list)
    left: list[int] = field(default_factory=list)
    named: dict[int, Organization] = field(default_factory=dict)

    @property
    def difference(self) -> int:
        return self.now - self.was

    @property
    def who_came(self) -> list[Organization]:
        return [self.named[pk] for pk in self.came[:SHOWN] if pk in self.named]

    @property
    def who_left(self) -> list[Organization]:
        return [self.named[pk] for pk in self.left[:SHOWN] if pk in self.named]

    @property
    def hidden(self) -> int:
        return max(len(self.came) - SHOWN, 0) + max(len(self.left) - SHOWN, 0)


def changes_since(organizations: OrganizationQuerySet, moment: datetime, *, most: int | None = SHOWN) -> list[Change]:
    """`organizations`: everything of the territory. Three statements; `most` names so many of each, None all."""
    standings = Standing.objects.at(moment).of(organizations).listed().order_by()
    was = {pk: (*row,) for pk, *row in standings.values_list(*_WAS_ROW)}
    now = {pk: (*row,) for pk, *row in organizations.listed().order_by().values_list(*_ROW)}
    changes = []
    for label, query, counts in COUNTED:
        then, today = _counted(was, counts), _counted(now, counts)
        changes.append(Change(label, query, len(then), len(today), sorted(today - then), sorted(then - today)))
    _name(changes, organizations, most)
    return changes


def _counted(rows: dict[int, Any], counts: Callable[[Row], bool]) -> set[int]:
    return {pk for pk, row in rows.items() if counts(row)}


def _name(changes: list[Change], organizations: OrganizationQuerySet, most: int | None) -> None:
    pks = {pk for each in changes for pk in (*each.came[:most], *each.left[:most])}
    rows = organizations.filter(pk__in=pks) if most else organizations
    named = {row.pk: row for row in rows.select_related("municipality").order_by() if row.pk in pks}
    for each in changes:
        each.named = named


def write_changes(file: IO[bytes], changes: list[Change], *, since: datetime, at: datetime, territory: str) -> None:
    """Figures on one sheet, every organization behind them on the other."""
    about = [("Территория", territory, None, None), ("Прошлая справка", since, None, None), ("Сейчас", at, None, None)]
    figures = [(each.label, each.was, each.now, each.difference) for each in changes]
    write_xlsx(
        file,
        [
            Sheet("Изменения", ["Показатель", "Было", "Стало", "Разница"], [*about, *figures], widths=[40, 24, 14, 14]),
            Sheet(
                "Организации",
                ["Показатель", "Что изменилось", "Муниципалитет", "Организация", "ИНН"],
                _behind(changes),
                widths=[34, 16, 28, 60, 14],
            ),
        ],
    )


def _behind(changes: list[Change]) -> Iterator[tuple[Cell, ...]]:
    for each in changes:
        for words, pks in (("прибавилась", each.came), ("выбыла", each.left)):
            for row in (each.named[pk] for pk in pks if pk in each.named):
                yield each.label, words, row.municipality.name if row.municipality else "", row.name, row.inn
