"""The sender's own words are what remains when every client's way of quoting is taken out."""

import time

import pytest

from correspondence.quotes import cut

OWN = "Здравствуйте!\nШкола зарегистрирована, войдите с номера администратора.\n\nС уважением,\nслужба поддержки"
ASKED = ["Здравствуйте!", "Просим зарегистрировать организацию.", "Демидова Марина Сергеевна"]

# As the clients write them: client, the lines above the quote, whether the quoted lines are marked with «> ».
ABOVE_A_REPLY = [
    ("Gmail", ["ср, 30 апр. 2025 г. в 15:19, John Doe <doe@example.com>:"], True),
    ("Gmail without marks", ["ср, 30 апр. 2025 г. в 15:19, John Doe <doe@example.com>:"], False),
    (
        "Gmail, broken over two lines",
        ["ср, 30 апр. 2025 г. в 15:19, Муниципальное казённое учреждение", "<very-long-address@example.com>:"],
        True,
    ),
    (
        "Gmail on Android",
        ['02.04.2012 14:20 пользователь "bob@example.org" <', "bob@example.org> написал:"],
        True,
    ),
    ("Gmail 2016", ['20 окт. 2016 г. 19:37 пользователь "Rafael" <', "meta@example.org> написал:"], True),
    ("Gmail 2014", ["понедельник, 6 октября 2014 г. пользователь lidel написал:"], True),
    ("mail.ru", ["Thu, 26 Jun 2014 14:00:51 +0400 от Alexander L <abc@example.com>:"], True),
    ("mail.ru today", ["Среда, 30 апреля 2025, 15:19 +03:00 от Портал <portal@example.ru>:", " "], True),
    ("Yandex", ['26.06.2014, 14:41, "Alexander L" <abc@example.com>:'], True),
    ("Yandex without marks", ['26.06.2014, 14:41, "Alexander L" <abc@example.com>:'], False),
    ("Outlook 2019", ['28/10/2021, 12:46 пользователь "John Doe" <doe@example.com> написал:'], True),
    ("Thunderbird", ["30.04.2025 15:19, Портал пишет:"], True),
    ("Apple Mail", ["> 30 апр. 2025 г., в 15:19, Портал <portal@example.ru> написал(а):", ">"], True),
    ("Evolution", ["В Ср, 30/04/2025 в 15:19 +0300, Портал пишет:"], True),
    ("The Bat!", ["Вы писали 30 апреля 2025 г., 15:19:19:"], True),
    ("Gmail in English", ["On Mon, Apr 2, 2012 at 6:26 PM, Megan One <xxx@example.com> wrote:"], True),
    ("Yahoo in English", ["--- On Wed, 4/4/12, Megan <xxx@example.com> wrote:"], False),
    (
        "new Outlook",
        [
            "От: Портал <portal@example.ru>",
            "Дата: четверг, 28 октября 2021 г. в 12:46",
            "Кому: Поддержка <info@example.ru>",
            "Копия: менеджер <manager@example.ru>",
            "Тема: Регистрация",
            "",
        ],
        False,
    ),
    (
        "Outlook",
        [
            "________________________________",
            "От: Портал <portal@example.ru>",
            "Отправлено: 30 апреля 2025 г. 15:19",
            "Кому: Поддержка",
            "Тема: Регистрация",
            "",
        ],
        False,
    ),
    (
        "Outlook in English, letters in bold",
        [
            "*From:* Portal <portal@example.ru>",
            "*Sent:* Wednesday, April 30, 2025 3:19 PM",
            "*To:* Support",
            "*Subject:* x",
        ],
        False,
    ),
    (
        "Outlook Express",
        ["----- Original Message -----", "From: Portal", "To: Support", "Sent: Monday, April 2, 2012"],
        False,
    ),
    (
        "Исходное сообщение",
        ["-----Исходное сообщение-----", "От: Портал", "Кому: Поддержка", "Тема: Регистрация"],
        False,
    ),
]
ABOVE_A_FORWARD = [
    (
        "Gmail",
        [
            "---------- Forwarded message ---------",
            "От: Портал <portal@example.ru>",
            "Date: ср, 27 окт. 2021 г. в 09:31",
            "Subject: Регистрация",
            "To: <info@example.ru>",
        ],
    ),
    (
        "Apple Mail",
        [
            "> Начало переадресованного сообщения:",
            ">",
            "> Отправитель: Портал <portal@example.ru>",
            "> Тема: Регистрация",
            "> Дата: 26 октября 2021 г. в 14:25:08 GMT+3",
            "> Кому: info@example.ru",
            "> Копия: manager@example.ru",
        ],
    ),
    (
        "Thunderbird",
        [
            "-------- Перенаправленное сообщение --------",
            "Тема: \tРегистрация",
            "Дата: \tWed, 27 Oct 2021 09:31:00 +0300",
            "От: \tПортал <portal@example.ru>",
            "Кому: \tinfo@example.ru",
            "Копия: \tmanager@example.ru",
        ],
    ),
    (
        "Yahoo, in one line",
        [
            "----- Пересылаемое сообщение ----- От: Портал <portal@example.ru>Кому: info@example.ru"
            "Копия: manager@example.ruОтправлено: среда, 27 октября 2021 г.Тема: Регистрация"
        ],
    ),
    (
        "Outlook for Android",
        [
            "---------- Переадресованное сообщение ----------",
            "От: Портал <portal@example.ru>",
            "Дата: 16 июл. 2020 г. 12:59",
            "Тема: Регистрация",
            "Кому: info@example.ru",
            "Копия: ",
        ],
    ),
    (
        "mail.ru",
        ["-------- Пересылаемое сообщение --------", "От кого: Портал", "Кому: info@example.ru", "Дата: Среда"],
    ),
    ("Yandex", ["-------- Пересылаемое сообщение --------", '30.04.2025, 15:19, "Портал" <portal@example.ru>:']),
]


def quote(is_marked: bool) -> list[str]:
    return [f"> {line}" if is_marked else line for line in ASKED]


@pytest.mark.parametrize(("client", "above", "is_marked"), ABOVE_A_REPLY, ids=[each[0] for each in ABOVE_A_REPLY])
def test_an_answer_above_the_quote_is_found(client, above, is_marked):
    found = cut("\n".join([OWN, "", *above, *quote(is_marked), ""]))
    assert found.own == OWN
    assert all(line in found.quoted for line in ASKED)


@pytest.mark.parametrize("above", [above for _, above, is_marked in ABOVE_A_REPLY if is_marked])
def test_an_answer_below_a_marked_quote_is_found(above):
    assert cut("\n".join([*above, *quote(True), "", OWN])).own == OWN


@pytest.mark.parametrize(("client", "above"), ABOVE_A_FORWARD, ids=[each[0] for each in ABOVE_A_FORWARD])
def test_a_forward_is_no_word_of_the_one_who_forwards(client, above):
    forwarded = [*above, "", *quote(is_marked=above[0].startswith(">"))]
    assert cut("\n".join(forwarded)).own == ""
    assert ASKED[1] in cut("\n".join(forwarded)).quoted
    assert cut("\n".join(["Прошу помочь.", "", *forwarded])).own == "Прошу помочь."


def test_words_between_the_quoted_lines_are_kept_in_their_order():
    letter = "Добрый день!\n\n30.04.2025 15:19, Портал пишет:\n> Школа зарегистрирована?\nДа.\n> А садик?\nНет ещё.\n"
    assert cut(letter).own == "Добрый день!\n\nДа.\nНет ещё."


def test_a_signature_set_apart_stays_out_and_a_courtesy_stays_in():
    found = cut(
        "Готово.\n\nС уважением,\nИван\n-- \nИван Петров\n+7 900 000-00-01\n\n30.04.2025, 15:19, П пишет:\n> Просим"
    )
    assert found.own == "Готово.\n\nС уважением,\nИван"
    assert "+7 900 000-00-01" in found.quoted


@pytest.mark.parametrize(
    "letter",
    [
        "Тема: регистрация\nУточните ИНН, пожалуйста.",
        "Готово:\n01.09.2026 школа подключена",
        "30.04.2025 директор школы нам написал: всё работает.",
        "От: вас ждём приказ.\nКому писать – info@sferum.ru",
        "--\nИван Петров",
        "Администраторы школы:\n1. Демидова\n2. Орлов",
        "",
    ],
)
def test_an_answer_without_a_quote_stays_whole(letter):
    assert cut(letter).own == letter.strip("\n")


def test_red_control_without_the_cut_our_own_request_would_read_as_their_answer():
    letter = f"Уточните ИНН.\n\n26.06.2014, 14:41, Портал <p@example.com>:\n> {ASKED[1]}"
    assert "зарегистрировать" in letter
    assert "зарегистрировать" not in cut(letter).own


@pytest.mark.parametrize("line", ["-" * 100_000, "01.01.2020 а:", "От: а", "> > " * 30_000, " " * 100_000 + "x", "> а"])
def test_a_letter_made_to_exhaust_the_reader_takes_no_time(line):
    began = time.monotonic()
    cut("\n".join([line] * max(2, 200_000 // len(line))))
    assert time.monotonic() - began < 3
