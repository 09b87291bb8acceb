"""Which letters belong to which case, and the facts that each of them stated."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User, Visitor
from correspondence.models import Lane, Letter, LetterStatus
from organizations.models import Organization
from registrations.statuses import Direction, HandChannel, Purpose

if TYPE_CHECKING:
    from registrations.models.case import Case


class CaseLetterQuerySet(models.QuerySet["CaseLetter"]):
    def visible_to(self, user: Visitor) -> "CaseLetterQuerySet":
        return self.filter(organization__in=Organization.objects.visible_to(user))

    def manageable_by(self, user: Visitor) -> "CaseLetterQuerySet":
        return self.filter(organization__in=Organization.objects.manageable_by(user))

    def administered_by(self, user: Visitor) -> "CaseLetterQuerySet":
        return self.filter(organization__in=Organization.objects.administered_by(user))

    def send(self, case: "Case", purpose: Purpose, *, by: User | None) -> "CaseLetter":
        """Queues the case's letter as an answer to those before it, and freezes what it states."""
        before = list(
            self.filter(letter__isnull=False)
            .exclude(purpose=Purpose.NOMINATION)
            .order_by("pk")
            .values_list("letter__message_id", flat=True)
        )
        outgoing = case.compose_repeat() if purpose == Purpose.REPEAT else case.compose(purpose)
        letter = Letter.objects.queue(
            dedupe_key=f"{case.kind}:{case.pk}:{purpose}:{self.count() + 1}",
            to=outgoing.to,
            subject=outgoing.subject[:500],
            text=outgoing.text,
            lane=Lane.CASE,
            queue=f"organization:{case.organization_id}",
            thread=case.number,
            reply_to=outgoing.reply_to,
            headers={"In-Reply-To": before[-1], "References": " ".join(before[-20:])} if before else None,
        )
        return self._add(case, purpose, by=by, letter=letter, facts=outgoing.facts)

    def note_sent_by_hand(
        self, case: "Case", purpose: Purpose, *, by: User, on: date, channel: HandChannel
    ) -> "CaseLetter":
        outgoing = case.compose(purpose)
        return self._add(
            case,
            purpose,
            by=by,
            on=on,
            hand_channel=channel,
            subject=outgoing.subject[:500],
            text=outgoing.text,
            facts=outgoing.facts,
        )

    def invite(self, case: "Case", letter: Letter, *, by: User | None) -> "CaseLetter":
        """A letter of the case to somebody of the school, outside the thread with Sferum."""
        return self._add(case, Purpose.NOMINATION, by=by, letter=letter)

    def _add(self, case: "Case", purpose: Purpose, **fields: Any) -> "CaseLetter":
        return CaseLetter.objects.create(
            organization=case.organization, purpose=purpose, **{case.kind: case}, **({"on": case.today} | fields)
        )


class CaseLetter(models.Model):
    """A letter of a case. `facts` are never rewritten: a correction is another row.

    Through the portal it has a `letter`; sent by hand, it keeps its own subject and text.
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
    hand_channel = models.CharField("как отправлено", max_length=20, choices=HandChannel, blank=True)
    subject = models.CharField("тема", max_length=500, blank=True)
    text = models.TextField("текст", blank=True)
    facts = models.JSONField("что сообщено", default=dict, blank=True, editable=False)
    on = models.DateField("когда")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="кто")
    noted_at = models.DateTimeField("записано", default=timezone.now, editable=False)

    objects = CaseLetterQuerySet.as_manager()

    class Meta:
        verbose_name = "письмо по обращению"
        verbose_name_plural = "письма по обращениям"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="case_letter_has_one_case",
                condition=Q(registration__isnull=False, handover=None, help=None)
                | Q(registration=None, handover__isnull=False, help=None)
                | Q(registration=None, handover=None, help__isnull=False),
            ),
            models.CheckConstraint(name="case_letter_purpose_known", condition=Q(purpose__in=Purpose.values)),
            models.CheckConstraint(name="case_letter_direction_known", condition=Q(direction__in=Direction.values)),
        ]

    def __str__(self) -> str:
        return f"{self.case}: {self.get_purpose_display()}"

    @property
    def case(self) -> "Case":
        case = self.registration or self.handover or self.help
        assert case is not None  # noqa: S101 - the database allows no letter without a case
        return case

    @property
    def shown_subject(self) -> str:
        return self.letter.subject if self.letter else self.subject

    @property
    def shown_text(self) -> str:
        return self.letter.shown_text if self.letter else self.text

    @property
    def status_words(self) -> str:
        """Where the letter is, in words; a letter by hand says how it left."""
        return (
            self.letter.status_words if self.letter else f"отправлено самостоятельно, {self.get_hand_channel_display()}"
        )

    @property
    def is_trial(self) -> bool:
        return self.letter is not None and self.letter.status == LetterStatus.KEPT

    @property
    def is_moving(self) -> bool:
        """Still on its way to the mail server: worth another look in two seconds."""
        return self.letter is not None and self.letter.finished_at is None
