"""The portal answers no letter by itself: neither a loop, nor a bounce of a bounce, nor a flood makes it write."""

import time

import pytest

from correspondence.inbox import read_stored
from correspondence.models import IncomingKind, IncomingLetter, IncomingStatus, Letter, LetterStatus
from correspondence.outbox import deliver_due
from correspondence.tests.arrivals import bounce_in_words, raw_letter, report, sent_letter, store
from correspondence.tests.letters import make_draft, refreshed

pytestmark = pytest.mark.django_db
FLOOD = 1_000


def read_all() -> None:
    while read_stored():
        pass


@pytest.mark.faults
def test_a_thousand_letters_of_one_sender_in_a_minute_are_read_and_none_is_answered(smtp_sink, record_property):
    record_property("fault", "1 000 писем одного отправителя за минуту")
    began = time.monotonic()
    for number in range(FLOOD):
        store(raw_letter(f"Где ответ? {number}"))
    read_all()
    deliver_due()
    assert IncomingLetter.objects.filter(status=IncomingStatus.READ, kind=IncomingKind.PERSONAL).count() == FLOOD
    assert Letter.objects.count() == smtp_sink.connections == 0
    record_property("figure", f"автоматических ответов 0, прочитано {FLOOD} за {time.monotonic() - began:.0f} с")


@pytest.mark.faults
def test_a_bounce_of_a_bounce_is_read_and_not_answered(smtp_sink, record_property):
    record_property("fault", "отчёт о недоставке отчёта о недоставке")
    letter = sent_letter()
    for _ in range(3):
        store(report(letter))
        store(bounce_in_words(letter))
        # A server that could not deliver a report reports that to us, with the report inside.
        store(
            raw_letter(report(letter).decode(), **{"from": "MAILER-DAEMON@other.example", "subject": "failure notice"})
        )
    read_all()
    assert set(IncomingLetter.objects.values_list("kind", flat=True)) == {IncomingKind.BOUNCE}
    assert refreshed(letter).status == LetterStatus.FAILED
    assert len(letter.attempts) == 2  # sent, and came back once
    assert deliver_due() == 0
    assert list(Letter.objects.all()) == [letter]
    record_property("figure", f"автоматических ответов {Letter.objects.count() - 1}")


@pytest.mark.faults
def test_our_own_letters_that_come_back_are_known_and_go_nowhere(smtp_sink, record_property, settings):
    record_property("fault", "петля: письма портала возвращаются в его ящик")
    Letter.objects.queue_many([make_draft(to="portal@school.example") for _ in range(20)])
    for _ in range(3):
        deliver_due()
        for message in smtp_sink.received:
            store(message.as_bytes())
        read_all()
    assert set(IncomingLetter.objects.values_list("kind", flat=True)) == {IncomingKind.OWN}
    assert Letter.objects.count() == 20
    record_property("figure", f"автоматических ответов {Letter.objects.count() - 20}")


def test_red_control_with_an_answer_to_everything_one_letter_becomes_a_loop(smtp_sink):
    """What a portal that answers by itself would do to one whose mailbox is its own."""

    def answer_everything() -> None:
        for incoming in IncomingLetter.objects.filter(status=IncomingStatus.READ):
            Letter.objects.queue_many([make_draft(dedupe_key=f"answer:{incoming.pk}", to="portal@school.example")])

    store(raw_letter())
    for turn in range(1, 5):
        read_all()
        answer_everything()
        deliver_due()
        assert Letter.objects.count() == turn
        store(smtp_sink.received[-1].as_bytes())
