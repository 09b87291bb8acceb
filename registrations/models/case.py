"""What every case with Sferum shares: a number, letters out, an answer, and the clock that waits for it."""

import re
import uuid
from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from accounts.models import User
from correspondence.models import LetterStatus
from foundation.verbs import WrongStatus
from foundation.working_days import add_working_days, working_days_between
from organizations.models import Event, Organization
from organizations.statuses import Source
from registrations.letters import report_outcome
from registrations.outgoing import Gap, Outgoing
from registrations.statuses import Addressee, AnswerChannel, HandChannel, Purpose

if TYPE_CHECKING:
    from registrations.models.case_letter import CaseLetter
    from registrations.models.case_letter_set import CaseLetterQuerySet

MOST_UNREAD = 10
"""Letters with a form each on one page; the next come up as these are read. Anybody who knows a number can write."""


class Case(models.Model):
    """Abstract. `moved_*` is the last change of status: whoever comes too late is told who was first."""

    kind: ClassVar[str]
    """The name in addresses, in the journal's verbs and of the key in CaseLetter."""
    PREFIX: ClassVar[str]
    OPEN: ClassVar[Sequence[str]]
    READY: ClassVar[Sequence[str]]
    """From these the letter may go."""
    AWAITING: ClassVar[str]
    ASKS: ClassVar[Addressee]
    """Who owes the answer, where that does not depend on the case."""

    status = models.CharField("состояние", max_length=20, editable=False)  # each kind brings its own words
    number = models.CharField("номер", max_length=30, unique=True, editable=False)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="организация")
    opened_at = models.DateTimeField("открыто", default=timezone.now, editable=False)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False)
    moved_at = models.DateTimeField("состояние с", default=timezone.now, editable=False)
    moved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False)
    closed_at = models.DateTimeField("закрыто", null=True, editable=False)
    waiting_since = models.DateField("ждём ответа с", null=True, editable=False)
    """The day of the letter; kept when the answer comes, for the two together are Sferum's turnaround."""
    last_letter_at = models.DateTimeField("последнее письмо", null=True, editable=False)

    answered_on = models.DateField("ответ получен", null=True, editable=False)
    answer_channel = models.CharField(
        "как получен ответ", max_length=20, choices=AnswerChannel, blank=True, editable=False
    )
    answer_text = models.TextField("что ответили", blank=True, editable=False)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False, verbose_name="записал"
    )

    letters: "CaseLetterQuerySet"

    class Meta:
        abstract = True
        ordering = ["-opened_at", "-pk"]
        indexes = [models.Index(name="%(class)s_open", fields=["organization", "status"])]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse(f"registrations:{self.kind}", args=[self.organization_id])

    @property
    def kind_words(self) -> str:
        return str(self._meta.verbose_name)

    @property
    def status_url(self) -> str:
        return reverse(f"registrations:{self.kind}-status", args=[self.organization_id, self.pk])

    @property
    def reply_url(self) -> str:
        return reverse(f"registrations:{self.kind}-reply", args=[self.organization_id, self.pk])

    @property
    def asked(self) -> Addressee:
        return self.ASKS

    def compose(self, purpose: Purpose = Purpose.FIRST) -> Outgoing:
        """The letter as it would go now."""
        raise TypeError(f"{type(self).__name__} does not say what its letter is")

    def gaps(self, *, by_hand: bool = False) -> tuple[Gap, ...]:
        """What keeps the letter from going through the portal, or out of a person's own mailbox."""
        if by_hand or self.compose().to:
            return ()
        link = "Карточка организации"
        return (Gap("Адрес получателя не указан: отправьте письмо сами.", self.get_absolute_url(), link),)

    def compose_repeat(self) -> Outgoing:
        """The last letter word for word: what it stated was agreed to, what is known by now perhaps was not."""
        written = self.letters.out().exclude(purpose__in=(Purpose.REPEAT, Purpose.REPLY))
        last = written.select_related("letter").first()
        now = self.compose()
        if last is None:
            return now
        text = f"Добрый день! Ответа на письмо ниже мы пока не получили, поэтому повторяем его.\n\n{last.shown_text}"
        return Outgoing(now.to, now.reply_to, f"Повторно: {last.shown_subject}", text, last.facts)

    @property
    def next_purpose(self) -> Purpose:
        return Purpose.CORRECTION if self.last_letter_at else Purpose.FIRST

    def next_letter(self) -> Outgoing:
        """What the page shows before anybody sends it."""
        return self.compose(self.next_purpose)

    def after_letter(self, *, by: User | None, source: Source, on: date) -> None:
        """What follows from a letter that has left."""

    @property
    def is_open(self) -> bool:
        return self.status in self.OPEN

    @property
    def is_ready(self) -> bool:
        return self.status in self.READY

    @property
    def is_awaiting(self) -> bool:
        return self.status == self.AWAITING

    @property
    def today(self) -> date:
        return self.organization.today

    @property
    def waiting_days(self) -> int:
        """Working days since the letter went; 0 on the same day and where nothing is awaited."""
        if not self.is_awaiting or self.waiting_since is None:
            return 0
        return working_days_between(self.waiting_since, self.today)

    @property
    def answer_by(self) -> date | None:
        """The day by which the answer usually comes."""
        if not self.is_awaiting or self.waiting_since is None:
            return None
        return add_working_days(self.waiting_since, self.organization.region.answer_after_days)

    @property
    def overdue_days(self) -> int:
        """Working days beyond the usual term; 0 while the answer may still come in time."""
        return max(0, self.waiting_days - self.organization.region.answer_after_days)

    @property
    def is_overdue(self) -> bool:
        return self.overdue_days > 0

    @property
    def is_repeatable(self) -> bool:
        """Once a day is enough, unless the last letter is lost; none before the last has gone at all."""
        last = self.latest_letter()
        if not self.is_awaiting or last is None or last.is_held:
            return False
        lost = last.letter is not None and last.letter.status in (LetterStatus.FAILED, LetterStatus.ABORTED)
        return lost or timezone.localdate(self.last_letter_at, self.organization.region.zone) < self.today

    @property
    def stated(self) -> dict[str, Any]:
        """What the last letter that states anything of people and numbers told Sferum; a free reply states nothing."""
        last = self.letters.standing().exclude(purpose=Purpose.REPLY).order_by("pk").last()
        return last.facts if last else {}

    def latest_letter(self) -> "CaseLetter | None":
        return self.letters.out().select_related("letter", "by").order_by("-pk").first()

    @cached_property
    def unread(self) -> "list[CaseLetter]":
        """Answers that came by letter and that nobody has classified yet, oldest first, as many as a page bears."""
        letters = self.letters.unread().select_related("incoming__about").order_by("pk")
        return list(letters.prefetch_related("incoming__attachments")[:MOST_UNREAD])

    @property
    def seen(self) -> str:
        """What a page that looks after itself compares: another status or another answer draws it anew."""
        return f"{self.status}-{len(self.unread)}"

    @transaction.atomic
    def submit(self, *, by: User | None, not_before: datetime | None = None) -> None:
        """Freezes the facts and queues the letter, for a later day too; the journey moves on in the same transaction.

        The answer is waited for from the day on which the letter leaves.
        """
        if gaps := self.gaps():
            raise WrongStatus(gaps[0].words, status=self.status)
        purpose, zone = self.next_purpose, self.organization.region.zone
        self._leave(by=by, on=timezone.localdate(not_before, zone) if not_before else self.today)
        self.letters.send(self, purpose, by=by, not_before=not_before)
        self._record("submitted", by)
        self.after_letter(by=by, source=Source.PORTAL, on=self.today)

    @transaction.atomic
    def record_sent_by_hand(self, *, by: User, on: date, channel: HandChannel) -> None:
        """Somebody sent the letter from an own mailbox, or told it by telephone, on that day."""
        if gaps := self.gaps(by_hand=True):
            raise WrongStatus(gaps[0].words, status=self.status)
        purpose = self.next_purpose
        self._leave(by=by, on=on)
        self.letters.note_sent_by_hand(self, purpose, by=by, on=on, channel=channel)
        self._record("sent-by-hand", by)
        self.after_letter(by=by, source=Source.SCHOOL, on=on)

    @transaction.atomic
    def repeat(self, *, by: User) -> None:
        """The same letter once more in the same thread; of two people at once one does it."""
        if not self.is_repeatable:
            raise WrongStatus("Письмо уже отправлено сегодня. Повторить его можно завтра.", status=self.status)
        now = timezone.now()
        mine = type(self)._default_manager.filter(pk=self.pk, status=self.AWAITING, last_letter_at=self.last_letter_at)
        if not mine.update(last_letter_at=now):
            raise self._too_late()
        self.last_letter_at = now
        self.letters.send(self, Purpose.REPEAT, by=by)
        self._record("repeated", by)

    @property
    def no_reply(self) -> str:
        """Why nothing can be written in the thread now; a free answer must not overtake the letter that it follows."""
        last = self.latest_letter()
        if last is not None and last.is_held and last.purpose != Purpose.REPLY:
            return "Последнее письмо ещё не ушло: отзовите его и исправьте или подождите."
        return "" if self.compose().to else "Адрес получателя не указан: отправьте ответ сами."

    @transaction.atomic
    def reply(self, *, by: User, text: str, form_key: uuid.UUID) -> None:
        """A free answer in the same thread; whoever was asked has the next word, so the clock begins anew."""
        if words := self.no_reply:
            raise WrongStatus(words, status=self.status)
        now = self.compose()
        subject = re.sub(r"^(Re: )+", "", now.subject)
        outgoing = Outgoing(now.to, now.reply_to, f"Re: {subject}", text)
        if self.letters.reply(self, outgoing, by=by, form_key=form_key) is None:
            return
        self._move((self.AWAITING,), self.AWAITING, by=by, waiting_since=self.today, last_letter_at=timezone.now())
        self._record("replied", by)

    def after_recall(self, one: "CaseLetter", *, by: User) -> None:
        """What follows from a letter that was withdrawn before it left: the case is where that letter was ready.

        A case that was answered meanwhile, or of which a later letter stands, does not go back.
        """
        standing = self.letters.standing().order_by("pk")
        if not self.is_awaiting or one.purpose == Purpose.NOMINATION or standing.filter(pk__gt=one.pk).exists():
            return
        before = standing.last()
        if before is not None and one.purpose in (Purpose.REPEAT, Purpose.REPLY):
            # A repeat does not begin the clock anew, so the day is that of the last letter that did.
            began = standing.exclude(purpose=Purpose.REPEAT).last() or before
            mine = type(self)._default_manager.filter(pk=self.pk, status=self.AWAITING)
            mine.update(last_letter_at=before.noted_at, waiting_since=began.on)
            return
        # READY stands in the order of the road: only a correction was ready in a later one than the first of them.
        back = self.READY[-1 if one.purpose == Purpose.CORRECTION else 0]
        moment = before.noted_at if before else None
        self._move((self.AWAITING,), back, by=by, waiting_since=None, last_letter_at=moment)
        self._record("recalled", by)

    def _leave(self, *, by: User | None, on: date) -> None:
        self._move(self.READY, self.AWAITING, by=by, waiting_since=on, last_letter_at=timezone.now())

    def _answer(
        self, new: str, *, by: User | None, on: date, channel: AnswerChannel, text: str, verb: str, final: bool = True
    ) -> None:
        """Writes what Sferum said; an answer may come before anybody noted that the letter went."""
        self._move(
            self.OPEN,
            new,
            by=by,
            answered_on=on,
            answer_channel=channel,
            answer_text=text,
            answered_by=by,
            closed_at=timezone.now() if final else None,
        )
        self._record(verb, by)
        if verb != "seen":
            report_outcome(self, by=by)

    def _move(self, old: Sequence[str], new: str, *, by: User | None, **changes: Any) -> None:
        """Compare-and-set: only the first of two people changes the row."""
        changes |= {"status": new, "moved_by": by, "moved_at": timezone.now()}
        if not type(self)._default_manager.filter(pk=self.pk, status__in=old).update(**changes):
            raise self._too_late()
        for name, value in changes.items():
            setattr(self, name, value)
        if new != self.AWAITING:  # answered or over: a letter of a later day would ask in vain
            self.letters.stop_waiting(by=by)

    def _too_late(self) -> WrongStatus:
        self.refresh_from_db()
        who = str(self.moved_by) if self.moved_by else ""
        first = f" Записано раньше: {who}." if who else ""
        words = self.get_status_display()  # type: ignore[attr-defined]
        return WrongStatus(f"{self.number}: {words}.{first}", by_name=who, at=self.moved_at, status=self.status)

    def _record(self, verb: str, by: User | None, actor: str = "") -> None:
        Event.record(f"{self.kind}.{verb}", self, self.organization, by=by, actor=actor)
