"""That a coordinator has sent her report: the moment with which «Что изменилось» compares today."""

from datetime import timedelta

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from coordination.models.standing import Snapshot
from organizations.models import Coordinator, Event, Municipality, Region

DOUBLE_CLICK = timedelta(minutes=1)


class SentReportQuerySet(models.QuerySet["SentReport"]):
    def visible_to(self, user: User) -> "SentReportQuerySet":
        """Reports of exactly the own territories: another one's report says nothing about these figures."""
        own = Q(by=user) if user.is_staff else Q(pk__in=[])
        for mine in Coordinator.objects.acting().filter(user=user):
            own |= Q(region=mine.region_id, municipality=mine.municipality_id)
        return self.filter(own)

    @transaction.atomic
    def mark(self, *, region: Region, municipality: Municipality | None, by: User) -> "SentReport":
        """Keeps the state of this minute, so that the next report knows it exactly. A double click marks once."""
        Region.objects.filter(pk=region.pk).update(time_zone=models.F("time_zone"))
        recent = timezone.now() - DOUBLE_CLICK
        same = self.filter(region=region, municipality=municipality, by=by, at__gt=recent).first()
        if same is not None:
            return same
        snapshot = Snapshot.objects.take(region)
        at = snapshot.at if snapshot else timezone.now()
        report = self.create(region=region, municipality=municipality, by=by, at=at)
        Event.record("report.sent", report, by=by, region=region)
        return report


class SentReport(models.Model):
    region = models.ForeignKey(Region, models.CASCADE, related_name="sent_reports")
    municipality = models.ForeignKey(Municipality, models.CASCADE, null=True, related_name="sent_reports")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="кто")
    at = models.DateTimeField("когда")

    objects = SentReportQuerySet.as_manager()

    class Meta:
        verbose_name = "отправленная справка"
        verbose_name_plural = "отправленные справки"
        ordering = ["-at", "-pk"]
        indexes = [models.Index(name="sent_report_latest", fields=["region", "municipality", "-at"])]

    def __str__(self) -> str:
        return f"{self.municipality or self.region}: {self.at:%d.%m.%Y %H:%M}"
