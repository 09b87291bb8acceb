"""How mail clients write above what they quote and forward, in Russian and in English."""

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
    ("Roundcube", ["Портал писал 2025-04-30 15:19:"], True),
    ("Opera", ["Портал <portal@example.ru> писал(а) в своём письме Wed, 30 Apr 2025 15:19:00 +0300:"], True),
    ("K-9", ["30 апреля 2025 г. 15:19:00 GMT+03:00, Портал <portal@example.ru> пишет:"], True),
    ("iPhone", ["> 30 апр. 2025 г., в 15:19, Портал <portal@example.ru> написал(а):", "> "], True),
    (
        "Samsung",
        ["-------- Первоначальное сообщение --------", "От: Портал", "Дата: 30.04.2025 15:19", "Тема: х"],
        False,
    ),
    (
        "Yandex with a line above",
        [
            "----------------",
            "Кому: Поддержка (info@example.ru);",
            "Тема: Регистрация;",
            "30.04.2025, 15:19, П <p@example.ru>:",
        ],
        False,
    ),
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
