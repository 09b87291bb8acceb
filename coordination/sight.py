"""What the desk shows of the part of the territory that is in sight."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import Case, Count, Q, QuerySet, Value, When
from django.http import Http404

from coordination.chats import chat_standing
from coordination.doubts import doubt_expression
from coordination.figures import (
    Bar,
    Figures,
    groups_of,
    has_unread_answer,
    has_unsent_letter,
    municipalities_of,
    waits_for_sferum,
    waits_too_long,
)
from coordination.scope import KINDS, Scope
from coordination.sources import sources_of
from coordination.statuses import ChatStanding, Doubt, Measure
from coordination.tallies import tallies_of
from coordination.tiles import legend, tiles_of
from invitations.models import JoinRequest
from organizations.models import Organization
from organizations.models.organization import OrganizationQuerySet

_LETTERS = ("unanswered", "overdue", "unread", "unsent")


def figures_in_sight(scope: Scope, territory: OrganizationQuerySet) -> dict[str, Any]:
    """How far the road is gone, in one statement. A municipality without an organization of one's own is not there."""
    groups = groups_of(scope.here(territory))
    if scope.municipality and not groups:
        raise Http404
    counted = [group for group in groups if scope.counts(group)]
    rows = municipalities_of(counted)
    figures = Figures.sum_of(rows)
    return {
        "scope": scope,
        "kinds": KINDS,
        "measures": Measure.choices,
        "measure_words": Measure(scope.measure).label.lower(),
        "place": municipalities_of(groups)[0].name if scope.municipality else "",
        "whole": Figures.of(groups) if scope.kind else figures,
        "figures": figures,
        "municipalities": rows,
        "tiles": tiles_of(rows, scope.measure),
        "legend": legend(),
    }


def waiting_in_sight(
    scope: Scope, territory: OrganizationQuerySet, late: Q, unsorted: "QuerySet[Any]", today: date
) -> dict[str, Any]:
    """What waits for somebody, and how the rest is known. Three statements, whatever the size of the territory."""
    organizations = scope.narrow(territory)
    alike = _alike(organizations, late)
    tallies = tallies_of(organizations, unsorted, today)
    return {
        "scope": scope,
        "letters": {fact: _number(alike, fact) for fact in _LETTERS},
        "with_requests": _number(alike, "has_requests"),
        "doubts": _bars(alike, "doubt", Doubt),
        "chats": _bars(alike, "chat_standing", ChatStanding, query="chats"),
        "tallies": tallies,
        "ball": tallies.ball(),
        "sources": sources_of(organizations),
    }


def _alike(organizations: OrganizationQuerySet, late: Q) -> "Sequence[Mapping[str, Any]]":
    """Organizations of which the same is true, and their `number`: a few dozen groups, however many there are."""
    waiting = Q(pk__in=JoinRequest.objects.waiting().order_by().values("organization"))
    facts = {
        "doubt": doubt_expression(
            Organization.objects.all()
        ),  # to name those in sight once more costs more than it saves
        "chat_standing": chat_standing(),
        "has_requests": _says(waiting),
        "unanswered": _says(waits_for_sferum()),
        "overdue": _says(waits_too_long(late)),
        "unread": _says(has_unread_answer()),
        "unsent": _says(has_unsent_letter()),
    }
    return list(organizations.order_by().annotate(**facts).values(*facts).annotate(number=Count("pk")))


def _says(condition: Q) -> Case:
    return Case(When(condition, then=Value(True)), default=Value(False))


def _number(groups: "Sequence[Mapping[str, Any]]", fact: str) -> int:
    return sum(group["number"] for group in groups if group[fact])


def _bars(
    groups: "Sequence[Mapping[str, Any]]", fact: str, words: type[Doubt] | type[ChatStanding], query: str = ""
) -> list[Bar]:
    """A row for each value that occurs; its whole are all for which the fact says anything."""
    numbers = {each: sum(group["number"] for group in groups if group[fact] == each) for each in words}
    total = sum(numbers.values())
    return [
        Bar(str(each.label), number, total, f"{query or fact}={each}") for each, number in numbers.items() if number
    ]
