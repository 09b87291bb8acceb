"""A letter that the server does not give out: its neighbours go on, it is asked for again, a person hears of it."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from correspondence import mailbox as wire
from correspondence import polling
from correspondence.models import IncomingLetter, Mailbox, Unfetched
from correspondence.models.mailbox import MOST_TRIES, RETRY_AFTER, UnfetchedQuerySet
from correspondence.polling import poll_mailboxes
from correspondence.tests.incoming import make_raw, poll_later, stored
from foundation.verbs import WrongStatus

pytestmark = pytest.mark.django_db
TEXT_OF_7 = "UID FETCH 7 (UID BODY"


@pytest.fixture
def ten(fickle):
    fickle.letters = {uid: make_raw() for uid in range(1, 11)}
    return fickle


def everything_but(server, *uids: int) -> Counter[bytes]:
    return Counter(content for uid, content in server.letters.items() if uid not in uids)


POISON = {
    "the connection breaks": "drop",
    "the server says no": "{tag} NO [SERVERBUG] Internal error occurred",
    "the server says bad": "{tag} BAD what?",
    "garbage": "\0\xff&& {99999999999}\r\n))",
    "more bytes than a letter may have": "* 1 FETCH (UID 7 BODY[] {999999999}\r\n",
    "no literal": "* 1 FETCH (UID 7 BODY[] NIL)",
    "another letter": "* 1 FETCH (UID 8 BODY[] {1}\r\nx)",
    "nothing": "* 1 EXISTS",
    "goodbye": "* BYE overloaded",
}


@pytest.mark.parametrize("fault", POISON.values(), ids=POISON)
def test_one_poisoned_letter_stops_none_of_its_neighbours_and_is_given_up_after_five_tries(ten, fault):
    ten.faults[TEXT_OF_7] = fault
    assert poll_mailboxes() == 9
    assert stored() == everything_but(ten, 7)
    assert Mailbox.objects.get().last_uid == 10
    begun = timezone.now()
    for minutes in RETRY_AFTER[1:]:
        assert Unfetched.objects.get().given_up_at is None
        begun += timedelta(minutes=minutes, seconds=1)
        with time_machine.travel(begun):
            assert poll_mailboxes() == 0
    left = Unfetched.objects.get()
    assert (left.uid, left.tries) == (7, MOST_TRIES)
    assert left.given_up_at
    assert left.error.startswith("Почтовый сервер")
    assert poll_later(minutes=100_000) == 0
    assert ten.said(TEXT_OF_7) == MOST_TRIES, "after that it is left alone"


def test_new_letters_come_while_a_poisoned_one_is_tried_again(ten):
    ten.faults[TEXT_OF_7] = "drop"
    poll_mailboxes()
    ten.letters[11] = make_raw()
    assert poll_later(minutes=2) == 1
    assert stored() == everything_but(ten, 7)
    assert Unfetched.objects.get().tries == 2


def test_a_letter_that_could_not_be_had_comes_when_the_server_is_mended(ten):
    ten.faults[TEXT_OF_7] = "drop"
    poll_mailboxes()
    ten.faults.clear()
    assert poll_mailboxes() == 0, "not at once: whoever mends the server has a minute"
    assert poll_later(minutes=1.1) == 1
    assert stored() == everything_but(ten)
    assert not Unfetched.objects.exists()
    assert ten.said("UID STORE 7 ") == 1


def test_red_control_without_the_note_a_letter_passed_over_never_comes(ten, monkeypatch):
    monkeypatch.setattr(UnfetchedQuerySet, "note", lambda *args: None)
    ten.faults[TEXT_OF_7] = "drop"
    poll_mailboxes()
    ten.faults.clear()
    poll_later(minutes=1000)
    assert stored() == everything_but(ten, 7)


def test_red_control_without_a_new_connection_the_neighbours_wait(ten, monkeypatch):
    monkeypatch.setattr(polling, "MOST_CONNECTIONS", 1)
    ten.faults[TEXT_OF_7] = "drop"
    assert poll_mailboxes() == 6


def test_many_poisoned_letters_end_a_run_and_still_block_nothing_for_long(ten):
    ten.faults |= {f"UID FETCH {uid} (UID BODY": "drop" for uid in range(1, 6)}
    assert poll_mailboxes() == 0
    assert Mailbox.objects.get().error_words == wire.BROKEN_OFF
    assert poll_mailboxes() == 5
    assert stored() == everything_but(ten, *range(1, 6))
    assert not Mailbox.objects.get().is_in_trouble


def test_the_size_may_be_what_the_server_chokes_on(ten):
    ten.faults["UID FETCH 7 (UID RFC822.SIZE"] = "drop"
    assert poll_mailboxes() == 9
    assert Unfetched.objects.get().uid == 7


def test_a_letter_deleted_meanwhile_is_no_trouble(ten):
    ten.faults["UID FETCH 7"] = "* 3 EXPUNGE"
    ten.faults["UID SEARCH UID 7"] = "* SEARCH"
    assert poll_mailboxes() == 9
    assert not Unfetched.objects.exists()


def test_news_of_other_letters_between_the_answers_do_not_confuse(ten):
    text = ten.letters[7].decode("latin-1")
    news = "* 2 FETCH (UID 2 FLAGS (\\Seen))\r\n* 7 FETCH (FLAGS (\\Seen) UID 7)\r\n* 11 EXISTS\r\n"
    ten.faults[TEXT_OF_7] = f"{news}* 7 FETCH (BODY[] {{{len(text)}}}\r\n{text} UID 7)"
    assert poll_mailboxes() == 10
    assert stored() == everything_but(ten)


@pytest.mark.parametrize("date", ["99-Foo-9999 99:99:99 +9999", "17-Jul-2099 02:44:25 +0000", ""])
def test_a_moment_that_cannot_be_is_now(ten, date):
    ten.faults["UID FETCH 7 (UID RFC822.SIZE"] = f'* 1 FETCH (UID 7 RFC822.SIZE 5 INTERNALDATE "{date}")'
    assert poll_mailboxes() == 10
    assert abs(timezone.now() - IncomingLetter.objects.get(uid=7).received_at) < timedelta(minutes=1)
    assert IncomingLetter.objects.get(uid=8).received_at == datetime(2026, 11, 1, 3, tzinfo=UTC)


def test_marking_that_fails_loses_nothing_and_holds_nobody_up(ten):
    ten.faults["UID STORE"] = "{tag} NO you may not"
    assert poll_mailboxes() == 10
    ten.letters[11] = make_raw()
    ten.faults["UID STORE"] = "drop"
    poll_mailboxes()
    assert stored() == everything_but(ten)
    assert Mailbox.objects.get().last_uid == 11


def test_a_server_that_gives_a_number_to_a_second_letter_is_found_out(ten):
    poll_mailboxes()
    Mailbox.objects.update(last_uid=6)
    ten.letters[7] = make_raw()
    assert poll_mailboxes() == 0
    assert "другое письмо" in Unfetched.objects.get().error


def test_a_letter_given_up_is_asked_for_again_when_a_person_says_so(ten):
    ten.faults[TEXT_OF_7] = "drop"
    poll_mailboxes()
    row = Unfetched.objects.get()
    with pytest.raises(WrongStatus):
        row.try_again()
    Unfetched.objects.update(tries=MOST_TRIES, given_up_at=timezone.now())
    row.try_again()
    poll_mailboxes()
    row.refresh_from_db()
    assert (row.tries, row.given_up_at) == (1, None)
    ten.faults.clear()
    assert poll_later(minutes=1.1) == 1
    assert stored() == everything_but(ten)
