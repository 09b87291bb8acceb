"""One row of a registry file, read by the meaning of its columns."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.utils import timezone
from phonenumber_field.phonenumber import PhoneNumber

from foundation.folding import fold, look_alikes, person_name
from foundation.phones import is_mobile, parse_phones
from organizations import import_cells as cells
from organizations.columns import Field, Header
from organizations.models import Organization
from organizations.regions import find_region
from organizations.statuses import Kind

_PLAIN = (Field.FULL_NAME, Field.SHORT_NAME, Field.OWN_CODE, Field.ADDRESS, Field.PHONE, Field.SITE, Field.HEAD_NAME)
_LONGEST: dict[Field, int] = {
    name: getattr(Organization._meta.get_field(name.value), "max_length", 0) for name in _PLAIN
}
_TOTALS = ("итого", "всего", "в том числе", "исп.", "исполнитель", "примечание", "*")

Key = tuple[str, ...]


class Problem(NamedTuple):
    row: int
    column: str
    reason: str


@dataclass(frozen=True)
class Nominee:
    """The administrator whom the registry names; unconfirmed whatever it says."""

    full_name: str
    phone: PhoneNumber | None
    email: str


@dataclass
class Row:
    """`facts` are non-empty values of the organization's own fields; `problems` refuse the row, `warnings` do not."""

    number: int
    texts: dict[Field, str]
    region_names: list[str] = field(default_factory=list)
    region: str = ""
    municipality: str = ""
    facts: dict[str, str] = field(default_factory=dict)
    is_registered: bool = False
    registered_on: date | None = None
    nominee: Nominee | None = None
    keyless: str = ""  # why its numbers do not tell the organization; its code or its name may
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    @property
    def key(self) -> Key | None:
        """ИНН + КПП; ОГРН only where there is no КПП. None: nothing to know the organization by."""
        inn, kpp, ogrn = (self.facts.get(name, "") for name in ("inn", "kpp", "ogrn"))
        if kpp:
            return ("inn", inn, kpp) if inn else None
        return ("ogrn", ogrn) if ogrn else None

    @property
    def name(self) -> str:
        return self.texts.get(Field.SHORT_NAME) or self.texts.get(Field.FULL_NAME) or ""

    def folded(self) -> dict[Field, str]:
        return {name: fold(text) for name, text in self.texts.items() if text}


def read_rows(rows: list[list[str]], header: Header, default_region: str) -> Iterator[Row]:
    """The rows of data; column numbers, section titles, totals and footnotes are passed over."""
    reader = _Reader(header, default_region, timezone.localdate())
    for index in range(header.first_row, len(rows)):
        cells_of_row = rows[index]
        if not _is_beside_the_data(cells_of_row, header):
            yield reader.read(index + 1, cells_of_row)


def _is_beside_the_data(row: list[str], header: Header) -> bool:
    filled = [(index, cell.strip()) for index, cell in enumerate(row) if cell.strip()]
    if not filled or [cell for _, cell in filled] == [str(number) for number in range(1, len(filled) + 1)]:
        return True
    keys = (Field.INN, Field.KPP, Field.OGRN)
    if any(index in header.columns.get(key, []) for key in keys for index, _ in filled):
        return False
    if any(fold(cell).startswith(_TOTALS) for _, cell in filled[:3]):
        return True
    names = header.columns.get(Field.FULL_NAME, []) + header.columns.get(Field.SHORT_NAME, [])
    return len(filled) == 1 and filled[0][0] not in names


class _Reader:
    def __init__(self, header: Header, default_region: str, today: date) -> None:
        self.header = header
        self.default_region = default_region
        self.today = today
        self.shared = header.columns.get(Field.INN) == header.columns.get(Field.KPP)

    def read(self, number: int, cells_of_row: list[str]) -> Row:
        row = Row(number, {})
        self._take_texts(row, cells_of_row)
        if any(cell.strip() for cell in cells_of_row[len(self.header.titles) :]):
            reason = "В строке больше ячеек, чем столбцов: проверьте кавычки и разделители внутри ячеек."
            row.problems.append(Problem(number, "", reason))
        self._take_numbers(row)
        self._take_place(row)
        self._take_plain_facts(row)
        self._take_email(row)
        self._take_registration(row)
        self._take_administrator(row)
        return row

    def _take_texts(self, row: Row, cells_of_row: list[str]) -> None:
        for name, indexes in self.header.columns.items():
            texts = []
            for index in indexes:
                cell = cells_of_row[index] if index < len(cells_of_row) else ""
                text = self._checked(row, name, cells.said, cell)
                texts += [text] if text else []
            row.texts[name] = " ".join(texts)
            if name == Field.REGION:
                row.region_names = texts
        if self.shared and Field.INN in self.header.columns:
            both = row.texts[Field.INN].replace("/", " ").replace("\\", " ").split()
            row.texts[Field.INN], row.texts[Field.KPP] = [*both, "", ""][:2]

    def _checked(
        self, row: Row, name: Field, check: Callable[[str], str], cell: str, *, is_warning: bool = False
    ) -> str:
        try:
            return check(cell)
        except ValidationError as error:
            problem = Problem(row.number, self.header.title(name), " ".join(error.messages))
            (row.warnings if is_warning else row.problems).append(problem)
            return ""

    def _warn(self, row: Row, name: Field, reason: str) -> None:
        row.warnings.append(Problem(row.number, self.header.title(name), reason))

    def _refuse(self, row: Row, name: Field, reason: str) -> None:
        row.problems.append(Problem(row.number, self.header.title(name), reason))

    def _take_numbers(self, row: Row) -> None:
        texts = row.texts
        found = {}
        if texts.get(Field.INN):
            found["inn"] = self._checked(row, Field.INN, cells.inn, texts[Field.INN])
        if texts.get(Field.KPP):
            inn = found.get("inn", "")
            found["kpp"] = self._checked(row, Field.KPP, lambda cell: cells.kpp(cell, inn), texts[Field.KPP])
        if texts.get(Field.OGRN):
            found["ogrn"] = self._checked(row, Field.OGRN, cells.ogrn, texts[Field.OGRN])
        row.facts |= {name: number for name, number in found.items() if number}
        if row.key is None and not row.problems:
            row.keyless = _no_key(row.facts)

    def _take_place(self, row: Row) -> None:
        row.municipality = row.texts.get(Field.MUNICIPALITY, "") or row.texts.get(Field.OKTMO, "")
        if Field.REGION not in self.header.columns:
            row.region = self.default_region
            return
        codes = {text: find_region(text) for text in row.region_names}
        unknown = [text for text, code in codes.items() if code is None]
        if unknown:
            self._refuse(row, Field.REGION, f"Такого региона нет в списке: «{unknown[0][:60]}».")
        elif not codes:
            self._refuse(row, Field.REGION, "Регион не указан.")
        elif len(set(codes.values())) > 1:
            self._refuse(row, Field.REGION, "Номер и название региона не совпадают.")
        else:
            row.region = next(code for code in codes.values() if code)

    def _take_plain_facts(self, row: Row) -> None:
        for name in _PLAIN:
            text = row.texts.get(name, "")
            most = _LONGEST[name]
            if len(text) <= most:
                row.facts |= {name.value: text} if text else {}
            elif name == Field.FULL_NAME:
                self._refuse(row, name, f"Наименование длиннее {most} знаков.")
            else:
                self._warn(row, name, f"Длиннее {most} знаков: не взято.")
        for name in (Field.FULL_NAME, Field.SHORT_NAME):
            if mixed := look_alikes(row.facts.get(name.value, "")):
                self._warn(row, name, f"Русские буквы смешаны с латинскими: {', '.join(mixed)}.")
        if text := row.texts.get(Field.KIND, ""):
            kind = cells.kind_in(text) or (Kind.OTHER if fold(text).startswith("друг") else None)
            row.facts |= {"kind": kind.value} if kind else {}

    def _take_email(self, row: Row) -> None:
        good, bad = cells.emails(row.texts.get(Field.EMAIL, ""))
        if good:
            row.facts["email"] = good[0]
        if len(good) > 1:
            self._warn(row, Field.EMAIL, f"В ячейке несколько адресов, взят первый; не взяты: {', '.join(good[1:])}.")
        if bad:
            self._warn(row, Field.EMAIL, f"На такой адрес письмо не отправить: {', '.join(bad)[:120]}.")

    def _take_registration(self, row: Row) -> None:
        if text := row.texts.get(Field.REGISTERED_ON):
            try:
                row.is_registered, row.registered_on = cells.registration_day(text, self.today)
            except ValidationError as error:
                self._warn(row, Field.REGISTERED_ON, " ".join(error.messages))
        if phone := self._mobile(row, Field.REGISTERED_PHONE):
            row.facts["registered_phone"] = str(phone)

    def _take_administrator(self, row: Row) -> None:
        phone = self._mobile(row, Field.ADMINISTRATOR_PHONE)
        good, bad = cells.emails(row.texts.get(Field.ADMINISTRATOR_EMAIL, ""))
        if bad:
            self._warn(row, Field.ADMINISTRATOR_EMAIL, f"На такой адрес письмо не отправить: {', '.join(bad)[:120]}.")
        text = row.texts.get(Field.ADMINISTRATOR, "")
        name = self._checked(row, Field.ADMINISTRATOR, person_name, text, is_warning=True) if text else ""
        if name:
            row.nominee = Nominee(name, phone, good[0] if good else "")
        elif phone or good:
            self._warn(row, Field.ADMINISTRATOR, "Имя администратора не указано: его телефон и почта не взяты.")

    def _mobile(self, row: Row, name: Field) -> PhoneNumber | None:
        text = row.texts.get(name, "")
        phones = parse_phones(text)
        mobile = [phone for phone in phones if is_mobile(phone)]
        if text and not phones:
            self._warn(row, name, f"Номер не читается: «{text[:60]}».")
        elif text and not mobile:
            self._warn(row, name, "Номер городской, а для входа в Сферум нужен мобильный: не взят.")
        elif len(mobile) > 1:
            self._warn(row, name, "В ячейке несколько мобильных номеров: взят первый.")
        return mobile[0] if mobile else None


def _no_key(facts: dict[str, str]) -> str:
    if facts.get("kpp"):
        return "КПП есть, а ИНН не указан: непонятно, какая это организация."
    if facts.get("inn"):
        return "Нет ни КПП, ни ОГРН: одного ИНН мало, чтобы отличить организацию от её филиалов."
    return "Не указаны ИНН и КПП (или ОГРН): непонятно, какая это организация."
