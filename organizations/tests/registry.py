"""Registry files in memory, for the tests of the import."""

from typing import Any

from foundation.tables import Table
from organizations.import_apply import apply
from organizations.imports import ImportPlan, plan_import

HEAD = ["Регион", "Муниципалитет", "Полное наименование", "ИНН", "КПП", "ОГРН"]
INN, OTHER_INN = "7004003510", "7009002622"
KPP = "700401001"
OGRN = "1157700015846"
SCHOOL = ["Томская область", "Асиновский район", "МБОУ «Школа № 1»", INN, KPP, ""]


def table(*rows: list[str], head: list[str] = HEAD) -> Table:
    return Table([head, *rows], "registry.csv")


def columns(**cells: str) -> Table:
    """One school with these columns beside the usual ones; `_` stands for a space in a title."""
    return table([*SCHOOL, *cells.values()], head=[*HEAD, *(title.replace("_", " ") for title in cells)])


def run(source: Table, **scope: Any) -> ImportPlan:
    plan = plan_import(source, **scope)
    apply(plan, by=None)
    assert sum(plan.counts.values()) == len(plan.rows), "every row read has one outcome"
    assert len(plan.reasons) == plan.counts["refused"]
    return plan


def counts(plan: ImportPlan) -> tuple[int, int, int, int]:
    return plan.counts["added"], plan.counts["changed"], plan.counts["same"], plan.counts["refused"]


def reason(plan: ImportPlan) -> str:
    assert plan.reasons, plan.counts
    return plan.reasons[0].reason
