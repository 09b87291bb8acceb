"""A registry file between its upload, the preview and the confirmation."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.models import User


class ImportFileQuerySet(models.QuerySet["ImportFile"]):
    def manageable_by(self, user: User) -> "ImportFileQuerySet":
        """One's own files, for a day: a registry holds names and telephones."""
        return self.filter(uploaded_by=user, uploaded_at__gt=timezone.now() - ImportFile.KEPT)

    def purge(self) -> int:
        """Deletes what is over a day old, contents and reports alike."""
        return self.filter(uploaded_at__lte=timezone.now() - ImportFile.KEPT).delete()[0]


class ImportFile(models.Model):
    """The content lies in the database: preview and confirmation may be served by different machines."""

    KEPT = timedelta(hours=24)

    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    uploaded_at = models.DateTimeField("загружен", default=timezone.now)
    name = models.CharField("имя файла", max_length=200)
    content = models.BinaryField()
    region_code = models.CharField("номер региона", max_length=3, blank=True)
    applied_at = models.DateTimeField("применён", null=True)
    report = models.JSONField("итог", default=dict)

    objects = ImportFileQuerySet.as_manager()

    class Meta:
        verbose_name = "файл реестра"
        verbose_name_plural = "файлы реестра"
        ordering = ["-uploaded_at"]
        indexes = [models.Index(name="import_file_purge", fields=["uploaded_at"])]

    def __str__(self) -> str:
        return self.name
