"""Change of administrator: in the portal once the new one accepts, in Sferum once the manager has moved the rights."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils import timezone
from phonenumber_field.modelfields import PhoneNumberField
from phonenumber_field.phonenumber import PhoneNumber

from accounts.models import User
from correspondence.models import Link
from foundation.codes import show_code
from foundation.letters import render_letter
from foundation.phones import show_phone
from foundation.tokens import paper_code
from foundation.verbs import WrongStatus
from organizations.letters import welcome_administrator
from organizations.models import Appointment, Organization
from organizations.statuses import AdministratorState, Source
from registrations.letters import queue_nomination
from registrations.models.case import Case, CaseQuerySet
from registrations.outgoing import Outgoing, reply_address
from registrations.registered_phone import note_registered_phone
from registrations.statuses import (
    HANDOVER_OPEN,
    AcceptedHow,
    Addressee,
    AnswerChannel,
    HandoverStatus,
    NominatedBy,
    Purpose,
)

ANSWERS_WITHIN = timedelta(days=14)


@dataclass(frozen=True)
class Nominee:
    """The new administrator as the head, the coordinator or the outgoing administrator names them."""

    full_name: str
    phone: PhoneNumber
    email: str = ""
    position: str = ""
    shared_phone_reason: str = ""
    order_number: str = ""
    order_on: date | None = None

    def columns(self) -> dict[str, Any]:
        return {
            "nominee_name": self.full_name,
            "nominee_phone": self.phone,
            "nominee_email": self.email,
            "position": self.position,
            "shared_phone_reason": self.shared_phone_reason,
            "order_number": self.order_number,
            "order_on": self.order_on,
        }


class HandoverQuerySet(CaseQuerySet["HandoverRequest"]):
    @transaction.atomic
    def nominate(
        self,
        organization: Organization,
        nominee: Nominee,
        *,
        nominated_by: NominatedBy,
        by: User | None = None,
        actor: str = "",
        predecessor_name: str = "",
        predecessor_phone: PhoneNumber | str | None = None,
    ) -> "HandoverRequest":
        """Names the new administrator; the old one, where the portal knows one, keeps the rights until acceptance."""
        former = organization.administrator
        try:
            with transaction.atomic():
                request = self.open_new(
                    organization,
                    by=by,
                    nominated_by=nominated_by,
                    **nominee.columns(),
                    predecessor_name=former.full_name if former else predecessor_name,
                    predecessor_phone=(former.phone if former else predecessor_phone) or "",
                    expires_on=timezone.localdate() + ANSWERS_WITHIN,
                )
        except IntegrityError as error:
            other = self.open().get(organization=organization)
            raise WrongStatus(
                f"Смена администратора уже идёт: {other.number}, {other.get_status_display()}.", status=other.status
            ) from error
        request._record("nominated", by, actor)
        organization.set_administrator_state(AdministratorState.CHANGING)
        if nominee.email:
            queue_nomination(request)
        return request

    def expire_due(self) -> int:
        """Nominations whose term is over; returns how many."""
        due = self.filter(status=HandoverStatus.NOMINATED, expires_on__lt=timezone.localdate())
        expired = 0
        for request in due.select_related("organization"):
            try:
                request.expire()
            except WrongStatus:
                continue  # accepted at this very moment
            expired += 1
        return expired


class HandoverRequest(Case):
    kind = "handover"
    PREFIX = "СМЕНА"
    OPEN = HANDOVER_OPEN
    READY = (HandoverStatus.ACCEPTED,)
    AWAITING = HandoverStatus.SUBMITTED

    status = models.CharField(
        "состояние", max_length=20, choices=HandoverStatus, default=HandoverStatus.NOMINATED, editable=False
    )
    nominated_by = models.CharField("кто предложил", max_length=20, choices=NominatedBy)
    nominee_name = models.CharField("новый администратор", max_length=200)
    nominee_phone = PhoneNumberField("мобильный телефон нового администратора")
    nominee_email = models.EmailField("почта нового администратора", blank=True)
    position = models.CharField("должность", max_length=200, blank=True)
    shared_phone_reason = models.CharField("почему номер уже используется", max_length=300, blank=True)
    order_number = models.CharField("номер приказа", max_length=60, blank=True)
    order_on = models.DateField("дата приказа", null=True, blank=True)
    predecessor_name = models.CharField("прежний администратор", max_length=200, blank=True)
    predecessor_phone = PhoneNumberField("телефон прежнего администратора", blank=True)
    expires_on = models.DateField("согласиться до")
    token_version = models.PositiveIntegerField(default=1, editable=False)
    appointment = models.ForeignKey(Appointment, models.PROTECT, null=True, editable=False, related_name="+")
    accepted_at = models.DateTimeField("согласие получено", null=True, editable=False)
    accepted_how = models.CharField("как получено согласие", max_length=20, choices=AcceptedHow, blank=True)
    portal_since = models.DateField("действует в портале с", null=True, editable=False)

    objects = HandoverQuerySet.as_manager()

    class Meta(Case.Meta):
        verbose_name = "смена администратора"
        verbose_name_plural = "смены администраторов"
        constraints = [
            models.UniqueConstraint(
                name="one_open_handover", fields=["organization"], condition=Q(status__in=HANDOVER_OPEN)
            ),
            models.CheckConstraint(name="handover_status_known", condition=Q(status__in=HandoverStatus.values)),
        ]

    @property
    def link(self) -> Link:
        return Link(path="/handover/{token}/", purpose="handover", object_id=self.pk, version=self.token_version)

    @property
    def paper_code(self) -> str:
        return show_code(paper_code("handover", self.pk, self.token_version))

    @property
    def is_acceptable(self) -> bool:
        return self.status == HandoverStatus.NOMINATED and self.expires_on >= timezone.localdate()

    @property
    def predecessor(self) -> str:
        """In words for a letter or a page; not knowing is a legal answer."""
        return ", ".join(filter(None, [self.predecessor_name, show_phone(self.predecessor_phone)])) or (
            "имя и номер неизвестны"
        )

    @property
    def asked(self) -> Addressee:
        return Addressee.MANAGER

    def compose(self, purpose: Purpose = Purpose.FIRST) -> Outgoing:
        organization, region = self.organization, self.organization.region
        facts = {
            "region": region.name,
            "organization": organization.full_name,
            "old_name": self.predecessor_name,
            "old_phone": str(self.predecessor_phone or ""),
            "new_name": self.nominee_name,
            "new_phone": str(self.nominee_phone),
            "registered_phone": str(organization.registered_phone or ""),
        }
        shown = facts | {key: show_phone(facts[key]) for key in ("old_phone", "new_phone", "registered_phone")}
        shown |= {"number": self.number, "inn": organization.inn, "predecessor": self.predecessor}
        subject, text = render_letter("registrations/letters/handover.txt", shown)
        return Outgoing(
            to=region.manager_email, reply_to=reply_address(organization), subject=subject, text=text, facts=facts
        )

    @transaction.atomic
    def accept(self, *, how: AcceptedHow, by: User | None = None) -> Appointment:
        """The new person takes over at this moment, and agrees that own name and number go to Sferum."""
        if self.expires_on < timezone.localdate():
            raise WrongStatus("Срок согласия прошёл. Попросите координатора предложить смену заново.")
        now = timezone.now()
        self._move(
            (HandoverStatus.NOMINATED,),
            HandoverStatus.ACCEPTED,
            by=by,
            accepted_at=now,
            accepted_how=how,
            portal_since=self.today,
        )
        appointment = Appointment.objects.appoint(
            self.organization,
            full_name=self.nominee_name,
            phone=self.nominee_phone,
            email=self.nominee_email,
            source=Source.COORDINATOR if by else Source.SCHOOL,
            by=by,
            position=self.position,
            shared_phone_reason=self.shared_phone_reason,
            order_number=self.order_number,
            order_on=self.order_on,
        )
        welcome_administrator(appointment)
        Appointment.objects.filter(pk=appointment.pk).update(agreed_at=now)
        HandoverRequest.objects.filter(pk=self.pk).update(appointment=appointment)
        self.appointment = appointment
        self._record("accepted", by or appointment.user)
        self._tell_manager(by)
        return appointment

    def _tell_manager(self, by: User | None) -> None:
        """Where nothing has to be moved in Sferum the change ends here; where there is no address, people write."""
        organization = self.organization
        if not organization.is_registered or organization.registered_phone == self.nominee_phone:
            self._move((HandoverStatus.ACCEPTED,), HandoverStatus.DONE, by=by, closed_at=timezone.now())
            self._record("done", by)
        elif organization.region.manager_email:
            self.submit(by=by)

    @transaction.atomic
    def complete(self, *, by: User | None, on: date, channel: AnswerChannel, text: str = "") -> None:
        """The manager has moved the rights: the organization is now registered on the new number."""
        self._refuse_before_acceptance()
        self._answer(HandoverStatus.DONE, by=by, on=on, channel=channel, text=text, verb="done")
        note_registered_phone(self.organization, self.nominee_phone, by=by)

    @transaction.atomic
    def decline(self, *, by: User, on: date, channel: AnswerChannel, text: str) -> None:
        self._refuse_before_acceptance()
        self._answer(HandoverStatus.DECLINED, by=by, on=on, channel=channel, text=text, verb="declined")

    @transaction.atomic
    def withdraw(self, *, by: User | None = None) -> None:
        """Taken back by whoever may, or refused by the nominee (`by` is None); after acceptance it is too late."""
        self._end_nomination(HandoverStatus.WITHDRAWN, "withdrawn", by)

    @transaction.atomic
    def expire(self) -> None:
        self._end_nomination(HandoverStatus.EXPIRED, "expired", None)

    def _end_nomination(self, status: HandoverStatus, verb: str, by: User | None) -> None:
        self._move((HandoverStatus.NOMINATED,), status, by=by, closed_at=timezone.now())
        self._record(verb, by)
        organization = self.organization
        if organization.administrator_state == AdministratorState.CHANGING:
            is_left = organization.administrator is not None
            organization.set_administrator_state(
                AdministratorState.UNCONFIRMED if is_left else AdministratorState.UNKNOWN
            )

    def _refuse_before_acceptance(self) -> None:
        if self.status == HandoverStatus.NOMINATED:
            raise WrongStatus("Новый администратор ещё не согласился: менеджеру пока не писали.", status=self.status)
