"""What a merging changes, told by comparing the rows before and after it, and how each of them is put back.

A comparison forgets no statement of the merging; a test holds every table against it.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q

from coordination.merging_rules import MARKS, MOVES, OF_CLASS, REWRITTEN
from organizations.models import Organization, SchoolClass
from registrations.models import CaseLetter

Model = type[models.Model]
Row = dict[str, Any]
Line = tuple[str, dict[str, list[Any]], list[int]]
"""Model, columns with what they held before and after, the rows that changed like this."""
_OWNERS = {"organization_id", "school_class_id"}
_PIECE = 5_000
"""Primary keys in one statement: SQLite takes some ten thousands."""


def _watched() -> dict[Model, list[str]]:
    columns: dict[Model, list[str]] = defaultdict(list)
    pairs: list[tuple[Model, str]] = [(move.model, move.field) for move in MOVES]
    pairs += [(CaseLetter, "organization"), *OF_CLASS]
    pairs += [(model, name) for model, names in REWRITTEN.items() for name in names]
    for model, name in pairs:
        columns[model].append(str(model._meta.get_field(name).attname))  # type: ignore[union-attr]
    return columns


WATCHED = _watched()


class Before:
    """The rows that a merging may touch, as they were; `changes` and `deleted` tell what came of them."""

    def __init__(self, winner: Organization, loser: Organization) -> None:
        both = (winner.pk, loser.pk)
        self.rows = {model: dict(_read(model, names, _theirs(model, both))) for model, names in WATCHED.items()}
        self.marks = {model: list(model._default_manager.filter(_theirs(model, both)).values()) for model in MARKS}

    def changes(self) -> list[Line]:
        found: dict[tuple[Model, str], tuple[dict[str, list[Any]], list[int]]] = {}
        for model, names in WATCHED.items():
            for pk, now in _those(model, names, self.rows[model]):
                told = {name: [was, now[name]] for name, was in self.rows[model][pk].items() if was != now[name]}
                if told:
                    found.setdefault((model, repr(told)), (told, []))[1].append(pk)
        lines = [(model._meta.label_lower, *line) for (model, _), line in found.items()]
        # Whose a row is goes back first: only then there is room for what stood in its place.
        return sorted(lines, key=lambda line: _OWNERS.isdisjoint(line[1]))

    def deleted(self) -> list[tuple[str, Row]]:
        gone = []
        for model, rows in self.marks.items():
            left = set(model._default_manager.filter(pk__in=[row["id"] for row in rows]).values_list("pk", flat=True))
            gone += [(model._meta.label_lower, _plain(dict(row))) for row in rows if row["id"] not in left]
        return gone


def _theirs(model: Model, both: Sequence[int]) -> Q:
    """Whatever hangs on the two, by itself or by a class of theirs."""
    if model is Organization:
        return Q(pk__in=both) | Q(successor__in=both)
    where = Q(pk=None)
    for move in MOVES:
        if move.model is model:
            where |= Q(**{f"{move.field}__in": both})
    for each, name in OF_CLASS:
        if each is model:
            where |= Q(**{f"{name}__in": SchoolClass.objects.filter(organization__in=both).order_by().values("pk")})
    return where if where != Q(pk=None) else Q(organization__in=both)


def _read(model: Model, names: Sequence[str], where: Q) -> Iterator[tuple[int, Row]]:
    rows = model._default_manager.filter(where).order_by().values("pk", *dict.fromkeys(names))
    for row in rows.iterator():
        yield row.pop("pk"), _plain(row)


def _those(model: Model, names: Sequence[str], pks: dict[int, Any] | Sequence[int]) -> Iterator[tuple[int, Row]]:
    every = list(pks)
    for start in range(0, len(every), _PIECE):
        yield from _read(model, names, Q(pk__in=every[start : start + _PIECE]))


def _plain(row: Row) -> Row:
    """As JSON keeps it, to the microsecond."""
    known = (str, int, bool, type(None))
    return {
        name: value.isoformat() if isinstance(value, date) else value if type(value) in known else str(value)
        for name, value in row.items()
    }


def as_stored(model: Model, row: Row) -> Row:
    """The values of JSON as the columns hold them."""
    columns = {field.attname: field for field in model._meta.concrete_fields}
    return {name: columns[name].to_python(value) for name, value in row.items()}


def put_back(lines: Sequence[Line], *, but: Sequence[int]) -> None:
    """Every row that still is as the merging left it. Rows that somebody has changed since, or that are gone, stay.

    Not the organizations `but`: their facts go back one by one.
    """
    for label, told, pks in lines:
        model = apps.get_model(label)
        if model is Organization:
            pks = [pk for pk in pks if pk not in but]
        left = as_stored(model, {name: after for name, (_, after) in told.items()})
        came = as_stored(model, {name: before for name, (before, _) in told.items()})
        for start in range(0, len(pks), _PIECE):
            rows = model._default_manager.filter(pk__in=pks[start : start + _PIECE], **left)
            rows.order_by().update(**came)


def put_back_deleted(rows: Sequence[tuple[str, Row]]) -> None:
    for label, row in rows:
        model = apps.get_model(label)
        model._default_manager.bulk_create([model(**as_stored(model, row))], ignore_conflicts=True)


def facts_of(lines: Sequence[Line], pk: int) -> dict[str, list[Any]]:
    """What the journal says of this organization itself: column, what it held before and after."""
    found: dict[str, list[Any]] = {}
    for label, told, pks in lines:
        if label == Organization._meta.label_lower and pk in pks:
            found |= told
    return found
