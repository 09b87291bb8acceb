"""Help that is looked for by the step: links, recordings, articles, known problems with their cure; trainings."""

from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from guides.statuses import GuideKind
from organizations.models import Region
from organizations.statuses import Step

_web_address = URLValidator(["http", "https"])


def known_steps(steps: list[int]) -> None:
    if not isinstance(steps, list) or any(step not in Step.values for step in steps):
        raise ValidationError("Укажите номера этапов от 1 до 7, например [4, 5].")


class GuideQuerySet(models.QuerySet["Guide"]):
    def of_region(self, region: Region | None) -> "GuideQuerySet":
        """What everybody may use and what belongs to the region."""
        return self.filter(Q(region=None) | Q(region=region))

    def for_step(self, step: int | None, region: Region | None) -> "GuideQuerySet":
        """Help on the way to `step`: pass the step that is to be reached next, not the last one that was."""
        return self.of_region(region).filter(step=step)


class Guide(models.Model):
    region = models.ForeignKey(
        Region,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="guides",
        verbose_name="регион",
        help_text="Пусто: для всех регионов.",
    )
    kind = models.CharField("вид", max_length=20, choices=GuideKind, default=GuideKind.LINK)
    title = models.CharField("название", max_length=200)
    url = models.URLField("ссылка", max_length=500, blank=True, validators=[_web_address])
    text = models.TextField("текст", max_length=4000, blank=True, help_text="Для известной проблемы: что делать.")
    step = models.PositiveSmallIntegerField(
        "этап", choices=Step, null=True, blank=True, help_text="На пути к какому этапу это нужно. Пусто: на любом."
    )
    order = models.PositiveSmallIntegerField("порядок", default=0)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="кто следит",
    )
    review_on = models.DateField("проверить", null=True, blank=True)

    objects = GuideQuerySet.as_manager()

    class Meta:
        verbose_name = "материал"
        verbose_name_plural = "материалы"
        ordering = [F("step").asc(nulls_first=True), "order", "pk"]
        constraints = [
            models.CheckConstraint(name="guide_kind_known", condition=Q(kind__in=GuideKind.values)),
            models.CheckConstraint(name="guide_step_known", condition=Q(step=None) | Q(step__in=Step.values)),
            models.CheckConstraint(
                name="guide_says_something",
                condition=~Q(url="") | ~Q(text=""),
                violation_error_message="Нужна ссылка или текст.",
            ),
        ]
        indexes = [models.Index(name="guide_by_step", fields=["region", "step"])]

    def __str__(self) -> str:
        return self.title


class TrainingQuerySet(models.QuerySet["Training"]):
    def of_region(self, region: Region | None) -> "TrainingQuerySet":
        return self.filter(Q(region=None) | Q(region=region))

    def upcoming(self) -> "TrainingQuerySet":
        """Those that are not over yet, the nearest first."""
        return self.filter(ends_at__gt=timezone.now()).order_by("starts_at", "pk")

    def recorded(self) -> "TrainingQuerySet":
        return self.filter(ends_at__lte=timezone.now()).exclude(recording_url="")


class Training(models.Model):
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
    minutes = models.PositiveSmallIntegerField("продолжительность, минут", default=60)
    ends_at = models.DateTimeField("окончание", editable=False)
    join_url = models.URLField("ссылка для подключения", max_length=500, blank=True, validators=[_web_address])
    recording_url = models.URLField("ссылка на запись", max_length=500, blank=True, validators=[_web_address])
    steps = models.JSONField("для каких этапов", default=list, blank=True, validators=[known_steps])
    changed_at = models.DateTimeField("изменено", auto_now=True)

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
    def step_words(self) -> str:
        return ", ".join(Step(step).label for step in self.steps)
