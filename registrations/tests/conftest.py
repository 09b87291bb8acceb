"""What holds after every test of this room."""

from collections.abc import Iterator

import pytest

from organizations.models import Event
from organizations.statuses import EVENT_WORDS as WORDS_BELOW
from registrations.statuses import EVENT_WORDS


@pytest.fixture(autouse=True)
def _the_journal_speaks_in_known_words_and_names_nobody(db: None) -> Iterator[None]:
    yield
    for event in Event.objects.all():
        assert event.verb in EVENT_WORDS | WORDS_BELOW, event.verb
        assert all(field.isascii() for field in event.fields), "names of fields, never what they held"
