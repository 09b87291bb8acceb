"""«Напоминания»: what goes out next and why, what has gone, and the button that stops it all."""

from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.requests import SignedInRequest
from coordination.desk import Desk
from coordination.letters import digest_key
from coordination.models import DigestChoice, Reminder, ReminderSettings
from coordination.reminder_plan import next_day, plan_of
from coordination.views.desk import territory_of
from foundation.verbs import attempt
from organizations.models import Organization, Region

PER_PAGE = 50
MOST_SHOWN = 1000
"""Reminders of one look: a whole region takes a quarter of a minute to plan, and nobody reads twenty pages."""
SHOWN_FOR = timedelta(days=30)


def managed_region(request: SignedInRequest) -> Region:
    """The region whose reminders this person sets; nobody else comes here."""
    region = Desk(request.user, request.path).managed_region
    if region is None:
        raise Http404
    return region


@require_GET
def reminders(request: SignedInRequest) -> HttpResponse:
    desk = territory_of(request)
    region = desk.region
    if region is None:
        raise Http404
    day = next_day(region)
    plan = plan_of(region, day, Organization.objects.supervised_by(request.user), MOST_SHOWN)
    going = [*(matter for matters in plan.bundles.values() for matter in matters), *plan.for_digest]
    return render(
        request,
        "coordination/reminders.html",
        {
            "region": region,
            "settings": ReminderSettings.objects.of(region),
            "is_mine": desk.managed_region == region,
            "day": day,
            "is_today": day == timezone.localdate(timezone=region.zone),
            "plan": plan,
            "letters": len(plan.bundles),
            "wants_digest": DigestChoice.objects.wants(request.user),
            "going": Paginator(going, PER_PAGE).get_page(request.GET.get("page")),
            "held": Paginator(plan.held, PER_PAGE).get_page(request.GET.get("held")),
        },
    )


@require_GET
def sent(request: SignedInRequest) -> HttpResponse:
    """Of the last month, or what one of one's own digests has brought."""
    desk, digest = territory_of(request), forms.DateField(required=False)
    rows = Reminder.objects.supervised_by(request.user).filter(on__gt=timezone.localdate() - SHOWN_FOR)
    try:
        day = digest.clean(request.GET.get("digest"))
    except ValidationError:
        day = None
    if day:
        rows = rows.filter(letter__dedupe_key__in=[digest_key(region, day, request.user) for region in desk.regions])
    rows = rows.select_related("organization", "person", "letter")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "coordination/reminders_sent.html", {"page": page, "digest": day})


@require_POST
def pause(request: SignedInRequest) -> HttpResponse:
    row = ReminderSettings.objects.kept(managed_region(request))
    words = "Напоминания приостановлены: никому ничего не уйдёт, пока вы их не возобновите."
    attempt(request, lambda: row.pause(by=request.user), words)
    return redirect("coordination:reminders")


@require_POST
def resume(request: SignedInRequest) -> HttpResponse:
    row = ReminderSettings.objects.kept(managed_region(request))
    attempt(request, lambda: row.resume(by=request.user), "Напоминания снова идут.")
    return redirect("coordination:reminders")
