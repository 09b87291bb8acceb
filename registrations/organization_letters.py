"""Whose letters one may read, and what one may do with a letter: the post of the organizations, as people steer it."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import CharField, Count, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from accounts.models import User, Visitor
from correspondence.models import Lane, Letter, LetterStatus
from foundation.verbs import WrongStatus
from organizations.models import Coordinator, Event, Organization
from organizations.models.organization import OrganizationQuerySet
from registrations.letters import probe_thread
from registrations.models import CaseLetter

_QUEUE = "organization:"


def letters_for(user: Visitor) -> "QuerySet[Letter]":
    """Letters about the organizations that this person sees, and test letters of one's own.

    The portal's staff reads the rest too. Letters to applicants are nobody's to read, here or anywhere above a school.
    """
    letters = Letter.objects.exclude(lane=Lane.APPLICANT)
    if not user.is_authenticated:
        return letters.none()
    if user.is_staff:
        return letters
    visible = Organization.objects.visible_to(user)
    return letters.filter(Q(queue__in=queues_of(visible)) | Q(thread=probe_thread(user)))


def applicants_for(user: Visitor) -> dict[str, int]:
    """How many letters went to applicants, and how many of them did not arrive; more is nobody's business."""
    letters = Letter.objects.filter(lane=Lane.APPLICANT, queue__in=queues_of(Organization.objects.visible_to(user)))
    return letters.aggregate(count=Count("pk"), failed=Count("pk", filter=Q(status=LetterStatus.FAILED)))


def queue_key(organization: object) -> str:
    return f"{_QUEUE}{organization}"


def queues_of(organizations: OrganizationQuerySet) -> "QuerySet[Organization, str]":
    """The outbox knows organizations by opaque keys; this writes them."""
    key = Concat(Value(_QUEUE), Cast("pk", CharField()))
    return organizations.order_by().annotate(queue_key=key).values_list("queue_key", flat=True)


def organizations_of(letters: Iterable[Letter]) -> dict[str, Organization]:
    """By the key of their queue; letters that belong to no organization are not in it."""
    keys = {letter.queue for letter in letters if letter.queue.startswith(_QUEUE)}
    found = Organization.objects.filter(pk__in=[key.removeprefix(_QUEUE) for key in keys])
    return {f"{_QUEUE}{row.pk}": row for row in found.select_related("region", "municipality")}


def may_probe(user: User) -> bool:
    """Whoever answers for a whole region, or for the portal, has to know whether letters leave."""
    return user.is_staff or Coordinator.objects.acting().filter(user=user, municipality=None).exists()


class Post:
    """A letter with the organization and the case that it belongs to, in the hands of a person."""

    def __init__(self, letter: Letter, user: User) -> None:
        self.letter, self.user = letter, user
        self.organization = organizations_of([letter]).get(letter.queue)
        cases = CaseLetter.objects.select_related("registration", "handover", "help", "by")
        self.case_letter = cases.filter(letter=letter).first()
        if self.case_letter is not None and self.organization is not None:
            self.case_letter.letter, self.case_letter.case.organization = letter, self.organization

    @property
    def is_to_sferum(self) -> bool:
        return self.letter.lane == Lane.CASE

    @property
    def is_recallable(self) -> bool:
        """One with a link of power is stopped from above only, as it is redirected.

        An administrator would else keep the question «Кто сейчас отвечает за Сферум?» from the head.
        """
        return self.letter.is_queued and (not self.letter.links or self._judges)

    @property
    def new_address(self) -> str:
        """Where a letter to Sferum that did not arrive may go instead: only where the region's letters go now.

        Any other address would carry the school's names and numbers to whoever typed it.
        """
        one = self.case_letter
        if one is None or not self.is_to_sferum or not self.letter.is_readdressable or one.no_resend:
            return ""
        address = one.case.compose().to
        return "" if address == self.letter.recipient else address

    @property
    def may_type_address(self) -> bool:
        """Letters to people of a school. One with a link that lets somebody in is redirected from above only.

        An administrator would else send the head's power, or a successor's consent, to the own mailbox.
        """
        letter, organization = self.letter, self.organization
        if organization is None or self.is_to_sferum or not letter.is_readdressable:
            return False
        if letter.links:
            return self._judges
        return Organization.objects.manageable_by(self.user).filter(pk=organization.pk).exists()

    @property
    def _judges(self) -> bool:
        mine = Organization.objects.supervised_by(self.user)
        return self.organization is not None and mine.filter(pk=self.organization.pk).exists()

    @property
    def is_resendable(self) -> bool:
        return self.letter.is_resendable and not (self.case_letter and self.case_letter.no_resend)

    @transaction.atomic
    def resend(self) -> None:
        if self.case_letter is not None and (words := self.case_letter.no_resend):
            raise WrongStatus(words, status=self.letter.status)
        self.letter.resend(by=self.user)
        self._record("letter.resent")

    @transaction.atomic
    def stop(self) -> str:
        """Before it leaves; a case whose letter this was goes back to where the letter was ready. Answers in words."""
        if self.letter.is_queued and not self.is_recallable:
            raise WrongStatus("Письмо с личной ссылкой отзывает координатор.", status=self.letter.status)
        was_tried = self.letter.attempt > 0
        if self.case_letter is not None:
            self.case_letter.recall(by=self.user)
        else:
            self.letter.abort(by=self.user)
        self._record("letter.stopped")
        if was_tried:
            return "Отправка отменена. Портал уже пробовал отправить это письмо: возможно, его всё-таки получат."
        return "Письмо отозвано: оно никуда не ушло."

    @transaction.atomic
    def readdress(self, to: str) -> None:
        if to != self.new_address and not self.may_type_address:
            raise WrongStatus("На другой адрес это письмо отправить нельзя.", status=self.letter.status)
        if to == self.letter.recipient:
            raise WrongStatus("Это тот же адрес. Чтобы отправить письмо снова, нажмите «Отправить ещё раз».")
        try:
            self.letter.readdress(to, by=self.user)
        except ValidationError as error:
            raise WrongStatus(error.messages[0]) from error
        self._record("letter.readdressed", fields=["recipient"])

    def _record(self, verb: str, fields: Iterable[str] = ()) -> None:
        Event.record(verb, self.letter, self.organization, by=self.user, fields=fields)
