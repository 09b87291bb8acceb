"""Asking many heads at once, and whose questions one may see."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction

from accounts.models import User, Visitor
from correspondence.drafts import check_address
from correspondence.models import Letter
from foundation.verbs import WrongStatus
from organizations.models import Event, Organization
from registrations.letters import inquiry_draft
from registrations.statuses import InquiryChannel

if TYPE_CHECKING:
    from registrations.models.inquiry import Inquiry


@dataclass(frozen=True)
class Asked:
    """What became of a selection: letters queued, sheets to be printed, and who was left out."""

    batch: uuid.UUID
    letters: "list[Inquiry]" = field(default_factory=list)
    sheets: "list[Inquiry]" = field(default_factory=list)
    skipped: list[Organization] = field(default_factory=list)


class InquiryQuerySet(models.QuerySet["Inquiry"]):
    def visible_to(self, user: Visitor) -> "InquiryQuerySet":
        return self.filter(organization__in=Organization.objects.visible_to(user))

    def manageable_by(self, user: Visitor) -> "InquiryQuerySet":
        return self.filter(organization__in=Organization.objects.manageable_by(user))

    def administered_by(self, user: Visitor) -> "InquiryQuerySet":
        return self.filter(organization__in=Organization.objects.administered_by(user))

    def open(self) -> "InquiryQuerySet":
        return self.filter(answered_at=None, withdrawn_at=None)

    @transaction.atomic
    def ask(self, organizations: Iterable[Organization], *, by: User) -> Asked:
        """Asks every registered organization that has no question open: by letter, or by a sheet to be printed.

        The number of statements does not grow with the selection but by the database's batch size.
        """
        chosen = list(organizations)
        waiting = set(self.open().filter(organization__in=chosen).values_list("organization", flat=True))
        askable = [one for one in chosen if one.is_registered and not one.is_closed and one.pk not in waiting]
        asked = Asked(batch=uuid.uuid4())
        self.bulk_create(
            [self.model(organization=one, asked_by=by, channel=channel_for(one), batch=asked.batch) for one in askable],
            ignore_conflicts=True,  # somebody else asked the same organization a moment ago
        )
        mine = list(self.filter(batch=asked.batch).select_related("organization__region", "asked_by"))
        for inquiry in mine:
            (asked.letters if inquiry.channel == InquiryChannel.LETTER else asked.sheets).append(inquiry)
        won = {inquiry.organization_id for inquiry in mine}
        asked.skipped.extend(one for one in chosen if one.pk not in won)
        if asked.letters:
            Letter.objects.queue_many([inquiry_draft(inquiry) for inquiry in asked.letters])
        Event.objects.bulk_create([Event.draft("inquiry.asked", one, one.organization, by=by) for one in mine])
        return asked

    @transaction.atomic
    def open_or_call(self, organization: Organization, *, by: User) -> "Inquiry":
        """The question that is open, or a new one that was asked by telephone."""
        if not organization.is_registered:
            raise WrongStatus("Организация ещё не зарегистрирована: назначьте администратора обычным порядком.")
        try:
            with transaction.atomic():
                inquiry = self.create(organization=organization, asked_by=by, channel=InquiryChannel.CALL)
        except IntegrityError:
            inquiry = self.open().get(organization=organization)
        inquiry.organization = organization
        return inquiry


def channel_for(organization: Organization) -> InquiryChannel:
    try:
        check_address(organization.email)
    except ValidationError:
        return InquiryChannel.SHEET
    return InquiryChannel.LETTER
