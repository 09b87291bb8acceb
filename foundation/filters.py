"""Filters whose fields clean what is typed into an address, as every form of the portal does."""

from typing import ClassVar

import django_filters
from crispy_forms.templatetags.crispy_forms_filters import as_crispy_field
from django import forms
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from foundation.fields import DayField, TextField


class SearchFilter(django_filters.Filter):
    field_class = TextField


class DayFilter(django_filters.Filter):
    field_class = DayField


class FoldedFilterSet(django_filters.FilterSet):
    """Conditions of which the `first` are always in sight and the others folded away.

    The choices of those folded away are the portal's own words, never anybody's data.
    """

    first: ClassVar[tuple[str, ...]] = ()
    _untouched: ClassVar[dict[type["FoldedFilterSet"], SafeString]] = {}

    @property
    def first_fields(self) -> list[forms.BoundField]:
        return [self.form[name] for name in self.first]

    @property
    def further_fields(self) -> list[forms.BoundField]:
        return [field for field in self.form if field.name not in self.first]

    @property
    def further_drawn(self) -> SafeString:
        """Fields; one drawing for everybody while none is set, for it took a tenth of the time of a page."""
        if self.is_narrowed_further:
            return _drawn(self.further_fields)
        kind = type(self)
        if kind not in self._untouched:
            self._untouched[kind] = _drawn(self.further_fields)
        return self._untouched[kind]

    @property
    def is_narrowed_further(self) -> bool:
        """Whether a condition that is folded away holds, or was refused."""
        return any(self.data.get(field.name) or field.errors for field in self.further_fields)


def _drawn(fields: list[forms.BoundField]) -> SafeString:
    return format_html_join("", "{}", ((as_crispy_field(field),) for field in fields))
