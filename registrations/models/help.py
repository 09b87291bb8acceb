"""Questions to Sferum: to Support or to the integration manager."""

import uuid
from collections.abc import Mapping
from datetime import date
from typing import ClassVar

from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from phonenumber_field.phonenumber import PhoneNumber

from accounts.models import User
from foundation.letters import render_letter
from foundation.phones import show_phone
from foundation.verbs import WrongStatus
from organizations.models import Organization
from registrations.models.case import Case
from registrations.models.case_set import CaseQuerySet
from registrations.outgoing import Outgoing, reply_address
from registrations.registered_phone import note_registered_phone
from registrations.statuses import HELP_OPEN, Addressee, AnswerChannel, HelpStatus, HelpTopic, Purpose

USUAL_ADDRESSEE = {
    HelpTopic.CODE: Addressee.SUPPORT,
    HelpTopic.NOT_THERE: Addressee.MANAGER,
    HelpTopic.NUMBER_UNKNOWN: Addressee.MANAGER,
    HelpTopic.NUMBER_CHANGED: Addressee.MANAGER,
    HelpTopic.TWO_COMMUNITIES: Addressee.MANAGER,
    HelpTopic.OTHER: Addressee.SUPPORT,
}


PHONES = ("phone", "registered_phone", "old_phone", "new_phone")


def stated_facts(organization: Organization, **told: PhoneNumber | str | None) -> dict[str, str]:
    """What a letter states of people and numbers, phones in E.164; frozen with the question.

    `told` is what the person adds or knows better than the portal: person, phone, old_phone, new_phone, keep, close.
    """
    administrator = organization.administrator
    known = {
        "region": organization.region.name,
        "organization": organization.full_name,
        "administrator": administrator.full_name if administrator else "",
        "phone": administrator.phone if administrator else "",
        "registered_phone": organization.registered_phone,
    }
    added = {"administrator" if name == "person" else name: value for name, value in told.items() if value}
    return {name: str(value or "") for name, value in (known | added).items()}


def ready_letter(
    topic: HelpTopic, organization: Organization, facts: Mapping[str, str] | None = None
) -> tuple[str, str]:
    """(subject, text) of the prepared letter on a topic; people may edit the text."""
    facts = facts or stated_facts(organization)
    shown = {name: show_phone(value) if name in PHONES else value for name, value in facts.items()}
    return render_letter(
        f"registrations/letters/help_{topic}.txt", {"inn": organization.inn, "words": organization.words} | shown
    )


class HelpQuerySet(CaseQuerySet["HelpRequest"]):
    @transaction.atomic
    def prepare(
        self,
        organization: Organization,
        *,
        topic: HelpTopic,
        addressee: Addressee,
        question: str,
        by: User | None,
        actor: str = "",
        form_key: uuid.UUID | None = None,
        facts: Mapping[str, str] | None = None,
    ) -> "HelpRequest":
        """A letter ready to go, with what it states (`stated_facts`) frozen.

        The same `form_key` a second time is the same question.
        """
        key = form_key or uuid.uuid4()
        if known := self.filter(organization=organization, form_key=key).first():
            return known
        try:
            with transaction.atomic():
                request = self.open_new(
                    organization,
                    by=by,
                    topic=topic,
                    addressee=addressee,
                    question=question,
                    form_key=key,
                    facts=dict(facts or stated_facts(organization)),
                )
        except IntegrityError:
            return self.get(organization=organization, form_key=key)
        request._record("prepared", by, actor)
        return request

    def ask_number(self, organization: Organization, *, by: User) -> "HelpRequest":
        """The question to the manager on which number the organization is registered; one at a time."""
        mine = self.filter(organization=organization, topic=HelpTopic.NUMBER_UNKNOWN)
        if known := mine.filter(status__in=HELP_OPEN).first():
            return known
        return self.prepare(
            organization,
            topic=HelpTopic.NUMBER_UNKNOWN,
            addressee=Addressee.MANAGER,
            question=ready_letter(HelpTopic.NUMBER_UNKNOWN, organization)[1],
            by=by,
            form_key=uuid.uuid5(uuid.NAMESPACE_OID, f"number:{organization.pk}:{mine.count()}"),
        )


class HelpRequest(Case):
    kind = "help"
    PREFIX = "ВОПРОС"
    OPEN = HELP_OPEN
    READY: ClassVar = (HelpStatus.DRAFT,)
    AWAITING = HelpStatus.SUBMITTED

    status = models.CharField("состояние", max_length=20, choices=HelpStatus, default=HelpStatus.DRAFT, editable=False)
    addressee = models.CharField("кому", max_length=20, choices=Addressee)
    topic = models.CharField("о чём", max_length=20, choices=HelpTopic)
    question = models.TextField("текст письма")
    facts = models.JSONField("что сообщено", default=dict, blank=True, editable=False)
    """What the letter states of people and numbers, as it was when the question was written down."""
    # One filled form is one question, however often it is sent.
    form_key = models.UUIDField(default=uuid.uuid4, editable=False)

    objects = HelpQuerySet.as_manager()

    class Meta(Case.Meta):
        verbose_name = "вопрос в Сферум"
        verbose_name_plural = "вопросы в Сферум"
        constraints = [
            models.UniqueConstraint(name="one_question_a_form", fields=["organization", "form_key"]),
            models.CheckConstraint(name="help_status_known", condition=Q(status__in=HelpStatus.values)),
            models.CheckConstraint(name="help_topic_known", condition=Q(topic__in=HelpTopic.values)),
            models.CheckConstraint(name="help_addressee_known", condition=Q(addressee__in=Addressee.values)),
        ]

    @property
    def asked(self) -> Addressee:
        return Addressee(self.addressee)

    def compose(self, purpose: Purpose = Purpose.FIRST) -> Outgoing:
        region = self.organization.region
        subject, _ = ready_letter(HelpTopic(self.topic), self.organization, self.facts)
        return Outgoing(
            to=region.manager_email if self.addressee == Addressee.MANAGER else region.support_email,
            reply_to=reply_address(self.organization),
            subject=f"{subject} [{self.number}]",
            text=self.question,
            facts=self.facts,
        )

    def get_absolute_url(self) -> str:
        return reverse("registrations:help-case", args=[self.organization_id, self.pk])

    @transaction.atomic
    def record_answer(
        self,
        *,
        by: User,
        on: date,
        channel: AnswerChannel,
        text: str,
        phone: PhoneNumber | str | None = None,
    ) -> None:
        """`phone` is the number on which the organization is registered, where the answer told it.

        Where it is the new number that this very question asked to bind, the administrator's number moves with it.
        """
        moves = self.is_about_number and bool(phone) and str(phone) == self.new_phone
        verb = "number-moved" if moves else "answered"
        self._answer(HelpStatus.ANSWERED, by=by, on=on, channel=channel, text=text, verb=verb)
        if moves:
            self._move_administrators_phone(by)
        note_registered_phone(self.organization, phone, by=by)

    def confirm_number(self, *, by: User, on: date, channel: AnswerChannel, text: str = "") -> str:
        """The manager has bound the rights to the new number; says by which number one enters what from now on."""
        if not self.is_about_number or not self.new_phone:
            raise WrongStatus("В этом обращении новый номер не назван.", status=self.status)
        said = text or "Права привязаны к новому номеру."
        self.record_answer(by=by, on=on, channel=channel, text=said, phone=self.new_phone)
        person = self.organization.administrator
        signs_in = person is not None and person.user is not None and str(person.user.phone) == self.new_phone
        portal = "Вход в портал – тоже по нему." if signs_in else "Вход в портал остался прежним."
        return f"Записано: права привязаны к новому номеру, в Сферум входите с него. {portal}"

    def _move_administrators_phone(self, by: User) -> None:
        """Nothing where somebody else answers by now: the letter spoke of the person it names."""
        person = self.organization.administrator
        if person is None or person.full_name != self.facts.get("administrator") or person.phone == self.new_phone:
            return
        person.organization = self.organization
        person.change_phone(PhoneNumber.from_string(self.new_phone), by=by)
        self.organization.__dict__.pop("administrator", None)

    @property
    def is_about_number(self) -> bool:
        return self.topic == HelpTopic.NUMBER_CHANGED

    @property
    def new_phone(self) -> str:
        """The number to which the manager is asked to bind the rights; empty where nobody told one."""
        return str(self.facts.get("new_phone") or self.facts.get("phone") or "")

    @transaction.atomic
    def withdraw(self, *, by: User) -> None:
        """The question has settled itself, or was prepared for nothing."""
        self._move(HELP_OPEN, HelpStatus.WITHDRAWN, by=by, closed_at=timezone.now(), waiting_since=None)
        self._record("withdrawn", by)
