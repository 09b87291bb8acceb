"""«Кому звонить сегодня»: organizations that need a human, the most urgent first, with every reason in words."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, reduce
from operator import or_
from typing import Any

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.urls import reverse
from django.utils import timezone

from coordination.contacts import Contact, contacts_for
from coordination.models import Snooze
from coordination.reasons import Ground, grounds_over
from coordination.statuses import QUIET, Reason
from foundation.templatetags.portal import count, day, plural
from foundation.working_days import working_days_between
from organizations.journey import stands_since
from organizations.models import Appointment, Organization
from organizations.models.organization import OrganizationQuerySet
from organizations.statuses import AppointmentRole

ON_THE_DESK = 7


@dataclass(frozen=True)
class Told:
    """One reason of one organization, in words, with the page on which it is settled."""

    reason: Reason
    words: str
    url: str


@dataclass
class Entry:
    organization: Organization
    reasons: list[Told] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    snooze: Snooze | None = None


@dataclass
class WorkList:
    """Over a territory that was narrowed already; `reason` keeps one, `put_off` shows the snoozed instead."""

    organizations: OrganizationQuerySet
    reason: str = ""
    put_off: bool = False

    @cached_property
    def grounds(self) -> list[Ground]:
        return grounds_over(self.organizations)

    def _holds(self, *reasons: str) -> Q:
        return reduce(or_, (each.members for each in self.grounds if each.reason in reasons))

    @cached_property
    def counts(self) -> dict[str, int]:
        """Organizations by reason, `all` that are due, and `put_off`; one statement."""
        snoozed = Q(pk__in=Snooze.objects.active().order_by().values("organization"))
        due = self._holds(*(reason for reason in Reason if reason not in QUIET))
        columns = {reason.name: Count("pk", filter=self._holds(reason) & ~snoozed) for reason in Reason}
        counted: dict[str, int] = self.organizations.order_by().aggregate(
            **columns, all=Count("pk", filter=due & ~snoozed), put_off=Count("pk", filter=snoozed)
        )
        return {Reason[key].value if key in Reason.__members__ else key: number for key, number in counted.items()}

    @property
    def rows(self) -> "QuerySet[Any]":
        """Organizations in the order of urgency; sets and not a look at each row, as in `with_doubts`."""
        snoozed = Snooze.objects.active().order_by().values("organization")
        rows = self.organizations.filter(pk__in=snoozed) if self.put_off else self.organizations.exclude(pk__in=snoozed)
        wanted = [self.reason] if self.reason else [reason for reason in Reason if reason not in QUIET]
        if not self.put_off:
            rows = rows.filter(self._holds(*wanted))
        levels = [When(each.members, then=Value(level)) for level, each in enumerate(self.grounds)]
        urgency = Case(*levels, default=Value(len(levels)), output_field=IntegerField())
        rows = rows.annotate(urgency=urgency).order_by(
            "urgency", stands_since().asc(nulls_last=True), "search_key", "pk"
        )
        return rows.select_related("region", "municipality")

    def entries(self, organizations: Iterable[Organization]) -> list[Entry]:
        """The rows of one page with reasons, numbers to call and what is known of their being put off."""
        entries = {row.pk: Entry(row) for row in organizations}
        _give_administrators(entries)
        asked: dict[int, list[Ground]] = defaultdict(list)
        for pk, number, since, how_many in self._facts(list(entries)):
            entry, ground = entries[pk], self.grounds[number]
            url = reverse(ground.page, args=[pk])
            entry.reasons.append(Told(ground.reason, words_of(ground, entry.organization, since, how_many), url))
            asked[pk].append(ground)
        for pk, entry in entries.items():
            entry.contacts = contacts_for(entry.organization, asked[pk][0] if asked[pk] else None)
        if self.put_off:
            for snooze in Snooze.objects.active().filter(organization__in=entries).select_related("by"):
                entries[snooze.organization_id].snooze = snooze
        return list(entries.values())

    def _facts(self, organizations: list[int]) -> "list[tuple[int, int, date | None, int]]":
        """What holds of these, in the order of urgency. One statement."""
        first, *others = (ground.facts(number, organizations) for number, ground in enumerate(self.grounds))
        return sorted(first.union(*others, all=True), key=lambda fact: fact[:2])


def _give_administrators(entries: dict[int, Entry]) -> None:
    """Each organization knows its acting administrator, in one statement for all."""
    acting = Appointment.objects.acting().filter(role=AppointmentRole.RESPONSIBLE, organization__in=entries)
    known = {each.organization_id: each for each in acting}
    for pk, entry in entries.items():
        entry.organization.administrator = known.get(pk)


def words_of(ground: Ground, organization: Organization, since: date | None, number: int) -> str:
    """The reason as one says it to a colleague."""
    today, region = timezone.localdate(timezone=organization.region.zone), organization.region
    waited = working_days_between(since, today) if since else 0
    days = count(waited, "рабочий день,рабочих дня,рабочих дней")
    if ground.reason == Reason.OVERDUE and ground.asked:
        late = count(waited - region.answer_after_days, "рабочий день,рабочих дня,рабочих дней")
        return f"ответ просрочен на {late}: {ground.asked.label}"
    return {
        Reason.UNREAD: f"пришёл ответ Сферума, {day(since)}: прочитайте и запишите",
        Reason.UNCHECKED: f"новое назначение, {day(since)}: проверьте",
        Reason.EXPIRED: f"администратор ещё на месте? Срок назначения истёк {day(since)}",
        Reason.NOBODY: "администратор ещё на месте? В портале его нет",
        Reason.MAIL: "почта администратора не принимает письма",
        Reason.DEPUTY_OVER: f"срок заместителя истёк {day(since)}, что дальше – не сказано",
        Reason.REQUESTS: f"{count(number, 'заявка,заявки,заявок')} {plural(number, 'ждёт,ждут,ждут')} {days}",
        Reason.UNSENT: f"письмо в Сферум готово и не отправлено: {days}",
        Reason.HEAD_SILENT: f"руководитель не ответил на письмо: {days}",
        Reason.UNSTARTED: f"администратора так и не назначили: в списке {days}",
        Reason.NO_EMAIL: "почты нет, в Сферуме не зарегистрирована: написать некуда",
        Reason.LONE: "администратор один, заместителя нет",
    }[ground.reason]


def top(organizations: OrganizationQuerySet) -> dict[str, object]:
    """«Кому звонить сегодня» on the desk: the first few, and how many there are."""
    work = WorkList(organizations)
    return {"calls": work.entries(work.rows[:ON_THE_DESK]), "calls_total": work.rows.count()}
