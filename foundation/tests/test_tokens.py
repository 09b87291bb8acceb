import logging
import re
from datetime import timedelta

import pytest
import time_machine
from django.utils.module_loading import import_string
from hypothesis import given
from hypothesis import strategies as st

from foundation.codes import ALPHABET, new_code, normalise, show_code
from foundation.tokens import BadToken, ExpiredToken, Token, matches_paper_code, paper_code, read, sign

MONTH = timedelta(days=30)


@given(st.integers(0, 2**63 - 1), st.integers(0, 10_000))
def test_a_token_gives_back_what_was_signed(object_id, version):
    token = sign("appoint", object_id, version)
    assert read("appoint", token, MONTH) == Token(object_id, version)
    assert re.fullmatch(r"[\w.-]{50,80}", token)  # goes into an address as it is


def test_a_token_of_one_purpose_opens_nothing_else():
    with pytest.raises(BadToken):
        read("receipt", sign("appoint", 7), MONTH)


@given(st.text())
def test_what_we_did_not_sign_is_bad(text):
    with pytest.raises(BadToken):
        read("appoint", text, MONTH)


def test_a_changed_token_is_bad():
    token = sign("appoint", 7)
    with pytest.raises(BadToken):
        read("appoint", "8" + token[1:], MONTH)


def test_an_old_token_says_whose_it_was():
    with time_machine.travel("2026-09-01", tick=False):
        token = sign("appoint", 7, 2)
    with time_machine.travel("2026-09-30", tick=False):
        assert read("appoint", token, MONTH) == Token(7, 2)
    with time_machine.travel("2026-10-02", tick=False), pytest.raises(ExpiredToken) as caught:
        read("appoint", token, MONTH)
    assert caught.value.token == Token(7, 2)


def test_a_paper_code_belongs_to_purpose_object_and_version():
    code = paper_code("appoint", 7, 1)
    assert code == paper_code("appoint", 7, 1)
    assert len(code) == 12
    others = [paper_code("who", 7, 1), paper_code("appoint", 8, 1), paper_code("appoint", 7, 2)]
    assert code not in others
    assert matches_paper_code(show_code(code).lower(), "appoint", 7, 1)
    assert not matches_paper_code(code, "appoint", 7, 2)
    assert not matches_paper_code("", "appoint", 7, 1)
    assert not matches_paper_code("я" * 10_000, "appoint", 7, 1)


def test_printed_codes_outlive_a_new_key(settings):
    code = paper_code("appoint", 7, 1)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another"
    assert paper_code("appoint", 7, 1) != code
    assert matches_paper_code(code, "appoint", 7, 1)
    settings.SECRET_KEY_FALLBACKS = []
    assert not matches_paper_code(code, "appoint", 7, 1)


def test_the_alphabet_has_no_letters_that_are_confused():
    assert len(set(ALPHABET)) == 31
    assert not set("ILO01") & set(ALPHABET)


@given(st.text(ALPHABET, min_size=12, max_size=12))
def test_a_code_survives_printing_and_typing(code):
    assert normalise(show_code(code)) == code
    assert normalise(f" {show_code(code).lower()} ".replace("-", " – ")) == code
    russian = code.translate(str.maketrans("ABEKMHPCTYX", "авекмнрстух"))
    assert normalise(russian) == code


@given(st.text())
def test_what_is_typed_is_a_code_or_nothing(text):
    assert normalise(text) == "" or re.fullmatch(f"[{ALPHABET}]{{12}}", normalise(text))


def test_new_codes_are_codes():
    codes = {new_code() for _ in range(100)}
    assert len(codes) == 100
    assert {normalise(code) for code in codes} == codes
    assert show_code("ABCDEFGHJKMN") == "ABCD-EFGH-JKMN"


def test_the_log_of_a_refused_request_holds_no_link(settings):
    """Django writes the whole path of what it refuses."""
    (name,) = (each for each in settings.LOGGING["handlers"]["console"]["filters"] if each == "links")
    keep = import_string(settings.LOGGING["filters"][name]["()"])()
    for path, written in (
        (f"/s/{sign('slip', 1500)}/", "/s/•••/"),
        (f"/receipt/{sign('receipt', 7)}/withdraw/", "/receipt/•••/withdraw/"),
        ("/static/portal.1a2b.min.js", "/static/portal.1a2b.min.js"),
    ):
        line = logging.LogRecord("django.request", logging.WARNING, "", 0, "%s: %s", ("Too Many Requests", path), None)
        assert keep.filter(line)
        assert line.getMessage() == f"Too Many Requests: {written}"
