"""A letter is a row of the transaction that causes it: once, whole, with a bell that may get lost."""

import threading
from datetime import timedelta

import pytest
from celery import Celery
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from correspondence import bell
from correspondence.models import Draft, Letter, LetterStatus, Link
from correspondence.outbox import deliver_due, next_letters
from correspondence.tests.letters import make_draft, make_letter, refreshed


@pytest.fixture
def bells(monkeypatch):
    rung: list[str] = []
    monkeypatch.setattr(Celery, "send_task", lambda app, name: rung.append(name))
    monkeypatch.setattr(bell, "_silent_until", 0.0)
    return rung


@pytest.mark.django_db
def test_the_same_key_twice_is_one_letter():
    first, second = (
        Letter.objects.queue(dedupe_key="welcome:1", to="marina@example.org", subject="Здравствуйте", text=text)
        for text in ("Первый", "Второй")
    )
    assert first.pk == second.pk
    assert second.text == "Первый"


@pytest.mark.django_db
def test_a_batch_of_letters_costs_no_more_statements_than_one_letter(django_assert_num_queries):
    drafts = [make_draft() for _ in range(30)]
    with django_assert_num_queries(2):
        letters = Letter.objects.queue_many([*drafts, drafts[0]])
    assert [letter.dedupe_key for letter in letters] == [draft.dedupe_key for draft in [*drafts, drafts[0]]]


@pytest.mark.django_db(transaction=True)
def test_the_same_key_in_many_transactions_at_once_is_one_letter(bells):
    found, start = [], threading.Barrier(8)

    def queue() -> None:
        start.wait()
        with transaction.atomic():
            found.append(make_letter(dedupe_key="decision:7").pk)
        connection.close()

    threads = [threading.Thread(target=queue) for _ in range(8)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert found == [Letter.objects.get().pk] * 8


@pytest.mark.django_db(transaction=True)
def test_red_control_looking_before_writing_is_not_enough(bells):
    """What `queue` would do if it looked for the key first: the second of two transactions is lost."""
    looked, start = [], threading.Barrier(2)

    def look() -> None:
        start.wait()
        looked.append(Letter.objects.filter(dedupe_key="decision:7").exists())
        start.wait()
        connection.close()

    threads = [threading.Thread(target=look) for _ in range(2)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert looked == [False, False]
    make_letter(dedupe_key="decision:7")
    with pytest.raises(IntegrityError):
        Letter.from_draft(make_draft(dedupe_key="decision:7")).save()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [
        {"subject": "Тема\nBcc: all@example.org"},
        {"subject": "Тема\r\n\r\nтело"},
        {"subject": "Тема\u2028Bcc: x@example.org"},
        {"subject": "я" * 501},
        {"to": "a@example.org\nBcc: b@example.org"},
        {"to": "a@example.org, b@example.org"},
        {"to": "Марина <a@example.org>"},
        {"to": "a@localhost"},
        {"to": "a@[127.0.0.1]"},
        {"to": "a" * 250 + "@example.org"},
        {"to": ""},
        {"reply_to": "не адрес"},
        {"text": "ноль \0"},
        {"headers": {"References": "<a@b>\nBcc: x@example.org"}},
        {"headers": {"Bcc": "x@example.org"}},
    ],
)
def test_nothing_typed_becomes_a_header_or_a_second_recipient(wrong):
    with pytest.raises(ValidationError):
        make_letter(**wrong)
    assert not Letter.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_one_action_rings_once_and_after_its_commit(bells):
    with transaction.atomic():
        make_letter()
        with transaction.atomic():
            Letter.objects.queue_many([make_draft(), make_draft()])
        assert bells == []
    assert bells == ["correspondence.tasks.deliver"]


@pytest.mark.django_db(transaction=True)
def test_ten_thousand_letters_cost_the_broker_one_message(bells):
    Letter.objects.queue_many([make_draft() for _ in range(10_000)])
    assert Letter.objects.count() == 10_000
    assert bells == ["correspondence.tasks.deliver"]


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_change_leaves_neither_letter_nor_bell(bells):
    with transaction.atomic():
        inner = transaction.savepoint()
        make_letter()
        transaction.savepoint_rollback(inner)
        kept = make_letter()
    assert list(Letter.objects.all()) == [kept]
    assert bells == ["correspondence.tasks.deliver"]


@pytest.mark.django_db(transaction=True)
def test_a_dead_broker_neither_fails_nor_slows_an_action(monkeypatch, caplog):
    tried = []

    def refuse(app: Celery, name: str) -> None:
        tried.append(name)
        raise ConnectionError

    monkeypatch.setattr(Celery, "send_task", refuse)
    monkeypatch.setattr(bell, "_silent_until", 0.0)
    for _ in range(3):
        make_letter()
    assert Letter.objects.count() == 3
    assert len(tried) == 1, "the next bells are not even tried for a while"
    assert "the sweep will find the letters" in caplog.text


@pytest.mark.django_db
def test_a_held_letter_waits_and_can_be_withdrawn(smtp_sink):
    letter = make_letter(not_before=timezone.now() + timedelta(minutes=10))
    assert deliver_due() == 0
    letter.abort(by="Марина Ильина")
    assert (letter.status, letter.acted_by) == (LetterStatus.ABORTED, "Марина Ильина")
    Letter.objects.update(due_at=timezone.now())
    assert deliver_due() == 0
    assert refreshed(letter).status == LetterStatus.ABORTED


@pytest.mark.django_db
def test_links_and_keys_are_stored_without_their_power():
    draft: Draft = make_draft(text="[[a]]", links={"a": Link("/a/{token}/", "a", 5, 2)}, queue="o:1", thread="case:4")
    letter = refreshed(Letter.objects.queue_many([draft])[0])
    assert letter.links == {"a": {"path": "/a/{token}/", "purpose": "a", "object_id": 5, "version": 2}}
    assert (letter.queue, letter.thread) == ("o:1", "case:4")


@pytest.mark.django_db
def test_choosing_a_batch_is_two_statements_whatever_waits(smtp_sink):
    Letter.objects.queue_many([make_draft(queue=f"o:{number % 7}") for number in range(120)])
    with CaptureQueriesContext(connection) as queries:
        next_letters()
    assert len(queries) == 2
