"""«Переносить нечего»: what stands in the place of chats where there are none."""

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from accounts.models import User, Visitor
from foundation.templatetags.portal import when
from foundation.verbs import WrongStatus
from messenger.models.chat import Chat
from messenger.models.moved import reach_if_moved, withdraw_if_not_moved
from messenger.statuses import ChatStatus
from organizations.models import Event, Organization
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
