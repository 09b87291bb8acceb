"""Takes due letters in fair order and carries them, each claimed and finished in short transactions of its own."""

import logging
import time
from datetime import timedelta

from django.conf import settings
from django.db.models import Case, F, Value, When, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from correspondence.delivery import Courier
from correspondence.models import Lane, Letter, LetterStatus, MailChannel
from correspondence.refusals import Refusal
from correspondence.statuses import ErrorKind
from correspondence.wire import is_loopback

logger = logging.getLogger(__name__)

BATCH = 50  # letters chosen at a time; between batches a sign-in code overtakes
RUN = 60.0  # seconds after which a run gives its process back; the sweep begins the next


def deliver_due() -> int:
    """Carries what is due until nothing is, the server stops answering, or RUN is over. How many letters left."""
    sent, ends = 0, time.monotonic() + RUN
    channel = MailChannel.current()
    if channel.is_paused:
        return 0
    with Courier() as courier:
        while time.monotonic() < ends and (letters := next_letters()):
            for letter in letters:
                if not letter.claim():
                    continue
                if not may_leave(letter):
                    letter.finish(LetterStatus.KEPT)
                elif (failure := carry(letter, courier)) is None:
                    sent += 1
                    channel.clear()
                elif failure.kind == ErrorKind.CHANNEL:
                    channel.pause(failure.words, failure.reply)
                    logger.error("The mail server refuses the portal: %s", failure.reply)
                    return sent
                elif failure.is_connection:
                    return sent  # one letter has waited for a server that does not answer; the others need not
    return sent


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
    """Sign-in codes first, then one letter of each queue in turn: a school's thousand does not hold up the others."""
    turn = Window(RowNumber(), partition_by=F("queue"), order_by=[F("due_at").asc(), F("pk").asc()])
    urgent = Case(When(lane=Lane.ACCESS, then=Value(0)), default=Value(1))
    fair = Letter.objects.due().annotate(urgent=urgent, turn=turn).order_by("urgent", "turn", "?")
    return list(fair[: min(BATCH, _allowance())])


def _allowance() -> int:
    """How many letters may still leave in this minute."""
    limit: int = settings.LETTERS_PER_MINUTE
    if not limit:
        return BATCH
    minute = timezone.now() - timedelta(minutes=1)
    return max(0, limit - Letter.objects.filter(sent_at__gt=minute).count())
