"""The corpus of real letters: what is recognised and cut right. `benchmarks/mail_corpus.py` prints the figures."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import shared_files
from correspondence.reading import read
from correspondence.tests import corpus
from correspondence.tests.test_reading import must_be_storable

LETTERS = shared_files("mail/**/*.eml", "mail/**/m*.txt", "mail/**/*.html")
found_here = pytest.mark.parametrize("index", shared_files("mail/index.csv"), ids=lambda path: path.name)


@found_here
def test_letters_are_recognised(index: Path):
    figures = {figure.what: figure for figure in corpus.recognition()}
    assert figures.keys() == corpus.GOALS.keys()
    for what, figure in figures.items():
        assert figure.of, f"{what}: the corpus has none"
        assert figure.right >= corpus.GOALS[what] * figure.of, f"{what}: {figure}"


@found_here
def test_every_reply_of_the_corpus_is_cut_right(index: Path):
    figure = corpus.own_words()
    assert figure.of == 26
    assert not figure.wrong, str(figure)


@found_here
def test_every_reply_of_the_corpus_has_its_truth_written_down(index: Path):
    """A new reply in the corpus is looked at by a person before it counts."""
    assert {sample.name for sample in corpus.samples() if sample.name.startswith("talon/")} <= corpus.OWN_WORDS.keys()


@pytest.mark.parametrize("path", LETTERS, ids=lambda path: path.name)
@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_damaged_letter_is_a_letter(path: Path, data: st.DataObject):
    raw = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, max(0, len(raw) - 1)))
        raw[place : place + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=40))
    must_be_storable(read(bytes(raw)))
