"""Letters out: first a row in the transaction of the change that causes it, later a network call (delivery.py)."""

import uuid
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from random import uniform
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from correspondence.bell import ring_after_commit
from correspondence.drafts import Draft, check_address
from correspondence.statuses import FINAL, OPEN, READDRESSABLE, RESENDABLE, ErrorKind, Lane, LetterStatus
from foundation.verbs import WrongStatus

HIDDEN = "•••"
# Whoever takes a letter has this long; afterwards anybody may take it again. Four times the 30 s of one delivery.
LEASE = timedelta(seconds=120)
# Waits after a temporary failure, in minutes: 72 hours in all, then a person is told.
RETRY_AFTER = (1, 5, 10, 20, 30, 60, 120, 240, *[480] * 8)
MOST_TRIES = 40  # kept of one letter: the table of waits has 16, and a person may resend
GIVEN_UP = "Сервер получателя не принимал письмо трое суток."


class LetterQuerySet(models.QuerySet["Letter"]):
    def queue(self, **draft: Any) -> "Letter":
        """Writes one letter (see `Draft` for the fields) in the caller's transaction.

        The same `dedupe_key` a second time returns the first letter unchanged.
        """
        return self.queue_many([Draft(**draft)])[0]

    def queue_many(self, drafts: Sequence[Draft]) -> "list[Letter]":
        """Many letters in two statements per database batch and one bell, in the order of the drafts."""
        self.write_many(drafts)
        ring_after_commit()
        letters = self.in_bulk([draft.dedupe_key for draft in drafts], field_name="dedupe_key")
        return [letters[draft.dedupe_key] for draft in drafts]

    def write_many(self, drafts: Sequence[Draft]) -> None:
        """As `queue_many`, for letters that nobody waits for: not given back, and no bell, the sweep finds them."""
        self.bulk_create([Letter.from_draft(draft) for draft in drafts], ignore_conflicts=True)

    def stop_waiting(self, *, by: object) -> int:
        """Withdraws those that are not due now, held or between two tries; how many. Nobody waits for them any more."""
        now = timezone.now()
        waiting = self.filter(status=LetterStatus.QUEUED, due_at__gt=now)
        return waiting.update(status=LetterStatus.ABORTED, finished_at=now, acted_by=str(by or "")[:200])

    def drop_untouched(self, *, by: object) -> int:
        """Withdraws those that nobody has begun to send: their reader never hears of them. How many."""
        untouched = self.filter(status=LetterStatus.QUEUED, attempt=0)
        return untouched.update(status=LetterStatus.ABORTED, finished_at=timezone.now(), acted_by=str(by or "")[:200])

    def on_their_way(self) -> "LetterQuerySet":
        """Those that somebody may have read or still will: everything but the withdrawn ones."""
        return self.exclude(status=LetterStatus.ABORTED)

    def due(self, now: datetime | None = None) -> "LetterQuerySet":
        """Letters to take now: their time has come, or whoever took them let the lease run out. However old."""
        now = now or timezone.now()
        return self.filter(
            Q(status=LetterStatus.QUEUED, due_at__lte=now) | Q(status=LetterStatus.SENDING, lease_until__lte=now)
        )


class Letter(models.Model):
    """A letter to one recipient. `queue` and `thread` are the caller's own keys and mean nothing here."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    dedupe_key = models.CharField("ключ", max_length=400, unique=True)
    message_id = models.CharField("Message-ID", max_length=320, unique=True)
    recipient = models.EmailField("кому")
    reply_to = models.EmailField("ответить на", blank=True)
    subject = models.CharField("тема", max_length=500)
    text = models.TextField("текст", blank=True)
    headers = models.JSONField("заголовки", default=dict, blank=True)
    links = models.JSONField("места ссылок", default=dict, blank=True)
    lane = models.CharField("вид", max_length=9, choices=Lane, default=Lane.NOTICE)
    queue = models.CharField("очередь", max_length=100, blank=True)
    thread = models.CharField("переписка", max_length=100, blank=True, db_index=True)
    is_trial = models.BooleanField("написано в учебном режиме", default=False)

    status = models.CharField("состояние", max_length=7, choices=LetterStatus, default=LetterStatus.QUEUED)
    attempt = models.PositiveIntegerField("попытка", default=0)
    failures = models.PositiveSmallIntegerField("временных отказов", default=0)
    created_at = models.DateTimeField("написано", default=timezone.now)
    due_at = models.DateTimeField("не раньше", default=timezone.now)
    lease_until = models.DateTimeField("занято до", null=True, blank=True)
    sent_at = models.DateTimeField("доставлено серверу", null=True, blank=True, db_index=True)
    finished_at = models.DateTimeField("закончено", null=True, blank=True)
    acted_by = models.CharField("отменил или повторил", max_length=200, blank=True)
    error_kind = models.CharField("вид ошибки", max_length=9, choices=ErrorKind, default=ErrorKind.NONE, blank=True)
    error_words = models.CharField("ошибка", max_length=300, blank=True)
    server_reply = models.TextField("ответ сервера", blank=True)
    attempts = models.JSONField("попытки", default=list, blank=True, editable=False)
    """What came of each try, oldest first: {"at": ISO moment, "words": Russian, "reply": what the server said}."""

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = "письмо"
        verbose_name_plural = "письма"
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(name="letter_open_due", fields=["due_at"], condition=Q(status__in=OPEN)),
            models.Index(name="letter_of_queue", fields=["queue", "-created_at"]),
            models.Index(name="letter_of_recipient", fields=["status", "recipient"]),
        ]
        constraints = [
            models.CheckConstraint(name="letter_status_known", condition=Q(status__in=LetterStatus.values)),
            models.CheckConstraint(name="letter_lane_known", condition=Q(lane__in=Lane.values)),
            models.CheckConstraint(name="letter_error_known", condition=Q(error_kind__in=ErrorKind.values)),
            models.CheckConstraint(
                name="letter_sending_is_leased",
                condition=~Q(status=LetterStatus.SENDING) | Q(lease_until__isnull=False),
            ),
            models.CheckConstraint(
                name="letter_final_is_finished",
                condition=Q(status__in=OPEN, finished_at__isnull=True) | Q(status__in=FINAL, finished_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        """The subject, unless it names an applicant or is itself the code: this stands where many people see it."""
        return {Lane.APPLICANT: "Письмо заявителю", Lane.ACCESS: "Письмо с кодом"}.get(Lane(self.lane), self.subject)

    @classmethod
    def from_draft(cls, draft: Draft) -> "Letter":
        now, identity = timezone.now(), uuid.uuid4()
        return cls(
            uuid=identity,
            message_id=f"<letter-{identity}@{settings.PORTAL_HOST}>",
            dedupe_key=draft.dedupe_key,
            recipient=draft.to,
            reply_to=draft.reply_to,
            subject=draft.subject,
            text=draft.text,
            headers=dict(draft.headers or {}),
            links={name: asdict(link) for name, link in (draft.links or {}).items()},
            lane=draft.lane,
            queue=draft.queue,
            thread=draft.thread,
            created_at=now,
            due_at=max(now, draft.not_before or now),
            is_trial=not settings.PORTAL_LIVE,
        )

    @property
    def status_words(self) -> str:
        return LetterStatus(self.status).label

    @property
    def shown_text(self) -> str:
        """The text for people's eyes: a link with power or a code is seen by its recipient only."""
        if self.lane == Lane.ACCESS:
            return HIDDEN
        text = self.text
        for name in self.links:
            text = text.replace(f"[[{name}]]", HIDDEN)
        return text

    @property
    def is_resendable(self) -> bool:
        """In trial mode a kept letter would only be kept again."""
        is_kept_again = self.status == LetterStatus.KEPT and not settings.PORTAL_LIVE
        return self.status in RESENDABLE and self.lane != Lane.ACCESS and not is_kept_again

    @property
    def is_readdressable(self) -> bool:
        return self.status in READDRESSABLE and self.lane != Lane.ACCESS

    @property
    def is_queued(self) -> bool:
        return self.status == LetterStatus.QUEUED

    @property
    def is_held(self) -> bool:
        """Its time has not come, and nobody has tried it: it can still be withdrawn as if it had never been written."""
        return self.is_queued and not self.attempt and self.due_at > timezone.now()

    def claim(self) -> bool:
        """Takes the letter for LEASE. False: another process was first, or it was withdrawn.

        `attempt` is the fence: who lost the lease can no longer write what became of the letter.
        """
        now = timezone.now()
        mine = Letter.objects.due(now).filter(pk=self.pk, attempt=self.attempt)
        if not mine.update(status=LetterStatus.SENDING, attempt=F("attempt") + 1, lease_until=now + LEASE):
            return False
        self.status, self.attempt = LetterStatus.SENDING, self.attempt + 1
        return True

    def finish(self, status: LetterStatus, kind: ErrorKind = ErrorKind.NONE, words: str = "", reply: str = "") -> bool:
        """The end of a claimed letter. False: the lease was lost meanwhile and another process answers for it."""
        now = timezone.now()
        sent = {"sent_at": now} if status == LetterStatus.SENT else {}
        return self._let_go(status, kind, words, reply, finished_at=now, **sent, **self._wiped())

    def retry(self, words: str, reply: str = "") -> bool:
        """A temporary failure: the next try by the table, or the end of it."""
        if self.failures >= len(RETRY_AFTER):
            return self.finish(LetterStatus.FAILED, ErrorKind.TEMPORARY, GIVEN_UP, reply or words)
        # Jitter: a thousand letters that failed together do not come back together.
        wait = timedelta(minutes=RETRY_AFTER[self.failures] * uniform(1, 1.2))  # noqa: S311
        due_at = timezone.now() + wait
        return self._let_go(
            LetterStatus.QUEUED, ErrorKind.TEMPORARY, words, reply, due_at=due_at, failures=self.failures + 1
        )

    def give_back(self, words: str, reply: str = "") -> bool:
        """The server refused us, not this letter: it keeps its place and loses no try."""
        return self._let_go(LetterStatus.QUEUED, ErrorKind.CHANNEL, words, reply)

    @transaction.atomic
    def abort(self, *, by: object) -> None:
        """Withdraws a letter that nobody has begun to send."""
        self._move(
            (LetterStatus.QUEUED,),
            status=LetterStatus.ABORTED,
            finished_at=timezone.now(),
            acted_by=str(by)[:200],
            **self._wiped(),
        )

    @transaction.atomic
    def resend(self, *, by: object) -> None:
        """Queues a failed or kept letter again, with the same identity: the click of a person, never a sweep."""
        self._again(RESENDABLE, by)

    @transaction.atomic
    def readdress(self, to: str, *, by: object) -> None:
        """Queues a letter that did not arrive again, for another address.

        The identity stays. Answers and the letters of its case hang on the Message-ID, and the first address never
        got it. That address stays in `attempts`: the page tells to whom the letter was written at first.
        """
        check_address(to)
        former = f"Отправлено было на {self.recipient}. Дальше – на новый адрес."
        self._again(READDRESSABLE, by, recipient=to, attempts=[*self.attempts, _try(former, "")][-MOST_TRIES:])

    def _again(self, expected: tuple[LetterStatus, ...], by: object, **changed: Any) -> None:
        if self.lane == Lane.ACCESS:
            raise WrongStatus("Код для входа повторно не отправляется – запросите новый.", status=self.status)
        self._move(
            expected,
            status=LetterStatus.QUEUED,
            due_at=timezone.now(),
            finished_at=None,
            failures=0,
            error_kind=ErrorKind.NONE,
            error_words="",
            server_reply="",
            acted_by=str(by)[:200],
            is_trial=not settings.PORTAL_LIVE,
            **changed,
        )
        ring_after_commit()

    @transaction.atomic
    def bounce(self, words: str, reply: str = "") -> bool:
        """Another server sent the letter back after ours had taken it. False where that was known already."""
        delivered = Letter.objects.filter(pk=self.pk, status=LetterStatus.SENT)
        tries = [*self.attempts, _try(words, reply)]
        said = {"error_kind": ErrorKind.BOUNCED, "error_words": words[:300], "server_reply": reply[:2000]}
        return delivered.update(status=LetterStatus.FAILED, attempts=tries, **said) == 1

    def _let_go(self, status: LetterStatus, kind: ErrorKind, words: str, reply: str, **also: Any) -> bool:
        mine = Letter.objects.filter(pk=self.pk, attempt=self.attempt, status=LetterStatus.SENDING)
        fields = {"status": status, "error_kind": kind, "error_words": words[:300], "server_reply": reply[:2000]}
        tries = [*self.attempts, _try(words or status.label, reply)][-MOST_TRIES:]
        return mine.update(lease_until=None, attempts=tries, **fields, **also) == 1

    def _move(self, expected: tuple[LetterStatus, ...], **fields: Any) -> None:
        moved = Letter.objects.filter(pk=self.pk, status__in=expected).update(**fields)
        self.refresh_from_db()
        if not moved and self.status == LetterStatus.SENDING:
            raise WrongStatus("Письмо уже уходит: оно отправляется прямо сейчас.", status=self.status)
        if not moved:
            raise WrongStatus(
                f"С письмом этого сделать уже нельзя: {self.status_words}.", by_name=self.acted_by, status=self.status
            )

    def _wiped(self) -> dict[str, Any]:
        """What is forgotten at the end: a sign-in code is of no use to anybody afterwards."""
        return {"subject": HIDDEN, "text": "", "links": {}} if self.lane == Lane.ACCESS else {}


def _try(words: str, reply: str) -> dict[str, str]:
    return {"at": timezone.now().isoformat(timespec="seconds"), "words": words[:300], "reply": reply[:500]}
