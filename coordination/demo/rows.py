"""Unsaved rows of the example, gathered and then written in few statements."""

from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar

from django.db import models

from accounts.models import User
from invitations.models import Invitation, JoinRequest
from messenger.models import Chat, NothingToMove
from organizations.models import Appointment, Event, Milestone, Organization, SchoolClass
from registrations.models import HandoverRequest

R = TypeVar("R", bound=models.Model)

# What points at a row comes after it.
_ORDER: tuple[type[models.Model], ...] = (
    User,
    Organization,
    Appointment,
    Milestone,
    SchoolClass,
    Invitation,
    JoinRequest,
    Chat,
    NothingToMove,
    HandoverRequest,
)


class Rows:
    def __init__(self) -> None:
        self._rows: dict[type[models.Model], list[models.Model]] = {model: [] for model in _ORDER}
        self._events: list[tuple[str, models.Model, Organization, datetime, User | None, str, Iterable[str]]] = []

    def add(self, row: R) -> R:
        self._rows[type(row)].append(row)
        return row

    def happened(
        self,
        verb: str,
        row: models.Model,
        organization: Organization,
        at: datetime,
        by: User | None = None,
        actor: str = "",
        fields: Iterable[str] = (),
    ) -> None:
        self._events.append((verb, row, organization, at, by, actor, fields))

    def save(self) -> None:
        for model in _ORDER:
            model._default_manager.bulk_create(self._rows[model], batch_size=500)
        Event.objects.bulk_create(self._journal(), batch_size=500)

    def _journal(self) -> Iterable[Event]:
        for verb, row, organization, at, by, actor, fields in sorted(self._events, key=lambda event: event[3]):
            event = Event.draft(verb, row, organization, by=by, actor=actor, fields=fields)
            event.at = at
            yield event
