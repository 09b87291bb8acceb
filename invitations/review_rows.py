"""One request as the review desk shows it, with what the school should know of it."""

from dataclasses import dataclass
from datetime import datetime
from math import ceil
from uuid import UUID

from django.utils import timezone

from foundation.working_days import working_days_between
from invitations.models import JoinRequest
from invitations.models.decisions import undo_period
from invitations.piles import Piles, Verdict
from invitations.statuses import CLOSED_BY_SCHOOL, RequestStatus
from organizations.models import SchoolClass


@dataclass
class Row:
    """One request as the page shows it. `group`: the keys of all who stand with it under one name, at their first."""

    request: JoinRequest
    verdict: Verdict | None = None
    days: int = 0
    is_late: bool = False
    is_very_late: bool = False
    is_namesake: bool = False
    is_postponed: bool = False
    group: tuple[int, ...] = ()
    heading: SchoolClass | None = None

    @property
    def can_undo(self) -> bool:
        decided = self.request.decided_at
        return self._is_closed_by_school and decided is not None and decided > timezone.now() - undo_period()

    @property
    def can_reopen(self) -> bool:
        return self._is_closed_by_school and not self.can_undo

    @property
    def _is_closed_by_school(self) -> bool:
        row = self.request
        return row.status in CLOSED_BY_SCHOOL and not (row.joined_at or row.purged_at or row.consent_withdrawn_at)


@dataclass(frozen=True)
class RecentBatch:
    """What this administrator decided in the last minutes by one act."""

    batch: UUID
    status: str
    count: int
    decided_at: datetime

    @property
    def minutes_left(self) -> int:
        return max(1, ceil((self.decided_at + undo_period() - timezone.now()).total_seconds() / 60))


@dataclass(frozen=True)
class TabLink:
    name: str
    words: str
    count: int
    address: str
    is_open: bool


def dress(requests: list[JoinRequest], piles: Piles, *, has_headings: bool) -> list[Row]:
    """`requests` know their organization and class already; `has_headings`: they are in the order of classes."""
    asked: set[int] = set()
    last: SchoolClass | None = None
    rows = [_row(request, piles) for request in requests]
    for row in rows:
        if row.is_namesake and row.request.pk not in asked:
            row.group = (row.request.pk, *piles.namesakes[row.request.pk])
            asked.update(row.group)
        if has_headings and row.request.school_class != last:
            row.heading = last = row.request.school_class
    return rows


def _row(request: JoinRequest, piles: Piles) -> Row:
    if request.status != RequestStatus.PENDING:
        return Row(request)
    region = request.organization.region
    days = working_days_between(timezone.localdate(request.created_at, region.zone), request.organization.today)
    return Row(
        request,
        verdict=piles.verdicts.get(request.pk),
        days=days,
        is_late=days > region.reminder_after_days,
        is_very_late=days > 2 * region.reminder_after_days,
        is_namesake=request.pk in piles.namesakes,
        is_postponed=bool(request.postponed_until and request.postponed_until > request.organization.today),
    )
