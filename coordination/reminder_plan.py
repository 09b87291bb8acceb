"""What the ladder says on a day, to whom, and who is held back and why. It only reads: the dry run is the plan itself.

Statements: a handful for the region, three for each batch of organizations, however many there are.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from coordination.ladder import Ladder, RungRule, ladder_of, waiting_for_school
from coordination.models import Reminder, ReminderSettings
from coordination.recipients import Recipient, Recipients, administrators_of, coordinators_of
from coordination.statuses import AT_SCHOOL, Held, Rung, Stage
from correspondence.reminding import had_enough, reminded_of
from foundation.models import JobRun
from foundation.working_days import UNTIL_HOUR, add_working_days, is_working_day, overdue_start, working_days_between
from invitations.letters import NUDGE
from organizations.models import Organization, Region
from organizations.models.organization import OrganizationQuerySet

BATCH = 2000

Told = dict[Rung, dict[int | None, date]]
"""Rung → person, null for the official mailbox → the day."""


@dataclass(frozen=True)
class Matter:
    """One organization on one rung for one person."""

    organization: Organization
    rule: RungRule
    since: date
    days: int
    to: Recipient

    @property
    def key(self) -> str:
        return Reminder.key_of(self.organization.pk, self.rule.stage, self.since, self.rule.rung, self.to.person)


@dataclass(frozen=True)
class HeldBack:
    matter: Matter
    why: Held


@dataclass
class Plan:
    region: Region
    day: date
    bundles: dict[str, list[Matter]] = field(default_factory=dict)
    """By address: everything for one person stands in one letter."""
    for_digest: list[Matter] = field(default_factory=list)
    """What coordinators read next morning in their digest."""
    held: list[HeldBack] = field(default_factory=list)
    seen: int = 0
    """Organizations that were looked at, those whose ladder has nothing more to say included."""
    due: int = 0
    """How many there are to look at; 0 where all of them were."""


def plan_of(region: Region, day: date, within: OrganizationQuerySet | None = None, most: int | None = None) -> Plan:
    """`within`: the territory of whoever looks; a letter that goes out is planned over the whole region.

    `most`: enough for a page; the plan ends with the batch in which so many matters are found.
    """
    return _Planner(region, day, within).plan(most)


def next_day(region: Region) -> date:
    """The day of the next run: today until it has run or the office has closed, else the next working day."""
    there = timezone.localtime(timezone=region.zone)
    done = JobRun.objects.filter(job=job_of(region), period=str(there.date()), finished_at__isnull=False)
    if is_working_day(there.date()) and there.hour < UNTIL_HOUR and not done.exists():
        return there.date()
    return add_working_days(there.date(), 1)


def job_of(region: Region) -> str:
    return f"reminders-{region.pk}"


class _Planner:
    def __init__(self, region: Region, day: date, within: OrganizationQuerySet | None) -> None:
        self.region, self.day, self.within = region, day, within
        self.ladder: Ladder = ladder_of(region)
        self.is_quiet = ReminderSettings.objects.of(region).is_quiet(day)
        self.recipients: Recipients = coordinators_of(region)
        self.ages: dict[date, int] = {}

    def plan(self, most: int | None) -> Plan:
        plan = Plan(self.region, self.day)
        found: dict[str, list[Matter]] = defaultdict(list)
        for batch in self._batches():
            if most and len(plan.held) + len(plan.for_digest) + sum(map(len, found.values())) >= most:
                plan.due = self._due().count()
                break
            plan.seen += len(batch)
            self.recipients.administrators = administrators_of(batch)
            told = self._told(batch)
            for organization in batch:
                for matter, why in self._matters(organization, told.get(organization.pk, {})):
                    if why:
                        plan.held.append(HeldBack(matter, why))
                    elif matter.to.reads_digest:
                        plan.for_digest.append(matter)
                    else:
                        found[matter.to.address.lower()].append(matter)
        enough = had_enough(self.day, self.region.zone, self.region.reminders_a_week)
        for address, matters in found.items():
            if address in enough:
                plan.held += [HeldBack(matter, Held(enough[address])) for matter in matters]
            else:
                plan.bundles[address] = matters
        return plan

    def _due(self) -> "QuerySet[Any]":
        """Organizations that stand longer than the first rung of their stage allows."""
        due = Q(pk__in=[])
        for stage, rules in self.ladder.items():
            if days := [rule.after_days for rule in rules.values() if rule.is_on]:
                column = "listed_on" if stage == Stage.NOBODY else "step_since"  # plain columns, for their indexes
                due |= Q(stage=stage, **{f"{column}__lte": overdue_start(self.day, min(days) - 1)})
        rows = waiting_for_school(self.region, self.day).filter(due).order_by("pk")
        return rows if self.within is None else rows.filter(pk__in=self.within.order_by().values("pk"))

    def _batches(self) -> Iterator[list[Any]]:
        rows = self._due().select_related("municipality")
        rows = rows.defer("search_key", "search_words", "address", "site", "registered_phone")
        last = 0
        while batch := list(rows.filter(pk__gt=last)[:BATCH]):
            yield batch
            last = batch[-1].pk

    def _told(self, batch: list[Any]) -> dict[int, Told]:
        """Organization → whom this stage was reminded of there."""
        rows = Reminder.objects.filter(organization__in=[each.pk for each in batch])
        now = {each.pk: (each.stage, each.since) for each in batch}
        told: dict[int, Told] = defaultdict(lambda: defaultdict(dict))
        for organization, stage, since, rung, person, on in rows.order_by().values_list(
            "organization", "stage", "since", "rung", "person", "on"
        ):
            if (stage, since) == now[organization]:
                told[organization][Rung(rung)][person] = on
        return told

    def _matters(self, organization: Any, told: Told) -> Iterator[tuple[Matter, Held | None]]:
        """The lowest rung on which somebody has not heard of it and whose days are over.

        Who cannot be reached is passed by. Whoever is new on a rung hears of it before the next one is climbed.
        """
        rules = self.ladder[Stage(organization.stage)]
        since = organization.since
        age = self._age(since)
        before: tuple[int, date] | None = None  # days and day of the rung that was climbed last
        for rule in (rule for rule in rules.values() if rule.is_on):
            heard = told.get(rule.rung, {})
            people = [each for each in self.recipients.on(rule.rung, organization) if each.person not in heard]
            matters = [Matter(organization, rule, since, age, person) for person in people]
            reachable = [matter for matter in matters if not matter.to.unreachable]
            if heard and not reachable:
                before = (rule.after_days, max(heard.values()))
                continue
            if age < rule.after_days or (before and self._age(before[1]) < max(1, rule.after_days - before[0])):
                return
            if reachable:
                yield from ((matter, self._rests(matter)) for matter in reachable)
                return
            nobody = Matter(organization, rule, since, age, Recipient("", ""))
            yield from ((matter, matter.to.unreachable) for matter in matters)
            if not matters:
                yield nobody, Held.NOBODY

    def _rests(self, matter: Matter) -> Held | None:
        """Holidays; and the requests that wait are the same matter as the step «принять заявки»."""
        if self.is_quiet and matter.rule.rung in AT_SCHOOL:
            return Held.QUIET
        is_about_requests = matter.rule.stage == Stage.INVITED and matter.rule.rung == Rung.ADMINISTRATOR
        return Held.REQUESTS if is_about_requests and matter.to.address.lower() in self._nudged else None

    @cached_property
    def _nudged(self) -> set[str]:
        return reminded_of(NUDGE, self.day, self.region.zone)

    def _age(self, since: date) -> int:
        """Working days; many organizations share few days, and a registration may be years old."""
        if since not in self.ages:
            self.ages[since] = working_days_between(since, self.day)
        return self.ages[since]
