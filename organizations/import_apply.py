"""Writes a plan of import in one transaction: organizations, what the registry says of their road, and the journal."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef

from accounts.models import User
from foundation.copying import insert_many
from organizations.import_register import BATCH, batches
from organizations.import_rows import Nominee
from organizations.imports import ImportPlan, RowPlan
from organizations.journey import reach_many
from organizations.models import Appointment, Event, Municipality, Organization, Region
from organizations.regions import ensure_region
from organizations.statuses import (
    Actor,
    AdministratorState,
    AppointmentRole,
    AppointmentStatus,
    Outcome,
    Source,
    Step,
)


@transaction.atomic
def apply(plan: ImportPlan, *, by: User | None) -> None:
    """All of the plan or nothing. Organizations that are the same cost no statement and leave no event.

    The plan must have been made in this transaction, or be as fresh: somebody else's new organization with the same
    key ends in an IntegrityError.
    """
    apply_rows(plan.with_outcome(Outcome.ADDED), plan.with_outcome(Outcome.CHANGED), by=by)


def apply_rows(added: list[RowPlan], changed: list[RowPlan], *, by: User | None) -> None:
    """In the caller's transaction, in which the rows must have been planned."""
    if added or changed:
        _Writer(by).write(added, changed)


@dataclass
class _Writer:
    by: User | None

    def write(self, added: list[RowPlan], changed: list[RowPlan]) -> None:
        both = added + changed
        regions = {code: ensure_region(code) for code in sorted({plan.row.region for plan in both})}
        # The lock: two imports of one region run after one another.
        Region.objects.filter(code__in=regions).update(name=F("name"))
        municipalities = _municipalities(both, regions)
        for batch in batches(added):
            self._add(batch, regions, municipalities)
        for batch in batches(changed):
            self._change(batch, municipalities)
        for batch in batches(both):
            self._note_registered(batch)
            self._note_phones(batch)
            self._name_administrators(batch)
            _share_mailboxes(batch)

    def _add(self, plans: list[RowPlan], regions: dict[str, Region], places: dict[tuple[str, str], int]) -> None:
        for plan in plans:
            plan.organization = Organization(
                region=regions[plan.row.region], municipality_id=_place_pk(plan, places), **plan.facts
            )
        rows = [plan.organization for plan in plans if plan.organization]
        Organization.objects.add_many(rows)
        self._record("organization.added", [(row, row, ()) for row in rows])

    def _change(self, plans: list[RowPlan], places: dict[tuple[str, str], int]) -> None:
        lines = []
        names: set[str] = set()
        for plan in plans:
            organization = _organization(plan)
            fields = set(plan.facts)
            for name, value in plan.facts.items():
                setattr(organization, name, value)
            if plan.place:
                organization.municipality_id = _place_pk(plan, places)
                fields.add("municipality")
            if fields:
                lines.append((organization, organization, fields))
                names |= fields
        if lines:
            touched = [organization for organization, _, _ in lines]
            Organization.objects.bulk_update(touched, sorted(names), batch_size=200)
            self._record("organization.changed", lines)

    def _record(
        self, verb: str, lines: Iterable[tuple[Organization | Appointment, Organization, Iterable[str]]]
    ) -> None:
        insert_many(
            [
                Event.draft(verb, obj, organization, by=self.by, actor=Actor.REGISTRY, fields=fields)
                for obj, organization, fields in lines
            ]
        )

    def _note_registered(self, plans: list[RowPlan]) -> None:
        days = {_organization(plan): plan.row.registered_on for plan in plans if plan.becomes_registered}
        reach_many(days, Step.REGISTERED, by=self.by, source=Source.REGISTRY, actor=Actor.REGISTRY)

    def _note_phones(self, plans: list[RowPlan]) -> None:
        """As `note_registered_phone` of one: a line, and whether the administrator of today holds the number."""
        known = [plan for plan in plans if plan.outcome == Outcome.CHANGED and "registered_phone" in plan.facts]
        told = [_organization(plan) for plan in known]
        if not told:
            return
        self._record("registered-phone.changed", [(each, each, ()) for each in told])
        rows = Organization.objects.filter(pk__in=[each.pk for each in told])
        person = Appointment.objects.responsible().filter(organization=OuterRef("pk")).exclude(phone="")
        holds = Exists(person.filter(phone=OuterRef("registered_phone")))
        changing, confirmed = AdministratorState.CHANGING, AdministratorState.CONFIRMED
        rows.filter(Exists(person), ~holds, administrator_state=confirmed).update(administrator_state=changing)
        rows.filter(holds, administrator_state=changing).update(administrator_state=confirmed)
        states = dict(rows.order_by().values_list("pk", "administrator_state"))
        for each in told:
            each.administrator_state = states[each.pk]

    def _name_administrators(self, plans: list[RowPlan]) -> None:
        """The same as `Appointment.objects.appoint` for many; whom the registry named before is replaced one by one."""
        named = [(_organization(plan), plan.nominee) for plan in plans if plan.nominee]
        acting = set(
            Appointment.objects.filter(
                organization__in=[organization for organization, _ in named],
                role=AppointmentRole.RESPONSIBLE,
                status=AppointmentStatus.ACTING,
            ).values_list("organization_id", flat=True)
        )
        first = []
        for organization, nominee in named:
            if organization.pk in acting:
                Appointment.objects.appoint(
                    organization, **_person(nominee), source=Source.REGISTRY, by=self.by, actor=Actor.REGISTRY
                )
            else:
                first.append(
                    Appointment(organization=organization, source=Source.REGISTRY, made_by=self.by, **_person(nominee))
                )
        Appointment.objects.bulk_create(first, batch_size=BATCH)
        self._record("appointment.made", [(made, made.organization, ()) for made in first])
        organizations = [made.organization for made in first]
        reach_many(
            dict.fromkeys(organizations), Step.APPOINTED, by=self.by, source=Source.REGISTRY, actor=Actor.REGISTRY
        )
        Organization.objects.filter(pk__in=[each.pk for each in organizations]).update(
            administrator_state=AdministratorState.UNCONFIRMED
        )


def _person(nominee: Nominee) -> dict[str, Any]:
    return {"full_name": nominee.full_name, "phone": nominee.phone or "", "email": nominee.email}


def _organization(plan: RowPlan) -> Organization:
    assert plan.organization is not None  # noqa: S101 - added ones got theirs in `_add`
    return plan.organization


def _municipalities(plans: list[RowPlan], regions: dict[str, Region]) -> dict[tuple[str, str], int]:
    """Primary keys by (number of region, name), after the missing ones are made."""
    wanted = {(plan.row.region, plan.place.name) for plan in plans if plan.place and plan.place.pk is None}
    Municipality.objects.bulk_create(
        [Municipality(region=regions[code], name=name) for code, name in sorted(wanted)], ignore_conflicts=True
    )
    rows = Municipality.objects.filter(region__in=regions.values()).values_list("region__code", "name", "pk")
    return {(code, name): pk for code, name, pk in rows}


def _place_pk(plan: RowPlan, places: dict[tuple[str, str], int]) -> int | None:
    if plan.place is None:
        return None
    return plan.place.pk or places[plan.row.region, plan.place.name]


def _share_mailboxes(plans: list[RowPlan]) -> None:
    """The official mailbox of an organization signs nobody in, also where somebody signed in by it until now."""
    User.objects.mark_shared(*{plan.facts["email"] for plan in plans if "email" in plan.facts})
