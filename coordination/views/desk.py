"""The first page and the coordinator's desk."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.vary import vary_on_headers

from accounts.models import User
from accounts.requests import SignedInRequest
from coordination.demo import is_empty
from coordination.desk import Desk
from coordination.doubts import gravest_first, with_doubts
from coordination.notices import notices_of
from coordination.past import past_of
from coordination.scope import Scope
from coordination.sight import figures_in_sight, waiting_in_sight
from coordination.views import first_run
from coordination.views.past import past_desk
from coordination.worklist import top
from organizations.models import Organization
from registrations.clock import overdue_since
from registrations.models import InboxLetter

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
    desk = territory_of(request)
    scope, supervised = Scope.read(request.GET), Organization.objects.supervised_by(request.user)
    if past := past_of(request.GET.get("as_of", ""), supervised):
        return past_desk(request, past, scope)
    figures = figures_in_sight(scope, supervised.listed())
    return render(request, "coordination/dashboard.html", {"desk": desk, "now": timezone.localtime(), **figures})


@vary_on_headers("HX-Request")
def waiting(request: SignedInRequest) -> HttpResponse:
    """What waits for somebody. The desk asks for it after the figures: every room is looked through for it."""
    desk, scope = territory_of(request), Scope.read(request.GET)
    territory = Organization.objects.supervised_by(request.user).listed()
    late, now = overdue_since(desk.regions), timezone.localtime()
    unsorted = InboxLetter.objects.visible_to(request.user).waiting()
    organizations = scope.narrow(territory)
    notices = notices_of(organizations, late, {region.pk: region for region in desk.regions})
    template = "coordination/_waiting.html" if "HX-Request" in request.headers else "coordination/waiting.html"
    return render(
        request,
        template,
        {
            "desk": desk,
            "overdue": notices.overdue,
            "doubtful": with_doubts(organizations).order_by(gravest_first(), "search_key")[:DOUBTS_SHOWN],
            "unchecked": notices.unchecked,
            "now": now,
            **waiting_in_sight(scope, territory, late, unsorted, now.date()),
        },
    )


def calls_today(request: SignedInRequest) -> HttpResponse:
    """The top of the work list for the desk, asked for after the figures: it looks through every matter there is."""
    territory_of(request)
    territory, scope = Organization.objects.supervised_by(request.user).listed(), Scope.read(request.GET)
    return render(request, "coordination/_calls_today.html", {"scope": scope, **top(scope.narrow(territory))})
