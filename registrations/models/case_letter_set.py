"""Sets of letters of cases: their thread, and the verbs that add a letter out or in."""

import re
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.models import User, Visitor
from correspondence.models import Draft, IncomingKind, IncomingLetter, Lane, Letter, LetterStatus
from organizations.models import Organization
from registrations.outgoing import Outgoing
from registrations.statuses import Direction, HandChannel, Purpose

if TYPE_CHECKING:
    from registrations.models.case import Case
    from registrations.models.case_letter import CaseLetter
    from registrations.models.filing import Filing

_MESSAGE_ID = re.compile(r"<[!-;=?-~]+>")
"""What may stand in a header: who sends a letter in may call it anything."""


class CaseLetterQuerySet(models.QuerySet["CaseLetter"]):
    def visible_to(self, user: Visitor) -> "CaseLetterQuerySet":
        return self.filter(organization__in=Organization.objects.visible_to(user))

    def manageable_by(self, user: Visitor) -> "CaseLetterQuerySet":
        return self.filter(organization__in=Organization.objects.manageable_by(user))

    def administered_by(self, user: Visitor) -> "CaseLetterQuerySet":
        return self.filter(organization__in=Organization.objects.administered_by(user))

    def out(self) -> "CaseLetterQuerySet":
        """What the school wrote to Sferum."""
        return self.filter(direction=Direction.OUT).exclude(purpose=Purpose.NOMINATION)

    def incoming(self) -> "CaseLetterQuerySet":
        return self.filter(direction=Direction.IN)

    def unread(self) -> "CaseLetterQuerySet":
        """Letters of people that came in and of which nobody has said yet what they mean."""
        return self.incoming().filter(purpose=Purpose.ANSWER, outcome="")

    def of_cases(self) -> "CaseLetterQuerySet":
        """With the case of each, for pages that show letters of several."""
        return self.select_related("registration", "handover", "help", "organization__region")

    def standing(self) -> "CaseLetterQuerySet":
        """Letters to Sferum that have gone or will go; what was withdrawn was never written to anybody."""
        return self.out().exclude(letter__status=LetterStatus.ABORTED)

    def stop_waiting(self, *, by: User | None) -> None:
        """A letter whose day has not come, or that the server has put off, stays here."""
        Letter.objects.filter(pk__in=self.filter(letter__isnull=False).values("letter")).stop_waiting(by=by)

    def send(
        self, case: "Case", purpose: Purpose, *, by: User | None, not_before: datetime | None = None
    ) -> "CaseLetter":
        """Queues the case's letter as an answer to those before it, and freezes what it states."""
        return self.model.objects.send_many({case: purpose}, by=by, not_before=not_before)[0]

    def send_many(
        self,
        purposes: "Mapping[Case, Purpose]",
        *,
        by: User | None,
        filing: "Filing | None" = None,
        not_before: datetime | None = None,
    ) -> "list[CaseLetter]":
        """`send` for cases of one kind: the statements do not grow with them but by the database's batch size."""
        before = self._before(list(purposes))
        letters = {
            case: case.compose_repeat() if purpose == Purpose.REPEAT else case.compose(purpose)
            for case, purpose in purposes.items()
        }
        drafts = []
        for case, purpose in purposes.items():
            key = f"{case.kind}:{case.pk}:{purpose}:{before[case.pk].sent + 1}"
            drafts.append(draft_of(case, letters[case], key, before[case.pk].thread, not_before))
        rows = []
        for (case, purpose), letter in zip(purposes.items(), Letter.objects.queue_many(drafts), strict=True):
            on = timezone.localdate(letter.due_at, case.organization.region.zone)
            columns = self._columns(case, purpose) | {"on": on, "facts": letters[case].facts}
            rows.append(self.model(**columns, by=by, letter=letter, filing=filing))
        return self.bulk_create(rows)

    def reply(self, case: "Case", outgoing: Outgoing, *, by: User, form_key: uuid.UUID) -> "CaseLetter | None":
        """A free answer in the same thread; the same form a second time is nothing new."""
        key = f"{case.kind}:{case.pk}:reply:{form_key}"
        if self.filter(letter__dedupe_key=key).exists():
            return None
        draft = draft_of(case, outgoing, key, self._before([case])[case.pk].thread)
        (letter,) = Letter.objects.queue_many([draft])
        return self._add(case, Purpose.REPLY, by=by, letter=letter)

    def receive(self, case: "Case", incoming: IncomingLetter) -> "CaseLetter":
        """A letter that came in and belongs to the case; what it means, a person says later."""
        purpose = Purpose.ANSWER if incoming.kind == IncomingKind.PERSONAL else Purpose.AUTOMATIC
        on = timezone.localdate(incoming.received_at, case.organization.region.zone)
        return self._add(case, purpose, direction=Direction.IN, incoming=incoming, by=None, on=on)

    def _before(self, cases: "Sequence[Case]") -> "dict[int, Before]":
        """What was written in each case so far."""
        kind = cases[0].kind
        rows = self.model.objects.filter(**{f"{kind}__in": [case.pk for case in cases]}).order_by("pk")
        before: dict[int, Before] = defaultdict(Before)
        columns = (kind, "direction", "purpose", "letter__status", "letter__message_id", "incoming__message_id")
        for pk, direction, purpose, status, ours, theirs in rows.values_list(*columns):
            before[pk].sent += direction == Direction.OUT
            is_standing = purpose != Purpose.NOMINATION and status != LetterStatus.ABORTED
            named = ours or theirs or ""
            if is_standing and _MESSAGE_ID.fullmatch(named):
                before[pk].thread.append(named)
        return before

    def note_sent_by_hand(
        self, case: "Case", purpose: Purpose, *, by: User, on: date, channel: HandChannel
    ) -> "CaseLetter":
        outgoing = case.compose(purpose)
        return self._add(
            case,
            purpose,
            by=by,
            on=on,
            hand_channel=channel,
            subject=outgoing.subject[:500],
            text=outgoing.text,
            facts=outgoing.facts,
        )

    def invite(self, case: "Case", letter: Letter, *, by: User | None) -> "CaseLetter":
        """A letter of the case to somebody of the school, outside the thread with Sferum."""
        return self._add(case, Purpose.NOMINATION, by=by, letter=letter)

    def _add(self, case: "Case", purpose: Purpose, **fields: Any) -> "CaseLetter":
        return self.model.objects.create(**(self._columns(case, purpose) | fields))

    def _columns(self, case: "Case", purpose: Purpose) -> dict[str, Any]:
        return {"organization": case.organization, "purpose": purpose, case.kind: case, "on": case.today}


@dataclass
class Before:
    """The letters of a case so far."""

    sent: int = 0
    thread: list[str] = field(default_factory=list)
    """Message-IDs of the correspondence with Sferum, ours and theirs, oldest first."""


def draft_of(
    case: "Case", outgoing: Outgoing, dedupe_key: str, thread: Sequence[str], not_before: datetime | None = None
) -> Draft:
    """The letter as the post takes it, an answer to the last one of the thread; it can be withdrawn for a while."""
    return Draft(
        dedupe_key=dedupe_key,
        to=outgoing.to,
        subject=outgoing.subject[:500],
        text=outgoing.text,
        lane=Lane.CASE,
        queue=f"organization:{case.organization_id}",
        thread=case.number,
        reply_to=outgoing.reply_to,
        headers={"In-Reply-To": thread[-1], "References": " ".join(thread[-20:])} if thread else None,
        not_before=not_before or timezone.now() + timedelta(minutes=settings.UNDO_MINUTES),
    )
