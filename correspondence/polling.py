"""Reads mailboxes for a while: each letter is stored first, flagged on the server afterwards, and met twice kept once.

`Mailbox.last_uid` passes a letter when its bytes are here, when they were here already, or when it is written down in
`Unfetched`: those are asked for again in later runs, after their neighbours.
"""

import time
from datetime import timedelta
from itertools import islice

from django.db import IntegrityError

from correspondence.mailbox import Lost, NotGiven, Outline, Session, SignInRefused, Trouble
from correspondence.models import IncomingLetter, Mailbox
from correspondence.places import Place, places

RUN = 45.0  # seconds after which a run gives its process back; beat begins the next one every minute
BATCH = 50  # letters between two notes of how far the folder has been read
MOST_CONNECTIONS = 3  # in one run of one mailbox: what breaks more often is not one letter's fault
PAUSE = timedelta(minutes=5)  # after a refused sign-in: servers lock out who tries a wrong password every minute


class BrokenByLetter(Lost):
    """The connection ended over a letter, which is noted: over another connection its neighbours may well come."""


def poll_mailboxes() -> int:
    """Reads every mailbox of the settings until all are read or RUN is over. How many letters came."""
    ends, came = time.monotonic() + RUN, 0
    for mailbox, place in _longest_unread_first():
        if time.monotonic() < ends and mailbox.claim():
            came += Reading(mailbox, place, ends).go()
    return came


def _longest_unread_first() -> list[tuple[Mailbox, Place]]:
    """A mailbox that hangs must not keep the others from their turn."""
    read = places()
    Mailbox.objects.forget_troubles(besides=[place.name for place in read])
    rows = [(Mailbox.named(place.name), place) for place in read]
    return sorted(rows, key=lambda row: row[0].checked_at.timestamp() if row[0].checked_at else 0)


class Reading:
    """One run over one claimed mailbox."""

    def __init__(self, mailbox: Mailbox, place: Place, ends: float) -> None:
        self.mailbox, self.place, self.ends = mailbox, place, ends
        self.came = 0

    def go(self) -> int:
        pause = None
        try:
            self._read()
            self.mailbox.note_success()
        except Trouble as trouble:
            pause = PAUSE if isinstance(trouble, SignInRefused) else None
            self.mailbox.note_trouble(trouble.words, trouble.reply)
        finally:
            self.mailbox.release(pause)
        return self.came

    def _read(self) -> None:
        """A letter that breaks the connection is noted; over another one its neighbours go on."""
        left = MOST_CONNECTIONS
        while True:
            left -= 1
            with Session(self.place) as session:
                try:
                    self._read_folder(session)
                    return
                except BrokenByLetter:
                    if not (left and self._has_time()):
                        raise

    def _read_folder(self, session: Session) -> None:
        self.mailbox.meet(session.uidvalidity)
        fresh = iter(session.uids_after(self.mailbox.last_uid))
        while self._has_time() and (batch := list(islice(fresh, BATCH))):
            self._take_batch(session, batch)
        for row in self.mailbox.unfetched.due():
            if self._has_time() and self._take(session, row.uid):
                row.delete()
                session.flag([row.uid])

    def _take_batch(self, session: Session, uids: list[int]) -> None:
        taken = [uid for uid in uids if self._has_time() and self._take(session, uid)]
        if taken:
            self.mailbox.advance(taken[-1])
            session.flag(taken)

    def _take(self, session: Session, uid: int) -> bool:
        """False where the letter could not be had: that is written down, and it is asked for again later."""
        try:
            if outline := session.outline(uid):
                self._store(uid, outline, session.content(uid, outline))
        except Trouble as trouble:
            self.mailbox.unfetched.note(self.mailbox, uid, f"{trouble.words} {trouble.reply}".strip())
            self.mailbox.advance(uid)
            if isinstance(trouble, Lost):
                raise BrokenByLetter(trouble.words, trouble.reply) from trouble
            return False
        return True

    def _store(self, uid: int, outline: Outline, content: bytes) -> None:
        size, is_cut, received_at = outline.size, outline.is_large, outline.received_at
        try:
            self.came += IncomingLetter.objects.store(
                self.mailbox, uid, content, size=size, is_cut=is_cut, received_at=received_at
            )
        except IntegrityError as error:
            raise NotGiven("Под этим номером сервер раньше отдал другое письмо.") from error

    def _has_time(self) -> bool:
        return time.monotonic() < self.ends
