"""The sender's own words are what remains when every client's way of quoting is taken out."""

import time

import pytest

from correspondence.quotes import cut
from correspondence.tests.quoting import ABOVE_A_FORWARD, ABOVE_A_REPLY, ASKED, OWN, quote


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
        "24.11.2026 приглашение ушло на marina@school.example:\nшкола подключена",
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
