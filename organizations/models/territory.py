"""Regions, municipalities, and the coordinators who answer for them."""

from datetime import date
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from phonenumber_field.modelfields import PhoneNumberField

from accounts.models import User, Visitor
from foundation.verbs import WrongStatus
from organizations.models.event import Event


def default_link_hosts() -> list[str]:
    return ["sferum.ru", "vk.me", "vk.com", "max.ru"]


def default_step_norms() -> dict[str, int]:
    """Working days at a step after which somebody should ask: number of the step → days, 0 for not watched.

    A letter is written in a week, Support answers in one, the first sign-in takes two; classes and links a month of
    lessons, chats a quarter.
    """
    return {"1": 5, "2": 5, "3": 10, "4": 10, "5": 20, "6": 60}


def known_day_of_year(words: str) -> None:
    """«01.06»: day and month of every year; 29 February is none."""
    try:
        date.fromisoformat(f"2025-{words[3:]}-{words[:2]}" if words[2:3] == "." and len(words) == 5 else "")
    except ValueError as error:
        raise ValidationError("Напишите день и месяц, например 01.06.") from error


def known_time_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValidationError("Такого часового пояса нет. Пример: Asia/Tomsk.") from error


class Region(models.Model):
    """A subject of the Federation with everything its department and Sferum's people for it agreed on."""

    code = models.CharField("номер субъекта", max_length=3, unique=True)
    name = models.CharField("название", max_length=120)
    time_zone = models.CharField("часовой пояс", max_length=40, default="Europe/Moscow", validators=[known_time_zone])
    department_name = models.CharField("орган управления образованием", max_length=300, blank=True)
    department_phone = models.CharField("городской телефон для проверки", max_length=60, blank=True)
    support_email = models.EmailField("почта Поддержки Сферума", default="info@sferum.ru")
    sferum_url = models.URLField("сайт Сферума", default="https://sferum.ru")
    manager_name = models.CharField("менеджер по интеграции", max_length=200, blank=True)
    manager_phone = PhoneNumberField("телефон менеджера", blank=True)
    manager_email = models.EmailField("почта менеджера", blank=True)
    manager_telegram = models.CharField("Telegram менеджера", max_length=60, blank=True)
    messenger_name = models.CharField("мессенджер региона", max_length=60, default="VK Мессенджер")
    allowed_link_hosts = models.JSONField("сайты, чьи ссылки можно хранить", default=default_link_hosts)
    parents_join_by_link = models.BooleanField("родители вступают по ссылке", default=False)
    reminder_after_days = models.PositiveSmallIntegerField("напоминать после рабочих дней", default=3)
    answer_after_days = models.PositiveSmallIntegerField("ответ Сферума ждём рабочих дней", default=5)
    reminders_a_week = models.PositiveSmallIntegerField(
        "напоминаний одному человеку за неделю, не больше",
        default=2,
        validators=[MinValueValidator(1), MaxValueValidator(7)],
    )
    step_norms = models.JSONField("нормы этапов, рабочих дней", default=default_step_norms, blank=True)
    summer_from = models.CharField(
        "летом сроки школ стоят с", max_length=5, default="01.06", blank=True, validators=[known_day_of_year]
    )
    summer_until = models.CharField("по", max_length=5, default="25.08", blank=True, validators=[known_day_of_year])
    is_demo = models.BooleanField("пример", default=False, editable=False)

    class Meta:
        verbose_name = "регион"
        verbose_name_plural = "регионы"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


class Municipality(models.Model):
    region = models.ForeignKey(Region, models.PROTECT, related_name="municipalities", verbose_name="регион")
    name = models.CharField("название", max_length=160)
    oktmo = models.CharField("ОКТМО", max_length=11, blank=True)
    head_name = models.CharField("руководитель управления образования", max_length=200, blank=True)
    head_email = models.EmailField("почта для недельной сводки", blank=True)

    class Meta:
        verbose_name = "муниципалитет"
        verbose_name_plural = "муниципалитеты"
        ordering = ["name"]
        constraints = [models.UniqueConstraint(name="municipality_once", fields=["region", "name"])]

    def __str__(self) -> str:
        return self.name


class CoordinatorQuerySet(models.QuerySet["Coordinator"]):
    def acting(self) -> "CoordinatorQuerySet":
        return self.filter(ended_at=None, user__is_active=True)

    def manageable_by(self, user: Visitor) -> "CoordinatorQuerySet":
        """A coordinator of the whole region manages the municipal ones, those nobody; portal staff everybody."""
        if user.is_staff:
            return self
        if not user.is_authenticated:
            return self.none()
        regions = Coordinator.objects.acting().filter(user=user, municipality=None).values("region")
        return self.filter(region__in=regions, municipality__isnull=False)

    @transaction.atomic
    def invite(
        self, *, region: Region, municipality: Municipality | None, full_name: str, email: str, by: User | None
    ) -> "Coordinator":
        """The coordinator's row and user. Inviting the same person to the same territory again returns the row."""
        if municipality is not None and municipality.region_id != region.pk:
            raise ValueError("the municipality lies in another region")
        user = User.objects.filter(email=email.strip().lower()).first() or User.objects.create_user(
            email, full_name=full_name, is_demo=region.is_demo
        )
        user.requires_second_factor = True
        user.save(update_fields=["requires_second_factor"])
        coordinator, created = self.get_or_create(
            user=user, region=region, municipality=municipality, ended_at=None, defaults={"invited_by": by}
        )
        if created:
            Event.record("coordinator.invited", coordinator, by=by, region=region)
        return coordinator


class Coordinator(models.Model):
    """A person who answers for a territory: one municipality, or the whole region where `municipality` is null."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="coordinates")
    region = models.ForeignKey(Region, models.PROTECT, related_name="coordinators", verbose_name="регион")
    municipality = models.ForeignKey(
        Municipality,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="coordinators",
        verbose_name="муниципалитет",
        help_text="Пусто: весь регион.",
    )
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    invited_at = models.DateTimeField("приглашён", default=timezone.now, editable=False)
    ended_at = models.DateTimeField("лишён доступа", null=True, editable=False)

    objects = CoordinatorQuerySet.as_manager()

    class Meta:
        verbose_name = "координатор"
        verbose_name_plural = "координаторы"
        ordering = ["region", models.F("municipality__name").asc(nulls_first=True), "user__full_name"]
        constraints = [
            models.UniqueConstraint(
                name="coordinator_once_per_municipality",
                fields=["user", "municipality"],
                condition=Q(ended_at=None, municipality__isnull=False),
            ),
            models.UniqueConstraint(
                name="coordinator_once_per_region",
                fields=["user", "region"],
                condition=Q(ended_at=None, municipality=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} — {self.territory}"

    @property
    def territory(self) -> str:
        return self.municipality.name if self.municipality else self.region.name

    @transaction.atomic
    def remove(self, *, by: User) -> None:
        """Ends the access and the person's sessions at once."""
        ended = Coordinator.objects.filter(pk=self.pk, ended_at=None).update(ended_at=timezone.now())
        if not ended:
            raise WrongStatus("Этот координатор уже лишён доступа.")
        if not self.user.is_staff and not Coordinator.objects.acting().filter(user=self.user).exists():
            User.objects.filter(pk=self.user_id).update(requires_second_factor=False)
        self.user.end_sessions()
        Event.record("coordinator.removed", self, by=by, region=self.region)
