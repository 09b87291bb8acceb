"""Stories of administrators who leave, fall silent or change their number, told by the portal's own verbs."""

from collections.abc import Callable
from datetime import date

from coordination.demo.cast import Cast
from coordination.demo.dates import Calendar
from coordination.demo.people import People
from correspondence.models import Letter, LetterStatus
from correspondence.statuses import ErrorKind
from foundation.working_days import add_working_days
from organizations.letters import welcome_administrator
from organizations.models import Appointment, Organization
from organizations.statuses import AdministratorState, Source
from registrations.models import HandoverRequest, HelpRequest, Nominee
from registrations.models.help import USUAL_ADDRESSEE, ready_letter, stated_facts
from registrations.registered_phone import note_registered_phone
from registrations.statuses import HelpTopic, NominatedBy, PredecessorReason


class AdministratorStories:
    def __init__(self, cast: Cast, people: People, calendar: Calendar) -> None:
        self.cast, self.people, self.calendar = cast, people, calendar
        self.told: dict[str, Callable[[Organization], object]] = {
            "dismissed": self.dismissed,
            "number-changed": self.number_changed,
            "two-communities": self.two_communities,
            "unreachable": self.unreachable,
            "order-over": self.order_over,
            "deputy-ends": lambda school: self._deputy(school, add_working_days(self.calendar.today, 2)),
            "deputy-over": lambda school: self._deputy(school, self.calendar.ago(4)),
        }

    def dismissed(self, school: Organization) -> None:
        """The head has confirmed it; the new one has no mailbox, so a slip with a code is to be handed over."""
        nominee = Nominee(self.people.adult(), self.people.mobile(), position="учитель")
        with self.calendar.days_ago(2):
            HandoverRequest.objects.nominate(
                school,
                nominee,
                nominated_by=NominatedBy.COORDINATOR,
                by=self.cast.vera,
                predecessor_reason=PredecessorReason.DISMISSED,
            )

    def number_changed(self, school: Organization) -> None:
        self._appoint(school, 70)
        self._ask(school, HelpTopic.NUMBER_CHANGED, 10, new_phone=self.people.mobile())

    def two_communities(self, school: Organization) -> None:
        self._appoint(school, 75)
        self._ask(school, HelpTopic.TWO_COMMUNITIES, 4, keep=school.name, close=f"{school.name} (создано в 2020 году)")

    def unreachable(self, school: Organization) -> None:
        """The letter to the administrator's own address came back."""
        appointment = self._appoint(school, 64)
        with self.calendar.days_ago(3):
            letter = welcome_administrator(appointment)
            assert letter is not None  # noqa: S101 - the address is given above
            Letter.objects.filter(pk=letter.pk).update(
                status=LetterStatus.FAILED,
                error_kind=ErrorKind.BOUNCED,
                error_words="Письмо вернулось: ящик получателя закрыт.",
                sent_at=self.calendar.now,
                finished_at=self.calendar.now,
                attempt=1,
            )

    def order_over(self, school: Organization) -> None:
        appointment = self._appoint(school, 90)
        Appointment.objects.filter(pk=appointment.pk).update(until=self.calendar.ago(6))
        school.set_administrator_state(AdministratorState.UNKNOWN)

    def _deputy(self, school: Organization, until: date) -> None:
        self._appoint(school, 80)
        with self.calendar.days_ago(25) as day:
            Appointment.objects.add_deputy(
                school,
                full_name=self.people.adult(),
                phone=self.people.mobile(),
                since=day,
                until=until,
                source=Source.COORDINATOR,
                by=self.cast.vera,
                position="учитель",
            ).mark_checked(by=self.cast.vera)

    def _appoint(self, school: Organization, days: int) -> Appointment:
        """Somebody who was confirmed on the telephone and whose number is the organization's at Sferum."""
        phone = self.people.mobile()
        with self.calendar.days_ago(days) as day:
            appointment = Appointment.objects.appoint(
                school,
                full_name=self.people.adult(),
                phone=phone,
                email=f"admin-{phone[-4:]}@people.example",
                source=Source.COORDINATOR,
                by=self.cast.vera,
                position="заместитель директора",
                order_number=f"{days}-о",
                order_on=day,
            )
            appointment.mark_checked(by=self.cast.vera)
            note_registered_phone(school, phone, by=self.cast.vera)
            appointment.confirm(on=self.calendar.today, by=self.cast.vera)
        school.__dict__.pop("administrator", None)
        return appointment

    def _ask(self, school: Organization, topic: HelpTopic, days: int, **told: str) -> None:
        facts = stated_facts(school, **told)
        with self.calendar.days_ago(days):
            HelpRequest.objects.prepare(
                school,
                topic=topic,
                addressee=USUAL_ADDRESSEE[topic],
                question=ready_letter(topic, school, facts)[1],
                facts=facts,
                by=self.cast.vera,
            ).submit(by=self.cast.vera)
