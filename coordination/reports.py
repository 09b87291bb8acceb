"""«Справка на дату»: what a coordinator hands to her ministry, as a workbook and on paper."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import IO, Any

from django.db.models import Count
from django.utils.formats import date_format

from coordination.figures import Bar, Figures, MunicipalityRow, by_municipality, figures_of
from foundation.papers import typeset
from foundation.sheets import Cell, Sheet, write_xlsx
from organizations.models import Milestone, Organization, Region
from organizations.models.organization import OrganizationQuerySet
from organizations.statuses import Source, Step

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
    "Организация",
    "Вид",
    "ИНН",
    "КПП",
    "Этап",
    "На этапе с",
    "Администратор",
    "Подтверждён",
]
_BY_NAME = ("search_key", "pk")


@dataclass(frozen=True)
class Standing:
    """How a territory stands: its figures, its municipalities, and on whose word the registrations rest."""

    figures: Figures
    municipalities: list[MunicipalityRow]
    sources: dict[str, int] = field(default_factory=dict)


def standing_now(organizations: OrganizationQuerySet) -> Standing:
    """Three statements over the rows as they are."""
    registered = Milestone.objects.filter(organization__in=organizations, step=Step.REGISTERED).order_by()
    sources = dict(registered.values_list("source").annotate(Count("pk")))
    return Standing(figures_of(organizations), by_municipality(organizations), sources)


@dataclass(frozen=True)
class Report:
    organizations: OrganizationQuerySet
    territory: str
    at: datetime
    by: str
    region: Region | None = None
    figures: Callable[[OrganizationQuerySet], Standing] = standing_now
    """Where the figures come from: the rows of this hour, or what was kept of an earlier day."""


def write_report(file: IO[bytes], report: Report) -> int:
    """Totals with the hour, a row per municipality, a sheet with the organizations of each; returns their number."""
    standing = report.figures(report.organizations)
    rows = standing.municipalities
    write_xlsx(
        file,
        [
            Sheet("Итоги", ["Показатель", "Значение", "Доля"], _totals(report, standing), widths=[64, 40, 10]),
            Sheet("Муниципалитеты", _MUNICIPAL, map(_municipal, rows), totals=_sum(rows), widths=[34, *[17] * 7]),
            *_sheets(report.organizations),
        ],
    )
    return standing.figures.total


def _totals(report: Report, standing: Standing) -> Iterator[tuple[Cell, ...]]:
    yield "Территория", report.territory
    yield "Составлено", f"{report.at:%d.%m.%Y %H:%M}"
    yield "Источник", source_words(report.at)
    yield "Составил(а)", report.by
    for bar in _bars(standing.figures):
        yield bar.label, bar.count, _percent(bar)
    for source in Source:
        yield f"Основание регистрации: {source.label}", standing.sources.get(source, 0)


def _bars(figures: Figures) -> Iterator[Bar]:
    """What stands in the table of totals, each with the whole of which it is a part."""
    yield Bar("Всего в списке", figures.total, 0, "")
    yield Bar("Зарегистрировано в Сферуме", figures.registered, figures.total, "")
    yield Bar("Школ в списке", figures.schools, 0, "")
    yield Bar("Школ зарегистрировано", figures.schools_registered, figures.schools, "")
    yield Bar("Других организаций в списке", figures.others, 0, "")
    yield Bar("Других организаций зарегистрировано", figures.others_registered, figures.others, "")
    for bar in figures.funnel():
        yield Bar(f"Этап: {bar.label.lower()}", bar.count, bar.total, "")
    for bar in figures.administrators():
        yield Bar(f"Администратор {bar.label}", bar.count, bar.total, "")


def _percent(bar: Bar) -> str:
    """Nothing for groups under five, where a percent says more than the data do."""
    return "" if bar.share is None else f"{bar.share} %"


def source_words(at: datetime) -> str:
    return f"по данным портала на {date_format(at, 'j E Y')} года, {at:%H:%M}"


def _sheets(organizations: OrganizationQuerySet) -> list[Sheet]:
    """A sheet for each municipality by name; organizations whose municipality is unknown stand last."""
    rows = organizations.select_related("municipality").order_by("municipality__name", "municipality", *_BY_NAME)
    groups = [(place, list(group)) for place, group in groupby(rows, key=lambda row: row.municipality)]
    groups.sort(key=lambda group: (group[0] is None, group[0].name if group[0] else ""))
    return [
        Sheet(
            place.name if place else "Муниципалитет не указан",
            _LISTED,
            map(_listed, group),
            totals=[f"Всего: {len(group)}", "", "", "", f"зарегистрировано: {sum(o.is_registered for o in group)}"],
            widths=[60, 22, 14, 12, 30, 14, 28, 14],
        )
        for place, group in groups
    ]


def _listed(row: Organization) -> tuple[Cell, ...]:
    return (
        row.name,
        row.get_kind_display(),
        row.inn,
        row.kpp,
        row.get_step_display() if row.step else "ещё не начали",
        row.step_since,
        row.get_administrator_state_display(),
        row.administrator_confirmed_on,
    )


def report_paper(report: Report) -> tuple[bytes, int]:
    """The report on A4 with a line to sign on, and the number of its organizations."""
    standing, region = report.figures(report.organizations), report.region
    figures, rows = standing.figures, standing.municipalities
    data: dict[str, Any] = {
        "department": region.department_name or region.name if region else "",
        "phone": region.department_phone if region else "",
        "territory": report.territory,
        "on": date_format(report.at, "j E Y"),
        "source": source_words(report.at),
        "by": report.by,
        "totals": [[bar.label, bar.count, _percent(bar)] for bar in list(_bars(figures))[:6]],
        "funnel": [[bar.label, bar.count, _percent(bar)] for bar in figures.funnel()],
        "administrators": [[bar.label, bar.count, _percent(bar)] for bar in figures.administrators()],
        "columns": _MUNICIPAL,
        "municipalities": [_municipal(row) for row in rows],
        "sum": _sum(rows),
    }
    return typeset("coordination/print/report.typ", data), figures.total


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
