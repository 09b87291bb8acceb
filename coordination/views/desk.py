"""The first page and the coordinator's desk."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.models import User
from accounts.requests import SignedInRequest
from coordination.demo import is_empty
from coordination.desk import Desk
from coordination.doubts import count_doubts, with_doubts
from coordination.figures import (
    Bar,
    Figures,
    groups_of,
    has_unread_answer,
    has_unsent_letter,
    letters_without_answer,
    municipalities_of,
    overdue_cases,
    waits_for_sferum,
    waits_too_long,
)
from coordination.scope import KINDS, Scope
from coordination.sources import sources_of, with_source
from coordination.statuses import Doubt, Measure
from coordination.tiles import legend, tiles_of
from coordination.views import first_run
from coordination.worklist import top
from invitations.models import JoinRequest
from organizations.models import Appointment, Organization
from organizations.models.organization import OrganizationQuerySet
from registrations.clock import overdue_since
from registrations.models import InboxLetter

LONGEST_WITHOUT_A_MOVE = 10
DOUBTS_SHOWN = 6


@login_not_required
def home(request: HttpRequest) -> HttpResponse:
    """What this is for a visitor; one's own desk for whoever has signed in, a chooser where there are several."""
    if not isinstance(request.user, User):
        if is_empty():
            return first_run.choice(request)
        return render(request, "coordination/home.html", {"cast": User.objects.demo_cast()})
    desk = Desk(request.user, request.path)
    if desk.sees_territory and not desk.administers:
        return redirect("coordination:dashboard")
    if len(desk.administers) == 1 and not desk.sees_territory:
        return redirect(desk.administers[0])
    return render(request, "coordination/chooser.html", {"organizations": desk.administers})


def territory_of(request: SignedInRequest) -> Desk:
    desk = Desk(request.user, request.path)
    if not desk.sees_territory:
        raise Http404
    return desk


def dashboard(request: SignedInRequest) -> HttpResponse:
    """The figures of the territory, or of one municipality of it under the same address."""
    desk, scope = territory_of(request), Scope.read(request.GET)
    territory = Organization.objects.supervised_by(request.user).listed()
    organizations = scope.narrow(territory)
    late, doubtful = overdue_since(), with_doubts(organizations)
    doubts = count_doubts(doubtful)
    waiting = JoinRequest.objects.waiting().filter(organization__in=organizations)
    return render(
        request,
        "coordination/dashboard.html",
        {
            "desk": desk,
            **figures_in_sight(scope, territory),
            "waiting": waiting.aggregate(requests=Count("pk"), organizations=Count("organization", distinct=True)),
            "unanswered": letters_without_answer(organizations),
            "letters": organizations.aggregate(
                unanswered=Count("pk", filter=waits_for_sferum()),
                overdue=Count("pk", filter=waits_too_long(late)),
                unsent=Count("pk", filter=has_unsent_letter()),
                unread=Count("pk", filter=has_unread_answer()),
            ),
            "unsorted": InboxLetter.objects.visible_to(request.user).waiting().count(),
            "overdue": overdue_cases(organizations, late, LONGEST_WITHOUT_A_MOVE),
            "doubts": [
                Bar(reason.label, doubts[reason], doubts.total(), f"doubt={reason}")
                for reason in Doubt
                if doubts[reason]
            ],
            "doubtful": doubtful.order_by("doubt", "search_key")[:DOUBTS_SHOWN],
            "unchecked": Appointment.objects.unchecked()
            .filter(organization__in=organizations)
            .select_related("organization__municipality")
            .order_by("-made_at")[:LONGEST_WITHOUT_A_MOVE],
            "now": timezone.localtime(),
        }
        | top(organizations),
    )


def figures_in_sight(scope: Scope, territory: OrganizationQuerySet) -> dict[str, Any]:
    """One statement. A municipality without a single organization of one's own is not there."""
    groups = groups_of(with_source(scope.here(territory)), "source")
    if scope.municipality and not groups:
        raise Http404
    rows = municipalities_of(group for group in groups if scope.counts(group))
    return {
        "scope": scope,
        "kinds": KINDS,
        "measures": Measure.choices,
        "measure_words": Measure(scope.measure).label,
        "place": municipalities_of(groups)[0].name if scope.municipality else "",
        "whole": Figures.of(groups),
        "figures": Figures.of(group for group in groups if scope.counts(group)),
        "municipalities": rows,
        "tiles": tiles_of(rows, scope.measure),
        "legend": legend(),
        "sources": sources_of(group for group in groups if scope.counts(group)),
    }
