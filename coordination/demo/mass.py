"""The many organizations of the example that tell no story: rows written at once, as the verbs would have left them."""

from datetime import date, timedelta

from django.contrib.auth.hashers import make_password

from accounts.models import User
from coordination.demo.dates import Calendar
from coordination.demo.people import People
from coordination.demo.plan import Planned
from coordination.demo.rows import Rows
from coordination.demo.schoolwork import Schoolwork
from foundation.working_days import add_working_days
from organizations.models import Appointment, Milestone, Municipality, Organization, Region
from organizations.statuses import Actor, AppointmentRole, AppointmentStatus, Source, Step
from organizations.statuses import AdministratorState as State
from registrations.models import CaseCounter, HandoverRequest
from registrations.statuses import AcceptedHow, AnswerChannel, HandoverStatus, NominatedBy, PredecessorReason

POSITIONS = ("заместитель директора", "учитель информатики", "методист", "секретарь", "заместитель директора по УВР")
# At least so many days ago for the steps that the portal itself has seen.
_AGES = {Step.SIGNED_IN: 100, Step.CLASSES: 60, Step.INVITED: 30, Step.MIGRATED: 5}


class Mass:
    def __init__(self, region: Region, people: People, calendar: Calendar, coordinator: User) -> None:
        self.region, self.people, self.calendar, self.coordinator = region, people, calendar, coordinator
        self.random = people.random
        self.rows = Rows()
        self.schoolwork = Schoolwork(self.rows, people, calendar)
        self.places = {place.name: place for place in Municipality.objects.filter(region=region)}
        self.no_password = make_password(None)

    def add(self, planned: Planned) -> Organization:
        """One organization with its people, its past and, where it came so far, its classes, links and chats."""
        organization = self._organization(planned)
        if planned.step is None:
            return organization
        long_ago = date(2021, 9, 1) + timedelta(days=self.random.randrange(450))
        organization.registered_phone = self.people.mobile()
        administrator = self._people(organization, planned.state, long_ago)
        steps = {Step.REGISTERED: long_ago}
        for step, age in _AGES.items():
            if step <= planned.step:
                steps[step] = self.calendar.ago(age + self.random.randrange(25))
        if planned.state == State.UNCONFIRMED and Step.SIGNED_IN in steps:  # by somebody who may be gone
            steps[Step.SIGNED_IN] = long_ago + timedelta(days=20)
        for step, day in steps.items():
            self._reached(organization, step, day, None if day.year < 2023 else administrator)
        organization.step, organization.step_since = planned.step, steps[planned.step]
        if administrator and planned.step >= Step.CLASSES:
            self.schoolwork.add(organization, administrator, planned.step, steps)
        return organization

    def _organization(self, planned: Planned) -> Organization:
        organization = Organization(
            region=self.region,
            municipality=self.places[planned.municipality],
            kind=planned.name.kind,
            full_name=planned.name.full,
            short_name=planned.name.short,
            branch=planned.name.branch,
            inn=planned.numbers.inn,
            kpp=planned.numbers.kpp,
            ogrn=planned.numbers.ogrn,
            address=planned.address,
            email=planned.email,
            phone=planned.phone,
            head_name=planned.head,
            administrator_state=planned.state,
            is_demo=True,
            listed_on=self.calendar.ago(170),
        )
        imported = self.calendar.at(self.calendar.ago(170), 9)
        self.rows.happened("organization.added", organization, organization, imported, actor=Actor.REGISTRY)
        return self.rows.add(organization)

    def _people(self, organization: Organization, state: State, long_ago: date) -> User | None:
        """Who was named years ago, and who answers today; the account of the latter, if any."""
        first = Appointment(
            organization=organization,
            full_name=self.people.adult(),
            position=self.random.choice(POSITIONS),
            phone=organization.registered_phone,
            since=long_ago,
            source=Source.REGISTRY,
            made_at=self.calendar.at(self.calendar.ago(170), 9),
        )
        self._reached(organization, Step.APPOINTED, long_ago, None)
        self.rows.add(first)
        if state == State.UNCONFIRMED:
            if self.random.random() < 0.3:
                organization.registered_phone = ""
            return None
        today = self.calendar.ago(110 + self.random.randrange(40))
        first.status, first.ended_at = AppointmentStatus.ENDED, self.calendar.at(today)
        if state == State.UNKNOWN:
            return None
        if state == State.ABSENT:
            until = self.calendar.today + timedelta(days=40)
            return self._appoint(organization, today, AppointmentRole.DEPUTY, until).user
        made = self._appoint(organization, today, AppointmentRole.RESPONSIBLE)
        if state == State.CONFIRMED:
            organization.registered_phone = made.phone
            organization.administrator_confirmed_on = made.confirmed_on
            made.entered_on = today
            self._handed_over(first, made, today)
        return made.user

    def _appoint(
        self, organization: Organization, day: date, role: AppointmentRole, until: date | None = None
    ) -> Appointment:
        name, phone = self.people.adult(), self.people.mobile()
        user = User(full_name=name, phone=phone, password=self.no_password, is_demo=True)
        if self.random.random() < 0.7:
            user.email = f"user-{phone[-4:]}@people.example"
        appointment = Appointment(
            organization=organization,
            role=role,
            user=self.rows.add(user),
            full_name=name,
            position=self.random.choice(POSITIONS),
            phone=phone,
            email=user.email or "",
            order_number=f"{self.random.randint(11, 180)}-о",
            order_on=day,
            since=day,
            until=until,
            source=Source.COORDINATOR,
            confirmed_on=day,
            agreed_at=self.calendar.at(day, 12),
            made_at=self.calendar.at(day),
            made_by=self.coordinator,
            checked_at=self.calendar.at(day, 15),
            checked_by=self.coordinator,
        )
        verb = "deputy.made" if role == AppointmentRole.DEPUTY else "appointment.made"
        self.rows.happened(verb, appointment, organization, self.calendar.at(day), by=self.coordinator)
        self.rows.happened(
            "appointment.checked", appointment, organization, self.calendar.at(day, 15), self.coordinator
        )
        return self.rows.add(appointment)

    def _handed_over(self, former: Appointment, made: Appointment, day: date) -> None:
        """The change that brought the administrator of today: its letter to the manager, and the answer."""
        number = CaseCounter.next_number(HandoverRequest.PREFIX)
        answered = add_working_days(day, self.random.choice((1, 1, 2, 2, 3, 3, 4, 5, 7, 11)))
        closed = self.calendar.at(answered, 14)
        handover = HandoverRequest(
            number=number,
            organization=made.organization,
            status=HandoverStatus.DONE,
            nominated_by=NominatedBy.COORDINATOR,
            nominee_name=made.full_name,
            nominee_phone=made.phone,
            predecessor_name=former.full_name,
            predecessor_phone=former.phone,
            predecessor_reason=PredecessorReason.CHANGED_ROLE,
            former=former,
            appointment=made,
            opened_at=made.made_at,
            opened_by=self.coordinator,
            expires_on=day + timedelta(days=14),
            accepted_at=made.made_at,
            accepted_how=AcceptedHow.CALL,
            portal_since=day,
            waiting_since=day,
            last_letter_at=made.made_at,
            answered_on=answered,
            answer_channel=AnswerChannel.LETTER,
            answered_by=self.coordinator,
            moved_at=closed,
            moved_by=self.coordinator,
            closed_at=closed,
        )
        self.rows.add(handover)
        self.rows.happened("handover.nominated", handover, made.organization, made.made_at, self.coordinator)
        self.rows.happened("handover.done", handover, made.organization, closed, self.coordinator)

    def _reached(self, organization: Organization, step: Step, day: date, by: User | None) -> None:
        """A milestone and its line in the journal; without a person, the registry told it when that was loaded."""
        source = Source.PORTAL if by else Source.REGISTRY
        noted_at = self.calendar.at(day, 11) if by else self.calendar.at(self.calendar.ago(170), 9, 20)
        row = Milestone(
            organization=organization, step=step, reached_on=day, source=source, noted_at=noted_at, noted_by=by
        )
        actor = "" if by else Actor.REGISTRY
        self.rows.happened(
            "milestone.reached", self.rows.add(row), organization, noted_at, by, actor, [step.name.lower()]
        )
