"""A telephone call from the work list: what came of it, and what follows from that at once."""

import uuid
from datetime import date, timedelta

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from coordination.models.snooze import Snooze
from coordination.statuses import CallOutcome, Reason
from foundation.verbs import WrongStatus
from organizations.models import Event, Organization

SENT_TWICE = timedelta(seconds=30)


class CallQuerySet(models.QuerySet["Call"]):
    def today(self) -> "CallQuerySet":
        """Of the calendar day that goes on here: whom somebody has called needs no second call."""
        return self.filter(on=timezone.localdate())

    @transaction.atomic
    def note(
        self,
        organization: Organization,
        *,
        outcome: CallOutcome,
        by: User,
        note: str = "",
        reason: str = "",
        call_back_on: date | None = None,
        named: str = "",
        key: uuid.UUID | None = None,
        correct_phone: str = "",
    ) -> "Call":
        """«На месте» confirms the administrator, «перезвонить» puts the organization off.

        A button that was pressed twice, or a row of a file that came a second time, is one call.
        """
        organization.hold()
        same = self.filter(organization=organization, outcome=outcome, by=by, at__gt=timezone.now() - SENT_TWICE)
        first = self.filter(key=key).first() if key else same.filter(note=note).first()
        if first is not None:
            return first
        if outcome == CallOutcome.LATER and call_back_on is None:
            raise WrongStatus("Укажите день, когда перезвонить.")
        if outcome == CallOutcome.CONFIRMED:
            if organization.administrator is None:
                raise WrongStatus("Администратора в портале нет, подтвердить некого: сначала назначьте его.")
            organization.administrator.confirm(on=organization.today, by=by)
        call = self.create(
            organization=organization, outcome=outcome, note=note, by=by, reason=reason, named=named, key=key
        )
        Event.record("call.made", call, organization, by=by, fields=[outcome])
        if correct_phone:
            organization.correct_phone(correct_phone, by=by)
        if call_back_on is not None:
            Snooze.objects.put_off(organization, until=call_back_on, reason="перезвонить", by=by)
        return call


class Call(models.Model):
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="организация")
    outcome = models.CharField("итог", max_length=20, choices=CallOutcome)
    reason = models.CharField("почему звонили", max_length=20, choices=Reason, blank=True)
    note = models.CharField("заметка", max_length=500, blank=True)
    named = models.CharField("назван новый администратор", max_length=200, blank=True)
    on = models.DateField("день", default=timezone.localdate, editable=False)
    at = models.DateTimeField("когда", default=timezone.now, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="кто звонил")
    key = models.UUIDField("строка листа", null=True, unique=True, editable=False)
    """One row of a call list that came back is one call, however often the file is uploaded."""

    objects = CallQuerySet.as_manager()

    class Meta:
        verbose_name = "звонок"
        verbose_name_plural = "звонки"
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(name="call_of_organization", fields=["organization", "-at"]),
            models.Index(name="call_of_day", fields=["on", "organization"]),
        ]
        constraints = [
            models.CheckConstraint(name="call_outcome_known", condition=Q(outcome__in=CallOutcome.values)),
            models.CheckConstraint(name="call_reason_known", condition=Q(reason="") | Q(reason__in=Reason.values)),
        ]

    def __str__(self) -> str:
        return f"{self.organization}: {self.get_outcome_display()}"
