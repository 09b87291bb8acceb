"""What part of the territory the desk shows: a municipality, schools or the others. It lives in the address."""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, TypeVar

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse

from coordination.figures import NO_MUNICIPALITY, SCHOOL, Group
from coordination.statuses import Measure
from organizations.models.organization import OrganizationQuerySet
from organizations.statuses import Kind

Rows = TypeVar("Rows", bound="QuerySet[Any]")
OTHERS = "others"
KINDS = [("", "все"), (Kind.SCHOOL, "школы"), (OTHERS, "другие организации")]


class ScopeForm(forms.Form):
    """What an address may say; what makes no sense in it is left out."""

    municipality = forms.RegexField(rf"^({NO_MUNICIPALITY}|[0-9]{{1,18}})\Z", required=False)
    kind = forms.ChoiceField(choices=KINDS, required=False)
    measure = forms.ChoiceField(choices=Measure.choices, required=False)


@dataclass(frozen=True)
class Scope:
    municipality: str = ""
    """A primary key, or «none»; empty for the whole territory."""
    kind: str = ""
    measure: str = Measure.REGISTERED
    as_of: str = ""
    """The past day that is shown; it stays in every address of its desk."""

    @classmethod
    def read(cls, data: QueryDict) -> "Scope":
        form = ScopeForm(data)
        form.full_clean()
        return cls(**{name: value for name, value in form.cleaned_data.items() if value})

    def here(self, rows: Rows) -> Rows:
        """Those of the municipality, of every kind: the headline shows both denominators.

        Organizations, or what was kept of them on a past day.
        """
        if not self.municipality:
            return rows
        return rows.filter(municipality=None if self.municipality == NO_MUNICIPALITY else int(self.municipality))

    def narrow(self, organizations: OrganizationQuerySet) -> OrganizationQuerySet:
        """Exactly those that the figures count."""
        here = self.here(organizations)
        if not self.kind:
            return here
        return here.filter(SCHOOL) if self.kind == Kind.SCHOOL else here.exclude(SCHOOL)

    def counts(self, group: Group) -> bool:
        return not self.kind or group.is_school == (self.kind == Kind.SCHOOL)

    @property
    def conditions(self) -> dict[str, str]:
        """What the list of organizations understands too."""
        return {name: value for name in ("municipality", "kind", "as_of") if (value := getattr(self, name))}

    def list_address(self, query: str = "", **more: str) -> str:
        """The list under these conditions, and under those of `query`, which go before.

        Without any it is the list of all: an address that asks for nothing opens the view that one starts with.
        """
        conditions = self.conditions | more
        return _address("coordination:organizations", tuple(conditions.items()), query if query or conditions else "q=")

    def desk_address(self, **changes: Any) -> str:
        """The desk with another part in sight."""
        other = replace(self, **changes)
        conditions = other.conditions
        if other.measure != Measure.REGISTERED:
            conditions["measure"] = other.measure
        return _address("coordination:dashboard", tuple(conditions.items()))


@lru_cache(maxsize=8192)  # a page of twenty municipalities has some eight hundred, the same at each look
def _address(view: str, conditions: tuple[tuple[str, str], ...], query: str = "") -> str:
    said = QueryDict(mutable=True)
    said.update(dict(conditions))
    for name, values in QueryDict(query).lists():
        said.setlist(name, values)
    return f"{reverse(view)}?{said.urlencode()}" if said else reverse(view)
