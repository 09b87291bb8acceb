"""The verbs of review, for one request as for a thousand: each is a compare-and-set of the whole selection.

Call them on a selection by keys: a filter by status would hide those who were decided by somebody else.
"""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from correspondence.models import Letter
from correspondence.models.letter import LetterQuerySet
from foundation.verbs import WrongStatus
from invitations import letters
from invitations.models.expected import ListMatch
from invitations.models.invitation import Invitation
from invitations.statuses import CLOSED_BY_SCHOOL, KEPT_DAYS, Mark, Reason, RequestStatus, Role
from organizations.models import Event

if TYPE_CHECKING:
    from invitations.models.join_request import JoinRequest


@dataclass(frozen=True)
class Decided:
    """What became of a selection: rows won by this very act, rows that somebody decided before, rows left alone."""

    won: "list[JoinRequest]"
    beaten: "list[JoinRequest]"
    left: "list[JoinRequest]"
    batch: uuid.UUID | None = None


@dataclass(frozen=True)
class Undone:
    """Rows that wait again as if nothing had been decided, and rows for which it is too late: they can be reopened."""

    won: "list[JoinRequest]"
    late: "list[JoinRequest]"


def purge_day(days: int) -> date:
    """The last day on which the data are kept, by the portal's own calendar, whoever's zone the page is in."""
    return timezone.localdate(timezone=timezone.get_default_timezone()) + timedelta(days=days)


def undo_period() -> timedelta:
    return timedelta(minutes=settings.DECISION_UNDO_MINUTES)


class DecisionQuerySet(models.QuerySet["JoinRequest"]):
    def for_decision(self) -> Self:
        return self.select_related("school_class", "organization__region", "decided_by").order_by("pk")

    def accept(
        self,
        *,
        by: User,
        knows_personally: bool = False,
        lines: Mapping[int, int] | None = None,
        listed: bool = False,
        seen: datetime | None = None,
    ) -> Decided:
        """Accepts what is still pending. Somebody who asks to teach children is never accepted by a mere selection:
        only with the administrator's word that she knows this very person.

        `lines` says which line of the expected names a request takes. With `listed` only those are accepted whose
        line is free at this moment, exactly at any concurrency: a line is unique to one request. `seen` is when the
        names were read: whoever has corrected the name since then is left alone.
        """
        only = _as_seen(seen) if knows_personally else _as_seen(seen) & ~Q(role=Role.TEACHER)
        with transaction.atomic():
            chosen = self.hold()
            doubted = self._doubted(chosen) if listed else set()
            taken = _take_lines({pk: line for pk, line in (lines or {}).items() if pk in chosen.keys() - doubted})
            if listed:
                only &= Q(pk__in=taken) | Q(same_as__in=taken)
            decided = self._decide(RequestStatus.ACCEPTED, only, chosen, by=by)
            accepted = {row.pk for row in decided.won + decided.beaten if row.status == RequestStatus.ACCEPTED}
            _give_back(taken - accepted)
        return decided

    @transaction.atomic
    def reject(
        self,
        *,
        by: User,
        reason: Reason,
        reason_text: str = "",
        is_reason_shown: bool = True,
        offered: Invitation | None = None,
        seen: datetime | None = None,
    ) -> Decided:
        """`offered` is the link of the right role, for somebody who came by the link of another; `seen` as above."""
        facts = {"reason": reason, "reason_text": reason_text, "is_reason_shown": is_reason_shown, "offered": offered}
        return self._decide(RequestStatus.REJECTED, _as_seen(seen), self.hold(), by=by, **facts)

    def hold(self) -> dict[int, uuid.UUID | None]:
        """Keys of the selection and of the requests about the same persons, with the batch each bears now.

        Whichever of a person's requests was chosen: a decision covers them all. The locks, all in one order, only
        give two overlapping acts one order (SQLite has none to give); the UPDATE decides.
        """
        chosen = dict(self.values_list("pk", "same_as"))
        persons = {main or pk for pk, main in chosen.items()}
        all_of_them = Q(pk__in=persons | chosen.keys()) | Q(same_as__in=persons)
        held = self.model.objects.filter(all_of_them).order_by("pk").select_for_update()
        return dict(held.values_list("pk", "batch"))

    def _doubted(self, chosen: Iterable[int]) -> set[int | None]:
        """Whom somebody put off or called a stranger, with the requests about the same persons."""
        doubt = Q(mark=Mark.NOT_MINE) | Q(postponed_until__gt=timezone.localdate())
        rows = self.model.objects.filter(doubt, pk__in=chosen).values_list("pk", "same_as")
        return {pk for row in rows for pk in row}

    def _decide(
        self, status: RequestStatus, only: Q, chosen: dict[int, uuid.UUID | None], *, by: User, **details: Any
    ) -> Decided:
        """Many at once: one UPDATE, and the rows that bear its batch are those won by this act."""
        batch, now = uuid.uuid4(), timezone.now()
        self.model.objects.filter(only, pk__in=chosen, status=RequestStatus.PENDING).update(
            status=status,
            decided_by=by,
            decided_at=now,
            batch=batch,
            postponed_until=None,
            purge_after=purge_day(KEPT_DAYS[status]),
            **details,
        )
        rows = list(self.model.objects.filter(pk__in=chosen).for_decision())
        won = [row for row in rows if row.batch == batch]
        others = [row for row in rows if row.batch != batch]
        Event.objects.bulk_create(Event.draft(f"request.{status}", row, row.organization, by=by) for row in won)
        self._tell(won, {pk for pk, former in chosen.items() if former}, now + undo_period())
        return Decided(
            won=won,
            beaten=[row for row in others if row.status != RequestStatus.PENDING],
            left=[row for row in others if row.status == RequestStatus.PENDING],
            batch=batch,
        )

    def _tell(self, won: "list[JoinRequest]", reviewed_before: set[int], not_before: datetime) -> None:
        """One letter each, after the time in which the decision can be taken back.

        What those reviewed before would still get is dropped: nobody gets two letters that contradict each other.
        """
        told = [row for row in won if row.email]
        if not told:
            return
        again = [row.pk for row in told if row.pk in reviewed_before]
        _drop_unsent(again, by=None)
        heard = _last_words(again)
        links = Invitation.objects.sferum_links(row.school_class_id for row in told)
        drafts = [
            letters.decided(
                row,
                links.get((row.school_class_id, row.role), ""),
                is_changed=row.pk in heard,
                not_before=not_before,
            )
            for row in told
        ]
        Letter.objects.write_many(drafts)

    def undo(self, *, by: User) -> Undone:
        """Takes decisions back as if they had not been made: in the first minutes, while no letter has left."""
        fresh = Q(decided_at__gt=timezone.now() - undo_period())
        return self._back_to_review("request.undone", fresh, by=by, is_silent=True)

    def reopen(self, *, by: User) -> Undone:
        """Later: the request is reviewed again, and whoever has been told a decision is told that it does not stand."""
        return self._back_to_review("request.reopened", Q(), by=by, is_silent=False)

    @transaction.atomic
    def _back_to_review(self, verb: str, only: Q, *, by: User, is_silent: bool) -> Undone:
        chosen = self.hold()
        open_again = Q(status__in=CLOSED_BY_SCHOOL, joined_at=None, purged_at=None, consent_withdrawn_at=None)
        rows = list(self.model.objects.filter(only, open_again, pk__in=chosen).for_decision())
        decisions = {letters.decision_key(row): row.pk for row in rows}
        Letter.objects.filter(dedupe_key__in=decisions).drop_untouched(by=by)
        if is_silent:
            left = Letter.objects.filter(dedupe_key__in=decisions).on_their_way().values_list("dedupe_key", flat=True)
            too_late = {decisions[key] for key in left}
            rows = [row for row in rows if row.pk not in too_late]
        self._wait_again(rows)
        Event.objects.bulk_create(Event.draft(verb, row, row.organization, by=by) for row in rows)
        self._correct(rows)
        won = {row.pk for row in rows}
        return Undone(won=rows, late=list(self.model.objects.filter(pk__in=chosen.keys() - won).for_decision()))

    def _wait_again(self, rows: "list[JoinRequest]") -> None:
        """Compare-and-set of all the rows, or WrongStatus and nothing is done: a dropped letter must not be lost."""
        as_read = self.model.objects.filter(pk__in=[row.pk for row in rows], batch__in={row.batch for row in rows})
        changed = as_read.filter(status__in=CLOSED_BY_SCHOOL, joined_at=None).update(
            status=RequestStatus.PENDING,
            decided_by=None,
            decided_at=None,
            reason="",
            reason_text="",
            is_reason_shown=True,
            offered=None,
            batch=uuid.uuid4(),
            purge_after=purge_day(KEPT_DAYS[RequestStatus.PENDING]),
        )
        if changed != len(rows):
            raise WrongStatus("Одну из этих заявок только что изменили. Обновите страницу и повторите.")
        _give_back([row.pk for row in rows])

    def _correct(self, rows: "list[JoinRequest]") -> None:
        """The notice to those whose last letter told them a decision that does not stand any more."""
        heard = _last_words([row.pk for row in rows if row.email])
        deceived = [row for row in rows if letters.REOPENED not in heard.get(row.pk, letters.REOPENED)]
        if deceived:
            act, not_before = uuid.uuid4(), timezone.now() + undo_period()
            Letter.objects.write_many([letters.reopened(row, act, not_before) for row in deceived])

    @transaction.atomic
    def postpone(self, *, by: User, until: date, note: str = "") -> "list[JoinRequest]":
        """«Позже», «нужно позвонить»: the requests come back by themselves on that day; the rows that were waiting."""
        chosen = self.model.objects.filter(pk__in=list(self.values_list("pk", flat=True))).pending()
        rows = list(chosen.for_decision().select_for_update(of=("self",)))
        chosen.filter(pk__in=[row.pk for row in rows]).update(postponed_until=until, **({"note": note} if note else {}))
        Event.objects.bulk_create(Event.draft("request.postponed", row, row.organization, by=by) for row in rows)
        return rows

    @transaction.atomic
    def take_back(self, *, by: User) -> int:
        """The postponed wait again at once."""
        chosen = self.model.objects.filter(pk__in=list(self.values_list("pk", flat=True))).pending()
        rows = list(chosen.exclude(postponed_until=None).for_decision().select_for_update(of=("self",)))
        self.model.objects.filter(pk__in=[row.pk for row in rows]).update(postponed_until=None)
        Event.objects.bulk_create(Event.draft("request.awaited", row, row.organization, by=by) for row in rows)
        return len(rows)

    @transaction.atomic
    def mark_same(self, *, by: User) -> "JoinRequest":
        """«Это один и тот же человек»: from now on one decision covers them all. The oldest stands for the rest."""
        first, *others = self._pending_of_one_place()
        if not others:
            raise WrongStatus("Отметьте две или больше заявок, которые ждут решения.")
        keys = [row.pk for row in others]
        self.model.objects.filter(same_as__in=keys).update(same_as=first)
        self.model.objects.filter(pk__in=keys).update(same_as=first, is_told_apart=False)
        self.model.objects.filter(pk=first.pk).update(same_as=None, is_told_apart=False)
        Event.objects.bulk_create(Event.draft("request.same", row, row.organization, by=by) for row in others)
        return first

    @transaction.atomic
    def tell_apart(self, *, by: User) -> None:
        """Namesakes: each is decided by itself from now on."""
        rows = self._pending_of_one_place()
        self.model.objects.filter(pk__in=[row.pk for row in rows]).update(same_as=None, is_told_apart=True)
        Event.objects.bulk_create(Event.draft("request.apart", row, row.organization, by=by) for row in rows)

    def _pending_of_one_place(self) -> "list[JoinRequest]":
        keys = list(self.order_by("pk").select_for_update().values_list("pk", flat=True))
        rows = list(self.model.objects.filter(pk__in=keys).pending().for_decision().order_by("created_at", "pk"))
        if not rows or len({(row.school_class_id, row.role) for row in rows}) > 1:
            raise WrongStatus("Выберите заявки одного класса и одной роли, которые ждут решения.")
        return rows


def _as_seen(at: datetime | None) -> Q:
    """Whose name is still the one that was read then."""
    return Q(corrected_at=None) | Q(corrected_at__lte=at) if at else Q()


def _take_lines(lines: Mapping[int, int]) -> set[int]:
    """Gives each request its line of the expected names; the requests that have theirs now."""
    matches = [ListMatch(request_id=pk, member_id=line) for pk, line in lines.items()]
    ListMatch.objects.bulk_create(matches, ignore_conflicts=True)
    there = ListMatch.objects.filter(request__in=lines).values_list("request", "member")
    return {pk for pk, line in there if lines[pk] == line}


def _give_back(keys: "set[int] | list[int]") -> None:
    if keys:
        ListMatch.objects.filter(request__in=keys).delete()


def _drop_unsent(keys: list[int], *, by: User | None) -> None:
    """What lies in the outbox still and says a former decision; the receipt of the request itself stays."""
    if keys:
        _letters_about(keys).drop_untouched(by=by)


def _last_words(keys: list[int]) -> dict[int, str]:
    """By request, the key of the last letter about a decision that the person has got or will get."""
    if not keys:
        return {}
    of_thread = {letters.thread_of(key): key for key in keys}
    sent = _letters_about(keys).on_their_way().order_by("pk").values_list("thread", "dedupe_key")
    return {of_thread[thread]: key for thread, key in sent}


def _letters_about(keys: list[int]) -> LetterQuerySet:
    threads = [letters.thread_of(key) for key in keys]
    return Letter.objects.filter(thread__in=threads).exclude(dedupe_key__endswith=letters.FILED)
