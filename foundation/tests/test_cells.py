"""A table draws the same cells as its library would, and a `<select>` the same choices as Django's own template."""

from typing import Any

import django_tables2 as tables
from django import forms
from django.forms.renderers import DjangoTemplates
from django.test.html import parse_html
from django.utils.html import format_html

from foundation.columns import Cell, SelectColumn
from foundation.templatetags.look import options_of
from organizations.models import Municipality, Organization
from organizations.statuses import Kind


class Everything(tables.Table):  # type: ignore[misc]
    chosen = SelectColumn()
    name = tables.Column(accessor="name")
    municipality = tables.Column(accessor="municipality__name")
    kind = tables.Column()
    phone = tables.Column(empty_values=())
    site = tables.Column(default="нет")
    email = tables.Column()

    def render_phone(self, record: Organization) -> str:
        return format_html("<b>{}</b>", record.phone or "нет телефона")

    def render_email(self, value: str, record: Organization) -> str:
        return f"{record.name}: {value}"


ROWS = [
    Organization(pk=1, short_name="Школа <1>", kind=Kind.SCHOOL, site="s.example", email="a@example.ru"),
    Organization(pk=2, full_name="Сад", kind=Kind.KINDERGARTEN, municipality=Municipality(name="Асино"), phone="2-11"),
]


def test_a_cell_is_what_the_library_makes_of_it() -> None:
    table = Everything(ROWS)
    cells = [Cell(column) for column in table.columns]
    for row in table.rows:
        assert [cell.content(row.record) for cell in cells] == [content for _, content in row.items()]


def test_each_kind_of_cell_was_compared() -> None:
    table = Everything(ROWS)
    known = {cell.label: [cell.content(row.record) for row in table.rows] for cell in map(Cell, table.columns)}
    assert known["Kind"] == ["школа", "детский сад"]
    assert known["Municipality"] == ["—", "Асино"]
    assert known["Site"] == ["s.example", "нет"]
    assert known["Phone"] == ["<b>нет телефона</b>", "<b>2-11</b>"]


class Choosing(forms.Form):
    place = forms.ChoiceField(
        choices=[
            ("", "все"),
            (None, "не задан"),
            (5, "<Пятый> & шестой"),
            ("Город", [("7", "Седьмой"), ("8", "Восьмой")]),
        ]
    )


def test_choices_are_those_of_djangos_own_template() -> None:
    def drawn(**form: Any) -> Any:
        return parse_html(str(Choosing({"place": "8"}, **form)["place"]))

    assert drawn() == drawn(renderer=DjangoTemplates())


def test_what_stands_in_a_choice_is_no_markup() -> None:
    assert options_of([{"value": '"><b>', "attrs": {"selected": True}, "label": "<b>"}]) == (
        '<option value="&quot;&gt;&lt;b&gt;" selected>&lt;b&gt;</option>'
    )
