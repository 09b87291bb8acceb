"""Сверка: a table that Sferum gave, and in what it contradicts the portal, until each is settled."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from coordination.statuses import TAKEABLE, ContradictionStatus, Contrast, TableStatus, Verdict
from foundation.phones import parse_phones
from foundation.verbs import WrongStatus
from organizations.journey import reach
from organizations.models import Coordinator, Event, Organization, Region
from organizations.statuses import Source, Step
from registrations.registered_phone import note_registered_phone


class SferumTableQuerySet(models.QuerySet["SferumTable"]):
    def manageable_by(self, user: User) -> "SferumTableQuerySet":
        """One's own while the rows are kept: they hold telephones."""
        return self.filter(uploaded_by=user)

    def purge(self) -> int:
        """A table is of use until it is held against the portal; what was never held goes after a day."""
        return self.filter(uploaded_at__lt=timezone.now() - SferumTable.KEPT).exclude(rows=[]).update(rows=[])


class SferumTable(models.Model):
    """`rows` are the cells of the file; they go as soon as the table is held against the portal."""

    KEPT = timedelta(days=1)

    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="регион")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField("загружена", default=timezone.now)
    name = models.CharField("имя файла", max_length=200)
    status = models.CharField("состояние", max_length=20, choices=TableStatus, default=TableStatus.UPLOADED)
    titles = models.JSONField("заголовки", default=list)
    columns = models.JSONField("столбцы", default=dict)
    rows = models.JSONField("строки", default=list)
    is_complete = models.BooleanField("в таблице вся территория", default=True)
    held_at = models.DateTimeField("сверена", null=True)
    report = models.JSONField("итог", default=dict)

    objects = SferumTableQuerySet.as_manager()

    class Meta:
        verbose_name = "таблица Сферума"
        verbose_name_plural = "таблицы Сферума"
        ordering = ["-uploaded_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="sferum_table_status_known", condition=Q(status__in=TableStatus.values))
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("coordination:reconcile-table", args=[self.pk])

    def queue(self, columns: dict[str, int], *, is_complete: bool) -> None:
        """The columns are known: now it may be held against the portal, once."""
        facts = {"columns": columns, "is_complete": is_complete, "status": TableStatus.WAITING}
        if not SferumTable.objects.filter(pk=self.pk, status=TableStatus.UPLOADED).exclude(rows=[]).update(**facts):
            raise WrongStatus("Эту таблицу уже сверили, или её строки удалены: загрузите новую.")
        self.refresh_from_db()


class ContradictionQuerySet(models.QuerySet["Contradiction"]):
    def visible_to(self, user: User) -> "ContradictionQuerySet":
        """Of the own territory; what no organization stands behind, whoever answers for the whole region."""
        if user.is_staff:
            return self
        whole = Coordinator.objects.acting().filter(user=user, municipality=None).values("region")
        mine = Organization.objects.supervised_by(user).order_by().values("pk")
        return self.filter(Q(organization__in=mine) | Q(organization=None, region__in=whole))

    def open(self) -> "ContradictionQuerySet":
        return self.filter(status=ContradictionStatus.OPEN)


class Contradiction(models.Model):
    """One thing in which table and portal differ. `key` tells whose it is, also where the portal knows nobody."""

    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="регион")
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, related_name="contradictions", verbose_name="организация"
    )
    table = models.ForeignKey(SferumTable, models.PROTECT, related_name="contradictions", verbose_name="таблица")
    """The last one in which it was seen."""
    kind = models.CharField("в чём", max_length=20, choices=Contrast)
    key = models.CharField(max_length=200, editable=False)
    name = models.CharField("как в таблице", max_length=500, blank=True)
    there = models.CharField("в Сферуме", max_length=200, blank=True)
    here = models.CharField("в портале", max_length=200, blank=True)
    status = models.CharField("состояние", max_length=20, choices=ContradictionStatus, default=ContradictionStatus.OPEN)
    verdict = models.CharField("решение", max_length=20, choices=Verdict, blank=True)
    note = models.CharField("примечание", max_length=500, blank=True)
    found_at = models.DateTimeField("найдено", default=timezone.now)
    closed_at = models.DateTimeField("закрыто", null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = ContradictionQuerySet.as_manager()

    class Meta:
        verbose_name = "расхождение"
        verbose_name_plural = "расхождения"
        ordering = ["-found_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_open_contradiction",
                fields=["region", "key", "kind"],
                condition=Q(status=ContradictionStatus.OPEN),
            ),
            models.CheckConstraint(
                name="contradiction_status_known", condition=Q(status__in=ContradictionStatus.values)
            ),
            models.CheckConstraint(name="contradiction_kind_known", condition=Q(kind__in=Contrast.values)),
        ]
        indexes = [models.Index(name="contradiction_work", fields=["region", "status", "kind"])]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.key}"

    @staticmethod
    def key_of(organization: Organization) -> str:
        return f"organization:{organization.pk}"

    @property
    def may_be_taken(self) -> bool:
        return self.kind in TAKEABLE and self.organization_id is not None

    @property
    def is_open(self) -> bool:
        return self.status == ContradictionStatus.OPEN

    @transaction.atomic
    def resolve(self, verdict: Verdict, *, by: User, note: str = "") -> None:
        """A person has looked: the portal is right, or it was mended elsewhere; «взять из таблицы» mends it here."""
        if verdict == Verdict.TAKEN and not self.may_be_taken:
            raise WrongStatus("Этого портал сам не запишет: исправьте на странице организации и отметьте здесь.")
        facts = {"verdict": verdict, "note": note, "closed_by": by, "closed_at": timezone.now()}
        self._move(ContradictionStatus.OPEN, ContradictionStatus.RESOLVED, **facts)
        Event.record("contradiction.resolved", self, self.organization, by=by, fields=[verdict], region=self.region)
        if verdict == Verdict.TAKEN and self.organization:
            if self.kind == Contrast.PHONE:
                note_registered_phone(self.organization, next(iter(parse_phones(self.there)), None), by=by)
            else:
                reach(self.organization, Step.REGISTERED, by=by, source=Source.REGISTRY)

    @transaction.atomic
    def reopen(self, *, by: User) -> None:
        """Only the question comes back; what was taken from the table stays written."""
        twin = Contradiction.objects.open().filter(region=self.region_id, key=self.key, kind=self.kind)
        if twin.exists():
            raise WrongStatus("Это же расхождение уже открыто: новая таблица показала его снова.")
        facts = {"verdict": "", "closed_by": None, "closed_at": None}
        self._move(ContradictionStatus.RESOLVED, ContradictionStatus.OPEN, **facts)
        Event.record("contradiction.reopened", self, self.organization, by=by, region=self.region)

    def _move(self, was: ContradictionStatus, now: ContradictionStatus, **facts: Any) -> None:
        changes = {"status": now} | facts
        if not Contradiction.objects.filter(pk=self.pk, status=was).update(**changes):
            self.refresh_from_db()
            raise WrongStatus(f"Это расхождение уже {self.get_status_display()}: обновите страницу.")
        for name, value in changes.items():
            setattr(self, name, value)
