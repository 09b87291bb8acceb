"""Accepting by the expected names: a decision and the line of the list that it takes are one act."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from accounts.models import User
from invitations.models import JoinRequest
from invitations.models.decisions import Decided
from invitations.models.join_request_set import JoinRequestQuerySet
from invitations.piles import piles_of
from invitations.statuses import Pile
from organizations.models import Organization


@transaction.atomic
def accept_exact(organization: Organization, keys: Iterable[int], *, by: User) -> Decided:
    """Accepts those of the given requests that agree with the list at this very moment; the rest come back as left.

    Sorted again inside the transaction: since the page was shown a line may have been taken or the list changed.
    """
    rows, chosen = _held(organization, keys)
    piles = piles_of(organization, among=chosen)
    lines = {pk: line for pk in piles.of(Pile.EXACT) if (line := piles.verdicts[pk].member)}
    return rows.accept(by=by, lines=lines, listed=True)


@transaction.atomic
def accept_chosen(
    organization: Organization,
    keys: Iterable[int],
    *,
    by: User,
    knows_personally: bool = False,
    seen: datetime | None = None,
) -> Decided:
    """Accepts what a person has looked at, at the moment `seen`; a request that is like a free line takes it."""
    rows, chosen = _held(organization, keys)
    piles = piles_of(organization, among=chosen)
    lines = {pk: verdict.member for pk, verdict in piles.verdicts.items() if verdict.member}
    return rows.accept(by=by, lines=lines, knows_personally=knows_personally, seen=seen)


def _held(organization: Organization, keys: Iterable[int]) -> tuple[JoinRequestQuerySet, list[int]]:
    """The organization's own of these requests, and the keys of all about the same persons. Whoever decides or
    corrects one at this moment is waited for before the names are compared, so that nobody is accepted by a name that
    does not stand any more."""
    rows = JoinRequest.objects.filter(organization=organization, pk__in=list(keys))
    return rows, list(rows.hold())
