"""«Администратор ещё на месте?»: what makes a coordinator ask, one reason an organization, the gravest first."""

from collections import Counter
from typing import Any

from django.db.models import Case, CharField, F, Max, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, StrIndex

from coordination.statuses import Doubt
from correspondence.models import Lane, Letter, LetterStatus
from correspondence.statuses import ErrorKind
from organizations.models import Appointment
from organizations.models.appointment_set import AppointmentQuerySet
from organizations.models.organization import OrganizationQuerySet
from organizations.statuses import AppointmentRole, Step
from registrations.models import HandoverRequest

LOST = (ErrorKind.BOUNCED, ErrorKind.PERMANENT)


def with_doubts(organizations: OrganizationQuerySet) -> "QuerySet[Any]":
    """Organizations whose administrator may be gone, with `doubt`, the reason, as a value of `Doubt`."""
    return organizations.annotate(doubt=doubt_expression(organizations)).exclude(doubt="")


def gravest_first() -> StrIndex:
    """For the order of what `with_doubts` gave; one look at the reason, which a Case would work out for each word."""
    return StrIndex(Value(" ".join(Doubt)), F("doubt"))


def doubt_expression(organizations: OrganizationQuerySet) -> Case:
    """The reason; empty where nothing makes one ask.

    What came before the last «Проверено, на месте» counts no more; a change of administrator under way is an answer.
    Sets and not a look at each row: on SQLite, with 40,000 organizations, that is half a second instead of 20.
    """
    mine = Appointment.objects.filter(organization__in=organizations.order_by().values("pk")).order_by()
    acting, over = mine.acting().values("organization"), mine.over().values("organization")
    changing = HandoverRequest.objects.open().order_by().values("organization")
    return Case(
        When(pk__in=changing, then=Value("")),
        When(pk__in=over.filter(role=AppointmentRole.RESPONSIBLE), then=Value(Doubt.EXPIRED)),
        When(Q(step__gte=Step.REGISTERED) & ~Q(pk__in=acting), then=Value(Doubt.NOBODY)),
        When(pk__in=over.filter(role=AppointmentRole.DEPUTY), then=Value(Doubt.DEPUTY_OVER)),
        When(pk__in=unreachable(mine).values("organization"), then=Value(Doubt.MAIL)),
        default=Value(""),
        output_field=CharField(),
    )


def count_doubts(doubtful: "QuerySet[Any]") -> Counter[str]:
    """How many organizations for each reason, of what `with_doubts` gave."""
    return Counter(doubtful.order_by().values_list("doubt", flat=True))


def unreachable(appointments: AppointmentQuerySet) -> "QuerySet[Any]":
    """Those of them to whose own address a letter was lost since that person was named or last confirmed.

    Letters know nothing of appointments, so the two are joined here by the address: first the set of lost addresses,
    and only of those the last day, by the index `letter_of_recipient`: without it each of them reads every letter.
    """
    lost = Letter.objects.filter(status=LetterStatus.FAILED, error_kind__in=LOST, lane__in=(Lane.CASE, Lane.NOTICE))
    lost = lost.order_by()
    theirs = appointments.acting().filter(role=AppointmentRole.RESPONSIBLE).exclude(email="")
    theirs = theirs.filter(email__in=lost.values("recipient"))
    last = lost.filter(recipient=OuterRef("email")).values("recipient").annotate(last=Max("created_at")).values("last")
    since = theirs.annotate(lost_at=Subquery(last), known_since=Coalesce("confirmed_at", "made_at"))
    return since.filter(lost_at__gte=F("known_since"))
