"""A visitor whose repeated requests a school does not take for a while. Never by a contact: families share one."""

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils import timezone

from accounts.models import User
from organizations.models import Organization


class ApplicantBlockQuerySet(models.QuerySet["ApplicantBlock"]):
    def visible_to(self, user: User | AnonymousUser) -> "ApplicantBlockQuerySet":
        return self.administered_by(user)

    def manageable_by(self, user: User | AnonymousUser) -> "ApplicantBlockQuerySet":
        return self.administered_by(user)

    def administered_by(self, user: User | AnonymousUser) -> "ApplicantBlockQuerySet":
        return self.filter(organization__in=Organization.objects.administered_by(user))

    def standing(self) -> "ApplicantBlockQuerySet":
        return self.filter(lifted_at=None, ends_on__gte=timezone.localdate())


class ApplicantBlock(models.Model):
    """Holds no name: `fingerprint` is a keyed hash of the folded names in the request that was blocked."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="applicant_blocks")
    request = models.ForeignKey("invitations.JoinRequest", models.CASCADE, related_name="blocks")
    fingerprint = models.CharField(max_length=64, db_index=True, editable=False)
    ends_on = models.DateField("действует по")
    blocked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    blocked_at = models.DateTimeField("закрыто", default=timezone.now)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField("снято", null=True)

    objects = ApplicantBlockQuerySet.as_manager()

    class Meta:
        verbose_name = "закрытые повторные заявки"
        verbose_name_plural = "закрытые повторные заявки"
        ordering = ["-blocked_at", "-pk"]

    def __str__(self) -> str:
        return f"блокировка {self.pk}"
