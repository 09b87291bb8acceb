"""Rows of a registry file that say of one organization the same thing twice, or two different ones."""

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from organizations.columns import Field
from organizations.import_questions import building_mark
from organizations.import_rows import Key, Problem, Row
from organizations.statuses import Outcome

_CONFLICT = "Те же ИНН и КПП (или ОГРН), что в строке {other}, но сведения другие."
_BUILDING = (
    "Похоже, это другое здание организации из строки {other}: портал спросит о нём, когда она будет в списке. "
    "Загрузите файл ещё раз после этой загрузки."
)


class _Said(NamedTuple):
    number: int
    digest: int
    is_building: bool
    mark: int


Alone = tuple[str, int | None]
"""An outcome, and the organization that the row is of."""

Group = list[list[_Said]]
"""Rows of one key that do not all say the same: those of one building, those of the next one, …"""


class Repeats:
    """Rows of one key, met one by one: of each only its number and two digests of what it says are kept."""

    def __init__(self) -> None:
        self._first: dict[Key, _Said] = {}
        self._others: dict[Key, list[_Said]] = defaultdict(list)

    def meet(self, row: Row) -> bool:
        """Whether the row only repeats an earlier one of its key."""
        if not row.key:
            return False
        said = _Said(row.number, hash(frozenset(row.folded().items())), *building_mark(row))
        first = self._first.setdefault(row.key, said)
        if first is said:
            return False
        others = self._others[row.key]
        is_repeated = any(one.digest == said.digest for one in (first, *others))
        others.append(said)
        return is_repeated and not row.problems

    def groups(self) -> list[Group]:
        found = []
        for key, others in self._others.items():
            buildings: dict[int, list[_Said]] = defaultdict(list)
            for said in (self._first[key], *others):
                buildings[said.mark].append(said)
            if len({said.digest for rows in buildings.values() for said in rows}) > 1:
                found.append(list(buildings.values()))
        return found


def numbers_of(groups: list[Group]) -> list[int]:
    return sorted(said.number for group in groups for rows in group for said in rows)


def conflicts(groups: list[Group], alone: Mapping[int, Alone]) -> dict[int, Problem]:
    """Rows that are not taken, by their numbers; `alone` is what each of them would come to by itself.

    Of rows that say different things of one building none is taken. Another building of an organization of the list
    is asked about; where the file itself brings the organization, the row that names no building adds it, and the
    others wait for that.
    """
    found: dict[int, Problem] = {}
    for group in groups:
        added: list[list[_Said]] = []
        meant: dict[int | None, list[_Said]] = defaultdict(list)
        for rows in group:
            outcome, organization = alone[rows[0].number]
            if differing := _differing(rows):
                found |= differing
            elif outcome == Outcome.ADDED:
                added.append(rows)
            elif outcome not in (Outcome.ASKED, Outcome.REFUSED):
                meant[organization] += rows
        for rows in meant.values():
            found |= _differing(rows)
        added.sort(key=lambda rows: rows[0].is_building)
        for rows in added[1:]:
            found |= {said.number: _problem(said, _BUILDING, added[0][0].number) for said in rows}
    return found


def _differing(rows: list[_Said]) -> dict[int, Problem]:
    if len({said.digest for said in rows}) == 1:
        return {}
    return {
        said.number: _problem(said, _CONFLICT, next(other.number for other in rows if other.digest != said.digest))
        for said in rows
    }


def _problem(said: _Said, reason: str, other: int) -> Problem:
    return Problem(said.number, str(Field.INN.label), reason.format(other=other))
