"""Sets of appointments: who acts today, who is new, and the verb that appoints."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from phonenumber_field.phonenumber import PhoneNumber

from accounts.models import User, Visitor
from organizations.models.event import Event
from organizations.models.organization import Organization
from organizations.statuses import AdministratorState, AppointmentRole, AppointmentStatus, Source, Step

if TYPE_CHECKING:
    from organizations.models.appointment import Appointment


EARLIEST, LATEST = ZoneInfo("Asia/Kamchatka"), ZoneInfo("Europe/Kaliningrad")


def days_of_now() -> tuple[date, date]:
    """The last and the first day of Russia's calendars at this moment.

    `since` is a day of the organization's region, but the question is also asked where nobody has signed in yet and in
    tasks, by Moscow's clock: an appointment of this morning in Kamchatka must not wait for Moscow's midnight.
    """
    now = timezone.now()
    return timezone.localdate(now, EARLIEST), timezone.localdate(now, LATEST)


SENT_TWICE = timedelta(minutes=1)


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def acting(self, on: date | None = None) -> "AppointmentQuerySet":
        """Appointments that give rights on that day (now by default)."""
        begun, over = (on, on) if on else days_of_now()
        return self.filter(Q(until=None) | Q(until__gte=over), status=AppointmentStatus.ACTING, since__lte=begun)

    def visible_to(self, user: Visitor) -> "AppointmentQuerySet":
        return self.filter(organization__in=Organization.objects.visible_to(user))

    def manageable_by(self, user: Visitor) -> "AppointmentQuerySet":
        return self.filter(organization__in=Organization.objects.manageable_by(user))

    def unchecked(self) -> "AppointmentQuerySet":
        """New appointments that no coordinator has looked at."""
        return self.filter(status=AppointmentStatus.ACTING, checked_at=None).exclude(source=Source.REGISTRY)

    def responsible(self) -> "AppointmentQuerySet":
        """The administrators in force, deputies left out: one per organization."""
        return self.filter(role=AppointmentRole.RESPONSIBLE, status=AppointmentStatus.ACTING)

    def close_past_deputies(self, organization: Organization, *, by: User | None) -> None:
        """Somebody is known to answer for Sferum: what became of a deputy whose days are over is no question now."""
        over = self.over().filter(organization=organization, role=AppointmentRole.DEPUTY)
        over.update(status=AppointmentStatus.ENDED, ended_at=timezone.now(), ended_by=by)

    def over(self) -> "AppointmentQuerySet":
        """Their last day has passed, and nobody has said what now."""
        return self.filter(status=AppointmentStatus.ACTING, until__lt=days_of_now()[1])

    def just_made(self, full_name: str, phone: PhoneNumber | None, by: User | None) -> "Appointment | None":
        """The same appointment by the same person a moment ago: a form that was sent twice, not a second decision."""
        return self.filter(
            full_name=full_name, phone=phone or "", made_by=by, made_at__gt=timezone.now() - SENT_TWICE
        ).first()

    def with_phone(self, phone: PhoneNumber) -> "AppointmentQuerySet":
        return self.filter(phone=phone, status=AppointmentStatus.ACTING)

    @transaction.atomic
    def appoint(
        self,
        organization: Organization,
        *,
        full_name: str,
        phone: PhoneNumber | None,
        email: str = "",
        source: Source,
        by: User | None = None,
        actor: str = "",
        **details: Any,
    ) -> "Appointment":
        """Makes the person the organization's administrator; whoever was it before is relieved in the same moment.

        `details` are further fields of the row (position, order_number, order_on, since, shared_phone_reason).
        What it says of the administrator's state: see `Appointment.state_it_brings`.
        """
        hold(organization, source)
        formers = self.filter(organization=organization).responsible()
        if twin := formers.just_made(full_name, phone, by):
            return twin
        for former in formers:
            former.end(by=by, actor=actor)
        appointment = self.model(
            organization=organization,
            role=AppointmentRole.RESPONSIBLE,
            full_name=full_name,
            phone=phone or "",
            email=email.strip().lower(),
            source=source,
            made_by=by,
            **details,
        )
        if source != Source.REGISTRY:
            appointment.confirmed_on = timezone.localdate()
            appointment.user, appointment.is_new_user = user_for(appointment)
        appointment.save(force_insert=True)
        self._tell(appointment, by=by, actor=actor)
        return appointment

    def _tell(self, appointment: "Appointment", *, by: User | None, actor: str) -> None:
        """What follows for the organization: a line in the journal, the first step, the administrator's state."""
        from organizations.journey import reach

        organization, source = appointment.organization, appointment.source
        Event.record("appointment.made", appointment, organization, by=by, actor=actor)
        if source != Source.REGISTRY:
            self.close_past_deputies(organization, by=by)
        reach(organization, Step.APPOINTED, by=by, source=Source(source), on=appointment.since, actor=actor)
        organization.set_administrator_state(appointment.state_it_brings(), confirmed_on=appointment.confirmed_on)

    @transaction.atomic
    def add_deputy(
        self,
        organization: Organization,
        *,
        full_name: str,
        phone: PhoneNumber,
        since: date,
        until: date,
        source: Source,
        email: str = "",
        by: User | None = None,
        actor: str = "",
        **details: Any,
    ) -> "Appointment":
        """A deputy with the same rights from one day to another, both included."""
        hold(organization, source)
        deputies = self.filter(organization=organization, role=AppointmentRole.DEPUTY, since=since, until=until)
        if twin := deputies.filter(status=AppointmentStatus.ACTING).just_made(full_name, phone, by):
            return twin
        deputy = self.model(
            organization=organization,
            role=AppointmentRole.DEPUTY,
            full_name=full_name,
            phone=phone,
            email=email.strip().lower(),
            since=since,
            until=until,
            source=source,
            made_by=by,
            **details,
        )
        deputy.user, deputy.is_new_user = user_for(deputy)
        deputy.save(force_insert=True)
        Event.record("deputy.made", deputy, organization, by=by, actor=actor)
        if deputy.is_acting and organization.administrator is None:
            organization.set_administrator_state(AdministratorState.ABSENT)
        return deputy


def hold(organization: Organization, source: Source) -> None:
    """The lock of one organization. Whoever is named by a person ends the head's links and sheets of before."""
    raised = F("head_link_version") + int(source != Source.REGISTRY)
    Organization.objects.filter(pk=organization.pk).update(head_link_version=raised)


def user_for(appointment: "Appointment") -> tuple[User, bool]:
    """The account of the appointed person and whether it is new.

    The phone decides, then the person's own address. An account that exists is never given another address or phone
    here: whoever holds a head's link could else take over a stranger's account by naming that stranger's number. The
    official mailbox of an organization is nobody's own, so it does not become the address of an account.
    """
    email = appointment.email
    if email and Organization.objects.filter(email__iexact=email).exists():
        email = ""
    known = User.objects.filter(phone=appointment.phone).first() if appointment.phone else None
    known = known or (User.objects.filter(email=email).first() if email else None)
    if known is not None:
        return known, False
    demo = appointment.organization.is_demo
    user = User.objects.create_user(
        email or None, appointment.phone or None, full_name=appointment.full_name, is_demo=demo
    )
    return user, True
