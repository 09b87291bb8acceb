"""The journal: who did what to which row, and when. It never holds a name, phone, address or free text."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from organizations.statuses import Actor

if TYPE_CHECKING:
    from organizations.models.organization import Organization
    from organizations.models.territory import Region


class Event(models.Model):
    """An append-only line of the journal. Words for `verb` stand in each app's `statuses.EVENT_WORDS`."""

    verb = models.CharField("что", max_length=60)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="кто")
    actor = models.CharField("кто, если не пользователь", max_length=20, choices=Actor, blank=True)
    organization = models.ForeignKey("Organization", models.PROTECT, null=True, related_name="events")
    region = models.ForeignKey("Region", models.PROTECT, null=True, related_name="+")
    object_type = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    fields = models.JSONField("изменённые поля", default=list)
    at = models.DateTimeField("когда", default=timezone.now)

    class Meta:
        verbose_name = "запись журнала"
        verbose_name_plural = "журнал"
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(name="event_timeline", fields=["organization", "-at"]),
            models.Index(name="event_of_object", fields=["object_type", "object_id"]),
            # Which heads were asked for an administrator and when: one line of thousands, and the desk asks each time.
            models.Index(name="event_head_link", fields=["organization", "at"], condition=Q(verb="head-link.sent")),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.object_type} {self.object_id}"

    @classmethod
    def draft(
        cls,
        verb: str,
        obj: models.Model,
        organization: "Organization | None" = None,
        *,
        by: User | None = None,
        actor: str = "",
        fields: Iterable[str] = (),
        region: "Region | None" = None,
    ) -> "Event":
        """An unsaved line, for `bulk_create` where one act touches many rows."""
        return cls(
            verb=verb,
            by=by,
            actor=actor or ("" if by else Actor.PORTAL),
            organization=organization,
            region=region,
            object_type=obj._meta.label_lower,
            object_id=obj.pk,
            fields=sorted(fields),
        )

    @classmethod
    def record(
        cls,
        verb: str,
        obj: models.Model,
        organization: "Organization | None" = None,
        by: User | None = None,
        actor: str = "",
        fields: Iterable[str] = (),
        region: "Region | None" = None,
    ) -> "Event":
        event = cls.draft(verb, obj, organization, by=by, actor=actor, fields=fields, region=region)
        event.save(force_insert=True)
        return event
