"""A stored letter is read once, whatever happens meanwhile, and finds the letter that it is about."""

import pytest

from correspondence import inbox
from correspondence.inbox import MOST_TRIES, attachment_content, read_again, read_stored
from correspondence.models import IncomingAttachment, IncomingKind, IncomingLetter, IncomingStatus, LetterStatus
from correspondence.reading import read
from correspondence.statuses import ErrorKind
from correspondence.tests.arrivals import bounce_in_words, raw_letter, report, sent_letter, store
from correspondence.tests.letters import make_letter, refreshed
from foundation.verbs import WrongStatus

pytestmark = pytest.mark.django_db


def test_an_answer_is_read_and_finds_its_letter():
    letter = sent_letter()
    incoming = store(raw_letter("Готово.\n\n30.04.2025 15:19, Портал пишет:\n> Просим", in_reply_to=letter.message_id))
    assert read_stored() == 1
    incoming.refresh_from_db()
    assert (incoming.status, incoming.kind, incoming.about) == (IncomingStatus.READ, IncomingKind.PERSONAL, letter)
    assert (incoming.text, incoming.sender, incoming.subject) == ("Готово.", "info@sferum.example", "Re: Регистрация")
    assert incoming.references == [letter.message_id]
    assert "Просим" in incoming.quoted
    assert refreshed(letter).status == LetterStatus.SENT


def test_the_nearest_of_our_letters_is_the_one_that_is_answered():
    first, second = sent_letter(), sent_letter()
    incoming = store(raw_letter(references=f"{first.message_id} {second.message_id} <other@sferum.example>"))
    read_stored()
    assert refreshed(incoming).about == second


def test_reading_twice_changes_nothing_twice():
    letter = sent_letter()
    incoming = store(report(letter))
    assert read_stored() == 1
    tries = refreshed(letter).attempts
    IncomingLetter.objects.update(status=IncomingStatus.STORED)
    assert read_stored() == 1
    assert read_stored() == 0
    assert refreshed(letter).attempts == tries
    assert IncomingAttachment.objects.filter(incoming=incoming).count() == 2


@pytest.mark.parametrize("form", [report, bounce_in_words])
def test_a_bounce_fails_its_letter_with_the_reason_in_russian(form):
    letter, earlier = sent_letter(), sent_letter()
    incoming = store(form(letter))
    read_stored()
    letter.refresh_from_db()
    assert (letter.status, letter.error_kind) == (LetterStatus.FAILED, ErrorKind.BOUNCED)
    assert letter.error_words == "Адрес не существует."
    assert "User unknown" in letter.server_reply
    incoming.refresh_from_db()
    assert (incoming.kind, incoming.about, incoming.bounce_code) == (IncomingKind.BOUNCE, letter, "5.1.1")
    assert incoming.bounced_address == letter.recipient
    assert refreshed(earlier).status == LetterStatus.SENT


def test_a_bounce_to_an_address_in_cyrillic_finds_its_letter():
    letter = sent_letter(to="school@школа.рф")
    store(report(letter, recipient="School@xn--80atdl2c.xn--p1ai"))
    read_stored()
    assert refreshed(letter).status == LetterStatus.FAILED


@pytest.mark.parametrize(
    ("action", "kind"),
    [("delayed", IncomingKind.DELAY), ("delivered", IncomingKind.AUTOMATIC), ("relayed", IncomingKind.AUTOMATIC)],
)
def test_a_report_that_is_no_failure_changes_nothing(action, kind):
    letter = sent_letter()
    incoming = store(report(letter, action=action))
    read_stored()
    assert refreshed(incoming).kind == kind
    assert refreshed(letter).status == LetterStatus.SENT


def test_a_bounce_of_another_address_to_which_ours_was_passed_on_does_not_fail_it():
    letter = sent_letter()
    incoming = store(report(letter, recipient="someone@elsewhere.example"))
    read_stored()
    assert (refreshed(incoming).about, incoming.bounced_address) == (letter, "someone@elsewhere.example")
    assert refreshed(letter).status == LetterStatus.SENT


def test_a_bounce_that_names_no_letter_of_ours_changes_nothing():
    letter = sent_letter()
    stranger = make_letter()
    stranger.message_id = "<letter-00000000-0000-4000-8000-000000000001@localhost>"
    stranger.recipient = letter.recipient
    incoming = store(report(stranger))
    read_stored()
    assert refreshed(incoming).about is None
    assert refreshed(letter).status == LetterStatus.SENT


def test_a_letter_not_yet_sent_is_not_failed_by_a_forged_bounce():
    letter = make_letter()
    store(report(letter))
    read_stored()
    assert refreshed(letter).status == LetterStatus.QUEUED


@pytest.fixture
def poison(monkeypatch):
    """A letter with the word «яд» breaks the parser."""

    def poisoned(raw: bytes):
        if "яд".encode() in raw:
            raise ValueError("poisoned")
        return read(raw)

    monkeypatch.setattr(inbox, "read", poisoned)


def test_a_poisoned_letter_is_set_aside_after_five_tries_and_its_neighbours_go_on(poison):
    bad = store(raw_letter("яд"))
    good = [store(raw_letter("Готово")) for _ in range(3)]
    assert read_stored(limit=4) == 3
    for _ in range(MOST_TRIES - 1):
        read_stored()
    bad.refresh_from_db()
    assert (bad.status, bad.tries) == (IncomingStatus.QUARANTINED, MOST_TRIES)
    assert "не удалось прочитать" in bad.trouble
    assert all(refreshed(each).status == IncomingStatus.READ for each in good)
    assert read_stored() == 0


def test_one_poisoned_letter_does_not_take_the_place_of_fresh_ones(poison):
    store(raw_letter("яд"))
    read_stored(limit=1)
    fresh = store(raw_letter("Готово"))
    assert read_stored(limit=1) == 1
    assert refreshed(fresh).status == IncomingStatus.READ


def test_a_letter_that_kills_its_reader_is_set_aside_too(monkeypatch):
    """Nothing is caught when a process dies; its try was counted before."""

    def die(raw: bytes):
        raise SystemExit

    incoming = store(raw_letter())
    monkeypatch.setattr(inbox, "read", die)
    for _ in range(MOST_TRIES):
        with pytest.raises(SystemExit):
            read_stored()
    assert refreshed(incoming).tries == MOST_TRIES
    assert read_stored() == 0
    assert refreshed(incoming).status == IncomingStatus.QUARANTINED


def test_red_control_without_the_count_a_poisoned_letter_is_tried_for_ever(poison):
    bad = store(raw_letter("яд"))
    for _ in range(MOST_TRIES + 3):
        read_stored()
        IncomingLetter.objects.update(tries=0, status=IncomingStatus.STORED)
    assert refreshed(bad).status == IncomingStatus.STORED


def test_a_letter_set_aside_is_read_again_by_a_click(poison, monkeypatch):
    bad = store(raw_letter("яд"))
    for _ in range(MOST_TRIES):
        read_stored()
    monkeypatch.setattr(inbox, "read", read)
    read_again(refreshed(bad))
    assert (bad.status, bad.tries, bad.trouble) == (IncomingStatus.STORED, 0, "")
    assert read_stored() == 1
    with pytest.raises(WrongStatus, match="прочитано"):
        read_again(refreshed(bad))


def test_who_was_second_to_read_leaves_what_the_first_one_wrote(monkeypatch):
    letter = sent_letter()
    incoming = store(report(letter))

    def overtaken(raw: bytes):
        IncomingLetter.objects.filter(pk=incoming.pk).update(status=IncomingStatus.READ, text="прочитано первым")
        return read(raw)

    monkeypatch.setattr(inbox, "read", overtaken)
    assert read_stored() == 0
    assert refreshed(incoming).text == "прочитано первым"
    assert refreshed(letter).status == LetterStatus.SENT


def test_an_attachment_is_cut_out_of_the_letter_as_it_came():
    part = 'Content-Type: application/pdf; name="a.pdf"\nContent-Transfer-Encoding: base64\n\nUERG'
    raw = raw_letter(f"--b\n\nсм.\n--b\n{part}\n--b--", content_type="multipart/mixed; boundary=b")
    incoming = store(raw)
    read_stored()
    attachment = incoming.attachments.get()
    assert (attachment.name, attachment.size) == ("a.pdf", 3)
    assert attachment_content(incoming, attachment.position) == b"PDF"
    assert attachment_content(incoming, 1) is None
    assert attachment_content(incoming, 99) is None
    incoming.raw.delete()
    assert attachment_content(incoming, attachment.position) is None


def test_an_attachment_beyond_the_limit_is_not_handed_out(monkeypatch):
    raw = raw_letter("x" * 50, content_type="application/pdf; name=a.pdf")
    incoming = store(raw)
    read_stored()
    assert attachment_content(incoming, 0) is not None
    monkeypatch.setattr(inbox, "MOST_SAVED", 10)
    assert attachment_content(incoming, 0) is None


def test_ten_letters_cost_ten_times_the_queries_of_one(django_assert_max_num_queries):
    for _ in range(10):
        store(raw_letter(in_reply_to=sent_letter().message_id))
    with django_assert_max_num_queries(1 + 10 * 8):
        assert read_stored() == 10
