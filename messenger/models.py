"""Chats that move to the region's messenger, and what was decided of each."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from accounts.models import User, Visitor
from foundation.folding import fold
from foundation.templatetags.portal import when
from foundation.verbs import WrongStatus
from messenger.naming import with_classes
from messenger.statuses import DECIDED, ChatStatus, Reason
from organizations.journey import reach, recompute
from organizations.models import Event, Organization, SchoolClass
from organizations.statuses import Source, Step


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
        return self._add(organization, [(f"{word} {c.name}", c) for c in classes_without_chat(organization)], by=by)

    def _add(
        self, organization: Organization, pairs: Iterable[tuple[str, SchoolClass | None]], *, by: User | None
    ) -> list["Chat"]:
        organization.hold()
        if NothingToMove.objects.filter(organization=organization).exists():
            raise WrongStatus("Отмечено, что переносить нечего. Сначала снимите эту отметку.")
        there = set(self.filter(organization=organization).values_list("school_class", "key"))
        new: dict[tuple[int | None, str], Chat] = {}
        for name, school_class in pairs:
            chat = Chat(organization=organization, school_class=school_class, name=name, key=fold(name), added_by=by)
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
        _reach_if_moved(organization, by=by, source=source)
        return outcome

    @transaction.atomic
    def leave(
        self, organization: Organization, pks: Iterable[int], *, reason: Reason, note: str, by: User, source: Source
    ) -> Outcome:
        """The chats stay where they are, and this is why."""
        facts = {"status": ChatStatus.NOT_MOVED, "reason": reason, "note": note}
        outcome = self._decide(organization, pks, [ChatStatus.PLANNED], "chat.not-moved", by, **facts)
        _reach_if_moved(organization, by=by, source=source)
        return outcome

    @transaction.atomic
    def reopen(self, organization: Organization, pks: Iterable[int], *, by: User) -> Outcome:
        """The decision was an error: the chats wait again, and a step that stood on them is withdrawn."""
        facts = {"status": ChatStatus.PLANNED, "messenger": "", "moved_on": None, "reason": "", "note": ""}
        outcome = self._decide(organization, pks, DECIDED, "chat.reopened", by, **facts)
        _withdraw_if_not_moved(organization, by=by)
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
        _reach_if_moved(organization, by=by, source=source)
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


class Chat(models.Model):
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="chats")
    school_class = models.ForeignKey(
        SchoolClass,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="chats",
        verbose_name="класс",
        help_text="Пусто: чат сотрудников или общий.",
    )
    name = models.CharField("название", max_length=200)
    key = models.CharField(max_length=200, editable=False)
    status = models.CharField("состояние", max_length=20, choices=ChatStatus, default=ChatStatus.PLANNED)
    messenger = models.CharField("куда перенесён", max_length=60, blank=True)
    moved_on = models.DateField("когда перенесён", null=True, blank=True)
    reason = models.CharField("почему не перенесён", max_length=30, choices=Reason, blank=True)
    note = models.CharField("подробнее", max_length=500, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField("внесён", default=timezone.now)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField("когда решено", null=True)
    batch = models.UUIDField(null=True, editable=False)

    objects = ChatQuerySet.as_manager()

    class Meta:
        verbose_name = "чат"
        verbose_name_plural = "чаты"
        ordering = [
            F("school_class__grade").asc(nulls_first=True),
            F("school_class__section").asc(nulls_first=True),
            "name",
            "pk",
        ]
        constraints = [
            models.UniqueConstraint(
                name="chat_once_in_class", fields=["school_class", "key"], condition=Q(school_class__isnull=False)
            ),
            models.UniqueConstraint(
                name="chat_once_beside_classes", fields=["organization", "key"], condition=Q(school_class=None)
            ),
            models.CheckConstraint(
                name="chat_says_what_was_decided",
                condition=Q(status=ChatStatus.PLANNED, messenger="", moved_on=None, reason="")
                | Q(status=ChatStatus.MOVED, moved_on__isnull=False, reason="") & ~Q(messenger="")
                | Q(status=ChatStatus.NOT_MOVED, messenger="", moved_on=None, reason__in=Reason.values),
            ),
        ]
        indexes = [models.Index(name="chat_of_organization", fields=["organization", "status"])]

    def __str__(self) -> str:
        return self.name


class NothingToMoveQuerySet(models.QuerySet["NothingToMove"]):
    def visible_to(self, user: Visitor) -> "NothingToMoveQuerySet":
        return self.filter(organization__in=Organization.objects.visible_to(user))

    def manageable_by(self, user: Visitor) -> "NothingToMoveQuerySet":
        return self.filter(organization__in=Organization.objects.manageable_by(user))

    @transaction.atomic
    def declare(self, organization: Organization, *, by: User, source: Source) -> "NothingToMove":
        """«Переносить нечего»: the step is done without a single chat."""
        organization.hold()
        if there := self.filter(organization=organization).select_related("noted_by").first():
            raise WrongStatus(
                f"Это уже отмечено: {there.noted_by}, {when(there.noted_at)}.",
                by_name=str(there.noted_by),
                at=there.noted_at,
            )
        if Chat.objects.filter(organization=organization).exclude(status=ChatStatus.NOT_MOVED).exists():
            raise WrongStatus("В списке есть чаты, которые перенесены или ждут решения: переносить есть что.")
        fact = self.create(organization=organization, noted_by=by)
        Event.record("chats.nothing-to-move", fact, organization, by=by)
        _reach_if_moved(organization, by=by, source=source)
        return fact


class NothingToMove(models.Model):
    """An organization without chats to move. The row is the fact; taken back, it is gone, the journal remembers."""

    organization = models.OneToOneField(Organization, models.CASCADE, related_name="nothing_to_move")
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    noted_at = models.DateTimeField("отмечено", default=timezone.now)

    objects = NothingToMoveQuerySet.as_manager()

    class Meta:
        verbose_name = "отметка «Переносить нечего»"
        verbose_name_plural = "отметки «Переносить нечего»"

    def __str__(self) -> str:
        return f"Переносить нечего: {self.organization}"

    @transaction.atomic
    def take_back(self, *, by: User) -> None:
        self.organization.hold()
        Event.record("chats.something-to-move", self, self.organization, by=by)
        deleted, _ = NothingToMove.objects.filter(pk=self.pk).delete()
        if not deleted:
            raise WrongStatus("Отметка уже снята.")
        _withdraw_if_not_moved(self.organization, by=by)


def classes_without_chat(organization: Organization) -> "models.QuerySet[SchoolClass]":
    return organization.classes.current().exclude(Exists(Chat.objects.filter(school_class=OuterRef("pk"))))


def organizations_that_moved() -> "models.QuerySet[Organization]":
    """The fact behind the step MIGRATED, for one organization or for a check of all of them.

    Every listed chat is decided and at least one lives in the messenger that the region uses now, or there was
    nothing to move.
    """
    chats = Chat.objects.filter(organization=OuterRef("pk"))
    here = chats.filter(status=ChatStatus.MOVED, messenger=OuterRef("region__messenger_name"))
    all_decided = ~Exists(chats.filter(status=ChatStatus.PLANNED)) & Exists(here)
    return Organization.objects.filter(all_decided | Exists(NothingToMove.objects.filter(organization=OuterRef("pk"))))


def _reach_if_moved(organization: Organization, *, by: User, source: Source) -> None:
    if organizations_that_moved().filter(pk=organization.pk).exists():
        reach(organization, Step.MIGRATED, by=by, source=source, on=timezone.localdate())


def _withdraw_if_not_moved(organization: Organization, *, by: User) -> None:
    """Only a corrected error undoes a step; what a registry told is not the portal's to correct."""
    if organizations_that_moved().filter(pk=organization.pk).exists():
        return
    step = organization.milestones.filter(step=Step.MIGRATED).exclude(source=Source.REGISTRY)
    if step.delete()[0]:
        Event.record("chats.step-withdrawn", organization, organization, by=by)
        recompute(organization)


def _too_late(late: list[Chat]) -> WrongStatus:
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
