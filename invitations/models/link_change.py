"""The ledger of what stands behind a poster: which Sferum link, put there by whom and when."""

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils import timezone

from accounts.models import User
from invitations.models.invitation import Invitation


class LinkChangeQuerySet(models.QuerySet["LinkChange"]):
    def visible_to(self, user: User | AnonymousUser) -> "LinkChangeQuerySet":
        return self.administered_by(user)

    def manageable_by(self, user: User | AnonymousUser) -> "LinkChangeQuerySet":
        """Append-only."""
        return self.none()

    def administered_by(self, user: User | AnonymousUser) -> "LinkChangeQuerySet":
        return self.filter(invitation__in=Invitation.objects.administered_by(user))


class LinkChange(models.Model):
    invitation = models.ForeignKey(Invitation, models.CASCADE, related_name="link_changes")
    sferum_link = models.URLField("ссылка", max_length=500, blank=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField("когда", default=timezone.now)

    objects = LinkChangeQuerySet.as_manager()

    class Meta:
        verbose_name = "смена ссылки Сферума"
        verbose_name_plural = "смены ссылки Сферума"
        ordering = ["-changed_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.invitation}: {self.changed_at:%d.%m.%Y}"
