"""Import of a registry file: what each row would change, without writing anything. `import_apply.py` writes a plan.

The key is ИНН + КПП; ОГРН only where neither side has a КПП. Rows of one key are compared before anything else.
"""

import hashlib
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from django.db.models import TextChoices

from foundation.folding import fold
from foundation.phones import show_phone
from foundation.tables import NotATable, Table
from organizations.columns import Field, Header, find_header
from organizations.import_cells import kind_in
from organizations.import_places import Place, Places, Territory
from organizations.import_register import Known, load_known
from organizations.import_rows import Key, Nominee, Problem, Row, read_rows
from organizations.models import Organization
from organizations.statuses import Kind

_COMPARED_EXACTLY = frozenset({"email", "registered_phone", "kind"})
_NO_HEADER = (
    "В первых 15 строках нет строки заголовков, по которой видно, что это список организаций. "
    "Нужны хотя бы столбцы «Наименование», «ИНН» и «КПП»."
)


class Outcome(TextChoices):
    ADDED = "added", "добавится"
    CHANGED = "changed", "изменится"
    SAME = "same", "без изменений"
    REFUSED = "refused", "не принята"


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

    @property
    def fingerprint(self) -> str:
        """Differs as soon as confirming would do anything else than what was shown."""
        shown = [(plan.row.number, plan.outcome, plan.changes, plan.row.problems) for plan in self.rows]
        return hashlib.sha256(repr(shown).encode()).hexdigest()


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
    rows = list(read_rows(table.rows, header, region))
    if not rows:
        raise NotATable("Под строкой заголовков нет ни одной строки с организацией.")
    repeats = _compare_rows_of_one_key(rows)
    known = load_known(rows)
    places = Places({row.region for row in rows if row.region})
    planner = _Planner(header, known, places, territory)
    plans = [RowPlan(row, Outcome.SAME) if row.number in repeats else planner.plan(row) for row in rows]
    return ImportPlan(table, header, plans)


def _compare_rows_of_one_key(rows: list[Row]) -> set[int]:
    """Numbers of rows that only repeat an earlier one; where rows of one key differ, all of them are refused."""
    by_key: dict[Key, list[Row]] = defaultdict(list)
    for row in rows:
        if row.key:
            by_key[row.key].append(row)
    repeats: set[int] = set()
    for group in by_key.values():
        first = group[0]
        if all(row.folded() == first.folded() for row in group[1:]):
            repeats |= {row.number for row in group[1:] if not row.problems}
            continue
        for row in group:
            other = next(each for each in group if each.folded() != row.folded())
            reason = f"Те же ИНН и КПП (или ОГРН), что в строке {other.number}, но сведения другие."
            row.problems.append(Problem(row.number, Field.INN.label, reason))
    return repeats


class _Planner:
    def __init__(self, header: Header, known: Known, places: Places, territory: Territory | None) -> None:
        self.header = header
        self.known = known
        self.places = places
        self.territory = territory
        has_place = header.columns.keys() & {Field.MUNICIPALITY, Field.OKTMO}
        self.default_place = territory.only_place if territory and not has_place else None

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
            day = f"{row.registered_on:%d.%m.%Y}" if row.registered_on else "да, день неизвестен"
            plan.changes.append(Change(Field.REGISTERED_ON.label, "", day))
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
