"""Whether an organization has moved: the fact behind the step MIGRATED."""

from collections.abc import Collection

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.models import User
from messenger.statuses import LIVING, ChatStatus
from organizations.journey import reach, recompute
from organizations.models import Event, Organization, SchoolClass
from organizations.statuses import Source, Step


def has_nothing_to_move(organization: Organization) -> bool:
    from messenger.models.nothing import NothingToMove

    return NothingToMove.objects.filter(organization=organization).exists()


def forget_marks(organization: Organization, classes: Collection[int], *, by: User | None) -> None:
    """A chat has turned up in classes that were said to have none."""
    from messenger.models.nothing import ClassWithoutChats

    ClassWithoutChats.objects.unmark(organization, classes, by=by)


def classes_without_chat(organization: Organization) -> "models.QuerySet[SchoolClass]":
    """Of this academic year, those of which nothing is known yet: neither a chat nor that there is none."""
    from messenger.models.chat import Chat
    from messenger.models.nothing import ClassWithoutChats

    chats = Chat.objects.filter(school_class=OuterRef("pk"))
    marks = ClassWithoutChats.objects.filter(school_class=OuterRef("pk"))
    return organization.classes.current().exclude(Exists(chats)).exclude(Exists(marks))


def organizations_that_moved(messengers: Collection[str] = ()) -> "models.QuerySet[Organization]":
    """The fact behind the step MIGRATED, for one organization or for a check of all of them.

    Every listed chat is decided and at least one lives in the messenger that the region uses now; or there was nothing
    to move: the organization said so, or each of its classes did and no chat is listed. With `messengers`: as it would
    be if the region used these.
    """
    from messenger.models.chat import Chat
    from messenger.models.nothing import ClassWithoutChats, NothingToMove

    chats = Chat.objects.filter(organization=OuterRef("pk"))
    living = chats.filter(status__in=LIVING)
    here = living.filter(messenger__in=messengers or [OuterRef("region__messenger_name")])
    all_decided = ~Exists(chats.filter(status=ChatStatus.PLANNED)) & Exists(here)
    classes = SchoolClass.objects.current().filter(organization=OuterRef("pk"))
    asking = classes.exclude(Exists(ClassWithoutChats.objects.filter(school_class=OuterRef("pk"))))
    no_class_has = Exists(classes) & ~Exists(asking) & ~Exists(chats)
    nothing = Exists(NothingToMove.objects.filter(organization=OuterRef("pk")))
    return Organization.objects.filter(all_decided | nothing | no_class_has)


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
