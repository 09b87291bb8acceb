"""A fresh install writes to nobody, and going live sends nothing that was written before."""

import pytest

from correspondence.models import Lane, Letter, LetterStatus
from correspondence.outbox import deliver_due
from correspondence.tests.letters import make_draft, make_letter, refreshed
from correspondence.wire import is_loopback
from foundation.verbs import WrongStatus

pytestmark = pytest.mark.django_db


def test_in_trial_mode_nothing_leaves_and_everything_is_kept(smtp_sink, settings):
    settings.TRIAL_SMTP = False
    Letter.objects.queue_many([make_draft() for _ in range(60)])
    assert deliver_due() == 0
    assert smtp_sink.connections == 0
    assert set(Letter.objects.values_list("status", flat=True)) == {LetterStatus.KEPT}
    assert Letter.objects.first().status_words == "учебный режим: не отправлено"


def test_a_mail_server_of_another_machine_is_never_asked_in_trial_mode(smtp_sink, settings):
    settings.EMAIL_HOST = "mail.example.org"
    letter = make_letter()
    assert deliver_due() == 0
    assert refreshed(letter).status == LetterStatus.KEPT


def test_going_live_sends_neither_kept_letters_nor_those_still_queued_in_trial_mode(smtp_sink, settings):
    settings.TRIAL_SMTP = False
    kept = make_letter()
    deliver_due()
    waiting = make_letter()
    settings.PORTAL_LIVE = True
    fresh = make_letter()
    assert deliver_due() == 1
    assert smtp_sink.message_ids == [fresh.message_id]
    assert refreshed(kept).status == refreshed(waiting).status == LetterStatus.KEPT


def test_red_control_without_the_stamp_a_queued_trial_letter_would_leave(smtp_sink, settings):
    waiting = make_letter()
    settings.PORTAL_LIVE = True
    Letter.objects.update(is_trial=False)
    deliver_due()
    assert smtp_sink.message_ids == [waiting.message_id]


def test_a_kept_letter_leaves_by_a_click_of_a_person(smtp_sink, settings):
    settings.TRIAL_SMTP = False
    letter = make_letter()
    deliver_due()
    settings.PORTAL_LIVE = True
    refreshed(letter).resend(by="Вера Соколова")
    assert deliver_due() == 1
    assert smtp_sink.message_ids == [letter.message_id]
    assert refreshed(letter).acted_by == "Вера Соколова"


def test_resending_in_trial_mode_keeps_it_again(smtp_sink, settings):
    settings.TRIAL_SMTP = False
    letter = make_letter()
    deliver_due()
    refreshed(letter).resend(by="Вера")
    deliver_due()
    assert refreshed(letter).status == LetterStatus.KEPT


def test_a_failed_letter_starts_its_tries_anew(smtp_sink):
    smtp_sink.data_reply = "554 no"
    letter = make_letter()
    deliver_due()
    assert refreshed(letter).is_resendable
    smtp_sink.data_reply = "250 Message accepted"
    letter.resend(by="Вера")
    assert (letter.status, letter.error_words, letter.finished_at) == (LetterStatus.QUEUED, "", None)
    assert deliver_due() == 1


def test_a_sent_letter_is_neither_sent_again_nor_withdrawn(smtp_sink):
    letter = make_letter()
    deliver_due()
    for verb in (letter.resend, letter.abort):
        with pytest.raises(WrongStatus, match="доставлено серверу"):
            verb(by="Вера")
    assert deliver_due() == 0


def test_a_letter_being_sent_can_not_be_withdrawn():
    letter = make_letter()
    letter.claim()
    with pytest.raises(WrongStatus, match="отправляется"):
        letter.abort(by="Вера")


def test_a_sign_in_code_is_never_shown_and_forgotten_once_it_left(smtp_sink):
    letter = make_letter(lane=Lane.ACCESS, subject="Код для входа: 482913", text="Код: 482913")
    assert letter.shown_text == "•••"
    assert str(letter) == "Письмо с кодом"
    deliver_due()
    assert "482913" in smtp_sink.text()
    assert refreshed(letter).text == ""
    assert letter.subject == "•••"
    assert letter.shown_text == "•••"


def test_a_withdrawn_or_failed_sign_in_code_is_forgotten_too_and_not_repeated(smtp_sink):
    smtp_sink.data_reply = "554 no"
    letter, withdrawn = (make_letter(lane=Lane.ACCESS, text="Код: 482913") for _ in range(2))
    withdrawn.abort(by="Вера")
    deliver_due()
    assert refreshed(letter).text == refreshed(withdrawn).text == ""
    with pytest.raises(WrongStatus):
        letter.resend(by="Вера")


@pytest.mark.parametrize(
    ("host", "expected"),
    [("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("localhost", True)]
    + [(host, False) for host in ("10.0.0.1", "mail.example.org", "0.0.0.0", "localhost.example.org", "")],  # noqa: S104
)
def test_what_counts_as_this_machine(host, expected):
    assert is_loopback(host) is expected
