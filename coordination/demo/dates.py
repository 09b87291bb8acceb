"""When things happened in the example: working days before today, in the hours of a school."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import models
from django.utils import timezone

from correspondence.models import Letter
from foundation.working_days import is_working_day
from invitations.models import ExpectedMember, Invitation, JoinRequest, ListGround
from messenger.models import Chat
from organizations.models import Appointment, Event, Milestone, Organization
from registrations.models import CaseLetter, HandoverRequest, HelpRequest, Inquiry, RegistrationRequest

_CASE = ("opened_at", "moved_at", "closed_at", "waiting_since", "last_letter_at", "answered_on")
# Every moment and day that a verb of a story writes as "now" or "today".
_DATED: dict[type[models.Model], tuple[str, ...]] = {
    Organization: ("step_since", "listed_on", "administrator_confirmed_on"),
    Milestone: ("reached_on", "noted_at"),
    Event: ("at",),
    Appointment: (
        "since",
        "confirmed_on",
        "confirmed_at",
        "entered_on",
        "agreed_at",
        "made_at",
        "checked_at",
        "ended_at",
    ),
    RegistrationRequest: _CASE,
    HandoverRequest: (*_CASE, "accepted_at", "portal_since"),
    HelpRequest: _CASE,
    CaseLetter: ("on", "noted_at"),
    Inquiry: ("asked_at", "last_sent_at", "answered_at"),
    Invitation: ("issued_at", "revoked_at", "paused_at"),
    JoinRequest: ("created_at", "consent_at", "decided_at", "joined_at"),
    ListGround: ("recorded_at",),
    ExpectedMember: ("added_at",),
    Chat: ("added_at", "decided_at", "moved_on"),
    Letter: ("created_at", "due_at"),
}


class Calendar:
    """Days and moments before `now` in the region's zone."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone
        self.now = timezone.now()
        self.today = timezone.localdate(self.now, zone)

    def ago(self, days: int) -> date:
        """The last working day that is at least so many days ago."""
        day = self.today - timedelta(days=days)
        while days and not is_working_day(day):
            day -= timedelta(days=1)
        return day

    def at(self, day: date, hour: int = 10, minute: int = 15) -> datetime:
        return min(datetime.combine(day, time(hour, minute), self.zone), self.now)

    @contextmanager
    def days_ago(self, days: int, hour: int = 10) -> Iterator[date]:
        """What the verbs inside write as now and today, they write as of that day. No other rows may be made today."""
        begun, day = timezone.now(), self.ago(days)
        yield day
        then = self.at(day, hour)
        for model, names in _DATED.items():
            for name in names:
                is_moment = isinstance(model._meta.get_field(name), models.DateTimeField)
                written = {f"{name}__gte": begun} if is_moment else {name: self.today}
                model._default_manager.filter(**written).update(**{name: then if is_moment else day})
