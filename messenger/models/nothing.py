"""«Переносить нечего»: what stands in the place of chats where there are none."""

from collections.abc import Iterable

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from accounts.models import User, Visitor
from foundation.templatetags.portal import when
from foundation.verbs import WrongStatus
from messenger.models.chat import Chat
from messenger.models.moved import classes_without_chat, reach_if_moved, withdraw_if_not_moved
from messenger.statuses import ChatStatus
from organizations.models import Event, Organization, SchoolClass
from organizations.statuses import Source


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
        reach_if_moved(organization, by=by, source=source)
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
        withdraw_if_not_moved(self.organization, by=by)


class ClassWithoutChatsQuerySet(models.QuerySet["ClassWithoutChats"]):
    @transaction.atomic
    def declare(
        self, organization: Organization, pks: Iterable[int], *, by: User, source: Source
    ) -> list["ClassWithoutChats"]:
        """«В этих классах переносить нечего»; a class with a chat in the list is left alone."""
        organization.hold()
        classes = classes_without_chat(organization).filter(pk__in=list(pks))
        marks = self.bulk_create([ClassWithoutChats(school_class=each, noted_by=by) for each in classes])
        if not marks:
            raise WrongStatus("Это уже отмечено, или у класса есть чат в списке.")
        Event.record("chats.class-without", marks[0].school_class, organization, by=by)
        reach_if_moved(organization, by=by, source=source)
        return marks

    @transaction.atomic
    def take_back(self, organization: Organization, pks: Iterable[int], *, by: User) -> None:
        organization.hold()
        if not self.unmark(organization, pks, by=by):
            raise WrongStatus("Отметка уже снята.")
        withdraw_if_not_moved(organization, by=by)

    def unmark(self, organization: Organization, pks: Iterable[int], *, by: User | None) -> bool:
        """The mark alone goes: a chat that was found later undoes no step."""
        marks = self.filter(school_class__organization=organization, school_class__in=list(pks))
        if first := marks.select_related("school_class").first():
            marks.delete()
            Event.record("chats.class-with", first.school_class, organization, by=by)
        return first is not None


class ClassWithoutChats(models.Model):
    """One class without a chat to move. As with the whole organization, the row is the fact."""

    school_class = models.OneToOneField(SchoolClass, models.CASCADE, related_name="without_chats")
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    noted_at = models.DateTimeField("отмечено", default=timezone.now)

    objects = ClassWithoutChatsQuerySet.as_manager()

    class Meta:
        verbose_name = "отметка «В классе переносить нечего»"
        verbose_name_plural = "отметки «В классе переносить нечего»"

    def __str__(self) -> str:
        return f"Переносить нечего: {self.school_class}"
