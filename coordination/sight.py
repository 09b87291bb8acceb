"""What the desk shows of the part of the territory that is in sight: every number from one statement."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Case, Q, Value, When
from django.http import Http404

from coordination.chats import chat_standing
from coordination.doubts import doubt_expression
from coordination.figures import (
    Bar,
    Figures,
    Group,
    groups_of,
    has_unread_answer,
    has_unsent_letter,
    municipalities_of,
    waits_for_sferum,
    waits_too_long,
)
from coordination.scope import KINDS, Scope
from coordination.sources import sources_of, with_source
from coordination.statuses import ChatStanding, Doubt, Measure
from coordination.tiles import legend, tiles_of
from invitations.models import JoinRequest
from organizations.models.organization import OrganizationQuerySet

_LETTERS = ("unanswered", "overdue", "unread", "unsent")
_FACTS = ("source", "doubt", "chat_standing", "has_requests", *_LETTERS)


def figures_in_sight(scope: Scope, territory: OrganizationQuerySet, late: Q) -> dict[str, Any]:
    """One statement. A municipality without a single organization of one's own is not there."""
    here = scope.here(territory)
    groups = groups_of(_with_facts(here, late), *_FACTS)
    if scope.municipality and not groups:
        raise Http404
    counted = [group for group in groups if scope.counts(group)]
    rows, figures = municipalities_of(counted), Figures.of(counted)
    return {
        "scope": scope,
        "kinds": KINDS,
        "measures": Measure.choices,
        "measure_words": Measure(scope.measure).label.lower(),
        "place": municipalities_of(groups)[0].name if scope.municipality else "",
        "whole": Figures.of(groups),
        "figures": figures,
        "municipalities": rows,
        "tiles": tiles_of(rows, scope.measure),
        "legend": legend(),
        "sources": sources_of(counted),
        "letters": {fact: _number(counted, fact) for fact in _LETTERS},
        "with_requests": _number(counted, "has_requests"),
        "doubts": _bars(counted, "doubt", Doubt),
        "chats": _bars(counted, "chat_standing", ChatStanding, query="chats"),
    }


def _with_facts(organizations: OrganizationQuerySet, late: Q) -> OrganizationQuerySet:
    waiting = Q(pk__in=JoinRequest.objects.waiting().order_by().values("organization"))
    return with_source(organizations).annotate(
        doubt=doubt_expression(organizations),
        chat_standing=chat_standing(),
        has_requests=_says(waiting),
        unanswered=_says(waits_for_sferum()),
        overdue=_says(waits_too_long(late)),
        unread=_says(has_unread_answer()),
        unsent=_says(has_unsent_letter()),
    )


def _says(condition: Q) -> Case:
    return Case(When(condition, then=Value(True)), default=Value(False))


def _number(groups: Iterable[Group], fact: str) -> int:
    return sum(group.number for group in groups if group.facts[fact])


def _bars(groups: list[Group], fact: str, words: type[Doubt] | type[ChatStanding], query: str = "") -> list[Bar]:
    """A row for each value that occurs; its whole are all for which the fact says anything."""
    numbers = {each: sum(group.number for group in groups if group.facts[fact] == each) for each in words}
    total = sum(numbers.values())
    return [
        Bar(str(each.label), number, total, f"{query or fact}={each}") for each, number in numbers.items() if number
    ]
