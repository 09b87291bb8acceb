"""A person's answer is never taken for an automatic one; what servers and automata write is told apart from it."""

import pytest

from correspondence.models import IncomingKind
from correspondence.reading import read
from correspondence.tests.arrivals import raw_letter

ANSWERED = "Добрый день!\nОрганизация зарегистрирована, администратор может войти по своему номеру телефона."

PERSONS = {
    "an answer": {},
    "a ticket system marks it as generated": {"auto_submitted": "auto-generated", "x_auto_response_suppress": "All"},
    "a ticket system, a new thread, its number": {
        "auto_submitted": "auto-generated",
        "subject": "[#4512879] Регистрация организации",
    },
    "a support list": {"precedence": "list", "list_id": "<support.sferum.example>", "in_reply_to": "<1@localhost>"},
    "bulk by habit": {"precedence": "bulk", "in_reply_to": "<1@localhost>"},
    "out-of-office is not asked for": {"x_auto_response_suppress": "OOF, AutoReply"},
    "said to be no automaton": {"auto_submitted": "no"},
    "said so by an older header": {"x_autoreply": "no"},
    "an answer to our automaton": {"subject": "Re: Автоматический ответ: Регистрация"},
    "about a letter that did not arrive": {"subject": "Re: Ваше сообщение не доставлено"},
}


@pytest.mark.parametrize("headers", PERSONS.values(), ids=PERSONS)
def test_an_answer_of_a_person_stays_one(headers):
    assert read(raw_letter(ANSWERED, **headers)).kind == IncomingKind.PERSONAL


def test_red_control_by_their_headers_alone_answers_of_people_would_be_lost():
    automatic = {"auto_submitted", "precedence", "list_id", "x_auto_response_suppress"}
    lost = [name for name, headers in PERSONS.items() if automatic & headers.keys()]
    assert len(lost) >= 5


@pytest.mark.parametrize(
    "text",
    [
        "Ваша заявка принята, школа зарегистрирована.",
        "Ваше обращение рассмотрено. Уточните, пожалуйста, номер телефона администратора.",
        "Обращение № 123456 зарегистрировано. Организация подключена, войдите по номеру телефона.",
        "Я в отпуске, отвечаю с телефона: всё сделано, школа в Сферуме.",
    ],
)
def test_an_outcome_beside_an_acknowledgement_is_an_answer(text):
    marked = raw_letter(text, auto_submitted="auto-generated", in_reply_to="<1@localhost>")
    assert read(marked).kind == IncomingKind.PERSONAL


AUTOMATA = {
    "Exchange in Russian": {"subject": "Автоматический ответ: Регистрация", "x_auto_response_suppress": "All"},
    "Exchange, no headers left": {"subject": "Автоматический ответ: Re: [РЕГ-2026-000123] Регистрация"},
    "absent": {"subject": "Отсутствую на рабочем месте до 5 декабря"},
    "absent, in English": {"subject": "Out of office: Re: Регистрация"},
    "automatic reply": {"subject": "Automatic reply: Регистрация"},
    "RFC 3834": {"auto_submitted": "auto-replied"},
    "RFC 3834 with a remark": {"auto_submitted": "auto-replied (vacation)"},
    "vacation(1)": {"precedence": "junk", "subject": "Регистрация"},
    "Precedence of its own": {"precedence": "auto_reply"},
    "X-Autoreply": {"x_autoreply": "yes"},
    "X-Autorespond": {"x_autorespond": "Регистрация"},
    "a newsletter": {"list_id": "<news.example.org>", "precedence": "bulk", "subject": "Новости месяца"},
    "a read receipt": {"content_type": "multipart/report; report-type=disposition-notification; boundary=b"},
    "a read receipt of Outlook": {"subject": "Прочитано: Регистрация"},
}


@pytest.mark.parametrize("headers", AUTOMATA.values(), ids=AUTOMATA)
def test_an_automaton_is_recognised(headers):
    assert read(raw_letter("Меня нет на месте, отвечу позже.", **headers)).kind == IncomingKind.AUTOMATIC


@pytest.mark.parametrize(
    "text",
    [
        "Ваше обращение зарегистрировано, номер 4512879. Мы ответим в течение трёх рабочих дней.",
        "Здравствуйте! Мы получили ваше письмо и скоро ответим. Номер заявки – 88213.",
        "Спасибо за обращение! Запросу присвоен номер 5521.",
        "Заявка № 88213 по теме «Регистрация МБОУ «Школа № 7»» принята. Телефон поддержки 8 800 000-00-00.",
        "Your request (#88213) has been received and is being reviewed by our support staff.",
        "Здравствуйте, я в отпуске до 9 декабря.",
    ],
)
def test_an_acknowledgement_of_a_ticket_system_is_no_answer(text):
    marked = raw_letter(text, auto_submitted="auto-generated", in_reply_to="<1@localhost>")
    assert read(marked).kind == IncomingKind.AUTOMATIC


def test_in_doubt_it_is_a_person():
    """No header says that an automaton wrote this: somebody looks at it."""
    assert read(raw_letter("Ваше обращение зарегистрировано, номер 4512879.")).kind == IncomingKind.PERSONAL


BOUNCES = {
    "Exchange in Russian": (
        {
            "from": "MicrosoftExchange329e71ec@edu.example.ru",
            "subject": "Не удается доставить: Регистрация",
            "return_path": "<>",
        },
        "Не удалось выполнить доставку следующим получателям или группам:\n\ninfo@sferum.example\n"
        "Введенный адрес электронной почты не найден.\n\n550 5.1.10 RESOLVER.ADR.RecipientNotFound",
        ("info@sferum.example", "5.1.10", "Домен не принимает почту."),
    ),
    "Yandex": (
        {"from": "mailer-daemon@yandex.ru", "subject": "Недоставленное сообщение", "return_path": "<>"},
        "Это сообщение создано автоматически. Ваше письмо не может быть доставлено.\n\n<info@sferum.example>: "
        "host mx.sferum.example said: 552 5.2.2 Mailbox size limit exceeded",
        ("info@sferum.example", "5.2.2", "Почтовый ящик переполнен."),
    ),
    "qmail": (
        {"from": "MAILER-DAEMON@mail.example.ru", "subject": "failure notice"},
        "Hi. This is the qmail-send program at mail.example.ru.\nI'm afraid I wasn't able to deliver your message.\n\n"
        "<info@sferum.example>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy",
        ("info@sferum.example", "5.1.1", "Адрес не существует."),
    ),
    "Exim": (
        {"from": "Mail Delivery System <Mailer-Daemon@example.ru>", "x_failed_recipients": "info@sferum.example"},
        "A message that you sent could not be delivered.\n\n  info@sferum.example\n    Unrouteable address",
        ("info@sferum.example", "", "Почтового домена не существует."),
    ),
    "a filter": (
        {"from": "postmaster@example.ru", "subject": "Undeliverable mail"},
        "Message to info@sferum.example was not delivered: 554 rejected as spam",
        ("info@sferum.example", "554", "Почтовый сервер получателя не принял письмо."),
    ),
    "without a reason": (
        {"from": "mailer-daemon@example.ru", "subject": "Mail delivery failed"},
        "Could not be delivered.",
        ("", "", "Письмо вернулось: почтовый сервер получателя его не принял."),
    ),
}


@pytest.mark.parametrize(("headers", "text", "told"), BOUNCES.values(), ids=BOUNCES)
def test_a_letter_that_came_back_tells_whose_and_why_in_russian(headers, text, told):
    found = read(raw_letter(text, **headers))
    assert found.kind == IncomingKind.BOUNCE
    assert (next(iter(found.bounced_addresses), ""), found.bounce_code, found.bounce_words) == told


STATUS_PART = "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.org"


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        *(("failed", IncomingKind.BOUNCE), ("delayed", IncomingKind.DELAY), ("delivered", IncomingKind.AUTOMATIC)),
        *(
            ("relayed", IncomingKind.AUTOMATIC),
            ("expanded", IncomingKind.AUTOMATIC),
            ("Failed (bad)", IncomingKind.BOUNCE),
        ),
    ],
)
def test_a_report_is_what_its_action_says(action, kind):
    told = f"--b\n{STATUS_PART}\n\nFinal-Recipient: rfc822; a@b.ru\nAction: {action}\n"
    headers = {
        "from": "MAILER-DAEMON@x.ru",
        "content_type": "multipart/report; report-type=delivery-status; boundary=b",
    }
    assert read(raw_letter(f"{told}Status: 4.4.7\n\n--b--", **headers)).kind == kind


def test_a_warning_in_words_is_a_delay():
    warning = "Your message to info@sferum.example is delayed. You do not need to resend it, we will continue to try."
    found = read(
        raw_letter(warning, **{"from": "mailer-daemon@example.ru", "subject": "Warning: message delayed 24 hours"})
    )
    assert found.kind == IncomingKind.DELAY
    assert "попытки продолжаются" in found.bounce_words


def test_a_person_who_forwards_a_bounce_is_no_bounce():
    inner = (
        "From: MAILER-DAEMON@x.ru\nSubject: failure notice\nX-Failed-Recipients: a@b.ru\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=c\n\n"
        f"--c\n{STATUS_PART}\n\nFinal-Recipient: rfc822; a@b.ru\nAction: failed\nStatus: 5.1.1\n\n--c--"
    )
    asked = "--b\nContent-Type: text/plain; charset=utf-8\n\nПисьмо вернулось, что делать?"
    text = f"{asked}\n--b\nContent-Type: message/rfc822\n\n{inner}\n--b--"
    found = read(raw_letter(text, content_type="multipart/mixed; boundary=b", subject="Fwd: failure notice"))
    assert found.kind == IncomingKind.PERSONAL
    assert found.text == "Письмо вернулось, что делать?"


def test_what_we_sent_ourselves_is_our_own(settings):
    settings.DEFAULT_FROM_EMAIL = "Портал <portal@school.example>"
    assert read(raw_letter(**{"from": "portal@school.example"})).kind == IncomingKind.OWN
    redirected = raw_letter(message_id="<letter-00000000-0000-4000-8000-000000000000@localhost>")
    assert read(redirected).kind == IncomingKind.OWN
    stranger = raw_letter(message_id="<letter-00000000-0000-4000-8000-000000000000@other.example>")
    assert read(stranger).kind == IncomingKind.PERSONAL
