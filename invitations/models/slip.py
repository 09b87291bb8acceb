"""«Мой» or «не мой»: what a class teacher is asked by a link that shows one class and decides nothing."""

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils import timezone

from accounts.models import User
from organizations.models import Organization, SchoolClass


class ClassSlipQuerySet(models.QuerySet["ClassSlip"]):
    def visible_to(self, user: User | AnonymousUser) -> "ClassSlipQuerySet":
        return self.administered_by(user)

    def manageable_by(self, user: User | AnonymousUser) -> "ClassSlipQuerySet":
        return self.administered_by(user)

    def administered_by(self, user: User | AnonymousUser) -> "ClassSlipQuerySet":
        return self.filter(school_class__organization__in=Organization.objects.administered_by(user))

    def live(self) -> "ClassSlipQuerySet":
        return self.filter(revoked_at=None, expires_at__gt=timezone.now())


class ClassSlip(models.Model):
    """A link with power (`/s/<token>/`): its token is signed for the primary key, revoking is `revoked_at`."""

    school_class = models.ForeignKey(SchoolClass, models.CASCADE, related_name="slips", verbose_name="класс")
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    issued_at = models.DateTimeField("выдан", default=timezone.now)
    expires_at = models.DateTimeField("действует до")
    answered_at = models.DateTimeField("последний ответ", null=True)
    revoked_at = models.DateTimeField("отозван", null=True)

    objects = ClassSlipQuerySet.as_manager()

    class Meta:
        verbose_name = "листок классного руководителя"
        verbose_name_plural = "листки классных руководителей"
        ordering = ["-issued_at", "-pk"]

    def __str__(self) -> str:
        return f"листок {self.pk}"
