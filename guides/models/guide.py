"""Help that is looked for by the step: links, recordings, articles, known problems with their cure."""

from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.core.validators import URLValidator
from django.db import models, transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import User, Visitor
from guides.models.kept import Kept, KeptQuerySet
from guides.statuses import GuideKind, LinkState
from organizations.models import Coordinator, Event, Region
from organizations.models.territory import default_link_hosts
from organizations.statuses import Step

REVIEW_AFTER = timedelta(days=183)
_web_address = URLValidator(["http", "https"])


class GuideQuerySet(KeptQuerySet["Guide"]):
    def for_step(self, step: int | None, region: Region | None) -> "GuideQuerySet":
        """Help on the way to `step`: pass the step that is to be reached next, not the last one that was."""
        return self.of_region(region).filter(step=step)

    def visible_to(self, user: Visitor) -> "GuideQuerySet":
        """As a list to be kept in order, with owners and dates: coordinators of the region and portal staff."""
        if user.is_staff:
            return self
        if not user.is_authenticated:
            return self.none()
        regions = Coordinator.objects.acting().filter(user=user).values("region")
        return self.filter(Q(region=None) | Q(region__in=regions)) if regions.exists() else self.none()

    def overdue(self) -> "GuideQuerySet":
        return self.filter(review_on__lte=timezone.localdate())

    def with_links(self) -> "GuideQuerySet":
        return self.exclude(url="").select_related("region")


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
    symptom = models.CharField(
        "что видит человек", max_length=500, blank=True, help_text="Для известной проблемы: как она выглядит."
    )
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
    link_state = models.CharField("ссылка", max_length=10, choices=LinkState, blank=True, editable=False)
    link_checked_on = models.DateField("ссылка проверена", null=True, editable=False)
    broken_since = models.DateField("не открывается с", null=True, editable=False)

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

    @property
    def is_overdue(self) -> bool:
        return self.review_on is not None and self.review_on <= timezone.localdate()

    @property
    def sites(self) -> list[str]:
        """To which sites the portal may go to see whether the link opens."""
        return (self.region and self.region.allowed_link_hosts) or default_link_hosts()

    @transaction.atomic
    def keep(self, *, by: User, fields: Sequence[str]) -> None:
        """Nobody has asked yet whether another link opens."""
        if "url" in fields and not self._state.adding:
            self.link_state, self.link_checked_on, self.broken_since = "", None, None
            unknown = ["link_state", "link_checked_on", "broken_since"]
            Guide.objects.filter(pk=self.pk).update(**{name: getattr(self, name) for name in unknown})
        super().keep(by=by, fields=fields)

    @transaction.atomic
    def review(self, *, by: User) -> None:
        """Looked through and still right: next time in half a year."""
        self.review_on = timezone.localdate() + REVIEW_AFTER
        Guide.objects.filter(pk=self.pk).update(review_on=self.review_on)
        Event.record("guide.reviewed", self, by=by, region=self.region)

    def note_link(self, state: LinkState) -> bool:
        """False where the link has been changed while the portal asked."""
        today = timezone.localdate()
        is_broken = state in (LinkState.BROKEN, LinkState.SILENT)
        asked = Guide.objects.filter(pk=self.pk, url=self.url)
        since = Coalesce("broken_since", Value(today)) if is_broken else None
        return bool(asked.update(link_state=state, link_checked_on=today, broken_since=since))
