"""«Справка на сегодня»: what a coordinator hands to her ministry."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import IO

from django.db.models import Count

from coordination.figures import Figures, MunicipalityRow, by_municipality, figures_of
from foundation.sheets import Cell, Sheet, write_xlsx
from organizations.models import Milestone
from organizations.models.organization import OrganizationQuerySet
from organizations.statuses import AdministratorState, Source, Step

_MUNICIPAL = [
    "Муниципалитет",
    "Всего в списке",
    "Зарегистрировано",
    "Школ в списке",
    "Школ зарегистрировано",
    "Администратор подтверждён",
    "Ссылки выпущены",
    "Чаты перенесены",
]
_LISTED = [
    "Муниципалитет",
    "Организация",
    "Вид",
    "ИНН",
    "КПП",
    "Этап",
    "На этапе с",
    "Администратор",
    "Подтверждён",
]


def write_report(
    file: IO[bytes], organizations: OrganizationQuerySet, *, territory: str, at: datetime, by: str
) -> None:
    """Three sheets: totals with sources and the hour, a row per municipality, every organization."""
    figures = figures_of(organizations)
    rows = by_municipality(organizations)
    totals = _totals(figures, organizations, territory, at, by)
    write_xlsx(
        file,
        [
            Sheet("Итоги", ["Показатель", "Значение"], totals, widths=[64, 40]),
            Sheet("Муниципалитеты", _MUNICIPAL, map(_municipal, rows), totals=_sum(rows), widths=[34, *[17] * 7]),
            Sheet("Организации", _LISTED, _organizations(organizations), widths=[28, 60, 22, 14, 12, 30, 14, 28, 14]),
        ],
    )


def _totals(
    figures: Figures, organizations: OrganizationQuerySet, territory: str, at: datetime, by: str
) -> Iterator[tuple[str, str | int]]:
    yield "Территория", territory
    yield "Составлено", f"{at:%d.%m.%Y %H:%M}"
    yield "Составил(а)", by
    yield "Всего в списке", figures.total
    yield "Зарегистрировано в Сферуме", figures.registered
    yield "Школ в списке", figures.schools
    yield "Школ зарегистрировано", figures.schools_registered
    yield "Других организаций в списке", figures.others
    yield "Других организаций зарегистрировано", figures.others_registered
    for bar in figures.funnel():
        yield f"Этап: {bar.label.lower()}", bar.count
    for state in AdministratorState:
        yield f"Администратор {state.label}", figures.states[state]
    registered = Milestone.objects.filter(organization__in=organizations, step=Step.REGISTERED).order_by()
    sources = dict(registered.values_list("source").annotate(Count("pk")))
    for source in Source:
        yield f"Основание регистрации: {source.label}", sources.get(source, 0)


def _municipal(row: MunicipalityRow) -> tuple[str | int, ...]:
    return (
        row.name,
        row.total,
        row.registered,
        row.schools,
        row.schools_registered,
        row.confirmed,
        row.invited,
        row.migrated,
    )


def _sum(rows: Iterable[MunicipalityRow]) -> list[str | int]:
    columns = list(zip(*(_municipal(row)[1:] for row in rows), strict=True))
    return ["Итого", *(sum(int(number) for number in column) for column in columns)]


def _organizations(organizations: OrganizationQuerySet) -> Iterator[tuple[Cell, ...]]:
    for row in organizations.select_related("municipality").order_by("municipality__name", "search_key").iterator():
        yield (
            row.municipality.name if row.municipality else "",
            row.name,
            row.get_kind_display(),
            row.inn,
            row.kpp,
            row.get_step_display() if row.step else "ещё не начали",
            row.step_since,
            row.get_administrator_state_display(),
            row.administrator_confirmed_on,
        )
