import time

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from foundation.folding import clean_text, fold, look_alikes, person_name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("МБОУ «СОШ №5»", 'мбоу "сош № 5"'),
        ("Озёрская Средняя Школа", "ОЗЕРСКАЯ  СРЕДНЯЯ ШКОЛА"),
        ("учреждение – гимназия", "учреждение - гимназия"),
        ("МБОУ CОШ № 5", "МБОУ СОШ №5"),  # Latin C
        ("образовательнoе", "образовательное"),  # Latin o
        ("Британская школа\u00a0", "британская школа"),
        ("е\u0308лка", "ёлка"),
        ("шко\u00adла", "школа"),
        ("лицей\x00", "лицей"),
    ],
)
def test_spellings_of_one_thing_fold_to_one_key(one, other):
    assert fold(one) == fold(other)


def test_different_schools_keep_different_keys():
    assert fold("Школа № 5") != fold("Школа № 15")
    assert fold("School 5") == "school 5"  # a word without a Russian letter is left alone


@given(st.text())
def test_folding_a_key_again_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


def test_a_huge_word_is_folded_in_a_moment():
    started = time.perf_counter()
    assert fold("Ш" * 200_000) == "ш" * 200_000
    assert time.perf_counter() - started < 2  # it took minutes while each letter began a search of its own


@given(st.text())
def test_a_key_can_go_into_any_query(text):
    assert not any(ord(character) < 32 for character in fold(text))
    fold(text).encode()  # no half of a surrogate pair


@given(st.text())
def test_cleaning_is_done_once_or_refused(text):
    try:
        clean = clean_text(text)
    except ValidationError:
        return
    assert clean_text(clean) == clean
    assert clean == " ".join(clean.split())


@pytest.mark.parametrize("text", ["Анна\x00", "Анна \u202eавонавИ", "\u2066Анна", "Анна\x1b[31m", "\ud800"])
def test_control_and_bidi_characters_are_refused_in_words(text):
    with pytest.raises(ValidationError, match="невидимые"):
        clean_text(text)


def test_what_word_hides_in_pasted_text_is_dropped():
    assert clean_text("\ufeffСред\u00adняя\u200b  школа\n№ 5 ") == "Средняя школа № 5"


def test_lines_are_kept_where_asked():
    assert clean_text(" раз \r\n\r\n два  три \n", keep_lines=True) == "раз\n\nдва три"


def test_look_alikes_are_named_and_not_corrected():
    assert look_alikes("Ивaнов Пётр, лицей IT-школа") == ["Ивaнов"]
    assert clean_text("Ивaнов") == "Ивaнов"


@pytest.mark.parametrize(
    "name",
    [
        "Иванова Мария",
        "Салтыков-Щедрин М. Е.",
        "Гасанов Ильхам Гасан оглы",
        "Д’Артаньян Шарль",
        "O'Neil Anna",
        "Ёлкина А.Б.",
    ],
)
def test_real_names_pass(name):
    assert person_name(name) == name


def test_dashes_in_a_name_become_hyphens():
    assert person_name("Петрова–Иванова  Анна") == "Петрова-Иванова Анна"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Мария", "фамилию и имя"),
        ("Мария1 Иванова", "только буквы"),
        ("<b>Мария</b> Иванова", "только буквы"),
        ("Иванова =HYPERLINK", "только буквы"),
        ("Иванова .", "только буквы"),
        ("И" * 150 + " " + "А" * 150, "не больше 200"),
    ],
)
def test_what_is_no_name_is_refused_in_words(name, words):
    with pytest.raises(ValidationError, match=words):
        person_name(name)
