"""What beat starts; each task claims its period or returns, and each effect has a key of its own."""

from celery import shared_task
from django.utils import timezone

from foundation.runs import claim
from foundation.working_days import is_office_time
from invitations import nudges, radar, retention
from invitations.models import ListDraft
from organizations.by_region import for_each_region
from organizations.models import Region


@shared_task
def expire_links_and_requests() -> None:
    with claim("expire-requests", timezone.localdate()) as mine:
        if mine:
            retention.expire_requests()


@shared_task
def watch_links() -> None:
    """Needs no claim: each pause is a compare-and-set with its own letter."""
    radar.watch()


@shared_task
def purge_due() -> None:
    with claim("purge-requests", timezone.localdate()) as mine:
        if mine:
            retention.purge_due()
            retention.forget_blocks()


@shared_task
def purge_lists() -> None:
    with claim("purge-lists", timezone.localdate()) as mine:
        if mine:
            retention.purge_lists()


@shared_task
def purge_list_drafts() -> None:
    ListDraft.objects.all().purge()


@shared_task
def nudge_administrators() -> None:
    """Comes every hour; each region has its turn once a working day, from nine o'clock of its own time on."""
    for_each_region(_nudge)


def _nudge(region: Region) -> None:
    if not is_office_time(region.zone):
        return
    with claim(f"nudge-requests-{region.pk}", timezone.localdate(timezone=region.zone)) as mine:
        if mine:
            nudges.nudge_region(region)
