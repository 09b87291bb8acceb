"""What every verb of a model says when it comes too late."""

from datetime import datetime


class WrongStatus(Exception):
    """The row was not in the status that the verb needs, usually because somebody else was first.

    `str(error)` is a Russian sentence for the person; who was first, when, and what the row is now are beside it.
    """

    def __init__(self, message: str, *, by_name: str = "", at: datetime | None = None, status: str = "") -> None:
        super().__init__(message)
        self.by_name = by_name
        self.at = at
        self.status = status
