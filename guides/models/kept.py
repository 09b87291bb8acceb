"""What coordinators of a region and portal staff write for people to read."""

from collections.abc import Sequence
from typing import ClassVar, Self, TypeVar

from django.db import models, transaction
from django.db.models import Q

from accounts.models import User, Visitor
from foundation.verbs import WrongStatus
from organizations.models import Coordinator, Event, Region

Row = TypeVar("Row", bound=models.Model)


def regions_kept_by(user: Visitor) -> "models.QuerySet[Region]":
    """Whose help this person writes: a coordinator of the whole region; portal staff every region's."""
    if user.is_staff:
        return Region.objects.all()
    if not user.is_authenticated:
        return Region.objects.none()
    whole = Coordinator.objects.acting().filter(user=user, municipality=None)
    return Region.objects.filter(pk__in=whole.values("region"))


class KeptQuerySet(models.QuerySet[Row]):
    def of_region(self, region: Region | None) -> Self:
        """What everybody may use and what belongs to the region."""
        return self.filter(Q(region=None) | Q(region=region))

    def manageable_by(self, user: Visitor) -> Self:
        """What is for all regions belongs to portal staff alone."""
        return self.all() if user.is_staff else self.filter(region__in=regions_kept_by(user))


class Kept(models.Model):
    """Every writing leaves its line in the journal: the names of the fields, never what was typed."""

    noun: ClassVar[str]
    region: "models.ForeignKey[Region | None, Region | None]"

    class Meta:
        abstract = True

    @transaction.atomic
    def keep(self, *, by: User, fields: Sequence[str]) -> None:
        """Writes a new row, or of an old one the given fields alone: what somebody else has changed meanwhile stays."""
        if self._state.adding:
            self.save(force_insert=True)
            Event.record(f"{self.noun}.added", self, by=by, region=self.region)
        elif fields:
            self.save(update_fields=fields)
            Event.record(f"{self.noun}.changed", self, by=by, region=self.region, fields=fields)

    @transaction.atomic
    def remove(self, *, by: User) -> None:
        Event.record(f"{self.noun}.removed", self, by=by, region=self.region)
        deleted, _ = type(self)._base_manager.filter(pk=self.pk).delete()
        if not deleted:
            raise WrongStatus("Этой записи уже нет: её удалили раньше.")
