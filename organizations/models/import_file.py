"""A registry file on its way: uploaded, read, shown as a list of changes, confirmed, written by the worker."""

import hashlib
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from foundation.folding import fold
from foundation.tables import ENCODINGS
from foundation.verbs import WrongStatus
from organizations.models.event import Event
from organizations.statuses import IN_WORK, ImportStatus

LEASE = timedelta(minutes=2)  # of one step: reading the file (10 s at most) or a thousand rows
_OPEN = (ImportStatus.UPLOADED, ImportStatus.READY)  # a person may still say how it is to be read
MOST_TRIES = 5  # of one step; a worker killed that often is not the file's fault alone, so a person is told


class ImportFileQuerySet(models.QuerySet["ImportFile"]):
    def manageable_by(self, user: User) -> "ImportFileQuerySet":
        """One's own files while they are kept: a registry holds names and telephones."""
        return self.filter(self._kept(), uploaded_by=user)

    def purge(self) -> int:
        """Deletes what is over a day old and was not confirmed, and what came of files two weeks ago."""
        return self.exclude(self._kept()).delete()[0]

    @staticmethod
    def _kept() -> Q:
        now = timezone.now()
        return (
            Q(applied_at=None, uploaded_at__gt=now - ImportFile.KEPT)
            | Q(applied_at__gt=now - ImportFile.REPORT_KEPT)
            | Q(status__in=(ImportStatus.APPLYING, ImportStatus.UNDOING))
        )

    def free(self) -> "ImportFileQuerySet":
        """What the worker may take: in work, and in nobody's hands."""
        return self.filter(Q(lease_until=None) | Q(lease_until__lt=timezone.now()), status__in=IN_WORK)

    def claim(self) -> "ImportFile | None":
        """The oldest free file, for as long as the lease; two workers that want one file get two answers."""
        for pk in self.free().order_by("queued_at", "pk").values_list("pk", flat=True):
            until = timezone.now() + LEASE
            if self.free().filter(pk=pk).update(lease_until=until, tries=F("tries") + 1):
                return self.select_related("uploaded_by").get(pk=pk)
        return None


class ImportFile(models.Model):
    """The content lies in the database: page and worker may be on different machines. It goes when it is written."""

    KEPT = timedelta(hours=24)
    REPORT_KEPT = timedelta(days=14)

    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    uploaded_at = models.DateTimeField("загружен", default=timezone.now)
    name = models.CharField("имя файла", max_length=200)
    content = models.BinaryField()
    region_code = models.CharField("номер региона", max_length=3, blank=True)
    status = models.CharField("состояние", max_length=20, choices=ImportStatus, default=ImportStatus.UPLOADED)
    version = models.PositiveIntegerField("прочитан раз", default=0)
    layout = models.JSONField("лист и столбцы", default=dict)
    queued_at = models.DateTimeField("поставлен в очередь", null=True)
    lease_until = models.DateTimeField("в работе до", null=True)
    tries = models.PositiveSmallIntegerField("попыток", default=0)
    total = models.PositiveIntegerField("строк всего", default=0)
    done = models.PositiveIntegerField("строк пройдено", default=0)
    note = models.CharField("почему не прочитан", max_length=400, blank=True)
    confirmed_at = models.DateTimeField("подтверждён", null=True)
    applied_at = models.DateTimeField("применён", null=True)
    report = models.JSONField("итог", default=dict)
    scope = models.JSONField("территория файла", default=dict)
    closed = models.JSONField("закрыты как отсутствующие", default=list)
    """Primary keys of the organizations that a person closed because the file does not mention them."""

    objects = ImportFileQuerySet.as_manager()

    class Meta:
        verbose_name = "файл реестра"
        verbose_name_plural = "файлы реестра"
        ordering = ["-uploaded_at"]
        constraints = [
            models.CheckConstraint(name="import_file_status_known", condition=Q(status__in=ImportStatus.values))
        ]
        indexes = [
            models.Index(name="import_file_purge", fields=["uploaded_at"]),
            models.Index(name="import_file_work", fields=["status", "queued_at"], condition=Q(status__in=IN_WORK)),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("organizations:import-file", args=[self.pk])

    @property
    def undo_until(self) -> datetime | None:
        """None where it cannot be taken back (any more)."""
        if self.status != ImportStatus.APPLIED or not self.applied_at or not self.confirmed_at:
            return None
        return self.applied_at + self.REPORT_KEPT

    @property
    def encoding_label(self) -> str:
        """As in the choice of another encoding."""
        encoding = str(self.layout.get("encoding", ""))
        return ENCODINGS.get(encoding, encoding)

    @property
    def in_work(self) -> bool:
        return self.status in IN_WORK

    def lay_out(self, layout: dict[str, Any]) -> None:
        """What another look at the file has found; the list of changes is then made anew, after its columns."""
        changes = {"layout": layout, "status": ImportStatus.UPLOADED, "note": ""}
        if not ImportFile.objects.filter(pk=self.pk, status__in=_OPEN).update(**changes):
            self.refresh_from_db()
            raise WrongStatus(_TOO_LATE.get(self.status, _READ_ANEW), status=self.status)

    def read(self) -> None:
        """Queues the reading; what an earlier reading found is found anew."""
        self._queue(ImportStatus.READING, Q(status__in=_OPEN))

    def confirm(self, *, by: User, version: int) -> None:
        """Queues the writing of what the page showed. Raises WrongStatus where it was confirmed or read anew since."""
        total = self.report.get("added", 0) + self.report.get("changed", 0) + self.rows.answered().count()
        self._queue(ImportStatus.APPLYING, Q(status=ImportStatus.READY, version=version), total=total)
        ImportFile.objects.filter(pk=self.pk).update(confirmed_at=self.queued_at)
        Event.record("import.confirmed", self, by=by)

    def undo(self, *, by: User) -> None:
        """Queues taking it all back, while the report is kept. Raises WrongStatus where that is over or under way."""
        since = timezone.now() - self.REPORT_KEPT
        condition = Q(status=ImportStatus.APPLIED, applied_at__gt=since, confirmed_at__isnull=False)
        self._queue(ImportStatus.UNDOING, condition, total=self.rows.to_undo().count())
        Event.record("import.undo-confirmed", self, by=by)

    def discard(self) -> None:
        """Deletes a file that is not confirmed; nothing of it is in the list."""
        open_ = (ImportStatus.UPLOADED, ImportStatus.READING, ImportStatus.READY)
        if not ImportFile.objects.filter(pk=self.pk, status__in=open_).delete()[0]:
            self.refresh_from_db()
            raise WrongStatus(_TOO_LATE.get(self.status, _READ_ANEW), status=self.status)

    def _queue(self, status: ImportStatus, condition: Q, *, total: int = 0) -> None:
        fresh = {"lease_until": None, "tries": 0, "done": 0, "note": ""}
        terms = fresh | {"status": status, "queued_at": timezone.now(), "total": total}
        if not ImportFile.objects.filter(condition, pk=self.pk).update(**terms):
            self.refresh_from_db()
            raise WrongStatus(_TOO_LATE.get(self.status, _READ_ANEW), status=self.status)
        self.refresh_from_db()

    def renew(self, **changes: object) -> None:
        """A step is done: the lease begins anew. Raises LeaseLost where another worker has taken the file over.

        In the step's own transaction: a step whose owner has lost the file leaves nothing.
        """
        until = timezone.now() + LEASE
        if not self._mine().update(lease_until=until, tries=1, **changes):
            raise LeaseLost
        self.lease_until, self.tries = until, 1
        for name, value in changes.items():
            setattr(self, name, value)

    def finish(self, status: ImportStatus, **changes: object) -> None:
        if not self._mine().update(status=status, lease_until=None, tries=0, **changes):
            raise LeaseLost

    def _mine(self) -> ImportFileQuerySet:
        assert isinstance(self.lease_until, datetime)  # noqa: S101 - only who has claimed it works on it
        return ImportFile.objects.filter(pk=self.pk, status=self.status, lease_until=self.lease_until)


class ImportLayoutQuerySet(models.QuerySet["ImportLayout"]):
    def known(self, region_code: str, titles: list[str]) -> dict[str, list[int]] | None:
        """None where nobody has said it yet, and for columns without titles: any other table has those too."""
        found = self.filter(region_code=region_code, signature=signature(titles)).first() if any(titles) else None
        return found.columns if found else None

    def remember(self, region_code: str, titles: list[str], columns: dict[str, list[int]]) -> None:
        if not any(titles):
            return
        self.update_or_create(
            region_code=region_code, signature=signature(titles), defaults={"columns": columns, "at": timezone.now()}
        )


class ImportLayout(models.Model):
    """What a person said of the columns under a header, for the region's next file with the same one."""

    region_code = models.CharField("номер региона", max_length=3, blank=True)
    signature = models.CharField("заголовки", max_length=64)
    columns = models.JSONField("столбцы", default=dict)
    at = models.DateTimeField("когда", default=timezone.now)

    objects = ImportLayoutQuerySet.as_manager()

    class Meta:
        verbose_name = "разметка реестра"
        verbose_name_plural = "разметки реестра"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(name="import_layout_once", fields=["region_code", "signature"])]

    def __str__(self) -> str:
        return f"Разметка {self.pk}"


def signature(titles: list[str]) -> str:
    """The same for headers that differ in case, ё, quotes and spaces."""
    return hashlib.sha256("\n".join(map(fold, titles)).encode()).hexdigest()


class LeaseLost(Exception):
    """This worker was thought dead, and another one goes on with the file."""


_READ_ANEW = "Файл прочитан заново. Проверьте новый список изменений."
_TOO_LATE: dict[str, str] = {
    ImportStatus.APPLYING: "Этот файл уже загружается.",
    ImportStatus.APPLIED: "Этот файл уже загружен.",
    ImportStatus.READING: "Файл ещё читается.",
    ImportStatus.UNDOING: "Загрузка уже отменяется.",
    ImportStatus.UNDONE: "Загрузка этого файла отменена.",
}
