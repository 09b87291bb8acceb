"""Sets of chats, and the verbs that decide of one or of many."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.db import models, transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User, Visitor
from foundation.folding import fold
from foundation.templatetags.portal import when
from foundation.verbs import WrongStatus
from messenger.models import moved
from messenger.naming import ClassNames
from messenger.statuses import DECIDED, LIVING, ChatStatus, Reason
from organizations.models import Event, Organization, SchoolClass
from organizations.statuses import Source

if TYPE_CHECKING:
    from messenger.models.chat import Chat


@dataclass(frozen=True)
class Outcome:
    """What became of the chosen chats: `done` by this act; `late` are those that somebody else decided before."""

    done: list["Chat"]
    late: list["Chat"]


@dataclass(frozen=True)
class Draft:
    """A chat to list: where it lives now and whether it has two administrators may be unknown."""

    name: str
    school_class: SchoolClass | None = None
    origin: str = ""
    has_two_administrators: bool | None = None


class ChatQuerySet(models.QuerySet["Chat"]):
    """The verbs take primary keys: one chat is many chats of which there is one.

    Every verb first takes the lock of the organization: whoever decides the last chat sees every chat that somebody
    else adds or takes back at the same moment.
    """

    def visible_to(self, user: Visitor) -> "ChatQuerySet":
        return self.filter(organization__in=Organization.objects.visible_to(user))

    def manageable_by(self, user: Visitor) -> "ChatQuerySet":
        return self.filter(organization__in=Organization.objects.manageable_by(user))

    def elsewhere(self, messenger: str) -> "ChatQuerySet":
        """Chats that live in another messenger than this one."""
        return self.filter(status__in=LIVING).exclude(messenger=messenger)

    def with_one_administrator(self) -> "ChatQuerySet":
        """Waiting chats that are known to have one: if this one leaves, the chat does not move any more."""
        return self.filter(status=ChatStatus.PLANNED, has_two_administrators=False)

    def add_names(self, organization: Organization, names: Iterable[str], *, by: User | None) -> list["Chat"]:
        """Adds the chats that are not listed yet; one whose name begins with a class belongs to that class."""
        classes = ClassNames(organization)
        return self.add(organization, [Draft(name, classes.find(name)) for name in names], by=by)

    def add_for_classes(self, organization: Organization, *, by: User | None) -> list["Chat"]:
        """One chat for each class of this academic year of which nothing is known yet."""
        word = organization.words.klass.capitalize()
        drafts = [Draft(f"{word} {each.name}", each) for each in moved.classes_without_chat(organization)]
        return self.add(organization, drafts, by=by)

    @transaction.atomic
    def add(self, organization: Organization, drafts: Iterable[Draft], *, by: User | None) -> list["Chat"]:
        organization.hold()
        if moved.has_nothing_to_move(organization):
            raise WrongStatus("Отмечено, что переносить нечего. Сначала снимите эту отметку.")
        there = set(self.filter(organization=organization).values_list("school_class", "key"))
        new: dict[tuple[int | None, str], Chat] = {}
        for draft in drafts:
            chat = self.model(organization=organization, key=fold(draft.name), added_by=by, **vars(draft))
            if (chat.school_class_id, chat.key) not in there:
                new.setdefault((chat.school_class_id, chat.key), chat)
        added = self.bulk_create(new.values())
        if added:
            Event.record("chats.added", added[0], organization, by=by)
            moved.forget_marks(organization, [chat.school_class_id for chat in added if chat.school_class_id], by=by)
        return added

    @transaction.atomic
    def note_conditions(self, organization: Organization, pks: Iterable[int], *, by: User, **facts: bool | None) -> int:
        """What is known of the official conditions, of chats that have still to move; returns of how many."""
        organization.hold()
        chats = self.filter(organization=organization, pk__in=list(pks), status=ChatStatus.PLANNED)
        first = chats.first()
        if first is None:
            raise WrongStatus("Условия отмечают у чатов, которые ждут решения.")
        Event.record("chats.conditions", first, organization, by=by, fields=facts)
        return chats.update(**facts)

    def move(
        self, organization: Organization, pks: Iterable[int], *, messenger: str, on: date, by: User, source: Source
    ) -> Outcome:
        """The chats live in `messenger` since `on`. The last decision may complete the organization's journey."""
        facts = {"status": ChatStatus.MOVED, "messenger": messenger, "moved_on": on}
        return self._settle(organization, pks, "chat.moved", by, source, facts)

    def note_created(
        self, organization: Organization, pks: Iterable[int], *, messenger: str, on: date, by: User, source: Source
    ) -> Outcome:
        """Nobody moved the chats: the platform made them in `messenger` by itself."""
        facts = {"status": ChatStatus.CREATED, "messenger": messenger, "moved_on": on}
        return self._settle(organization, pks, "chat.created", by, source, facts)

    @transaction.atomic
    def _settle(
        self,
        organization: Organization,
        pks: Iterable[int],
        verb: str,
        by: User,
        source: Source,
        facts: dict[str, Any],
    ) -> Outcome:
        ours = organization.region.messenger_name
        if fold(facts["messenger"]) == fold(ours):
            facts["messenger"] = ours
        outcome = self._decide(organization, pks, [ChatStatus.PLANNED], verb, by, **facts)
        moved.reach_if_moved(organization, by=by, source=source)
        return outcome

    @transaction.atomic
    def leave(
        self, organization: Organization, pks: Iterable[int], *, reason: Reason, note: str, by: User, source: Source
    ) -> Outcome:
        """The chats stay where they are, and this is why."""
        facts: dict[str, Any] = {"status": ChatStatus.NOT_MOVED, "reason": reason, "note": note}
        if reason == Reason.ONE_ADMINISTRATOR:
            facts["has_two_administrators"] = False
        outcome = self._decide(organization, pks, [ChatStatus.PLANNED], "chat.not-moved", by, **facts)
        moved.reach_if_moved(organization, by=by, source=source)
        return outcome

    @transaction.atomic
    def reopen(self, organization: Organization, pks: Iterable[int], *, by: User) -> Outcome:
        """The decision was an error: the chats wait again, and a step that stood on them is withdrawn."""
        facts = {"status": ChatStatus.PLANNED, "messenger": "", "moved_on": None, "reason": "", "note": ""}
        outcome = self._decide(organization, pks, DECIDED, "chat.reopened", by, **facts)
        moved.withdraw_if_not_moved(organization, by=by)
        return outcome

    def plan_again(self, organization: Organization, pks: Iterable[int], *, by: User) -> Outcome:
        """Chats that moved elsewhere wait to move once more. No error is corrected, so no step is withdrawn."""
        elsewhere = self.elsewhere(organization.region.messenger_name)
        facts = {"status": ChatStatus.PLANNED, "origin": F("messenger"), "messenger": "", "moved_on": None}
        return elsewhere._decide(organization, pks, LIVING, "chat.planned-again", by, **facts)

    @transaction.atomic
    def remove(self, organization: Organization, pks: Iterable[int], *, by: User, source: Source) -> int:
        """Takes chats that were listed by mistake off the list; a decided one has to be reopened first."""
        organization.hold()
        chats = self.filter(organization=organization, pk__in=list(pks), status=ChatStatus.PLANNED)
        first = chats.first()
        if first is None:
            raise WrongStatus("Убрать можно только чаты, которые ждут решения.")
        Event.record("chats.removed", first, organization, by=by)
        removed, _ = chats.delete()
        moved.reach_if_moved(organization, by=by, source=source)
        return removed

    @transaction.atomic
    def _decide(
        self, organization: Organization, pks: Iterable[int], old: list[ChatStatus], verb: str, by: User, **facts: Any
    ) -> Outcome:
        """Compare-and-set of many rows in one statement: those that bear the batch are ours.

        A set that is narrower than all chats narrows what may be decided; whatever else was chosen came too late.
        """
        organization.hold()
        pks = list(pks)
        chosen = self.model.objects.filter(organization=organization, pk__in=pks)
        batch = uuid4()
        mine = self.filter(organization=organization, pk__in=pks, status__in=old)
        mine.update(batch=batch, decided_by=by, decided_at=timezone.now(), **facts)
        rows = list(chosen.select_related("decided_by"))
        outcome = Outcome([row for row in rows if row.batch == batch], [row for row in rows if row.batch != batch])
        if not outcome.done:
            raise _too_late(outcome.late)
        Event.objects.bulk_create([Event.draft(verb, chat, organization, by=by) for chat in outcome.done])
        return outcome


def _too_late(late: list["Chat"]) -> WrongStatus:
    if not late:
        return WrongStatus("Этих чатов в списке уже нет.")
    first = late[0]
    status = first.get_status_display()
    if first.decided_by is None:
        return WrongStatus(f"По чату «{first.name}» решения ещё нет.", status=first.status)
    return WrongStatus(
        f"Уже сделано: «{first.name}» – {status}, {first.decided_by}, {when(first.decided_at)}.",
        by_name=str(first.decided_by),
        at=first.decided_at,
        status=first.status,
    )
