"""Which column of a registry file is what: found by the text of its header, for layouts change every year."""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from operator import itemgetter

from django.db.models import TextChoices

from foundation.folding import fold
from foundation.tables import NotATable, Table

HEADER_WITHIN = 15
NO_HEADER = (
    "В первых 15 строках нет строки заголовков, по которой видно, что это список организаций. "
    "Нужны хотя бы столбцы «Наименование», «ИНН» и «КПП»."
)
_LONGEST_TITLE = 80
_SIGNS = re.compile(r"[^\w-]+|_")


class Field(TextChoices):
    REGION = "region", "Регион"
    MUNICIPALITY = "municipality", "Муниципалитет"
    OKTMO = "oktmo", "ОКТМО"
    FULL_NAME = "full_name", "Полное наименование"
    SHORT_NAME = "short_name", "Краткое наименование"
    KIND = "kind", "Вид организации"
    INN = "inn", "ИНН"
    KPP = "kpp", "КПП"
    OGRN = "ogrn", "ОГРН"
    OWN_CODE = "own_code", "Код в реестре"
    ADDRESS = "address", "Адрес"
    EMAIL = "email", "Электронная почта"
    PHONE = "phone", "Телефон"
    SITE = "site", "Сайт"
    HEAD_NAME = "head_name", "Руководитель"
    REGISTERED_ON = "registered_on", "Зарегистрирована в Сферуме"
    REGISTERED_PHONE = "registered_phone", "Номер регистрации в Сферуме"
    ADMINISTRATOR = "administrator", "Администратор"
    ADMINISTRATOR_PHONE = "administrator_phone", "Телефон администратора"
    ADMINISTRATOR_EMAIL = "administrator_email", "Почта администратора"


# Several columns may tell one thing (name and number of the region): the first that is filled counts.
REPEATABLE = frozenset({Field.REGION, Field.KIND})

_EXACT = {
    Field.REGION: "регион|субъект|субъект рф|субъект российской федерации|код региона|номер региона|region|region code",
    Field.MUNICIPALITY: "муниципалитет|муниципальное образование|мо|мр|район|район город|город район|территория|"
    "городской округ|municipality|rayon",
    Field.OKTMO: "октмо|код октмо|oktmo",
    Field.FULL_NAME: "полное наименование|наименование|название|наименование оо|название оо|организация|учреждение|"
    "образовательная организация|школа|оо|name|full name",
    Field.SHORT_NAME: "краткое наименование|сокращенное наименование|краткое название|кратко|short name",
    Field.KIND: "вид|тип|тип оо|вид оо|kind|org type",
    Field.INN: "инн|inn",
    Field.KPP: "кпп|kpp",
    Field.OGRN: "огрн|ogrn",
    Field.OWN_CODE: "код оо|код организации|код учреждения|код школы|код в реестре|номер в реестре|реестровый номер",
    Field.ADDRESS: "адрес|address|adress",
    Field.EMAIL: "почта|эл почта|электронная почта|e-mail|email|e mail",
    Field.PHONE: "телефон|телефоны|тел|phone|telephone",
    Field.SITE: "сайт|site|web site",
    Field.HEAD_NAME: "руководитель|директор|заведующий|фио руководителя|фио директора|head name",
    Field.REGISTERED_ON: "зарегистрирована|зарегистрирован|зарегистрировано|registered on",
    Field.REGISTERED_PHONE: "registered phone",
    Field.ADMINISTRATOR: "администратор|фио администратора|administrator",
    Field.ADMINISTRATOR_PHONE: "телефон администратора|administrator phone",
    Field.ADMINISTRATOR_EMAIL: "почта администратора|administrator email",
}
_BY_EXACT = {title: field for field, titles in _EXACT.items() for title in titles.split("|")}

# Pieces that must all stand in the header, the more telling first; None: a column that must not be taken for another.
_BY_PIECES: list[tuple[Field | None, str]] = [
    (None, "факс"),
    (None, "должност"),
    (None, "руководител телефон"),
    (None, "директор телефон"),
    *[(None, f"{who} {what}") for who in ("руководител", "директор") for what in ("моб", "сотов")],
    (None, "руководител почт"),
    (None, "директор почт"),
    (None, "учредител"),
    (Field.REGISTERED_PHONE, "регистр телефон"),
    (Field.REGISTERED_PHONE, "регистрир номер"),
    (Field.REGISTERED_PHONE, "сферум номер"),
    (Field.ADMINISTRATOR_PHONE, "администратор телефон"),
    (Field.ADMINISTRATOR_PHONE, "ответственн телефон"),
    *[
        (Field.ADMINISTRATOR_PHONE, f"{who} {what}")
        for who in ("администратор", "ответственн")
        for what in ("моб", "сотов")
    ],
    (Field.ADMINISTRATOR_EMAIL, "администратор почт"),
    (Field.ADMINISTRATOR_EMAIL, "администратор mail"),
    (Field.ADMINISTRATOR_EMAIL, "ответственн почт"),
    (Field.ADMINISTRATOR_EMAIL, "ответственн mail"),
    (Field.REGISTERED_ON, "регистр сферум"),
    (Field.REGISTERED_ON, "зарегистрирован"),
    (Field.ADMINISTRATOR, "администратор"),
    (Field.ADMINISTRATOR, "отв сферум"),
    (Field.ADMINISTRATOR, "ответственный"),
    (Field.ADMINISTRATOR, "ответственного"),
    (Field.ADMINISTRATOR, "ответственное лицо"),
    (Field.EMAIL, "электрон почт"),
    (Field.EMAIL, "эл почта"),
    (Field.EMAIL, "эл адрес"),
    (Field.EMAIL, "e-mail"),
    (Field.EMAIL, "email"),
    (Field.SITE, "сайт"),
    (Field.PHONE, "телефон"),
    (Field.INN, " инн "),
    (Field.KPP, " кпп "),
    (Field.OGRN, " огрн "),
    (Field.OKTMO, "октмо"),
    (Field.REGION, "регион"),
    (Field.REGION, "субъект федераци"),
    (Field.REGION, "субъект рф"),
    (Field.MUNICIPALITY, "муниципальн образования"),
    (Field.MUNICIPALITY, "муниципальн образование"),
    (Field.MUNICIPALITY, "муниципальн район"),
    (Field.MUNICIPALITY, "муниципальн округ"),
    (Field.MUNICIPALITY, "муниципалитет"),
    (Field.KIND, "тип учрежд"),
    (Field.KIND, "вид учрежд"),
    (Field.KIND, "тип организац"),
    (Field.KIND, "вид организац"),
    (Field.KIND, "tip uch"),
    (Field.KIND, "vid uch"),
    (Field.SHORT_NAME, "кратк наимен"),
    (Field.SHORT_NAME, "сокращ наимен"),
    (Field.SHORT_NAME, "кратк назван"),
    (Field.SHORT_NAME, "сокращ назван"),
    (Field.FULL_NAME, "наименован"),
    (Field.FULL_NAME, "назван"),
    (Field.FULL_NAME, " name "),
    (Field.ADDRESS, "адрес"),
    (Field.HEAD_NAME, "руководител"),
    (Field.HEAD_NAME, "директор"),
    (Field.HEAD_NAME, "заведующ"),
]


@dataclass(frozen=True)
class Header:
    """`columns` are indexes of cells, `titles` the headers as they are written, `first_row` is the first of data."""

    columns: dict[Field, list[int]]
    titles: list[str]
    first_row: int

    def title(self, field: Field) -> str:
        indexes = self.columns.get(field)
        return self.titles[indexes[0]] if indexes else field.label

    def understood(self) -> list[tuple[str, str]]:
        """Pairs «what it is, how the file calls it», for a person to check."""
        return [(str(field.label), self.titles[index]) for field in Field for index in self.columns.get(field, [])]

    def unknown(self) -> list[str]:
        """Headers of columns that are not read."""
        known = {index for indexes in self.columns.values() for index in indexes}
        return [title for index, title in enumerate(self.titles) if title and index not in known]


def find_header(rows: list[list[str]]) -> Header | None:
    """The header among the first rows: one row, or two where cells are merged. None where no row looks like one."""
    best: Header | None = None
    for number in range(min(HEADER_WITHIN, len(rows))):
        for height, titles in ((1, rows[number]), (2, _merged(rows[number], rows[number + 1 : number + 2]))):
            columns = _columns(titles)
            if len(columns) > (len(best.columns) if best else 1) and _tells_organizations(columns):
                best = Header(columns, [" ".join(title.split()) for title in titles], number + height)
    return best


def find_columns(table: Table, *, region: str = "") -> Header:
    """The columns of a list of organizations. Raises NotATable where the file as a whole is no such list."""
    header = find_header(table.rows)
    if header is None:
        raise NotATable(NO_HEADER)
    check_region(header, region)
    return header


def check_region(header: Header, region: str) -> None:
    if not region and Field.REGION not in header.columns:
        raise NotATable("В файле нет столбца с регионом: укажите, к какому региону относится список.")


def header_at(rows: list[list[str]], number: int) -> Header:
    """The header in the row that a person has pointed at, counted from 1; 0: there is none, the data begin at once."""
    if number == 0:
        return Header({}, [""] * max(map(len, rows), default=0), 0)
    top = rows[number - 1]
    merged = _merged(top, rows[number : number + 1])
    is_merged = len(_columns(merged)) > len(_columns(top))
    titles = [" ".join(title.split()) for title in (merged if is_merged else top)]
    return Header(_columns(titles), titles, number + is_merged)


def likely_header(rows: list[list[str]]) -> Header | None:
    """Where no row says anything known: the first that is as wide as most. None: this is no table at all."""
    widths = [sum(bool(cell.strip()) for cell in row) for row in rows[: 4 * HEADER_WITHIN]]
    usual = max(Counter(width for width in widths if width > 1).items(), key=itemgetter(1, 0), default=(0, 0))[0]
    found = next((at for at, width in enumerate(widths[:HEADER_WITHIN], 1) if width >= usual > 1), None)
    return header_at(rows, found) if found and found < len(rows) else None


def _tells_organizations(columns: dict[Field, list[int]]) -> bool:
    return bool(columns.keys() & {Field.FULL_NAME, Field.SHORT_NAME, Field.INN, Field.OGRN})


def _merged(top: list[str], below: list[list[str]]) -> list[str]:
    """The titles of a two-row header («Контакты» over «телефон» and «эл. почта»); empty where these are no two rows.

    Some cells are merged downwards (empty below) and some sideways (empty above, but filled below).
    """
    bottom = below[0] if below else []
    width = max(len(top), len(bottom))
    pairs = list(zip(top + [""] * (width - len(top)), bottom + [""] * (width - len(bottom)), strict=True))
    is_header = any(not over and under for over, under in pairs) and any(over and not under for over, under in pairs)
    if not is_header or any(sum(map(str.isdigit, under)) > 4 for under in bottom):
        return []
    titles, parent = [], ""
    for over, under in pairs:
        parent = over or (parent if under else "")
        titles.append(f"{parent} {under}".strip())
    return titles


def _columns(titles: list[str]) -> dict[Field, list[int]]:
    """Exact titles first, then titles that hold telling pieces; of two columns for one thing the first wins."""
    keys = [_key(title) for title in titles]
    columns: dict[Field, list[int]] = defaultdict(list)
    for is_exact in (True, False):
        for index, key in enumerate(keys):
            if not key or any(index in taken for taken in columns.values()):
                continue
            for field in _exact_fields(key) if is_exact else _fields_by_pieces(key):
                if field in REPEATABLE or not columns[field]:
                    columns[field].append(index)
    return {field: sorted(indexes) for field, indexes in columns.items() if indexes}


def _key(title: str) -> str:
    key = " ".join(_SIGNS.sub(" ", fold(title)).split())
    is_data = len(key) > _LONGEST_TITLE or sum(map(str.isdigit, key)) > 4
    return "" if is_data else key


def _exact_fields(key: str) -> list[Field]:
    return [_BY_EXACT[key]] if key in _BY_EXACT else []


def _fields_by_pieces(key: str) -> list[Field]:
    """One field; two for a column «ИНН/КПП», whose cells hold both."""
    padded = f" {key} "
    if " инн " in padded and " кпп " in padded:
        return [Field.INN, Field.KPP]
    for field, pieces in _BY_PIECES:
        if all(piece in padded for piece in ([pieces] if pieces.startswith(" ") else pieces.split())):
            return [field] if field else []
    return []
