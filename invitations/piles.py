"""What the expected names say of a school's pending requests: one query object for the list, its figures and the verbs.

Compared within one class and role only; teachers against the staff list of the organization, too.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from foundation.folding import fold
from invitations.models import ExpectedMember, JoinRequest
from invitations.statuses import Pile
from organizations.models import Organization


@dataclass(frozen=True)
class Verdict:
    """`member`: the line of the list that agrees; `words`: what differs, for the administrator's eyes."""

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
    """Sorts all pending requests of the organization, or those `among` the given keys."""
    pending = JoinRequest.objects.pending().filter(organization=organization)
    rows = list((pending if among is None else pending.filter(pk__in=among)).order_by("created_at", "pk"))
    lines: dict[tuple[int | None, str], dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for member in ExpectedMember.objects.filter(organization=organization, match=None):
        lines[member.school_class_id, member.role][_key(member.full_name)].append(member.pk)
    verdicts = {}
    for row in rows:
        names = lines.get((row.school_class_id, row.role), {})
        free = names.get(_key(row.full_name), [])
        pile = Pile.EXACT if free else Pile.UNKNOWN if names else Pile.UNLISTED
        verdicts[row.pk] = Verdict(pile, free[0] if free else None)
    return Piles(verdicts)


def _key(name: str) -> str:
    return " ".join(sorted(fold(name).replace("-", " ").split()))
