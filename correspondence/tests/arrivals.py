"""Builders of letters that come in."""

import itertools
from datetime import UTC, datetime

from correspondence.models import IncomingLetter, Letter, LetterStatus, Mailbox, RawLetter
from correspondence.tests.letters import make_letter

_numbers = itertools.count(1)


def raw_letter(text: str = "Здравствуйте!", **headers: str) -> bytes:
    """`in_reply_to="<…>"` becomes `In-Reply-To: <…>`."""
    found = {
        "from": "Поддержка <info@sferum.example>",
        "to": "portal@localhost",
        "subject": "Re: Регистрация",
        "message_id": f"<{next(_numbers)}@sferum.example>",
        "date": "Tue, 24 Nov 2026 10:00:00 +0300",
        "content_type": "text/plain; charset=utf-8",
    } | headers
    head = [f"{name.replace('_', '-').title()}: {value}" for name, value in found.items() if value is not None]
    return "\n".join([*head, "", text]).encode()


def store(raw: bytes) -> IncomingLetter:
    number = next(_numbers)
    mailbox, _ = Mailbox.objects.get_or_create(name="portal@imap.example/INBOX")
    incoming = IncomingLetter.objects.create(
        mailbox=mailbox,
        uidvalidity=1,
        uid=number,
        identity=f"{number:064d}",
        size=len(raw),
        received_at=datetime(2026, 11, 24, 7, tzinfo=UTC),
    )
    RawLetter.objects.create(incoming=incoming, content=raw)
    return incoming


def sent_letter(**fields) -> Letter:
    letter = make_letter(**fields)
    letter.claim()
    letter.finish(LetterStatus.SENT)
    return letter


def report(letter: Letter, action: str = "failed", status: str = "5.1.1", recipient: str = "") -> bytes:
    """A delivery status notification of RFC 3464 about our letter."""
    recipient = recipient or letter.recipient
    return raw_letter(
        "\n".join(
            [
                *("--b", "Content-Type: text/plain; charset=us-ascii", "", "This is the mail system.", ""),
                *("--b", "Content-Type: message/delivery-status", "", "Reporting-MTA: dns; mx.example.org", ""),
                *(f"Final-Recipient: rfc822; {recipient}", f"Action: {action}", f"Status: {status}"),
                *(f"Diagnostic-Code: smtp; 550 {status} <{recipient}>: User unknown", ""),
                *("--b", "Content-Type: text/rfc822-headers", "", f"Message-ID: {letter.message_id}", "Subject: x", ""),
                "--b--",
            ]
        ),
        **{"from": "Mail Delivery System <MAILER-DAEMON@mx.example.org>", "return_path": "<>"},
        subject="Undelivered Mail Returned to Sender",
        content_type="multipart/report; report-type=delivery-status; boundary=b",
    )


def bounce_in_words(letter: Letter, told: str = "550 5.1.1 User unknown") -> bytes:
    """As Mail.Ru writes: no parts, the head of our letter as text below."""
    return raw_letter(
        f"Это письмо создано автоматически сервером Mail.Ru, отвечать на него не нужно.\n\n"
        f"К сожалению, Ваше письмо не может быть доставлено одному или нескольким получателям:\n\n"
        f"  {letter.recipient}\n    SMTP error from remote mail server after RCPT TO:<{letter.recipient}>:\n"
        f"    host mx.example.org [192.0.2.222]: {told}\n\n"
        f"------ This is a copy of the message, including all the headers. ------\n\n"
        f"References: <letter-00000000-0000-4000-8000-000000000000@localhost>\n"
        f"Message-ID: {letter.message_id}\n\nПросим",
        **{"from": "mailer-daemon@corp.mail.ru", "return_path": "<>", "x_failed_recipients": letter.recipient},
        subject="Ваше сообщение не доставлено. Mail failure.",
        auto_submitted="auto-replied",
    )
