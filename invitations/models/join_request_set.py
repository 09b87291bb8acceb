"""Sets of join requests: whose they are, which of them wait, and how one is filed."""

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from correspondence.models import Letter
from invitations import letters
from invitations.models.block import ApplicantBlock
from invitations.models.decisions import DecisionQuerySet, purge_day
from invitations.models.invitation import Invitation
from invitations.places import take_place
from invitations.statuses import CLOSED_BY_SCHOOL, DEAD, KEPT_DAYS, KEPT_DAYS_JOINED, RequestStatus
from organizations.models import Event, Organization
from organizations.statuses import Actor

if TYPE_CHECKING:
    from invitations.models.join_request import JoinRequest


TO_JOIN = Q(status=RequestStatus.ACCEPTED, joined_at=None, purged_at=None, consent_withdrawn_at=None)


class LinkIsClosed(Exception):
    """The last place went to somebody else, or the link was paused or revoked, while the form was being filled in."""


class JoinRequestQuerySet(DecisionQuerySet):
    def visible_to(self, user: User | AnonymousUser) -> "JoinRequestQuerySet":
        """For figures of a territory. Names and contacts are shown through `administered_by` only."""
        return self.filter(organization__in=Organization.objects.visible_to(user))

    def manageable_by(self, user: User | AnonymousUser) -> "JoinRequestQuerySet":
        return self.administered_by(user)

    def administered_by(self, user: User | AnonymousUser) -> "JoinRequestQuerySet":
        return self.filter(organization__in=Organization.objects.administered_by(user))

    def pending(self) -> "JoinRequestQuerySet":
        return self.filter(status=RequestStatus.PENDING)

    def waiting(self) -> "JoinRequestQuerySet":
        """For the school's decision now: what was put off waits again on its day, and nobody is reminded before."""
        return self.pending().filter(Q(postponed_until=None) | Q(postponed_until__lte=timezone.localdate()))

    def checked_not_joined(self) -> "JoinRequestQuerySet":
        """«Проверены – примите в Сферуме»; whoever took the consent back since is invited no further."""
        return self.filter(TO_JOIN)

    def decided_without_contact(self) -> "JoinRequestQuerySet":
        """Those to whom no letter says what the school decided."""
        return self.filter(status__in=CLOSED_BY_SCHOOL, joined_at=None, purged_at=None, phone="", email="")

    def told(self) -> "JoinRequestQuerySet":
        """Told in person of the decision that stands; one that was decided anew is to be told anew."""
        return self.filter(told_at__gte=F("decided_at"))

    def file(self, invitation: Invitation, *, form_key: str, full_name: str, **facts: Any) -> "JoinRequest":
        """The applicant's request: place, row, journal and letter together, or LinkIsClosed or ApplicantIsBlocked.

        The same form with the same name is one request, whichever of two clicks comes first and even if it took the
        last place; another name behind the same form (the browser's "back") is another request.
        """
        names = (facts.get("applicant_name", ""), full_name)
        key = uuid.uuid5(uuid.NAMESPACE_URL, f"{invitation.pk}|{form_key}|{full_name.casefold()}")
        try:
            with transaction.atomic():
                if invitation.state in DEAD or not take_place(invitation, *names):
                    ApplicantBlock.objects.of_names(invitation.school_class.organization_id, *names).refuse()
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
                    Letter.objects.write_many([letters.filed(request)])
        except (IntegrityError, LinkIsClosed):
            if first := self.filter(form_key=key).first():
                return first
            raise
        return request

    @transaction.atomic
    def mark_told(self, *, by: User) -> int:
        """Somebody has said it to them; who was marked before stays as it was."""
        chosen = self.decided_without_contact()
        return self._mark_told(chosen.exclude(pk__in=chosen.told().values("pk")), timezone.now(), "request.told", by)

    @transaction.atomic
    def mark_not_told(self, *, by: User) -> int:
        return self._mark_told(self.decided_without_contact().told(), None, "request.not-told", by)

    def _mark_told(self, rows: "JoinRequestQuerySet", at: datetime | None, verb: str, by: User) -> int:
        won = list(rows.order_by("pk").select_for_update(of=("self",)).select_related("organization"))
        self.model.objects.filter(pk__in=[row.pk for row in won]).update(told_at=at)
        Event.objects.bulk_create(Event.draft(verb, row, row.organization, by=by) for row in won)
        return len(won)

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
