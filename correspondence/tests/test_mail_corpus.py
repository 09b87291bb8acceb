"""The corpus of real letters: what is recognised and cut right. `benchmarks/mail_corpus.py` prints the figures."""

import pytest

from correspondence.tests import corpus

pytestmark = pytest.mark.skipif(not corpus.MAIL.is_dir(), reason="the corpus is not here")


@pytest.mark.parametrize("figure", [pytest.param(number, id=name) for number, name in enumerate(corpus.GOALS)])
def test_letters_are_recognised(figure):
    found = corpus.recognition()[figure]
    assert found.right >= corpus.GOALS[found.what] * found.of, str(found)
    assert found.of, "the corpus is empty"


def test_every_reply_of_the_corpus_is_cut_right():
    found = corpus.own_words()
    assert found.of == 26
    assert not found.wrong, str(found)


def test_every_reply_of_the_corpus_has_its_truth_written_down():
    """A new reply in the corpus is looked at by a person before it counts."""
    replies = {sample.name for sample in corpus.samples() if sample.name.startswith("talon/")}
    assert replies <= set(corpus.OWN_WORDS)
