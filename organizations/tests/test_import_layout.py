"""Titles, two-row headers, totals and footnotes around the rows."""

import pytest

from foundation.tables import NotATable, Table
from organizations.imports import plan_import
from organizations.models import Organization
from organizations.tests.registry import INN, KPP, SCHOOL, counts, reason, run, table

pytestmark = pytest.mark.django_db


def test_titles_two_headers_column_numbers_sections_totals_and_footnotes() -> None:
    rows = [
        ["Приложение № 1"],
        ["Сведения об организациях (по состоянию на 16.09.2026)"],
        [],
        ["№ п/п", "Муниципальное образование", "Краткое\nнаименование", "Реквизиты", "", "Контакты", ""],
        ["", "", "", "ИНН", "КПП", "телефон", "эл. почта"],
        ["1", "2", "3", "4", "5", "6", "7"],
        ["Асиновский район"],
        ["1", "Асиновский район", "МБОУ СОШ № 1", INN, KPP, "8(38241) 2-10-01", "school@edu.ru"],
        ["", "Итого по Асиновскому району", "1"],
        ["ИТОГО", "", "1"],
        ["* по данным муниципалитетов"],
        ["Исп.: Петрова, тел. 8 (3822) 00-00-00"],
    ]
    plan = run(Table(rows), region="70")
    assert counts(plan) == (1, 0, 0, 0)
    assert plan.rows[0].row.number == 8
    organization = Organization.objects.get()
    assert (organization.short_name, organization.full_name) == ("МБОУ СОШ № 1", "МБОУ СОШ № 1")
    assert (organization.phone, organization.email) == ("8(38241) 2-10-01", "school@edu.ru")


def test_a_row_longer_than_the_header_is_refused() -> None:
    assert "больше ячеек" in reason(run(table([*SCHOOL, "", "лишнее"])))


def test_what_is_no_list_of_organizations_is_refused_whole() -> None:
    with pytest.raises(NotATable, match="нет строки заголовков"):
        plan_import(Table([["Дата", "Сумма"], ["1", "2"]] * 20))
    with pytest.raises(NotATable, match="ни одной строки"):
        plan_import(table())
