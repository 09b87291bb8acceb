"""«Журнал выгрузок»: every table that left the portal in somebody's hands, of every room, as the journal has it."""

from dataclasses import dataclass
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict

from accounts.models import User
from coordination.filters import OrganizationFilter
from coordination.models import Export
from coordination.timeline import WORDS
from coordination.work_filters import WorkFilter
from foundation.filters import DayFilter
from organizations.models import Coordinator, Event

# What leaves the portal is told by verbs that end alike, in whatever room it is.
VERBS = tuple(verb for verb in WORDS if verb.endswith(("exported", "downloaded")))
_EXPORT = Export._meta.label_lower


class LogFilter(django_filters.FilterSet):  # the library has no annotations
    by = django_filters.ChoiceFilter(label="Кто", method="done_by", empty_label="все")
    verb = django_filters.ChoiceFilter(label="Что", choices=[(verb, WORDS[verb]) for verb in VERBS], empty_label="всё")
    since = DayFilter(label="С", field_name="at", lookup_expr="date__gte")
    until = DayFilter(label="По", field_name="at", lookup_expr="date__lte")
    names = django_filters.BooleanFilter(
        label="Только с именами", method="with_names", widget=forms.CheckboxInput, required=False
    )

    class Meta:
        model = Event
        fields: list[str] = []

    def __init__(self, data: QueryDict, user: User) -> None:
        """A coordinator of a region sees what its coordinators took, portal staff everything."""
        rows = Event.objects.filter(verb__in=VERBS).select_related("by")
        if not user.is_staff:
            regions = Coordinator.objects.acting().filter(user=user, municipality=None).values("region")
            theirs = Coordinator.objects.filter(region__in=regions).values("user")
            rows = rows.filter(Q(region__in=regions) | Q(region=None, by__in=theirs))
        super().__init__(data, rows.order_by("-at", "-pk"))
        people = User.objects.filter(pk__in=rows.order_by().values("by")).order_by("full_name", "pk")
        self.filters["by"].extra["choices"] = [(str(pk), name) for pk, name in people.values_list("pk", "full_name")]

    @property
    def found(self) -> "QuerySet[Event]":
        rows: QuerySet[Event] = self.qs if self.is_valid() else self.queryset.none()
        return rows

    def done_by(self, queryset: "QuerySet[Event]", name: str, value: str) -> "QuerySet[Event]":
        return queryset.filter(by=int(value))

    def with_names(self, queryset: "QuerySet[Event]", name: str, value: Any) -> "QuerySet[Event]":
        named = Export.objects.filter(with_names=True).values("pk")
        return queryset.filter(object_type=_EXPORT, object_id__in=named) if value else queryset


@dataclass(frozen=True)
class Line:
    event: Event
    words: str
    export: Export | None
    conditions: str


def lines_of(events: list[Event], user: User) -> list[Line]:
    """Each with what is known of its file. Two statements for however many."""
    numbers = [event.object_id for event in events if event.object_type == _EXPORT]
    exports = Export.objects.defer("content").in_bulk(numbers)
    labels = _labels(WorkFilter(QueryDict(), user))  # what a list of calls is narrowed by, and any other list
    lines = []
    for event in events:
        export = exports.get(event.object_id) if event.object_type == _EXPORT else None
        conditions = export.territory or conditions_in_words(QueryDict(export.query), labels) if export else ""
        lines.append(Line(event, WORDS[event.verb], export, conditions))
    return lines


def conditions_in_words(data: QueryDict, labels: dict[str, tuple[str, dict[str, str]]]) -> str:
    """«Вид: школа; Этап сейчас: ещё не начали», «без условий»; what was typed into the search stands as it was."""
    words = [
        f"{labels[name][0]}: {', '.join(labels[name][1].get(value, value) for value in values)}"
        for name, values in data.lists()
        if name in labels and any(values)
    ]
    return "; ".join(words) or "без условий"


def _labels(filters: OrganizationFilter) -> dict[str, tuple[str, dict[str, str]]]:
    """Field → its label and the words of its choices."""
    flags = {"true": "да", "on": "да"}
    return {
        name: (
            str(field.label),
            {str(key): str(words) for key, words in getattr(field, "choices", ())} or flags,
        )
        for name, field in filters.form.fields.items()
    }
