"""What happened to an organization, in words: the journal of every room, read together."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from django.utils import timezone

import coordination.statuses
import guides.statuses
import invitations.statuses
import messenger.statuses
import organizations.statuses
import registrations.statuses
from organizations.models import Event, Milestone, Organization
from organizations.statuses import Actor, Source, Step

WORDS = {
    **organizations.statuses.EVENT_WORDS,
    **registrations.statuses.EVENT_WORDS,
    **invitations.statuses.EVENT_WORDS,
    **messenger.statuses.EVENT_WORDS,
    **guides.statuses.EVENT_WORDS,
    **coordination.statuses.EVENT_WORDS,
}


@dataclass(frozen=True)
class Entry:
    at: datetime
    words: str
    who: str
    source: str = ""
    times: int = 1


def timeline(organization: Organization, most: int = 100) -> list[Entry]:
    """The newest entries first. Two statements whatever the number of entries."""
    events = list(organization.events.select_related("by").order_by("-at", "-pk")[:most])
    sources = {m.pk: m for m in Milestone.objects.filter(organization=organization)}
    return list(_folded(_entries(events, sources)))


def _folded(entries: Iterable[Entry]) -> Iterator[Entry]:
    """One line for the same act of the same person many times in a row on one day."""
    for _, same in groupby(entries, lambda entry: (timezone.localdate(entry.at), entry.words, entry.who, entry.source)):
        first, *others = same
        yield replace(first, times=1 + len(others))


def _entries(events: Iterable[Event], milestones: dict[int, Milestone]) -> Iterable[Entry]:
    for event in events:
        who = str(event.by) if event.by else Actor(event.actor).label if event.actor else ""
        words, source = WORDS.get(event.verb, event.verb), ""
        milestone = milestones.get(event.object_id) if event.verb == "milestone.reached" else None
        if milestone:
            words = f"Этап пройден: «{Step(milestone.step).label}»"
            source = Source(milestone.source).label
        yield Entry(event.at, words, who, source)
