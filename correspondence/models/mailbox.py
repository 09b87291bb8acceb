"""The mailboxes that are read, and what could not be fetched from them."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from foundation.verbs import WrongStatus

LEASE = timedelta(minutes=3)  # longer than a run of `correspondence.polling` with its last command can take
RETRY_AFTER = [0, 1, 5, 30, 120]  # minutes before the next try of a letter: a server that is being mended costs none
MOST_TRIES = len(RETRY_AFTER)


class MailboxQuerySet(models.QuerySet["Mailbox"]):
    def forget_troubles(self, *, besides: Collection[str]) -> int:
        """A mailbox that was taken out of the settings is in no trouble any more: no banner would ever end."""
        troubled = self.exclude(failing_since=None).exclude(name__in=besides)
        return troubled.update(failing_since=None, error_words="", server_reply="")


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

    objects = MailboxQuerySet.as_manager()

    class Meta:
        verbose_name = "почтовый ящик"
        verbose_name_plural = "почтовые ящики"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_in_trouble(self) -> bool:
        return self.failing_since is not None

    @classmethod
    def named(cls, name: str) -> "Mailbox":
        return Mailbox.objects.get_or_create(name=name)[0]

    def claim(self) -> bool:
        """Takes the mailbox for LEASE. False: another process reads it."""
        now = timezone.now()
        free = Mailbox.objects.filter(Q(lease_until=None) | Q(lease_until__lte=now), pk=self.pk)
        if not free.update(lease_until=now + LEASE):
            return False
        self.refresh_from_db()
        return True

    def release(self, pause: timedelta | None = None) -> None:
        """Gives the mailbox back, to be read again at once or after a pause."""
        until = timezone.now() + pause if pause else None
        Mailbox.objects.filter(pk=self.pk, lease_until=self.lease_until).update(lease_until=until)

    @transaction.atomic
    def meet(self, uidvalidity: int) -> None:
        """Where the server numbers anew, all is looked through again; what is here is known by its identity."""
        if uidvalidity != self.uidvalidity:
            Mailbox.objects.filter(pk=self.pk).update(uidvalidity=uidvalidity, last_uid=0)
            self.unfetched.exclude(uidvalidity=uidvalidity).delete()
            self.uidvalidity, self.last_uid = uidvalidity, 0

    def advance(self, uid: int) -> None:
        """Up to here every letter is stored, known already or noted as unfetched. Never goes back."""
        behind = Mailbox.objects.filter(Q(uidvalidity=self.uidvalidity), pk=self.pk, last_uid__lt=uid)
        if behind.update(last_uid=uid):
            self.last_uid = uid

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


class UnfetchedQuerySet(models.QuerySet["Unfetched"]):
    def due(self) -> "UnfetchedQuerySet":
        """To be asked for again now, those that have waited longest first."""
        now, waited = timezone.now(), Q()
        for tries, minutes in enumerate(RETRY_AFTER):
            waited |= Q(tries=tries, last_at__lte=now - timedelta(minutes=minutes))
        return self.filter(waited, given_up_at=None).order_by("last_at")

    @transaction.atomic
    def note(self, mailbox: Mailbox, uid: int, error: str) -> None:
        """One more try has failed; the last one is the end."""
        now, place = timezone.now(), {"mailbox": mailbox, "uidvalidity": mailbox.uidvalidity, "uid": uid}
        row, is_new = self.get_or_create(**place, defaults={"error": error[:300]})
        if is_new:
            return
        mine = self.filter(pk=row.pk)
        mine.update(tries=F("tries") + 1, error=error[:300], last_at=now)
        mine.filter(tries__gte=MOST_TRIES, given_up_at=None).update(given_up_at=now)


class Unfetched(models.Model):
    """A message that the server would not give out: its neighbours go on, and after MOST_TRIES it is left aside."""

    mailbox = models.ForeignKey(Mailbox, models.CASCADE, related_name="unfetched")
    uidvalidity = models.BigIntegerField()
    uid = models.BigIntegerField("номер в ящике (UID)")
    tries = models.PositiveSmallIntegerField("попыток", default=1)
    error = models.CharField("ошибка", max_length=300, blank=True)
    last_at = models.DateTimeField("последняя попытка", default=timezone.now)
    given_up_at = models.DateTimeField("оставлено", null=True, blank=True)

    objects = UnfetchedQuerySet.as_manager()

    class Meta:
        verbose_name = "не прочитанное из ящика"
        verbose_name_plural = "не прочитанное из ящиков"
        ordering = ["-last_at"]
        constraints = [models.UniqueConstraint(name="unfetched_once", fields=["mailbox", "uidvalidity", "uid"])]

    def __str__(self) -> str:
        return f"{self.mailbox} {self.uidvalidity}/{self.uid}"

    def try_again(self) -> None:
        """A person has looked into the mailbox: all tries begin anew, the first one at once."""
        given_up = Unfetched.objects.filter(pk=self.pk).exclude(given_up_at=None)
        if not given_up.update(tries=0, given_up_at=None, last_at=timezone.now()):
            raise WrongStatus("Это письмо и так будет запрошено ещё раз.")
