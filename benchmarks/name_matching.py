"""How well typed names find their lines in the lists of expected names, and how fast.

    python benchmarks/name_matching.py --schools 60

The set is that of typed_names.py. Green is right only where it names the line of that very person. The yardstick is
what most programs do: the best token_set_ratio of RapidFuzz, 85 of 100 is "the same".
"""

import argparse
import os
import random
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from rapidfuzz import fuzz, process

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.typed_names import (
    AS_IT_IS,
    DISTORTIONS,
    IN_LIST,
    UNTOLD,
    Case,
    People,
    SchoolClass,
    as_it_is,
    cases_of,
    make_school,
)
from invitations.matching import Kind, NameList
from invitations.person_names import Name

if TYPE_CHECKING:
    from organizations.models import Organization


@dataclass
class Score:
    piles: dict[str, Counter[str]]
    wrong: list[tuple[Case, str]]

    @property
    def greens(self) -> int:
        return sum(pile["green"] for pile in self.piles.values()) + len(self.wrong)

    @property
    def precision(self) -> float:
        return 1 - len(self.wrong) / max(self.greens, 1)

    def recall(self, kind: str) -> float:
        pile = self.piles[kind]
        return pile["green"] / sum(pile.values())

    @property
    def kinds(self) -> list[str]:
        return [kind for kind in [*DISTORTIONS, IN_LIST] if kind in self.piles]

    @property
    def mean_recall(self) -> float:
        """Each kind of distortion weighs the same; names typed as they are do not count."""
        return sum(map(self.recall, self.kinds)) / len(self.kinds)


Finder = Callable[[SchoolClass, list[SchoolClass]], Callable[[str], tuple[str, list[int]]]]


def ours(own: SchoolClass, school: list[SchoolClass]) -> Callable[[str], tuple[str, list[int]]]:
    names, beside = NameList.of(own.lines()), _whole(school)

    def find(typed: str) -> tuple[str, list[int]]:
        found = names.find(Name(typed), beside=beside)
        return {Kind.FOUND: "green", Kind.NEAR: "near", Kind.UNKNOWN: "unknown"}[found.kind], list(found.lines)

    return find


_wholes: dict[int, NameList] = {}


def _whole(school: list[SchoolClass]) -> NameList:
    if id(school) not in _wholes:
        _wholes[id(school)] = NameList.of(line for one in school for line in one.lines())
    return _wholes[id(school)]


def by_token_set(own: SchoolClass, school: list[SchoolClass]) -> Callable[[str], tuple[str, list[int]]]:
    """The yardstick: what most programs do, 85 of 100 is "the same"."""
    lines = {key: text.casefold() for key, text in own.lines()}

    def find(typed: str) -> tuple[str, list[int]]:
        best = process.extractOne(typed.casefold(), lines, scorer=fuzz.token_set_ratio, score_cutoff=60)
        if best is None:
            return "unknown", []
        return ("green" if best[1] >= 85 else "near"), [best[2]]

    return find


def measure(finder: Finder, *, schools: int, classes: int, seed: int) -> Score:
    people = People(random.Random(seed))
    made = [make_school(people, classes) for _ in range(schools)]
    score = Score(defaultdict(Counter), [])
    for school, own_school in enumerate(made):
        for number, own in enumerate(own_school):
            find = finder(own, own_school)
            texts = dict(own.lines())
            for case in cases_of(people, made, (school, number)):
                pile, lines = find(case.typed)
                if pile == "green" and not is_right(case, lines, texts):
                    pile = "wrong"
                    if case.who != UNTOLD:
                        score.wrong.append((case, texts[lines[0]]))
                score.piles[case.who][pile] += 1
    return score


def is_right(case: Case, lines: list[int], texts: dict[int, str]) -> bool:
    """Two pupils of one name in a class are two lines: either serves, people tell them apart before."""
    return case.is_expected and {texts[line] for line in lines} == {texts[case.person.number]}


def seconds_of(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def time_thousand(seed: int) -> None:
    people = People(random.Random(seed))
    pupils = [people.person() for _ in range(1000)]
    lines = [(p.number, p.full_name) for p in pupils]
    kinds = [as_it_is, *DISTORTIONS.values()]
    typed = [people.rng.choice(kinds)(p, people.rng) or p.full_name for p in pupils]

    def by_us() -> None:
        names = NameList.of(lines)
        for name in typed:
            names.find(Name(name), beside=names)

    def yardstick() -> None:
        texts = [text.casefold() for _, text in lines]
        for name in typed:
            process.extractOne(name.casefold(), texts, scorer=fuzz.token_set_ratio)

    for what, work in {"ours": by_us, "token_set_ratio": yardstick}.items():
        best = min(seconds_of(work) for _ in range(3))
        print(f"1,000 typed names against one list of 1,000, {what:<16} {best:6.2f} s")


def time_portal(seed: int) -> None:
    """A school of 36 classes on SQLite: every pupil has asked, half of them by a distorted name."""
    from django.core.management import call_command
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from invitations.piles import piles_of
    from invitations.statuses import Pile

    call_command("migrate", verbosity=0)
    school = fill_portal(People(random.Random(seed)))
    with CaptureQueriesContext(connection) as statements:
        piles = piles_of(school)
    figures = ", ".join(f"{pile.value} {len(piles.of(pile))}" for pile in Pile)
    started = time.process_time()
    for _ in range(5):
        piles_of(school)
    spent = (time.process_time() - started) / 5
    print(
        f"{len(piles.verdicts)} requests of one school ({figures}): {len(statements)} statements, {spent:.2f} s of CPU"
    )


def fill_portal(people: People) -> "Organization":
    from conftest import make_organization, make_user
    from invitations.models import ExpectedMember, JoinRequest, ListGround
    from invitations.tests.builders import in_days, make_invitation

    school, day = make_organization(), in_days(30)
    ListGround.objects.create(
        organization=school, document="Приказ", number="1", dated_on=day, wave_ends_on=day, recorded_by=make_user()
    )
    kinds = [as_it_is] * len(DISTORTIONS) + list(DISTORTIONS.values())
    for number, one in enumerate(make_school(people, 36)):
        link = make_invitation(school, section=f"А{number}")
        place = {"organization": school, "school_class": link.school_class, "role": link.role}
        names = [pupil.full_name for pupil in one.pupils]
        ExpectedMember.objects.bulk_create(ExpectedMember(**place, full_name=name) for name in names)
        typed = [people.rng.choice(kinds)(pupil, people.rng) or pupil.full_name for pupil in one.pupils]
        JoinRequest.objects.bulk_create(
            JoinRequest(
                **place, invitation=link, full_name=name, form_key=uuid4(), consent_version="1", purge_after=day
            )
            for name in typed
        )
    return school


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--schools", type=int, default=60)
    options.add_argument("--classes", type=int, default=24)
    options.add_argument("--seed", type=int, default=20260901)
    options.add_argument("--wrong", action="store_true", help="name the wrong greens")
    chosen = options.parse_args()
    for title, finder in {"the portal": ours, "token_set_ratio ≥ 85": by_token_set}.items():
        score = measure(finder, schools=chosen.schools, classes=chosen.classes, seed=chosen.seed)
        print(f"\n{title}")
        print_table(score)
        for case, line in score.wrong if chosen.wrong and finder is ours else []:
            print(f"  {case.who}: typed «{case.typed}», is {case.person.full_name}, taken for {line}")
    print()
    time_thousand(chosen.seed)
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DJANGO_SETTINGS_MODULE": "sferum_onboarding.settings", "PORTAL_DATA": folder}
        os.environ["DATABASE_URL"] = f"sqlite:///{folder}/portal.sqlite3"
        import django

        django.setup()
        time_portal(chosen.seed)


def print_table(score: Score) -> None:
    print(f"{'':<34}{'cases':>7}{'green':>7}{'wrong':>7}{'near':>7}{'unknown':>9}{'green %':>9}")
    for who in [AS_IT_IS, *score.kinds, *(who for who in score.piles if who not in {AS_IT_IS, *score.kinds})]:
        pile = score.piles[who]
        figures = f"{pile['green']:>7}{pile['wrong']:>7}{pile['near']:>7}{pile['unknown']:>9}"
        print(f"{who:<34}{sum(pile.values()):>7}{figures}{100 * score.recall(who):>9.1f}")
    print(f"green {score.greens}, wrong {len(score.wrong)}: precision {100 * score.precision:.3f} %")
    print(f"recall {100 * score.mean_recall:.1f} % (mean of the twelve kinds)")


if __name__ == "__main__":
    main()
