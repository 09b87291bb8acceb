"""The letter to Sferum about registration, and Support's answer."""

from collections.abc import Container, Sequence
from datetime import date, datetime
from uuid import UUID, uuid4

from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils import timezone
from phonenumber_field.phonenumber import PhoneNumber

from accounts.models import User
from foundation.letters import render_letter
from foundation.phones import show_phone
from foundation.verbs import WrongStatus
from organizations.journey import reach, reach_many, source_of, unreach
from organizations.models import Event, Organization
from organizations.models.organization import OrganizationQuerySet
from organizations.statuses import Source, Step
from registrations.models.case import Case
from registrations.models.case_letter import CaseLetter
from registrations.models.case_set import CaseQuerySet
from registrations.models.counter import CaseCounter
from registrations.models.filing import Filing
from registrations.outgoing import Gap, Outgoing, gaps_of, reply_address
from registrations.registered_phone import note_registered_phone
from registrations.sorting import Skip, Sorting, skip_of
from registrations.statuses import (
    REGISTRATION_OPEN,
    Addressee,
    AnswerChannel,
    Purpose,
    RegistrationStatus,
    SkipReason,
)


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
    def file(
        self, organization: Organization, *, by: User, agrees: bool, not_before: datetime | None = None
    ) -> "RegistrationRequest":
        """Consent where the administrator in person gives it now, the request, and its letter."""
        request = self.prepare(organization, by=by)
        request.organization = organization
        if agrees and organization.administrator is not None:
            organization.administrator.agree(by=by)
        request.submit(by=by, not_before=not_before)
        return request

    def sort_out(self, organizations: OrganizationQuerySet) -> Sorting:
        """Whose letter may go now, and who gets none and why: three statements, however many there are."""
        sorting, rows = Sorting(), organizations.with_administrators()
        latest = {one.organization_id: one for one in self.filter(organization__in=rows).order_by("pk")}
        for row in rows:
            known = latest.get(row.pk)
            if skip := skip_of(row, known):
                sorting.skipped.append(skip)
                continue
            request = known if known and known.is_open else RegistrationRequest.unnumbered(row)
            request.organization = row
            sorting.ready.append(request)
        return sorting

    @transaction.atomic
    def file_many(
        self, organizations: OrganizationQuerySet, *, by: User, batch: UUID | None = None, left_out: Container[int] = ()
    ) -> Filing:
        """One letter for each organization whose letter may go at this moment; why the others get none is kept.

        All is decided under the counter's lock, which every new request passes, so of two people at once the second
        sees what the first has done. The statements do not grow with the selection but by the database's batch size.
        The same `batch` again files nothing.
        """
        filing, is_new = Filing.objects.get_or_create(batch=batch or uuid4(), defaults={"by": by})
        if not is_new:
            return filing
        CaseCounter.next_numbers(self.model.PREFIX, 0)
        sorting = self.sort_out(organizations)
        sorting.leave_out(left_out)
        ready = {one.organization_id: one for one in sorting.ready}
        won = self._submit_many(sorting.ready, filing)
        if won:
            purposes: dict[Case, Purpose] = {one: ready[one.organization_id].next_purpose for one in won}
            CaseLetter.objects.send_many(purposes, by=by, filing=filing)
            days = {one.organization: one.waiting_since for one in won}
            reach_many(days, Step.REQUESTED, by=by, source=Source.PORTAL)
        lost = ready.keys() - {one.organization_id for one in won}
        first = [Skip(ready[pk].organization, SkipReason.AWAITING) for pk in lost]
        filing.note_skipped([*sorting.skipped, *first])
        return filing

    def _submit_many(self, ready: "Sequence[RegistrationRequest]", filing: Filing) -> "list[RegistrationRequest]":
        """Makes the requests that are missing and moves all of them on; those that bear the batch are won."""
        new = [one for one in ready if one.pk is None]
        for one, number in zip(new, CaseCounter.next_numbers(self.model.PREFIX, len(new)), strict=True):
            one.number, one.opened_by, one.moved_by = number, filing.by, filing.by
        self.bulk_create(new, ignore_conflicts=True)
        moved = {"status": self.model.AWAITING, "batch": filing.batch, "moved_by": filing.by}
        for day in {one.today for one in ready}:  # more than one where regions of several time zones are chosen
            keys, now = [one.organization_id for one in ready if one.today == day], timezone.now()
            asked = self.filter(organization__in=keys, status__in=self.model.READY)
            asked.update(waiting_since=day, last_letter_at=now, moved_at=now, **moved)
        rows, numbers = {one.organization_id: one.organization for one in ready}, {one.number for one in new}
        won = list(self.filter(batch=filing.batch).order_by("pk"))
        for one in won:
            one.organization = rows[one.organization_id]
        verbs = [("prepared", one) for one in won if one.number in numbers] + [("submitted", one) for one in won]
        Event.objects.bulk_create(
            Event.draft(f"registration.{verb}", one, one.organization, by=filing.by) for verb, one in verbs
        )
        return won


class RegistrationRequest(Case):
    """What was stated of people and numbers stands in its letters (`CaseLetter.facts`), one frozen set a letter."""

    kind = "registration"
    PREFIX = "РЕГ"
    OPEN = REGISTRATION_OPEN
    READY = (RegistrationStatus.DRAFT, RegistrationStatus.NEEDS_CORRECTION)
    AWAITING = RegistrationStatus.SUBMITTED
    ASKS = Addressee.SUPPORT

    status = models.CharField(
        "состояние", max_length=20, choices=RegistrationStatus, default=RegistrationStatus.DRAFT, editable=False
    )

    batch = models.UUIDField("отправка, в которой ушло последнее письмо", null=True, db_index=True, editable=False)

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

    @classmethod
    def unnumbered(cls, organization: Organization) -> "RegistrationRequest":
        """A request as it would be, for looking at: it gets its number when it is filed."""
        return cls(organization=organization, number=f"{cls.PREFIX}-{timezone.localdate().year}-••••••")

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

    def after_recall(self, one: CaseLetter, *, by: User) -> None:
        super().after_recall(one, by=by)
        if self.last_letter_at is None:
            unreach(self.organization, Step.REQUESTED, by=by, noted_since=one.noted_at)

    @property
    def submitted_phone(self) -> str:
        """The number that the last letter named."""
        return str(self.stated.get("phone", ""))

    @transaction.atomic
    def confirm(
        self, *, by: User, on: date, channel: AnswerChannel, text: str = "", phone: PhoneNumber | str | None = None
    ) -> None:
        """Support registered the organization: on the number it names, else on the one that the letter stated."""
        phone = phone or self.submitted_phone  # read first: the answer stops a letter that has not left
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
        phone = self.submitted_phone
        self._answer(RegistrationStatus.REGISTERED, by=by, on=on, channel=AnswerChannel.SFERUM, text="", verb="seen")
        self._registered(by=by, on=on, source=source, phone=phone)

    def _registered(self, *, by: User, on: date, source: Source, phone: PhoneNumber | str) -> None:
        reach(self.organization, Step.REGISTERED, by=by, source=source, on=on)
        note_registered_phone(self.organization, phone, by=by)

    def _source(self, channel: AnswerChannel, by: User) -> Source:
        return Source.LETTER if channel == AnswerChannel.LETTER else source_of(by, self.organization)
