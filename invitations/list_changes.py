"""What saving a list of names does to the one that stands. Names are counted: two pupils of one name are two lines."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from foundation.folding import fold
from organizations.models import SchoolClass

if TYPE_CHECKING:
    from invitations.models import ExpectedMember

# More names than this, and more than one in so many, are not taken out of lists without being asked about.
FEW_REMOVED = 5
SHARE_REMOVED = 10


@dataclass(frozen=True)
class NameList:
    """The whole list of one class and role; without a class it is the staff of the organization."""

    school_class: SchoolClass | None
    role: str
    names: Sequence[str]

    @property
    def key(self) -> tuple[int | None, str]:
        return (self.school_class.pk if self.school_class else None, str(self.role))


@dataclass
class ListChange:
    """`respelled` are those of the same lines whose new spelling differs («Семенов» → «Семёнов»)."""

    asked: NameList
    added: list[str] = field(default_factory=list)
    same: list["ExpectedMember"] = field(default_factory=list)
    respelled: list["ExpectedMember"] = field(default_factory=list)
    removed: list["ExpectedMember"] = field(default_factory=list)

    @property
    def removes_many(self) -> bool:
        return _is_many(len(self.removed), len(self.removed) + len(self.same))


def compare(asked: NameList, standing: Iterable["ExpectedMember"]) -> ListChange:
    """Lines that stay keep what is tied to them, so a line spelt alike stays first, then one that is taken."""
    change, free = ListChange(asked), defaultdict(list)
    for member in sorted(standing, key=lambda member: not member.is_taken):
        free[fold(member.full_name)].append(member)
    respelt = []
    for name in asked.names:
        alike = next((member for member in free[fold(name)] if member.full_name == name), None)
        if alike is None:
            respelt.append(name)
        else:
            free[fold(name)].remove(alike)
            change.same.append(alike)
    for name in respelt:
        if not free[fold(name)]:
            change.added.append(name)
            continue
        member = free[fold(name)].pop(0)
        member.full_name = name
        change.same.append(member)
        change.respelled.append(member)
    change.removed = sorted((each for left in free.values() for each in left), key=lambda each: each.full_name)
    return change


def remove_many(changes: Iterable[ListChange]) -> bool:
    """In one list, or in all of them together: a file of few names for every class empties each one a little."""
    changes = list(changes)
    removed, same = sum(len(change.removed) for change in changes), sum(len(change.same) for change in changes)
    return _is_many(removed, removed + same) or any(change.removes_many for change in changes)


def _is_many(removed: int, stood: int) -> bool:
    return removed > FEW_REMOVED and removed * SHARE_REMOVED > stood
