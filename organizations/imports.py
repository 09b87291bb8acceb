"""Import of a registry file: what each row would change, without writing anything. `import_apply.py` writes a plan.

The key is ИНН + КПП; ОГРН only where neither side has a КПП. Rows of one key are compared before anything else.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import islice

from foundation.folding import fold
from foundation.phones import show_phone
from foundation.tables import NotATable, Table
from organizations.columns import Field, Header, find_header
from organizations.import_cells import kind_in
from organizations.import_places import Place, Places, Territory
from organizations.import_register import BATCH, Known, load_known
from organizations.import_rows import Key, Nominee, Problem, Row, read_rows
from organizations.models import Organization
from organizations.statuses import Kind, Outcome

_COMPARED_EXACTLY = frozenset({"email", "registered_phone", "kind"})
NO_ROWS = "Под строкой заголовков нет ни одной строки с организацией."
_NO_HEADER = (
    "В первых 15 строках нет строки заголовков, по которой видно, что это список организаций. "
    "Нужны хотя бы столбцы «Наименование», «ИНН» и «КПП»."
)


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


def find_columns(table: Table, *, region: str = "") -> Header:
    """The columns of a list of organizations. Raises NotATable where the file as a whole is no such list."""
    header = find_header(table.rows)
    if header is None:
        raise NotATable(_NO_HEADER)
    if not region and Field.REGION not in header.columns:
        raise NotATable("В файле нет столбца с регионом: укажите, к какому региону относится список.")
    return header


def plan_import(table: Table, *, region: str = "", territory: Territory | None = None) -> ImportPlan:
    """What the file would do. `region` (a number) serves a file without that column; `territory` None is everything.

    Raises NotATable where the file as a whole is no list of organizations.
    """
    header = find_columns(table, region=region)
    planner = Planner(header, territory)
    plans = [plan for batch in batches_of_rows(table, header, region) for plan in planner.plan_many(batch)]
    if not plans:
        raise NotATable(NO_ROWS)
    conflicts = planner.repeats.conflicts()
    for plan in plans:
        if (other := conflicts.get(plan.row.number)) is not None:
            plan.row.problems.append(conflict(plan.row.number, other))
            plan.outcome = Outcome.REFUSED
    return ImportPlan(table, header, plans)


def batches_of_rows(table: Table, header: Header, region: str) -> Iterator[list[Row]]:
    """A file of 40,000 rows is never held as rows all at once: they take ten times the room of their cells."""
    rows = read_rows(table.rows, header, region)
    while batch := list(islice(rows, BATCH)):
        yield batch


def conflict(number: int, other: int) -> Problem:
    reason = f"Те же ИНН и КПП (или ОГРН), что в строке {other}, но сведения другие."
    return Problem(number, str(Field.INN.label), reason)


class Repeats:
    """Rows of one key, met one by one: of each only its number and a digest of what it says are kept."""

    def __init__(self) -> None:
        self._first: dict[Key, tuple[int, int]] = {}
        self._others: dict[Key, list[tuple[int, int]]] = defaultdict(list)

    def meet(self, row: Row) -> bool:
        """Whether the row only repeats the first one of its key."""
        if not row.key:
            return False
        digest = hash(frozenset(row.folded().items()))
        number, first = self._first.setdefault(row.key, (row.number, digest))
        if number == row.number:
            return False
        self._others[row.key].append((row.number, digest))
        return digest == first and not row.problems

    def conflicts(self) -> dict[int, int]:
        """Where rows of one key differ, none of them is taken: its number, and that of a row that says otherwise."""
        found: dict[int, int] = {}
        for key, others in self._others.items():
            group = [self._first[key], *others]
            if len({digest for _, digest in group}) > 1:
                for number, digest in group:
                    found[number] = next(other for other, said in group if said != digest)
        return found


class Planner:
    """Plans rows batch by batch, each with a constant number of queries."""

    def __init__(self, header: Header, territory: Territory | None) -> None:
        self.header = header
        self.repeats = Repeats()
        self.known = Known()
        self.places = Places()
        self.territory = territory
        has_place = header.columns.keys() & {Field.MUNICIPALITY, Field.OKTMO}
        self.default_place = territory.only_place if territory and not has_place else None

    def plan_many(self, rows: list[Row]) -> list[RowPlan]:
        self.known = load_known(rows)
        self.places.load({row.region for row in rows if row.region})
        return [RowPlan(row, Outcome.SAME) if self.repeats.meet(row) else self.plan(row) for row in rows]

    def plan(self, row: Row) -> RowPlan:
        organization = self.known.find(row)
        place = self._place_of(row)
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

    def _add(self, plan: RowPlan) -> None:
        row = plan.row
        plan.outcome = Outcome.ADDED
        named = row.facts.get("full_name") or row.name
        plan.facts = {"full_name": named, "kind": (kind_in(named) or Kind.OTHER).value} | row.facts
        plan.becomes_registered = row.is_registered
        plan.nominee = row.nominee
        if self.known.has_twin(row):
            reason = "Организация с этим ОГРН уже есть в списке под другими ИНН и КПП: проверьте, не она ли это."
            row.warnings.append(Problem(row.number, self.header.title(Field.OGRN), reason))

    def _change(self, plan: RowPlan, organization: Organization) -> None:
        row = plan.row
        for name, after in row.facts.items():
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
