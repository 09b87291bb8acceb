"""People who do not exist, and how they type their names: the set on which the matching of names is measured.

Drawn by a seed from the frequency list in `data/`: schools of classes with siblings and namesakes. Pupils type their
names in twelve kinds of distortion. People who are not expected type, too: strangers, pupils of other classes and
schools, brothers and sisters, bearers of a pupil's surname and first name. Strangers and pupils may leave out or
shorten anything. The last two type all three parts and meet lists with patronymics: where just that is left out which
tells two people apart, no comparing of names can know them (`UNTOLD` is drawn, too, to show how often that happens).
"""

import csv
import random
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

DATA = Path(__file__).resolve().parent / "data"
LETTERS = "абвгдежзийклмнопрстуфхцчшщыьэюя"


@dataclass(frozen=True)
class Person:
    """`number` is the person; names may be shared."""

    number: int
    surname: str
    first: str
    patronymic: str
    short: str
    sex: str
    group: str

    @property
    def full_name(self) -> str:
        return " ".join(filter(None, (self.surname, self.first, self.patronymic)))


class People:
    """Draws persons from the frequency list."""

    def __init__(self, rng: random.Random) -> None:
        self.rng, self.count = rng, 0
        self.surnames = _table("surnames.tsv")
        names = _table("first_names.tsv")
        self.children = {(s, g): [n for n in names if n["sex"] == s and n["group"] == g] for s in "mf" for g in GROUPS}
        self.fathers = {g: [n for n in names if n["sex"] == "m" and n["group"] == g] for g in GROUPS}

    def drawn(self, rows: list[dict[str, str]], weight: str) -> dict[str, str]:
        return self.rng.choices(rows, [int(row[weight]) for row in rows])[0]

    def person(self) -> Person:
        family = self.drawn(self.surnames, "weight")
        sex = self.rng.choice("mf")
        surname = of_sex(family["surname"], sex)
        if self.rng.random() < 0.03:
            other = self.drawn(self.surnames, "weight")["surname"]
            surname += "-" + of_sex(other, sex)
        person = Person(0, surname, "", self.patronymic(family["group"], sex), "", sex, family["group"])
        return self.called_anew(person)

    def called_anew(self, person: Person) -> Person:
        """Another person of the same family: another first name."""
        group = person.group if self.rng.random() < 0.7 else "ru"
        name = person.first
        while name == person.first:
            row = self.drawn(self.children[person.sex, group], "children")
            name = row["name"]
        self.count += 1
        return replace(person, number=self.count, first=name, short=self.rng.choice(row["short"].split(",")))

    def patronymic(self, group: str, sex: str) -> str:
        if self.rng.random() < (0.08 if group in ("ca", "bu") else 0.02):
            return ""
        father = self.drawn(self.fathers[group if self.rng.random() < 0.8 else "ru"], "fathers")
        if group == "ca" and self.rng.random() < 0.25:
            return f"{father['name']} {'оглы' if sex == 'm' else 'кызы'}"
        return father["son" if sex == "m" else "daughter"]

    def sibling(self, person: Person, known: Iterable[Person]) -> Person:
        """The same family, called like nobody of that surname among `known`."""
        names = {(one.surname, one.first) for one in known}
        while ((made := self.called_anew(person)).surname, made.first) in names:
            pass
        return made

    def namesake(self, person: Person, known: Iterable[Person]) -> Person:
        """The same surname and first name, another father, also than of such namesakes among `known`."""
        same = [one for one in known if (one.surname, one.first) == (person.surname, person.first)]
        fathers = {one.patronymic[:4] for one in [*same, person]} | {""}  # «Эльдар оглы» and «Эльдарович» have one
        while (patronymic := self.patronymic(person.group, person.sex))[:4] in fathers:
            pass
        self.count += 1
        return replace(person, number=self.count, patronymic=patronymic)


GROUPS = ("ru", "tu", "ca", "bu")


def _table(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def of_sex(surname: str, sex: str) -> str:
    if sex == "m":
        return surname
    if surname.endswith(("ов", "ев", "ёв", "ин", "ын")):
        return surname + "а"
    return re.sub("(ий|ый|ой)$", "ая", surname) if surname != "Цой" else surname


# The twelve kinds: each takes a person and gives what is typed, or nothing where the name has no place for it.

Typing = Callable[[Person, random.Random], str]


def yo(person: Person, rng: random.Random) -> str:
    name = person.full_name
    return name.replace("ё", "е").replace("Ё", "Е") if "ё" in name.lower() else ""


def case(person: Person, rng: random.Random) -> str:
    return rng.choice([str.upper, str.lower, str.swapcase])(person.full_name)


def hyphens(person: Person, rng: random.Random) -> str:
    return person.full_name.replace("-", rng.choice([" ", " - ", "–", " — ", "‑"])) if "-" in person.full_name else ""


def spaces(person: Person, rng: random.Random) -> str:
    parts = person.full_name.split(" ")
    run_together = "".join(parts[:2]) + " " + " ".join(parts[2:])
    return rng.choice(["  ".join(parts), "\u00a0".join(parts), " " + " \t".join(parts) + " ", run_together])


def order(person: Person, rng: random.Random) -> str:
    surname, first, patronymic = person.surname, person.first, person.patronymic
    orders = [(first, patronymic, surname), (first, surname, patronymic), (surname, patronymic, first)]
    return " ".join(filter(None, rng.choice(orders)))


def initials(person: Person, rng: random.Random) -> str:
    first, patronymic = person.first[0], person.patronymic[:1]
    if not patronymic:
        return ""
    letters = rng.choice([f"{first}. {patronymic}.", f"{first}.{patronymic}."])
    return rng.choice([f"{person.surname} {letters}", f"{letters} {person.surname}"])


def no_patronymic(person: Person, rng: random.Random) -> str:
    if not person.patronymic:
        return ""
    return " ".join(rng.choice([(person.surname, person.first), (person.first, person.surname)]))


def typo(person: Person, rng: random.Random) -> str:
    name = person.full_name
    place = rng.choice([at for at in range(len(name) - 1) if name[at].isalpha() and name[at + 1].isalpha()])
    letter = rng.choice(LETTERS)
    while letter == name[place].lower():
        letter = rng.choice(LETTERS)
    before, this, after = name[:place], name[place], name[place + 1 :]
    swapped = before + after[0] + this + after[1:]
    made = rng.choice([before + after, before + letter + after, before + this + letter + after, swapped])
    return made if made != name else before + after


_PASSPORT_LETTERS = """
а=a б=b в=v г=g д=d е=e ё=e ж=zh з=z и=i й=i к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ф=f х=kh ц=ts ч=ch ш=sh щ=shch ъ=ie
ы=y ь= э=e ю=iu я=ia
"""
_PASSPORT = dict(pair.split("=") for pair in _PASSPORT_LETTERS.split())
_OLD = _PASSPORT | {"ё": "yo", "й": "y", "ю": "yu", "я": "ya", "ъ": "", "ц": "ts"}
_CASUAL = _PASSPORT | {"х": "h", "й": "j", "ю": "ju", "я": "ja", "щ": "sch", "ъ": "", "ё": "e", "ц": "c"}


def latin(person: Person, rng: random.Random) -> str:
    table = rng.choice([_PASSPORT, _OLD, _CASUAL])
    text = "".join(table.get(letter, letter) for letter in person.full_name.lower())
    return rng.choice([text.title(), text.upper()])


_LOOK_ALIKE = dict(zip("АВЕКМНОРСТХаеорсухё", "ABEKMHOPCTXaeopcyxë", strict=True))


def look_alikes(person: Person, rng: random.Random) -> str:
    return "".join(_LOOK_ALIKE.get(c, c) if rng.random() < 0.5 else c for c in person.full_name)


def short_name(person: Person, rng: random.Random) -> str:
    return " ".join(filter(None, (person.surname, person.short, person.patronymic)))


def as_it_is(person: Person, rng: random.Random) -> str:
    return person.full_name


DISTORTIONS: dict[str, Typing] = {
    "ё": yo,
    "case": case,
    "hyphens": hyphens,
    "spaces": spaces,
    "order": order,
    "initials": initials,
    "no patronymic": no_patronymic,
    "one letter": typo,
    "latin": latin,
    "look-alikes": look_alikes,
    "short name": short_name,
}
IN_LIST = "no patronymic in the list"  # the twelfth kind: the person types everything, the school did not
AS_IT_IS = "as it is"
OTHER_FATHER = "same name, other father"
UNTOLD = "… where the list has no fathers"
TELLING = [AS_IT_IS, "ё", "case", "hyphens", "spaces", "order", "one letter", "latin", "look-alikes"]


@dataclass(frozen=True)
class Case:
    """Somebody typed a name into the form of a class. `who` is a kind of distortion, or why nobody waits for it."""

    who: str
    typed: str
    person: Person
    is_expected: bool


@dataclass
class SchoolClass:
    pupils: list[Person]
    has_patronymics: bool

    def lines(self) -> list[tuple[int, str]]:
        return [(p.number, p.full_name if self.has_patronymics else f"{p.surname} {p.first}") for p in self.pupils]


def make_school(people: People, classes: int) -> list[SchoolClass]:
    rng, made, everybody = people.rng, [], []
    for _ in range(classes):
        pupils: list[Person] = []
        for _ in range(rng.randint(25, 30)):
            draw = rng.random()
            if draw < 0.01 and pupils:
                pupil = people.sibling(rng.choice(pupils), everybody + pupils)  # twins
            elif draw < 0.10 and everybody:
                pupil = people.sibling(rng.choice(everybody), everybody + pupils)
            elif draw < 0.105 and pupils:
                pupil = people.namesake(rng.choice(pupils), pupils)
            else:
                pupil = people.person()
            pupils.append(pupil)
        everybody += pupils
        made.append(SchoolClass(pupils, has_patronymics=rng.random() > 1 / 13))
    return made


def cases_of(people: People, schools: list[list[SchoolClass]], place: tuple[int, int]) -> Iterator[Case]:
    """What is typed into the form of one class."""
    rng, (school, number) = people.rng, place
    own = schools[school][number]
    for pupil in own.pupils:
        kind = rng.choice([AS_IT_IS, *DISTORTIONS]) if own.has_patronymics else IN_LIST
        typed = DISTORTIONS.get(kind, as_it_is)(pupil, rng)
        if typed:
            yield Case(kind, typed, pupil, is_expected=True)
    others = [one for one in schools[school] if one is not own] or [own]
    named = [pupil for pupil in own.pupils if pupil.patronymic]  # without it, any father would do
    abroad = schools[(school + 1) % len(schools)]
    unexpected: list[tuple[str, Callable[[], Person], list[str]]] = [
        ("stranger", people.person, [AS_IT_IS, *DISTORTIONS]),
        ("pupil of another class", lambda: rng.choice(rng.choice(others).pupils), [AS_IT_IS, *DISTORTIONS]),
        ("pupil of another school", lambda: rng.choice(rng.choice(abroad).pupils), [AS_IT_IS, *DISTORTIONS]),
        ("brother or sister", lambda: people.sibling(rng.choice(own.pupils), own.pupils), TELLING),
        (
            OTHER_FATHER if own.has_patronymics else UNTOLD,
            lambda: people.namesake(rng.choice(named), own.pupils),
            TELLING,
        ),
    ]
    for who, draw, kinds in unexpected:
        for _ in range(3 if who.startswith(("stranger", "pupil")) else 1):
            person, kind = draw(), rng.choice(kinds)
            typed = DISTORTIONS.get(kind, as_it_is)(person, rng) or person.full_name
            yield Case(who, typed, person, is_expected=False)
