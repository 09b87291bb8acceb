"""Sets of cases of one kind: whose they are, which wait, and the verb that opens one under the next number."""

from typing import TYPE_CHECKING, Any, TypeVar

from django.db import models
from django.db.models import Q

from accounts.models import User, Visitor
from organizations.models import Organization
from registrations.models.counter import CaseCounter

if TYPE_CHECKING:
    from registrations.models.case import Case

C = TypeVar("C", bound="Case")


class CaseQuerySet(models.QuerySet[C]):
    def visible_to(self, user: Visitor) -> "CaseQuerySet[C]":
        return self.filter(organization__in=Organization.objects.visible_to(user))

    def manageable_by(self, user: Visitor) -> "CaseQuerySet[C]":
        return self.filter(organization__in=Organization.objects.manageable_by(user))

    def administered_by(self, user: Visitor) -> "CaseQuerySet[C]":
        return self.filter(organization__in=Organization.objects.administered_by(user))

    def open(self) -> "CaseQuerySet[C]":
        return self.filter(status__in=self.model.OPEN)

    def awaiting(self) -> "CaseQuerySet[C]":
        """A letter has gone and Sferum has not answered."""
        return self.filter(status=self.model.AWAITING)

    def overdue(self, late: Q) -> "CaseQuerySet[C]":
        """Awaited longer than usual in the region: `late` is what `overdue_since` said, once for all kinds."""
        return self.awaiting().filter(late)

    def open_new(self, organization: Organization, *, by: User | None, **fields: Any) -> C:
        """A new case under the next number; IntegrityError where the organization may have only one open."""
        number = CaseCounter.next_number(self.model.PREFIX)
        return self.create(number=number, organization=organization, opened_by=by, moved_by=by, **fields)
