"""Marina's school: everybody wants in. Told by the portal's own verbs."""

from collections import defaultdict
from datetime import timedelta
from random import Random

from accounts.models import User
from coordination.demo.cast import Cast
from coordination.demo.dates import Calendar
from coordination.demo.people import People
from coordination.demo.schoolwork import SFERUM_LINK
from invitations.consents import CURRENT
from invitations.list_changes import NameList
from invitations.models import ExpectedMember, Invitation, JoinRequest, ListGround
from invitations.models.invitation import last_teacher_day
from invitations.models.list_ground import DOCUMENT
from invitations.statuses import LinkState, Role
from invitations.statuses import Reason as Refusal
from messenger.models import Chat
from messenger.statuses import Reason
from organizations.models import Appointment, Organization, SchoolClass
from organizations.models.school_class import ClassDraft, academic_year_of
from organizations.statuses import Source
from registrations.entry import confirm_first_entry

# Days ago: requests of pupils filed on that day. The first ones are decided below, the others wait.
_FILED = {24: 12, 21: 10, 12: 8, 9: 9, 6: 8, 3: 9, 1: 6}
_DECIDED_UNTIL = 20


class LivelySchool:
    def __init__(self, school: Organization, cast: Cast, people: People, calendar: Calendar) -> None:
        self.school, self.cast, self.marina = school, cast, cast.marina
        self.people, self.calendar = people, calendar

    def tell(self) -> None:
        self._appoint()
        with self.calendar.days_ago(66):
            confirm_first_entry(self.school, by=self.marina)
        with self.calendar.days_ago(58):
            classes = self._add_classes()
        with self.calendar.days_ago(40):
            links = Invitation.objects.issue_many(
                self.school,
                classes,
                [Role.PUPIL, Role.TEACHER],
                by=self.marina,
                expires_on=self.calendar.today + timedelta(days=21),
                sferum_link=SFERUM_LINK,
            )
        filed = self._file_requests(links)
        self._expect()
        self._decide(filed)
        self._change_links(links)
        self._move_chats()

    def _appoint(self) -> None:
        with self.calendar.days_ago(70):
            self.school.registered_phone = self.marina.phone
            self.school.save()
            appointment = Appointment.objects.appoint(
                self.school,
                full_name=self.marina.full_name,
                phone=self.marina.phone,
                source=Source.COORDINATOR,
                by=self.cast.nadia,
                position="заместитель директора",
                order_number="41-о",
                order_on=self.calendar.ago(70),
            )
            appointment.mark_checked(by=self.cast.nadia)
            appointment.agree(by=self.marina)

    def _add_classes(self) -> list[SchoolClass]:
        drafts = [
            ClassDraft(grade=grade, section=section, size=22 + grade % 4) for grade in range(1, 12) for section in "АБ"
        ]
        year = academic_year_of(self.calendar.today)
        return SchoolClass.objects.add_many(self.school, year, drafts, by=self.marina)

    def _file_requests(self, links: list[Invitation]) -> list[JoinRequest]:
        """Those that are old enough to be decided by now."""
        old = []
        pupils = [link for link in links if link.role == Role.PUPIL][:12]
        teachers = [link for link in links if link.role == Role.TEACHER][:12]
        for days, number in _FILED.items():
            with self.calendar.days_ago(days, hour=17):
                filed = [self._file_for_child(pupils[(days + turn) % len(pupils)]) for turn in range(number)]
                filed.append(self._file(self._still_open(teachers[days % len(teachers)]), self.people.adult()))
            if days > _DECIDED_UNTIL:
                old += filed
        return old

    def _still_open(self, link: Invitation) -> Invitation:
        """A teacher's link lives a week: the school prolongs it for whoever still has to come."""
        if link.state == LinkState.EXPIRED:
            link.extend(by=self.marina, expires_on=last_teacher_day(link.today), limit=link.limit)
        return link

    def _file_for_child(self, link: Invitation) -> JoinRequest:
        parent, child = self.people.parent_and_child()
        return self._file(link, child, parent)

    def _file(self, link: Invitation, full_name: str, applicant_name: str = "") -> JoinRequest:
        number = self.people.mobile()
        return JoinRequest.objects.file(
            link,
            form_key=f"demo-{number}",
            full_name=full_name,
            applicant_name=applicant_name,
            phone="" if applicant_name else number,
            email=f"parent-{number[-4:]}@people.example" if applicant_name and int(number) % 3 == 0 else "",
            consent_version=CURRENT.version,
        )

    def _expect(self) -> None:
        """The lists of the classes in which requests wait: most names agree, some are misspelt, some are not there."""
        asked: dict[SchoolClass, list[str]] = defaultdict(list)
        for request in JoinRequest.objects.filter(organization=self.school, role=Role.PUPIL).order_by("pk"):
            asked[request.school_class].append(request.full_name)
        strangers = People(Random(7))  # noqa: S311 - a source of its own: the rest of the example stays as it is
        lists = []
        for number, school_class in enumerate(sorted(asked, key=lambda each: each.pk)):
            if number % 6 == 5:
                continue  # a class whose list nobody has brought yet
            known = [name for turn, name in enumerate(asked[school_class]) if turn % 5 != 3]
            known[0] = known[0].replace("и", "е", 1)
            others = [strangers.parent_and_child()[1] for _ in range((school_class.size or 0) - len(known))]
            lists.append(NameList(school_class, Role.PUPIL, known + others))
        staff = JoinRequest.objects.filter(organization=self.school, role=Role.TEACHER).order_by("pk")
        names = [*staff.values_list("full_name", flat=True)[1:], *(strangers.adult() for _ in range(18))]
        lists.append(NameList(None, Role.TEACHER, names))
        with self.calendar.days_ago(26):
            ListGround.objects.record(
                self.school,
                document=DOCUMENT,
                number="3-ПД",
                dated_on=self.calendar.ago(30),
                wave_ends_on=self.calendar.today + timedelta(days=30),
                by=self.marina,
            )
            ExpectedMember.objects.save_lists(self.school, lists, by=self.marina)

    def _decide(self, old: list[JoinRequest]) -> None:
        pupils = [request.pk for request in old if request.role == Role.PUPIL]
        teachers = [request.pk for request in old if request.role == Role.TEACHER]
        with self.calendar.days_ago(17):
            JoinRequest.objects.filter(pk__in=pupils[4:]).accept(by=self.marina)
            JoinRequest.objects.filter(pk__in=teachers).accept(by=self.marina, knows_personally=True)
            JoinRequest.objects.filter(pk__in=pupils[:3]).reject(by=self.marina, reason=Refusal.UNKNOWN)
            JoinRequest.objects.get(pk=pupils[3]).withdraw()
        with self.calendar.days_ago(15):
            JoinRequest.objects.filter(pk__in=pupils[4:14]).mark_joined(by=self.marina)

    def _change_links(self, links: list[Invitation]) -> None:
        """One paused and one replaced, which still has to be renewed inside Sferum."""
        with self.calendar.days_ago(8):
            links[-1].pause(by=self.marina, reason="Класс переезжает в другой корпус.")
            links[-3].replace(by=self.marina)

    def _move_chats(self) -> None:
        by: User = self.marina
        with self.calendar.days_ago(14):
            Chat.objects.add_for_classes(self.school, by=by)
            Chat.objects.add_names(self.school, ["Педагогический коллектив", "Совет родителей"], by=by)
        chats = list(Chat.objects.filter(organization=self.school).order_by("pk").values_list("pk", flat=True))
        messenger = self.school.region.messenger_name
        with self.calendar.days_ago(5) as day:
            Chat.objects.move(self.school, chats[:8], messenger=messenger, on=day, by=by, source=Source.PORTAL)
            Chat.objects.leave(
                self.school, chats[8:10], reason=Reason.ONE_ADMINISTRATOR, note="", by=by, source=Source.PORTAL
            )
