"""What the portal already knows of the organizations in a registry file: a constant number of queries a batch."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TypeVar

from django.db.models import Q

from foundation.folding import fold
from organizations.import_rows import Key, Nominee, Row
from organizations.models import Appointment, Milestone, Organization
from organizations.statuses import AppointmentRole, AppointmentStatus, Source, Step

BATCH = 1000
T = TypeVar("T")


class Known:
    def __init__(self) -> None:
        self._by_key: dict[Key, Organization] = {}
        self._with_kpp_by_ogrn: dict[str, bool] = {}
        self._registered: set[int] = set()
        self._appointments: dict[int, list[Appointment]] = defaultdict(list)

    def note(self, organization: Organization) -> None:
        if organization.kpp:
            self._by_key["inn", organization.inn, organization.kpp] = organization
        elif organization.ogrn:
            self._by_key["ogrn", organization.ogrn] = organization
        if organization.ogrn:
            self._with_kpp_by_ogrn[organization.ogrn] = bool(organization.kpp)

    def note_road(self, organizations: list[Organization]) -> None:
        of_these = {"organization__in": organizations}
        registered = Milestone.objects.filter(**of_these, step=Step.REGISTERED)
        self._registered.update(registered.values_list("organization_id", flat=True))
        for appointment in Appointment.objects.filter(**of_these, role=AppointmentRole.RESPONSIBLE).order_by("pk"):
            self._appointments[appointment.organization_id].append(appointment)

    def find(self, row: Row) -> Organization | None:
        return self._by_key.get(row.key) if row.key else None

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


def load_known(rows: Iterable[Row]) -> Known:
    known = Known()
    inns = sorted({row.facts["inn"] for row in rows if "inn" in row.facts})
    ogrns = sorted({row.facts["ogrn"] for row in rows if "ogrn" in row.facts})
    listed = Organization.objects.filter(branch="").select_related("region", "municipality").order_by("pk")
    pks: set[int] = set()
    for wanted in [*(Q(inn__in=batch) for batch in batches(inns)), *(Q(ogrn__in=batch) for batch in batches(ogrns))]:
        new = [organization for organization in listed.filter(wanted) if organization.pk not in pks]
        pks.update(organization.pk for organization in new)
        for organization in new:
            known.note(organization)
        known.note_road(new)
    return known


def batches(items: "list[T]") -> "Iterator[list[T]]":
    return (items[start : start + BATCH] for start in range(0, len(items), BATCH))
