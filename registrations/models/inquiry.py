"""Сверка: «Кто сейчас отвечает за Сферум?», asked of the head of an organization that was registered long ago."""

import uuid
from datetime import date, timedelta

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from phonenumber_field.phonenumber import PhoneNumber

from accounts.models import User
from correspondence.models import Letter, Link
from foundation.tokens import paper_code, sign
from foundation.verbs import WrongStatus
from organizations.letters import welcome_administrator
from organizations.models import Appointment, Event, Organization
from organizations.statuses import Actor, AdministratorState, Source
from registrations.letters import inquiry_draft, report_dispute
from registrations.models.handover import HandoverRequest
from registrations.models.handover_set import Nominee
from registrations.models.help import HelpRequest, ready_letter, stated_facts
from registrations.models.inquiry_set import InquiryQuerySet, channel_for
from registrations.registered_phone import note_registered_phone
from registrations.statuses import (
    Addressee,
    AnswerChannel,
    HelpTopic,
    InquiryAnswer,
    InquiryChannel,
    NominatedBy,
    PredecessorReason,
)

LIVES = timedelta(days=60)
PURPOSE = "who"


class Inquiry(models.Model):
    """One question to one head. It is open until it is answered or withdrawn, and answered once."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="организация")
    asked_at = models.DateTimeField("спросили", default=timezone.now, editable=False)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="кто спросил")
    channel = models.CharField("как спросили", max_length=20, choices=InquiryChannel)
    version = models.PositiveIntegerField(default=1, editable=False)
    batch = models.UUIDField(default=uuid.uuid4, editable=False, db_index=True)
    letters_sent = models.PositiveSmallIntegerField("писем", default=1, editable=False)
    last_sent_at = models.DateTimeField("последний раз", default=timezone.now, editable=False)
    withdrawn_at = models.DateTimeField("отозван", null=True, editable=False)

    answered_at = models.DateTimeField("ответ получен", null=True, editable=False)
    answer = models.CharField("ответ", max_length=20, choices=InquiryAnswer, blank=True, editable=False)
    by_name = models.CharField("кто ответил", max_length=200, blank=True, editable=False)
    answer_channel = models.CharField("как ответил", max_length=20, choices=AnswerChannel, blank=True, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False, verbose_name="записал"
    )
    disputed_at = models.DateTimeField("«это ошибка»", null=True, editable=False)
    dispute = models.TextField("что не так", blank=True, editable=False)

    objects = InquiryQuerySet.as_manager()

    class Meta:
        verbose_name = "вопрос «Кто отвечает за Сферум?»"
        verbose_name_plural = "вопросы «Кто отвечает за Сферум?»"
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_open_inquiry", fields=["organization"], condition=Q(answered_at=None, withdrawn_at=None)
            ),
            models.CheckConstraint(name="inquiry_channel_known", condition=Q(channel__in=InquiryChannel.values)),
            models.CheckConstraint(
                name="inquiry_answered_is_dated",
                condition=Q(answer="", answered_at=None)
                | Q(answer__in=InquiryAnswer.values, answered_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Кто отвечает за Сферум? {self.organization}"

    @property
    def thread(self) -> str:
        return f"inquiry:{self.pk}"

    @property
    def link(self) -> Link:
        return Link(path="/who/{token}/", purpose=PURPOSE, object_id=self.pk, version=self.version)

    @property
    def token(self) -> str:
        return sign(PURPOSE, self.pk, self.version)

    @property
    def paper_code(self) -> str:
        return paper_code(PURPOSE, self.pk, self.version)

    @property
    def expires_on(self) -> date:
        return timezone.localdate(self.last_sent_at + LIVES)

    @property
    def is_open(self) -> bool:
        return self.answered_at is None and self.withdrawn_at is None

    @property
    def is_expired(self) -> bool:
        return self.expires_on < timezone.localdate()

    @property
    def needs_person(self) -> bool:
        """The portal does not know whom to confirm: the head has to name the person and the number."""
        person = self.organization.administrator
        return person is None or person.user_id is None or not person.phone

    def letter(self) -> Letter | None:
        return Letter.objects.filter(thread=self.thread, recipient=self.organization.email).first()

    @transaction.atomic
    def send_again(self, *, by: User) -> None:
        """The same question with the same link once more, also where the mailbox became known only now."""
        if channel_for(self.organization) == InquiryChannel.SHEET:
            raise WrongStatus("У организации нет почты: напечатайте лист.")
        now = timezone.now()
        if self.channel == InquiryChannel.LETTER and timezone.localdate(self.last_sent_at) >= timezone.localdate(now):
            raise WrongStatus("Письмо уже отправлено сегодня. Повторить его можно завтра.")
        mine = Inquiry.objects.open().filter(pk=self.pk, letters_sent=self.letters_sent, channel=self.channel)
        if not mine.update(letters_sent=F("letters_sent") + 1, last_sent_at=now, channel=InquiryChannel.LETTER):
            raise WrongStatus("На этот вопрос уже ответили, или письмо только что отправил кто-то другой.")
        self.refresh_from_db(fields=["letters_sent", "last_sent_at", "channel"])
        Letter.objects.queue_many([inquiry_draft(self)])
        Event.record("inquiry.repeated", self, self.organization, by=by)

    @transaction.atomic
    def withdraw(self, *, by: User) -> None:
        if not Inquiry.objects.open().filter(pk=self.pk).update(withdrawn_at=timezone.now()):
            raise self._answered_already()
        self.refresh_from_db()
        Event.record("inquiry.withdrawn", self, self.organization, by=by)

    @transaction.atomic
    def answer_same(
        self,
        *,
        by_name: str,
        person: Nominee | None = None,
        by: User | None = None,
        channel: AnswerChannel = AnswerChannel.LETTER,
    ) -> None:
        """The same person, and the sign-in works. `person` is needed where the portal knows nobody to confirm."""
        if self.needs_person and person is None:
            raise WrongStatus("Назовите, кто отвечает за Сферум: в портале этого человека ещё нет.")
        self._close(InquiryAnswer.SAME_WORKS, by_name=by_name, by=by, channel=channel)
        organization, actor = self.organization, "" if by else Actor.HEAD
        if self.needs_person and person is not None:
            note_registered_phone(organization, person.phone, by=by, actor=actor)
            appointment = Appointment.objects.appoint(
                organization,
                **vars(person),
                source=Source.COORDINATOR if by else Source.SCHOOL,
                by=by,
                actor=actor,
                entered_on=organization.today,
            )
            welcome_administrator(appointment)
            return
        administrator = organization.administrator
        assert administrator is not None  # noqa: S101 - `needs_person` says so
        administrator.confirm(on=timezone.localdate(), by=by, actor=actor)
        if not organization.registered_phone:
            note_registered_phone(organization, administrator.phone, by=by, actor=actor)

    @transaction.atomic
    def answer_cannot(
        self,
        *,
        by_name: str,
        person_name: str = "",
        new_phone: PhoneNumber | None = None,
        by: User | None = None,
        channel: AnswerChannel = AnswerChannel.LETTER,
    ) -> HelpRequest:
        """The same person cannot sign in, or has another number: a question about the number, its letter prepared."""
        self._close(InquiryAnswer.SAME_CANNOT, by_name=by_name, by=by, channel=channel)
        facts = stated_facts(self.organization, person=person_name, new_phone=new_phone)
        return HelpRequest.objects.prepare(
            self.organization,
            topic=HelpTopic.NUMBER_CHANGED,
            addressee=Addressee.MANAGER,
            question=ready_letter(HelpTopic.NUMBER_CHANGED, self.organization, facts)[1],
            facts=facts,
            by=by,
            actor="" if by else Actor.HEAD,
            form_key=uuid.uuid5(uuid.NAMESPACE_OID, self.thread),
        )

    @transaction.atomic
    def answer_changed(
        self,
        *,
        by_name: str,
        nominee: Nominee | None,
        is_dismissed: bool = False,
        by: User | None = None,
        channel: AnswerChannel = AnswerChannel.LETTER,
    ) -> HandoverRequest | None:
        """Somebody else, or nobody knows: a change of administrator where the head names the new one.

        `is_dismissed`: the head confirms that the former one works here no more, which ends those rights at once.
        """
        self._close(InquiryAnswer.CHANGED, by_name=by_name, by=by, channel=channel)
        organization, actor = self.organization, "" if by else Actor.HEAD
        under_way = HandoverRequest.objects.open().filter(organization=organization).first()
        if under_way is not None:
            under_way.organization = organization
            if is_dismissed:
                under_way.confirm_dismissal(by=by, actor=actor)
            return under_way
        if nominee is None:
            if is_dismissed and organization.administrator is not None:
                organization.administrator.relieve(by=by, actor=actor)
            else:
                organization.set_administrator_state(AdministratorState.UNKNOWN)
            return None
        return HandoverRequest.objects.nominate(
            organization,
            nominee,
            nominated_by=NominatedBy.COORDINATOR if by else NominatedBy.HEAD,
            by=by,
            actor=actor,
            predecessor_reason=PredecessorReason.DISMISSED if is_dismissed else "",
        )

    @transaction.atomic
    def report_mistake(self, *, words: str) -> None:
        """The head says that the recorded answer is wrong; whoever asked finds it on the organization's page."""
        answered = Inquiry.objects.filter(pk=self.pk, answered_at__isnull=False, disputed_at=None)
        if not answered.update(disputed_at=timezone.now(), dispute=words):
            raise WrongStatus("Координатор уже знает об ошибке.")
        self.refresh_from_db()
        Event.record("inquiry.disputed", self, self.organization, actor=Actor.HEAD)
        report_dispute(self)

    def _close(self, answer: InquiryAnswer, *, by_name: str, by: User | None, channel: AnswerChannel) -> None:
        now = timezone.now()
        changes = {"answer": answer, "answered_at": now, "by_name": by_name, "recorded_by": by}
        if not Inquiry.objects.open().filter(pk=self.pk).update(answer_channel=channel, **changes):
            raise self._answered_already()
        self.refresh_from_db()
        Event.record("inquiry.answered", self, self.organization, by=by, actor="" if by else Actor.HEAD)

    def _answered_already(self) -> WrongStatus:
        self.refresh_from_db()
        if self.withdrawn_at:
            return WrongStatus("Вопрос отозван.", at=self.withdrawn_at, status="withdrawn")
        return WrongStatus(
            f"На этот вопрос уже ответили: {self.get_answer_display()}.",
            by_name=self.by_name,
            at=self.answered_at,
            status=self.answer,
        )
