"""A step of the journey that an organization has reached, with its source («основание»)."""

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from accounts.models import User
from foundation.verbs import WrongStatus
from organizations.models.event import Event
from organizations.statuses import Source, Step


class Milestone(models.Model):
    """Written by `journey.reach`; later changes of people or of the year never undo one."""

    organization = models.ForeignKey("Organization", models.CASCADE, related_name="milestones")
    step = models.PositiveSmallIntegerField("этап", choices=Step)
    reached_on = models.DateField("когда", null=True, blank=True, help_text="Пусто: день неизвестен.")
    source = models.CharField("основание", max_length=20, choices=Source)
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    noted_at = models.DateTimeField("записано", default=timezone.now, editable=False)

    class Meta:
        verbose_name = "этап организации"
        verbose_name_plural = "этапы организаций"
        ordering = ["organization", "step"]
        constraints = [
            models.UniqueConstraint(name="milestone_once", fields=["organization", "step"]),
            models.CheckConstraint(name="milestone_step_known", condition=models.Q(step__in=Step.values)),
            models.CheckConstraint(name="milestone_source_known", condition=models.Q(source__in=Source.values)),
        ]

    def __str__(self) -> str:
        return f"{self.get_step_display()}: {self.organization}"

    @transaction.atomic
    def vouch(self, *, by: User) -> None:
        """«Проверено по телефону»: what only the school had said, a coordinator has made sure of.

        WrongStatus where another ground stood, or a colleague was first: a phone call must not hide a letter.
        """
        mine = Milestone.objects.filter(pk=self.pk, source=Source.SCHOOL)
        if not mine.update(source=Source.COORDINATOR):
            raise WrongStatus("Этот этап известен уже не только со слов школы.")
        self.source = Source.COORDINATOR
        Event.record("milestone.checked", self, self.organization, by=by, fields=["source"])
