"""Accepting by the expected names: a decision and the line of the list that it takes are one act."""

from collections.abc import Iterable

from django.db import transaction

from accounts.models import User
from invitations.models import JoinRequest
from invitations.models.decisions import Decided
from invitations.piles import piles_of
from invitations.statuses import Pile
from organizations.models import Organization


@transaction.atomic
def accept_exact(organization: Organization, keys: Iterable[int], *, by: User) -> Decided:
    """Accepts those of the given requests that agree with the list at this very moment; the rest come back as left.

    Sorted again inside the transaction: since the page was shown a line may have been taken or the list changed.
    """
    chosen = list(keys)
    piles = piles_of(organization, among=chosen)
    lines = {pk: line for pk in piles.of(Pile.EXACT) if (line := piles.verdicts[pk].member)}
    rows = JoinRequest.objects.filter(organization=organization, pk__in=chosen)
    return rows.accept(by=by, lines=lines, listed=True)


@transaction.atomic
def accept_chosen(
    organization: Organization, keys: Iterable[int], *, by: User, knows_personally: bool = False
) -> Decided:
    """Accepts what a person has looked at; a request that is like a free line takes it."""
    chosen = list(keys)
    piles = piles_of(organization, among=chosen)
    lines = {pk: verdict.member for pk, verdict in piles.verdicts.items() if verdict.member}
    rows = JoinRequest.objects.filter(organization=organization, pk__in=chosen)
    return rows.accept(by=by, lines=lines, knows_personally=knows_personally)
