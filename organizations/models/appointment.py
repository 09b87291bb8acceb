"""Who answers for Sferum in an organization: the administrator and the deputies, by order of the head."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from phonenumber_field.modelfields import PhoneNumberField
from phonenumber_field.phonenumber import PhoneNumber

from accounts.models import User
from foundation.verbs import WrongStatus
from foundation.working_days import add_working_days
from organizations.models.appointment_set import AppointmentQuerySet, days_of_now
from organizations.models.event import Event
from organizations.models.organization import Organization
from organizations.models.territory import Coordinator
from organizations.statuses import AdministratorState, AppointmentRole, AppointmentStatus, Source

ASK_BEFORE = 3
"""Working days before a deputy's last one, when the question of what comes next is asked."""


class Appointment(models.Model):
    """One person's appointment. Name, phone and e-mail are facts of that order, not of the person's account."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="appointments")
    role = models.CharField("роль", max_length=20, choices=AppointmentRole, default=AppointmentRole.RESPONSIBLE)
    status = models.CharField(
        "состояние", max_length=20, choices=AppointmentStatus, default=AppointmentStatus.ACTING, editable=False
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="appointments")
    full_name = models.CharField("фамилия, имя, отчество", max_length=200)
    position = models.CharField("должность", max_length=200, blank=True)
    phone = PhoneNumberField("мобильный телефон", blank=True)
    email = models.EmailField("электронная почта", blank=True)
    order_number = models.CharField("номер приказа", max_length=60, blank=True)
    order_on = models.DateField("дата приказа", null=True, blank=True)
    since = models.DateField("действует с", default=timezone.localdate)
    until = models.DateField("действует по", null=True, blank=True)
    source = models.CharField("основание", max_length=20, choices=Source)
    shared_phone_reason = models.CharField("почему номер уже используется", max_length=300, blank=True)
    confirmed_on = models.DateField("подтверждено", null=True, blank=True)
    confirmed_at = models.DateTimeField("подтверждено в", null=True, editable=False)
    """The moment of `confirm`: what came before it raises no doubt any more. Naming a person does not set it."""
    entered_on = models.DateField("вход в Сферум подтверждён", null=True, editable=False)
    """The day on which this very person was known to sign in at Sferum; a successor begins without."""
    agreed_at = models.DateTimeField("согласие на передачу имени и номера в Сферум", null=True, editable=False)

    made_at = models.DateTimeField("внесено", default=timezone.now, editable=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False)
    checked_at = models.DateTimeField("проверено координатором", null=True, editable=False)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    contest_reason = models.CharField("почему оспорено", max_length=500, blank=True)
    ended_at = models.DateTimeField("прекращено", null=True, editable=False)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False)

    objects = AppointmentQuerySet.as_manager()

    is_new_user = False
    """Set by `appoint` and `add_deputy`: the account was made for this very appointment, so a welcome link is due."""

    class Meta:
        verbose_name = "назначение администратора"
        verbose_name_plural = "назначения администраторов"
        ordering = ["organization", "-since", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_acting_responsible",
                fields=["organization"],
                condition=Q(role=AppointmentRole.RESPONSIBLE, status=AppointmentStatus.ACTING),
            ),
            models.CheckConstraint(name="appointment_status_known", condition=Q(status__in=AppointmentStatus.values)),
            models.CheckConstraint(name="appointment_role_known", condition=Q(role__in=AppointmentRole.values)),
            models.CheckConstraint(
                name="appointment_ends_after_it_begins", condition=Q(until=None) | Q(until__gte=models.F("since"))
            ),
        ]
        indexes = [models.Index(name="appointment_of_user", fields=["user", "status"])]

    def __str__(self) -> str:
        return f"{self.full_name} — {self.organization}"

    @property
    def appointments_url(self) -> str:
        return reverse("organizations:appointments", args=[self.organization_id])

    @property
    def is_acting(self) -> bool:
        begun, over = days_of_now()
        return (
            self.status == AppointmentStatus.ACTING
            and self.since <= begun
            and (self.until is None or self.until >= over)
        )

    @property
    def awaits_answer(self) -> bool:
        """A deputy's days end soon, or have ended: returned, extended, or a change of administrator?"""
        if self.role != AppointmentRole.DEPUTY or self.status != AppointmentStatus.ACTING or self.until is None:
            return False
        return self.until <= add_working_days(self.organization.today, ASK_BEFORE)

    @property
    def is_over(self) -> bool:
        """Its last day has passed, and nobody has said what now."""
        return self.status == AppointmentStatus.ACTING and self.until is not None and self.until < days_of_now()[1]

    def may_get_sheet_from(self, issuer: User) -> bool:
        """Whether `issuer` may print a sign-in sheet for this person.

        A sheet opens the whole account, so nobody prints one for whoever has rights beyond the issuer's own: naming
        a superior's phone in an appointment would else be a way into that superior's account.
        """
        user = self.user
        if (
            user is None
            or not self.is_acting
            or user.is_staff
            or Coordinator.objects.acting().filter(user=user).exists()
        ):
            return False
        beyond = (
            Appointment.objects.acting()
            .filter(user=user)
            .exclude(organization__in=Organization.objects.manageable_by(issuer))
        )
        return not beyond.exists()

    def state_it_brings(self) -> AdministratorState:
        """What is known of the administrator once this appointment acts.

        Where the organization is registered on another number, rights at Sferum still have to be moved by the
        manager, so the state is «сменился»; a name read from a registry confirms nothing.
        """
        if self.source == Source.REGISTRY:
            return AdministratorState.UNCONFIRMED
        if self.organization.is_registered and self.phone != self.organization.registered_phone:
            return AdministratorState.CHANGING
        return AdministratorState.CONFIRMED

    def _move(self, old: AppointmentStatus, new: AppointmentStatus, **changes: Any) -> None:
        """Compare-and-set: only the first of two people changes the row, the other learns that it happened."""
        if not Appointment.objects.filter(pk=self.pk, status=old).update(status=new, **changes):
            self.refresh_from_db()
            raise WrongStatus(f"Назначение уже не в том состоянии: {self.get_status_display()}.", status=self.status)
        self.status = new
        for name, value in changes.items():
            setattr(self, name, value)

    @transaction.atomic
    def end(self, *, by: User | None = None, actor: str = "") -> None:
        """The person's rights in this organization end now, with all their sessions."""
        changes = {"ended_at": timezone.now(), "ended_by": by}
        self._move(AppointmentStatus.ACTING, AppointmentStatus.ENDED, **changes)
        if self.user is not None:
            self.user.end_sessions()
        Event.record("appointment.relieved", self, self.organization, by=by, actor=actor)

    @transaction.atomic
    def relieve(self, *, by: User | None = None, actor: str = "") -> None:
        """Ends the appointment where nobody takes over; a deputy who acts today keeps the organization running."""
        self.organization.hold()
        self.end(by=by, actor=actor)
        if self.role == AppointmentRole.RESPONSIBLE:
            deputies = self.organization.appointments.acting().filter(role=AppointmentRole.DEPUTY)
            self.organization.set_administrator_state(
                AdministratorState.ABSENT if deputies.exists() else AdministratorState.UNKNOWN
            )

    @transaction.atomic
    def confirm(self, *, on: date, by: User | None = None, actor: str = "") -> None:
        """The head, or a coordinator by telephone, says: the same person, and the sign-in works."""
        self.organization.hold()
        acting = Appointment.objects.filter(pk=self.pk, status=AppointmentStatus.ACTING)
        entered = Coalesce("entered_on", Value(on))
        if not acting.update(confirmed_on=on, confirmed_at=timezone.now(), entered_on=entered):
            raise WrongStatus("Назначение уже прекращено.")
        self.refresh_from_db(fields=["confirmed_on", "confirmed_at", "entered_on"])
        Appointment.objects.close_past_deputies(self.organization, by=by)
        self.organization.set_administrator_state(AdministratorState.CONFIRMED, confirmed_on=on)
        Event.record("appointment.confirmed", self, self.organization, by=by, actor=actor)

    @transaction.atomic
    def return_administrator(self, *, by: User) -> None:
        """«Вернулась»: the deputy's days end today, and the administrator answers alone again."""
        self.organization.hold()
        administrator = self.organization.administrator
        if administrator is None:
            raise WrongStatus("Администратора в портале нет: вместо возвращения оформите смену.")
        self._move(AppointmentStatus.ACTING, AppointmentStatus.ENDED, ended_at=timezone.now(), ended_by=by)
        if self.user is not None:
            self.user.end_sessions()
        if self.organization.administrator_state == AdministratorState.ABSENT:
            self.organization.set_administrator_state(administrator.state_it_brings())
        Event.record("deputy.returned", self, self.organization, by=by)

    @transaction.atomic
    def extend(self, *, until: date, by: User) -> None:
        """Another last day, also where the former one has passed: of two people at once the first one's counts."""
        self.organization.hold()
        mine = Appointment.objects.filter(pk=self.pk, status=AppointmentStatus.ACTING, until=self.until)
        if not mine.update(until=until):
            raise WrongStatus("Срок уже изменил кто-то другой.")
        self.until = until
        if self.role == AppointmentRole.RESPONSIBLE:
            self.organization.set_administrator_state(self.state_it_brings(), confirmed_on=self.confirmed_on)
        Event.record("appointment.extended", self, self.organization, by=by)

    @transaction.atomic
    def change_phone(self, phone: PhoneNumber, *, by: User) -> bool:
        """The same person on another number; whether the number of sign-in moved too, where it is that person's own.

        Sign-in is moved by that person, or from above by whoever might print a sheet for the account.
        """
        old = self.phone
        if not Appointment.objects.filter(pk=self.pk, status=AppointmentStatus.ACTING, phone=old).update(phone=phone):
            raise WrongStatus("Назначение за это время изменилось.")
        self.phone = phone
        user = self.user
        is_above = Organization.objects.supervised_by(by).filter(pk=self.organization_id).exists()
        may_move = user is not None and (user == by or (is_above and self.may_get_sheet_from(by)))
        moved = may_move and user is not None and user.move_phone(old, phone)
        Event.record("appointment.phone-changed", self, self.organization, by=by, fields=["phone"])
        return moved

    @transaction.atomic
    def mark_checked(self, *, by: User) -> None:
        """The coordinator has looked at a new appointment and has nothing against it."""
        if not Appointment.objects.filter(pk=self.pk, checked_at=None).update(checked_at=timezone.now(), checked_by=by):
            raise WrongStatus("Это назначение уже проверено.")
        Event.record("appointment.checked", self, self.organization, by=by)

    @transaction.atomic
    def contest(self, *, by: User, reason: str) -> None:
        """Suspends the rights at once: a stranger may have got hold of the head's link."""
        self.organization.hold()
        self._move(AppointmentStatus.ACTING, AppointmentStatus.CONTESTED, contest_reason=reason)
        if self.user is not None:
            self.user.end_sessions()
        if self.role == AppointmentRole.RESPONSIBLE:
            self.organization.set_administrator_state(AdministratorState.UNKNOWN)
        Event.record("appointment.contested", self, self.organization, by=by)

    @transaction.atomic
    def reinstate(self, *, by: User) -> None:
        """Takes the objection back, unless somebody else was appointed meanwhile."""
        self.organization.hold()
        if self.role == AppointmentRole.RESPONSIBLE and self.organization.administrator is not None:
            raise WrongStatus("За это время назначен другой администратор.")
        self._move(AppointmentStatus.CONTESTED, AppointmentStatus.ACTING, contest_reason="")
        if self.role == AppointmentRole.RESPONSIBLE:
            self.organization.set_administrator_state(self.state_it_brings(), confirmed_on=self.confirmed_on)
        Event.record("appointment.reinstated", self, self.organization, by=by)

    @transaction.atomic
    def record_order(self, *, number: str, on: date, by: User | None = None, actor: str = "") -> None:
        Appointment.objects.filter(pk=self.pk).update(order_number=number, order_on=on)
        self.order_number, self.order_on = number, on
        Event.record("appointment.order-recorded", self, self.organization, by=by, actor=actor)

    @transaction.atomic
    def agree(self, *, by: User) -> None:
        """The administrator confirms that own name and number go to Sferum; the first moment counts."""
        Appointment.objects.filter(pk=self.pk, agreed_at=None).update(agreed_at=timezone.now())
        self.refresh_from_db(fields=["agreed_at"])
