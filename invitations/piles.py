"""What the expected names say of a school's pending requests: one query object for the list, its figures and the verbs.

Compared within one class and role only; teachers against the staff list of the organization, too.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

from invitations.matching import Found, Kind, NameList
from invitations.models import ApplicantBlock, ExpectedMember, JoinRequest, ListGround
from invitations.models.block import fingerprints
from invitations.person_names import Name
from invitations.statuses import Pile, Role
from organizations.models import Organization, SchoolClass


@dataclass(frozen=True)
class Verdict:
    """`words`: what differs, for the administrator's eyes.

    `member` of an exact one: the line that is its own, given to no other. Of a near one: the free line that it may be,
    if there is just one and nothing contradicts; for whoever accepts it by hand.
    """

    pile: Pile
    member: int | None = None
    words: str = ""


@dataclass(frozen=True)
class Piles:
    """By primary keys of pending requests. `namesakes`: others of the same name in the class, not told apart yet."""

    verdicts: dict[int, Verdict]
    namesakes: dict[int, tuple[int, ...]] = field(default_factory=dict)

    def of(self, pile: Pile) -> list[int]:
        return [pk for pk, verdict in self.verdicts.items() if verdict.pile == pile]


def piles_of(organization: Organization, *, among: Iterable[int] | None = None) -> Piles:
    """Sorts all pending requests of the organization, or those `among` the given keys.

    No line of a list is given to two requests. At most five statements, however many requests there are.
    """
    rows = [
        _Row(*values)
        for values in JoinRequest.objects.pending()
        .filter(organization=organization)
        .order_by("created_at", "pk")
        .values_list("pk", "school_class_id", "role", "full_name", "same_as_id", "is_told_apart", "applicant_name")
    ]
    asked = {row.pk for row in rows} if among is None else set(among)
    mains = _mains(rows)
    needed = asked | {mains[pk] for pk in asked if pk in mains}
    wanted = {(row.school_class, row.role) for row in rows if row.pk in needed}
    # a teacher asks in several classes and stands in one staff list
    rows = [row for row in rows if (row.school_class, row.role) in wanted or row.role == Role.TEACHER]
    if not wanted:
        return Piles({})
    piles = _sorted(rows, mains, _Lists(organization))
    verdicts = piles.verdicts | _of_blocked(organization, rows, piles)
    return Piles(
        {pk: verdict for pk, verdict in verdicts.items() if pk in asked},
        {pk: others for pk, others in piles.namesakes.items() if pk in asked},
    )


class _Row(NamedTuple):
    pk: int
    school_class: int
    role: str
    full_name: str
    same_as: int | None
    is_told_apart: bool
    applicant_name: str


class _Lists:
    """The lines of the organization's lists, or none where it has recorded no ground to keep them."""

    def __init__(self, organization: Organization) -> None:
        self.used: dict[int, int] = {}
        """Keys of lines that are taken, with the requests that have them; lines given by this very sorting, too."""
        self._lines: dict[tuple[int | None, str], list[tuple[int, Name]]] = defaultdict(list)
        self._lists: dict[tuple[int, str], NameList] = {}
        self._beside: dict[int, NameList] = {}
        self._class_of: dict[int, int | None] = {}
        self._organization = organization
        if not ListGround.objects.filter(organization=organization).exists():
            return
        members = ExpectedMember.objects.filter(organization=organization).order_by("pk")
        for pk, school_class, role, full_name, request in members.values_list(
            "pk", "school_class_id", "role", "full_name", "match__request_id"
        ):
            self._lines[school_class, role].append((pk, Name(full_name)))
            self._class_of[pk] = school_class
            if request is not None:
                self.used[pk] = request

    def find(self, row: _Row, name: Name) -> Found | None:
        """None where there is no list for this class and role."""
        if (names := self._list_of(row)) is None:
            return None
        return names.find(name, beside=self._in_other_classes(row))

    def has_list(self, row: _Row) -> bool:
        return self._list_of(row) is not None

    @property
    def has_staff(self) -> bool:
        return bool(self._lines.get((None, Role.TEACHER)))

    def elsewhere(self, row: _Row, name: Name) -> str:
        """«такое имя есть в списке 7 «В»», or nothing."""
        beside = self._in_other_classes(row)
        return self.words_of_classes(beside.same(name)) if beside else ""

    def words_of_classes(self, lines: Iterable[int]) -> str:
        names = dict.fromkeys(self._classes[key].name for line in lines if (key := self._class_of[line]) is not None)
        return f"такое имя есть в списке {', '.join(names)}" if names else ""

    def _list_of(self, row: _Row) -> NameList | None:
        key = row.school_class, row.role
        if key not in self._lists:
            staff = self._lines.get((None, Role.TEACHER), []) if row.role == Role.TEACHER else []
            self._lists[key] = NameList([*self._lines.get(key, []), *staff])
        return self._lists[key] or None

    def _in_other_classes(self, row: _Row) -> NameList | None:
        """Pupils are in one class; parents and teachers may well stand in several lists."""
        if row.role != Role.PUPIL or not self._lines:
            return None
        year = self._classes[row.school_class].academic_year
        if year not in self._beside:
            live = [key for key, one in self._classes.items() if one.academic_year == year and one.archived_at is None]
            self._beside[year] = NameList(line for key in live for line in self._lines.get((key, row.role), []))
        return self._beside[year]

    @cached_property
    def _classes(self) -> dict[int, SchoolClass]:
        return SchoolClass.objects.filter(organization=self._organization).in_bulk()


class _Asked(NamedTuple):
    """A request of its own (not marked as another's double) with what the lists say of it."""

    row: _Row
    name: Name
    found: Found | None


def _of_blocked(organization: Organization, rows: list[_Row], piles: Piles) -> dict[int, Verdict]:
    """Whoever may file no more is never accepted as one of many; the request may have come before that was said."""
    blocks = ApplicantBlock.objects.standing().filter(organization=organization)
    if not (blocked := set(blocks.values_list("fingerprint", flat=True))):
        return {}
    green = [row for row in rows if piles.verdicts[row.pk].pile == Pile.EXACT]
    return {
        row.pk: replace(_near("повторные заявки с этими именами закрыты"), member=piles.verdicts[row.pk].member)
        for row in green
        if blocked & set(fingerprints(organization.pk, row.applicant_name, row.full_name))
    }


def _mains(rows: list[_Row]) -> dict[int, int]:
    """Requests marked as another's double, with the one they follow in the end; that one may be decided already."""
    marked = {row.pk: row.same_as for row in rows}
    mains: dict[int, int] = {}
    for row in rows:
        seen, main = {row.pk}, row.same_as
        while main is not None and main not in seen and marked.get(main) is not None:
            seen.add(main)
            main = marked[main]
        if main is not None and main != row.pk:
            mains[row.pk] = main
    return mains


def _sorted(rows: list[_Row], mains: dict[int, int], lists: _Lists) -> Piles:
    groups: dict[tuple[int, str, tuple[int, ...] | None], list[_Asked]] = defaultdict(list)
    for row in rows:
        if row.pk not in mains:
            name = Name(row.full_name)
            found = lists.find(row, name)
            same = found.lines if found and found.is_sure else None
            groups[row.school_class, row.role, same].append(_Asked(row, name, found))
    verdicts: dict[int, Verdict] = {}
    namesakes: dict[int, tuple[int, ...]] = {}
    for (*_, lines), group in groups.items():
        namesakes |= _namesakes(group) if lines is None else _all_of(group)
        verdicts |= _of_group(group, lists, namesakes)
    for asked in (asked for group in groups.values() for asked in group):  # after all that are exact have their lines
        verdicts[asked.row.pk] = _with_line(verdicts[asked.row.pk], asked.found, lists)
    for row in rows:
        if row.pk in mains:
            verdicts[row.pk] = _follow(row, mains[row.pk], verdicts, lists)
    return Piles({row.pk: verdicts[row.pk] for row in rows}, namesakes)


def _all_of(group: list[_Asked]) -> dict[int, tuple[int, ...]]:
    """Requests that stand for the same lines are all namesakes, but for those told apart."""
    unclear = [asked.row.pk for asked in group if not asked.row.is_told_apart]
    return {pk: tuple(other for other in unclear if other != pk) for pk in unclear if len(unclear) > 1}


def _namesakes(group: list[_Asked]) -> dict[int, tuple[int, ...]]:
    """Among requests for which no line speaks, those whose names may be one person's."""
    unclear = {asked.row.pk: asked.name for asked in group if not asked.row.is_told_apart}
    names = NameList(unclear.items())
    found = {pk: sorted({*names.same(name), *names.agreeing(name)} - {pk}) for pk, name in unclear.items()}
    return {pk: tuple(others) for pk, others in found.items() if others}


def _of_group(group: list[_Asked], lists: _Lists, namesakes: dict[int, tuple[int, ...]]) -> dict[int, Verdict]:
    """Requests of one class that stand for the same lines. People told apart are green where each has a line."""
    verdicts = {}
    free = [line for line in (group[0].found.lines if group[0].found else ()) if line not in lists.used]
    if len(free) < len(group):
        free = []
    for asked in group:
        verdict = _by_names(asked, lists)
        if asked.found and verdict.pile == Pile.EXACT:
            verdict = _by_people(asked.row, asked.found, lists, namesakes.get(asked.row.pk, ()), free)
        verdicts[asked.row.pk] = verdict
    return verdicts


def _by_names(asked: _Asked, lists: _Lists) -> Verdict:
    """As if nobody else had asked and no line were taken."""
    found = asked.found
    if found is None or found.kind == Kind.UNKNOWN:
        return Verdict(Pile.UNLISTED if found is None else Pile.UNKNOWN, None, lists.elsewhere(asked.row, asked.name))
    if found.beside:
        return _near(found.words, lists.words_of_classes(found.beside))
    if asked.row.role == Role.TEACHER and not lists.has_staff:
        return _near(found.words, "нет списка сотрудников, в который можно заглянуть")
    return _near(found.words) if found.kind == Kind.NEAR else Verdict(Pile.EXACT, None, found.words)


def _by_people(row: _Row, found: Found, lists: _Lists, namesakes: tuple[int, ...], free: list[int]) -> Verdict:
    """`free`: lines not given yet; none where there are more people than lines."""
    if namesakes:
        return _near(found.words, f"то же имя в заявке {_numbers(namesakes)}")
    if free:
        line = free.pop(0)
        lists.used[line] = row.pk
        return Verdict(Pile.EXACT, line, found.words)
    are_all_used = all(line in lists.used for line in found.lines)
    return _near(found.words, "" if are_all_used else "людей с этим именем больше, чем строк в списке")


def _with_line(verdict: Verdict, found: Found | None, lists: _Lists) -> Verdict:
    """A near one with the free line that it may be, or with the word whose that line is."""
    if verdict.pile != Pile.NEAR or found is None or not found.is_possible:
        return verdict
    free = next((line for line in found.lines if line not in lists.used), None)
    if free is not None:
        return replace(verdict, member=free)
    return _near(verdict.words, f"строка уже занята заявкой {_numbers({lists.used[line] for line in found.lines})}")


def _follow(row: _Row, main: int, verdicts: dict[int, Verdict], lists: _Lists) -> Verdict:
    """The pile of the request it doubles, without its line: a line is given once."""
    words = f"тот же человек, что {_numbers([main])}"
    if main in verdicts:
        return Verdict(verdicts[main].pile, None, words)
    return Verdict(Pile.NEAR if lists.has_list(row) else Pile.UNLISTED, None, words)


def _near(*words: str) -> Verdict:
    return Verdict(Pile.NEAR, None, "; ".join(filter(None, words)))


def _numbers(requests: Iterable[int]) -> str:
    return ", ".join(JoinRequest(pk=pk).number for pk in sorted(requests))
