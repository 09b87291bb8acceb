"""Import of a registry file: what each row would change, without writing anything. `import_apply.py` writes a plan.

The key is ИНН + КПП; ОГРН only where neither side has a КПП. Rows of one key are compared before anything else.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import islice

from foundation.folding import fold
from foundation.phones import show_phone
from foundation.tables import NotATable, Table
from organizations.columns import Field, Header, find_columns
from organizations.import_cells import kind_in
from organizations.import_places import Place, Places, Territory
from organizations.import_questions import branch_of, is_another
from organizations.import_register import BATCH, Known, Names, load_known
from organizations.import_repeats import Repeats, conflicts
from organizations.import_rows import Nominee, Problem, Row, read_rows
from organizations.models import Organization
from organizations.statuses import Answer, Kind, Outcome

_NUMBERS = ("inn", "kpp", "ogrn", "own_code")
_CLOSED = "Организация закрыта с {day:%d.%m.%Y}, преемника нет. Если она работает, верните её на её странице."
_COMPARED_EXACTLY = frozenset({"email", "registered_phone", "kind"})
NO_ROWS = "Под строкой заголовков нет ни одной строки с организацией."


@dataclass(frozen=True)
class Change:
    label: str
    before: str
    after: str


@dataclass
class RowPlan:
    """`facts` are only the fields that are to be written; `organization` is None for one that is to be added."""

    row: Row
    outcome: Outcome
    organization: Organization | None = None
    place: Place | None = None
    facts: dict[str, str] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    becomes_registered: bool = False
    nominee: Nominee | None = None

    @property
    def name(self) -> str:
        return self.organization.name if self.organization else self.row.name

    def shown(self) -> Iterator[tuple[str, str]]:
        """What is written of one that is added, in words."""
        for name, value in self.facts.items():
            yield str(Field(name).label), _shown(name, value)
        if self.place:
            yield str(Field.MUNICIPALITY.label), self.place.name
        if self.becomes_registered:
            yield str(Field.REGISTERED_ON.label), _shown_day(self.row.registered_on)
        if self.nominee:
            yield str(Field.ADMINISTRATOR.label), f"{self.nominee.full_name} {show_phone(self.nominee.phone)}".strip()


@dataclass
class ImportPlan:
    table: Table
    header: Header
    rows: list[RowPlan]

    @property
    def counts(self) -> dict[str, int]:
        counted = Counter(plan.outcome for plan in self.rows)
        return {outcome.value: counted[outcome] for outcome in Outcome}

    @property
    def reasons(self) -> list[Problem]:
        """One for each refused row; several faults of a row stand in one sentence after another."""
        refused = (plan.row.problems for plan in self.rows if plan.outcome == Outcome.REFUSED)
        return [Problem(found[0].row, found[0].column, " ".join(each.reason for each in found)) for found in refused]

    @property
    def warnings(self) -> list[Problem]:
        return [warning for plan in self.rows if plan.outcome != Outcome.REFUSED for warning in plan.row.warnings]

    def with_outcome(self, outcome: Outcome) -> list[RowPlan]:
        return [plan for plan in self.rows if plan.outcome == outcome]


def plan_import(table: Table, *, region: str = "", territory: Territory | None = None) -> ImportPlan:
    """What the file would do. `region` (a number) serves a file without that column; `territory` None is everything.

    Raises NotATable where the file as a whole is no list of organizations.
    """
    header = find_columns(table, region=region)
    planner = Planner(header, territory)
    plans = [plan for batch in batches_of_rows(table, header, region) for plan in planner.plan_many(batch)]
    if not plans:
        raise NotATable(NO_ROWS)
    alone = {plan.row.number: (plan.outcome, plan.organization.pk if plan.organization else None) for plan in plans}
    refused = conflicts(planner.repeats.groups(), alone)
    for plan in plans:
        if (problem := refused.get(plan.row.number)) is not None:
            plan.row.problems.append(problem)
            plan.outcome = Outcome.REFUSED
    return ImportPlan(table, header, plans)


def batches_of_rows(table: Table, header: Header, region: str) -> Iterator[list[Row]]:
    """A file of 40,000 rows is never held as rows all at once: they take ten times the room of their cells."""
    rows = read_rows(table.rows, header, region)
    while batch := list(islice(rows, BATCH)):
        yield batch


class Planner:
    """Plans rows batch by batch, each with a constant number of queries."""

    def __init__(self, header: Header, territory: Territory | None) -> None:
        self.header = header
        self.repeats = Repeats()
        self.known = Known()
        self.places = Places()
        self.names = Names()
        self.territory = territory
        has_place = header.columns.keys() & {Field.MUNICIPALITY, Field.OKTMO}
        self.default_place = territory.only_place if territory and not has_place else None

    def plan_many(self, rows: list[Row]) -> list[RowPlan]:
        self.places.load({row.region for row in rows if row.region})
        self.names.load({row.region for row in rows if row.keyless and row.region})
        repeated = {row.number for row in rows if self.repeats.meet(row)}
        places = {row.number: self._place_of(row) for row in rows if row.number not in repeated}
        named = {row.number: self._named(row, places[row.number]) for row in rows if row.keyless}
        self.known = load_known(rows, filter(None, named.values()))
        return [
            RowPlan(row, Outcome.SAME)
            if row.number in repeated
            else self.plan(row, places[row.number], named.get(row.number))
            for row in rows
        ]

    def plan_answered(self, rows: list[tuple[Row, str, int | None]]) -> list[RowPlan]:
        """Rows with what a person has said of them («» where nobody was asked) and of which organization."""
        self.places.load({row.region for row, _, _ in rows if row.region})
        self.known = load_known([row for row, _, _ in rows], [pk for _, answer, pk in rows if answer and pk])
        plans = []
        for row, answer, pk in rows:
            place = self._place_of(row)
            if answer == Answer.YES:
                plans.append(self._settled(row, place, self.known.by_pk(pk or 0)))
            elif answer == Answer.NEW:
                if row.key and self.known.find(row):
                    row.facts["branch"] = branch_of(row)
                plans.append(self._settled(row, place, None))
            else:
                plans.append(self.plan(row, place))
        return plans

    def plan(self, row: Row, place: Place | None, named: int | None = None) -> RowPlan:
        organization, candidate = self.known.find(row), None
        if organization and row.key and is_another(row, organization):
            candidate = organization
        elif organization is None and row.keyless:
            candidate = self.known.by_inn(row) or (self.known.by_pk(named) if named else None)
            if candidate is None:
                self._refuse(RowPlan(row, Outcome.REFUSED), Field.INN, row.keyless)
        elif organization is None and (other := self.known.by_code(row)):
            candidate = other
        meant = candidate or organization
        heir = meant.heir if meant and meant.is_closed else None
        plan = self._settled(row, place, heir or meant)
        if (candidate or heir) and plan.outcome != Outcome.REFUSED and not (heir and not plan.changes):
            plan.outcome = Outcome.ASKED
        return plan

    def _settled(self, row: Row, place: Place | None, organization: Organization | None) -> RowPlan:
        plan = RowPlan(row, Outcome.SAME, organization, place)
        if not row.problems:
            self._check(plan)
        if row.problems:
            plan.outcome = Outcome.REFUSED
        elif organization is None:
            self._add(plan)
        else:
            self._change(plan, organization)
        return plan

    def _named(self, row: Row, place: Place | None) -> int | None:
        """By its name: in the municipality that the row names, or anywhere where it names none."""
        if place is None:
            return None if row.municipality else self.names.find(row, None)
        return self.names.find(row, place.pk) if place.pk else None

    def _place_of(self, row: Row) -> Place | None:
        if not row.region or not row.municipality:
            return self.default_place
        place = self.places.find(row.region, row.municipality)
        if place is None:
            reason = f"В регионе нет муниципалитета «{row.municipality[:80]}»: строка принята без него."
            row.warnings.append(Problem(row.number, self.header.title(Field.MUNICIPALITY), reason))
        return place

    def _refuse(self, plan: RowPlan, column: Field, reason: str) -> None:
        plan.row.problems.append(Problem(plan.row.number, self.header.title(column), reason))

    def _check(self, plan: RowPlan) -> None:
        """A row may neither put an organization into a foreign territory nor take one out of it."""
        row, organization = plan.row, plan.organization
        pk = plan.place.pk if plan.place else None
        if organization and pk is None:
            pk = organization.municipality_id
        if self.territory and not self.territory.holds(row.region, pk):
            self._refuse(plan, Field.MUNICIPALITY, "Строка вне вашей территории.")
        elif organization is None:
            if not row.name:
                self._refuse(plan, Field.FULL_NAME, "Наименование не указано.")
        elif self.territory and not self.territory.holds(organization.region.code, organization.municipality_id):
            self._refuse(plan, Field.MUNICIPALITY, "Строка вне вашей территории.")
        elif organization.region.code != row.region:
            self._refuse(plan, Field.REGION, f"Эта организация уже числится в другом регионе: {organization.region}.")
        elif organization.is_closed:
            self._refuse(plan, Field.INN, _CLOSED.format(day=organization.closed_on))

    def _add(self, plan: RowPlan) -> None:
        row = plan.row
        plan.outcome = Outcome.ADDED
        named = row.facts.get("full_name") or row.name
        kind = row.facts.get("kind") or (kind_in(named) or Kind.OTHER).value
        plan.facts = row.facts | {"full_name": named, "kind": kind}
        plan.becomes_registered = row.is_registered
        plan.nominee = row.nominee
        if self.known.has_twin(row):
            reason = "Организация с этим ОГРН уже есть в списке под другими ИНН и КПП: проверьте, не она ли это."
            row.warnings.append(Problem(row.number, self.header.title(Field.OGRN), reason))

    def _change(self, plan: RowPlan, organization: Organization) -> None:
        row, borne = plan.row, self.known.find(plan.row)
        foreign = _NUMBERS if borne and borne.pk != organization.pk else ()  # of the closed one that it is the heir of
        for name, after in row.facts.items():
            if name in foreign:
                continue
            before = str(getattr(organization, name))
            if _differs(name, before, after) and not (name == "registered_phone" and before):
                plan.facts[name] = after
                plan.changes.append(Change(Field(name).label, _shown(name, before), _shown(name, after)))
        if plan.place and plan.place.pk != organization.municipality_id:
            before = organization.municipality.name if organization.municipality else ""
            plan.changes.append(Change(Field.MUNICIPALITY.label, before, plan.place.name))
        else:
            plan.place = None
        if row.is_registered and not self.known.is_registered(organization):
            plan.becomes_registered = True
            plan.changes.append(Change(Field.REGISTERED_ON.label, "", _shown_day(row.registered_on)))
        self._name_administrator(plan, organization)
        plan.outcome = Outcome.CHANGED if plan.changes else Outcome.SAME

    def _name_administrator(self, plan: RowPlan, organization: Organization) -> None:
        nominee = plan.row.nominee
        if nominee is None or self.known.is_named(organization, nominee):
            return
        if refusal := self.known.why_not(organization, nominee):
            plan.row.warnings.append(Problem(plan.row.number, self.header.title(Field.ADMINISTRATOR), refusal))
            return
        acting = self.known.administrator(organization)
        plan.nominee = nominee
        before = f"{acting.full_name} {show_phone(acting.phone)}".strip() if acting else ""
        after = f"{nominee.full_name} {show_phone(nominee.phone)}".strip()
        plan.changes.append(Change(Field.ADMINISTRATOR.label, before, after))


def _differs(name: str, before: str, after: str) -> bool:
    return before != after and (name in _COMPARED_EXACTLY or fold(before) != fold(after))


def _shown(name: str, value: str) -> str:
    if name == "kind":
        return str(Kind(value).label)
    return show_phone(value) if name == "registered_phone" else value


def _shown_day(day: date | None) -> str:
    return f"{day:%d.%m.%Y}" if day else "да, день неизвестен"
