"""Open pages of help: what to read, what to watch, what to do when it does not work."""

from itertools import groupby
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from guides import feed
from guides.models import Guide, News, Training
from guides.models.news import marked
from guides.topics import TOPICS
from guides.whose import region_of
from organizations.models import Region
from organizations.statuses import Step

LATEST = 3


def _layout(request: HttpRequest) -> str:
    """A visitor gets the light page, whoever has signed in keeps the navigation."""
    return "base.html" if request.user.is_authenticated else "public.html"


def _latest_news(request: HttpRequest, region: Region | None) -> "list[News]":
    """For those who work in the portal; a visitor reads no news of it."""
    user = request.user
    return marked(News.objects.of_region(region)[:LATEST], user) if user.is_authenticated else []


def _department(region: Region | None) -> dict[str, str]:
    if region is None:
        return {}
    return {"department_name": region.department_name, "department_phone": region.department_phone}


@login_not_required
def guides(request: HttpRequest) -> HttpResponse:
    region = region_of(request)
    rows = Guide.objects.of_region(region)
    by_step = [(Step(step) if step else None, list(helps)) for step, helps in groupby(rows, lambda row: row.step)]
    context = {
        "layout": _layout(request),
        "region": region,
        "steps": by_step,
        "topics": TOPICS,
        "upcoming": Training.objects.of_region(region).upcoming(),
        "recorded": Training.objects.of_region(region).recorded()[:20],
        "news": _latest_news(request, region),
        "feed": f"?{urlencode({'region': region.code})}" if region else "",
    }
    with timezone.override(region.zone if region else None):
        return render(request, "guides/guides.html", context | _department(region))


@login_not_required
def topic(request: HttpRequest, slug: str) -> HttpResponse:
    if slug not in TOPICS:
        raise Http404
    region = region_of(request)
    return render(
        request,
        "guides/topic.html",
        {
            "layout": _layout(request),
            "region": region,
            "topic": TOPICS[slug],
            "body": f"guides/topics/{slug}.html",
        }
        | _department(region),
    )


@login_not_required
def trainings_ics(request: HttpRequest) -> HttpResponse:
    since = timezone.now() - feed.REMEMBERS
    return HttpResponse(
        feed.calendar_of(Training.objects.of_region(region_of(request)).filter(ends_at__gt=since)),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'inline; filename="trainings.ics"'},
    )
