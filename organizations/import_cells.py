"""What one cell of a registry file says: cleaned, checked, or refused in words."""

import re
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from stdnum.exceptions import ValidationError as StdnumError
from stdnum.ru import inn as inn_number
from stdnum.ru import ogrn as ogrn_number

from foundation.fields import EmailField
from foundation.folding import clean_text, fold
from organizations.statuses import Kind

_NOTHING = frozenset(
    ["", "-", "--", "---", "нет", "н/д", "нд", "нет данных", "отсутствует", "не указано", "x", "х", "0"]
)
_LONGEST_NOTHING = 20
_EMAIL = EmailField()
_KPP = re.compile(r"\d{4}[\dA-Z]{2}\d{3}")
_DAY = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})")
_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_SERIAL = re.compile(r"\d{5}")
_EXCEL_EPOCH = date(1899, 12, 30)
_EARLIEST = date(2020, 1, 1)  # Sferum began in that year
_YES = frozenset({"да", "+", "зарегистрирована", "зарегистрирован", "зарегистрировано", "1", "yes"})

# The order matters: «школа – детский сад» is a school, «детско-юношеская спортивная школа» is not.
_KINDS: list[tuple[Kind, str]] = [
    (Kind.OTHER, r"\bвуз\b|высшего образования|университет|\bинститут\b(?! развития)|академи[яи]\b"),
    (Kind.ADDITIONAL, r"дополнительн\w+ образовани|\bдо\b|\bд[юш]{1,3}ш\b|\bдши\b|\bдмш\b|\bсшор\b|спортивн\w+ школ"),
    (Kind.ADDITIONAL, r"юношеск\w+ .*школ|школ\w+ искусств|музыкальн\w+ школ|художественн\w+ школ"),
    (Kind.ADDITIONAL, r"двор\w+ (?:детск|творч|пионер)|(?:центр|дом) \w* ?творчеств|станци\w+ юн|кванториум"),
    (Kind.COLLEGE, r"колледж|техникум|училищ|\bспо\b|профессиональн\w+ образовательн|г?б?а?п[оo]у\b|среднего проф"),
    (Kind.SCHOOL, r"\b[сон]ош\b|\bсредн\w+ школ|школ|лицей|лицея|гимнази|кадетск|общеобразовательн|прогимнази"),
    (Kind.KINDERGARTEN, r"детск\w+ сад|дошкольн|\bм?[бак]?доу\b|\bд/с\b|ясли"),
]
_KINDS_COMPILED = [(kind, re.compile(pattern)) for kind, pattern in _KINDS]


def said(cell: str) -> str:
    """The cleaned text; empty for «нет», a dash and the like. Raises ValidationError on hidden signs."""
    text = clean_text(cell)
    return "" if len(text) < _LONGEST_NOTHING and fold(text) in _NOTHING else text


def _digits(cell: str) -> str:
    """Digits and letters of a number typed with spaces, an apostrophe, or as 7004003519.0."""
    return re.sub(r"[\s'’‘`-]", "", re.sub(r"[.,]0+$", "", cell.strip()))


def inn(cell: str) -> str:
    """ИНН of 10 or 12 digits; a zero that Excel dropped in front is restored where the checksum then fits."""
    number = _digits(cell)
    for candidate in (number, f"0{number}"):
        if inn_number.is_valid(candidate):
            return str(candidate)
    if not number.isdecimal() or len(number) not in (10, 12):
        raise ValidationError(f"В ИНН должно быть 10 цифр, а здесь «{cell[:40]}».")
    raise ValidationError(f"ИНН {number} с ошибкой: не сходится контрольная цифра.")


def kpp(cell: str, inn: str) -> str:
    """КПП has no check digit: a dropped zero is restored only where the ИНН begins with the same tax office."""
    number = _digits(cell).upper()
    if len(number) == 8 and inn.startswith(f"0{number[:1]}"):
        number = f"0{number}"
    if not _KPP.fullmatch(number):
        raise ValidationError(f"В КПП должно быть 9 знаков, а здесь «{cell[:40]}».")
    return number


def ogrn(cell: str) -> str:
    number = _digits(cell)
    if not number.isdecimal() or len(number) not in (13, 15):
        raise ValidationError(f"В ОГРН должно быть 13 цифр, а здесь «{cell[:40]}».")
    try:
        return str(ogrn_number.validate(number))
    except StdnumError:
        raise ValidationError(f"ОГРН {number} с ошибкой: не сходится контрольная цифра.") from None


def emails(cell: str) -> tuple[list[str], list[str]]:
    """(addresses that can be written to, in small letters; pieces that cannot)."""
    good: list[str] = []
    bad: list[str] = []
    for piece in filter(None, re.split(r"[\s,;]+", cell)):
        try:
            good.append(_EMAIL.clean(piece.strip("<>()\"'")))
        except ValidationError:
            bad.append(piece)
    return list(dict.fromkeys(good)), bad


def registration_day(cell: str, today: date) -> tuple[bool, date | None]:
    """(is it registered, on which day): a date, an Excel serial number, «да», or «нет»."""
    text = fold(cell)
    if text in _YES:
        return True, None
    for pattern, order in ((_ISO_DAY, (1, 2, 3)), (_DAY, (3, 2, 1))):
        if found := pattern.match(text):
            return True, _known_day(*(int(found.group(part)) for part in order), today=today)
    if _SERIAL.fullmatch(text):
        day = _EXCEL_EPOCH + timedelta(days=int(text))
        return True, _known_day(day.year, day.month, day.day, today=today)
    raise ValidationError(f"Не дата: «{cell[:40]}». Пример: 01.09.2021.")


def _known_day(year: int, month: int, day: int, *, today: date) -> date:
    try:
        found = date(year, month, day)
    except ValueError:
        raise ValidationError("Такого дня нет в календаре.") from None
    if not _EARLIEST <= found <= today:
        raise ValidationError(f"Дата {found:%d.%m.%Y} невозможна: до начала работы Сферума или в будущем.")
    return found


def kind_in(text: str) -> Kind | None:
    """The kind that a cell «вид» or a name tells; None where neither says anything known."""
    folded = fold(text)
    return next((kind for kind, pattern in _KINDS_COMPILED if pattern.search(folded)), None)
