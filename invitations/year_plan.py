"""What becomes of each class when the school goes over to the next academic year."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from invitations.statuses import Fate
from organizations.models import SchoolClass
from organizations.models.school_class import ClassDraft

LAST_GRADES = (9, 11)  # the tenth classes are formed anew, the eleventh leave
NEW_TEACHER_AFTER = 4


@dataclass(frozen=True)
class Move:
    """What becomes of one class, and its letter or name in the next year."""

    school_class: SchoolClass
    fate: Fate
    section: str = ""
    group_name: str = ""

    def draft(self, row: SchoolClass) -> ClassDraft:
        """The class of the next year; `row` is the old one as it is now. Primary school's teacher stays there."""
        is_handed_over = row.grade == NEW_TEACHER_AFTER
        return ClassDraft(
            grade=None if row.grade is None else row.grade + 1,
            section=self.section,
            group_name=self.group_name,
            site=row.site,
            size=row.size,
            teacher_name="" if is_handed_over else row.teacher_name,
        )


@dataclass(frozen=True)
class YearPlan:
    from_year: int
    moves: tuple[Move, ...]
    fresh: tuple[ClassDraft, ...] = ()
    """Classes that grow out of none: the first and the tenth."""

    @property
    def leaving(self) -> list[int]:
        """Keys of the classes that go into the archive, promoted or not."""
        return [move.school_class.pk for move in self.moves if move.fate != Fate.LEAVE]

    @property
    def is_empty(self) -> bool:
        return not self.leaving and not self.fresh

    def drafts(self, rows: Mapping[int, SchoolClass] | None = None) -> list[tuple[ClassDraft, SchoolClass | None]]:
        """The classes of the next year, each with the one it grows out of."""
        grown: list[tuple[ClassDraft, SchoolClass | None]] = []
        for move in self.moves:
            if move.fate == Fate.PROMOTE:
                row = rows[move.school_class.pk] if rows else move.school_class
                grown.append((move.draft(row), row))
        return grown + [(draft, None) for draft in self.fresh]

    def clashes(self) -> list[str]:
        """Names that two classes of the plan would bear."""
        return twice(draft for draft, _ in self.drafts())


def twice(drafts: Iterable[ClassDraft]) -> list[str]:
    listed = list(drafts)
    counts = Counter(draft.key for draft in listed)
    return list(dict.fromkeys(draft.name for draft in listed if counts[draft.key] > 1))
