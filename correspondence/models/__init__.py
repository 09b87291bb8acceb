from correspondence.drafts import Draft, Link
from correspondence.models.channel import MailChannel
from correspondence.models.letter import Letter
from correspondence.statuses import Lane, LetterStatus

__all__ = ["Draft", "Lane", "Letter", "LetterStatus", "Link", "MailChannel"]
