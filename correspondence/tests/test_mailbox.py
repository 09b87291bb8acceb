"""What is said of a mailbox that cannot be read, and how long its server may hold a process of the portal."""

import re
import threading
import time
from contextlib import suppress
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from correspondence import mailbox as wire
from correspondence import polling
from correspondence.models import IncomingLetter, Mailbox, Unfetched
from correspondence.models.mailbox import LEASE
from correspondence.places import Place, places, read_place
from correspondence.polling import poll_mailboxes
from correspondence.tests.incoming import make_raw, poll_later
from correspondence.tests.sink import free_port

pytestmark = pytest.mark.django_db


def trouble() -> tuple[str, str]:
    found = Mailbox.objects.get()
    assert found.is_in_trouble
    assert found.lease_until is None or found.lease_until > timezone.now() + polling.PAUSE - timedelta(minutes=1)
    return found.error_words, found.server_reply


# --- Addresses ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "place"),
    [
        (
            "imap+ssl://vera:secret@imap.example.ru/INBOX",
            Place("ssl", "imap.example.ru", 993, "vera", "secret", "INBOX"),
        ),
        ("imap+tls://vera:secret@imap.example.ru", Place("tls", "imap.example.ru", 143, "vera", "secret", "INBOX")),
        ("imap://vera:secret@127.0.0.1:1143/", Place("", "127.0.0.1", 1143, "vera", "secret", "INBOX")),
        (
            "imap+ssl://vera%40example.ru:%D0%BF%3A%2F%23%2C%25@imap.example.ru:9993/Архив/Ответы%20из%20Сферума",
            Place("ssl", "imap.example.ru", 9993, "vera@example.ru", "п:/#,%", "Архив/Ответы из Сферума"),
        ),
    ],
)
def test_an_address_says_where_and_how(address, place):
    assert read_place(address) == place


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("vera:secret@imap.example.ru", "должен начинаться с imap+ssl://"),
        ("pop3://vera:secret@imap.example.ru", "должен начинаться с imap+ssl://"),
        ("imap+ssl://imap.example.ru/INBOX", "нужны сервер, имя и пароль"),
        ("imap+ssl://vera@imap.example.ru", "нужны сервер, имя и пароль"),
        ("imap+ssl://vera:se/cret@imap.example.ru", "не читается"),
        ("imap+ssl://vera:secret@imap.example.ru:many", "не читается"),
        ("imap+ssl://vera:secret@imap.example.ru/A#1", "пишутся кодами"),
        ("imap+ssl://vera:secret%0D%0AX@imap.example.ru", "пишутся кодами"),
        ("imap://vera:secret@imap.example.ru", "только ящик на этой же машине"),
        (f"imap+ssl://vera:secret@imap.example.ru/{'a' * 200}", "длиннее 200"),
    ],
)
def test_what_is_wrong_with_an_address_is_said_without_its_password(address, words):
    with pytest.raises(ValueError, match=re.escape(words)) as error:
        read_place(address)
    assert "secret" not in str(error.value)


def test_a_wrong_address_takes_none_of_the_others_away(settings, caplog):
    settings.MAILBOXES = ["imap+ssl://vera:secret@", "imap://vera:secret@localhost", "imap://vera:new@localhost:9"]
    assert [place.password for place in places()] == ["secret"]
    assert "address 1" in caplog.text
    assert "secret" not in caplog.text


def test_a_fresh_install_reads_mailboxes_of_this_machine_only(settings):
    settings.MAILBOXES = ["imap+ssl://vera:secret@imap.example.ru", "imap+ssl://vera:secret@[::1]"]
    settings.PORTAL_LIVE = False
    assert [place.host for place in places()] == ["::1"]
    settings.PORTAL_LIVE = True
    assert [place.host for place in places()] == ["imap.example.ru", "::1"]


# --- Words -------------------------------------------------------------------------------------------------------


def test_nobody_listens(settings):
    settings.MAILBOXES = [f"imap://vera:secret@127.0.0.1:{free_port()}/INBOX"]
    poll_mailboxes()
    words, reply = trouble()
    assert words == "Почтовый сервер не принимает соединений."
    assert "ConnectionRefusedError" in reply


def test_a_name_that_is_not_there(settings):
    settings.PORTAL_LIVE, settings.MAILBOXES = True, ["imap+ssl://vera:secret@imap.invalid/INBOX"]
    poll_mailboxes()
    assert trouble()[0] == "Имя почтового сервера не найдено."


def test_a_certificate_of_somebody_else(box, settings):
    settings.MAILBOXES = [box.address(security="+ssl")]
    poll_mailboxes()
    words, reply = trouble()
    assert words.startswith("Защищённое соединение с почтовым сервером не получилось")
    assert "CERTIFICATE_VERIFY_FAILED" in reply


def test_a_wrong_password_is_not_tried_every_minute(box, settings):
    settings.MAILBOXES = [box.address(password="wrong")]
    poll_mailboxes()
    words, reply = trouble()
    assert words == "Почтовый сервер не принял имя или пароль."
    assert "AUTHENTICATIONFAILED" in reply
    settings.MAILBOXES = [box.address()]
    box.put(make_raw())
    assert poll_later(minutes=1) == 0
    assert poll_later(minutes=5.1) == 1
    assert not Mailbox.objects.get().is_in_trouble


def test_a_folder_that_is_not_there(box, settings):
    settings.MAILBOXES = [box.address("Ответы")]
    poll_mailboxes()
    words, reply = trouble()
    assert words == "Папка «Ответы» не открывается: есть ли она?"
    assert "doesn't exist" in reply


@pytest.mark.parametrize(
    ("command", "reply", "words"),
    [
        ("GREETING", "* BYE too busy", wire.BROKEN_OFF),
        ("GREETING", "220 smtp.example.ru ESMTP", wire.BROKEN_OFF),
        ("GREETING", "drop", wire.BROKEN_OFF),
        ("LOGIN", "{tag} NO [AUTH] vera:secret is wrong\0", "Почтовый сервер не принял имя или пароль."),
        ("LOGIN", "{tag} NO [UNAVAILABLE] later", "Почтовый сервер сейчас не может проверить пароль."),
        (
            "SELECT",
            "* OK [READ-ONLY] look only\r\n{tag} OK [READ-ONLY] done",
            "Папка «INBOX» открывается только для чтения",
        ),
        ("SELECT", "* 0 EXISTS", "Почтовый сервер не нумерует письма"),
        ("SELECT", "* OK [UIDVALIDITY 99999999999999999999999] no", "Почтовый сервер не нумерует письма"),
        ("UID SEARCH", "{tag} NO not now", "Почтовый сервер не даёт списка писем."),
        ("UID SEARCH", "* SEARCH a 0 99999999999999999999", ""),
        ("UID SEARCH", "* 99999999999999999999999 {\0", wire.BROKEN_OFF),
    ],
)
def test_whatever_a_server_says_is_words_on_the_desk(fickle, command, reply, words):
    fickle.faults[command] = reply
    assert poll_mailboxes() == 0
    found = Mailbox.objects.get()
    assert found.is_in_trouble is bool(words)
    assert found.error_words.startswith(words)
    assert "secret" not in found.server_reply
    assert "\0" not in found.server_reply


def test_trouble_is_dated_from_its_beginning_and_ends_with_success(fickle):
    fickle.faults["SELECT"] = "drop"
    begun = timezone.now()
    for minutes in (0, 60):
        poll_later(minutes)
    assert Mailbox.objects.get().failing_since - begun < timedelta(minutes=1)
    fickle.faults.clear()
    poll_mailboxes()
    found = Mailbox.objects.get()
    assert (found.failing_since, found.error_words, found.server_reply) == (None, "", "")


def test_a_mailbox_in_trouble_does_not_keep_the_others_from_their_turn(fickle, box, settings, monkeypatch):
    monkeypatch.setattr(wire, "TIMEOUT", 0.3)
    monkeypatch.setattr(polling, "RUN", 0.3)
    settings.MAILBOXES = [fickle.address, box.address()]
    fickle.faults["GREETING"] = "hang"
    box.put(make_raw())
    assert (poll_mailboxes(), poll_mailboxes()) == (0, 1)


# --- Time --------------------------------------------------------------------------------------------------------


@pytest.fixture
def short(monkeypatch):
    monkeypatch.setattr(wire, "TIMEOUT", 0.5)
    monkeypatch.setattr(wire, "DEADLINE", 0.8)
    monkeypatch.setattr(polling, "RUN", 2)


@pytest.mark.parametrize("fault", ["hang", "drip"])
@pytest.mark.parametrize("command", ["GREETING", "LOGIN", "UID SEARCH"])
def test_a_server_that_hangs_or_drips_is_cut(fickle, short, command, fault):
    fickle.faults[command] = fault
    begun = time.monotonic()
    poll_mailboxes()
    assert time.monotonic() - begun < 4
    assert trouble()[0] == wire.NO_ANSWER


@pytest.mark.parametrize("fault", ["hang", "drip"])
def test_a_letter_that_hangs_or_drips_holds_up_neither_the_process_nor_the_next(fickle, short, fault):
    fickle.letters = {1: make_raw(), 2: make_raw()}
    fickle.faults["UID FETCH 1 (UID BODY"] = fault
    begun = time.monotonic()
    assert poll_mailboxes() == 1
    assert time.monotonic() - begun < 3
    assert Unfetched.objects.get().error.startswith(wire.NO_ANSWER)


def test_a_drip_in_the_middle_of_a_handshake_is_cut_too(fickle, short, settings):
    settings.MAILBOXES = [fickle.address.replace("imap:", "imap+ssl:")]
    fickle.faults["GREETING"] = "\x16\x03\x03\x40\x00" + "\x02" * 100  # the beginning of a very long record
    begun = time.monotonic()
    poll_mailboxes()
    assert time.monotonic() - begun < 4
    assert Mailbox.objects.get().is_in_trouble


def test_red_control_without_the_deadline_a_drip_holds_a_process(fickle, short, monkeypatch, settings):
    monkeypatch.setattr(wire.Session, "_cut", lambda session: None)
    fickle.faults["GREETING"] = "drip"
    place = read_place(settings.MAILBOXES[0])

    def read() -> None:
        with suppress(wire.Trouble), wire.Session(place):
            pass

    reader = threading.Thread(target=read)
    reader.start()
    reader.join(2)
    assert reader.is_alive(), "timeouts of single socket calls do not end it"


def test_no_transaction_is_open_while_the_server_is_spoken_to(fickle, monkeypatch):
    """pytest's own transaction is the only one."""
    fickle.letters = {1: make_raw()}
    before, depth = len(connection.savepoint_ids), []
    whole = wire.Session._fetch
    monkeypatch.setattr(
        wire.Session, "_fetch", lambda *args: depth.append(len(connection.savepoint_ids)) or whole(*args)
    )
    assert poll_mailboxes() == 1
    assert depth == [before, before]
    assert IncomingLetter.objects.count() == 1


def test_the_lease_outlasts_the_longest_run():
    """Reading, one command that began at its end, marking and taking leave."""
    assert timedelta(seconds=polling.RUN + 3 * wire.DEADLINE) < LEASE
    with time_machine.travel(timezone.now()):
        row = Mailbox.named("vera@localhost/INBOX")
        assert [row.claim(), row.claim()] == [True, False]
        row.release()
        assert row.claim()
