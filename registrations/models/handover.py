"""Change of administrator: in the portal once the new one accepts, in Sferum once the manager has moved the rights."""

from datetime import date

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from phonenumber_field.modelfields import PhoneNumberField

from accounts.models import User
from correspondence.models import Link
from foundation.codes import show_code
from foundation.letters import render_letter
from foundation.phones import show_phone
from foundation.tokens import paper_code, sign
from foundation.verbs import WrongStatus
from organizations.letters import welcome_administrator
from organizations.models import Appointment
from organizations.statuses import AdministratorState, Source
from registrations.letters import report_expired
from registrations.models.case import Case
from registrations.models.case_letter import CaseLetter
from registrations.models.handover_set import HandoverQuerySet
from registrations.outgoing import Outgoing, reply_address
from registrations.registered_phone import note_registered_phone
from registrations.statuses import (
    HANDOVER_OPEN,
    AcceptedHow,
    Addressee,
    AnswerChannel,
    HandoverStatus,
    NominatedBy,
    PredecessorReason,
    Purpose,
)


class HandoverRequest(Case):
    kind = "handover"
    PREFIX = "СМЕНА"
    OPEN = HANDOVER_OPEN
    READY = (HandoverStatus.ACCEPTED,)
    AWAITING = HandoverStatus.SUBMITTED
    ASKS = Addressee.MANAGER

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
    predecessor_reason = models.CharField(
        "что с прежним администратором", max_length=20, choices=PredecessorReason, blank=True
    )
    former = models.ForeignKey(
        Appointment, models.PROTECT, null=True, editable=False, related_name="+", verbose_name="прежнее назначение"
    )
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
        return self.status == HandoverStatus.NOMINATED and self.expires_on >= self.today

    @property
    def token(self) -> str:
        return sign("handover", self.pk, self.token_version)

    @property
    def is_dismissed(self) -> bool:
        return self.predecessor_reason == PredecessorReason.DISMISSED

    @property
    def invitation(self) -> CaseLetter | None:
        """The letter that asks the new administrator for consent; where there is no address there is none."""
        return self.letters.filter(purpose=Purpose.NOMINATION).select_related("letter").first()

    @property
    def predecessor(self) -> str:
        """In words for a letter or a page; not knowing is a legal answer."""
        return ", ".join(filter(None, [self.predecessor_name, show_phone(self.predecessor_phone)])) or (
            "имя и номер неизвестны"
        )

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
        if self.expires_on < self.today:
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
    def confirm_dismissal(self, *, by: User | None, actor: str = "") -> None:
        """«Уволен(а), подтверждаю»: the predecessor's rights end now, before anybody accepts.

        Only the appointment that stood when the new one was named: who accepts at this moment keeps theirs. The row of
        the case is taken first, as `accept` takes it.
        """
        mine = HandoverRequest.objects.filter(pk=self.pk, status=HandoverStatus.NOMINATED)
        if not mine.update(predecessor_reason=PredecessorReason.DISMISSED):
            return  # accepted just now: the predecessor's rights are over anyway
        self.predecessor_reason = PredecessorReason.DISMISSED
        self.organization.hold()
        former = Appointment.objects.responsible().filter(pk=self.former_id or 0).select_related("user").first()
        if former is not None:
            former.end(by=by, actor=actor)
        self.organization.__dict__.pop("administrator", None)
        self._record("dismissed", by, actor)

    @transaction.atomic
    def withdraw(self, *, by: User | None = None) -> None:
        """Taken back by whoever may, or refused by the nominee (`by` is None); after acceptance it is too late."""
        self._end_nomination(HandoverStatus.WITHDRAWN, "withdrawn", by)

    @transaction.atomic
    def expire(self) -> None:
        self._end_nomination(HandoverStatus.EXPIRED, "expired", None)
        report_expired(self)

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
