"""«Справка на дату»: what a coordinator hands to her ministry, as a workbook and on paper."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from io import BytesIO
from itertools import groupby
from typing import Any

from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.formats import date_format

from coordination.figures import Bar, Figures, Group, MunicipalityRow, groups_of, kept_groups_of, municipalities_of
from coordination.models import Standing
from coordination.past import Past
from foundation.papers import typeset
from foundation.sheets import Cell, Sheet, write_xlsx
from organizations.models import Milestone, Organization, Region
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
class Report:
    rows: "QuerySet[Any]"
    """What is listed: organizations, or their standings of a past day, which bear the same names."""
    territory: str
    at: datetime
    by: str
    region: Region | None = None
    past: Past | None = None

    @cached_property
    def groups(self) -> list[Group]:
        return kept_groups_of(self.rows) if self.past else groups_of(self.rows)

    @cached_property
    def figures(self) -> Figures:
        return Figures.of(self.groups)

    @cached_property
    def municipalities(self) -> list[MunicipalityRow]:
        return municipalities_of(self.groups)

    @property
    def day(self) -> date:
        """The day whose state it tells."""
        return self.past.kept if self.past and self.past.kept else self.at.date()

    @property
    def title(self) -> str:
        return f"{self.territory}, на {self.day:%d.%m.%Y}" if self.past else self.territory

    @property
    def source(self) -> str:
        day = date_format(self.day, "j E Y")
        if self.past is None or self.past.at is None:
            return f"по данным портала на {day} года, {self.at:%H:%M}"
        words = f"по данным портала на конец дня {day} года, снимок {timezone.localtime(self.past.at):%d.%m.%Y %H:%M}"
        if self.past.day != self.day:
            words += f". За {self.past.day:%d.%m.%Y} снимка нет, взят ближайший более ранний"
        return f"{words}. Названия организаций – сегодняшние"


def report_workbook(report: Report) -> tuple[bytes, int]:
    """Totals with the hour, a row per municipality, a sheet with the organizations of each; and their number."""
    file, rows = BytesIO(), report.municipalities
    write_xlsx(
        file,
        [
            Sheet("Итоги", ["Показатель", "Значение", "Доля"], _totals(report), widths=[64, 40, 10]),
            Sheet("Муниципалитеты", _MUNICIPAL, map(_municipal, rows), totals=_sum(rows), widths=[34, *[17] * 7]),
            *_sheets(report),
        ],
    )
    return file.getvalue(), report.figures.total


def _totals(report: Report) -> Iterator[tuple[Cell, ...]]:
    yield "Территория", report.territory
    yield "Составлено", f"{report.at:%d.%m.%Y %H:%M}"
    yield "Источник", report.source
    yield "Составил(а)", report.by
    for bar in _bars(report.figures):
        yield bar.label, bar.count, _percent(bar)
    if report.past:
        return  # snapshots do not keep on whose word a registration rests
    registered = Milestone.objects.filter(organization__in=report.rows, step=Step.REGISTERED).order_by()
    numbers = dict(registered.values_list("source").annotate(Count("pk")))
    for source in Source:
        yield f"Основание регистрации: {source.label}", numbers.get(source, 0)


def _bars(figures: Figures) -> Iterator[Bar]:
    """What stands in the table of totals, each with the whole of which it is a part."""
    yield Bar("Всего в списке", figures.total, 0, "")
    yield Bar("Зарегистрировано в Сферуме", figures.registered, figures.total, "")
    yield Bar("Школ в списке", figures.schools, 0, "")
    yield Bar("Школ зарегистрировано", figures.schools_registered, figures.schools, "")
    yield Bar("Других организаций в списке", figures.others, 0, "")
    yield Bar("Других организаций зарегистрировано", figures.others_registered, figures.others, "")
    for bar in figures.funnel():
        yield Bar(f"Этап: {bar.label[0].lower()}{bar.label[1:]}", bar.count, bar.total, "")
    for bar in figures.administrators():
        yield Bar(f"Администратор {bar.label}", bar.count, bar.total, "")


def _percent(bar: Bar) -> str:
    """Nothing for groups under five, where a percent says more than the data do."""
    return "" if bar.share is None else f"{bar.share} %"


def _sheets(report: Report) -> list[Sheet]:
    """A sheet for each municipality by name; organizations whose municipality is unknown stand last."""
    beside, its = (["organization"], "organization__") if report.past else ([], "")
    by_name = [f"{its}{name}" for name in _BY_NAME]
    rows = report.rows.select_related("municipality", *beside).order_by("municipality__name", "municipality", *by_name)
    groups = [(place, list(group)) for place, group in groupby(rows, key=lambda row: row.municipality)]
    groups.sort(key=lambda group: (group[0] is None, group[0].name if group[0] else ""))
    return [
        Sheet(
            place.name if place else "Муниципалитет не указан",
            _LISTED,
            map(_listed, group),
            totals=[f"Всего: {len(group)}", "", "", "", f"зарегистрировано: {sum(map(_is_registered, group))}"],
            widths=[60, 22, 14, 12, 30, 14, 28, 14],
        )
        for place, group in groups
    ]


def _is_registered(row: Organization | Standing) -> bool:
    return (row.step or 0) >= Step.REGISTERED


def _listed(row: Organization | Standing) -> tuple[Cell, ...]:
    """Names and numbers are today's; when the administrator was confirmed snapshots do not keep."""
    organization, confirmed_on = (
        (row.organization, None) if isinstance(row, Standing) else (row, row.administrator_confirmed_on)
    )
    return (
        organization.name,
        row.get_kind_display(),
        organization.inn,
        organization.kpp,
        row.get_step_display() if row.step else "ещё не начали",
        row.step_since,
        row.get_administrator_state_display(),
        confirmed_on,
    )


def report_paper(report: Report) -> tuple[bytes, int]:
    """The report on A4 with a line to sign on, and the number of its organizations."""
    figures, region = report.figures, report.region
    data: dict[str, Any] = {
        "department": region.department_name or region.name if region else "",
        "phone": region.department_phone if region else "",
        "territory": report.territory,
        "on": date_format(report.day, "j E Y"),
        "source": report.source,
        "by": report.by,
        "totals": [[bar.label, bar.count, _percent(bar)] for bar in list(_bars(figures))[:6]],
        "funnel": [[bar.label, bar.count, _percent(bar)] for bar in figures.funnel()],
        "administrators": [[bar.label, bar.count, _percent(bar)] for bar in figures.administrators()],
        "columns": _MUNICIPAL,
        "municipalities": [_municipal(row) for row in report.municipalities],
        "sum": _sum(report.municipalities),
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
