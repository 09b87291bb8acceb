"""Help that is looked for by the step: links, recordings, articles, known problems with their cure."""

from django.conf import settings
from django.core.validators import URLValidator
from django.db import models
from django.db.models import F, Q

from guides.models.kept import Kept, KeptQuerySet
from guides.statuses import GuideKind
from organizations.models import Region
from organizations.statuses import Step

_web_address = URLValidator(["http", "https"])


class GuideQuerySet(KeptQuerySet["Guide"]):
    def for_step(self, step: int | None, region: Region | None) -> "GuideQuerySet":
        """Help on the way to `step`: pass the step that is to be reached next, not the last one that was."""
        return self.of_region(region).filter(step=step)


class Guide(Kept):
    noun = "guide"

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
