"""Chats that move to the region's messenger, and what was decided of each."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from messenger.models.chat_set import ChatQuerySet
from messenger.statuses import LIVING, ChatStatus, Reason
from organizations.models import Organization, SchoolClass


class Chat(models.Model):
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="chats")
    school_class = models.ForeignKey(
        SchoolClass,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="chats",
        verbose_name="класс",
        help_text="Пусто: чат сотрудников или общий.",
    )
    name = models.CharField("название", max_length=200)
    key = models.CharField(max_length=200, editable=False)
    status = models.CharField("состояние", max_length=20, choices=ChatStatus, default=ChatStatus.PLANNED)
    origin = models.CharField("где чат сейчас", max_length=60, blank=True)
    is_mover_administrator = models.BooleanField("переносит создатель или администратор чата", null=True)
    is_role_confirmed = models.BooleanField("роль переносящего подтверждена", null=True)
    has_two_administrators = models.BooleanField("в чате два администратора", null=True)
    messenger = models.CharField("куда перенесён", max_length=60, blank=True)
    moved_on = models.DateField("когда перенесён", null=True, blank=True)
    reason = models.CharField("почему не перенесён", max_length=30, choices=Reason, blank=True)
    note = models.CharField("подробнее", max_length=500, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField("внесён", default=timezone.now)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField("когда решено", null=True)
    batch = models.UUIDField(null=True, editable=False)

    objects = ChatQuerySet.as_manager()

    class Meta:
        verbose_name = "чат"
        verbose_name_plural = "чаты"
        ordering = [
            F("school_class__grade").asc(nulls_first=True),
            F("school_class__section").asc(nulls_first=True),
            "name",
            "pk",
        ]
        constraints = [
            models.UniqueConstraint(
                name="chat_once_in_class", fields=["school_class", "key"], condition=Q(school_class__isnull=False)
            ),
            models.UniqueConstraint(
                name="chat_once_beside_classes", fields=["organization", "key"], condition=Q(school_class=None)
            ),
            models.CheckConstraint(
                name="chat_says_what_was_decided",
                condition=Q(status=ChatStatus.PLANNED, messenger="", moved_on=None, reason="")
                | Q(status__in=LIVING, moved_on__isnull=False, reason="") & ~Q(messenger="")
                | Q(status=ChatStatus.NOT_MOVED, messenger="", moved_on=None, reason__in=Reason.values),
            ),
        ]
        indexes = [models.Index(name="chat_of_organization", fields=["organization", "status"])]

    def __str__(self) -> str:
        return self.name

    @property
    def is_living(self) -> bool:
        return self.status in LIVING

    @property
    def conditions(self) -> list[bool | None]:
        """The official conditions in their order; None where nobody has looked yet."""
        return [self.is_mover_administrator, self.is_role_confirmed, self.has_two_administrators]

    @property
    def is_ready(self) -> bool:
        return all(self.conditions)
