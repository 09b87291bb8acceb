"""Phone numbers as registers and people write them.

Numbers are compared by their ten digits, never by the brackets: «+7 (385) 722 63 38» is a rural number whose code
has five digits, cut by somebody's mask.
"""

import re
import unicodedata

import phonenumbers
from phonenumber_field.phonenumber import PhoneNumber

# Every repetition has an end, so that a hostile cell of thousands of brackets or spaces costs no time.
_EXTENSION = re.compile(
    r"\(? ?(?:\b(?:доб(?:ав\w{1,8})?|вн(?:утр\w{0,8})?|ext)|#)\.? ?(?::|No)? ?\d{1,6}(?!\d) ?\)?", re.IGNORECASE
)
_BETWEEN_CELLS = re.compile(r"[,;/|]|\bи(?:ли)?\b", re.IGNORECASE)
_BETWEEN_DIGITS = r"[ ().–—‐‑−-]{0,5}"
_NUMBER = re.compile(rf"(?:\+? ?[78]{_BETWEEN_DIGITS})?(?:\d{_BETWEEN_DIGITS}){{9}}\d(?!\d)")


def parse_phones(cell: str) -> list[PhoneNumber]:
    """Every number of a cell, in its order and once each; extensions («доб. 12») are dropped.

    Understood: 10 digits, 11 that begin with 8 or 7, and foreign numbers that begin with a plus. A number without its
    area code («141-45-01», «46-80-01») is not guessed and stands nowhere in the answer.
    """
    lines = unicodedata.normalize("NFKC", cell).splitlines()
    text = _EXTENSION.sub(" ", ";".join(" ".join(line.split()) for line in lines))
    found = [phone for piece in _BETWEEN_CELLS.split(text) for phone in _parse_piece(piece)]
    return list(dict.fromkeys(found))


def is_mobile(phone: PhoneNumber) -> bool:
    """A Russian mobile number (+7 9xx): the kind by which one signs in at Sferum."""
    return phone.country_code == 7 and str(phone.national_number).startswith("9") and phone.is_valid()


def show_phone(phone: PhoneNumber | str | None) -> str:
    """+7 925 036-44-05; what is not a number is given back as it is."""
    if not phone:
        return ""
    numbers = parse_phones(phone) if isinstance(phone, str) else [phone]
    return str(numbers[0].as_international if len(numbers) == 1 else phone)


def _parse_piece(piece: str) -> list[PhoneNumber]:
    digits = re.sub(r"\D", "", piece)
    if piece.lstrip().startswith("+") and not digits.startswith("7"):
        return _valid("+" + digits)
    numbers = [re.sub(r"\D", "", number) for number in _NUMBER.findall(piece)]
    if "".join(numbers) != digits:  # digits are left over: parts of different numbers would be glued
        return []
    return [phone for number in numbers for phone in _valid("+7" + number[-10:])]


def _valid(number: str) -> list[PhoneNumber]:
    try:
        phone = PhoneNumber.from_string(number)
    except phonenumbers.NumberParseException:
        return []
    return [phone] if phone.is_valid() else []
