"""Rows of a registry file that say of one organization the same thing twice, or two different ones."""

from collections import defaultdict

from organizations.columns import Field
from organizations.import_rows import Key, Problem, Row


def conflict(number: int, other: int) -> Problem:
    reason = f"Те же ИНН и КПП (или ОГРН), что в строке {other}, но сведения другие."
    return Problem(number, str(Field.INN.label), reason)


class Repeats:
    """Rows of one key, met one by one: of each only its number and a digest of what it says are kept."""

    def __init__(self) -> None:
        self._first: dict[Key, tuple[int, int]] = {}
        self._others: dict[Key, list[tuple[int, int]]] = defaultdict(list)

    def meet(self, row: Row) -> bool:
        """Whether the row only repeats the first one of its key."""
        if not row.key:
            return False
        digest = hash(frozenset(row.folded().items()))
        number, first = self._first.setdefault(row.key, (row.number, digest))
        if number == row.number:
            return False
        self._others[row.key].append((row.number, digest))
        return digest == first and not row.problems

    def conflicts(self) -> dict[int, int]:
        """Where rows of one key differ, none of them is taken: its number, and that of a row that says otherwise."""
        found: dict[int, int] = {}
        for key, others in self._others.items():
            group = [self._first[key], *others]
            if len({digest for _, digest in group}) > 1:
                for number, digest in group:
                    found[number] = next(other for other, said in group if said != digest)
        return found
