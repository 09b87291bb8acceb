"""What is counted beside the organizations themselves: requests, letters, chats, days of waiting, in one statement.

The desk is opened many times a day, so each table gives its groups to one union of rows of the same shape.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from statistics import median
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    DateField,
    F,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce

from coordination.ages import age_expression
from coordination.chats import STANDING_OF
from coordination.figures import SMALLEST_GROUP, WAITED_FOR, Bar, Figures
from coordination.statuses import Age
from foundation.templatetags.portal import count
from invitations.models import JoinRequest
from messenger.models import Chat
from messenger.statuses import ChatStatus
from organizations.journey import holder_expression
from organizations.models.organization import OrganizationQuerySet
from organizations.statuses import Holder
from registrations.models import HandoverRequest, RegistrationRequest

_NO_DAY = Cast(Value(None), DateField())
_MONTHS_FROM, _YEARS_FROM = 90, 2 * 365  # days


@dataclass(frozen=True)
class Wait:
    """How long those wait whose move it is: days of the calendar since the step, or since the letter to Sferum."""

    bar: Bar
    days: list[int]

    @property
    def total(self) -> int:
        return sum(self.days)

    @property
    def median(self) -> float | None:
        """None for groups under five."""
        return median(self.days) if len(self.days) >= SMALLEST_GROUP else None

    @property
    def usual(self) -> str:
        """The median as one says it: «обычно ждут 12 дней», «… 4 месяца», «… больше 3 лет»; empty for few."""
        if self.median is None:
            return ""
        days = round(self.median)
        if days < _MONTHS_FROM:
            return f"обычно ждут {count(days, 'день,дня,дней')}"
        if days < _YEARS_FROM:
            return f"обычно ждут {count(days // 30, 'месяц,месяца,месяцев')}"
        return f"обычно ждут больше {count(days // 365, 'года,лет,лет')}"

    @property
    def unknown(self) -> int:
        """Those of whom no day is known: they have not begun, or a registry gave none."""
        return self.bar.count - len(self.days)


@dataclass
class Tallies:
    requests: Counter[str] = field(default_factory=Counter)
    schools_with_requests: Counter[str] = field(default_factory=Counter)
    chats: Counter[str] = field(default_factory=Counter)
    unanswered: int = 0
    unsorted: int = 0
    holders: Counter[str] = field(default_factory=Counter)
    waits: dict[str, list[int]] = field(default_factory=dict)

    @property
    def requests_waiting(self) -> int:
        return self.requests.total()

    def ages(self) -> list[tuple[Bar, int]]:
        """Organizations with requests of each age, one perhaps in several rows, and the number of these requests."""
        return [
            (Bar(age.label, self.schools_with_requests[age], 0, f"requests={age}"), self.requests[age]) for age in Age
        ]

    def ball(self) -> list[Wait]:
        bars = Figures(total=self.holders.total(), holders=self.holders).ball()
        return [Wait(bar, self.waits.get(bar.query.removeprefix("holder="), [])) for bar in bars]


def tallies_of(organizations: OrganizationQuerySet, unsorted: "QuerySet[Any]", today: date) -> Tallies:
    """`unsorted` are incoming letters that wait for somebody to sort them."""
    mine = organizations.order_by().values("pk")
    requests = JoinRequest.objects.waiting().filter(organization__in=mine)
    first, *others = [
        _row(requests, "requests", age_expression()),
        _row(Chat.objects.filter(organization__in=mine), "chats", F("status")),
        _row(unsorted, "unsorted", Value("")),
        *(_row(kind.objects.awaiting().filter(organization__in=mine), "unanswered", Value("")) for kind in WAITED_FOR),
        _clocks(organizations),
    ]
    tallies = Tallies()
    for what, key, day, number, schools in first.union(*others, all=True):
        _note(tallies, what, key, (today - day).days if day else None, number, schools)
    return tallies


def _row(rows: "QuerySet[Any]", what: str, key: Any) -> "QuerySet[Any]":
    schools = Count("organization", distinct=True) if what == "requests" else Value(0, IntegerField())
    said = rows.order_by().annotate(what=_text(Value(what)), which=_text(key), began=_NO_DAY)
    counted: QuerySet[Any] = said.values_list("what", "which", "began").annotate(rows=Count("pk"), schools=schools)
    return counted


def _text(value: Any) -> Cast:
    return Cast(value, CharField())


def _clocks(organizations: OrganizationQuerySet) -> "QuerySet[Any]":
    """Groups of the same holder since the same day: of the letter where Sferum is waited for, else of the step."""
    letters: dict[Holder, type[RegistrationRequest] | type[HandoverRequest]]
    letters = {Holder.SUPPORT: RegistrationRequest, Holder.MANAGER: HandoverRequest}
    since = [
        When(holder=holder, then=Coalesce(Subquery(_last_day(kind)), F("step_since")))
        for holder, kind in letters.items()
    ]
    clocks = organizations.order_by().annotate(holder=holder_expression())
    began = Case(*since, default=F("step_since"))
    clocks = clocks.annotate(what=_text(Value("waits")), which=_text(F("holder")), began=began)
    return clocks.values_list("what", "which", "began").annotate(rows=Count("pk"), schools=Value(0, IntegerField()))


def _last_day(kind: type[RegistrationRequest] | type[HandoverRequest]) -> "QuerySet[Any]":
    waiting = kind.objects.awaiting().filter(organization=OuterRef("pk"))
    return waiting.order_by("-waiting_since").values("waiting_since")[:1]


def _note(tallies: Tallies, what: str, key: str, days: int | None, number: int, schools: int) -> None:
    if what == "requests":
        tallies.requests[key] += number
        tallies.schools_with_requests[key] += schools
    elif what == "chats":
        tallies.chats[STANDING_OF[ChatStatus(key)]] += number
    elif what == "unsorted":
        tallies.unsorted += number
    elif what == "unanswered":
        tallies.unanswered += number
    else:
        tallies.holders[key] += number
        if days is not None:
            tallies.waits.setdefault(key, []).extend([max(days, 0)] * number)
