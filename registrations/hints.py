"""What a letter that came in seems to say. Shown beside the buttons, never applied: a person reads and presses."""

import re
from dataclasses import dataclass

from phonenumber_field.phonenumber import PhoneNumber

from foundation.folding import fold
from foundation.phones import is_mobile, parse_phones
from registrations.statuses import AnswerOutcome

READ_WITHIN = 4_000  # characters of the letter's own words
_NOT = r"(?<!не )(?<!еще не )(?<!пока не )"
# Stems after `fold` (ё is е, small letters); a refusal and a request are asked for before a confirmation, since
# «уточните номер, и организация будет зарегистрирована» confirms nothing.
_DECLINED = re.compile(
    r"\b(отказан\w*|отказыва\w+|отклонен\w*|невозможно (?:за|пере|вы)\w+|не можем (?:за|пере|вы)\w+"
    r"|не подлеж\w+|не (?:будет|может быть) (?:за|пере)\w+)"
)
_CORRECTION = re.compile(
    r"\b(уточнит\w*|укажите|исправ(?:ьте|ить)|пришлите|направьте|предоставьте|не хватает|не указан\w*|неверн\w+"
    r"|не совпада\w+|ошибк\w+ в|некорректн\w+|просим (?:уточнить|указать|исправить|прислать|направить|предоставить))"
)
_DONE = re.compile(
    rf"{_NOT}\b(зарегистрирован[аоы]?|создан[аоы]?|добавлен[аоы]?|подключен[аоы]?|заведен[аоы]?|переданы?|назначен[аоы]?"
    r"|предоставлен[аоы]?|изменен[аоы]?|заменен[аоы]?|обновлен[аоы]?|готово|сделано|выполнено|привязан[аоы]?)\b"
)
_CONFIRMED = {
    "registration": AnswerOutcome.REGISTERED,
    "handover": AnswerOutcome.DONE,
    "help": AnswerOutcome.ANSWERED,
}


@dataclass(frozen=True)
class Hint:
    """The likely outcome and the words of the letter that speak for it."""

    outcome: AnswerOutcome
    words: str


def hint_of(kind: str, text: str) -> Hint | None:
    """For a case of that kind; None where the letter says nothing that is known here."""
    said = fold(text[:READ_WITHIN])
    if found := _DECLINED.search(said):
        return None if kind == "help" else Hint(AnswerOutcome.DECLINED, found[1])
    if found := _CORRECTION.search(said):
        outcome = AnswerOutcome.NEEDS_CORRECTION if kind == "registration" else AnswerOutcome.OTHER
        return Hint(outcome, found[1])
    if found := _DONE.search(said):
        return Hint(_CONFIRMED[kind], found[1])
    return None


def told_phone(text: str, *, besides: str = "") -> PhoneNumber | None:
    """The one mobile number that the letter names, if it is another one than `besides`."""
    mobiles = {str(phone): phone for phone in parse_phones(text[:READ_WITHIN]) if is_mobile(phone)}
    mobiles.pop(besides, None)
    return next(iter(mobiles.values())) if len(mobiles) == 1 else None
