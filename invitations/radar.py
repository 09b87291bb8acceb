"""Looks for links that have leaked: once a minute, at what was filed by each live link within the last hour.

The thresholds are settings and are shown in words on the page of every link.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from foundation.templatetags.portal import count
from foundation.verbs import WrongStatus
from invitations.models import Invitation, JoinRequest
from invitations.models.invitation_set import expected_number, listed_numbers
from invitations.piles import piles_of
from invitations.statuses import Alarm, Pile, RequestStatus
from organizations.models import Organization

HOUR = timedelta(hours=1)


@dataclass
class Recent:
    """What was filed by one link within the hour. `pending` may yet be anybody; whoever was accepted is known."""

    total: int = 0
    pending: dict[int, datetime] = field(default_factory=dict)


def watch() -> int:
    """Pauses every link that gives an alarm; how many."""
    recent = _recent(timezone.now() - HOUR)
    links = list(Invitation.objects.watched().filter(pk__in=recent).with_school())
    schools = {school: listed_numbers(school) for school in {row.organization for row in links}}
    piles = _piles(links, recent, schools)
    paused = 0
    for link in links:
        listed, filed = schools[link.organization], recent[link.pk]
        expected = expected_number(link.school_class, link.role, listed)
        if alarm := judge(link.used, expected, filed, piles):
            try:
                link.alarm_paused(alarm)
            except WrongStatus:
                continue  # paused, revoked or trusted by somebody meanwhile
            paused += 1
    return paused


def judge(used: int, expected: int | None, filed: Recent, piles: Mapping[int, Pile]) -> Alarm | None:
    """`used`: requests since the link was issued. People whose names stand in the list never count against it."""
    if expected and used > most_filed(expected):
        return Alarm.OVER
    known = (Pile.EXACT, Pile.NEAR)
    strange = [moment for pk, moment in filed.pending.items() if piles.get(pk) not in known]
    if expected and most_within(strange, timedelta(minutes=settings.LEAK_BURST_MINUTES)) > most_at_once(expected):
        return Alarm.BURST
    unknown = sum(piles.get(pk) == Pile.UNKNOWN for pk in filed.pending)
    if filed.total >= settings.LEAK_UNKNOWN_REQUESTS and unknown >= filed.total * settings.LEAK_UNKNOWN_SHARE:
        return Alarm.UNKNOWN
    return None


def most_filed(expected: int) -> int:
    return int(expected * settings.LEAK_OVER_SHARE + settings.LEAK_OVER_SPARE)


def most_at_once(expected: int) -> int:
    """So many within a few minutes are still a parents' meeting."""
    least: int = settings.LEAK_BURST_REQUESTS - 1
    return max(least, int(expected * settings.LEAK_BURST_SHARE))


def most_within(moments: Iterable[datetime], span: timedelta) -> int:
    """The largest number of moments in any window of that length."""
    ordered, start, most = sorted(moments), 0, 0
    for end, moment in enumerate(ordered):
        while moment - ordered[start] > span:
            start += 1
        most = max(most, end - start + 1)
    return most


def rules(link: Invitation) -> list[str]:
    """What would pause this link, as sentences that follow «Портал приостановит ссылку сам, если»; empty: nothing."""
    listed = listed_numbers(link.organization)
    expected = expected_number(link.school_class, link.role, listed)
    said = []
    if expected:
        said.append(f"заявок станет больше {most_filed(expected)} (школа ждёт {expected})")
        minutes = count(settings.LEAK_BURST_MINUTES, "минуту,минуты,минут")
        said.append(f"за {minutes} их придёт больше {most_at_once(expected)} (кроме тех, чьи имена в списке)")
    if any(role == link.role and place in (link.school_class_id, None) for place, role in listed):
        share = round(settings.LEAK_UNKNOWN_SHARE * 100)
        said.append(f"за час придёт не меньше {settings.LEAK_UNKNOWN_REQUESTS} и у {share} % имён не будет в списке")
    return said


def _recent(since: datetime) -> dict[int, Recent]:
    rows = JoinRequest.objects.filter(created_at__gte=since).order_by()
    found: dict[int, Recent] = defaultdict(Recent)
    for link, pk, status, moment in rows.values_list("invitation", "pk", "status", "created_at"):
        found[link].total += 1
        if status == RequestStatus.PENDING:
            found[link].pending[pk] = moment
    return dict(found)


def _piles(
    links: Sequence[Invitation],
    recent: Mapping[int, Recent],
    schools: Mapping[Organization, Mapping[tuple[int | None, str], int]],
) -> dict[int, Pile]:
    """By key of a pending request; only schools that keep lists are asked."""
    found: dict[int, Pile] = {}
    for school, listed in schools.items():
        if listed:
            pending = [pk for row in links if row.organization == school for pk in recent[row.pk].pending]
            found |= {pk: verdict.pile for pk, verdict in piles_of(school, among=pending).verdicts.items()}
    return found
