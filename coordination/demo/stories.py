"""The few organizations whose steps are told by the portal's own verbs."""

from collections.abc import Callable

from accounts.models import User
from coordination.demo.administrators import AdministratorStories
from coordination.demo.cast import Cast
from coordination.demo.dates import Calendar
from coordination.demo.people import People
from organizations.head_links import use_up
from organizations.letters import invite_head, welcome_administrator
from organizations.models import Appointment, Event, Organization
from organizations.statuses import Actor, AdministratorState, Source
from registrations.models import HandoverRequest, HelpRequest, Inquiry, Nominee, RegistrationRequest
from registrations.models.help import ready_letter
from registrations.statuses import AcceptedHow, Addressee, AnswerChannel, HelpTopic, NominatedBy

_CORRECTION = (
    "Здравствуйте! Полное наименование в письме не совпадает с уставом: в уставе указан муниципальный район. "
    "Исправьте, пожалуйста, и пришлите письмо ещё раз."
)


class Stories:
    """`tell` knows each story of `plan.py` but Marina's, which has a module of its own."""

    def __init__(self, cast: Cast, people: People, calendar: Calendar) -> None:
        self.cast, self.people, self.calendar = cast, people, calendar
        self.told: dict[str, Callable[[Organization], object]] = {
            "oleg": self.oleg,
            "requested": self.requested,
            "needs-correction": self.needs_correction,
            "appointed": lambda school: self._appoint(school, 23),
            "appointed-unchecked": self.appointed_unchecked,
            "head-invited": self.head_invited,
            "newcomer": self.newcomer,
            "handover-waits": lambda school: self._hand_over(school, 12),
            "handover-done": self.handover_done,
            "handover-nominated": self.handover_nominated,
            "help-waits": self.help_waits,
            "help-answered": self.help_answered,
            **AdministratorStories(cast, people, calendar).told,
        }

    def tell(self, story: str, organization: Organization) -> None:
        self.told[story](organization)

    # --- steps 1 and 2 ---------------------------------------------------------------------------------------

    def oleg(self, school: Organization) -> None:
        """Support wanted something mended, the corrected letter has gone, the answer is awaited."""
        oleg = self.cast.oleg
        self._invite_head(school, 19)
        self._appoint(school, 16, oleg)
        request = self._request(school, 13)
        self._correct(request, 9)
        with self.calendar.days_ago(6):
            request.submit(by=oleg)

    def requested(self, school: Organization) -> None:
        """Overdue: the answer should have come."""
        self._appoint(school, 21)
        self._request(school, 14)

    def needs_correction(self, school: Organization) -> None:
        self._appoint(school, 26)
        self._correct(self._request(school, 12), 2)

    def appointed_unchecked(self, school: Organization) -> None:
        """The head named somebody yesterday by the link; the coordinator has not looked yet."""
        self._invite_head(school, 5)
        with self.calendar.days_ago(1):
            use_up(school)
            appointment = Appointment.objects.appoint(
                school,
                full_name=self.people.adult(),
                phone=self.people.mobile(),
                email="zam-novyj@people.example",
                source=Source.SCHOOL,
                actor=Actor.HEAD,
                position="учитель информатики",
            )
            welcome_administrator(appointment)

    def head_invited(self, school: Organization) -> None:
        self._invite_head(school, 4)

    def newcomer(self, school: Organization) -> None:
        """Registered through the portal this year."""
        self._appoint(school, 62)
        request = self._request(school, 55)
        with self.calendar.days_ago(47) as day:
            by = self._administrator(school)
            request.confirm(by=by, on=day, channel=AnswerChannel.LETTER, text="Организация зарегистрирована.")

    # --- change of administrator, questions ------------------------------------------------------------------

    def handover_done(self, school: Organization) -> None:
        handover = self._hand_over(school, 30)
        with self.calendar.days_ago(18) as day:
            by = self._administrator(school)
            handover.complete(by=by, on=day, channel=AnswerChannel.MESSENGER, text="Права переданы.")

    def handover_nominated(self, school: Organization) -> None:
        with self.calendar.days_ago(3):
            HandoverRequest.objects.nominate(
                school, self._nominee(school), nominated_by=NominatedBy.HEAD, actor=Actor.HEAD
            )

    def help_waits(self, school: Organization) -> None:
        question = ready_letter(HelpTopic.CODE, school)[1]
        with self.calendar.days_ago(9):
            asked = HelpRequest.objects.prepare(
                school, topic=HelpTopic.CODE, addressee=Addressee.SUPPORT, question=question, by=self.cast.vera
            )
            asked.submit(by=self.cast.vera)

    def help_answered(self, school: Organization) -> None:
        Organization.objects.filter(pk=school.pk).update(registered_phone="")
        school.registered_phone = ""
        with self.calendar.days_ago(20):
            asked = HelpRequest.objects.ask_number(school, by=self.cast.vera)
            asked.submit(by=self.cast.vera)
        with self.calendar.days_ago(15) as day:
            asked.record_answer(
                by=self.cast.vera,
                on=day,
                channel=AnswerChannel.LETTER,
                text="Номер указан в карточке сообщества, сверили.",
                phone=self.people.mobile(),
            )

    # --- сверка ----------------------------------------------------------------------------------------------

    def ask_who_answers(self) -> None:
        """Vera asks 24 heads, six of them have answered; Nadia asks those of her district."""
        unconfirmed = (
            Organization.objects.filter(administrator_state=AdministratorState.UNCONFIRMED)
            .select_related("region", "municipality")
            .order_by("pk")
        )
        district = self.cast.nadia.coordinates.get().municipality
        asked = list(unconfirmed.exclude(municipality=district)[10:34])
        with self.calendar.days_ago(11):
            Inquiry.objects.ask(asked, by=self.cast.vera)
        with self.calendar.days_ago(6):
            Inquiry.objects.ask(unconfirmed.filter(municipality=district)[2:5], by=self.cast.nadia)
        inquiries = list(
            Inquiry.objects.filter(organization__in=asked).select_related("organization__region").order_by("pk")
        )
        for days, inquiry in zip((8, 7, 6), inquiries, strict=False):
            with self.calendar.days_ago(days):
                inquiry.answer_same(by_name=inquiry.organization.head_name, person=self._nominee(inquiry.organization))
        cannot, changed, unknown = inquiries[3:6]
        with self.calendar.days_ago(4):
            cannot.answer_cannot(by_name=cannot.organization.head_name, new_phone=self.people.mobile())
            changed.answer_changed(by_name=changed.organization.head_name, nominee=self._nominee(changed.organization))
            unknown.answer_changed(by_name=unknown.organization.head_name, nominee=None)

    # --- what the stories are made of ------------------------------------------------------------------------

    def _invite_head(self, school: Organization, days: int) -> None:
        with self.calendar.days_ago(days):
            invite_head(school, by=self.cast.vera)
            Event.record("head-link.sent", school, school, by=self.cast.vera)

    def _appoint(self, school: Organization, days: int, user: User | None = None) -> None:
        with self.calendar.days_ago(days) as day:
            use_up(school)
            appointment = Appointment.objects.appoint(
                school,
                full_name=user.full_name if user else self.people.adult(),
                phone=user.phone if user else self.people.mobile(),
                source=Source.SCHOOL,
                actor=Actor.HEAD,
                position="заместитель директора",
                order_number=f"{20 + days}-о",
                order_on=day,
            )
            appointment.mark_checked(by=self.cast.vera)

    def _administrator(self, school: Organization) -> User:
        return Appointment.objects.responsible().select_related("user").get(organization=school).user  # type: ignore[return-value]

    def _request(self, school: Organization, days: int) -> RegistrationRequest:
        with self.calendar.days_ago(days):
            return RegistrationRequest.objects.file(school, by=self._administrator(school), agrees=True)

    def _correct(self, request: RegistrationRequest, days: int) -> None:
        with self.calendar.days_ago(days) as day:
            by = self._administrator(request.organization)
            request.ask_correction(by=by, on=day, channel=AnswerChannel.LETTER, text=_CORRECTION)

    def _nominee(self, school: Organization) -> Nominee:
        phone = self.people.mobile()
        return Nominee(self.people.adult(), phone, email=f"zam-{phone[-4:]}@people.example", position="учитель")

    def _hand_over(self, school: Organization, days: int) -> HandoverRequest:
        with self.calendar.days_ago(days + 3):
            handover = HandoverRequest.objects.nominate(
                school, self._nominee(school), nominated_by=NominatedBy.COORDINATOR, by=self.cast.vera
            )
        with self.calendar.days_ago(days):
            handover.accept(how=AcceptedHow.LINK)
        return handover
