"""The region changes its messenger: what that opens again, counted before it is done."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from accounts.models import User
from foundation.folding import fold
from foundation.verbs import WrongStatus
from messenger.models import Chat, organizations_that_moved
from messenger.statuses import LIVING
from organizations.journey import reach_many, recompute_many
from organizations.models import Event, Milestone, Organization, Region
from organizations.statuses import Source, Step

BATCH = 500
Row = TypeVar("Row")


@dataclass(frozen=True)
class Change:
    """Numbers of organizations; `chats` live in another messenger than the new one."""

    reopened: int
    told: int
    """Registered as moved by a register, whose word is not the portal's to delete: they keep the step."""
    kept: int
    reached: int
    chats: int
    is_respelling: bool


@dataclass(frozen=True)
class _Standing:
    """Keys of what a messenger means for the step of a region's organizations."""

    lost: list[tuple[int, int]]
    """Milestone and organization."""
    told: int
    kept: int
    ready: list[int]


def preview(region: Region, name: str, *, is_same: bool = False) -> Change:
    """What `change_messenger` would do; nothing is written."""
    spellings = _spellings(region, name, region.messenger_name, is_same)
    return _change(region, spellings, _standing(region, spellings), region.messenger_name in spellings)


@transaction.atomic
def change_messenger(region: Region, name: str, *, was: str, by: User, is_same: bool = False) -> Change:
    """From now on chats move to `name`; `is_same`: it is the messenger that was meant before under another name.

    Where the step stood on chats in the former messenger it is open again; what a register told stands. Every
    organization is locked: whoever decides a last chat at this moment is either seen here or sees the new name.
    A constant number of statements for every 500 organizations that it touches.
    """
    if not Region.objects.filter(pk=region.pk, messenger_name=was).update(messenger_name=name):
        now = Region.objects.values_list("messenger_name", flat=True).get(pk=region.pk)
        raise WrongStatus(f"Пока вы смотрели, мессенджер уже сменили: сейчас это {now}.", status=now)
    _hold(region)
    spellings = _spellings(region, name, was, is_same)
    chats = Chat.objects.filter(organization__region=region, messenger__in=spellings)
    chats.exclude(messenger=name).update(messenger=name)
    is_respelling = was in spellings
    verb = "region.messenger-respelled" if is_respelling else "region.messenger-changed"
    Event.record(verb, region, by=by, region=region, fields=["messenger_name"])
    standing = _standing(region, spellings)
    if not is_respelling:
        _reopen(region, standing.lost, by=by)
    for batch in _batches(standing.ready):
        days = dict.fromkeys(Organization.objects.filter(pk__in=batch), timezone.localdate())
        reach_many(days, Step.MIGRATED, by=by, source=Source.PORTAL)
    return _change(region, spellings, standing, is_respelling)


def _hold(region: Region) -> None:
    """As `Organization.hold`, of all of them."""
    Organization.objects.filter(region=region).update(step=F("step"))


def _spellings(region: Region, name: str, was: str, is_same: bool) -> set[str]:
    """How chats and the region write this messenger: schools typed it by hand before it was the region's own."""
    living = Chat.objects.filter(organization__region=region, status__in=LIVING).order_by()
    known = {*living.values_list("messenger", flat=True).distinct(), was}
    return {name} | {each for each in known if fold(each) == fold(name)} | ({was} if is_same else set())


def _standing(region: Region, spellings: set[str]) -> _Standing:
    moved = set(
        organizations_that_moved(spellings).filter(region=region).order_by().values_list("pk", flat=True).iterator()
    )
    milestones = Milestone.objects.filter(step=Step.MIGRATED, organization__region=region).order_by("organization")
    rows = list(milestones.values_list("pk", "organization_id", "source"))
    gone = [row for row in rows if row[1] not in moved]
    lost = [(pk, organization) for pk, organization, source in gone if source != Source.REGISTRY]
    ready = moved - {organization for _, organization, _ in rows}
    return _Standing(lost, len(gone) - len(lost), len(rows) - len(gone), sorted(ready))


def _change(region: Region, spellings: set[str], standing: _Standing, is_respelling: bool) -> Change:
    living = Chat.objects.filter(organization__region=region, status__in=LIVING)
    return Change(
        reopened=0 if is_respelling else len(standing.lost),
        told=standing.told,
        kept=standing.kept,
        reached=len(standing.ready),
        chats=living.exclude(messenger__in=spellings).count(),
        is_respelling=is_respelling,
    )


def _reopen(region: Region, lost: list[tuple[int, int]], *, by: User) -> None:
    for batch in _batches(lost):
        organizations = Organization.objects.filter(pk__in=[organization for _, organization in batch]).only("pk")
        Event.objects.bulk_create(
            [Event.draft("chats.step-reopened", each, each, by=by) for each in organizations.order_by("pk")]
        )
        Milestone.objects.filter(pk__in=[pk for pk, _ in batch]).delete()
    told = Milestone.objects.filter(organization=OuterRef("pk"), step=Step.MIGRATED)
    recompute_many(Organization.objects.filter(~Exists(told), region=region, step=Step.MIGRATED))


def _batches(rows: list[Row]) -> Iterator[list[Row]]:
    return (rows[start : start + BATCH] for start in range(0, len(rows), BATCH))
