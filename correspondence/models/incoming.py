"""Letters in: first the bytes, safe before anything is flagged on the server; then what they say."""

from datetime import datetime, timedelta

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from correspondence.identity import identity_of
from correspondence.models.letter import Letter
from correspondence.models.mailbox import Mailbox
from correspondence.statuses import IncomingKind, IncomingStatus, Lane

RAW_KEPT = timedelta(days=180)
"""Half a year: longer than any case waits for its answer, so that what was read wrongly can be read again from the
bytes; after that they are only other people's names and attachments, which nobody may keep without a purpose."""


class IncomingLetterQuerySet(models.QuerySet["IncomingLetter"]):
    @transaction.atomic
    def store(
        self, mailbox: Mailbox, uid: int, content: bytes, *, size: int, is_cut: bool, received_at: datetime
    ) -> bool:
        """The letter and its bytes, or neither. False: the same letter is here already."""
        place = {"mailbox": mailbox, "uidvalidity": mailbox.uidvalidity, "uid": uid}
        facts = {"size": min(size, 2**31 - 1), "is_cut": is_cut, "received_at": received_at}
        letter, is_new = self.get_or_create(identity=identity_of(content), defaults=place | facts)
        if is_new:
            RawLetter.objects.create(incoming=letter, content=content)
        return is_new

    def stored(self) -> "IncomingLetterQuerySet":
        """Whose bytes are here and whose words nobody has read yet."""
        return self.filter(status=IncomingStatus.STORED)


class IncomingLetter(models.Model):
    """A letter that came in. What it says is read from `raw.content` and may be read again.

    `sender` is a hint and no authority: anybody may write any address there.
    """

    mailbox = models.ForeignKey(Mailbox, models.PROTECT, related_name="letters", verbose_name="ящик")
    uidvalidity = models.BigIntegerField()
    uid = models.BigIntegerField("номер в ящике (UID)")
    identity = models.CharField(max_length=64, unique=True, editable=False)
    """SHA-256 of Message-ID and body (of the whole where there is no Message-ID): the same letter met again, in
    another mailbox or under another UIDVALIDITY, is the same row; another letter under a used Message-ID is not."""
    size = models.PositiveIntegerField("размер, байт")
    is_cut = models.BooleanField("сохранено только начало", default=False)
    """Larger than the portal stores: what is stored is its beginning, the rest stays in the mailbox."""
    received_at = models.DateTimeField("пришло")
    stored_at = models.DateTimeField("сохранено", default=timezone.now, editable=False)
    status = models.CharField("состояние", max_length=11, choices=IncomingStatus, default=IncomingStatus.STORED)
    tries = models.PositiveSmallIntegerField("попыток прочитать", default=0)
    trouble = models.CharField("почему не читается", max_length=300, blank=True)

    message_id = models.CharField("Message-ID", max_length=320, blank=True, db_index=True)
    in_reply_to = models.CharField("ответ на", max_length=320, blank=True)
    references = models.JSONField("переписка", default=list, blank=True)
    """Message-IDs named by In-Reply-To and References, nearest first."""
    sender = models.EmailField("от кого", blank=True)
    sender_name = models.CharField("имя отправителя", max_length=200, blank=True)
    subject = models.CharField("тема", max_length=500, blank=True)
    written_at = models.DateTimeField("написано", null=True, blank=True)
    text = models.TextField("текст", blank=True)
    """The sender's own words, without what they quote. Plain text: HTML has been turned into it."""
    quoted = models.TextField("цитата", blank=True)
    kind = models.CharField("вид", max_length=9, choices=IncomingKind, default=IncomingKind.PERSONAL)
    about = models.ForeignKey(
        Letter, models.PROTECT, null=True, blank=True, related_name="answers", verbose_name="ответ на письмо портала"
    )
    """Our letter that this one answers or sends back, where it names it."""
    bounced_address = models.CharField("не доставлено на", max_length=254, blank=True)
    bounce_code = models.CharField("код", max_length=20, blank=True)
    bounce_words = models.CharField("почему не доставлено", max_length=300, blank=True)

    objects = IncomingLetterQuerySet.as_manager()

    class Meta:
        verbose_name = "входящее письмо"
        verbose_name_plural = "входящие письма"
        ordering = ["-received_at", "-pk"]
        indexes = [models.Index(name="incoming_stored", fields=["id"], condition=Q(status=IncomingStatus.STORED))]
        constraints = [
            models.UniqueConstraint(name="incoming_place_once", fields=["mailbox", "uidvalidity", "uid"]),
            models.CheckConstraint(name="incoming_status_known", condition=Q(status__in=IncomingStatus.values)),
            models.CheckConstraint(name="incoming_kind_known", condition=Q(kind__in=IncomingKind.values)),
        ]

    def __str__(self) -> str:
        """The subject, unless it may name an applicant: this goes into titles and messages that many people see."""
        return "Ответ на письмо заявителю" if self.is_about_applicant else self.subject or "Письмо без темы"

    @property
    def is_about_applicant(self) -> bool:
        """An applicant's answer, or what came back from an applicant's mailbox: the school's own affair."""
        return self.about is not None and self.about.lane == Lane.APPLICANT

    @property
    def has_raw(self) -> bool:
        """Whether the bytes are still here, and with them what hangs on the letter."""
        return RawLetter.objects.filter(incoming=self.pk).exists()

    @property
    def kind_words(self) -> str:
        return IncomingKind(self.kind).label


class RawLetterQuerySet(models.QuerySet["RawLetter"]):
    def purge(self) -> int:
        """Erases the bytes of letters whose words were read long ago; how many. The words stay."""
        over = timezone.now() - RAW_KEPT
        return self.filter(incoming__status=IncomingStatus.READ, incoming__stored_at__lt=over).delete()[0]


class RawLetter(models.Model):
    """The bytes as they came, apart from the letter: lists never load them, and they may be erased before it."""

    incoming = models.OneToOneField(IncomingLetter, models.CASCADE, primary_key=True, related_name="raw")
    content = models.BinaryField("как пришло", editable=False)

    objects = RawLetterQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.incoming)


class IncomingAttachment(models.Model):
    """What hangs on a letter. Only its name is kept: the bytes are cut out of the letter when somebody saves them."""

    incoming = models.ForeignKey(IncomingLetter, models.CASCADE, related_name="attachments")
    position = models.PositiveSmallIntegerField()
    """Number of the part among all parts of the message, as `EmailMessage.walk` gives them."""
    name = models.CharField("имя файла", max_length=200)
    content_type = models.CharField("тип", max_length=100)
    size = models.PositiveIntegerField("размер, байт")

    class Meta:
        verbose_name = "вложение"
        verbose_name_plural = "вложения"
        ordering = ["incoming", "position"]
        constraints = [models.UniqueConstraint(name="attachment_place_once", fields=["incoming", "position"])]

    def __str__(self) -> str:
        return self.name
