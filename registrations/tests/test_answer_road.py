"""The whole way of an answer over real servers: SMTP out, a reply into the mailbox, IMAP in, one click."""

from collections.abc import Callable
from email.message import EmailMessage

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from correspondence.inbox import read_stored
from correspondence.models import Letter, LetterStatus
from correspondence.outbox import deliver_due
from correspondence.polling import poll_mailboxes
from correspondence.statuses import ErrorKind
from correspondence.tests.answers import reply_to
from correspondence.tests.imap_server import Box
from correspondence.tests.sink import Sink
from organizations.models import Organization
from organizations.statuses import Step
from registrations.answers import claim_answers
from registrations.models import InboxLetter, RegistrationRequest
from registrations.statuses import RegistrationStatus, SortingStatus
from registrations.tests.test_answers import press

pytestmark = pytest.mark.django_db
BOUNCE = """From: MAILER-DAEMON@mx.example
Subject: Undelivered Mail Returned to Sender
Message-ID: <bounce-1@mx.example>
Content-Type: multipart/report; report-type=delivery-status; boundary="cut"

--cut
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.
--cut
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; info@sferum.ru
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 User unknown
--cut
Content-Type: message/rfc822

{original}
--cut--
"""


@pytest.fixture
def sent(school: Organization, marina: User, smtp_sink: Sink, box: Box) -> EmailMessage:
    """The letter about registration as Support's mail server got it."""
    RegistrationRequest.objects.file(school, by=marina, agrees=True)
    deliver_due()
    (message,) = smtp_sink.received
    return message


def bring(box: Box, *letters: bytes) -> None:
    """They come into the mailbox, and every task of the schedule has its turn, twice."""
    box.put(*letters)
    for _ in range(2):
        poll_mailboxes()
        read_stored()
        claim_answers()


def test_support_answers_and_one_click_registers(
    sent: EmailMessage, box: Box, school: Organization, marina: User, enter: Callable[[User], Client]
) -> None:
    bring(box, reply_to(sent, "Здравствуйте! Организация зарегистрирована."))
    case = RegistrationRequest.objects.get()
    (arrived,) = case.unread
    assert arrived.shown_text == "Здравствуйте! Организация зарегистрирована."
    assert "Просим зарегистрировать" in arrived.incoming.quoted
    assert "Теперь администратору нужно войти" in press(enter(marina), arrived, "registered")
    school.refresh_from_db()
    assert school.step == Step.REGISTERED
    assert box.unread() == 0


def test_a_receipt_and_an_out_of_office_answer_are_no_answers(sent: EmailMessage, box: Box, smtp_sink: Sink) -> None:
    bring(
        box,
        reply_to(sent, "Обращение принято, номер 104417.", **{"Auto-Submitted": "auto-replied"}),
        reply_to(sent, "Я в отпуске до понедельника", **{"X-Auto-Response-Suppress": "All", "Precedence": "bulk"}),
    )
    case = RegistrationRequest.objects.get()
    assert case.unread == []
    assert case.status == RegistrationStatus.SUBMITTED
    deliver_due()
    assert len(smtp_sink.received) == 1, "and the portal answers nothing"


def test_a_bounce_fails_its_letter_and_it_may_be_repeated(sent: EmailMessage, box: Box) -> None:
    bring(box, BOUNCE.replace("{original}", sent.as_string()).encode())
    letter = Letter.objects.get()
    assert (letter.status, letter.error_kind) == (LetterStatus.FAILED, ErrorKind.BOUNCED)
    assert letter.error_words == "Адрес не существует."
    case = RegistrationRequest.objects.get()
    assert case.unread == []
    assert case.is_repeatable
    assert InboxLetter.objects.get().status == SortingStatus.ASIDE


def test_a_letter_in_two_mailboxes_and_met_again_is_one(sent: EmailMessage, box: Box) -> None:
    answer = reply_to(sent, "Зарегистрирована.")
    bring(box, answer, answer)
    box.renumber()
    bring(box)
    assert len(RegistrationRequest.objects.get().unread) == 1


def test_the_answer_came_on_the_day_of_the_region(sent: EmailMessage, box: Box, school: Organization) -> None:
    bring(box, reply_to(sent, "Зарегистрирована."))
    (arrived,) = RegistrationRequest.objects.get().unread
    assert arrived.on == timezone.localdate(arrived.incoming.received_at, school.region.zone)
