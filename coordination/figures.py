"""Figures over a territory. Each is counted by one statement over the same queryset that its link shows."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.models import Case, Count, Q, QuerySet, Value, When

from organizations.journey import holder_at
from organizations.models import Organization
from organizations.models.organization import OrganizationQuerySet
from organizations.statuses import AdministratorState, Holder, Kind, Step
from registrations.models import Case as SomeCase
from registrations.models import CaseLetter, HandoverRequest, HelpRequest, RegistrationRequest

SCHOOL = Q(kind=Kind.SCHOOL)
SMALLEST_GROUP = 5
NO_MUNICIPALITY = "none"
# Cases for which Support or the manager owes an answer while they are "submitted".
WAITED_FOR = (RegistrationRequest, HandoverRequest, HelpRequest)


def share(part: int, whole: int) -> int | None:
    """Percent, rounded; None for groups under five, where a percent says more than the data do."""
    return round(100 * part / whole) if whole >= SMALLEST_GROUP else None


@dataclass(frozen=True)
class Bar:
    """One row of a chart: its words, its number of all, and the query of its list."""

    label: str
    count: int
    total: int
    query: str

    @property
    def share(self) -> int | None:
        return share(self.count, self.total)


class Group(NamedTuple):
    """Organizations that are alike in everything the desk counts, and how many they are."""

    municipality: int | None
    place: str | None
    is_school: bool
    step: int | None
    state: str
    holder: str
    number: int

    @property
    def is_registered(self) -> bool:
        return (self.step or 0) >= Step.REGISTERED


def groups_of(organizations: "QuerySet[Organization]") -> list[Group]:
    """All figures of the road come from this one grouping. Whose move it is follows from step and state."""
    return [
        Group(place, name, is_school, step, state, holder_at(step, state), number)
        for place, name, is_school, step, state, number in _alike(organizations)
    ]


def kept_groups_of(standings: "QuerySet[Any]") -> list[Group]:
    """The same of a past day; whose move it was then was kept with it."""
    return [Group(*row) for row in _alike(standings, "holder")]


def _alike(rows: "QuerySet[Any]", *more: str) -> Iterable[Any]:
    names = ("municipality", "municipality__name", "is_school", "step", "administrator_state", *more)
    told = rows.order_by().annotate(is_school=Case(When(SCHOOL, then=Value(True)), default=Value(False)))
    groups: Iterable[Any] = told.values_list(*names).annotate(number=Count("pk"))
    return groups


@dataclass
class Figures:
    """What stands on the desk and in the report about a set of organizations."""

    total: int = 0
    registered: int = 0
    schools: int = 0
    schools_registered: int = 0
    steps: Counter[int | None] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    holders: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, groups: Iterable[Group]) -> "Figures":
        figures = cls()
        for group in groups:
            figures.add(group)
        return figures

    @classmethod
    def sum_of(cls, parts: "Iterable[Figures]") -> "Figures":
        """Of the municipalities that make up a territory: these are far fewer than the groups."""
        whole = cls()
        for part in parts:
            whole.total += part.total
            whole.registered += part.registered
            whole.schools += part.schools
            whole.schools_registered += part.schools_registered
            whole.steps.update(part.steps)
            whole.states.update(part.states)
            whole.holders.update(part.holders)
        return whole

    def add(self, group: Group) -> None:
        registered = group.number * group.is_registered
        self.total += group.number
        self.registered += registered
        self.schools += group.number * group.is_school
        self.schools_registered += registered * group.is_school
        self.steps[group.step] += group.number
        self.states[group.state] += group.number
        self.holders[group.holder] += group.number

    def reached(self, step: Step) -> int:
        """How many have come to this step or to a later one."""
        return sum(number for at, number in self.steps.items() if at and at >= step)

    @property
    def others(self) -> int:
        return self.total - self.schools

    @property
    def others_registered(self) -> int:
        return self.registered - self.schools_registered

    @property
    def schools_share(self) -> int | None:
        return share(self.schools_registered, self.schools)

    @property
    def others_share(self) -> int | None:
        return share(self.others_registered, self.others)

    @property
    def confirmed(self) -> int:
        return self.states[AdministratorState.CONFIRMED]

    @property
    def invited(self) -> int:
        return self.reached(Step.INVITED)

    @property
    def migrated(self) -> int:
        return self.reached(Step.MIGRATED)

    def funnel(self) -> list[Bar]:
        """How many have reached each step or a later one."""
        return [Bar(step.label, self.reached(step), self.total, f"reached={step}") for step in Step]

    def administrators(self) -> list[Bar]:
        return [
            Bar(state.label, self.states[state], self.total, f"administrator={state}") for state in AdministratorState
        ]

    def ball(self) -> list[Bar]:
        return [
            Bar(holder.label, self.holders[holder], self.total, f"holder={holder}")
            for holder in Holder
            if holder != Holder.NOBODY
        ]


def figures_of(organizations: OrganizationQuerySet) -> Figures:
    """All figures of the desk from one grouping of the rows."""
    return Figures.of(groups_of(organizations))


@dataclass
class MunicipalityRow(Figures):
    """The figures of one municipality."""

    pk: int | None = None
    name: str = ""

    @property
    def registered_share(self) -> int | None:
        return share(self.registered, self.total)

    @property
    def invited_share(self) -> int | None:
        return share(self.invited, self.total)

    @property
    def confirmed_share(self) -> int | None:
        return share(self.confirmed, self.total)

    @property
    def migrated_share(self) -> int | None:
        return share(self.migrated, self.total)

    @property
    def key(self) -> str:
        """As it stands in an address."""
        return str(self.pk or NO_MUNICIPALITY)

    @property
    def query(self) -> str:
        return f"municipality={self.key}"


def municipalities_of(groups: Iterable[Group]) -> list[MunicipalityRow]:
    """A row per municipality by name; organizations whose municipality is unknown stand last."""
    rows: dict[int | None, MunicipalityRow] = {}
    for group in groups:
        pk = group.municipality
        if pk not in rows:
            rows[pk] = MunicipalityRow(pk=pk, name=group.place or "Муниципалитет не указан")
        rows[pk].add(group)
    return sorted(rows.values(), key=lambda row: (row.pk is None, row.name))


def by_municipality(organizations: OrganizationQuerySet) -> list[MunicipalityRow]:
    return municipalities_of(groups_of(organizations))


def waits_for_sferum() -> Q:
    """Organizations with a case that Support or the manager has not answered."""
    waiting = Q()
    for case in WAITED_FOR:
        waiting |= Q(pk__in=case.objects.awaiting().values("organization"))
    return waiting


def waits_too_long(late: Q) -> Q:
    """Organizations with a case whose answer is overdue (`overdue_since`): these climb to the coordinator."""
    too_long = Q()
    for case in WAITED_FOR:
        too_long |= Q(pk__in=case.objects.overdue(late).values("organization"))
    return too_long


def waits_until_today(due: Q) -> Q:
    """Organizations with a case whose answer is due today (`due_today`)."""
    waiting = Q()
    for case in WAITED_FOR:
        waiting |= Q(pk__in=case.objects.awaiting().filter(due).order_by().values("organization"))
    return waiting


def overdue_cases(organizations: OrganizationQuerySet, late: Q, most: int) -> list[SomeCase]:
    """The cases that wait longest beyond their term, of every kind. One statement each."""
    cases: list[SomeCase] = [
        case
        for kind in WAITED_FOR
        for case in kind.objects.overdue(late)
        .filter(organization__in=organizations)
        .select_related("organization__region")
        .order_by("waiting_since", "pk")[:most]
    ]
    return sorted(cases, key=lambda case: (-case.overdue_days, case.number))[:most]


def has_unsent_letter() -> Q:
    """Organizations with a case whose letter is ready and was never sent: a head's answer opened it, perhaps."""
    ready = Q()
    for case in WAITED_FOR:
        ready |= Q(pk__in=case.objects.filter(status__in=case.READY).values("organization"))
    return ready


def has_unread_answer() -> Q:
    """Organizations to which Sferum has written and where nobody has said yet what is in the letter."""
    return Q(pk__in=CaseLetter.objects.unread().order_by().values("organization"))
