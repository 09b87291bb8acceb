"""Takes due letters in fair order and carries them, each claimed and finished in short transactions of its own."""

import time
from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.db.models import Case, F, Q, Value, When, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from correspondence.delivery import Courier
from correspondence.models import Lane, Letter, LetterStatus, MailChannel
from correspondence.refusals import Refusal
from correspondence.statuses import ErrorKind
from correspondence.wire import is_loopback

BATCH = 500  # letters put into order at a time: with 100,000 waiting that costs 0.2 s
REDRAW = 2.0  # seconds after which the order is made anew, so that a sign-in code overtakes
RUN = 30.0  # seconds after which a run gives its process back to other work; the sweep begins the next


def deliver_due() -> int:
    """Carries what is due until nothing is, the server stops answering, or RUN is over. How many letters left."""
    sent, channel = 0, MailChannel.current()
    if channel.is_paused:
        return 0
    with Courier() as courier:
        for letter in letters_in_turn():
            if not letter.claim():
                continue
            if not may_leave(letter):
                letter.finish(LetterStatus.KEPT)
            elif (failure := carry(letter, courier)) is None:
                sent += 1
                channel.clear()
            elif failure.kind == ErrorKind.CHANNEL:
                channel.pause(failure.words, failure.reply)
                break
            elif failure.is_connection:
                break  # one letter has waited for a server that does not answer; the others need not
    return sent


def letters_in_turn() -> Iterator[Letter]:
    """What may leave now, until nothing is due or RUN is over. Each must be claimed: others are at it too."""
    ends = time.monotonic() + RUN
    while time.monotonic() < ends and (letters := next_letters()):
        redraw = time.monotonic() + REDRAW
        for letter in letters:
            yield letter
            if time.monotonic() > redraw or not _allowance():
                break


def carry(letter: Letter, courier: Courier) -> Refusal | None:
    """Hands a claimed letter to the server and writes down what became of it. No transaction is open meanwhile."""
    try:
        courier.carry(letter)
    except Refusal as failure:
        if failure.kind == ErrorKind.TEMPORARY:
            letter.retry(failure.words, failure.reply)
        elif failure.kind == ErrorKind.CHANNEL:
            letter.give_back(failure.words, failure.reply)
        else:
            letter.finish(LetterStatus.FAILED, failure.kind, failure.words, failure.reply)
        return failure
    letter.finish(LetterStatus.SENT)
    return None


def may_leave(letter: Letter) -> bool:
    """What was written in trial mode never leaves by itself, not even after going live."""
    if settings.PORTAL_LIVE:
        return not letter.is_trial
    return settings.TRIAL_SMTP and is_loopback(settings.EMAIL_HOST)


def next_letters() -> list[Letter]:
    """Sign-in codes first, then one letter of each queue in turn: a school's thousand does not hold up the others.

    Keys are put into order alone: sorting whole letters took five times as long where ten thousand waited.
    """
    turn = Window(RowNumber(), partition_by=F("queue"), order_by=[F("due_at").asc(), F("pk").asc()])
    urgent = Case(When(lane=Lane.ACCESS, then=Value(0)), default=Value(1))
    fair = Letter.objects.due().annotate(urgent=urgent, turn=turn).order_by("urgent", "turn", "?")
    keys = list(fair.values_list("pk", flat=True)[: _allowance()])
    letters = Letter.objects.in_bulk(keys)
    return [letters[key] for key in keys if key in letters]


def _allowance() -> int:
    """How many letters may still leave in this minute; those in the air count, so that many mailers keep to it too."""
    limit: int = settings.LETTERS_PER_MINUTE
    if not limit:
        return BATCH
    now = timezone.now()
    gone = Q(sent_at__gt=now - timedelta(minutes=1)) | Q(status=LetterStatus.SENDING, lease_until__gt=now)
    return max(0, min(BATCH, limit - Letter.objects.filter(gone).count()))
