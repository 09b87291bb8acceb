"""Words of confirmation, of a request and of refusal, as people at Sferum write them."""

import pytest

from registrations.hints import hint_of, told_phone
from registrations.statuses import AnswerOutcome


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("Здравствуйте! Школа зарегистрирована в Сферуме.", AnswerOutcome.REGISTERED),
        ("Организация создана, администратор может войти.", AnswerOutcome.REGISTERED),
        ("Добавлена. Хорошего дня!", AnswerOutcome.REGISTERED),
        ("Просим уточнить полное наименование, и организация будет зарегистрирована.", AnswerOutcome.NEEDS_CORRECTION),
        ("В письме не указан телефон администратора.", AnswerOutcome.NEEDS_CORRECTION),
        ("Исправьте, пожалуйста, ИНН.", AnswerOutcome.NEEDS_CORRECTION),
        ("К сожалению, вынуждены отказать: отказано по причине дубля.", AnswerOutcome.DECLINED),
        ("Не можем зарегистрировать: организация не имеет лицензии.", AnswerOutcome.DECLINED),
        ("Организация ещё не зарегистрирована.", None),
        ("Спасибо за обращение, мы его получили.", None),
        ("", None),
    ],
)
def test_what_a_letter_about_registration_seems_to_say(text: str, outcome: AnswerOutcome | None) -> None:
    hint = hint_of("registration", text)
    assert (hint.outcome if hint else None) == outcome


def test_the_words_that_speak_for_it_are_told() -> None:
    hint = hint_of("handover", "Добрый день, права переданы Смирновой А. П.")
    assert hint is not None
    assert (hint.outcome, hint.words) == (AnswerOutcome.DONE, "переданы")


def test_a_question_back_is_no_answer_to_a_handover_or_a_question() -> None:
    for kind in ("handover", "help"):
        hint = hint_of(kind, "Уточните, пожалуйста, номер телефона.")
        assert hint is not None
        assert hint.outcome == AnswerOutcome.OTHER


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("на номер 8 913 555-66-77", "+79135556677"),
        ("на номер +7 900 000-14-27", None),
        ("на номер 8 913 555-66-77 или 8 913 555-66-78", None),
        ("звоните 8 800 555-35-35", None),
    ],
)
def test_a_number_is_taken_only_where_one_is_meant(text: str, phone: str | None) -> None:
    told = told_phone(text, besides="+79000001427")
    assert (str(told) if told else None) == phone
