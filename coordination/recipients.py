"""Who stands on a rung, for many organizations at once."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from coordination.models import DigestChoice
from coordination.statuses import Held, Rung
from correspondence.drafts import is_address
from organizations.models import Appointment, Coordinator, Organization, Region
from organizations.statuses import AppointmentRole


@dataclass(frozen=True)
class Recipient:
    """`address` is empty where none is known."""

    address: str
    name: str
    person: int | None = None
    reads_digest: bool = False
    """A coordinator whose reminders stand in the morning digest, not in a letter of their own."""

    @property
    def unreachable(self) -> Held | None:
        if not self.address:
            return Held.NO_MAILBOX
        return None if is_address(self.address) else Held.ADDRESS


@dataclass
class Recipients:
    administrators: dict[int, Recipient] = field(default_factory=dict)
    """By organization."""
    municipal: dict[int | None, list[Recipient]] = field(default_factory=lambda: defaultdict(list))
    regional: list[Recipient] = field(default_factory=list)

    def on(self, rung: Rung, organization: Organization) -> list[Recipient]:
        if rung == Rung.ADMINISTRATOR:
            person = self.administrators.get(organization.pk)
            return [person] if person else []
        if rung == Rung.HEAD:
            return [Recipient(organization.email, "официальная почта, руководителю")]
        if rung == Rung.MUNICIPALITY:
            return self.municipal.get(organization.municipality_id, [])
        return self.regional


def coordinators_of(region: Region) -> Recipients:
    """Two statements; the administrators are added batch by batch."""
    found = Recipients()
    declined = set(DigestChoice.objects.declined().values_list("user", flat=True))
    for row in Coordinator.objects.acting().filter(region=region).select_related("user"):
        person = Recipient(row.user.own_email, row.user.full_name, row.user_id, row.user_id not in declined)
        if row.municipality_id is None:
            found.regional.append(person)
        else:
            found.municipal[row.municipality_id].append(person)
    return found


def administrators_of(organizations: Iterable[Organization]) -> dict[int, Recipient]:
    """The administrator, else a deputy who acts today. One statement, of plain values: phones take long to parse."""
    acting = Appointment.objects.acting().filter(organization__in=[each.pk for each in organizations])
    rows = acting.order_by("organization", "pk").values_list(
        "organization", "role", "full_name", "email", "user", "user__email", "user__is_active"
    )
    found: dict[int, Recipient] = {}
    for organization, role, name, email, person, own_email, is_active in rows:
        address = email if person is None else (own_email or email) if is_active else ""
        if organization not in found or role == AppointmentRole.RESPONSIBLE:
            found[organization] = Recipient(address or "", name, person)
    return found
