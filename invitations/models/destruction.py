"""The record that personal data were erased: how many, of which time, on which ground. Never whose."""

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils import timezone

from accounts.models import User
from invitations.statuses import Destroyed, DestructionGround
from organizations.models import Organization


class DestructionQuerySet(models.QuerySet["Destruction"]):
    def visible_to(self, user: User | AnonymousUser) -> "DestructionQuerySet":
        return self.filter(organization__in=Organization.objects.visible_to(user))

    def manageable_by(self, user: User | AnonymousUser) -> "DestructionQuerySet":
        """Nobody changes such a record."""
        return self.none()

    def administered_by(self, user: User | AnonymousUser) -> "DestructionQuerySet":
        return self.filter(organization__in=Organization.objects.administered_by(user))


class Destruction(models.Model):
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="destructions")
    ground = models.CharField("основание", max_length=20, choices=DestructionGround)
    kind = models.CharField("что уничтожено", max_length=20, choices=Destroyed, default=Destroyed.REQUESTS)
    count = models.PositiveIntegerField("сколько")
    filed_from = models.DateField("поданы или внесены с")
    filed_until = models.DateField("поданы или внесены по")
    at = models.DateTimeField("уничтожено", default=timezone.now)

    objects = DestructionQuerySet.as_manager()

    class Meta:
        verbose_name = "уничтожение персональных данных"
        verbose_name_plural = "уничтожение персональных данных"
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.organization}: {self.count}"
