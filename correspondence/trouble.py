"""What keeps letters from going or coming: in words, since when, and how many wait. A banner and /healthz ask this."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import CharField, Count, Min, Value
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
    """One statement while the mailer is heard: every page of a coordinator asks this."""
    channel = MailChannel.objects.exclude(paused_since=None).values_list(_said("channel"), "paused_since", "reason")
    boxes = Mailbox.objects.order_by().exclude(failing_since=None)
    mailbox = boxes.values_list(_said("mailbox"), "failing_since", "error_words")
    mailer = Heartbeat.objects.filter(part=Part.MAILER).values_list(_said("mailer"), "at", "part")
    signs = list(channel.union(mailbox, mailer, all=True))
    heard = next((at for kind, at, _ in signs if kind == "mailer"), None)
    refused = [_refused(since, reason) for kind, since, reason in signs if kind == "channel"]
    outgoing = refused or list(_unheard(heard))  # a paused channel sends nothing, whoever is alive
    return outgoing + [_unread(since, words) for kind, since, words in signs if kind == "mailbox"]


def outgoing_trouble() -> Trouble | None:
    """Why letters do not go, for those to whom incoming ones are no concern."""
    return next((trouble for trouble in troubles() if trouble.waiting is not None), None)


def _said(kind: str) -> Value:
    return Value(kind, output_field=CharField())


def _refused(since: datetime, reason: str) -> Trouble:
    return Trouble(reason, since, Letter.objects.due().count(), is_channel=True)


def _unread(since: datetime, words: str) -> Trouble:
    return Trouble(f"Входящие письма не читаются. {words}".strip(), since)


def _unheard(heard: datetime | None) -> Iterator[Trouble]:
    """Letters that are late while nobody carries them; without any, a silent mailer harms nobody."""
    long_ago = timezone.now() - SILENCE
    if heard is not None and heard >= long_ago:
        return
    late = Letter.objects.due(long_ago).aggregate(count=Count("pk"), since=Min("due_at"))
    if late["count"]:
        words = "Письма не отправляются: процесс отправки не отвечает."
        yield Trouble(words, max(filter(None, [heard, late["since"]])), late["count"])
