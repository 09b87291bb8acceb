"""Filters of the list of letters. They live in the address, so that every figure links to exactly its rows."""

from datetime import date
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.functional import cached_property

from accounts.models import User
from correspondence.models import Lane, Letter, LetterStatus
from correspondence.statuses import OPEN
from foundation.filters import DayFilter, SearchFilter
from foundation.folding import fold
from organizations.models import Organization
from registrations.organization_letters import letters_for, queue_key, queues_of

STATES = {
    "waiting": ("ждут отправки", OPEN),
    "sent": ("доставлены серверу", (LetterStatus.SENT,)),
    "failed": ("не доставлены", (LetterStatus.FAILED,)),
    "kept": ("учебный режим: не отправлены", (LetterStatus.KEPT,)),
    "aborted": ("отменены", (LetterStatus.ABORTED,)),
}
_KINDS = [(Lane.CASE, "в Сферум"), (Lane.NOTICE, "людям организаций"), (Lane.ACCESS, "коды для входа")]
Letters = QuerySet[Letter]


class LetterFilter(django_filters.FilterSet):
    q = SearchFilter(
        label="Поиск",
        method="search",
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "тема, номер или адрес"}),
    )
    organization = SearchFilter(
        label="Организация",
        method="of_organizations",
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "название или ИНН"}),
    )
    state = django_filters.ChoiceFilter(
        label="Состояние",
        choices=[(name, label) for name, (label, _) in STATES.items()],
        method="in_state",
        empty_label="любое",
    )
    kind = django_filters.ChoiceFilter(label="Кому", choices=_KINDS, field_name="lane", empty_label="всем")
    since = DayFilter(label="Написаны с", method="written_since")
    until = DayFilter(label="по", method="written_until")
    of = SearchFilter(label="Одной организации", method="of_one", widget=forms.HiddenInput)

    class Meta:
        model = Letter
        fields: list[str] = []

    def __init__(self, data: QueryDict, user: User) -> None:
        self.organizations = Organization.objects.visible_to(user)
        super().__init__(data, letters_for(user).order_by("-created_at", "-pk"))
        if not user.is_staff:  # codes belong to no organization
            self.filters["kind"].extra["choices"] = _KINDS[:2]

    @property
    def found(self) -> Letters:
        """The rows; none where a filter in the address makes no sense, with the reason at its field."""
        rows: Letters = self.qs if self.is_valid() else self.queryset.none()
        return rows

    @cached_property
    def one(self) -> Organization | None:
        """The organization whose letters are asked for, on its own tab."""
        typed = str(self.data.get("of", ""))
        if not (typed.isascii() and typed.isdigit() and len(typed) < 19):
            return None
        return self.organizations.filter(pk=typed).first()

    @property
    def first_fields(self) -> list[forms.BoundField]:
        names = ("q", "state", "kind") if self.one else ("q", "organization", "state", "kind")
        return [self.form[name] for name in names]

    @property
    def day_fields(self) -> list[forms.BoundField]:
        return [self.form[name] for name in ("since", "until")]

    @property
    def is_narrowed_by_day(self) -> bool:
        return any(field.data or field.errors for field in self.day_fields)

    @property
    def is_narrowed(self) -> bool:
        typed = getattr(self.form, "cleaned_data", {})
        return any(value not in (None, "") for name, value in typed.items() if name != "of")

    def search(self, letters: Letters, name: str, value: str) -> Letters:
        """SQLite compares Russian letters as they are written: numbers stand in capitals, subjects begin with one."""
        written = {value, value.lower(), value.capitalize()}
        found = Q(recipient__icontains=value) | Q(thread__contains=value.upper())
        for each in written:
            found |= Q(subject__icontains=each) & ~Q(lane=Lane.ACCESS)  # there the subject is the code
        return letters.filter(found)

    def of_organizations(self, letters: Letters, name: str, value: str) -> Letters:
        organizations = self.organizations
        for word in fold(value).split():
            organizations = organizations.filter(search_key__contains=word)
        return letters.filter(queue__in=queues_of(organizations))

    def of_one(self, letters: Letters, name: str, value: str) -> Letters:
        return letters.filter(queue=queue_key(value))

    def in_state(self, letters: Letters, name: str, value: str) -> Letters:
        return letters.filter(status__in=STATES[value][1])

    def written_since(self, letters: Letters, name: str, value: date) -> Letters:
        return letters.filter(created_at__date__gte=value)

    def written_until(self, letters: Letters, name: str, value: Any) -> Letters:
        return letters.filter(created_at__date__lte=value)
