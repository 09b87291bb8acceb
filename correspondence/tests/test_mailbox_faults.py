"""Long trials of the mailbox reader: real processes, a real Dovecot, thousands of letters. 0 missed, 0 twice.

What each measured is told to whoever prints the table: the properties `fault` and `figure` of the test.
"""

import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.utils import timezone

from correspondence.models import IncomingLetter, Mailbox, RawLetter, Unfetched
from correspondence.polling import poll_mailboxes
from correspondence.tests.imap_server import Box, Dovecot
from correspondence.tests.incoming import make_raw, poll_later, stored
from correspondence.tests.workers import database_url
from foundation.tests.waiting import let_pass, wait_for

pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

READER = r"""
import pathlib, re, time
import django
django.setup()
from correspondence import mailbox
from correspondence.models import Mailbox
from correspondence.polling import poll_mailboxes
{before}
Mailbox.objects.count()
def peak():
    # Of this program alone: `ru_maxrss` begins with what pytest had when it started us.
    return int(re.search(r"VmHWM:\s+(\d+)", pathlib.Path("/proc/self/status").read_text())[1]) // 1024
at_rest, begun, came, runs = peak(), time.monotonic(), 0, 0
while True:
    now = poll_mailboxes()
    came, runs = came + now, runs + 1
    if not now:
        break
print(came, runs, time.monotonic() - begun, at_rest, peak())
"""


@pytest.fixture
def told(record_property):
    def tell(fault: str, figure: str) -> None:
        record_property("fault", fault)
        record_property("figure", figure)

    return tell


class Reader:
    """The mailbox reader in a process of its own: `kill -9` and its peak memory are real."""

    def __init__(self, address: str, folder, before: str = "") -> None:
        env = os.environ | {
            "DJANGO_SETTINGS_MODULE": "sferum_onboarding.settings",
            "DATABASE_URL": database_url(),
            "PORTAL_DATA": str(folder),
            "SECRET_KEY": django_settings.SECRET_KEY,
            "PORTAL_LIVE": "0",
            "MAILBOXES": address,
        }
        command = [sys.executable, "-c", READER.format(before=before)]
        self.process = subprocess.Popen(
            command, env=env, cwd=django_settings.BASE_DIR, stdout=subprocess.PIPE, text=True, start_new_session=True
        )

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate()

    def figures(self, seconds: float = 400) -> list[float]:
        """Letters that came, runs, seconds, peak memory at rest and after reading, MB."""
        said, _ = self.process.communicate(timeout=seconds)
        assert self.process.returncode == 0
        return [float(number) for number in said.split()]


def fill(box: Box, count: int) -> set[str]:
    """Message-IDs of the letters put into the box."""
    names = [f"<{number}@sferum.example>" for number in range(count)]
    box.put(*(make_raw(message_id=name) for name in names))
    return set(names)


def message_ids() -> Counter[str]:
    pattern = re.compile(rb"Message-ID: (<[^>]+>)")
    contents = RawLetter.objects.values_list("content", flat=True).iterator()
    return Counter(pattern.search(bytes(content))[1].decode() for content in contents)


def missed_and_twice(expected: set[str]) -> str:
    """The figure of every trial; anything but two zeros fails it."""
    found = message_ids()
    missed, twice = len(expected - set(found)), sum(count > 1 for count in found.values())
    assert (missed, twice, set(found) - expected) == (0, 0, set())
    return f"{len(expected)} letters: 0 missed, 0 twice"


def let_leases_end() -> None:
    Mailbox.objects.update(lease_until=timezone.now())


def test_ten_thousand_letters(box, tmp_path, told):
    expected = fill(box, 10_000)
    came, runs, seconds, at_rest, peak = Reader(box.address(), tmp_path).figures()
    assert came == 10_000
    assert box.unread() == 0
    figure = missed_and_twice(expected)
    assert peak - at_rest < 60
    told(
        "IMAP: 10,000 letters",
        f"{figure}; {seconds:.0f} s in {runs - 1:.0f} run(s); peak memory +{peak - at_rest:.0f} MB",
    )


def test_a_reader_killed_again_and_again(box, tmp_path, told):
    expected, kills, chance = fill(box, 3_000), 0, random.Random(3)
    while IncomingLetter.objects.count() < len(expected) and kills < 12:
        let_leases_end()
        before = IncomingLetter.objects.count()
        reader = Reader(box.address(), tmp_path)
        wait_for(lambda before=before: IncomingLetter.objects.count() > before, "the first letters of this run")
        let_pass(chance.uniform(0.05, 0.3))  # a kill comes whenever it comes
        reader.kill()
        kills += 1
    assert kills >= 5
    assert IncomingLetter.objects.count() == RawLetter.objects.count()
    let_leases_end()
    Reader(box.address(), tmp_path).figures()
    told("kill -9 of the mailbox reader", f"{kills} kills; {missed_and_twice(expected)}")


def test_red_control_a_reader_that_goes_by_unread_and_is_killed_loses_letters(box, tmp_path, told):
    """The usual loop – take what is unread, which marks it, then store it – killed between the two."""
    expected = fill(box, 20)
    for _ in range(5):
        with box.open() as client:
            unread = client.search(None, "UNSEEN")[1][0].split()
            client.fetch(unread[0].decode(), "(RFC822)")
            # killed here
    with box.open() as client:
        for number in client.search(None, "UNSEEN")[1][0].decode().split():
            content = client.fetch(number, "(RFC822)")[1][0][1]
            IncomingLetter.objects.store(prepared(), int(number), content, **PLAIN)
    lost = len(expected - set(message_ids()))
    assert lost == 5
    told("red control: flag before store", f"5 kills: {lost} of {len(expected)} letters missed")


PLAIN = {"size": 1, "is_cut": False, "received_at": timezone.now()}


def prepared() -> Mailbox:
    mailbox = Mailbox.named("vera@localhost/INBOX")
    mailbox.meet(7)
    return mailbox


def test_two_readers_at_once(box, tmp_path, told):
    expected = fill(box, 1_000)
    readers = [Reader(box.address(), tmp_path) for _ in range(2)]
    came = [reader.figures()[0] for reader in readers]
    assert sum(came) == len(expected)
    told("two mailbox readers at once", missed_and_twice(expected))


def test_two_readers_at_once_with_no_lease_between_them(box, tmp_path, told):
    expected = fill(box, 1_000)
    greedy = "Mailbox.claim = lambda row: row.refresh_from_db() or True"
    readers = [Reader(box.address(), tmp_path, greedy) for _ in range(2)]
    came = [reader.figures()[0] for reader in readers]
    assert sum(came) == len(expected)
    assert not Unfetched.objects.exists()
    told("two mailbox readers at once, both past the lease", missed_and_twice(expected))


def test_uidvalidity_changes_in_the_middle(box, tmp_path, told):
    expected = fill(box, 2_000)
    reader = Reader(box.address(), tmp_path)
    wait_for(lambda: IncomingLetter.objects.count() > 500, "five hundred letters")
    reader.kill()
    let_leases_end()
    before = Mailbox.objects.get().uidvalidity
    box.renumber()
    came, *_ = Reader(box.address(), tmp_path).figures()
    assert Mailbox.objects.get().uidvalidity != before
    assert came < 1_500
    told("UIDVALIDITY changes in the middle", missed_and_twice(expected))


def test_red_control_without_identity_a_change_of_uidvalidity_doubles(box, tmp_path, told):
    count = len(fill(box, 200))
    blind = "import uuid, correspondence.models.incoming as i; i.identity_of = lambda content: uuid.uuid4().hex"
    Reader(box.address(), tmp_path, blind).figures()
    box.renumber()
    Reader(box.address(), tmp_path, blind).figures()
    twice = sum(kept > 1 for kept in message_ids().values())
    assert twice == count
    told("red control: UIDVALIDITY changes, no identity", f"{twice} of {count} letters twice")


def test_the_same_letters_under_many_numbers_and_in_two_folders(box, settings, told):
    letters = [make_raw(message_id=f"<{number}@sferum.example>") for number in range(300)]
    box.put(*letters * 3)
    box.put(*letters, folder=".Copies")
    settings.MAILBOXES = [box.address(), box.address("Copies")]
    while poll_mailboxes():
        pass
    assert stored() == Counter(letters)
    assert sorted(Mailbox.objects.values_list("last_uid", flat=True)) == [300, 900]
    told("IMAP duplicates: each letter four times in two folders", "300 letters: 0 missed, 0 twice")


def test_the_server_goes_down_and_comes_back(dovecot: Dovecot, tmp_path, told):
    server = Dovecot()
    server.start()
    try:
        box = Box(server)
        expected = fill(box, 2_000)
        downs = 0
        while IncomingLetter.objects.count() < 1_500:
            before = IncomingLetter.objects.count()
            let_leases_end()
            reader = Reader(box.address(), tmp_path)
            wait_for(lambda before=before: IncomingLetter.objects.count() > before + 100, "a hundred letters")
            server.crash()
            reader.figures()
            downs += 1
            assert Mailbox.objects.get().is_in_trouble
            server.start()
        Unfetched.objects.update(last_at=timezone.now() - timedelta(hours=1))
        Reader(box.address(), tmp_path).figures()
        assert not Mailbox.objects.get().is_in_trouble
        assert not Unfetched.objects.exists()
        told("IMAP server killed while letters are fetched", f"{downs} times; {missed_and_twice(expected)}")
    finally:
        server.stop()
        shutil.rmtree(server.folder)


@pytest.mark.parametrize("fault", ["drop", "hang", "drip"])
def test_the_server_breaks_off_in_the_middle_of_letters(fickle, monkeypatch, fault, told):
    """Every seventh letter is not given out at first; the server is mended a minute later."""
    monkeypatch.setattr("correspondence.mailbox.TIMEOUT", 0.3)
    monkeypatch.setattr("correspondence.mailbox.DEADLINE", 0.3)
    fickle.letters = {uid: make_raw(message_id=f"<{uid}@sferum.example>") for uid in range(1, 101)}
    fickle.faults = {f"UID FETCH {uid} (UID BODY": fault for uid in range(7, 101, 7)}
    begun, longest = time.monotonic(), 0.0
    while Mailbox.named("vera@127.0.0.1/INBOX").last_uid < 100:
        begun = time.monotonic()
        poll_mailboxes()
        longest = max(longest, time.monotonic() - begun)
    assert IncomingLetter.objects.count() == 86, "neighbours did not wait"
    fickle.faults.clear()
    poll_later(minutes=2)
    words = {"drop": "drops mid-FETCH", "hang": "hangs mid-FETCH", "drip": "drips mid-FETCH"}[fault]
    figure = missed_and_twice({f"<{uid}@sferum.example>" for uid in range(1, 101)})
    told(f"IMAP {words}, every 7th letter", f"{figure}; longest run {longest:.1f} s with a deadline of 0.3 s")


def test_a_server_that_hangs_holds_a_process_no_longer_than_the_constants_say(fickle, told):
    """The real constants, uncompressed."""
    fickle.faults["UID SEARCH"] = "hang"
    begun = time.monotonic()
    poll_mailboxes()
    seconds, found = time.monotonic() - begun, Mailbox.objects.get()
    assert seconds < 20
    assert found.is_in_trouble
    told("IMAP accepts and says nothing", f"process free again after {seconds:.0f} s: «{found.error_words}»")


LARGE = 30 * 2**20


@pytest.fixture
def large(box):
    box.put(make_raw("я" * (LARGE // 2)), make_raw())
    return box


def test_a_letter_of_30_megabytes(large, tmp_path, told):
    came, _, _, at_rest, peak = Reader(large.address(), tmp_path).figures()
    assert came == 2
    letter = IncomingLetter.objects.get(is_cut=True)
    assert letter.size > LARGE
    assert len(letter.raw.content) == 2**20
    assert peak - at_rest < 40
    told("IMAP: a letter of 30 MB", f"its first 1 MB and its neighbour kept; peak memory +{peak - at_rest:.0f} MB")


def test_red_control_without_the_cut_a_large_letter_fills_the_memory(large, tmp_path, told):
    greedy = "mailbox.LARGEST = mailbox.LONGEST = 10**9"
    _, _, _, at_rest, peak = Reader(large.address(), tmp_path, greedy).figures()
    assert peak - at_rest > 60
    told("red control: a letter of 30 MB taken whole", f"peak memory +{peak - at_rest:.0f} MB")
