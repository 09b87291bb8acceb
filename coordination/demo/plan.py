"""Which organizations the example has, where they lie and how far they have come. Nothing here asks the database."""

from dataclasses import dataclass, replace
from random import Random

from coordination.demo.names import LONGEST, Name, Names, Numbers, registry_numbers
from coordination.demo.people import People
from organizations.statuses import AdministratorState as State
from organizations.statuses import Kind, Step

TOWN = "Город Томск"
# Municipality: (its name in the genitive, registered schools). Schools sum up to 202, the region's own figure.
SCHOOLS = {
    TOWN: ("г. Томска", 50),
    "Томский район": ("Томского района", 24),
    "ЗАТО Северск": ("ЗАТО Северск", 12),
    "Колпашевский район": ("Колпашевского района", 11),
    "Асиновский район": ("Асиновского района", 9),
    "Каргасокский район": ("Каргасокского района", 9),
    "Верхнекетский район": ("Верхнекетского района", 8),
    "Кожевниковский район": ("Кожевниковского района", 8),
    "Первомайский район": ("Первомайского района", 8),
    "Бакчарский район": ("Бакчарского района", 7),
    "Кривошеинский район": ("Кривошеинского района", 7),
    "Парабельский район": ("Парабельского района", 7),
    "Чаинский район": ("Чаинского района", 7),
    "Шегарский район": ("Шегарского района", 7),
    "Город Стрежевой": ("г. Стрежевого", 6),
    "Молчановский район": ("Молчановского района", 6),
    "Александровский район": ("Александровского района", 5),
    "Зырянский район": ("Зырянского района", 5),
    "Тегульдетский район": ("Тегульдетского района", 4),
    "Город Кедровый": ("г. Кедрового", 2),
}
TOWNS = (TOWN, "ЗАТО Северск", "Город Стрежевой")
# 27 registered organizations that are not schools.
OTHERS = {
    Kind.KINDERGARTEN: [TOWN] * 5 + ["ЗАТО Северск"] * 2 + ["Томский район", "Колпашевский район", "Город Стрежевой"],
    Kind.COLLEGE: [TOWN] * 4 + ["ЗАТО Северск", "Асиновский район", "Колпашевский район", "Первомайский район"],
    Kind.ADDITIONAL: [TOWN] * 4
    + ["ЗАТО Северск", "Томский район", "Верхнекетский район", "Каргасокский район", "Шегарский район"],
}
# Organizations whose story is told by the portal's own verbs: (municipality, kind, story). Those of the first list end
# as registered; of the others the first seven show steps 1 and 2, and five have not begun.
REGISTERED_STORIES = [
    ("Верхнекетский район", Kind.SCHOOL, "marina"),
    ("Верхнекетский район", Kind.SCHOOL, "handover-waits"),
    ("Томский район", Kind.SCHOOL, "handover-waits"),
    (TOWN, Kind.SCHOOL, "handover-done"),
    ("Колпашевский район", Kind.SCHOOL, "handover-nominated"),
    (TOWN, Kind.SCHOOL, "help-waits"),
    ("Каргасокский район", Kind.SCHOOL, "help-answered"),
    ("Бакчарский район", Kind.SCHOOL, "dismissed"),
    ("Верхнекетский район", Kind.SCHOOL, "number-changed"),
    ("Кожевниковский район", Kind.SCHOOL, "two-communities"),
    ("Верхнекетский район", Kind.SCHOOL, "unreachable"),
    ("Парабельский район", Kind.SCHOOL, "order-over"),
    ("Верхнекетский район", Kind.SCHOOL, "deputy-ends"),
    ("Шегарский район", Kind.SCHOOL, "deputy-over"),
    (TOWN, Kind.SCHOOL, "newcomer"),
    ("ЗАТО Северск", Kind.SCHOOL, "newcomer"),
    ("Томский район", Kind.SCHOOL, "newcomer"),
    ("Каргасокский район", Kind.SCHOOL, "newcomer"),
]
BEGINNERS = [
    ("Асиновский район", Kind.SCHOOL, "oleg"),
    (TOWN, Kind.KINDERGARTEN, "requested"),
    ("Первомайский район", Kind.SCHOOL, "needs-correction"),
    ("Верхнекетский район", Kind.KINDERGARTEN, "appointed"),
    (TOWN, Kind.ADDITIONAL, "appointed"),
    ("Город Кедровый", Kind.KINDERGARTEN, "appointed"),
    ("Чаинский район", Kind.SCHOOL, "appointed-unchecked"),
    (TOWN, Kind.KINDERGARTEN, ""),
    (TOWN, Kind.KINDERGARTEN, ""),
    ("Томский район", Kind.SCHOOL, ""),
    ("Верхнекетский район", Kind.ADDITIONAL, "head-invited"),
    ("Бакчарский район", Kind.KINDERGARTEN, ""),
]
# How the registered organizations stand: registered years ago, and for most nobody knows who answers today. The
# stories of the four newcomers are not among these, the others begin as (UNCONFIRMED, REGISTERED).
STANDING = {
    (State.UNCONFIRMED, Step.REGISTERED): 87,
    (State.UNCONFIRMED, Step.SIGNED_IN): 22,
    (State.CHANGING, Step.REGISTERED): 24,
    (State.CHANGING, Step.SIGNED_IN): 10,
    (State.CHANGING, Step.CLASSES): 6,
    (State.CHANGING, Step.INVITED): 5,
    (State.CHANGING, Step.MIGRATED): 1,
    (State.CONFIRMED, Step.REGISTERED): 3,
    (State.CONFIRMED, Step.SIGNED_IN): 8,
    (State.CONFIRMED, Step.CLASSES): 10,
    (State.CONFIRMED, Step.INVITED): 13,
    (State.CONFIRMED, Step.MIGRATED): 10,
    (State.ABSENT, Step.SIGNED_IN): 2,
    (State.ABSENT, Step.CLASSES): 2,
    (State.ABSENT, Step.INVITED): 2,
    (State.UNKNOWN, Step.REGISTERED): 20,
}
LONGEST_IN = "Верхнекетский район"
BRANCHES = {"Томский район": "Заречный филиал", "Кривошеинский район": "Озёрный филиал", TOWN: "корпус 2"}


@dataclass(frozen=True)
class Planned:
    """One organization as it stands before its story, if it has one, is told."""

    municipality: str
    name: Name
    numbers: Numbers
    head: str
    email: str
    phone: str
    address: str
    step: Step | None = None
    state: State = State.UNKNOWN
    story: str = ""


class Planner:
    def __init__(self, random: Random, people: People) -> None:
        self.random, self.people = random, people
        self.names, self.numbers = Names(random), registry_numbers()

    def all(self) -> list[Planned]:
        """229 that are, or whose story makes them, registered, 202 of them schools; then twelve that are not."""
        stories = [self._one(*story) for story in REGISTERED_STORIES]
        told = {place: sum(1 for one in stories if one.municipality == place) for place in SCHOOLS}
        rest = [one for place, (_, number) in SCHOOLS.items() for one in self._schools(place, number - told[place])]
        rest += [self._one(place, kind) for kind, places in OTHERS.items() for place in places]
        self.random.shuffle(rest)
        standing = [key for key, number in STANDING.items() for _ in range(number)]
        begun = [
            one if one.story == "newcomer" else replace(one, step=Step.REGISTERED, state=State.UNCONFIRMED)
            for one in stories
        ]
        for one in begun:
            if one.step:
                standing.remove((State.UNCONFIRMED, Step.REGISTERED))
        self.random.shuffle(standing)
        begun += [replace(one, state=state, step=step) for one, (state, step) in zip(rest, standing, strict=True)]
        return begun + [self._one(*beginner) for beginner in BEGINNERS]

    def _schools(self, place: str, number: int) -> list[Planned]:
        """The last one of some municipalities is a branch: a row of its own under the numbers of another school."""
        schools = [self._one(place, Kind.SCHOOL) for _ in range(number)]
        if branch := BRANCHES.get(place):
            of = schools[0]
            schools[-1] = replace(schools[-1], numbers=of.numbers, name=replace(of.name, branch=branch))
        if place == LONGEST_IN:
            schools[-1] = replace(schools[-1], name=LONGEST)
        return schools

    def _one(self, place: str, kind: Kind, story: str = "") -> Planned:
        numbers = next(self.numbers)
        has_mailbox = bool(story) or self.random.randrange(10) > 1
        return Planned(
            municipality=place,
            name=self._name(place, kind, is_full=bool(story)),
            numbers=numbers,
            head=self.people.adult(),
            # .example belongs to nobody by RFC 2606: nothing sent there can arrive.
            email=f"office-{numbers.inn[4:9].lstrip('0')}@edu.example" if has_mailbox else "",
            phone=self.people.landline(),
            address=f"Томская область, {place}, ул. Школьная, д. {self.random.randint(1, 60)}",
            story=story,
        )

    def _name(self, place: str, kind: Kind, *, is_full: bool) -> Name:
        of = SCHOOLS[place][0]
        if kind == Kind.SCHOOL:
            return self.names.town_school(of) if place in TOWNS else self.names.village_school(of, is_full=is_full)
        make = {Kind.KINDERGARTEN: self.names.kindergarten, Kind.COLLEGE: self.names.college}
        return make.get(kind, self.names.club)(of)
