"""The coordinator's figures of a past day."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.models import User
from accounts.requests import SignedInRequest
from coordination.desk import Desk
from coordination.figures import grouped, municipalities_of
from coordination.models import Target
from coordination.past import Past
from coordination.targets import progress_of
from coordination.trend import trend_of
from organizations.models import Organization

TARGETS_SHOWN = 12


def movement(request: SignedInRequest) -> HttpResponse:
    """«Динамика и цели»: the weeks, the targets, and the way to a past day."""
    if not Desk(request.user, request.path).sees_territory:
        raise Http404
    return render(request, "coordination/movement.html", over_time(request.user) | {"now": timezone.localtime()})


def over_time(user: User) -> dict[str, Any]:
    organizations = Organization.objects.supervised_by(user)
    targets = Target.objects.visible_to(user).filter(due_on__gte=timezone.localdate())
    shown = targets.select_related("region", "municipality")[:TARGETS_SHOWN]
    return {"trend": trend_of(organizations), "targets": progress_of(shown, organizations)}


def past_desk(request: SignedInRequest, past: Past) -> HttpResponse:
    organizations = Organization.objects.supervised_by(request.user)
    context = {
        "past": past,
        "figures": past.figures(organizations),
        "municipalities": municipalities_of(grouped(past.standings(organizations))),
        "now": timezone.localtime(),
    }
    return render(request, "coordination/dashboard_past.html", context)
