"""What the portal already knows of the organizations in a registry file: a constant number of queries a batch."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TypeVar

from django.db.models import Q

from foundation.folding import fold
from organizations.columns import Field
from organizations.import_questions import branch_of
from organizations.import_rows import Key, Nominee, Row
from organizations.models import Appointment, Milestone, Organization
from organizations.statuses import AppointmentRole, AppointmentStatus, Source, Step

BATCH = 1000
T = TypeVar("T")


class Known:
    def __init__(self) -> None:
        self._by_key: dict[Key, Organization] = {}
        self._by_pk: dict[int, Organization] = {}
        self._buildings: dict[tuple[Key, str], Organization] = {}
        self._by_inn: dict[str, list[Organization]] = defaultdict(list)
        self._by_code: dict[tuple[str, str], list[Organization]] = defaultdict(list)
        self._with_kpp_by_ogrn: dict[str, bool] = {}
        self._registered: set[int] = set()
        self._appointments: dict[int, list[Appointment]] = defaultdict(list)

    def note(self, organization: Organization) -> None:
        self._by_pk[organization.pk] = organization
        if organization.own_code:
            self._by_code[organization.region.code, organization.own_code].append(organization)
        if organization.branch:  # a row of its own under the numbers of its legal entity
            key = ("inn", organization.inn, organization.kpp) if organization.kpp else ("ogrn", organization.ogrn)
            self._buildings[key, organization.branch] = organization
            return
        if organization.inn:
            self._by_inn[organization.inn].append(organization)
        if organization.kpp:
            self._by_key["inn", organization.inn, organization.kpp] = organization
        elif organization.ogrn:
            self._by_key["ogrn", organization.ogrn] = organization
        if organization.ogrn:
            self._with_kpp_by_ogrn[organization.ogrn] = bool(organization.kpp)

    def join_successors(self) -> None:
        for organization in self._by_pk.values():
            if organization.successor_id:
                organization.successor = self._by_pk[organization.successor_id]

    def note_road(self, organizations: list[Organization]) -> None:
        of_these = {"organization__in": organizations}
        registered = Milestone.objects.filter(**of_these, step=Step.REGISTERED)
        self._registered.update(registered.values_list("organization_id", flat=True))
        for appointment in Appointment.objects.filter(**of_these, role=AppointmentRole.RESPONSIBLE).order_by("pk"):
            self._appointments[appointment.organization_id].append(appointment)

    def find(self, row: Row) -> Organization | None:
        """By its numbers; a row without any by its code in the department's registry."""
        if not row.key:
            return self.by_code(row)
        return self._buildings.get((row.key, branch_of(row))) or self._by_key.get(row.key)

    def by_code(self, row: Row) -> Organization | None:
        """None also where two organizations bear the code."""
        return _only(self._by_code.get((row.region, row.facts.get("own_code", "")), []))

    def by_inn(self, row: Row) -> Organization | None:
        return _only(self._by_inn.get(row.facts.get("inn", ""), []))

    def by_pk(self, pk: int) -> Organization | None:
        return self._by_pk.get(pk)

    def has_twin(self, row: Row) -> bool:
        """Whether this ОГРН stands in the list with a КПП and in the row without one, or the other way round."""
        has_kpp = self._with_kpp_by_ogrn.get(row.facts.get("ogrn", ""))
        return has_kpp is not None and has_kpp != ("kpp" in row.facts)

    def is_registered(self, organization: Organization) -> bool:
        return organization.pk in self._registered

    def administrator(self, organization: Organization) -> Appointment | None:
        return next(
            (each for each in self._appointments[organization.pk] if each.status == AppointmentStatus.ACTING), None
        )

    def is_named(self, organization: Organization, nominee: Nominee) -> bool:
        """Whether the portal holds exactly what the registry says of the administrator, or more."""
        acting = self.administrator(organization)
        return (
            acting is not None
            and fold(acting.full_name) == fold(nominee.full_name)
            and nominee.phone in (None, acting.phone)
            and nominee.email in ("", acting.email)
        )

    def why_not(self, organization: Organization, nominee: Nominee) -> str:
        """Why the registry's administrator is not taken: people never go back."""
        acting = self.administrator(organization)
        if acting and (acting.source != Source.REGISTRY or acting.confirmed_on):
            return "Администратор уже назначен в портале: из файла не взят."
        for former in self._appointments[organization.pk]:
            if former is not acting and former.source != Source.REGISTRY:
                return "Администратор уже менялся в портале: из файла не взят."
            if former is not acting and fold(former.full_name) == fold(nominee.full_name):
                return "Полномочия этого человека в портале уже прекращены: из файла не взят."
        return ""


class Names:
    """Organizations by folded name within a municipality, of the regions asked for: each region is loaded once."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, int | None, str], set[int]] = defaultdict(set)
        self._loaded: set[str] = set()

    def load(self, codes: set[str]) -> None:
        new = codes - self._loaded
        self._loaded |= new
        if new:
            names = ("pk", "region__code", "municipality_id", "full_name", "short_name")
            for pk, code, place, *texts in (
                Organization.objects.listed().filter(region__code__in=new).values_list(*names)
            ):
                for name in filter(None, map(fold, texts)):
                    self._found[code, place, name].add(pk)
                    self._found[code, None, name].add(pk)  # for a file that names no places

    def find(self, row: Row, place: int | None) -> int | None:
        """The only one of the name; None where there is none, or more than one."""
        texts = (row.texts.get(name, "") for name in (Field.FULL_NAME, Field.SHORT_NAME))
        found = set().union(*(self._found.get((row.region, place, fold(text)), set()) for text in texts if text))
        return found.pop() if len(found) == 1 else None


def load_known(rows: Iterable[Row], pks: Iterable[int] = ()) -> Known:
    """`pks` are organizations that are asked about whatever the rows say."""
    known = Known()
    chosen = sorted(set(pks))
    codes = sorted({row.facts["own_code"] for row in rows if "own_code" in row.facts})
    inns = sorted({row.facts["inn"] for row in rows if "inn" in row.facts})
    ogrns = sorted({row.facts["ogrn"] for row in rows if "ogrn" in row.facts})
    listed = Organization.objects.select_related("region", "municipality").order_by("pk")
    regions = sorted({row.region for row in rows})
    met: set[int] = set()
    for wanted in [
        *(Q(inn__in=batch) for batch in batches(inns)),
        *(Q(ogrn__in=batch) for batch in batches(ogrns)),
        *(Q(region__code__in=regions, own_code__in=batch) for batch in batches(codes)),
        *(Q(pk__in=batch) for batch in batches(chosen)),
    ]:
        found = listed.filter(wanted)
        while new := [organization for organization in found if organization.pk not in met]:
            met.update(organization.pk for organization in new)
            for organization in new:
                known.note(organization)
            known.note_road(new)
            # Of those that are closed, also who is there in their place; a successor may be closed, too.
            found = listed.filter(pk__in={each.successor_id for each in new if each.successor_id})
    known.join_successors()
    return known


def _only(found: list[Organization]) -> Organization | None:
    """The only one; of several, the only one that is not closed."""
    if len(found) > 1:
        found = [organization for organization in found if not organization.is_closed]
    return found[0] if len(found) == 1 else None


def batches(items: "list[T]") -> "Iterator[list[T]]":
    return (items[start : start + BATCH] for start in range(0, len(items), BATCH))
