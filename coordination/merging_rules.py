"""What hangs on an organization and on a class, and what becomes of it when two rows of one school become one.

Every foreign key is named here; a test compares these lists with the database and fails at a new one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import models
from django.db.models import Q

from coordination.models import Call, Contradiction, Merging, Reminder, Snooze, Standing
from coordination.models.campaign import CampaignRecipient
from invitations.models import (
    ApplicantBlock,
    Destruction,
    ExpectedMember,
    Invitation,
    JoinRequest,
    ListDraft,
    ListGround,
    Rollover,
)
from invitations.models.slip import ClassSlip
from messenger.models import Chat, ClassWithoutChats, NothingToMove
from organizations.models import Appointment, Event, ImportRow, Milestone, Organization, SchoolClass
from registrations.models import CaseLetter, HandoverRequest, HelpRequest, Inquiry, RegistrationRequest
from registrations.statuses import HANDOVER_OPEN, REGISTRATION_OPEN


@dataclass(frozen=True)
class Move:
    """Rows of one kind that go over to the other organization.

    Where the database allows one of a key, `once` are the columns of that key and `among` the rows of which it
    speaks: what the other one has already stays behind, readable at the closed row.
    """

    model: type[models.Model]
    words: str
    """Forms for 1, 2 and 5; empty where it is nothing to a person who looks at the preview."""
    field: str = "organization"
    once: Sequence[str] | None = None
    among: Q | None = None

    def rows(self, organization: Organization) -> "models.QuerySet[models.Model]":
        return self.model._default_manager.filter(**{self.field: organization}).order_by()

    def staying(self, loser: Organization, winner: Organization) -> list[int]:
        """Keys of the rows that cannot go over. Two statements, whatever their number."""
        if self.once is None:
            return []
        among = self.among or Q()
        taken = set(self.rows(winner).filter(among).values_list(*self.once, "pk"))
        keys = {row[:-1] for row in taken}
        rows = self.rows(loser).filter(among).values_list(*self.once, "pk")
        return [row[-1] for row in rows if row[:-1] in keys]


MOVES = (
    Move(
        RegistrationRequest,
        "письмо о регистрации,письма о регистрации,писем о регистрации",
        once=(),
        among=Q(status__in=REGISTRATION_OPEN),
    ),
    Move(
        HandoverRequest,
        "смена администратора,смены администратора,смен администратора",
        once=(),
        among=Q(status__in=HANDOVER_OPEN),
    ),
    Move(HelpRequest, "вопрос в Сферум,вопроса в Сферум,вопросов в Сферум", once=("form_key",)),
    Move(
        Inquiry,
        "сверка с руководителем,сверки с руководителем,сверок с руководителем",
        once=(),
        among=Q(answered_at=None, withdrawn_at=None),
    ),
    Move(
        Appointment,
        "назначение,назначения,назначений",
        once=("role", "status"),
        among=Q(role="responsible", status="acting"),
    ),
    Move(Milestone, "этап,этапа,этапов", once=("step",)),
    Move(SchoolClass, "класс,класса,классов", once=("academic_year", "key"), among=Q(archived_at=None)),
    Move(JoinRequest, "заявка в класс,заявки в класс,заявок в класс"),
    Move(ExpectedMember, "имя в списках,имени в списках,имён в списках"),
    Move(ListGround, "", once=()),
    Move(ListDraft, ""),
    Move(ApplicantBlock, ""),
    Move(Destruction, ""),
    Move(Rollover, "", once=("from_year",), among=Q(undone_at=None)),
    Move(Chat, "чат,чата,чатов"),
    Move(NothingToMove, "", once=()),
    Move(Event, "запись журнала,записи журнала,записей журнала"),
    Move(ImportRow, ""),
    Move(Contradiction, ""),
    Move(Snooze, "", once=(), among=Q(woken_at=None)),
    Move(Call, "звонок,звонка,звонков"),
    Move(Reminder, "напоминание,напоминания,напоминаний"),
    Move(CampaignRecipient, "", once=("campaign",)),
    Move(Organization, "", field="successor"),
)
APART = ((CaseLetter, "organization"), (Standing, "organization"), (Merging, "winner"), (Merging, "loser"))
"""A letter goes where its case goes; what was kept of past days stays with the row that it was kept of.

An earlier merging speaks of the two rows that it spoke of: once there is a later one, it cannot be undone.
"""

OF_CLASS = (
    (ExpectedMember, "school_class"),
    (JoinRequest, "school_class"),
    (ListDraft, "school_class"),
    (ClassSlip, "school_class"),
    (Invitation, "school_class"),
    (Chat, "school_class"),
    (ClassWithoutChats, "school_class"),
    (SchoolClass, "grown_from"),
)
"""What goes over from a class to the same class of the other row."""

FACTS = (
    *("full_name", "short_name", "branch", "kind", "municipality", "inn", "kpp", "ogrn", "own_code"),
    *("address", "email", "phone", "site", "head_name", "registered_phone"),
)
"""Of these the person chooses where the two rows differ; what only one of them knows is kept without asking."""

NUMBERS = ("inn", "kpp", "ogrn", "branch")
"""By these the database knows an organization once: what the staying row takes, the other gives up for its own."""

MARKS = (ClassWithoutChats, NothingToMove)
"""The row is the fact: a merging takes away what is true no more."""

REWRITTEN: dict[type[models.Model], Sequence[str]] = {
    SchoolClass: ("site", "key", "archived_at"),
    Chat: ("name", "key"),
    Invitation: ("revoked_at", "replaced_by"),
    Appointment: ("status", "ended_at", "ended_by"),
    Inquiry: ("withdrawn_at",),
    Contradiction: ("key", "status", "closed_at"),
    Organization: (
        *FACTS,
        *("administrator_state", "administrator_confirmed_on", "closed_on", "closed_reason"),
    ),
}
"""What a merging writes into a row besides whose it is: with the moves, all that an undo has to know of."""
