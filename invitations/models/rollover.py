"""The step of a school into the next academic year, as one act that can be taken back."""

import uuid

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils import timezone

from accounts.models import User
from organizations.models import Organization


class RolloverQuerySet(models.QuerySet["Rollover"]):
    def visible_to(self, user: User | AnonymousUser) -> "RolloverQuerySet":
        return self.filter(organization__in=Organization.objects.visible_to(user))

    def manageable_by(self, user: User | AnonymousUser) -> "RolloverQuerySet":
        return self.administered_by(user)

    def administered_by(self, user: User | AnonymousUser) -> "RolloverQuerySet":
        return self.filter(organization__in=Organization.objects.administered_by(user))


class Rollover(models.Model):
    """Classes and links bear `batch`: those made, archived and revoked by this step and by nothing else."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="rollovers")
    from_year = models.PositiveSmallIntegerField("из учебного года")
    batch = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    done_at = models.DateTimeField("сделано", default=timezone.now)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField("отменено", null=True)

    objects = RolloverQuerySet.as_manager()

    class Meta:
        verbose_name = "перевод на новый учебный год"
        verbose_name_plural = "переводы на новый учебный год"
        ordering = ["-done_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_rollover_of_a_year",
                fields=["organization", "from_year"],
                condition=models.Q(undone_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"{self.organization}: {self.from_year}"
