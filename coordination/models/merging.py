"""Two rows that were made one, with what a way back needs: a small journal of what was changed."""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from organizations.models import Organization

UNDO_DAYS = 14


class MergingQuerySet(models.QuerySet["Merging"]):
    def visible_to(self, user: User | AnonymousUser) -> "MergingQuerySet":
        return self.manageable_by(user)

    def manageable_by(self, user: User | AnonymousUser) -> "MergingQuerySet":
        """Both must be the person's own, as for the merging itself."""
        mine = Organization.objects.supervised_by(user)
        return self.filter(winner__in=mine, loser__in=mine)

    def of(self, organization: Organization) -> "MergingQuerySet":
        """Those in which it stays, and those in which it goes."""
        return self.filter(Q(winner=organization) | Q(loser=organization))

    def standing(self) -> "MergingQuerySet":
        """Not taken back."""
        return self.filter(undone_at=None)

    def undoable(self) -> "MergingQuerySet":
        """Not taken back, and not too late to be."""
        return self.standing().filter(done_at__gte=timezone.now() - timedelta(days=UNDO_DAYS))

    def forget_old(self) -> int:
        """The journal holds names and numbers that were given up: it goes when it serves no undo any more."""
        over = Q(done_at__lt=timezone.now() - timedelta(days=UNDO_DAYS)) | Q(undone_at__isnull=False)
        return self.filter(over).exclude(journal=[], deleted=[]).update(journal=[], deleted=[])


class Merging(models.Model):
    """`loser` went into `winner`."""

    winner = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="осталась")
    loser = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="вошла в неё")
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    done_at = models.DateTimeField("сделано", default=timezone.now)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField("отменено", null=True)
    journal = models.JSONField("что изменено", default=list)
    """Lines [model, {column: [before, after]}, primary keys]."""
    deleted = models.JSONField("что снято", default=list)
    """Rows [model, {column: value}]."""

    objects = MergingQuerySet.as_manager()

    class Meta:
        verbose_name = "объединение"
        verbose_name_plural = "объединения"
        ordering = ["-done_at", "-pk"]
        indexes = [models.Index(name="merging_undo", fields=["done_at"], condition=Q(undone_at=None))]

    def __str__(self) -> str:
        return f"{self.loser_id} → {self.winner_id}"

    @property
    def may_be_undone_until(self) -> datetime:
        return self.done_at + timedelta(days=UNDO_DAYS)

    @property
    def is_over(self) -> bool:
        """Too late to take back."""
        return timezone.now() > self.may_be_undone_until
