"""Letters that are stored become letters that are read: one by one, each in a transaction of its own.

Nothing here or anywhere else answers a letter: the portal has no automatic answer, so no loop can begin with it.
"""

import logging
from dataclasses import asdict

from django.db import OperationalError, transaction
from django.db.models import F

from correspondence.models import IncomingAttachment, IncomingKind, IncomingLetter, IncomingStatus, Letter, RawLetter
from correspondence.parts import content, parsed
from correspondence.reading import Reading, read
from foundation.verbs import WrongStatus

logger = logging.getLogger(__name__)

BATCH = 2_000  # letters read in one run: about ten seconds, and a run comes every minute
MOST_TRIES = 5
MOST_SAVED = 30_000_000  # bytes of one attachment that are handed out
UNREADABLE = "Письмо не удалось прочитать – откройте его в самом почтовом ящике."


def read_stored(limit: int = BATCH) -> int:
    """Reads what is stored and not yet read, the least tried first. How many were read.

    A letter that cannot be read, or kills the process that reads it, does not hold up its neighbours: its tries are
    counted before it is opened, and after MOST_TRIES it is set aside for a person.
    """
    done = 0
    for incoming in IncomingLetter.objects.stored().only("tries").order_by("tries", "pk")[:limit]:
        done += _read_or_count(incoming)
    return done


def read_again(incoming: IncomingLetter) -> None:
    """For a letter that was set aside: after a repair of the portal it may well be readable."""
    aside = IncomingLetter.objects.filter(pk=incoming.pk, status=IncomingStatus.QUARANTINED)
    moved = aside.update(status=IncomingStatus.STORED, tries=0, trouble="")
    incoming.refresh_from_db()
    if not moved:
        words = IncomingStatus(incoming.status).label
        raise WrongStatus(f"Прочитать заново можно только отложенное письмо: {words}.", status=incoming.status)


def attachment_content(incoming: IncomingLetter, position: int) -> bytes | None:
    """The bytes of one attachment, cut out of the letter as it came. None: erased, not there, or too large."""
    raw = RawLetter.objects.filter(incoming=incoming).values_list("content", flat=True).first()
    if raw is None or not incoming.attachments.filter(position=position).exists():
        return None
    part = next((part for place, part in enumerate(parsed(bytes(raw)).walk()) if place == position), None)
    found = content(part) if part is not None else b""
    return found if 0 < len(found) <= MOST_SAVED else None


def _read_or_count(incoming: IncomingLetter) -> bool:
    mine = IncomingLetter.objects.stored().filter(pk=incoming.pk, tries=incoming.tries)
    if incoming.tries >= MOST_TRIES:
        mine.update(status=IncomingStatus.QUARANTINED, trouble=UNREADABLE)
        return False
    if not mine.update(tries=F("tries") + 1):
        return False  # another process was first
    try:
        return _read_one(incoming)
    except OperationalError:
        raise  # the database's trouble and not the letter's: the next run goes on
    except Exception as error:
        logger.exception("Incoming letter %s cannot be read.", incoming.pk)
        _note_trouble(incoming, error)
        return False


def _note_trouble(incoming: IncomingLetter, error: Exception) -> None:
    is_last = incoming.tries + 1 >= MOST_TRIES
    IncomingLetter.objects.stored().filter(pk=incoming.pk).update(
        status=IncomingStatus.QUARANTINED if is_last else IncomingStatus.STORED,
        trouble=f"{UNREADABLE} ({type(error).__name__})",
    )


def _read_one(incoming: IncomingLetter) -> bool:
    raw = RawLetter.objects.filter(incoming=incoming).values_list("content", flat=True).get()
    reading = read(bytes(raw))
    about = _about(reading)
    with transaction.atomic():
        mine = IncomingLetter.objects.stored().filter(pk=incoming.pk)
        if not mine.update(status=IncomingStatus.READ, trouble="", about=about, **_fields(reading, about)):
            return False
        hanging = [IncomingAttachment(incoming=incoming, **asdict(each)) for each in reading.attachments]
        IncomingAttachment.objects.bulk_create(hanging, ignore_conflicts=True)
        if about is not None and reading.kind == IncomingKind.BOUNCE and _is_recipient(about, reading):
            about.bounce(reading.bounce_words, reading.server_reply)
    return True


def _fields(reading: Reading, about: Letter | None) -> dict[str, object]:
    same = ("message_id", "in_reply_to", "sender", "sender_name", "subject", "written_at", "text", "quoted", "kind")
    return {name: getattr(reading, name) for name in same} | {
        "references": list(reading.references),
        "bounced_address": _bounced_address(reading, about),
        "bounce_code": reading.bounce_code,
        "bounce_words": reading.bounce_words,
    }


def _about(reading: Reading) -> Letter | None:
    """Our letter, by its Message-ID: the nearest in the thread, or the one that a report sends back."""
    named = [*reading.returned, *reading.references]
    letters = Letter.objects.filter(message_id__in=named).only("message_id", "recipient", "attempts") if named else []
    found = {letter.message_id: letter for letter in letters}
    return next((found[each] for each in named if each in found), None)


def _is_recipient(letter: Letter, reading: Reading) -> bool:
    """A report about another address, to which ours was passed on, does not fail the letter."""
    return not reading.bounced_addresses or bool(_matching(letter, reading))


def _matching(letter: Letter, reading: Reading) -> str:
    ours = letter.recipient.lower()
    return ours if ours in reading.bounced_addresses else ""


def _bounced_address(reading: Reading, about: Letter | None) -> str:
    first = reading.bounced_addresses[0] if reading.bounced_addresses else ""
    return (about and _matching(about, reading)) or first
