"""Whom a registry file does not mention in the territory it speaks of. Silence alone closes nobody: a person does."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from foundation.verbs import WrongStatus
from organizations.columns import Field, Header
from organizations.imports import RowPlan
from organizations.models import Event, ImportFile, Organization
from organizations.models.organization import OrganizationQuerySet
from organizations.statuses import ImportStatus, Outcome

FEW = 5
SHARE = 10  # percent: as with lists of expected names, more than this is rather a half of a file than a year's change
NOT_IN_REGISTRY = "нет в загруженном реестре"


class Scope:
    """Where the rows of a file lie: single municipalities if it names them, else its regions."""

    def __init__(self, header: Header) -> None:
        self.names_places = bool(header.columns.keys() & {Field.MUNICIPALITY, Field.OKTMO})
        self._found: set[str | int] = set()

    def meet(self, plans: Iterable[RowPlan]) -> None:
        for plan in plans:
            if plan.outcome == Outcome.REFUSED:
                continue
            if not self.names_places:
                self._found.add(plan.row.region)
            elif plan.place and plan.place.pk:
                self._found.add(plan.place.pk)
            elif plan.organization and plan.organization.municipality_id:
                self._found.add(plan.organization.municipality_id)

    def told(self) -> dict[str, Any]:
        return {"municipalities" if self.names_places else "regions": sorted(self._found)}


def spoken_of(file: ImportFile) -> OrganizationQuerySet:
    """The listed organizations of the file's territory, as far as the person who uploaded it supervises them."""
    regions, places = file.scope.get("regions", []), file.scope.get("municipalities", [])
    inside = Q(region__code__in=regions) | Q(municipality__in=places)
    return Organization.objects.supervised_by(file.uploaded_by).listed().filter(inside)


def missing_in(file: ImportFile) -> OrganizationQuerySet:
    """Without those whose closing is announced: the day, the reason and the successor that a person named stand."""
    mentioned = file.rows.exclude(organization=None).values("organization")
    return spoken_of(file).filter(closed_on=None).exclude(pk__in=mentioned)


@transaction.atomic
def close_missing(file: ImportFile, chosen: Iterable[int] | None, *, by: User, typed: int | None = None) -> str:
    """Closes the chosen ones of the missing, or all of them; returns what was done, in words.

    Raises WrongStatus where they are many and `typed` is not their number.
    """
    # The lock, and the list as it stands under it: two clicks at once close each of them once.
    if not ImportFile.objects.filter(pk=file.pk, status=ImportStatus.APPLIED).update(status=ImportStatus.APPLIED):
        raise WrongStatus("Закрыть организации можно после того, как файл загружен.")
    file.refresh_from_db(fields=["closed"])
    wanted = missing_in(file) if chosen is None else missing_in(file).filter(pk__in=list(chosen))
    found = list(wanted.order_by("pk"))
    if not found:
        raise WrongStatus("Никто не отмечен, или отмеченные уже закрыты.")
    if is_mass(file, len(found)) and typed != len(found):
        raise WrongStatus(
            f"Вы закрываете {len(found)} организаций – это больше {SHARE} % территории файла. Может быть, файл "
            f"неполный? Если всё верно, введите число {len(found)} в поле подтверждения."
        )
    Organization.objects.filter(pk__in=[each.pk for each in found]).update(
        closed_on=timezone.localdate(), closed_reason=NOT_IN_REGISTRY
    )
    Event.objects.bulk_create(
        (Event.draft("organization.closed", each, each, by=by, fields=["closed_on"]) for each in found), batch_size=1000
    )
    ImportFile.objects.filter(pk=file.pk).update(closed=[*file.closed, *(each.pk for each in found)])
    return f"Закрыто: {len(found)}. Вернуть их можно отменой загрузки."


def is_mass(file: ImportFile, number: int) -> bool:
    """Those whom the file has closed before count too: five at a time is no way around the question."""
    gone = number + len(file.closed)
    return gone > FEW and gone * 100 > SHARE * (spoken_of(file).count() + len(file.closed))
