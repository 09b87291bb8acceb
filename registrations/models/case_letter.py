"""Which letters belong to which case, out and in: the facts that ours stated, what a person read in theirs."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from correspondence.models import IncomingLetter, Letter, LetterStatus
from foundation.verbs import WrongStatus
from organizations.models import Event, Organization
from registrations.models.case_letter_set import CaseLetterQuerySet
from registrations.statuses import AnswerOutcome, Direction, HandChannel, Purpose

if TYPE_CHECKING:
    from registrations.models.case import Case


class CaseLetter(models.Model):
    """A letter of a case. `facts` are never rewritten: a correction is another row.

    Through the portal it has a `letter`; sent by hand, it keeps its own subject and text; one that came in has
    `incoming`, and an `outcome` once somebody has read it.
    """

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    registration = models.ForeignKey(
        "RegistrationRequest", models.PROTECT, null=True, blank=True, related_name="letters"
    )
    handover = models.ForeignKey("HandoverRequest", models.PROTECT, null=True, blank=True, related_name="letters")
    help = models.ForeignKey("HelpRequest", models.PROTECT, null=True, blank=True, related_name="letters")
    direction = models.CharField("направление", max_length=3, choices=Direction, default=Direction.OUT)
    purpose = models.CharField("вид", max_length=20, choices=Purpose)
    letter = models.OneToOneField(Letter, models.PROTECT, null=True, blank=True, related_name="+")
    incoming = models.OneToOneField(IncomingLetter, models.PROTECT, null=True, blank=True, related_name="+")
    outcome = models.CharField("что в нём", max_length=20, choices=AnswerOutcome, blank=True, editable=False)
    judged_at = models.DateTimeField("прочитано", null=True, editable=False)
    judged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False)
    hand_channel = models.CharField("как отправлено", max_length=20, choices=HandChannel, blank=True)
    subject = models.CharField("тема", max_length=500, blank=True)
    text = models.TextField("текст", blank=True)
    facts = models.JSONField("что сообщено", default=dict, blank=True, editable=False)
    on = models.DateField("когда")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="кто")
    noted_at = models.DateTimeField("записано", default=timezone.now, editable=False)
    filing = models.ForeignKey("Filing", models.PROTECT, null=True, related_name="letters", editable=False)

    objects = CaseLetterQuerySet.as_manager()

    class Meta:
        verbose_name = "письмо по обращению"
        verbose_name_plural = "письма по обращениям"
        ordering = ["-pk"]
        indexes = [
            models.Index(
                name="case_letter_unread",
                fields=["organization"],
                condition=Q(direction=Direction.IN, purpose=Purpose.ANSWER, outcome=""),
            )
        ]
        constraints = [
            models.CheckConstraint(
                name="case_letter_has_one_case",
                condition=Q(registration__isnull=False, handover=None, help=None)
                | Q(registration=None, handover__isnull=False, help=None)
                | Q(registration=None, handover=None, help__isnull=False),
            ),
            models.CheckConstraint(name="case_letter_purpose_known", condition=Q(purpose__in=Purpose.values)),
            models.CheckConstraint(name="case_letter_direction_known", condition=Q(direction__in=Direction.values)),
            models.CheckConstraint(
                name="case_letter_in_is_incoming",
                condition=Q(direction=Direction.IN, incoming__isnull=False, letter=None)
                | Q(direction=Direction.OUT, incoming=None),
            ),
            models.CheckConstraint(
                name="case_letter_outcome_known", condition=Q(outcome="") | Q(outcome__in=AnswerOutcome.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case}: {self.get_purpose_display()}"

    @property
    def case(self) -> "Case":
        case = self.registration or self.handover or self.help
        assert case is not None  # noqa: S101 - the database allows no letter without a case
        return case

    @property
    def classify_url(self) -> str:
        case = self.case
        return reverse(f"registrations:{case.kind}-classify", args=[case.organization_id, case.pk, self.pk])

    @property
    def detach_url(self) -> str:
        return reverse("registrations:letter-detach", args=[self.organization_id, self.pk])

    @property
    def shown_subject(self) -> str:
        if self.incoming:
            return str(self.incoming)
        return self.letter.subject if self.letter else self.subject

    @property
    def shown_text(self) -> str:
        if self.incoming:
            return self.incoming.text
        return self.letter.shown_text if self.letter else self.text

    @property
    def own_words(self) -> str:
        """What the sender of a letter that came in says; a bare forward shows the quote, perhaps our own request."""
        incoming = self.incoming
        return incoming.text if incoming and incoming.text != incoming.quoted else ""

    @property
    def status_words(self) -> str:
        """Where the letter is, in words; a letter by hand says how it left, one that came in what it meant."""
        if self.incoming:
            return self.get_outcome_display() or ("" if self.purpose == Purpose.AUTOMATIC else "ждёт разбора")
        if self.letter:
            return self.letter.status_words
        return f"отправлено самостоятельно, {self.get_hand_channel_display()}"

    @property
    def no_resend(self) -> str:
        """Why it must not go once more: it would ask for what is done, or state what a later letter has corrected."""
        if self.purpose == Purpose.NOMINATION:
            return ""
        if not self.case.is_awaiting:
            return f"{self.case}: ответа уже не ждём, отправлять письмо ещё раз не нужно."
        is_last = not self.case.letters.standing().filter(pk__gt=self.pk).exists()
        return "" if is_last else f"{self.case}: после этого письма написано другое, отправлять прежнее не нужно."

    @property
    def is_resendable(self) -> bool:
        return self.letter is not None and self.letter.is_resendable and not self.no_resend

    @property
    def is_held(self) -> bool:
        return self.letter is not None and self.letter.is_held

    @transaction.atomic
    def recall(self, *, by: User) -> None:
        """Withdraws the letter before it leaves; its case goes back to where the letter was ready.

        Of the mailer and this verb the database lets one be first: who comes too late learns that it is leaving.
        """
        if self.letter is None:
            raise WrongStatus("Это письмо отправили сами: отозвать его нельзя.")
        self.letter.abort(by=by)
        self.case.after_recall(self, by=by)

    @property
    def is_trial(self) -> bool:
        return self.letter is not None and self.letter.status == LetterStatus.KEPT

    @property
    def is_failed(self) -> bool:
        """It did not arrive: whoever waits for an answer to it waits in vain."""
        return self.letter is not None and self.letter.status == LetterStatus.FAILED

    @property
    def is_moving(self) -> bool:
        """Still on its way to the mail server: worth another look in two seconds."""
        return self.letter is not None and self.letter.finished_at is None

    @property
    def is_from_addressee(self) -> bool:
        """Whether a letter that came in was sent from the domain to which the case wrote: a hint, no proof."""
        asked = self.case.compose().to.rpartition("@")[2].lower()
        return self.incoming is not None and self.incoming.sender.rpartition("@")[2].lower() == asked != ""

    @property
    def read_words(self) -> str:
        return f"Это письмо уже прочитал(а) {self.judged_by}: {self.get_outcome_display()}."

    def judge(self, outcome: AnswerOutcome, *, by: User) -> None:
        """Writes what a person read in it; of two readers the first counts."""
        mine = CaseLetter.objects.filter(pk=self.pk, outcome="")
        if not mine.update(outcome=outcome, judged_at=timezone.now(), judged_by=by):
            if not CaseLetter.objects.filter(pk=self.pk).exists():
                raise WrongStatus("Это письмо только что сняли с обращения.")
            self.refresh_from_db()
            raise WrongStatus(self.read_words, by_name=str(self.judged_by), at=self.judged_at, status=self.outcome)
        self.outcome = outcome
        if outcome == AnswerOutcome.OTHER:
            Event.record("answer.read", self, self.organization, by=by)
