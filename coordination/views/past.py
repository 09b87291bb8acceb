"""The coordinator's figures of a past day."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.models import User
from accounts.requests import SignedInRequest
from coordination.desk import Desk
from coordination.figures import Figures, kept_groups_of, municipalities_of
from coordination.models import SentReport, Target
from coordination.past import Past
from coordination.scope import KINDS, Scope
from coordination.targets import progress_of
from coordination.trend import trend_of
from organizations.models import Organization

TARGETS_SHOWN = 12


def movement(request: SignedInRequest) -> HttpResponse:
    """«Динамика и цели»: the weeks, the targets, and the way to a past day."""
    if not Desk(request.user, request.path).sees_territory:
        raise Http404
    context = over_time(request.user, every=request.GET.get("targets") == "all")
    return render(request, "coordination/movement.html", context | {"now": timezone.localtime()})


def over_time(user: User, *, every: bool) -> dict[str, Any]:
    """`every` target that lies ahead, or the first ones and how many more there are."""
    organizations = Organization.objects.supervised_by(user)
    ahead = Target.objects.visible_to(user).filter(due_on__gte=timezone.localdate())
    targets = list(ahead.select_related("region", "municipality"))
    shown = targets if every else targets[:TARGETS_SHOWN]
    return {
        "trend": trend_of(organizations),
        "targets": progress_of(shown, organizations),
        "targets_hidden": len(targets) - len(shown),
        "days": list(days_asked_for(user)),
    }


def days_asked_for(user: User) -> Iterator[dict[str, Any]]:
    """Yesterday, the day of the last report, the beginning of the school year: one click each."""
    today = timezone.localdate()
    yield {"label": "вчера", "day": today - timedelta(days=1)}
    last = SentReport.objects.visible_to(user).first()
    if last and (sent_on := timezone.localdate(last.at)) < today:
        yield {"label": f"в день прошлой справки, {sent_on:%d.%m.%Y}", "day": sent_on}
    autumn = date(today.year if (today.month, today.day) > (9, 1) else today.year - 1, 9, 1)
    yield {"label": f"1 сентября {autumn.year}", "day": autumn}


def past_desk(request: SignedInRequest, past: Past, scope: Scope) -> HttpResponse:
    """The same part of the territory as today's desk shows; a municipality that had no organization is not there."""
    scope = replace(scope, as_of=f"{past.day or ''}")
    groups = kept_groups_of(scope.here(past.standings(Organization.objects.supervised_by(request.user))))
    if scope.municipality and past.at and not groups:
        raise Http404
    counted = [group for group in groups if scope.counts(group)]
    context = {
        "past": past,
        "scope": scope,
        "kinds": KINDS,
        "place": municipalities_of(groups)[0].name if scope.municipality and groups else "",
        "whole": Figures.of(groups),
        "figures": Figures.of(counted),
        "municipalities": municipalities_of(counted),
        "now": timezone.localtime(),
        "days": list(days_asked_for(request.user)),
    }
    return render(request, "coordination/dashboard_past.html", context)
