"""Figures over a territory. Each is counted by one statement over the same queryset that its link shows."""

from collections import Counter
from dataclasses import dataclass, field

from django.db.models import Count, Q

from organizations.journey import holder_expression
from organizations.models.organization import OrganizationQuerySet
from organizations.statuses import AdministratorState, Holder, Kind, Step
from registrations.models import Case, CaseLetter, HandoverRequest, HelpRequest, RegistrationRequest

REGISTERED = Q(step__gte=Step.REGISTERED)
SCHOOL = Q(kind=Kind.SCHOOL)
SMALLEST_GROUP = 5
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

    @property
    def others(self) -> int:
        return self.total - self.schools

    @property
    def others_registered(self) -> int:
        return self.registered - self.schools_registered

    @property
    def confirmed(self) -> int:
        return self.states[AdministratorState.CONFIRMED]

    def funnel(self) -> list[Bar]:
        """How many have reached each step or a later one."""
        return [
            Bar(step.label, sum(n for s, n in self.steps.items() if s and s >= step), self.total, f"reached={step}")
            for step in Step
        ]

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
    figures = Figures()
    groups = (
        organizations.order_by()
        .annotate(holder=holder_expression())
        .values_list("step", "administrator_state", "holder", "kind")
        .annotate(number=Count("pk"))
    )
    for step, state, holder, kind, number in groups:
        figures.total += number
        figures.steps[step] += number
        figures.states[state] += number
        figures.holders[holder] += number
        is_registered = number if step and step >= Step.REGISTERED else 0
        figures.registered += is_registered
        if kind == Kind.SCHOOL:
            figures.schools += number
            figures.schools_registered += is_registered
    return figures


@dataclass(frozen=True)
class MunicipalityRow:
    pk: int | None
    name: str
    total: int
    registered: int
    schools: int
    schools_registered: int
    confirmed: int
    invited: int
    migrated: int

    @property
    def invited_share(self) -> int | None:
        return share(self.invited, self.total)

    @property
    def confirmed_share(self) -> int | None:
        return share(self.confirmed, self.total)

    @property
    def query(self) -> str:
        return f"municipality={self.pk or 'none'}"


def by_municipality(organizations: OrganizationQuerySet) -> list[MunicipalityRow]:
    """A row per municipality by name; organizations whose municipality is unknown stand last."""
    rows = (
        organizations.order_by()
        .values_list("municipality", "municipality__name")
        .annotate(
            total=Count("pk"),
            registered=Count("pk", filter=REGISTERED),
            schools=Count("pk", filter=SCHOOL),
            schools_registered=Count("pk", filter=SCHOOL & REGISTERED),
            confirmed=Count("pk", filter=Q(administrator_state=AdministratorState.CONFIRMED)),
            invited=Count("pk", filter=Q(step__gte=Step.INVITED)),
            migrated=Count("pk", filter=Q(step__gte=Step.MIGRATED)),
        )
    )
    table = [MunicipalityRow(pk, name or "Муниципалитет не указан", *numbers) for pk, name, *numbers in rows]
    return sorted(table, key=lambda row: (row.pk is None, row.name))


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


def overdue_cases(organizations: OrganizationQuerySet, late: Q, most: int) -> list[Case]:
    """The cases that wait longest beyond their term, of every kind. One statement each."""
    cases: list[Case] = [
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


def letters_without_answer(organizations: OrganizationQuerySet) -> int:
    """Cases of every kind for which Support or the manager owes an answer. One statement."""
    first, *others = (
        case.objects.awaiting().filter(organization__in=organizations).order_by().values("number")
        for case in WAITED_FOR
    )
    return first.union(*others, all=True).count()
