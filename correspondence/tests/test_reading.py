"""Whatever bytes come in, what is read of them is words that can be stored and shown."""

import time
from dataclasses import asdict
from datetime import UTC, datetime
from email import message_from_bytes
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from correspondence import plain
from correspondence.models import IncomingAttachment, IncomingLetter
from correspondence.plain import plain_text
from correspondence.reading import MOST_REFERENCES, Reading, read
from correspondence.tests.arrivals import raw_letter

ANSWER = "Школа зарегистрирована. Уточните, пожалуйста, номер телефона администратора."


def encoded(text: str, charset: str, declared: str) -> bytes:
    head = (
        f"From: a@b.ru\nSubject: x\nContent-Type: text/plain; charset={declared}\nContent-Transfer-Encoding: 8bit\n\n"
    )
    return head.encode() + text.encode(charset)


@pytest.mark.parametrize(
    ("charset", "declared"),
    [
        *(("utf-8", "utf-8"), ("koi8-r", "koi8-r"), ("cp1251", "windows-1251"), ("cp866", "cp866")),
        *(("cp1251", "koi8-r"), ("koi8-r", "windows-1251"), ("utf-8", "koi8-r"), ("cp1251", "utf-8")),
        *(("cp1251", "iso-8859-1"), ("koi8-r", "us-ascii"), ("cp1251", "x-unknown"), ("utf-8", "")),
        *(("cp1251", '"win-1251; x"'), ("utf-8", "punycode"), ("cp1251", "undefined"), ("utf-8", "base64")),
    ],
)
@pytest.mark.parametrize("text", [ANSWER, ANSWER.upper(), "Готово"])
def test_russian_is_read_whatever_charset_is_declared(text, charset, declared):
    assert read(encoded(text, charset, declared)).text == text


def test_utf8_that_was_cut_stays_readable():
    assert read(encoded(ANSWER, "utf-8", "utf-8")[:-1]).text.startswith(ANSWER[:-2])


@pytest.mark.parametrize(
    "subject",
    [
        "Ответ Поддержки".encode("cp1251"),
        "Ответ Поддержки".encode("koi8-r"),
        "Ответ Поддержки".encode(),
        b"=?utf-8?B?0J7RgtCy0LXRgiDQn9C+0LTQtNC10YDQttC60Lg=?=",
        b"=?utf-8?B?0J7RgtCy0LXRgiDQ?=\n =?utf-8?B?n9C+0LTQtNC10YDQttC60Lg=?=",
        b"=?koi8-r?Q?=EF=D4=D7=C5=D4_=F0=CF=C4=C4=C5=D2=D6=CB=C9?=",
        b"=?windows-1251?B?zvLi5fIgz+7k5OXw5uro?=",
    ],
)
def test_a_subject_is_read_in_any_dress(subject):
    assert read(b"From: a@b.ru\nSubject: " + subject + b"\n\nx").subject == "Ответ Поддержки"


@pytest.mark.parametrize(
    ("value", "sender", "name"),
    [
        ("Иван <info@sferum.ru>", "info@sferum.ru", "Иван"),
        ('"Петров, Иван" <info@sferum.ru>', "info@sferum.ru", "Петров, Иван"),
        ("info@sferum.ru", "info@sferum.ru", ""),
        ("info@sferum.ru (Иван Петров)", "info@sferum.ru", "Иван Петров"),
        ("info@xn--d1acufc.xn--p1ai", "info@домен.рф", ""),
        ("Иван <не адрес>", "", "Иван"),
        ("<>", "", ""),
        ("", "", ""),
        ("a" * 400 + "@sferum.ru", "", "a" * 200),
        ("x@" + "a" * 400 + ".ru", "", ""),
    ],
)
def test_the_sender_is_an_address_that_fits_or_none(value, sender, name):
    found = read(raw_letter(**{"from": value}))
    assert (found.sender, found.sender_name[: len(name)]) == (sender, name)


@pytest.mark.parametrize(
    ("date", "moment"),
    [
        ("Tue, 24 Nov 2026 10:00:00 +0300", datetime(2026, 11, 24, 7, tzinfo=UTC)),
        ("Tue, 24 Nov 2026 10:00:00", datetime(2026, 11, 24, 10, tzinfo=UTC)),
        ("Tue, 24 Nov 2026 10:00:00 -0000", datetime(2026, 11, 24, 10, tzinfo=UTC)),
        *((date, None) for date in ("Thu, 1 Jan 1970 00:00:00 +0000", "вчера", "", "Tue, 99 Nov 2026 99:00:00 +9999")),
    ],
)
def test_a_date_is_a_moment_or_none(date, moment):
    assert read(raw_letter(date=date)).written_at == moment


def test_the_thread_is_named_nearest_first_and_bounded():
    found = read(raw_letter(in_reply_to="<3@x>", references="<1@x> <2@x>\n <3@x> cut>"))
    assert (found.in_reply_to, found.references) == ("<3@x>", ("<3@x>", "<2@x>", "<1@x>"))
    long = read(raw_letter(references=" ".join(f"<{n}@x>" for n in range(500))))
    assert len(long.references) == MOST_REFERENCES
    assert long.references[0] == "<499@x>"


def test_html_becomes_words_and_never_a_page():
    page = (
        "<html><head><title>Т</title><style>p{color:red}</style></head><body><p>Добрый&nbsp;день!</p>"
        '<script>alert(1)</script><ul><li>первое</li><li>второе</li></ul><p>см. <a href="https://sferum.ru/x">здесь</a><br>'
        '<a href="javascript:alert(1)">тут</a> <img src="https://spy.example/1.gif" onerror="alert(1)"></p>'
        "<blockquote>Просим<br>зарегистрировать</blockquote></body></html>"
    )
    found = read(raw_letter(page, content_type="text/html; charset=utf-8"))
    assert found.text == "Добрый день!\n\n– первое\n– второе\n\nсм. здесь (https://sferum.ru/x)\nтут"
    assert found.quoted == "> Просим\n> зарегистрировать"


def test_red_control_bare_sanitised_html_would_still_be_a_page():
    import nh3

    assert "<p>" in nh3.clean("<p>Да</p><script>x</script>")
    assert plain_text("<p>Да</p><script>x</script>") == "Да"


def multipart(kind: str, *parts: str) -> bytes:
    body = "".join(f"--b\n{part}\n" for part in parts)
    return raw_letter(f"{body}--b--", content_type=f"multipart/{kind}; boundary=b")


PLAIN = "Content-Type: text/plain; charset=utf-8\n\n"


def test_of_two_dresses_of_the_same_words_the_plain_one_is_read_unless_it_is_empty():
    page = "Content-Type: text/html; charset=utf-8\n\n<p>Страница</p>"
    assert read(multipart("alternative", f"{PLAIN}Просто", page)).text == "Просто"
    assert read(multipart("alternative", f"{PLAIN} \n", page)).text == "Страница"


def test_attachments_have_their_place_a_safe_name_and_a_size():
    parts = [
        f"{PLAIN}Приказ во вложении.",
        'Content-Type: application/pdf; name="../../Приказ.pdf"\nContent-Transfer-Encoding: base64\n\nUERG',
        f"Content-Type: text/plain\nContent-Disposition: attachment; filename*=utf-8''{quote('список')}.txt\n\nа",
        "Content-Type: message/rfc822\n\nSubject: x\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\nвнутри\n--c--",
        "Content-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR",
        "Content-Type: application/ms-tnef\nContent-Transfer-Encoding: base64\n\nAAAA",
    ]
    found = read(multipart("mixed", *parts))
    assert found.text == "Приказ во вложении."
    assert [(each.position, each.name, each.size) for each in found.attachments] == [
        *((2, "Приказ.pdf", 3), (3, "список.txt", 2)),
        *((4, "письмо.eml", found.attachments[2].size), (7, "приглашение.ics", 15), (8, "winmail.dat", 3)),
    ]
    assert found.quoted == "внутри"


def test_a_bare_forward_shows_what_was_forwarded():
    found = read(raw_letter("---------- Forwarded message ---------\nОт: Школа\n\nКогда подключат?"))
    assert found.text == found.quoted
    assert "Когда подключат?" in found.text


def test_a_signature_of_pgp_is_no_word_of_the_sender():
    signed = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nДа."
    end = "-----BEGIN PGP SIGNATURE-----\n\nx\n-----END PGP SIGNATURE-----"
    assert read(raw_letter(f"{signed}\n{end}")).text == "Да."


def must_be_storable(found: Reading) -> None:
    """What PostgreSQL takes and the columns hold."""
    row = asdict(found)
    for name in ("message_id", "in_reply_to", "sender", "sender_name", "subject", "bounce_words", "bounce_code"):
        assert len(row[name]) <= IncomingLetter._meta.get_field(name).max_length, name
    assert all(len(each) <= 254 for each in found.bounced_addresses)
    for each in found.attachments:
        assert len(each.name) <= IncomingAttachment._meta.get_field("name").max_length
        assert len(each.content_type) <= IncomingAttachment._meta.get_field("content_type").max_length
        assert 0 <= each.position <= 32_767
    shown = repr([value for value in row.values() if isinstance(value, str | tuple)])
    shown.encode()  # no lone surrogate
    for text in (value for value in row.values() if isinstance(value, str)):
        text.encode()
        assert "\0" not in text
    assert found.written_at is None or found.written_at.tzinfo is not None


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=2000))
def test_any_bytes_are_a_letter(raw):
    must_be_storable(read(raw))


HEADERS = (
    "From",
    "Subject",
    "Date",
    "Message-ID",
    "References",
    "Content-Type",
    "Content-Disposition",
    "Auto-Submitted",
)
LINES = st.tuples(st.sampled_from(HEADERS), st.binary(max_size=300)).map(
    lambda each: each[0].encode() + b": " + each[1]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(LINES, max_size=8), st.binary(max_size=500))
def test_any_headers_are_a_letter(lines, body):
    must_be_storable(read(b"\n".join([*lines, b"", body])))


def nested(times: int) -> bytes:
    return b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(times))


EXHAUSTING = {
    "parts within parts": nested(2000),
    "letters within letters": b"Content-Type: message/rfc822\n\n" * 3000,
    "elements within elements": b"Content-Type: text/html\n\n" + b"<div>" * 200_000,
    "ampersands": b"Content-Type: text/html\n\n" + b"&" * 500_000,
    "an encoded subject": b"Subject: " + b"=?utf-8?B?0LA=?= " * 100_000 + b"\n\n",
    "brackets": b"From: " + b"(" * 300_000 + b"\n\n",
    "a charset of the square of its length": b"Content-Type: text/plain; charset=punycode\n\n"
    + b"a-" * 200_000
    + b"\xff",
    "a status of 100,000 lines": b"Content-Type: message/delivery-status\n\n" + b"Action: failed\n x\n" * 50_000,
}


@pytest.mark.parametrize("raw", EXHAUSTING.values(), ids=EXHAUSTING)
def test_a_letter_made_to_exhaust_the_reader_is_read_in_seconds(raw):
    began = time.monotonic()
    must_be_storable(read(raw))
    assert time.monotonic() - began < 10


def test_red_control_without_the_limit_nested_elements_take_the_square_of_their_number(monkeypatch):
    page = "<div>" * 15_000
    began = time.monotonic()
    plain_text(page)
    limited = time.monotonic() - began
    monkeypatch.setattr(plain, "MOST_NESTED", 10**9)
    began = time.monotonic()
    plain_text(page)
    assert time.monotonic() - began > 5 * limited


def test_red_control_python_itself_raises_where_a_charset_lies():
    message = message_from_bytes(EXHAUSTING["a charset of the square of its length"])
    with pytest.raises(UnicodeDecodeError):
        message.get_payload()
