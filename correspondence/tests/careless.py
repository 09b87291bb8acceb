"""Workers that lack one safeguard, for the red controls: `celery -A correspondence.tests.careless`, CARELESS names it.

Nothing of the product knows of this: a test build replaces a function when it starts.
"""

import os
import uuid

import django

from sferum_onboarding.celery import app  # noqa: F401 - what `celery -A` looks for

django.setup()

from correspondence import delivery, outbox  # noqa: E402 - models need a Django that is set up
from correspondence.models import Letter, LetterStatus  # noqa: E402

compose = delivery.compose


def marks_before_sending(letter: Letter, courier: delivery.Courier) -> None:
    letter.finish(LetterStatus.SENT)
    courier.carry(letter)


def names_each_try_anew(letter: Letter) -> bytes:
    letter.message_id = f"<{uuid.uuid4()}@localhost>"
    return compose(letter)


match os.environ["CARELESS"]:
    case "marks_before_sending":
        outbox.carry = marks_before_sending
    case "names_each_try_anew":
        delivery.compose = names_each_try_anew
    case unknown:
        raise ValueError(unknown)
