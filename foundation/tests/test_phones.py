import csv
import re
import time
from pathlib import Path

import pytest
from phonenumber_field.phonenumber import PhoneNumber

from foundation.phones import is_mobile, parse_phones, show_phone


def found(cell):
    return [phone.as_e164 for phone in parse_phones(cell)]


@pytest.mark.parametrize(
    ("cell", "numbers"),
    [
        ("(495) 733-54-10", ["+74957335410"]),
        ("(495)733-54-10; (495) 733-54-13", ["+74957335410", "+74957335413"]),
        ("(499) 170-40-06,171-43-71", ["+74991704006"]),  # the second one has no area code
        ("(499)203-53-46,(499) 203-53-46", ["+74992035346"]),
        ("8(38561) 25- 3- 16", ["+73856125316"]),
        ("8(385-76) 22-3-45", ["+73857622345"]),
        ("+7 ( 385 69) 2 13 04", ["+73856921304"]),
        ("(838572) 27-3-48", ["+73857227348"]),
        ("8182 68-60-90", ["+78182686090"]),
        ("8 (38580) 27–3–16", ["+73858027316"]),
        ("+7(38576)28316", ["+73857628316"]),
        ("8 925 036-44-05\n8 925 036-44-06", ["+79250364405", "+79250364406"]),
        ("8-925-036-44-05 8-925-036-44-06", ["+79250364405", "+79250364406"]),
        ("+7 925 036-44-05 и 8 (495) 733-54-10", ["+79250364405", "+74957335410"]),
        ("т. 8(495)733-54-10 (доб. 123), Мария", ["+74957335410"]),
        ("89250364405 внутренний № 12", ["+79250364405"]),
        ("главный 89250364405", ["+79250364405"]),
        ("внимание: 8 925 036-44-05", ["+79250364405"]),
        ("+375 29 123-45-67", ["+375291234567"]),
    ],
)
def test_numbers_of_a_cell(cell, numbers):
    assert found(cell) == numbers


@pytest.mark.parametrize(
    "cell", ["", "нет", "141-45-01", "5-77-50", "46-80-01, 53-70-84", "46-80-01 53-70-84", "000 000-00-00", "\x00", "+"]
)
def test_no_number_is_guessed(cell):
    assert found(cell) == []


@pytest.mark.parametrize("piece", ["доб", "(", " ", "( ", "8 ", "8(", "1", "1 ", "+", "(доб. "])
def test_a_hostile_cell_costs_no_time(piece):
    started = time.perf_counter()
    assert found(piece * 20_000 + "x") == []
    assert time.perf_counter() - started < 2  # without the ends of repetitions it took 35 seconds


def test_a_number_is_compared_by_its_digits_not_by_its_brackets():
    assert found("+7 (385) 722 63 38") == found("8 (38572) 2-63-38")


def test_only_russian_mobile_numbers_let_into_sferum():
    mobile, landline, kazakh = parse_phones("+7 925 036-44-05, (495) 733-54-10, +7 701 123-45-67")
    assert [is_mobile(mobile), is_mobile(landline), is_mobile(kazakh)] == [True, False, False]


def test_a_number_is_shown_as_people_read_it():
    assert show_phone(PhoneNumber.from_string("+79250364405")) == "+7 925 036-44-05"
    assert show_phone("89250364405") == "+7 925 036-44-05"
    assert show_phone("приёмная") == "приёмная"
    assert show_phone(None) == ""


def test_every_shape_of_real_lists():
    """One cell of each of 72 shapes; a number is a piece of 10 or 11 digits, anything shorter lacks its area code."""
    with (Path(__file__).parent / "phone_cells.csv").open(encoding="utf-8") as file:
        cells = [row["example"] for row in csv.DictReader(file)]
    assert len(cells) == 72
    numbers = 0
    for cell in cells:
        pieces = [re.sub(r"\D", "", piece) for piece in re.split("[,;]", cell)]
        whole = dict.fromkeys("+7" + digits[-10:] for digits in pieces if len(digits) in (10, 11))
        assert found(cell) == list(whole)
        numbers += len(whole)
    assert numbers == 129
