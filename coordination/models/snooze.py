"""«Отложить до дня»: an organization leaves the work list for a while, with a reason, and comes back by itself."""

from datetime import date

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from foundation.verbs import WrongStatus
from organizations.models import Event, Organization


class SnoozeQuerySet(models.QuerySet["Snooze"]):
    def active(self, day: date | None = None) -> "SnoozeQuerySet":
        """Those whose day has not come by `day`, today; on the day itself the organization is back in the list."""
        return self.filter(woken_at=None, until__gt=day or timezone.localdate())

    def supervised_by(self, user: User) -> "SnoozeQuerySet":
        return self.filter(organization__in=Organization.objects.supervised_by(user))

    @transaction.atomic
    def put_off(self, organization: Organization, *, until: date, reason: str, by: User) -> "Snooze":
        """Another day takes the place of the one before. Refused where the day is not ahead."""
        if until <= timezone.localdate():
            raise WrongStatus("Отложить можно только на день, который ещё не наступил.")
        organization.hold()
        self.filter(organization=organization, woken_at=None).update(woken_at=timezone.now(), woken_by=by)
        snooze = self.create(organization=organization, until=until, reason=reason, by=by)
        Event.record("snooze.made", snooze, organization, by=by)
        return snooze


class Snooze(models.Model):
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="организация")
    until = models.DateField("вернуть в список")
    reason = models.CharField("почему отложено", max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="кто отложил")
    at = models.DateTimeField("когда", default=timezone.now, editable=False)
    woken_at = models.DateTimeField("возвращено", null=True, editable=False)
    woken_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False)

    objects = SnoozeQuerySet.as_manager()

    class Meta:
        verbose_name = "отложенная организация"
        verbose_name_plural = "отложенные организации"
        ordering = ["until", "pk"]
        constraints = [
            models.UniqueConstraint(name="one_open_snooze", fields=["organization"], condition=Q(woken_at=None))
        ]

    def __str__(self) -> str:
        return f"{self.organization}: отложено до {self.until:%d.%m.%Y}"

    @transaction.atomic
    def wake(self, *, by: User) -> None:
        """Back into the list before its day; of two people at once one does it."""
        if not Snooze.objects.filter(pk=self.pk, woken_at=None).update(woken_at=timezone.now(), woken_by=by):
            raise WrongStatus("Организация уже возвращена в список.")
        Event.record("snooze.ended", self, self.organization, by=by)
