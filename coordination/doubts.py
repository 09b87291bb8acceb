"""«Администратор ещё на месте?»: what makes a coordinator ask, one reason an organization, the gravest first."""

from collections import Counter
from typing import Any

from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from coordination.statuses import Doubt
from correspondence.models import Lane, Letter, LetterStatus
from correspondence.statuses import ErrorKind
from organizations.models import Appointment
from organizations.models.appointment_set import AppointmentQuerySet, days_of_now
from organizations.models.organization import OrganizationQuerySet
from organizations.statuses import AppointmentRole, AppointmentStatus, Step
from registrations.models import HandoverRequest

LOST = (ErrorKind.BOUNCED, ErrorKind.PERMANENT)


def with_doubts(organizations: OrganizationQuerySet) -> "QuerySet[Any]":
    """Organizations whose administrator may be gone, with `doubt`, the reason, as a value of `Doubt`.

    What came before the last «Проверено, на месте» counts no more; a change of administrator under way is an answer.
    """
    mine = Q(organization=OuterRef("pk"))
    acting = Exists(Appointment.objects.acting().filter(mine))
    changing = HandoverRequest.objects.open().filter(mine)
    reason = Case(
        When(Exists(_over().filter(mine, role=AppointmentRole.RESPONSIBLE)), then=Value(Doubt.EXPIRED)),
        When(Q(step__gte=Step.REGISTERED) & ~acting, then=Value(Doubt.NOBODY)),
        When(Exists(_over().filter(mine, role=AppointmentRole.DEPUTY)), then=Value(Doubt.DEPUTY_OVER)),
        When(Exists(_unreachable().filter(mine)), then=Value(Doubt.MAIL)),
        default=Value(""),
        output_field=CharField(),
    )
    return organizations.annotate(doubt=reason).exclude(doubt="").exclude(Exists(changing))


def doubts_of(organizations: OrganizationQuerySet) -> Counter[str]:
    """How many organizations for each reason. One statement."""
    return Counter(with_doubts(organizations).order_by().values_list("doubt", flat=True))


def _over() -> AppointmentQuerySet:
    """Appointments whose last day has passed and of which nobody has said what now."""
    return Appointment.objects.filter(status=AppointmentStatus.ACTING, until__lt=days_of_now()[1])


def _unreachable() -> AppointmentQuerySet:
    """Administrators to whose own address a letter could not be delivered since they were named or last confirmed."""
    lost = Letter.objects.filter(status=LetterStatus.FAILED, error_kind__in=LOST, lane__in=(Lane.CASE, Lane.NOTICE))
    since = Coalesce("confirmed_at", "made_at")
    return (
        Appointment.objects.acting()
        .filter(role=AppointmentRole.RESPONSIBLE, email__in=lost.order_by().values("recipient"))
        .annotate(known_since=since)
        .filter(Exists(lost.filter(recipient=OuterRef("email"), created_at__gte=OuterRef("known_since"))))
    )
