"""The mailboxes that are read, and what could not be fetched from them."""

from datetime import datetime

from django.db import models
from django.utils import timezone


class Mailbox(models.Model):
    """One folder on an IMAP server. Its address and password stand in the settings; here is how far it has been read.

    IMAP numbers letters within one `uidvalidity`; when the server changes that, all numbers begin anew.
    """

    name = models.CharField("ящик", max_length=200, unique=True)
    """user@host/folder, as `correspondence.mailbox` reads it from the settings."""
    uidvalidity = models.BigIntegerField("UIDVALIDITY", null=True, blank=True)
    last_uid = models.BigIntegerField("прочитано по номер", default=0)
    checked_at = models.DateTimeField("проверен", null=True, blank=True)
    lease_until = models.DateTimeField("читается до", null=True, blank=True)
    failing_since = models.DateTimeField("недоступен с", null=True, blank=True)
    error_words = models.CharField("ошибка", max_length=300, blank=True)
    server_reply = models.TextField("ответ сервера", blank=True)

    class Meta:
        verbose_name = "почтовый ящик"
        verbose_name_plural = "почтовые ящики"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_in_trouble(self) -> bool:
        return self.failing_since is not None

    def note_success(self) -> None:
        self._write(failing_since=None, error_words="", server_reply="")

    def note_trouble(self, words: str, reply: str = "") -> None:
        since = self.failing_since or timezone.now()
        self._write(failing_since=since, error_words=words[:300], server_reply=reply[:2000])

    def _write(self, **fields: datetime | str | None) -> None:
        fields["checked_at"] = timezone.now()
        Mailbox.objects.filter(pk=self.pk).update(**fields)
        for name, value in fields.items():
            setattr(self, name, value)


class Unfetched(models.Model):
    """A message that the server would not give out. After MOST_TRIES it is left aside and its neighbours go on."""

    mailbox = models.ForeignKey(Mailbox, models.CASCADE, related_name="unfetched")
    uidvalidity = models.BigIntegerField()
    uid = models.BigIntegerField()
    tries = models.PositiveSmallIntegerField("попыток", default=1)
    error = models.CharField("ошибка", max_length=300, blank=True)
    last_at = models.DateTimeField("последняя попытка", default=timezone.now)
    given_up_at = models.DateTimeField("оставлено", null=True, blank=True)

    class Meta:
        verbose_name = "не прочитанное из ящика"
        verbose_name_plural = "не прочитанное из ящиков"
        ordering = ["-last_at"]
        constraints = [models.UniqueConstraint(name="unfetched_once", fields=["mailbox", "uidvalidity", "uid"])]

    def __str__(self) -> str:
        return f"{self.mailbox} {self.uidvalidity}/{self.uid}"
