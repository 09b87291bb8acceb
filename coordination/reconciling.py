"""Holding a table of Sferum against the portal: what differs is opened, what agrees by now closes by itself."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from celery import current_app
from django.db import transaction
from django.db.models import Count, F
from django.utils import timezone

from accounts.models import User
from coordination.models import Contradiction, SferumTable
from coordination.sferum_table import Row, read
from coordination.statuses import ContradictionStatus, Contrast, TableStatus
from foundation.folding import fold
from foundation.phones import show_phone
from invitations.models import JoinRequest
from invitations.statuses import RequestStatus, Role
from organizations.models import Coordinator, Event, Organization, Region, SchoolClass

logger = logging.getLogger(__name__)
AT_ONCE = 1000  # rows that the page itself holds against the portal; more is the worker's
_BATCH = 500
_COUNTED = {"classes": Contrast.CLASSES, "teachers": Contrast.TEACHERS, "pupils": Contrast.PUPILS}
Key = tuple[str, str]


@dataclass
class Portal:
    """What the portal knows of a region, read in a constant number of statements."""

    mine: dict[int, Organization]
    """Listed, and of the territory of whoever uploaded the table."""
    by_number: dict[tuple[str, ...], set[int]] = field(default_factory=lambda: defaultdict(set))
    by_name: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    counts: dict[str, dict[int, int]] = field(default_factory=dict)
    heirs: dict[int, int] = field(default_factory=dict)
    """Of those that are closed, who is there in their place: Sferum knows nothing of our duplicates."""

    def find(self, row: Row) -> tuple[int | None, bool]:
        """The one organization that the row means, of several none; and whether it speaks of it by its own name.

        A closed one without an heir is found too, and not judged.
        """
        inn, kpp, ogrn = (row.numbers.get(name, "") for name in ("inn", "kpp", "ogrn"))
        asked: list[tuple[str, ...]] = [("inn", inn, kpp)] if kpp else []
        asked += [("inn", inn)] if inn else []
        asked += [("ogrn", ogrn)] if ogrn else []
        for found in (*(self.by_number.get(each, set()) for each in asked), self.by_name.get(fold(row.name), set())):
            meant = {self.heirs.get(pk, pk) for pk in found}
            if len(meant) == 1:
                pk = meant.pop()
                return pk, pk in found
        return None, True


def load(table: SferumTable) -> Portal:
    everything = Organization.objects.filter(region=table.region_id).select_related("region").order_by()
    territory = Organization.objects.supervised_by(table.uploaded_by).listed().filter(region=table.region_id)
    pks = set(territory.order_by().values_list("pk", flat=True))
    portal = Portal({})
    by_pk = {row.pk: row for row in everything}
    for row in by_pk.values():
        row.successor = by_pk.get(row.successor_id or 0)
    for row in by_pk.values():
        if row.is_closed and row.heir:
            portal.heirs[row.pk] = row.heir.pk
        if row.pk in pks:
            portal.mine[row.pk] = row
        for key in (("inn", row.inn, row.kpp), ("inn", row.inn), ("ogrn", row.ogrn)):
            if key[1]:
                portal.by_number[key].add(row.pk)
        for name in {fold(row.full_name), fold(row.short_name)} - {""}:
            portal.by_name[name].add(row.pk)
    classes = SchoolClass.objects.current().filter(organization__region=table.region_id).order_by()
    portal.counts["classes"] = dict(classes.values_list("organization").annotate(Count("pk")))
    accepted = JoinRequest.objects.filter(status=RequestStatus.ACCEPTED, organization__region=table.region_id)
    for name, role in (("teachers", Role.TEACHER), ("pupils", Role.PUPIL)):
        rows = accepted.filter(role=role).order_by().values_list("organization")
        portal.counts[name] = dict(rows.annotate(Count("pk")))
    return portal


@dataclass
class Found:
    """`judged` are those of whom the table says something: only they can agree again."""

    by_key: dict[Key, Contradiction] = field(default_factory=dict)
    judged: set[str] = field(default_factory=set)


def compare(table: SferumTable, portal: Portal) -> Found:
    found, whole = Found(), _answers_for_the_region(table.uploaded_by, table.region_id)
    rows = [(row, *portal.find(row)) for row in read(table.rows, table.columns)]
    for row, pk, is_own in sorted(rows, key=lambda each: not each[2]):
        organization = portal.mine.get(pk or 0)
        if organization and not is_own and Contradiction.key_of(organization) in found.judged:
            continue  # its own row has told
        found.judged.add(row.key)
        if organization:
            found.judged.add(Contradiction.key_of(organization))
            _note(found, table, organization, row.name, differences(row, organization, portal))
        elif pk is None and whole and row.is_registered:
            name = row.name or " ".join(row.numbers.values())
            seen = [(Contrast.UNKNOWN, "зарегистрирована", "нет в списке")]
            _note(found, table, None, name, seen, key=row.key)
    if table.is_complete:
        for organization in portal.mine.values():
            if Contradiction.key_of(organization) not in found.judged and organization.is_registered:
                missing = [(Contrast.NOT_THERE, "нет в таблице", "зарегистрирована")]
                _note(found, table, organization, "", missing)
        found.judged |= {Contradiction.key_of(each) for each in portal.mine.values()}
    return found


def differences(row: Row, organization: Organization, portal: Portal) -> Iterator[tuple[Contrast, str, str]]:
    """(in what, what Sferum says, what the portal says).

    More people there than were accepted here is no contradiction: most came before the portal was.
    """
    if row.is_registered and not organization.is_registered:
        step = organization.get_step_display() if organization.step else "ещё не начали"
        yield Contrast.NOT_HERE, "зарегистрирована", step
    elif not row.is_registered and organization.is_registered:
        yield Contrast.NOT_THERE, "не зарегистрирована", "зарегистрирована"
    if row.phone and str(row.phone) != str(organization.registered_phone):
        known = organization.registered_phone
        yield Contrast.PHONE, show_phone(row.phone), show_phone(known) if known else "неизвестен"
    for name, kind in _COUNTED.items():
        here, there = portal.counts[name].get(organization.pk, 0), row.counts.get(name)
        if there is not None and here and (there != here if kind == Contrast.CLASSES else there < here):
            yield kind, str(there), str(here)


def _note(
    found: Found,
    table: SferumTable,
    organization: Organization | None,
    name: str,
    seen: Iterable[tuple[Contrast, str, str]],
    *,
    key: str = "",
) -> None:
    for kind, there, here in seen:
        key = key or (Contradiction.key_of(organization) if organization else "")
        found.by_key[key, kind] = Contradiction(
            region=table.region,
            organization=organization,
            table=table,
            kind=kind,
            key=key,
            name=name,
            there=there,
            here=here,
        )


def _answers_for_the_region(user: User, region: int) -> bool:
    return user.is_staff or Coordinator.objects.acting().filter(user=user, region=region, municipality=None).exists()


@transaction.atomic
def hold(table: SferumTable) -> None:
    """Once for each table: whoever comes second finds it held. One whose rows were removed says nothing of anybody."""
    mine = SferumTable.objects.filter(pk=table.pk, status=TableStatus.WAITING).exclude(rows=[])
    if not mine.update(status=TableStatus.HELD, held_at=timezone.now()):
        return
    Region.objects.filter(pk=table.region_id).update(name=F("name"))  # two tables of a region, one after the other
    portal = load(table)
    report = _write(table, compare(table, portal), portal)
    SferumTable.objects.filter(pk=table.pk).update(rows=[], report=report)
    fields = [f"{name}:{number}" for name, number in report.items()]
    Event.record("reconciliation.held", table, by=table.uploaded_by, fields=fields, region=table.region)


def _write(table: SferumTable, found: Found, portal: Portal) -> dict[str, int]:
    """New ones are opened, known ones brought up to date; what a person has settled is not asked again as it was."""
    mine = Contradiction.objects.visible_to(table.uploaded_by).filter(region=table.region_id)
    standing = {(row.key, row.kind): row for row in mine.open()}
    settled = {
        (row.key, row.kind): (row.there, row.here)
        for row in mine.filter(status=ContradictionStatus.RESOLVED).order_by("closed_at", "pk")
    }
    new = [
        row for key, row in found.by_key.items() if key not in standing and settled.get(key) != (row.there, row.here)
    ]
    Contradiction.objects.bulk_create(new, batch_size=_BATCH)
    kept = [standing[key] for key in found.by_key if key in standing]
    for row in kept:
        seen = found.by_key[row.key, row.kind]
        row.there, row.here, row.name, row.table = seen.there, seen.here, seen.name, table
    Contradiction.objects.bulk_update(kept, ["there", "here", "name", "table"], batch_size=_BATCH)
    agreed = [
        row.pk for key, row in standing.items() if key not in found.by_key and _may_agree(row, table, found, portal)
    ]
    closing = {"status": ContradictionStatus.AGREED, "closed_at": timezone.now(), "table": table}
    Contradiction.objects.open().filter(pk__in=agreed).update(**closing)
    return {"new": len(new), "kept": len(kept), "agreed": len(agreed)}


def _may_agree(row: Contradiction, table: SferumTable, found: Found, portal: Portal) -> bool:
    """A table that does not count pupils says nothing of them; of a closed organization nothing is asked any more."""
    if row.organization_id and row.organization_id not in portal.mine:
        return True
    needed = {"classes", "teachers", "pupils", "phone"} & {row.kind}
    speaks = needed <= table.columns.keys()
    return speaks and (row.key in found.judged or (table.is_complete and row.kind == Contrast.UNKNOWN))


def hold_or_queue(table: SferumTable) -> None:
    """A short table is held at once, so that the list is the next page; a long one by the worker."""
    if len(table.rows) <= AT_ONCE:
        hold(table)
    else:
        transaction.on_commit(_ring, robust=True)


def hold_waiting() -> int:
    waiting = SferumTable.objects.filter(status=TableStatus.WAITING).exclude(rows=[])
    waiting = waiting.select_related("region", "uploaded_by")
    tables = list(waiting.order_by("pk"))
    for table in tables:
        hold(table)
    return len(tables)


def _ring() -> None:
    try:
        current_app.send_task("coordination.tasks.hold_sferum_tables")
    except Exception as error:  # whatever a broker's library raises, the table is queued in the database
        logger.warning("The broker did not take the bell (%s); the sweep will find the table.", type(error).__name__)
