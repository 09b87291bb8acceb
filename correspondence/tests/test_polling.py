"""What comes into the mailboxes is here once, whatever the server, a killed process or a second one do meanwhile."""

import threading
from collections import Counter
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.utils import timezone

from correspondence import mailbox as wire
from correspondence import polling
from correspondence.identity import identity_of
from correspondence.models import IncomingLetter, IncomingStatus, Mailbox, Unfetched
from correspondence.models.mailbox import LEASE
from correspondence.polling import poll_mailboxes
from correspondence.tests.incoming import make_raw, poll_later, stored

pytestmark = pytest.mark.django_db


def test_letters_come_as_they_are_and_are_marked_as_read_afterwards(box):
    letters = [make_raw() for _ in range(3)]
    box.put(*letters)
    assert poll_mailboxes() == 3
    assert stored() == Counter(letters)
    assert box.unread() == 0
    letter = IncomingLetter.objects.first()
    assert (letter.status, letter.size, letter.is_cut) == (IncomingStatus.STORED, len(letter.raw.content), False)
    assert abs(timezone.now() - letter.received_at) < timedelta(minutes=1)


def test_what_has_been_read_is_not_asked_for_again(box):
    box.put(make_raw())
    assert poll_mailboxes() == 1
    assert poll_mailboxes() == 0
    box.put(make_raw())
    assert poll_mailboxes() == 1
    found = Mailbox.objects.get()
    assert (found.last_uid, found.lease_until, found.is_in_trouble) == (2, None, False)
    assert found.checked_at


def test_a_letter_that_a_person_has_read_first_comes_all_the_same(box):
    box.put(make_raw())
    with box.open() as client:
        client.uid("STORE", "1", "+FLAGS", r"(\Seen)")
    assert poll_mailboxes() == 1


def test_a_letter_put_aside_by_a_person_is_not_erased_on_the_server(box):
    box.put(make_raw(), make_raw())
    with box.open() as client:
        client.uid("STORE", "1", "+FLAGS", r"(\Deleted)")
    poll_mailboxes()
    with box.open() as client:
        assert client.search(None, "DELETED")[1] == [b"1"]


def test_no_settings_nobody_asked(box, settings):
    settings.MAILBOXES = []
    assert poll_mailboxes() == 0
    assert not Mailbox.objects.exists()


def test_several_mailboxes_and_a_letter_that_lies_in_both(box, settings):
    common, first, second = make_raw(), make_raw(), make_raw()
    box.put(common, first)
    box.put(common, second, folder=".&BB4EQgQyBDUEQgRL-")
    settings.MAILBOXES = [box.address(), box.address("Ответы")]
    assert poll_mailboxes() == 3
    assert stored() == Counter([common, first, second])
    assert sorted(row.name.split("/")[1] for row in Mailbox.objects.all()) == ["INBOX", "Ответы"]
    assert set(Mailbox.objects.values_list("last_uid", flat=True)) == {2}


@pytest.mark.parametrize("security", ["+ssl", "+tls"])
def test_the_talk_is_enciphered(box, settings, monkeypatch, security):
    monkeypatch.setenv("SSL_CERT_FILE", str(box.server.folder / "certificate.pem"))
    settings.MAILBOXES = [box.address(security=security)]
    box.put(make_raw())
    assert poll_mailboxes() == 1


@pytest.mark.parametrize(
    "odd",
    [
        b"",
        b"\r\n",
        b"no headers at all",
        b"Message-ID: <a@b>\r\n\r\n\0\0\xff\xfe\x80",
        b"Message-ID:\r\nFrom: \xd0\r\n\r\n" + b"x" * 20_000,
        b"\r\n\r\n) FETCH (UID 3 {5}\r\n* BYE\r\n",
        b"Subject: =?utf-8?q?=00?=\r\n" * 3_000,
    ],
)
def test_odd_letters_are_only_bytes(box, odd):
    letters = [odd, make_raw()]
    box.put(*letters)
    assert poll_mailboxes() == 2
    assert len(stored()) == 2
    assert stored()[letters[1]] == 1


def test_a_letter_too_large_to_keep_is_kept_in_part(box, monkeypatch):
    monkeypatch.setattr(wire, "LARGEST", 50_000)
    monkeypatch.setattr(wire, "BEGINNING", 10_000)
    large = make_raw("я" * 50_000)
    box.put(large, make_raw())
    assert poll_mailboxes() == 2
    letter = IncomingLetter.objects.get(is_cut=True)
    assert bytes(letter.raw.content) == large[:10_000]
    assert letter.size == len(large)
    box.renumber()
    assert poll_mailboxes() == 0, "its beginning is enough to know it again"


# --- The same letter again ---------------------------------------------------------------------------------------


def test_a_letter_delivered_twice_is_kept_once_and_another_under_its_message_id_is_another(box):
    letter = make_raw(message_id="<1@sferum.example>")
    other = make_raw(message_id="<1@sferum.example>")
    box.put(letter, b"Received: by another way\r\n" + letter, other)
    assert poll_mailboxes() == 2
    assert stored() == Counter([letter, other])
    assert Mailbox.objects.get().last_uid == 3
    assert box.unread() == 0


@pytest.mark.parametrize(
    ("one", "two", "is_same"),
    [
        (b"Message-ID: <a@b>\r\n\r\nhi", b"X: 1\r\nmessage-id:\r\n <a@b>  \r\nY: 2\r\n\r\nhi", True),
        (b"Message-ID: <a@b>\r\n\r\nhi", b"Message-ID: <a@b>\r\n\r\nho", False),
        (b"Message-ID: <a@b>\r\n\r\nhi", b"Message-ID: <a@c>\r\n\r\nhi", False),
        (b"X: 1\r\n\r\nhi", b"X: 2\r\n\r\nhi", False),
        (b"Message-ID:\r\nX: 1\r\n\r\nhi", b"Message-ID:\r\nX: 2\r\n\r\nhi", False),
        (b"X: 1\r\n\r\nMessage-ID: <a@b>\r\n\r\nhi", b"X: 2\r\n\r\nMessage-ID: <a@b>\r\n\r\nhi", False),
    ],
)
def test_identity_is_message_id_and_body(one, two, is_same):
    assert (identity_of(one) == identity_of(two)) is is_same


def test_after_the_server_has_numbered_anew_only_what_is_new_comes(box):
    letters = [make_raw() for _ in range(5)]
    box.put(*letters)
    poll_mailboxes()
    before = Mailbox.objects.get().uidvalidity
    box.renumber()
    late = make_raw()
    box.put(late)
    assert poll_mailboxes() == 1
    assert stored() == Counter([*letters, late])
    assert Mailbox.objects.get().uidvalidity != before
    assert Mailbox.objects.get().last_uid == 6


def test_red_control_without_the_identity_a_new_uidvalidity_doubles_everything(box, monkeypatch):
    places = iter(range(100))
    monkeypatch.setattr("correspondence.models.incoming.identity_of", lambda content: f"place {next(places)}")
    letters = [make_raw() for _ in range(5)]
    box.put(*letters)
    poll_mailboxes()
    box.renumber()
    poll_mailboxes()
    assert set(stored().values()) == {2}


# --- A process that dies -----------------------------------------------------------------------------------------


class Killed(BaseException):
    """What no `except Exception` catches, like the end of a process."""


def die(*args, **kwargs):
    raise Killed


def poll_and_die_at(moment, monkeypatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(moment, die)
        with pytest.raises(Killed):
            poll_mailboxes()


@pytest.mark.parametrize(
    "moment", ["correspondence.models.IncomingLetter.objects.store", "correspondence.mailbox.Session.flag"]
)
def test_a_process_killed_before_or_after_storing_loses_nothing(box, monkeypatch, moment):
    letters = [make_raw() for _ in range(3)]
    box.put(*letters)
    poll_and_die_at(moment, monkeypatch)
    assert box.unread() == 3
    poll_mailboxes()
    assert stored() == Counter(letters)


def test_red_control_a_reader_that_flags_first_and_asks_for_the_unread_loses_the_letter_in_its_hands(box):
    box.put(make_raw())
    with box.open() as client:
        unread = client.uid("SEARCH", "UNSEEN")[1][0].decode()
        client.uid("FETCH", unread, "(RFC822)")  # the usual way: it marks as read; and here the process is killed
    with box.open() as client:
        assert client.uid("SEARCH", "UNSEEN")[1] == [b""], "nobody will ever ask for that letter again"
    assert stored() == Counter()


def test_letter_and_bytes_are_stored_together_or_not_at_all(box, monkeypatch):
    box.put(make_raw())
    poll_and_die_at("correspondence.models.RawLetter.objects.create", monkeypatch)
    assert not IncomingLetter.objects.exists()


def test_a_mailbox_whose_reader_died_is_read_again_when_the_lease_is_over(box):
    box.put(make_raw())
    assert Mailbox.named(f"{box.user}@localhost/INBOX").claim()
    assert poll_mailboxes() == 0
    assert poll_later(minutes=LEASE.total_seconds() / 60) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("has_lease", [True, False])
def test_two_readers_at_once_keep_each_letter_once(box, monkeypatch, has_lease):
    """Also where the first one's lease has run out and both read."""
    if not has_lease:
        monkeypatch.setattr(Mailbox, "claim", lambda row: row.refresh_from_db() or True)
    letters = [make_raw() for _ in range(60)]
    box.put(*letters)
    came = in_threads(poll_mailboxes)
    assert sum(came) == 60
    assert stored() == Counter(letters)
    assert Mailbox.objects.get().last_uid == 60
    assert not Unfetched.objects.exists()


def in_threads(work, count=2) -> list[int]:
    found, start = [], threading.Barrier(count)

    def run() -> None:
        start.wait()
        found.append(work())
        connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    return found


def test_a_run_gives_its_process_back_in_time_and_the_next_one_goes_on(box, monkeypatch):
    letters = [make_raw() for _ in range(30)]
    box.put(*letters)
    clock = iter(range(1000))
    monkeypatch.setattr(polling, "RUN", 10)
    monkeypatch.setattr(polling, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    runs = [poll_mailboxes() for _ in range(5)]
    assert max(runs) < 10
    assert min(runs[:3]) > 5
    assert stored() == Counter(letters)


def test_a_mailbox_taken_out_of_the_settings_is_in_no_trouble_any_more(settings):
    gone = Mailbox.named("old@example.org/INBOX")
    gone.note_trouble("Пароль не подошёл.")
    settings.MAILBOXES = []
    poll_mailboxes()
    gone.refresh_from_db()
    assert not gone.is_in_trouble
