"""What became of links: how many opened, filed, were accepted and rejected, and came by an old address."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Sum

from invitations.models import Invitation, JoinRequest
from invitations.statuses import RequestStatus


@dataclass(frozen=True)
class Tally:
    """`late` of a live link: whoever still came by the addresses that it replaced."""

    opened: int = 0
    filed: int = 0
    accepted: int = 0
    rejected: int = 0
    waiting: int = 0
    late: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(*(mine + its for mine, its in zip(vars(self).values(), vars(other).values(), strict=True)))


def tallies(links: Iterable[Invitation]) -> dict[int, Tally]:
    """By primary key; two statements, however many links."""
    rows = list(links)
    requests = JoinRequest.objects.filter(invitation__in=[row.pk for row in rows]).order_by()
    decided = {
        (each["invitation"], each["status"]): each["count"]
        for each in requests.values("invitation", "status").annotate(count=Count("pk"))
    }
    late: Counter[tuple[int, str]] = Counter()
    former = Invitation.objects.filter(school_class__in={row.school_class_id for row in rows}, late__gt=0).order_by()
    for each in former.values("school_class", "role").annotate(people=Sum("late")):
        late[each["school_class"], each["role"]] = each["people"]
    return {
        row.pk: Tally(
            opened=row.openings,
            filed=row.used,
            accepted=decided.get((row.pk, RequestStatus.ACCEPTED), 0),
            rejected=decided.get((row.pk, RequestStatus.REJECTED), 0),
            waiting=decided.get((row.pk, RequestStatus.PENDING), 0),
            late=row.late if row.revoked_at else late[row.school_class_id, row.role],
        )
        for row in rows
    }
