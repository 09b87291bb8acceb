"""What keeps letters from going or coming: in words, since when, and how many wait. A banner and /healthz ask this."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from correspondence.models import Letter, Mailbox, MailChannel
from foundation.models import Heartbeat, Part

SILENCE = timedelta(minutes=3)
"""The mailer is heard every ten seconds; a run of it lasts a minute at most."""


@dataclass(frozen=True)
class Trouble:
    words: str
    since: datetime
    waiting: int | None = None
    """Letters that wait because of it; None where it is about letters that come in."""
    is_channel: bool = False


def troubles() -> list[Trouble]:
    """Three statements while all is well."""
    return [*_outgoing(), *_incoming()]


def outgoing_trouble() -> Trouble | None:
    """Why letters do not go, for those to whom incoming ones are no concern."""
    return next(_outgoing(), None)


def _outgoing() -> Iterator[Trouble]:
    channel = MailChannel.current()
    if channel.paused_since is not None:
        yield Trouble(channel.reason, channel.paused_since, Letter.objects.due().count(), is_channel=True)
        return
    heard = Heartbeat.objects.filter(part=Part.MAILER).first()
    if heard is not None and heard.is_fresh(SILENCE):
        return
    late = Letter.objects.due(timezone.now() - SILENCE)
    if waiting := late.count():
        since = heard.at if heard else late.order_by("due_at").values_list("due_at", flat=True)[0]
        yield Trouble("Отправка писем не работает: её процесс не отвечает.", since, waiting)


def _incoming() -> Iterator[Trouble]:
    for box in Mailbox.objects.exclude(failing_since=None):
        if box.failing_since is not None:
            yield Trouble(f"Входящие письма не читаются: {box.error_words or box.name}", box.failing_since)
