"""A training: when it is, where to connect, for which steps, and its recording afterwards."""

from collections.abc import Sequence
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from foundation.verbs import WrongStatus
from guides import letters
from guides.models.kept import Kept, KeptQuerySet
from organizations.models import Event, Region
from organizations.statuses import Step

_web_address = URLValidator(["http", "https"])


def known_steps(steps: list[int]) -> None:
    if not isinstance(steps, list) or any(step not in Step.values for step in steps):
        raise ValidationError("Укажите номера этапов от 1 до 7, например [4, 5].")


class TrainingQuerySet(KeptQuerySet["Training"]):
    def upcoming(self) -> "TrainingQuerySet":
        """Those that are not over yet, the nearest first."""
        return self.filter(ends_at__gt=timezone.now()).order_by("starts_at", "pk")

    def recorded(self) -> "TrainingQuerySet":
        return self.filter(ends_at__lte=timezone.now()).exclude(recording_url="")


class Training(Kept):
    noun = "training"

    region = models.ForeignKey(
        Region,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="trainings",
        verbose_name="регион",
        help_text="Пусто: для всех регионов.",
    )
    title = models.CharField("тема", max_length=200)
    starts_at = models.DateTimeField("начало")
    description = models.TextField("о чём", max_length=2000, blank=True)
    minutes = models.PositiveSmallIntegerField("продолжительность, минут", default=60)
    ends_at = models.DateTimeField("окончание", editable=False)
    join_url = models.URLField("ссылка для подключения", max_length=500, blank=True, validators=[_web_address])
    recording_url = models.URLField("ссылка на запись", max_length=500, blank=True, validators=[_web_address])
    steps = models.JSONField("для каких этапов", default=list, blank=True, validators=[known_steps])
    changed_at = models.DateTimeField("изменено", auto_now=True)
    sequence = models.PositiveIntegerField("изменений", default=0, editable=False)
    """Calendars take a change only with a higher number."""
    cancelled_at = models.DateTimeField("отменено", null=True, editable=False)

    objects = TrainingQuerySet.as_manager()

    class Meta:
        verbose_name = "обучение"
        verbose_name_plural = "обучение"
        ordering = ["-starts_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="training_ends_after_start", condition=Q(ends_at__gt=F("starts_at"))),
        ]
        indexes = [models.Index(name="training_by_end", fields=["region", "ends_at"])]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: object, **kwargs: object) -> None:
        self.ends_at = self.starts_at + timedelta(minutes=self.minutes)
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    @property
    def is_open(self) -> bool:
        """May still be moved or called off."""
        return self.cancelled_at is None and self.ends_at > timezone.now()

    @transaction.atomic
    def keep(self, *, by: User, fields: Sequence[str]) -> None:
        if not self._state.adding and fields:
            self._move(self._not_cancelled())
            fields = [*fields, "ends_at", "changed_at"]
        super().keep(by=by, fields=fields)

    @transaction.atomic
    def cancel(self, *, by: User) -> None:
        """It stays in lists and calendars, as one that will not be; whoever has been reminded is told."""
        now = timezone.now()
        self._move(self._not_cancelled().filter(ends_at__gt=now), cancelled_at=now, changed_at=now)
        Event.record("training.cancelled", self, by=by, region=self.region)
        letters.called_off(self, by=by)

    def _not_cancelled(self) -> "models.QuerySet[Training]":
        return Training.objects.filter(pk=self.pk, cancelled_at=None)

    def _move(self, open_row: "models.QuerySet[Training]", **changed: object) -> None:
        if not open_row.update(sequence=F("sequence") + 1, **changed):
            raise WrongStatus("Это обучение уже отменено или прошло.")

    @property
    def step_words(self) -> str:
        return ", ".join(Step(step).label for step in self.steps)
