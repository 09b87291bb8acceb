"""Open pages of help: what to read, what to watch, what to do when it does not work."""

from datetime import timedelta
from itertools import groupby
from typing import NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from icalendar import Calendar, Event

from guides.forms import RegionForm
from guides.models import Guide, Training
from organizations.models import Coordinator, Organization, Region
from organizations.statuses import Step

FEED_REMEMBERS = timedelta(days=60)


class Topic(NamedTuple):
    title: str
    for_whom: str


TOPICS = {
    "five-steps": Topic("Пять шагов подключения", "всем"),
    "head": Topic("Памятка руководителю", "директору, заведующему"),
    "administrator": Topic("Памятка администратору", "ответственному за Сферум в организации"),
    "teacher": Topic("Памятка педагогу", "учителю, воспитателю, преподавателю"),
    "parent": Topic("Памятка родителю", "родителям и законным представителям"),
    "coordinator": Topic("Памятка координатору", "региональному и муниципальному координатору"),
    "portal-staff": Topic("Памятка службе портала", "сотрудникам службы портала"),
}


def _region(request: HttpRequest) -> Region | None:
    """The visitor's own region, the one that the address names, or the only one that there is."""
    user = request.user
    if user.is_authenticated:
        own = Region.objects.filter(
            Q(pk__in=Coordinator.objects.acting().filter(user=user).values("region"))
            | Q(pk__in=Organization.objects.administered_by(user).values("region"))
        ).first()
        if own is not None:
            return own
    form = RegionForm(request.GET)
    if form.is_valid() and form.cleaned_data["region"]:
        return Region.objects.filter(code=form.cleaned_data["region"]).first()
    regions = Region.objects.all()[:2]
    return regions[0] if len(regions) == 1 else None


def _layout(request: HttpRequest) -> str:
    """A visitor gets the light page, whoever has signed in keeps the navigation."""
    return "base.html" if request.user.is_authenticated else "public.html"


def _department(region: Region | None) -> dict[str, str]:
    if region is None:
        return {}
    return {"department_name": region.department_name, "department_phone": region.department_phone}


@login_not_required
def guides(request: HttpRequest) -> HttpResponse:
    region = _region(request)
    rows = Guide.objects.of_region(region)
    by_step = [(Step(step) if step else None, list(helps)) for step, helps in groupby(rows, lambda row: row.step)]
    context = {
        "layout": _layout(request),
        "region": region,
        "steps": by_step,
        "topics": TOPICS,
        "upcoming": Training.objects.of_region(region).upcoming(),
        "recorded": Training.objects.of_region(region).recorded()[:20],
        "feed": f"?{urlencode({'region': region.code})}" if region else "",
    }
    with timezone.override(region.zone if region else None):
        return render(request, "guides/guides.html", context | _department(region))


@login_not_required
def topic(request: HttpRequest, slug: str) -> HttpResponse:
    if slug not in TOPICS:
        raise Http404
    region = _region(request)
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
    """A feed for calendars; moments are in UTC, so that every calendar shows its owner's own hour."""
    calendar = Calendar()
    calendar.add("prodid", "-//Сферум: подключение школ//RU")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "Обучение по Сферуму")
    since = timezone.now() - FEED_REMEMBERS
    for training in Training.objects.of_region(_region(request)).filter(ends_at__gt=since):
        calendar.add_component(_event(training))
    return HttpResponse(
        calendar.to_ical(),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'inline; filename="trainings.ics"'},
    )


def _event(training: Training) -> Event:
    event = Event()
    event.add("uid", f"training-{training.pk}@{settings.PORTAL_HOST}")
    event.add("dtstamp", training.changed_at)
    event.add("dtstart", training.starts_at)
    event.add("dtend", training.ends_at)
    event.add("summary", training.title)
    words = [f"Этапы: {training.step_words}"] if training.steps else []
    words += [f"Запись: {training.recording_url}"] if training.recording_url else []
    if words:
        event.add("description", "\n".join(words))
    if training.join_url:
        event.add("url", training.join_url)
        event.add("location", training.join_url)
    return event
