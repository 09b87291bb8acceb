"""What was reminded of: one row for one organization, rung and person. It holds no address: the letter has it."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Visitor
from coordination.statuses import Rung, Stage
from correspondence.models import Letter
from organizations.models import Organization, Region


class ReminderQuerySet(models.QuerySet["Reminder"]):
    def visible_to(self, user: Visitor) -> "ReminderQuerySet":
        return self.filter(organization__in=Organization.objects.visible_to(user))

    def supervised_by(self, user: Visitor) -> "ReminderQuerySet":
        return self.filter(organization__in=Organization.objects.supervised_by(user))

    def waiting_in(self, region: Region) -> "ReminderQuerySet":
        """Those that no digest has brought yet."""
        return self.filter(waits_for_digest=True, organization__region=region)


class Reminder(models.Model):
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="ladder_reminders")
    stage = models.PositiveSmallIntegerField("о каком этапе", choices=Stage)
    since = models.DateField("на этапе с")
    rung = models.CharField("кому", max_length=20, choices=Rung)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    """Null is the official mailbox, which the head reads."""
    key = models.CharField(max_length=120, unique=True, editable=False)
    on = models.DateField("день", default=timezone.localdate)
    letter = models.ForeignKey(Letter, models.SET_NULL, null=True, related_name="+")
    waits_for_digest = models.BooleanField("войдёт в утреннюю сводку", default=False)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = "напоминание"
        verbose_name_plural = "напоминания"
        ordering = ["-on", "-pk"]
        indexes = [
            models.Index(name="reminder_of_stage", fields=["organization", "stage", "since"]),
            models.Index(name="reminder_for_digest", fields=["person"], condition=Q(waits_for_digest=True)),
            models.Index(name="reminder_by_day", fields=["-on", "-id"]),
        ]
        constraints = [
            models.CheckConstraint(name="reminder_rung_known", condition=Q(rung__in=Rung.values)),
            models.CheckConstraint(name="reminder_stage_known", condition=Q(stage__in=Stage.values)),
        ]

    def __str__(self) -> str:
        return f"{self.get_rung_display()}: {self.get_stage_display()}"

    @staticmethod
    def key_of(organization: int, stage: int, since: date, rung: str, person: int | None) -> str:
        """One rung is climbed once. A step that opened again on another day is another ladder."""
        return f"{organization}:{stage}:{since}:{rung}:{person or 'mailbox'}"
