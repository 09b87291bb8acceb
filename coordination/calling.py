"""Обзвон: one organization after another; whom somebody has called today is passed over."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from coordination.models import Call
from coordination.worklist import Entry, WorkList
from organizations.models.organization import OrganizationQuerySet


@dataclass
class Round:
    """The organizations to be called: those of the work list, or `everybody` whom the filter found.

    Nothing is kept of a round: what was called today is known from the calls, so it goes on on any computer.
    """

    work: WorkList
    everybody: bool = False
    skip: int = 0

    @property
    def _all(self) -> "QuerySet[Any]":
        if self.everybody:
            rows: OrganizationQuerySet = self.work.organizations
            return rows.order_by("search_key", "pk").select_related("region", "municipality")
        return self.work.rows

    @property
    def left(self) -> "QuerySet[Any]":
        return self._all.exclude(pk__in=Call.objects.today().order_by().values("organization"))

    def count(self) -> tuple[int, int]:
        """(called today, still to be called); a call for another reason is no call of this round."""
        called = Call.objects.today().filter(organization__in=self.work.organizations.order_by().values("pk"))
        if self.work.reason:
            called = called.filter(reason=self.work.reason)
        return called.order_by().values("organization").distinct().count(), self.left.order_by().count()

    def current(self) -> Entry | None:
        """The first that is left; `skip` of them are passed over for now, and come again after the last."""
        rows = list(self.left[self.skip : self.skip + 1]) or list(self.left[:1])
        return self.work.entries(rows)[0] if rows else None
