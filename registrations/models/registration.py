"""The letter to Sferum about registration, and Support's answer."""

from datetime import date

from django.db import IntegrityError, models, transaction
from django.db.models import Q
from phonenumber_field.phonenumber import PhoneNumber

from accounts.models import User
from foundation.letters import render_letter
from foundation.phones import show_phone
from foundation.verbs import WrongStatus
from organizations.journey import reach, source_of
from organizations.models import Organization
from organizations.statuses import Source, Step
from registrations.models.case import Case, CaseQuerySet
from registrations.outgoing import Gap, Outgoing, gaps_of, reply_address
from registrations.registered_phone import note_registered_phone
from registrations.statuses import REGISTRATION_OPEN, AnswerChannel, Purpose, RegistrationStatus


class RegistrationQuerySet(CaseQuerySet["RegistrationRequest"]):
    @transaction.atomic
    def prepare(self, organization: Organization, *, by: User) -> "RegistrationRequest":
        """The organization's open request, made if there is none: two people at once get the same one."""
        if organization.is_registered:
            raise WrongStatus("Организация уже зарегистрирована: нужна не регистрация, а смена администратора.")
        if mine := self.open().filter(organization=organization).first():
            return mine
        try:
            with transaction.atomic():
                request = self.open_new(organization, by=by)
        except IntegrityError:
            return self.open().get(organization=organization)
        request._record("prepared", by)
        return request

    @transaction.atomic
    def file(self, organization: Organization, *, by: User, agrees: bool) -> "RegistrationRequest":
        """Consent where the administrator in person gives it now, the request, and its letter."""
        request = self.prepare(organization, by=by)
        request.organization = organization
        if agrees and organization.administrator is not None:
            organization.administrator.agree(by=by)
        request.submit(by=by)
        return request


class RegistrationRequest(Case):
    """What was stated of people and numbers stands in its letters (`CaseLetter.facts`), one frozen set a letter."""

    kind = "registration"
    PREFIX = "РЕГ"
    OPEN = REGISTRATION_OPEN
    READY = (RegistrationStatus.DRAFT, RegistrationStatus.NEEDS_CORRECTION)
    AWAITING = RegistrationStatus.SUBMITTED

    status = models.CharField(
        "состояние", max_length=20, choices=RegistrationStatus, default=RegistrationStatus.DRAFT, editable=False
    )

    objects = RegistrationQuerySet.as_manager()

    class Meta(Case.Meta):
        verbose_name = "письмо в Сферум о регистрации"
        verbose_name_plural = "письма в Сферум о регистрации"
        constraints = [
            models.UniqueConstraint(
                name="one_open_registration", fields=["organization"], condition=Q(status__in=REGISTRATION_OPEN)
            ),
            models.CheckConstraint(name="registration_status_known", condition=Q(status__in=RegistrationStatus.values)),
        ]

    def compose(self, purpose: Purpose = Purpose.FIRST) -> Outgoing:
        organization, region = self.organization, self.organization.region
        person = organization.administrator
        facts = {
            "region": region.name,
            "organization": organization.full_name,
            "administrator": person.full_name if person else "",
            "phone": str(person.phone) if person else "",
        }
        shown = facts | {"phone": show_phone(facts["phone"]), "inn": organization.inn}
        shown |= {"number": self.number, "purpose": str(purpose)}
        subject, text = render_letter("registrations/letters/registration.txt", shown)
        return Outgoing(
            to=region.support_email, reply_to=reply_address(organization), subject=subject, text=text, facts=facts
        )

    def gaps(self, *, by_hand: bool = False) -> tuple[Gap, ...]:
        return gaps_of(self.organization, needs_consent=not by_hand)

    def after_letter(self, *, by: User | None, source: Source, on: date) -> None:
        reach(self.organization, Step.REQUESTED, by=by, source=source, on=on)

    @property
    def submitted_phone(self) -> str:
        """The number that the last letter named."""
        last = self.latest_letter()
        return str(last.facts.get("phone", "")) if last else ""

    @transaction.atomic
    def confirm(
        self, *, by: User, on: date, channel: AnswerChannel, text: str = "", phone: PhoneNumber | str | None = None
    ) -> None:
        """Support registered the organization: on the number it names, else on the one that the letter stated."""
        self._answer(RegistrationStatus.REGISTERED, by=by, on=on, channel=channel, text=text, verb="registered")
        self._registered(by=by, on=on, source=self._source(channel, by), phone=phone)

    @transaction.atomic
    def ask_correction(self, *, by: User, on: date, channel: AnswerChannel, text: str) -> None:
        """Support wants something mended: the facts are edited, and a new letter goes in the same thread."""
        self._answer(
            RegistrationStatus.NEEDS_CORRECTION,
            by=by,
            on=on,
            channel=channel,
            text=text,
            verb="needs-correction",
            final=False,
        )

    @transaction.atomic
    def decline(self, *, by: User, on: date, channel: AnswerChannel, text: str) -> None:
        self._answer(RegistrationStatus.DECLINED, by=by, on=on, channel=channel, text=text, verb="declined")

    @transaction.atomic
    def close_as_seen(self, *, by: User, on: date, source: Source) -> None:
        """The administrator signed in and saw the organization: Support never wrote, but the answer is there."""
        self._answer(RegistrationStatus.REGISTERED, by=by, on=on, channel=AnswerChannel.SFERUM, text="", verb="seen")
        self._registered(by=by, on=on, source=source, phone=None)

    def _registered(self, *, by: User, on: date, source: Source, phone: PhoneNumber | str | None) -> None:
        reach(self.organization, Step.REGISTERED, by=by, source=source, on=on)
        note_registered_phone(self.organization, phone or self.submitted_phone, by=by)

    def _source(self, channel: AnswerChannel, by: User) -> Source:
        return Source.LETTER if channel == AnswerChannel.LETTER else source_of(by, self.organization)
