"""Letters that came in, between the mailbox and their case: sorted by thread and number, the rest by a person."""

from collections.abc import Sequence

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User, Visitor
from correspondence.models import IncomingLetter, Lane
from foundation.verbs import WrongStatus
from organizations.models import Coordinator, Event, Region
from registrations.models.case import Case
from registrations.models.case_letter import CaseLetter
from registrations.statuses import SortedBy, SortingStatus


class InboxLetterQuerySet(models.QuerySet["InboxLetter"]):
    def visible_to(self, user: Visitor) -> "InboxLetterQuerySet":
        """Portal staff, and coordinators of the whole region: an unsorted letter may speak of any school of it.

        What an applicant wrote back to a letter of the portal is nobody's above the school.
        """
        if not user.is_authenticated:
            return self.none()
        seen = self.exclude(incoming__about__lane=Lane.APPLICANT)
        if user.is_staff:
            return seen
        mine = Coordinator.objects.acting().filter(user=user, municipality=None)
        return seen.filter(region__in=mine.values("region"))

    def waiting(self) -> "InboxLetterQuerySet":
        return self.filter(status=SortingStatus.WAITING)

    def untouched(self) -> "InboxLetterQuerySet":
        """Waiting, and never yet sorted by a person, who knows better than thread and number."""
        return self.waiting().filter(how="")


class InboxLetter(models.Model):
    """One row for each letter that was read. `region` says whose coordinators sort it; without one, portal staff."""

    incoming = models.OneToOneField(IncomingLetter, models.PROTECT, related_name="+", verbose_name="письмо")
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="регион")
    status = models.CharField("состояние", max_length=10, choices=SortingStatus, default=SortingStatus.WAITING)
    how = models.CharField("как разобрано", max_length=10, choices=SortedBy, blank=True)
    sorted_at = models.DateTimeField("разобрано", null=True, editable=False)
    sorted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False)

    objects = InboxLetterQuerySet.as_manager()

    class Meta:
        verbose_name = "разбор входящего письма"
        verbose_name_plural = "разбор входящих писем"
        ordering = ["-incoming__received_at", "-pk"]
        indexes = [models.Index(name="inbox_waiting", fields=["region", "status"])]
        constraints = [
            models.CheckConstraint(name="inbox_status_known", condition=Q(status__in=SortingStatus.values)),
            models.CheckConstraint(
                name="inbox_sorted_is_dated",
                condition=Q(status=SortingStatus.WAITING, sorted_at=None)
                | (~Q(status=SortingStatus.WAITING) & Q(sorted_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return str(self.incoming)

    @property
    def case_letter(self) -> CaseLetter | None:
        return CaseLetter.objects.of_cases().filter(incoming=self.incoming_id).first()

    @transaction.atomic
    def attach(self, case: Case, *, by: User | None = None, how: SortedBy = SortedBy.HAND) -> CaseLetter:
        """The letter belongs to the case; of two people who sort it at once, the first counts.

        What a person laid aside only a person attaches.
        """
        old = (SortingStatus.WAITING, SortingStatus.ASIDE) if how == SortedBy.HAND else (SortingStatus.WAITING,)
        self._move(old, SortingStatus.ATTACHED, how=how, by=by)
        letter = case.letters.receive(case, self.incoming)
        Event.record("answer.attached", letter, case.organization, by=by)
        return letter

    @transaction.atomic
    def detach(self, *, by: User) -> None:
        """Back among the unsorted, unless somebody has already recorded what it says."""
        letter = self.case_letter
        if letter is None or not CaseLetter.objects.filter(pk=letter.pk, outcome="").delete()[0]:
            raise WrongStatus("По этому письму уже записан ответ: снять его с обращения нельзя.", status=self.status)
        self._move((SortingStatus.ATTACHED,), SortingStatus.WAITING, how=SortedBy.HAND)
        Event.record("answer.detached", self, letter.organization, by=by)

    def set_aside(self, *, by: User | None = None, how: SortedBy = SortedBy.HAND) -> None:
        """Not about any case: advertising, a misdirected letter, a server's report."""
        self._move((SortingStatus.WAITING,), SortingStatus.ASIDE, how=how, by=by)

    def take_back(self, *, by: User) -> None:
        """Among the unsorted again."""
        self._move((SortingStatus.ASIDE,), SortingStatus.WAITING, how=SortedBy.HAND)

    def _move(self, old: Sequence[SortingStatus], new: SortingStatus, *, how: str = "", by: User | None = None) -> None:
        at = None if new == SortingStatus.WAITING else timezone.now()
        mine = InboxLetter.objects.filter(pk=self.pk, status__in=old)
        if not mine.update(status=new, how=how, sorted_by=by, sorted_at=at):
            self.refresh_from_db()
            who = str(self.sorted_by or "портал")
            words = f"Письмо уже разобрано: {self.get_status_display()} ({who})."
            raise WrongStatus(words, by_name=who, at=self.sorted_at, status=self.status)
        self.status, self.how, self.sorted_by, self.sorted_at = new, how, by, at
