"""One filing for many organizations at once, kept so that what came of it can be found again."""

import uuid
from collections.abc import Iterable

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import User, Visitor
from organizations.models import Organization
from registrations.models.case_letter import CaseLetter
from registrations.models.case_letter_set import CaseLetterQuerySet
from registrations.sorting import Skip
from registrations.statuses import SkipReason


class FilingQuerySet(models.QuerySet["Filing"]):
    def visible_to(self, user: Visitor) -> "FilingQuerySet":
        """One's own, and those in which a letter of one's own territory went."""
        if not user.is_authenticated or user.is_staff:
            return self.all() if user.is_staff else self.none()
        mine = CaseLetter.objects.filter(organization__in=Organization.objects.supervised_by(user))
        return self.filter(Q(by=user) | Q(pk__in=mine.filter(filing__isnull=False).values("filing")))


class Filing(models.Model):
    """`batch` comes with the confirmed form, so the same form sent twice is one filing."""

    batch = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    at = models.DateTimeField("когда", default=timezone.now, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    skipped = models.JSONField("кто пропущен", default=list, editable=False)
    """[key of the organization, reason, what exactly is missing] of each that got no letter."""

    letters: CaseLetterQuerySet

    objects = FilingQuerySet.as_manager()

    class Meta:
        verbose_name = "отправка писем о регистрации"
        verbose_name_plural = "отправки писем о регистрации"
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"Отправка {timezone.localtime(self.at):%d.%m.%Y %H:%M}"

    def get_absolute_url(self) -> str:
        return reverse("registrations:filing", args=[self.batch])

    def note_skipped(self, skipped: Iterable[Skip]) -> None:
        self.skipped = [[skip.organization.pk, skip.reason, skip.words] for skip in skipped]
        self.save(update_fields=["skipped"])

    def letters_for(self, user: User) -> CaseLetterQuerySet:
        return self.letters.filter(organization__in=Organization.objects.supervised_by(user))

    def skipped_for(self, user: User) -> list[Skip]:
        mine = Organization.objects.supervised_by(user).select_related("municipality")
        known = mine.in_bulk([pk for pk, _, _ in self.skipped])
        return [Skip(known[pk], SkipReason(reason), words) for pk, reason, words in self.skipped if pk in known]
