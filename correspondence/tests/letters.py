"""Builders for the tests of this room."""

import itertools

from correspondence.models import Draft, Letter

_numbers = itertools.count(1)


def make_draft(**fields) -> Draft:
    number = next(_numbers)
    values = {
        "dedupe_key": f"test:{number}",
        "to": f"school-{number}@example.org",
        "subject": f"Письмо {number}",
        "text": "Здравствуйте!\n",
    }
    return Draft(**(values | fields))


def make_letter(**fields) -> Letter:
    return Letter.objects.queue_many([make_draft(**fields)])[0]


def refreshed(letter: Letter) -> Letter:
    letter.refresh_from_db()
    return letter
