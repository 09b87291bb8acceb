from correspondence.drafts import Draft, Link
from correspondence.models.channel import MailChannel
from correspondence.models.incoming import IncomingAttachment, IncomingLetter, RawLetter
from correspondence.models.letter import Letter
from correspondence.models.mailbox import Mailbox, Unfetched
from correspondence.statuses import IncomingKind, IncomingStatus, Lane, LetterStatus

__all__ = [
    "Draft",
    "IncomingAttachment",
    "IncomingKind",
    "IncomingLetter",
    "IncomingStatus",
    "Lane",
    "Letter",
    "LetterStatus",
    "Link",
    "MailChannel",
    "Mailbox",
    "RawLetter",
    "Unfetched",
]
