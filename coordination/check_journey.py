"""Recomputes the journey from its facts and says where the rows differ.

A milestone is a fact of its own where the registry, a person or a sign-in told it. What rows prove must have its
milestone, and `step` and `step_since` must follow from the milestones.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from invitations.models import Invitation
from messenger.models import organizations_that_moved
from organizations.journey import reach, recompute
from organizations.models import Appointment, Milestone, Organization, SchoolClass
from organizations.statuses import AppointmentRole, Source, Step
from registrations.models import RegistrationRequest
from registrations.statuses import RegistrationStatus


@dataclass(frozen=True)
class Difference:
    organization: int
    words: str
    missing: Step | None = None
    """The milestone that a row proves and nobody noted; None where only the step is wrong."""

    def __str__(self) -> str:
        return f"Организация {self.organization}: {self.words}"


def proven() -> dict[Step, Iterable[int]]:
    """Keys of the organizations of which a row proves that they have reached the step."""
    requests = RegistrationRequest.objects.order_by()
    return {
        Step.APPOINTED: Appointment.objects.filter(role=AppointmentRole.RESPONSIBLE)
        .order_by()
        .values_list("organization", flat=True),
        Step.REQUESTED: requests.filter(last_letter_at__isnull=False).values_list("organization", flat=True),
        Step.REGISTERED: requests.filter(status=RegistrationStatus.REGISTERED).values_list("organization", flat=True),
        Step.CLASSES: SchoolClass.objects.order_by().values_list("organization", flat=True),
        Step.INVITED: Invitation.objects.order_by().values_list("school_class__organization", flat=True),
        Step.MIGRATED: organizations_that_moved().order_by().values_list("pk", flat=True),
    }


def differences() -> Iterator[Difference]:
    """One difference a missing milestone and one a wrong step, by organization. Nine statements in all."""
    reached: dict[int, dict[int, Milestone]] = defaultdict(dict)
    for milestone in Milestone.objects.all():
        reached[milestone.organization_id][milestone.step] = milestone
    needed: dict[int, list[Step]] = defaultdict(list)
    for step, organizations in proven().items():
        for pk in sorted(set(organizations)):
            if step not in reached[pk]:
                needed[pk].append(step)
    for organization in Organization.objects.select_related("region").order_by("pk"):
        for step in needed[organization.pk]:
            yield Difference(organization.pk, f"не отмечен этап «{step.label}», хотя данные о нём есть", step)
        yield from _wrong_step(organization, reached[organization.pk])


def _wrong_step(organization: Organization, milestones: dict[int, Milestone]) -> Iterator[Difference]:
    furthest = max(milestones, default=None)
    if organization.step != furthest:
        yield Difference(organization.pk, f"этап {organization.step}, а по отмеченным этапам {furthest}")
        return
    days: set[date | None]
    if furthest is None:
        days = {None}
    elif told := milestones[furthest].reached_on:
        days = {told}
    else:  # noted by a request in the region's zone, or by a task in the portal's
        noted_at = milestones[furthest].noted_at
        days = {timezone.localdate(noted_at), timezone.localdate(noted_at, organization.region.zone)}
    if organization.step_since not in days:
        since = " или ".join(sorted(str(day) for day in days))
        yield Difference(organization.pk, f"на этапе с {organization.step_since}, а по отмеченным этапам с {since}")


@transaction.atomic
def repair(difference: Difference) -> None:
    """Notes the missing milestone, of an unknown day, and recomputes the step."""
    organization = Organization.objects.get(pk=difference.organization)
    organization.hold()
    if difference.missing is not None:
        reach(organization, difference.missing, by=None, source=Source.PORTAL)
    recompute(organization)
