"""Sets of chats, and the verbs that decide of one or of many."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.db import models, transaction
from django.utils import timezone

from accounts.models import User, Visitor
from foundation.folding import fold
from foundation.templatetags.portal import when
from foundation.verbs import WrongStatus
from messenger.models import moved
from messenger.naming import with_classes
from messenger.statuses import DECIDED, ChatStatus, Reason
from organizations.models import Event, Organization, SchoolClass
from organizations.statuses import Source

if TYPE_CHECKING:
    from messenger.models.chat import Chat


@dataclass(frozen=True)
class Outcome:
    """What became of the chosen chats: `done` by this act; `late` are those that somebody else decided before."""

    done: list["Chat"]
    late: list["Chat"]


class ChatQuerySet(models.QuerySet["Chat"]):
    """The verbs take primary keys: one chat is many chats of which there is one.

    Every verb first takes the lock of the organization: whoever decides the last chat sees every chat that somebody
    else adds or takes back at the same moment.
    """

    def visible_to(self, user: Visitor) -> "ChatQuerySet":
        return self.filter(organization__in=Organization.objects.visible_to(user))

    def manageable_by(self, user: Visitor) -> "ChatQuerySet":
        return self.filter(organization__in=Organization.objects.manageable_by(user))

    @transaction.atomic
    def add_names(self, organization: Organization, names: Iterable[str], *, by: User | None) -> list["Chat"]:
        """Adds the chats that are not listed yet; one whose name begins with a class belongs to that class."""
        return self._add(organization, with_classes(organization, names), by=by)

    @transaction.atomic
    def add_for_classes(self, organization: Organization, *, by: User | None) -> list["Chat"]:
        """One chat for each class of this academic year that has none."""
        word = organization.words.klass.capitalize()
        return self._add(
            organization, [(f"{word} {c.name}", c) for c in moved.classes_without_chat(organization)], by=by
        )

    def _add(
        self, organization: Organization, pairs: Iterable[tuple[str, SchoolClass | None]], *, by: User | None
    ) -> list["Chat"]:
        organization.hold()
        if moved.has_nothing_to_move(organization):
            raise WrongStatus("Отмечено, что переносить нечего. Сначала снимите эту отметку.")
        there = set(self.filter(organization=organization).values_list("school_class", "key"))
        new: dict[tuple[int | None, str], Chat] = {}
        for name, school_class in pairs:
            chat = self.model(
                organization=organization, school_class=school_class, name=name, key=fold(name), added_by=by
            )
            if (chat.school_class_id, chat.key) not in there:
                new.setdefault((chat.school_class_id, chat.key), chat)
        added = self.bulk_create(new.values())
        if added:
            Event.record("chats.added", added[0], organization, by=by)
        return added

    @transaction.atomic
    def move(
        self, organization: Organization, pks: Iterable[int], *, messenger: str, on: date, by: User, source: Source
    ) -> Outcome:
        """The chats live in `messenger` since `on`. The last decision may complete the organization's journey."""
        ours = organization.region.messenger_name
        where = ours if fold(messenger) == fold(ours) else messenger
        outcome = self._decide(
            organization,
            pks,
            [ChatStatus.PLANNED],
            "chat.moved",
            by,
            status=ChatStatus.MOVED,
            messenger=where,
            moved_on=on,
        )
        moved.reach_if_moved(organization, by=by, source=source)
        return outcome

    @transaction.atomic
    def leave(
        self, organization: Organization, pks: Iterable[int], *, reason: Reason, note: str, by: User, source: Source
    ) -> Outcome:
        """The chats stay where they are, and this is why."""
        facts = {"status": ChatStatus.NOT_MOVED, "reason": reason, "note": note}
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

    def _decide(
        self, organization: Organization, pks: Iterable[int], old: list[ChatStatus], verb: str, by: User, **facts: Any
    ) -> Outcome:
        """Compare-and-set of many rows in one statement: those that bear the batch are ours."""
        organization.hold()
        chosen = self.filter(organization=organization, pk__in=list(pks))
        batch = uuid4()
        chosen.filter(status__in=old).update(batch=batch, decided_by=by, decided_at=timezone.now(), **facts)
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
