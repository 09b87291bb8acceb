"""A letter that did not arrive goes to another address: the same letter, and the former address is not forgotten."""

import pytest
from django.core.exceptions import ValidationError

from correspondence.models import Lane, Letter, LetterStatus
from correspondence.outbox import deliver_due
from correspondence.tests.letters import make_letter, refreshed
from foundation.verbs import WrongStatus

pytestmark = pytest.mark.django_db
ELSEWHERE = "director@example.org"


@pytest.fixture
def failed(smtp_sink):
    letter = make_letter(to="old@example.org")
    smtp_sink.recipient_replies["old@example.org"] = "550 5.1.1 unknown"
    deliver_due()
    return refreshed(letter)


def test_it_goes_under_its_own_identity_and_tells_where_it_went_first(failed, smtp_sink):
    failed.readdress(ELSEWHERE, by="Вера")
    assert deliver_due() == 1
    assert (smtp_sink.recipients, smtp_sink.message_ids) == ([ELSEWHERE], [failed.message_id])
    words = [one["words"] for one in refreshed(failed).attempts]
    assert words == [
        "Адрес не существует.",
        "Отправлено было на old@example.org. Дальше – на новый адрес.",
        "доставлено серверу",
    ]


@pytest.mark.parametrize("status", [LetterStatus.QUEUED, LetterStatus.SENDING, LetterStatus.SENT, LetterStatus.KEPT])
def test_what_is_on_its_way_or_has_arrived_is_not_redirected(status, smtp_sink, settings):
    settings.TRIAL_SMTP = status != LetterStatus.KEPT
    letter = make_letter()
    if status == LetterStatus.SENDING:
        letter.claim()
    elif status != LetterStatus.QUEUED:
        deliver_due()
    assert refreshed(letter).status == status
    with pytest.raises(WrongStatus):
        letter.readdress(ELSEWHERE, by="Вера")
    assert refreshed(letter).recipient != ELSEWHERE


def test_a_withdrawn_letter_may_go_elsewhere(smtp_sink):
    letter = make_letter()
    letter.abort(by="Вера")
    letter.readdress(ELSEWHERE, by="Вера")
    assert deliver_due() == 1


def test_of_two_the_second_is_refused(failed):
    other = Letter.objects.get(pk=failed.pk)
    failed.readdress(ELSEWHERE, by="Вера")
    with pytest.raises(WrongStatus):
        other.readdress("second@example.org", by="Надя")
    assert refreshed(other).recipient == ELSEWHERE


@pytest.mark.parametrize(
    "to", ["", "a@localhost", "a@[127.0.0.1]", "a@example.org, b@example.org", "a@b.ru\nBcc: c@d.ru"]
)
def test_no_address_no_letter(failed, to):
    with pytest.raises(ValidationError):
        failed.readdress(to, by="Вера")
    assert refreshed(failed).status == LetterStatus.FAILED


def test_a_sign_in_code_never_goes_elsewhere(smtp_sink):
    letter = make_letter(lane=Lane.ACCESS, text="Код: 482913")
    letter.abort(by="Вера")
    with pytest.raises(WrongStatus, match="запросите новый"):
        letter.readdress(ELSEWHERE, by="Вера")
