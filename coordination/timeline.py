"""What happened to an organization, in words: the journal of every room, read together."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

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


@dataclass
class Entry:
    """One line of the page. `times` counts equal acts of one person on one day, which stand together."""

    at: datetime
    words: str
    who: str
    source: str = ""
    times: int = 1


def timeline(organization: Organization, most: int = 200) -> list[Entry]:
    """The newest entries first. Two statements whatever the number of entries."""
    events = list(organization.events.select_related("by").order_by("-at", "-pk")[:most])
    sources = {m.pk: m for m in Milestone.objects.filter(organization=organization)}
    return _grouped(_entries(events, sources))


def _grouped(entries: Iterable[Entry]) -> list[Entry]:
    """A week of September brings a thousand requests: they are one line a day."""
    lines: list[Entry] = []
    for entry in entries:
        last = lines[-1] if lines else None
        if last and (last.words, last.who, timezone.localdate(last.at)) == (
            entry.words,
            entry.who,
            timezone.localdate(entry.at),
        ):
            last.times += 1
        else:
            lines.append(entry)
    return lines


def _entries(events: Iterable[Event], milestones: dict[int, Milestone]) -> Iterable[Entry]:
    for event in events:
        who = str(event.by) if event.by else Actor(event.actor).label if event.actor else ""
        words, source = WORDS.get(event.verb, event.verb), ""
        milestone = milestones.get(event.object_id) if event.verb == "milestone.reached" else None
        if milestone:
            words = f"Этап пройден: {Step(milestone.step).label.lower()}"
            source = Source(milestone.source).label
        yield Entry(event.at, words, who, source)
