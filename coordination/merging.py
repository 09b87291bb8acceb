"""Merging by hand: two rows of one school become one. The other row stays, closed, and leads to it for ever."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import Case, Exists, OuterRef, Value, When
from django.utils import timezone

from accounts.models import User
from coordination.merge_journal import Before
from coordination.merging_rules import FACTS, MOVES, NUMBERS, OF_CLASS, Move
from coordination.models import Contradiction, Merging
from coordination.statuses import ContradictionStatus
from foundation.folding import fold
from foundation.verbs import WrongStatus
from invitations.models import Invitation
from messenger.models import Chat, ClassWithoutChats, NothingToMove
from messenger.statuses import ChatStatus
from organizations.journey import recompute
from organizations.models import Appointment, Event, Organization, SchoolClass
from organizations.statuses import AdministratorState
from registrations.models import CaseLetter, HandoverRequest, HelpRequest, Inquiry, RegistrationRequest
from registrations.registered_phone import note_registered_phone

REASON = "Дубль: объединена с записью, которая осталась."
CASES: dict[type[models.Model], str] = {
    RegistrationRequest: "registration",
    HandoverRequest: "handover",
    HelpRequest: "help",
}
TAKEN = "Такие ИНН и КПП уже есть у третьей организации: выберите другие или сначала объедините с ней."


@dataclass(frozen=True)
class Choices:
    """What the person chose where both rows say something: names of facts, and whether the administrator is theirs."""

    facts: Collection[str] = ()
    takes_administrator: bool = False
    apart: str = ""
    """The building under which classes of the same name stay two; empty: the two become one."""


Pairs = dict[int, int]
"""Classes that stand in both rows: the one that goes, with the one that stays."""


@transaction.atomic
def merge(winner: Organization, loser: Organization, choices: Choices, *, by: User) -> Merging:
    """Everything that hangs on `loser` goes over to `winner`; the number of statements does not grow with the rows.

    Raises WrongStatus where one of the two is closed by now, or a third organization bears the chosen numbers.
    """
    if winner.region_id != loser.region_id:
        raise WrongStatus("Организации разных регионов не объединяют.")
    for each in sorted((winner, loser), key=lambda row: row.pk):
        each.hold()
    before = Before(winner, loser)
    loser.close(by=by, on=timezone.localdate(), reason=REASON, successor=winner)
    pairs = _pair_classes(winner, loser, choices.apart)
    _choose_administrator(winner, loser, choices.takes_administrator, by=by)
    _withdraw_second_inquiry(winner, loser, by=by)
    closing = {"status": ContradictionStatus.AGREED, "closed_at": timezone.now()}
    Contradiction.objects.open().filter(organization=loser).update(**closing)
    _spell_chats_apart(winner, loser, pairs)
    for move in MOVES:
        _carry(move, winner, loser)
    # By its key a later table knows what a person has settled.
    Contradiction.objects.filter(key=Contradiction.key_of(loser)).update(key=Contradiction.key_of(winner))
    _unite_classes(winner, pairs, by=by)
    _forget_nothing_to_move(winner)
    _take_facts(winner, loser, choices.facts)
    _take_registered_phone(winner, loser, choices.facts, by=by)
    for each in (winner, loser):
        recompute(each)
        Event.record("organization.merged", each, each, by=by, fields=choices.facts)
    told = {"journal": before.changes(), "deleted": before.deleted()}
    return Merging.objects.create(winner=winner, loser=loser, done_by=by, **told)


def _carry(move: Move, winner: Organization, loser: Organization) -> None:
    staying = move.staying(loser, winner)
    rows = move.rows(loser).exclude(pk__in=staying)
    if move.model is Organization:
        rows = rows.exclude(pk=winner.pk)
    if case := CASES.get(move.model):
        letters = CaseLetter.objects.filter(**{"organization": loser, f"{case}__isnull": False})
        letters.exclude(**{f"{case}__in": staying}).order_by().update(organization=winner)
    if move.model is Event:
        rows = rows.exclude(verb__in=("organization.closed", "organization.merged"))
    rows.update(**{move.field: winner})


def _pair_classes(winner: Organization, loser: Organization, apart: str) -> Pairs:
    """The same classes of both; where they are to stay two, those that come get the name of their building."""
    kept = {(row.academic_year, row.key): row.pk for row in winner.classes.live()}
    same = {
        row: kept[row.academic_year, row.key] for row in loser.classes.live() if (row.academic_year, row.key) in kept
    }
    if not apart:
        return {row.pk: pk for row, pk in same.items()}
    for row in same:
        row.site = apart
        row.key = row.folded_key()
        if (row.academic_year, row.key) in kept:
            raise WrongStatus(f"Класс {row.name} уже есть: назовите корпус иначе.")
    SchoolClass.objects.bulk_update(list(same), ["site", "key"])
    return {}


def _choose_administrator(winner: Organization, loser: Organization, takes: bool, *, by: User) -> None:
    """One acting administrator is left; the other's rights end now. A row that has none gets the other's."""
    ours, theirs = (Appointment.objects.responsible().filter(organization=each).first() for each in (winner, loser))
    comes = theirs is not None and (ours is None or takes)
    relieved = ours if comes else theirs
    if relieved is not None and ours is not None:
        relieved.end(by=by)
    if comes:
        state = AdministratorState(loser.administrator_state)
        winner.set_administrator_state(state, confirmed_on=loser.administrator_confirmed_on)


def _withdraw_second_inquiry(winner: Organization, loser: Organization, *, by: User) -> None:
    """The head is asked once: what the row that stays asks is answered for both."""
    if not Inquiry.objects.open().filter(organization=winner).exists():
        return
    second = Inquiry.objects.open().filter(organization=loser).first()
    if second is not None:
        second.withdraw(by=by)


def _spell_chats_apart(winner: Organization, loser: Organization, pairs: Pairs) -> None:
    """Two chats of one name in one place stay two: the one that comes is told by where it comes from."""
    here = set(winner.chats.values_list("school_class", "key"))
    clashing = [
        chat
        for chat in loser.chats.all()
        if (pairs.get(chat.school_class_id or 0, chat.school_class_id), chat.key) in here
    ]
    for chat in clashing:
        ending = f" (запись {loser.pk})"
        chat.name = f"{chat.name[: 200 - len(ending)]}{ending}"
        chat.key = fold(chat.name)[:200]
    Chat.objects.bulk_update(clashing, ["name", "key"])


def _unite_classes(winner: Organization, pairs: Pairs, *, by: User) -> None:
    """What hung on a class goes over to the same class of the other row; the emptied one is archived."""
    if not pairs:
        return
    _close_second_links(winner, pairs, by=by)
    marked = ClassWithoutChats.objects.filter(school_class__in=pairs.values()).values_list("school_class", flat=True)
    doubled = [gone for gone, kept in pairs.items() if kept in set(marked)]
    ClassWithoutChats.objects.filter(school_class__in=doubled).delete()
    for model, name in OF_CLASS:
        into = Case(*[When(**{name: gone}, then=Value(kept)) for gone, kept in pairs.items()])
        model._default_manager.filter(**{f"{name}__in": pairs}).order_by().update(**{name: into})
    chats = Chat.objects.filter(school_class=OuterRef("school_class"))
    ClassWithoutChats.objects.filter(Exists(chats), school_class__in=pairs.values()).delete()
    SchoolClass.objects.filter(pk__in=pairs).update(archived_at=timezone.now())


def _close_second_links(winner: Organization, pairs: Pairs, *, by: User) -> None:
    """A class has one live link a role: the one that comes says «заменена», as an old poster does."""
    live = list(Invitation.objects.live().filter(school_class__in=[*pairs, *pairs.values()]).order_by("pk"))
    kept = {(row.school_class_id, row.role): row for row in live}
    replacing = set(Invitation.objects.filter(replaced_by__in=live).values_list("replaced_by", flat=True))
    second = []
    for row in live:
        other = kept.get((pairs.get(row.school_class_id, 0), row.role))
        if other is not None:
            row.revoked_at = timezone.now()
            row.replaced_by = None if other.pk in replacing else other
            second.append(row)
    Invitation.objects.bulk_update(second, ["revoked_at", "replaced_by"])
    Event.objects.bulk_create(
        Event.draft("invitation.replaced" if row.replaced_by else "invitation.revoked", row, winner, by=by)
        for row in second
    )


def _forget_nothing_to_move(winner: Organization) -> None:
    """«Переносить нечего» of one row is not true where the other has brought chats."""
    chats = Chat.objects.filter(organization=winner).exclude(status=ChatStatus.NOT_MOVED)
    NothingToMove.objects.filter(Exists(chats), organization=winner).delete()


def _take_facts(winner: Organization, loser: Organization, chosen: Collection[str]) -> None:
    names = [name for name in FACTS if name != "registered_phone"]
    taken = {name: getattr(loser, name) for name in names if name in chosen or not getattr(winner, name)}
    taken = {name: value for name, value in taken.items() if value and value != getattr(winner, name)}
    if not taken:
        return
    given_up: Mapping[str, Any] = {name: getattr(winner, name) for name in taken if name in NUMBERS}
    try:
        with transaction.atomic():
            if given_up:
                Organization.objects.filter(pk=loser.pk).update(kpp="", ogrn="")
            for name, value in taken.items():
                setattr(winner, name, value)
            winner.save(update_fields=taken)
            for name in NUMBERS if given_up else ():
                setattr(loser, name, given_up.get(name, getattr(loser, name)))
            loser.save(update_fields=NUMBERS)
    except IntegrityError as error:
        raise WrongStatus(TAKEN) from error


def _take_registered_phone(winner: Organization, loser: Organization, chosen: Collection[str], *, by: User) -> None:
    """By its verb, also where it stays: the administrator may be the other row's, and hold another number."""
    takes = loser.registered_phone and ("registered_phone" in chosen or not winner.registered_phone)
    winner.__dict__.pop("administrator", None)  # the appointments have gone over
    note_registered_phone(winner, loser.registered_phone if takes else winner.registered_phone, by=by)
