"""A figure that a region or a municipality wants to reach by a day."""

from datetime import date

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from coordination.statuses import Measure
from organizations.models import Coordinator, Event, Municipality, Region


class TargetQuerySet(models.QuerySet["Target"]):
    def visible_to(self, user: User) -> "TargetQuerySet":
        """A municipal coordinator sees her own; the region's coordinator all of the region."""
        if user.is_staff:
            return self
        own = Q(pk__in=[])
        for mine in Coordinator.objects.acting().filter(user=user):
            own |= Q(municipality=mine.municipality_id) if mine.municipality_id else Q(region=mine.region_id)
        return self.filter(own)

    @transaction.atomic
    def put(
        self,
        *,
        region: Region,
        municipality: Municipality | None,
        measure: str,
        value: int,
        is_share: bool,
        due_on: date,
        by: User,
    ) -> "Target":
        """Sets the target of that place, figure and day, or what it is now."""
        target, _ = self.update_or_create(
            region=region,
            municipality=municipality,
            measure=measure,
            due_on=due_on,
            defaults={"value": value, "is_share": is_share, "set_by": by, "set_at": timezone.now()},
        )
        Event.record("target.set", target, by=by, region=region, fields=[measure])
        return target


class Target(models.Model):
    region = models.ForeignKey(Region, models.CASCADE, related_name="targets")
    municipality = models.ForeignKey(Municipality, models.CASCADE, null=True, related_name="targets")
    measure = models.CharField("показатель", max_length=20, choices=Measure)
    value = models.PositiveIntegerField("сколько")
    is_share = models.BooleanField("в процентах", default=True)
    due_on = models.DateField("к какому дню")
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    set_at = models.DateTimeField("назначена", default=timezone.now)

    objects = TargetQuerySet.as_manager()

    class Meta:
        verbose_name = "цель"
        verbose_name_plural = "цели"
        ordering = ["due_on", models.F("municipality__name").asc(nulls_first=True), "measure"]
        constraints = [
            models.UniqueConstraint(
                name="target_once_per_region",
                fields=["region", "measure", "due_on"],
                condition=Q(municipality=None),
            ),
            models.UniqueConstraint(
                name="target_once_per_municipality",
                fields=["municipality", "measure", "due_on"],
                condition=Q(municipality__isnull=False),
            ),
            models.CheckConstraint(name="target_measure_known", condition=Q(measure__in=Measure.values)),
            models.CheckConstraint(name="target_share_possible", condition=Q(is_share=False) | Q(value__lte=100)),
        ]

    def __str__(self) -> str:
        return f"{self.territory}: {self.get_measure_display()} {self.wanted} к {self.due_on:%d.%m.%Y}"

    @property
    def territory(self) -> str:
        return self.municipality.name if self.municipality else self.region.name

    @property
    def wanted(self) -> str:
        return f"{self.value} %" if self.is_share else str(self.value)

    @transaction.atomic
    def remove(self, *, by: User) -> None:
        Event.record("target.removed", self, by=by, region=self.region, fields=[self.measure])
        self.delete()
