"""What a plan for the next academic year would change: shown before the act, and done only as it was shown."""

import hashlib
from dataclasses import dataclass

from django.db.models import Count

from invitations.models import Invitation, JoinRequest
from invitations.statuses import Fate
from invitations.year_plan import YearPlan
from organizations.models import Organization, SchoolClass
from organizations.models.school_class import ClassDraft


@dataclass(frozen=True)
class ClosingLink:
    invitation: Invitation
    pending: int
    """Requests by this link that still wait for the school."""


@dataclass(frozen=True)
class Preview:
    making: list[tuple[ClassDraft, SchoolClass | None]]
    there: list[str]
    """Names of the new year that are there already and stay as they are."""
    archiving: list[SchoolClass]
    graduating: list[SchoolClass]
    left: list[SchoolClass]
    closing: list[ClosingLink]

    @property
    def pending(self) -> int:
        return sum(link.pending for link in self.closing)

    @property
    def changing_teacher(self) -> list[str]:
        """Classes that lose the teacher of the primary school."""
        return [draft.name for draft, old in self.making if old and old.teacher_name and not draft.teacher_name]

    @property
    def mark(self) -> str:
        """Changes whenever anything on the page of the preview would."""
        parts = [
            [f"{draft} {old.pk if old else ''}" for draft, old in self.making],
            self.there,
            [row.pk for row in self.archiving],
            [row.pk for row in self.left],
            [link.invitation.pk for link in self.closing],
        ]
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:20]


def preview(organization: Organization, plan: YearPlan) -> Preview:
    """Three statements, however many classes there are."""
    next_year = organization.classes.live().filter(academic_year=plan.from_year + 1)
    there = set(next_year.values_list("key", flat=True))
    drafts = plan.drafts()
    closing = Invitation.objects.live().with_school().filter(school_class__in=plan.leaving)
    waiting = JoinRequest.objects.pending().filter(invitation__in=closing.order_by().values("pk")).order_by()
    waits = {row["invitation"]: row["count"] for row in waiting.values("invitation").annotate(count=Count("pk"))}
    return Preview(
        making=[(draft, old) for draft, old in drafts if draft.key not in there],
        there=[draft.name for draft, _ in drafts if draft.key in there],
        archiving=[move.school_class for move in plan.moves if move.fate != Fate.LEAVE],
        graduating=[move.school_class for move in plan.moves if move.fate == Fate.ARCHIVE],
        left=[move.school_class for move in plan.moves if move.fate == Fate.LEAVE],
        closing=[ClosingLink(link, waits.get(link.pk, 0)) for link in closing],
    )
