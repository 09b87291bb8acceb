"""Whether an organization has moved: the fact behind the step MIGRATED."""

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.models import User
from messenger.statuses import ChatStatus
from organizations.journey import reach, recompute
from organizations.models import Event, Organization, SchoolClass
from organizations.statuses import Source, Step


def has_nothing_to_move(organization: Organization) -> bool:
    from messenger.models.nothing import NothingToMove

    return NothingToMove.objects.filter(organization=organization).exists()


def classes_without_chat(organization: Organization) -> "models.QuerySet[SchoolClass]":
    from messenger.models.chat import Chat

    return organization.classes.current().exclude(Exists(Chat.objects.filter(school_class=OuterRef("pk"))))


def organizations_that_moved() -> "models.QuerySet[Organization]":
    """The fact behind the step MIGRATED, for one organization or for a check of all of them.

    Every listed chat is decided and at least one lives in the messenger that the region uses now, or there was
    nothing to move.
    """
    from messenger.models.chat import Chat
    from messenger.models.nothing import NothingToMove

    chats = Chat.objects.filter(organization=OuterRef("pk"))
    here = chats.filter(status=ChatStatus.MOVED, messenger=OuterRef("region__messenger_name"))
    all_decided = ~Exists(chats.filter(status=ChatStatus.PLANNED)) & Exists(here)
    return Organization.objects.filter(all_decided | Exists(NothingToMove.objects.filter(organization=OuterRef("pk"))))


def reach_if_moved(organization: Organization, *, by: User, source: Source) -> None:
    if organizations_that_moved().filter(pk=organization.pk).exists():
        reach(organization, Step.MIGRATED, by=by, source=source, on=timezone.localdate())


def withdraw_if_not_moved(organization: Organization, *, by: User) -> None:
    """Only a corrected error undoes a step; what a registry told is not the portal's to correct."""
    if organizations_that_moved().filter(pk=organization.pk).exists():
        return
    step = organization.milestones.filter(step=Step.MIGRATED).exclude(source=Source.REGISTRY)
    if step.delete()[0]:
        Event.record("chats.step-withdrawn", organization, organization, by=by)
        recompute(organization)
