"""Acts on many organizations: each first sorts who can be done from who cannot, and why, and then does it once.

What a page showed is sorted anew when it is confirmed, so whatever was decided meanwhile is named and not done.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from coordination.desk import Desk
from coordination.models import Snooze
from correspondence.drafts import Draft
from correspondence.models import Letter
from correspondence.reminding import had_enough, reminder_thread
from correspondence.statuses import Enough
from foundation.letters import render_letter
from organizations.journey import NextMove, next_move, next_move_now
from organizations.letters import head_invitation, queue_key
from organizations.models import Coordinator, Event, Municipality, Organization, Region, SearchWord
from organizations.models.organization import OrganizationQuerySet
from organizations.statuses import AdministratorState, Holder

NO_MAIL = "нет почты"
WRONG_MAIL = "почта записана с ошибкой"
TODAY = "сегодня такое письмо уже поставлено в очередь"
CLOSED = "организация закрыта"
PUT_OFF = "отложена в списке дел"


@dataclass
class Sorting:
    ready: list[Organization] = field(default_factory=list)
    skipped: dict[str, list[Organization]] = field(default_factory=dict)
    """By the reason, in words."""
    drafts: list[Draft] = field(default_factory=list)

    def skip(self, row: Organization, reason: str) -> None:
        self.skipped.setdefault(reason, []).append(row)

    @property
    def left(self) -> int:
        return sum(map(len, self.skipped.values()))


@dataclass(frozen=True)
class Act:
    key: str
    label: str
    heading: str
    button: str
    """With the number after it."""
    done: str
    sort: Callable[[OrganizationQuerySet, User, Municipality | None], Sorting]
    perform: Callable[[Sorting, User, Municipality | None], None]
    needs_place: bool = False


def acts_of(desk: Desk) -> list[Act]:
    """Moving between municipalities is for whoever answers for all of them."""
    return [act for act in ACTS.values() if not act.needs_place or desk.manages_coordinators]


# --- letters -------------------------------------------------------------------------------------------------------


def _invitations(rows: OrganizationQuerySet, by: User, place: Municipality | None) -> Sorting:
    def draft(row: Organization) -> Draft | str:
        if row.administrator_state == AdministratorState.CONFIRMED:
            return "администратор подтверждён"
        return head_invitation(row, by=by) if row.email else NO_MAIL

    return _letters(rows, draft)


def _reminders(rows: OrganizationQuerySet, by: User, place: Municipality | None) -> Sorting:
    snoozes = Snooze.objects.active().filter(organization__in=rows.order_by().values("pk"))
    put_off = set(snoozes.values_list("organization", flat=True))
    limit = _Limit()

    def draft(row: Organization) -> Draft | str:
        if row.pk in put_off:
            return PUT_OFF
        move = next_move(row)
        if move.holder == Holder.HEAD:
            if row.is_registered:
                return "ход за руководителем: кто отвечает, спрашивают кнопкой «Спросить»"
            return head_invitation(row, by=by) if row.email else NO_MAIL
        if move.holder != Holder.ADMINISTRATOR:
            return f"ход не за школой: {move.holder.label}"
        address = next(iter(row.contact_emails()), "")
        return limit.keep(_reminder(row, next_move_now(row), address, by), row) if address else NO_MAIL

    return _letters(rows, draft)


class _Limit:
    """Reminders by hand count with those of the ladder, and with each other: one person may serve several schools."""

    def __init__(self) -> None:
        self.enough: dict[int, dict[str, Enough]] = {}

    def keep(self, draft: Draft, row: Organization) -> Draft | str:
        region, address = row.region, draft.to.lower()
        if region.pk not in self.enough:
            self.enough[region.pk] = had_enough(row.today, region.zone, region.reminders_a_week)
        if why := self.enough[region.pk].get(address):
            return why.label
        self.enough[region.pk][address] = Enough.TODAY
        return draft


def _reminder(row: Organization, move: NextMove, address: str, by: User) -> Draft:
    context = {
        "organization": row,
        "region": row.region,
        "move": move,
        "by": by,
        "name": row.named_reader(),
        "page": settings.PORTAL_URL + row.get_absolute_url(),
    }
    subject, text = render_letter("coordination/letters/remind.txt", context)
    return Draft(
        dedupe_key=f"remind:{row.pk}:{row.today}",
        to=address,
        subject=subject[:300],
        text=text,
        queue=queue_key(row),
        thread=reminder_thread(f"by-hand:{row.pk}:{row.today}"),
    )


def _letters(rows: OrganizationQuerySet, draft_for: Callable[[Organization], Draft | str]) -> Sorting:
    sorting, drafts = Sorting(), list[tuple[Organization, Draft]]()
    for row in rows.order_by("search_key", "pk").with_administrators():
        answer = CLOSED if row.is_closed else _safe(draft_for, row)
        if isinstance(answer, str):
            sorting.skip(row, answer)
        else:
            drafts.append((row, answer))
    keys = [draft.dedupe_key for _, draft in drafts]
    known = Letter.objects.in_bulk(keys, field_name="dedupe_key")
    for row, draft in drafts:
        if draft.dedupe_key in known:
            sorting.skip(row, TODAY)
        else:
            sorting.ready.append(row)
            sorting.drafts.append(draft)
    return sorting


def _safe(draft_for: Callable[[Organization], Draft | str], row: Organization) -> Draft | str:
    """One address that the post refuses keeps back its own letter, not those of all the others."""
    try:
        return draft_for(row)
    except ValidationError:
        return WRONG_MAIL


def _queue(verb: str) -> Callable[[Sorting, User, Municipality | None], None]:
    @transaction.atomic
    def perform(sorting: Sorting, by: User, place: Municipality | None) -> None:
        Letter.objects.queue_many(sorting.drafts)
        Event.objects.bulk_create((Event.draft(verb, row, row, by=by) for row in sorting.ready), batch_size=1000)

    return perform


# --- municipality --------------------------------------------------------------------------------------------------


def whole_regions_of(user: User) -> "QuerySet[Region]":
    """Where this person answers for all municipalities; in another region she may coordinate one."""
    mine = Coordinator.objects.acting().filter(user=user, municipality=None)
    return Region.objects.all() if user.is_staff else Region.objects.filter(pk__in=mine.values("region"))


def _movable(rows: OrganizationQuerySet, by: User, place: Municipality | None) -> Sorting:
    sorting, mine = Sorting(), set(whole_regions_of(by).values_list("pk", flat=True))
    for row in rows.select_related("region").order_by("search_key", "pk"):
        if row.region_id not in mine:
            sorting.skip(row, "муниципалитет меняет координатор региона")
        elif place and row.region_id != place.region_id:
            sorting.skip(row, "другой регион")
        elif place and row.municipality_id == place.pk:
            sorting.skip(row, "уже в этом муниципалитете")
        else:
            sorting.ready.append(row)
    return sorting


@transaction.atomic
def _move(sorting: Sorting, by: User, place: Municipality | None) -> None:
    """Who coordinates the municipality coordinates these organizations from now on."""
    if place is None:
        return
    Organization.objects.filter(pk__in=[row.pk for row in sorting.ready]).update(municipality=place)
    for row in sorting.ready:
        row.municipality = place
    SearchWord.objects.learn(sorting.ready)
    Event.objects.bulk_create(
        (Event.draft("organization.changed", row, row, by=by, fields=["municipality"]) for row in sorting.ready),
        batch_size=1000,
    )


ACTS = {
    act.key: act
    for act in (
        Act(
            "head-links",
            "Ссылка руководителю",
            "Письма руководителям: назначьте администратора",
            "Отправить письма",
            "Письма руководителям поставлены в очередь",
            _invitations,
            _queue("head-link.sent"),
        ),
        Act(
            "remind",
            "Напомнить",
            "Напоминания тем, за кем сейчас ход",
            "Отправить напоминания",
            "Напоминания поставлены в очередь",
            _reminders,
            _queue("organization.reminded"),
        ),
        Act(
            "municipality",
            "Указать муниципалитет",
            "Указать муниципалитет",
            "Перенести организации",
            "Муниципалитет указан",
            _movable,
            _move,
            needs_place=True,
        ),
    )
}
