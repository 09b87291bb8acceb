"""Filters of the work list: those of the list of organizations, and why an organization needs a human."""

from typing import Any

import django_filters
from django import forms

from coordination.filters import OrganizationFilter
from coordination.statuses import Reason
from coordination.worklist import WorkList
from organizations.models.organization import OrganizationQuerySet


class WorkFilter(OrganizationFilter):
    first = ("q", "municipality", "reason")
    as_of = closed = None  # nobody is called about a past day, nor in an organization that is no more
    reason = django_filters.ChoiceFilter(
        label="Почему нужен звонок", choices=Reason.choices, method="kept", empty_label="любая причина"
    )
    put_off = django_filters.BooleanFilter(label="Отложенные", method="kept", widget=forms.CheckboxInput)

    def kept(self, queryset: OrganizationQuerySet, name: str, value: Any) -> OrganizationQuerySet:
        """The work list itself decides: it counts every reason over the same organizations."""
        return queryset

    @property
    def work(self) -> WorkList:
        found = self.found  # cleans the form
        asked = getattr(self.form, "cleaned_data", {})
        return WorkList(found, reason=asked.get("reason") or "", put_off=bool(asked.get("put_off")))
