"""Who is named as the new administrator, and the verb that names."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from phonenumber_field.phonenumber import PhoneNumber

from accounts.models import User
from foundation.verbs import WrongStatus
from organizations.models import Organization
from organizations.models.appointment_set import days_of_now
from organizations.statuses import AdministratorState
from registrations.letters import queue_nomination
from registrations.models.case_set import CaseQuerySet
from registrations.statuses import MAY_DISMISS, HandoverStatus, NominatedBy, PredecessorReason

if TYPE_CHECKING:
    from registrations.models.handover import HandoverRequest

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
        predecessor_reason: PredecessorReason | str = "",
    ) -> "HandoverRequest":
        """Names the new administrator; the old one, where the portal knows one, keeps the rights until acceptance.

        Unless head or coordinator confirm a dismissal: that ends them at once.
        """
        if predecessor_reason == PredecessorReason.DISMISSED and nominated_by not in MAY_DISMISS:
            raise WrongStatus("Увольнение подтверждает руководитель или координатор.")
        former = organization.appointments.responsible().first()
        if former is None and not predecessor_name and not predecessor_phone:
            predecessor_reason = PredecessorReason.UNKNOWN
        request = self._open(
            organization,
            by=by,
            nominated_by=nominated_by,
            **nominee.columns(),
            predecessor_name=former.full_name if former else predecessor_name,
            predecessor_phone=(former.phone if former else predecessor_phone) or "",
            predecessor_reason=predecessor_reason,
            former=former,
            expires_on=organization.today + ANSWERS_WITHIN,
        )
        request._record("nominated", by, actor)
        if predecessor_reason == PredecessorReason.DISMISSED:
            request.confirm_dismissal(by=by, actor=actor)
        organization.set_administrator_state(AdministratorState.CHANGING)
        if nominee.email:
            queue_nomination(request)
        return request

    def _open(self, organization: Organization, *, by: User | None, **fields: Any) -> "HandoverRequest":
        """The row, unless another change is under way."""
        try:
            with transaction.atomic():
                return self.open_new(organization, by=by, **fields)
        except IntegrityError as error:
            other = self.open().get(organization=organization)
            raise WrongStatus(
                f"Смена администратора уже идёт: {other.number}, {other.get_status_display()}.", status=other.status
            ) from error

    def expire_due(self) -> int:
        """Nominations whose term is over; returns how many."""
        due = self.filter(status=HandoverStatus.NOMINATED, expires_on__lt=days_of_now()[0])
        expired = 0
        for request in due.select_related("organization__region", "opened_by"):
            if request.expires_on >= request.today:
                continue  # the last day goes on in this region
            try:
                request.expire()
            except WrongStatus:
                continue  # accepted at this very moment
            expired += 1
        return expired
