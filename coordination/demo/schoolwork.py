"""Classes, links, requests and chats of the organizations that have come that far."""

from datetime import date, timedelta
from uuid import UUID

from accounts.models import User
from coordination.demo.dates import Calendar
from coordination.demo.people import People
from coordination.demo.rows import Rows
from foundation.codes import ALPHABET, LENGTH
from foundation.folding import fold
from invitations.consents import CURRENT
from invitations.models import Invitation, JoinRequest
from invitations.models.decisions import purge_day
from invitations.models.invitation import default_limit, last_teacher_day
from invitations.statuses import KEPT_DAYS, RequestStatus, Role
from invitations.statuses import Reason as Refusal
from messenger.models import Chat, NothingToMove
from messenger.statuses import ChatStatus, Reason
from organizations.models import Organization, SchoolClass
from organizations.models.school_class import academic_year_of
from organizations.statuses import Actor, Kind, Step

SFERUM_LINK = "https://sferum.ru/?p=primer"
GROUPS = ("Солнышко", "Ромашка", "Радуга", "Пчёлка", "Звёздочка", "Теремок")
MINUTES = (5, 12, 26, 31, 44, 58)


class Schoolwork:
    def __init__(self, rows: Rows, people: People, calendar: Calendar) -> None:
        self.rows, self.people, self.calendar, self.random = rows, people, calendar, people.random

    def add(self, organization: Organization, by: User, step: Step, days: dict[Step, date]) -> None:
        classes = self._classes(organization)
        begun = self.calendar.at(days[Step.CLASSES], 13)
        self.rows.happened("classes.added", classes[0], organization, begun, by)
        if step >= Step.INVITED:
            issued = days[Step.INVITED]
            chosen = self.random.sample(classes, k=min(len(classes), self.random.randint(3, 8)))
            for school_class in sorted(chosen, key=classes.index):
                self._links(organization, school_class, by, issued)
        if step == Step.MIGRATED and self.random.random() < 0.2:
            moved = self.calendar.at(days[Step.MIGRATED], 10)
            fact = self.rows.add(NothingToMove(organization=organization, noted_by=by, noted_at=moved))
            self.rows.happened("chats.nothing-to-move", fact, organization, moved, by)
        elif step >= Step.INVITED:
            self._chats(organization, classes, by, days.get(Step.MIGRATED))

    def _classes(self, organization: Organization) -> list[SchoolClass]:
        year = academic_year_of(self.calendar.today)
        if organization.kind == Kind.SCHOOL:
            letters = "АБВ"[: self.random.choice((1, 1, 2, 3))]
            sizes = 12 if len(letters) == 1 else 24
            rows = [
                SchoolClass(grade=grade, section=letter, size=sizes + self.random.randrange(6))
                for grade in range(1, 10 if "ООШ" in organization.short_name else 12)
                for letter in letters
            ]
        elif organization.kind == Kind.KINDERGARTEN:
            rows = [SchoolClass(group_name=f"Группа «{name}»", size=22) for name in GROUPS]
        else:
            rows = [SchoolClass(group_name=f"Группа {number}", size=18) for number in range(101, 107)]
        for row in rows:
            row.organization, row.academic_year = organization, year
            row.key = row.folded_key()
            self.rows.add(row)
        return rows

    def _links(self, organization: Organization, school_class: SchoolClass, by: User, issued: date) -> None:
        for role in (Role.PUPIL, Role.TEACHER):
            link = Invitation(
                school_class=school_class,
                role=role,
                code="".join(self.random.choices(ALPHABET, k=LENGTH)),
                expires_on=last_teacher_day(issued) if role == Role.TEACHER else issued + timedelta(days=60),
                limit=default_limit(school_class, role),
                sferum_link=SFERUM_LINK,
                issued_at=self.calendar.at(issued, 14),
                issued_by=by,
            )
            self.rows.add(link)
            self.rows.happened("invitation.issued", link, organization, link.issued_at, by)
            for _ in range(self.random.randrange(7) if role == Role.PUPIL else self.random.randrange(2)):
                self._request(organization, link, by, issued)

    def _request(self, organization: Organization, link: Invitation, by: User, issued: date) -> None:
        """One request from the days after its link was issued, decided in most cases."""
        # Not randint: how many draws that takes depends on its bounds, here on the day of the filling.
        waited = 1 + int(self.random.random() * ((self.calendar.today - issued).days - 1))
        filed_at = self.calendar.at(self.calendar.ago(waited), 17, self.random.choice(MINUTES))
        status = self.random.choices(
            (RequestStatus.ACCEPTED, RequestStatus.PENDING, RequestStatus.REJECTED, RequestStatus.WITHDRAWN),
            (60, 25, 10, 5),
        )[0]
        parent, child = self.people.parent_and_child()
        is_teacher = link.role == Role.TEACHER
        request = JoinRequest(
            invitation=link,
            school_class=link.school_class,
            organization=organization,
            role=link.role,
            full_name=self.people.adult() if is_teacher else child,
            applicant_name="" if is_teacher else parent,
            phone=self.people.mobile() if is_teacher else "",
            form_key=UUID(int=self.random.getrandbits(128)),
            created_at=filed_at,
            status=status,
            consent_version=CURRENT.version,
            consent_at=filed_at,
            purge_after=purge_day(KEPT_DAYS[status]),
        )
        link.used += 1
        self.rows.add(request)
        self.rows.happened("request.filed", request, organization, filed_at, actor=Actor.APPLICANT)
        if status != RequestStatus.PENDING:
            self._decide(request, by)

    def _decide(self, request: JoinRequest, by: User) -> None:
        request.decided_at = min(request.created_at + timedelta(hours=16), self.calendar.now)
        if request.status == RequestStatus.WITHDRAWN:
            self.rows.happened(
                "request.withdrawn", request, request.organization, request.decided_at, actor=Actor.APPLICANT
            )
            return
        request.decided_by = by
        self.rows.happened(f"request.{request.status}", request, request.organization, request.decided_at, by)
        if request.status == RequestStatus.REJECTED:
            request.reason = self.random.choice((Refusal.UNKNOWN, Refusal.OTHER_CLASS, Refusal.TWICE))
        elif self.random.random() < 0.6:
            request.joined_at, request.joined_by = request.decided_at, by
            self.rows.happened("request.joined", request, request.organization, request.decided_at, by)

    def _chats(self, organization: Organization, classes: list[SchoolClass], by: User, moved_on: date | None) -> None:
        """All decided where the organization is done; else the first one still waits."""
        word = organization.words.klass.capitalize()
        names = [("Педагоги", None), *((f"{word} {row.name}", row) for row in classes)]
        for number, (name, school_class) in enumerate(names):
            chat = Chat(organization=organization, school_class=school_class, name=name, key=fold(name), added_by=by)
            chat.added_at = self.calendar.at(moved_on or self.calendar.ago(20), 9)
            draw = self.random.random()
            if moved_on is None and (number == 0 or draw < 0.6):
                self.rows.add(chat)
                continue
            chat.decided_by, chat.decided_at = by, self.calendar.at(moved_on or self.calendar.ago(4), 12)
            if number and draw > 0.9:
                chat.status, chat.reason = ChatStatus.NOT_MOVED, Reason.ONE_ADMINISTRATOR
            else:
                chat.status, chat.moved_on = ChatStatus.MOVED, moved_on or self.calendar.ago(4)
                chat.messenger = organization.region.messenger_name
            self.rows.add(chat)
            verb = "chat.not-moved" if chat.status == ChatStatus.NOT_MOVED else "chat.moved"
            self.rows.happened(verb, chat, organization, chat.decided_at, by)
