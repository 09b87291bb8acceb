"""A table that left the portal: who took it, what of, why; and the file itself where the worker puts it together."""

import zlib
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from coordination.statuses import EXPORT_VERBS, ExportFormat, ExportKind, ExportStatus
from foundation.verbs import WrongStatus
from organizations.models import Coordinator, Event, Region

LEASE = timedelta(minutes=2)  # of a thousand rows, which take under a second
MOST_TRIES = 3  # a worker killed that often is not the list's fault alone, so a person is told
MOST_IN_WORK = 3  # of one person


class ExportQuerySet(models.QuerySet["Export"]):
    def manageable_by(self, user: User) -> "ExportQuerySet":
        """One's own files. Whether the territory is still one's own is asked of each one: `is_within_rights`."""
        return self.filter(by=user).exclude(status=ExportStatus.GIVEN)

    @transaction.atomic
    def give(
        self, kind: ExportKind, form: ExportFormat, *, by: User, rows: int, region: Region | None, **more: str
    ) -> "Export":
        """Writes down a file that goes out in this very answer. `more`: query, territory, reason for names."""
        export = self._new(kind, form, by, region, **more)
        export.status, export.total, export.done = ExportStatus.GIVEN, rows, rows
        export.save(force_insert=True)
        Event.record(EXPORT_VERBS[kind], export, by=by, region=region)
        return export

    @transaction.atomic
    def queue(
        self, kind: ExportKind, form: ExportFormat, *, by: User, rows: int, region: Region | None, **more: str
    ) -> "Export":
        """A file for the worker; the same one again while it is put together is that same one.

        Raises WrongStatus where the person has `MOST_IN_WORK` others in work.
        """
        open_ = self.filter(by=by, status=ExportStatus.QUEUED)
        export = self._new(kind, form, by, region, **more)
        same = open_.filter(kind=kind, format=form, query=export.query, with_names=export.with_names).first()
        if same:
            return same
        if open_.count() >= MOST_IN_WORK:
            raise WrongStatus(f"Уже собираются {MOST_IN_WORK} ваших файла. Дождитесь их или отмените один.")
        export.status, export.total, export.queued_at = ExportStatus.QUEUED, rows, timezone.now()
        export.save(force_insert=True)
        Event.record("export.queued", export, by=by, region=region)
        return export

    def _new(self, kind: ExportKind, form: ExportFormat, by: User, region: Region | None, **more: str) -> "Export":
        reason = more.get("reason", "")
        return self.model(by=by, kind=kind, format=form, region=region, with_names=bool(reason), **more)

    def free(self) -> "ExportQuerySet":
        """What the worker may take: in work, and in nobody's hands."""
        now = timezone.now()
        return self.filter(Q(lease_until=None) | Q(lease_until__lt=now), status=ExportStatus.QUEUED)

    def claim(self) -> "Export | None":
        """The oldest free one, for as long as the lease; two workers that want one get two answers."""
        for pk in self.free().order_by("queued_at", "pk").values_list("pk", flat=True):
            until = timezone.now() + LEASE
            if self.free().filter(pk=pk).update(lease_until=until, tries=F("tries") + 1, done=0):
                return self.select_related("by", "region").get(pk=pk)
        return None

    def erase_old(self) -> int:
        """Files are kept for a day; that they were made is kept for good."""
        old = self.filter(status=ExportStatus.READY, finished_at__lte=timezone.now() - Export.KEPT)
        return old.update(status=ExportStatus.ERASED, content=b"")


class Export(models.Model):
    """The content lies in the database: page and worker may be on different machines. It goes after a day."""

    KEPT = timedelta(hours=24)

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="кто")
    at = models.DateTimeField("когда", default=timezone.now)
    kind = models.CharField("что", max_length=20, choices=ExportKind)
    format = models.CharField("формат", max_length=4, choices=ExportFormat)
    region = models.ForeignKey(Region, models.PROTECT, null=True, related_name="+", verbose_name="регион")
    territory = models.CharField("территория", max_length=300, blank=True)
    query = models.TextField("условия", blank=True)
    with_names = models.BooleanField("с именами", default=False)
    reason = models.CharField("основание", max_length=300, blank=True)
    status = models.CharField("состояние", max_length=10, choices=ExportStatus)
    total = models.PositiveIntegerField("строк всего", default=0)
    done = models.PositiveIntegerField("строк записано", default=0)
    queued_at = models.DateTimeField("поставлен в очередь", null=True)
    lease_until = models.DateTimeField("в работе до", null=True)
    tries = models.PositiveSmallIntegerField("попыток", default=0)
    finished_at = models.DateTimeField("собран", null=True)
    note = models.CharField("почему не собран", max_length=300, blank=True)
    scope = models.JSONField("права, с которыми собран", default=list)
    content = models.BinaryField(default=b"")

    objects = ExportQuerySet.as_manager()

    class Meta:
        verbose_name = "выгрузка"
        verbose_name_plural = "выгрузки"
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(name="export_status_known", condition=Q(status__in=ExportStatus.values)),
            models.CheckConstraint(name="export_names_have_reason", condition=Q(with_names=False) | ~Q(reason="")),
        ]
        indexes = [
            models.Index(name="export_of_person", fields=["by", "-at"]),
            models.Index(name="export_work", fields=["queued_at"], condition=Q(status=ExportStatus.QUEUED)),
            models.Index(name="export_erase", fields=["finished_at"], condition=Q(status=ExportStatus.READY)),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.get_format_display()}"

    def get_absolute_url(self) -> str:
        return reverse("coordination:export-file", args=[self.pk])

    @property
    def in_work(self) -> bool:
        return self.status == ExportStatus.QUEUED

    @property
    def erased_at(self) -> datetime | None:
        return self.finished_at + self.KEPT if self.finished_at else None

    @property
    def is_kept(self) -> bool:
        until = self.erased_at
        return self.status == ExportStatus.READY and until is not None and timezone.now() < until

    def is_within_rights(self, user: User) -> bool:
        """Whether the person may still see everything with whose rights the file was put together."""
        mine = scope_of(user)
        covered = [part in mine or part.partition("/")[0] in mine for part in self.scope]
        return "staff" in mine or (bool(covered) and all(covered))

    @transaction.atomic
    def cancel(self, *, by: User) -> None:
        """The worker stops at the next thousand rows. Raises WrongStatus where the file is done already."""
        if not Export.objects.filter(pk=self.pk, status=ExportStatus.QUEUED).update(
            status=ExportStatus.CANCELLED, finished_at=timezone.now(), lease_until=None
        ):
            self.refresh_from_db(fields=["status"])
            raise WrongStatus("Файл уже не собирается.", status=self.status)
        Event.record("export.cancelled", self, by=by, region=self.region)

    def renew(self, **changes: object) -> None:
        """A thousand rows are written: the lease begins anew. Raises LeaseLost after a cancel or a takeover."""
        until = timezone.now() + LEASE
        if not self._mine().update(lease_until=until, **changes):
            raise LeaseLost
        self.lease_until = until

    @transaction.atomic
    def finish(self, content: bytes, *, rows: int, scope: list[str]) -> None:
        packed = zlib.compress(content)
        terms = {"content": packed, "total": rows, "done": rows, "scope": scope, "finished_at": timezone.now()}
        if not self._mine().update(status=ExportStatus.READY, lease_until=None, **terms):
            raise LeaseLost
        Event.record(EXPORT_VERBS[ExportKind(self.kind)], self, by=self.by, region=self.region)

    @property
    def file(self) -> bytes:
        """As it was written. It is kept packed: a driver takes several times the size of what it stores."""
        return zlib.decompress(self.content)

    def fail(self, note: str) -> None:
        terms = {"note": note, "finished_at": timezone.now()}
        if not self._mine().update(status=ExportStatus.FAILED, lease_until=None, **terms):
            raise LeaseLost

    def _mine(self) -> ExportQuerySet:
        assert isinstance(self.lease_until, datetime)  # noqa: S101 - only who has claimed it works on it
        return Export.objects.filter(pk=self.pk, status=ExportStatus.QUEUED, lease_until=self.lease_until)


def scope_of(user: User) -> list[str]:
    """«staff», or the regions and municipalities («5/17» lies in region 5) of a coordinator. One statement."""
    if user.is_staff:
        return ["staff"]
    acting = Coordinator.objects.acting().filter(user=user).order_by("region", "municipality")
    places = acting.values_list("region", "municipality")
    return [f"{region}/{municipality}" if municipality else str(region) for region, municipality in places]


class LeaseLost(Exception):
    """This worker was thought dead and another one has the file, or the person needs it no longer."""
