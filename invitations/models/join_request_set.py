"""Sets of join requests: the verbs of filing and of deciding, of one as of a thousand."""

import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, models, transaction
from django.db.models import Case, Q, Value, When
from django.utils import timezone

from accounts.models import User
from correspondence.models import Letter
from invitations import letters
from invitations.models.invitation import Invitation
from invitations.statuses import DEAD, KEPT_DAYS, KEPT_DAYS_JOINED, Reason, RequestStatus, Role
from organizations.models import Event, Organization
from organizations.statuses import Actor

if TYPE_CHECKING:
    from invitations.models.join_request import JoinRequest


class LinkIsClosed(Exception):
    """The last place went to somebody else, or the link was paused or revoked, while the form was being filled in."""


@dataclass(frozen=True)
class Decided:
    """What became of a selection: rows won by this very act, rows that somebody decided before, rows left alone."""

    won: "list[JoinRequest]"
    beaten: "list[JoinRequest]"
    left: "list[JoinRequest]"


def purge_day(days: int) -> date:
    """The last day on which the data are kept, by the portal's own calendar, whoever's zone the page is in."""
    return timezone.localdate(timezone=timezone.get_default_timezone()) + timedelta(days=days)


class JoinRequestQuerySet(models.QuerySet["JoinRequest"]):
    def visible_to(self, user: User | AnonymousUser) -> "JoinRequestQuerySet":
        """For figures of a territory. Names and contacts are shown through `administered_by` only."""
        return self.filter(organization__in=Organization.objects.visible_to(user))

    def manageable_by(self, user: User | AnonymousUser) -> "JoinRequestQuerySet":
        return self.administered_by(user)

    def administered_by(self, user: User | AnonymousUser) -> "JoinRequestQuerySet":
        return self.filter(organization__in=Organization.objects.administered_by(user))

    def pending(self) -> "JoinRequestQuerySet":
        return self.filter(status=RequestStatus.PENDING)

    def checked_not_joined(self) -> "JoinRequestQuerySet":
        """«Проверены – примите в Сферуме»."""
        return self.filter(status=RequestStatus.ACCEPTED, joined_at=None, purged_at=None)

    def waiting_first(self) -> "JoinRequestQuerySet":
        done = Case(When(status=RequestStatus.PENDING, then=Value(0)), default=Value(1))
        return self.order_by(done, "created_at", "pk")

    def file(self, invitation: Invitation, *, form_key: str, full_name: str, **facts: Any) -> "JoinRequest":
        """The applicant's request: place, row, journal and letter together, or LinkIsClosed.

        The same form with the same name is one request, whichever of two clicks comes first and even if it took the
        last place; another name behind the same form (the browser's "back") is another request.
        """
        key = uuid.uuid5(uuid.NAMESPACE_URL, f"{invitation.pk}|{form_key}|{full_name.casefold()}")
        try:
            with transaction.atomic():
                if invitation.state in DEAD or not Invitation.objects.take_place(invitation):
                    raise LinkIsClosed
                request = self.create(
                    invitation=invitation,
                    school_class=invitation.school_class,
                    organization=invitation.organization,
                    role=invitation.role,
                    form_key=key,
                    full_name=full_name,
                    purge_after=purge_day(KEPT_DAYS[RequestStatus.PENDING]),
                    **facts,
                )
                Event.record("request.filed", request, request.organization, actor=Actor.APPLICANT)
                if request.email:
                    Letter.objects.queue_many([letters.filed(request)])
        except (IntegrityError, LinkIsClosed):
            if first := self.filter(form_key=key).first():
                return first
            raise
        return request

    def accept(self, *, by: User, knows_personally: bool = False) -> Decided:
        """Accepts what is still pending. Somebody who asks to teach children is never accepted by a mere selection:
        only with the administrator's word that she knows this very person.
        """
        unvouched = Q() if knows_personally else ~Q(role=Role.TEACHER)
        return self._decide(RequestStatus.ACCEPTED, unvouched, by=by)

    def reject(self, *, by: User, reason: Reason, reason_text: str = "") -> Decided:
        return self._decide(RequestStatus.REJECTED, Q(), by=by, reason=reason, reason_text=reason_text)

    @transaction.atomic
    def _decide(self, status: RequestStatus, only: Q, *, by: User, **details: Any) -> Decided:
        """Many at once: one UPDATE, and the rows that bear its batch are those won by this act.

        Call it on a selection by keys: a filter by status would hide those who were decided by somebody else.
        """
        chosen = list(self.order_by("pk").select_for_update().values_list("pk", flat=True))
        batch = uuid.uuid4()  # the locks above only give two overlapping acts one order; the UPDATE decides
        self.model.objects.filter(only, pk__in=chosen, status=RequestStatus.PENDING).update(
            status=status,
            decided_by=by,
            decided_at=timezone.now(),
            batch=batch,
            purge_after=purge_day(KEPT_DAYS[status]),
            **details,
        )
        rows = list(self.model.objects.filter(pk__in=chosen).for_decision())
        won = [row for row in rows if row.batch == batch]
        others = [row for row in rows if row.batch != batch]
        Event.objects.bulk_create(Event.draft(f"request.{status}", row, row.organization, by=by) for row in won)
        if told := [row for row in won if row.email]:
            links = Invitation.objects.sferum_links(row.school_class_id for row in told)
            drafts = [letters.decided(row, links.get((row.school_class_id, row.role), "")) for row in told]
            Letter.objects.queue_many(drafts)
        return Decided(
            won=won,
            beaten=[row for row in others if row.status != RequestStatus.PENDING],
            left=[row for row in others if row.status == RequestStatus.PENDING],
        )

    def for_decision(self) -> "JoinRequestQuerySet":
        return self.select_related("school_class", "organization__region", "decided_by").order_by("pk")

    @transaction.atomic
    def mark_joined(self, *, by: User) -> "list[JoinRequest]":
        """The administrator has accepted these people in Sferum itself; what was marked before stays as it was."""
        now, chosen = timezone.now(), list(self.order_by("pk").select_for_update().values_list("pk", flat=True))
        self.model.objects.checked_not_joined().filter(pk__in=chosen).update(
            joined_at=now, joined_by=by, purge_after=purge_day(KEPT_DAYS_JOINED)
        )
        won = list(self.model.objects.filter(pk__in=chosen, joined_at=now, joined_by=by).for_decision())
        Event.objects.bulk_create(Event.draft("request.joined", row, row.organization, by=by) for row in won)
        return won
