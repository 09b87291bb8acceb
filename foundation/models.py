"""Small tables that every process shares: counts of requests, periodic runs, signs of life."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone


class RateCount(models.Model):
    """How often a key was used in one window of time; written by `foundation.limits` only."""

    key = models.CharField(max_length=64)  # a SHA-256: addresses and phones of visitors are not kept
    window_ends = models.BigIntegerField()  # Unix time, so that one raw statement serves both databases
    count = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "window_ends"], name="one_count_per_window")]
        indexes = [models.Index(fields=["window_ends"], name="ratecount_window_ends")]

    def __str__(self) -> str:
        return f"{self.key[:8]}…: {self.count}"


class JobRun(models.Model):
    """One run of a periodic job for one period; see `foundation.runs.claim`."""

    job = models.CharField(max_length=60)
    period = models.CharField(max_length=40)
    claimed_at = models.DateTimeField()
    lease_until = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "period"], name="one_run_per_period")]
        indexes = [models.Index(fields=["claimed_at"], name="jobrun_claimed_at")]

    def __str__(self) -> str:
        return f"{self.job} {self.period}"


class Part(models.TextChoices):
    WEB = "web", "страницы"
    WORKER = "worker", "исполнитель задач"
    BEAT = "beat", "расписание"
    MAILER = "mailer", "отправка писем"


class HeartbeatManager(models.Manager["Heartbeat"]):
    def beat(self, part: str, detail: str = "") -> None:
        """Say «I am alive»: one upsert, safe from many processes at once."""
        row = Heartbeat(part=part, at=timezone.now(), detail=detail[:200])
        self.bulk_create([row], update_conflicts=True, unique_fields=["part"], update_fields=["at", "detail"])


class Heartbeat(models.Model):
    """When each part of the running portal was last alive."""

    part = models.CharField(max_length=10, choices=Part.choices, unique=True)
    at = models.DateTimeField()
    detail = models.CharField(max_length=200, blank=True)

    objects = HeartbeatManager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(part__in=Part.values), name="heartbeat_known_part")]

    def __str__(self) -> str:
        return f"{self.part}: {self.at:%d.%m.%Y %H:%M:%S}"

    def is_fresh(self, within: timedelta, now: datetime | None = None) -> bool:
        return self.at >= (now or timezone.now()) - within
