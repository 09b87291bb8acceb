"""Names and numbers of invented organizations, after the patterns of the real register with its unevenness."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from random import Random

from stdnum.ru import inn, ogrn

from coordination.demo.people import words
from organizations.statuses import Kind

# No school of the region has a number from 101 on.
_FIRST_NUMBER = 101
_PREFIXES = ("", "Ново", "Верхне", "Нижне", "Старо", "Мало", "Средне")
_PLACES = words(
    "берёзовская боровская еловская ельниковская журавлёвская заозёрская ивовская калиновская кедровская ключевская "
    "лебяжская луговская моховская озёрская осиновская пихтовская полевская родниковская ручьёвская рябиновская "
    "снегирёвская сосновская таловская черёмуховская"
)
_FORMS = {
    "МБОУ": "Муниципальное бюджетное общеобразовательное учреждение",
    "МАОУ": "Муниципальное автономное общеобразовательное учреждение",
    "МКОУ": "Муниципальное казённое общеобразовательное учреждение",
}
_GARDENS = ("Солнышко", "Алёнушка", "Ручеёк", "Берёзка", "Теремок", "Кедровичок", "Звёздочка", "Радуга", "Светлячок")
_TRADES = ("промышленных технологий", "сферы услуг", "лесных технологий", "дорожного строительства", "связи")
_CLUBS = (
    ("МБУ ДО", "ДЮСШ", "Детско-юношеская спортивная школа"),
    ("МБОУ ДО", "ДДТ", "Дом детского творчества"),
    ("МАУ ДО", "ДШИ", "Детская школа искусств"),
)


@dataclass(frozen=True)
class Name:
    kind: Kind
    full: str
    short: str
    branch: str = ""


LONGEST = Name(
    Kind.SCHOOL,
    "Муниципальное казённое общеобразовательное учреждение «Верхнечерёмушкинская основная общеобразовательная школа "
    "имени первых учителей, лекарей и лесников посёлков – структурное подразделение для обучающихся с "
    "ограниченными возможностями здоровья, детский сад общеразвивающего вида и школьный интернат» муниципального "
    "района",
    "МКОУ «Верхнечерёмушкинская ООШ» Верхнекетского района",
)
"""As long as names get in real registers: 322 characters."""


@dataclass(frozen=True)
class Numbers:
    inn: str
    kpp: str
    ogrn: str


class Names:
    """The names of one region, without a repetition; `of` is the municipality in the genitive."""

    def __init__(self, random: Random) -> None:
        self.random = random
        places = [(prefix + place).capitalize() for prefix in _PREFIXES for place in _PLACES]
        random.shuffle(places)
        self._places = iter(places)
        self._school_numbers = count(_FIRST_NUMBER)
        self._other_numbers = count(_FIRST_NUMBER)

    def village_school(self, of: str, *, is_full: bool = False) -> Name:
        """With eleven grades where `is_full`, else of nine or eleven."""
        form = self.random.choices(list(_FORMS), weights=[6, 2, 2])[0]
        place = next(self._places)
        short, full = self.random.choices(
            [("СОШ", "средняя общеобразовательная школа"), ("ООШ", "основная общеобразовательная школа")],
            [4, 0 if is_full else 1],
        )[0]
        written = _FORMS[form]
        shape = self.random.randrange(10)
        if shape == 0:  # the register spells some without quotes and with a small letter
            return Name(Kind.SCHOOL, f"{written.lower()} {place} {full} {of}", f"{form} {place} {short} {of}")
        left, right = '""' if shape == 1 else "«»"
        return Name(
            Kind.SCHOOL, f"{written} {left}{place} {full}{right} {of}", f"{form} {left}{place} {short}{right} {of}"
        )

    def town_school(self, town: str) -> Name:
        number, form = next(self._school_numbers), self.random.choices(list(_FORMS), weights=[3, 6, 0])[0]
        short, full = self.random.choices(
            [("СОШ", "средняя общеобразовательная школа"), ("лицей", "лицей"), ("гимназия", "гимназия")], [7, 2, 2]
        )[0]
        mark = self.random.choice(("№ ", "№ ", "№"))
        return Name(
            Kind.SCHOOL, f"{_FORMS[form]} {full} {mark}{number} {town}", f"{form} {short} {mark}{number} {town}"
        )

    def kindergarten(self, of: str) -> Name:
        number, word = next(self._other_numbers), self.random.choice(_GARDENS)
        return Name(
            Kind.KINDERGARTEN,
            f"Муниципальное бюджетное дошкольное образовательное учреждение «Детский сад № {number} «{word}» {of}",
            f"МБДОУ детский сад № {number} «{word}» {of}",
        )

    def college(self, of: str) -> Name:
        trade = self.random.choice(_TRADES)
        number = next(self._other_numbers)
        return Name(
            Kind.COLLEGE,
            f"Областное государственное бюджетное профессиональное образовательное учреждение "
            f"«Колледж {trade} № {number}» {of}",
            f"ОГБПОУ «Колледж {trade} № {number}» {of}",
        )

    def club(self, of: str) -> Name:
        form, short, full = self.random.choice(_CLUBS)
        number = next(self._other_numbers)
        return Name(
            Kind.ADDITIONAL,
            f"Муниципальное учреждение дополнительного образования «{full} № {number}» {of}",
            f"{form} «{short} № {number}» {of}",
        )


def registry_numbers() -> Iterator[Numbers]:
    """Numbers with right check digits, of the tax office 7099, which does not exist."""
    for number in count(1):
        body = f"7099{number:05d}"
        main = f"10270990{number:04d}"
        yield Numbers(body + inn.calc_company_check_digit(body), "709901001", main + ogrn.calc_check_digit(main + "0"))
