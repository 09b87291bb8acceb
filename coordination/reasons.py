"""Why an organization needs a human: each reason is a set of rows, never a look at each organization.

The same rows say who is in the list, and since when and how many for the organizations of one page.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, IntegerField, Min, Q, QuerySet, Value
from django.db.models.functions import TruncDate
from django.utils import timezone

from coordination.doubts import unreachable
from coordination.stalled import unstarted_q
from coordination.statuses import Reason
from invitations.models import JoinRequest
from invitations.nudges import last_patient_moment
from organizations.models import Appointment, Event, Organization, Region
from organizations.models.organization import OrganizationQuerySet
from organizations.statuses import AppointmentRole, Step
from registrations.clock import overdue_since
from registrations.models import CaseLetter, HandoverRequest, HelpRequest, Inquiry, RegistrationRequest
from registrations.statuses import Addressee


@dataclass(frozen=True)
class Ground:
    """Rows that give a reason, `day` since when, and the page on which it is settled."""

    reason: Reason
    rows: "QuerySet[Any]"
    day: Any
    page: str
    organization: str = "organization"
    asked: Addressee | None = None
    """Who owes the answer."""

    @property
    def members(self) -> Q:
        """The organizations, as a condition on them."""
        return Q(pk__in=self.rows.order_by().values(self.organization))

    def facts(self, number: int, organizations: list[int]) -> "QuerySet[Any]":
        """(organization, which ground, since when, how many) of the given ones."""
        mine = self.rows.filter(**{f"{self.organization}__in": organizations}).order_by()
        grouped = mine.values(about=F(self.organization)).annotate(
            ground=Value(number, output_field=IntegerField()), day=Min(self.day), number=Count("pk")
        )
        facts: QuerySet[Any] = grouped.values_list("about", "ground", "day", "number")
        return facts


@dataclass(frozen=True)
class Patience:
    """What each region's own calendar calls long enough."""

    moments: dict[datetime, list[int]]

    def over(self, field: str) -> Q:
        """Rows whose moment lies before the region's last patient one."""
        over = Q(pk__in=[])
        for moment, regions in self.moments.items():
            over |= Q(organization__region__in=regions, **{f"{field}__lt": moment})
        return over


def patience() -> Patience:
    """One statement."""
    moments: dict[datetime, list[int]] = defaultdict(list)
    for region in Region.objects.only("time_zone", "reminder_after_days").order_by():
        moments[last_patient_moment(region, timezone.localdate(timezone=region.zone))].append(region.pk)
    return Patience(moments)


def grounds_over(organizations: OrganizationQuerySet) -> list[Ground]:
    """Every reason over a territory, in the order of `Reason`; five small statements to learn what is late."""
    patient = patience()
    found = [*_of_cases(patient), *_of_administrators(organizations), *_of_people(patient), *_of_schools()]
    order = list(Reason)
    return sorted(found, key=lambda ground: order.index(ground.reason))


def _of_cases(patient: Patience) -> Iterator[Ground]:
    late, waiting = overdue_since(), F("waiting_since")
    for model in (RegistrationRequest, HandoverRequest):
        page = f"registrations:{model.kind}"
        yield Ground(Reason.OVERDUE, model.objects.overdue(late), waiting, page, asked=model.ASKS)
    for asked in Addressee:
        rows = HelpRequest.objects.overdue(late).filter(addressee=asked)
        yield Ground(Reason.OVERDUE, rows, waiting, "registrations:help", asked=asked)
    yield Ground(Reason.UNREAD, CaseLetter.objects.unread(), F("on"), "coordination:organization")
    for kind in (RegistrationRequest, HandoverRequest, HelpRequest):
        ready = kind.objects.filter(patient.over("moved_at"), status__in=kind.READY)
        yield Ground(Reason.UNSENT, ready, TruncDate("moved_at"), f"registrations:{kind.kind}")


def _of_administrators(organizations: OrganizationQuerySet) -> Iterator[Ground]:
    """As `with_doubts` asks them, but every one that holds and not the gravest alone."""
    page, acting = "organizations:appointments", Appointment.objects.acting().order_by()
    changing = HandoverRequest.objects.open().order_by().values("organization")
    over = Appointment.objects.over().exclude(organization__in=changing)
    led = acting.filter(role=AppointmentRole.RESPONSIBLE)
    helped = acting.filter(role=AppointmentRole.DEPUTY).values("organization")
    yield Ground(Reason.UNCHECKED, Appointment.objects.unchecked(), TruncDate("made_at"), page)
    yield Ground(Reason.EXPIRED, over.filter(role=AppointmentRole.RESPONSIBLE), F("until"), page)
    yield Ground(Reason.DEPUTY_OVER, over.filter(role=AppointmentRole.DEPUTY), F("until"), page)
    registered = Organization.objects.registered().exclude(pk__in=changing)
    ended = Appointment.objects.over().filter(role=AppointmentRole.RESPONSIBLE).values("organization")
    nobody = registered.exclude(pk__in=acting.values("organization")).exclude(pk__in=ended)
    yield Ground(Reason.NOBODY, nobody, F("step_since"), "registrations:inquiry", "pk")
    mine = Appointment.objects.filter(organization__in=organizations.order_by().values("pk")).order_by()
    lost = unreachable(mine).exclude(organization__in=changing)
    yield Ground(Reason.MAIL, lost, F("organization__step_since"), page)
    alone = led.filter(organization__step__gte=Step.REGISTERED).exclude(organization__in=helped)
    yield Ground(Reason.LONE, alone, F("since"), "organizations:deputy-add")


def _of_people(patient: Patience) -> Iterator[Ground]:
    waiting, link = JoinRequest.objects.waiting(), Event.objects.filter(verb="head-link.sent")
    late = waiting.filter(patient.over("created_at"))
    yield Ground(Reason.REQUESTS, late, TruncDate("created_at"), "coordination:organization")
    silent = Inquiry.objects.open().filter(patient.over("last_sent_at"))
    yield Ground(Reason.HEAD_SILENT, silent, TruncDate("last_sent_at"), "registrations:inquiry")
    known = Appointment.objects.responsible().order_by().values("organization")
    again = link.exclude(patient.over("at")).order_by().values("organization")
    unanswered = link.filter(patient.over("at")).exclude(organization__in=known).exclude(organization__in=again)
    yield Ground(Reason.HEAD_SILENT, unanswered, TruncDate("at"), "organizations:appointments")


def _of_schools() -> Iterator[Ground]:
    asked = Event.objects.filter(verb="head-link.sent", organization__isnull=False)  # the head's silence has a clock
    unstarted = Organization.objects.filter(unstarted_q()).exclude(pk__in=asked.order_by().values("organization"))
    yield Ground(Reason.UNSTARTED, unstarted, F("listed_on"), "organizations:appointments", "pk")
    not_yet = Organization.objects.filter(Q(step=None) | Q(step__lt=Step.REGISTERED), email="")
    yield Ground(Reason.NO_EMAIL, not_yet, F("step_since"), "organizations:appointments", "pk")
