"""What every verb of a model says when it comes too late, and how a page passes it on."""

from collections.abc import Callable
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest


class WrongStatus(Exception):
    """The row was not in the status that the verb needs, usually because somebody else was first.

    `str(error)` is a Russian sentence for the person; who was first, when, and what the row is now are beside it.
    """

    def __init__(self, message: str, *, by_name: str = "", at: datetime | None = None, status: str = "") -> None:
        super().__init__(message)
        self.by_name = by_name
        self.at = at
        self.status = status


def attempt(request: HttpRequest, verb: Callable[[], object], done: str = "") -> bool:
    """Calls the verb and says what came of it; a verb may answer with its own words."""
    try:
        words = verb()
    except WrongStatus as error:
        messages.warning(request, str(error))
        return False
    messages.success(request, words if isinstance(words, str) else done)
    return True
