"""The list of organizations, one organization, and acts on many of them."""

from dataclasses import dataclass

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST
from django_tables2 import RequestConfig

from accounts.requests import SignedInRequest
from coordination.bulk import acts_of
from coordination.desk import Desk
from coordination.doubts import with_doubts
from coordination.exports import table_of
from coordination.filters import OrganizationFilter
from coordination.inheritance import left_open, predecessors_of
from coordination.models import Call, Contradiction, Merging, SavedView
from coordination.tables import state_badge
from coordination.timeline import timeline
from coordination.views.saved_views import back_to_list, conditions, start_of
from foundation.templatetags.portal import day
from invitations.models import Invitation, JoinRequest
from organizations.journey import next_move_now
from organizations.models import Milestone, Organization, SchoolClass
from organizations.models.organization import OrganizationQuerySet
from organizations.statuses import AppointmentRole, Source, Step
from registrations.forms import MOST_AT_ONCE
from registrations.models import CaseLetter
from registrations.models.case import MOST_UNREAD

PER_PAGE = 50
REMINDERS_SHOWN = 8
CALLS_SHOWN = 5


def organizations(request: SignedInRequest) -> HttpResponse:
    saved = list(SavedView.objects.visible_to(request.user))
    if start := start_of(request, saved):
        return redirect(start)
    desk = Desk(request.user, request.path)
    found = OrganizationFilter(request.GET, request.user, desk)
    table = table_of(request.GET, found)
    RequestConfig(request, paginate={"per_page": PER_PAGE, "silent": True}).configure(table)
    return render(
        request,
        "coordination/organizations.html",
        {
            "desk": desk,
            "filter": found,
            "table": table,
            "count": table.paginator.count,
            "saved": saved,
            "conditions": conditions(request.GET),
            "acts": acts_of(desk),
            "past": found.past,
        },
    )


def organization(request: SignedInRequest, pk: int) -> HttpResponse:
    seen = Organization.objects.visible_to(request.user).select_related("region", "municipality", "successor")
    row = get_object_or_404(seen, pk=pk)
    prefetch_related_objects([row], "milestones")
    is_above = Organization.objects.supervised_by(request.user).filter(pk=pk).exists()
    return render(
        request,
        "coordination/organization.html",
        {
            "organization": row,
            "tab": "overview",
            "is_above": is_above,
            "predecessors": predecessors_of(row),
            "mergings": Merging.objects.manageable_by(request.user).undoable().of(row).select_related("winner", "loser")
            if is_above
            else [],
            "contradictions": Contradiction.objects.open().filter(organization=row) if is_above else [],
            "left": left_open(row, is_own=row.is_administered_by(request.user)) if row.closed_on else [],
            "move": next_move_now(row),
            "state": state_badge(row),
            "road": road(row),
            "entries": timeline(row),
            "doubt": with_doubts(Organization.objects.filter(pk=pk)).first() if is_above else None,
            "hearsay": hearsay(row) if is_above else [],
            "calls": Call.objects.filter(organization=row).select_related("by")[:CALLS_SHOWN] if is_above else [],
            "deputies": row.appointments.acting().filter(role=AppointmentRole.DEPUTY),
            "classes": SchoolClass.objects.current().filter(organization=row).count(),
            "alarmed": Invitation.objects.alarmed().filter(school_class__organization=row).with_school(),
            "arrived": CaseLetter.objects.unread()
            .filter(organization=row)
            .select_related("registration", "handover", "help")[:MOST_UNREAD],
            "pending": JoinRequest.objects.waiting().filter(organization=row).count(),
            "reminders": row.ladder_reminders.select_related("letter")[:REMINDERS_SHOWN],
        },
    )


@dataclass(frozen=True)
class RoadStep:
    name: str
    note: str
    state: str


_SHORT_NAMES = {
    Step.APPOINTED: "Назначен",
    Step.REQUESTED: "Письмо",
    Step.REGISTERED: "Зарегистрирована",
    Step.SIGNED_IN: "Вход",
    Step.CLASSES: "{klasses}",
    Step.INVITED: "Приглашения",
    Step.MIGRATED: "Чаты",
}


def road(row: Organization) -> list[RoadStep]:
    """The seven steps with day and source; a step that was passed without a trace is a gap, not a failure."""
    reached = {m.step: m for m in row.milestones.all()}
    now = min((step for step in Step if step > (row.step or 0)), default=None)
    steps = []
    for step in Step:
        name = _SHORT_NAMES[step].format(klasses=row.words.klasses.capitalize())
        if milestone := reached.get(step):
            source = Source(milestone.source).label
            # What the portal saw happened when it was noted; of what others told, the day may be unknown.
            seen_on = timezone.localdate(milestone.noted_at) if milestone.source == Source.PORTAL else None
            on = milestone.reached_on or seen_on
            note = f"{day(on)}, {source}" if on else source
            steps.append(RoadStep(name, note, "done"))
        else:
            steps.append(RoadStep(name, "", "now" if step == now else "gap" if step < (row.step or 0) else ""))
    return steps


def hearsay(row: Organization) -> list[Milestone]:
    """Steps that are known from the school's words alone: somebody should ring up."""
    return [milestone for milestone in row.milestones.all() if milestone.source == Source.SCHOOL]


def _chosen(request: SignedInRequest) -> OrganizationQuerySet:
    """The ticked organizations, or everything that the filter of the address finds."""
    listing = OrganizationFilter(request.GET, request.user)
    if request.POST.get("all") == "yes" or listing.past:
        return listing.actionable
    ticked = [int(pk) for pk in request.POST.getlist("pk")[:MOST_AT_ONCE] if pk.isascii() and pk.isdigit()]
    return listing.found.filter(pk__in=[pk for pk in ticked if pk < 2**63])


@require_POST
def ask(request: SignedInRequest) -> HttpResponse:
    """A last look before «Кто сейчас отвечает за Сферум?» goes to the chosen organizations: how many, to whom."""
    chosen = _chosen(request).registered()
    count, without_mailbox = chosen.count(), chosen.filter(email="").count()
    if not count:
        messages.warning(request, "Отметьте зарегистрированные организации: сверка нужна только им.")
        return back_to_list(request)
    if count > MOST_AT_ONCE:
        messages.warning(request, f"За один раз можно спросить не больше {MOST_AT_ONCE}. Сузьте фильтр.")
        return back_to_list(request)
    context = {"count": count, "letters": count - without_mailbox, "sheets": without_mailbox, "rows": chosen}
    return render(request, "coordination/ask.html", context)
