"""How a region reminds: when it keeps quiet, what each rung of its ladder says, whether it is paused."""

from datetime import date

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from coordination.statuses import Rung, Stage
from foundation.verbs import WrongStatus
from organizations.models import Event, Region

MOST_DAYS = 250
"""Working days of about a year: a rung later than that is a rung that is off."""


class ReminderSettingsQuerySet(models.QuerySet["ReminderSettings"]):
    def of(self, region: Region) -> "ReminderSettings":
        """For reading: a region that has set nothing has the defaults, and no row."""
        return self.filter(region=region).first() or ReminderSettings(region=region)

    def kept(self, region: Region) -> "ReminderSettings":
        """For verbs: the region's row."""
        return self.get_or_create(region=region)[0]


class ReminderSettings(models.Model):
    """One row a region. Days of the year are "MM-DD", for the summer comes back every year."""

    region = models.OneToOneField(Region, models.CASCADE, related_name="reminder_settings")
    summer_begins = models.CharField("летом молчим с", max_length=5, default="06-01")
    summer_ends = models.CharField("летом молчим по", max_length=5, default="08-25")
    quiet_periods = models.JSONField("каникулы", default=list, blank=True)
    """[["2026-10-31", "2026-11-08"], …]: first and last day of the school holidays."""
    paused_at = models.DateTimeField("приостановлено", null=True, editable=False)
    paused_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+")

    objects = ReminderSettingsQuerySet.as_manager()

    class Meta:
        verbose_name = "настройки напоминаний"
        verbose_name_plural = "настройки напоминаний"

    def __str__(self) -> str:
        return f"Напоминания: {self.region}"

    def is_quiet(self, day: date) -> bool:
        """School holidays and summer: administrators and heads are left alone."""
        if self.summer_begins <= f"{day:%m-%d}" <= self.summer_ends:
            return True
        return any(begins <= day.isoformat() <= ends for begins, ends in self.quiet_periods)

    def hold(self) -> bool:
        """Locks the region's reminders until the transaction ends; False where they are paused.

        An UPDATE, for SQLite ignores `select_for_update`: two runs at once write one after the other.
        """
        return bool(ReminderSettings.objects.filter(pk=self.pk, paused_at=None).update(paused_at=None))

    @transaction.atomic
    def pause(self, *, by: User) -> None:
        now = timezone.now()
        if not ReminderSettings.objects.filter(pk=self.pk, paused_at=None).update(paused_at=now, paused_by=by):
            raise WrongStatus("Напоминания уже приостановлены.")
        Event.record("reminders.paused", self, by=by, region=self.region)

    @transaction.atomic
    def resume(self, *, by: User) -> None:
        held = ReminderSettings.objects.filter(pk=self.pk, paused_at__isnull=False)
        if not held.update(paused_at=None, paused_by=None):
            raise WrongStatus("Напоминания уже идут.")
        Event.record("reminders.resumed", self, by=by, region=self.region)


class RungSetting(models.Model):
    """What the region's coordinator changed on a rung. No row, no text: the built-in one."""

    region = models.ForeignKey(Region, models.CASCADE, related_name="rungs")
    stage = models.PositiveSmallIntegerField("этап", choices=Stage)
    rung = models.CharField("кому", max_length=20, choices=Rung)
    is_on = models.BooleanField("напоминать", default=True)
    after_days = models.PositiveSmallIntegerField(
        "через рабочих дней", validators=[MinValueValidator(1), MaxValueValidator(MOST_DAYS)]
    )
    text = models.TextField("текст", blank=True)

    class Meta:
        verbose_name = "ступень напоминаний"
        verbose_name_plural = "ступени напоминаний"
        constraints = [
            models.UniqueConstraint(name="rung_once", fields=["region", "stage", "rung"]),
            models.CheckConstraint(name="rung_known", condition=Q(rung__in=Rung.values)),
            models.CheckConstraint(name="rung_stage_known", condition=Q(stage__in=Stage.values)),
        ]

    def __str__(self) -> str:
        return f"{self.get_stage_display()}: {self.get_rung_display()}"
