"""The worker's part of a campaign: fixes who gets a letter, then writes the letters batch by batch.

A batch is one transaction that also renews the lease, so a killed worker leaves whole batches and the next one goes on
where it stopped. A letter's key holds campaign and organization: nobody gets a second one, whatever happens.
"""

import logging
from typing import Any

from celery import current_app
from django.db import transaction
from django.db.models import CharField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from coordination.audience import audience, draft_for, letter_key, sort_out
from coordination.models import Campaign, CampaignRecipient
from coordination.models.campaign import LeaseLost
from coordination.statuses import CampaignStatus
from correspondence.models import Letter
from foundation.working_days import is_office_time
from organizations.models import Organization

logger = logging.getLogger(__name__)
BATCH = 200


def ring_after_commit() -> None:
    transaction.on_commit(_ring, robust=True)


def _ring() -> None:
    try:
        current_app.send_task("coordination.tasks.work_on_campaigns")
    except Exception as error:  # whatever a broker's library raises, the campaign is in the database
        logger.warning("The broker did not take the bell (%s); the sweep will find it.", type(error).__name__)


def work_on_campaigns() -> int:
    """Takes what is due in office hours of its region; returns how many campaigns were finished."""
    done = 0
    for waiting in Campaign.objects.free().select_related("region").order_by("starts_at", "pk"):
        if not is_office_time(waiting.region.zone):
            continue
        campaign = Campaign.objects.claim(waiting.pk)
        if campaign is None:
            continue
        try:
            _send(campaign)
            done += 1
        except LeaseLost:
            logger.warning("Campaign %s was stopped, or another worker has taken it over.", campaign.pk)
        except Exception:  # the other authors' letters do not wait for it; its lease ends, and it is tried again
            logger.exception("Campaign %s cannot be written.", campaign.pk)
    return done


def _send(campaign: Campaign) -> None:
    if campaign.status == CampaignStatus.SCHEDULED:
        _fix_recipients(campaign)
    while pks := list(_undecided(campaign).order_by("pk").values_list("organization", flat=True)[:BATCH]):
        _write_batch(campaign, pks)
    with transaction.atomic():
        campaign.finish()


@transaction.atomic
def _fix_recipients(campaign: Campaign) -> None:
    """From here on the audience is a list: who joins the filter later gets no letter of this campaign."""
    campaign.renew(status=CampaignStatus.SENDING)
    rows = audience(campaign).order_by().values_list("pk", flat=True)
    new = [CampaignRecipient(campaign=campaign, organization_id=pk) for pk in rows]
    CampaignRecipient.objects.bulk_create(new, batch_size=1000, ignore_conflicts=True)


@transaction.atomic
def _write_batch(campaign: Campaign, pks: list[int]) -> None:
    """What has changed since the list was made counts: who is done, closed or no longer the author's gets no letter."""
    campaign.renew()
    sorting = sort_out(campaign, Organization.objects.filter(pk__in=pks))
    if sorting.ready:
        Letter.objects.queue_many([draft_for(campaign, row) for row in sorting.ready])
        _undecided(campaign).filter(organization__in=sorting.ready).update(
            letter=Subquery(_letter_of(campaign)), decided_at=timezone.now()
        )
    for reason, skipped in sorting.groups:
        _undecided(campaign).filter(organization__in=skipped).update(skipped=reason, decided_at=timezone.now())


def _letter_of(campaign: Campaign) -> "QuerySet[Letter, Any]":
    """The letter of a recipient's row, found by its key."""
    key = Concat(Value(letter_key(campaign, "")), Cast(OuterRef("organization"), CharField()))
    return Letter.objects.filter(dedupe_key=key).values("pk")[:1]


def _undecided(campaign: Campaign) -> "QuerySet[CampaignRecipient]":
    return CampaignRecipient.objects.filter(campaign=campaign, decided_at=None)
