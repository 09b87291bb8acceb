"""Two rows that were made one are two again: what the merging changed goes back, what came later follows its class."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.text import capfirst

from accounts.models import User
from coordination.merge_journal import as_stored, facts_of, put_back, put_back_deleted
from coordination.merging import CASES
from coordination.merging_rules import FACTS, MOVES, NUMBERS
from coordination.models import Merging
from coordination.models.merging import UNDO_DAYS
from foundation.templatetags.portal import count, when
from foundation.verbs import WrongStatus
from invitations.models import ExpectedMember, Invitation, JoinRequest, ListDraft, Rollover
from messenger.models import Chat, ClassWithoutChats, NothingToMove
from messenger.statuses import ChatStatus
from organizations.journey import recompute
from organizations.models import Appointment, Event, Milestone, Organization, SchoolClass
from registrations.models import CaseLetter, Inquiry

_RESTS_ON = (*CASES, Inquiry, Appointment)
"""Where one of these has moved on, the milestone or the rights that came of it cannot be told apart any more."""
_CLASH = (
    "Отменить не получится: у одной из записей за это время появилось то же, что должно вернуться "
    "(одноимённый класс, ссылка, чат, администратор или те же ИНН и КПП). Исправьте это вручную."
)


@dataclass(frozen=True)
class Undoing:
    """What taking a merging back would do; with a `refusal` it does nothing."""

    back: list[str]
    """In words: what returns to the row that went."""
    kept: list[str]
    """Facts that somebody has written since: they stay as they are."""
    splits_classes: bool
    """Whether classes that became one are two again, each with its links."""
    administrators: bool
    """Whether somebody whose rights the merging has ended acts again."""
    refusal: str


def undoing_of(merging: Merging) -> Undoing:
    """The page shows it and the verb does it. Constant statements."""
    return Undoing(
        back=list(_back(merging)),
        kept=[words for each in (merging.winner, merging.loser) for words in _kept(merging, each)],
        splits_classes=_has_changed(merging, SchoolClass, "archived_at"),
        administrators=_has_changed(merging, Appointment, "status"),
        refusal=_refusal(merging),
    )


def _has_changed(merging: Merging, model: type[models.Model], column: str) -> bool:
    return any(label == model._meta.label_lower and column in told for label, told, _ in merging.journal)


@transaction.atomic
def undo(merging: Merging, *, by: User) -> Undoing:
    """Raises WrongStatus where it is taken back already, too late, or later facts rest on it."""
    both = sorted((merging.winner, merging.loser), key=lambda row: row.pk)
    for each in both:
        each.hold()
        each.refresh_from_db()
    undoing = undoing_of(merging)
    if undoing.refusal:
        raise WrongStatus(undoing.refusal)
    if not Merging.objects.standing().filter(pk=merging.pk).update(undone_at=timezone.now(), undone_by=by):
        raise WrongStatus("Это объединение уже отменено.")
    try:
        with transaction.atomic():
            _put_all_back(merging)
    except IntegrityError as error:
        raise WrongStatus(_CLASH) from error
    for each in both:
        recompute(each)
        Event.record("organization.unmerged", each, each, by=by)
    return undoing


def _put_all_back(merging: Merging) -> None:
    put_back(merging.journal, but=(merging.winner_id, merging.loser_id))
    put_back_deleted(merging.deleted)
    _put_facts_back(merging)
    _follow(merging.winner, merging.loser)
    chats = Chat.objects.filter(organization=OuterRef("organization")).exclude(status=ChatStatus.NOT_MOVED)
    both = (merging.winner, merging.loser)
    NothingToMove.objects.filter(Exists(chats), organization__in=both).delete()
    listed = Chat.objects.filter(school_class=OuterRef("school_class"))
    ClassWithoutChats.objects.filter(Exists(listed), school_class__organization__in=both).delete()


def _put_facts_back(merging: Merging) -> None:
    """The numbers changed places: the row that went gives them up before the other one takes them again."""
    back = {each: _own(merging, each) for each in (merging.winner, merging.loser)}
    if any(name in facts for facts in back.values() for name in NUMBERS):
        Organization.objects.filter(pk=merging.loser_id).update(kpp="", ogrn="")
    for each, facts in back.items():
        for name, value in as_stored(Organization, {name: was for name, (was, _) in facts.items()}).items():
            setattr(each, name, value)
        # The numbers in any case: those of the row that went were laid aside above.
        each.save(update_fields={*facts, *NUMBERS})


def _own(merging: Merging, organization: Organization) -> dict[str, list[Any]]:
    """Facts that still are as the merging has left them."""
    told = facts_of(merging.journal, organization.pk)
    return {name: pair for name, pair in told.items() if _shown(organization, name) == str(pair[1])}


def _kept(merging: Merging, organization: Organization) -> Iterator[str]:
    told = facts_of(merging.journal, organization.pk)
    for name in sorted(told.keys() - _own(merging, organization).keys()):
        if name.removesuffix("_id") not in FACTS:
            continue
        label = getattr(Organization._meta.get_field(name), "verbose_name", name)
        yield f"{capfirst(str(label))} («{organization.name}»)"


def _shown(organization: Organization, name: str) -> str:
    return str(getattr(organization, name))


def _follow(winner: Organization, loser: Organization) -> None:
    """What came after the merging belongs where its link, its class or its case belongs."""
    theirs = Invitation.objects.filter(pk=OuterRef("invitation")).values("school_class")
    by_link = JoinRequest.objects.filter(organization=winner, invitation__school_class__organization=loser)
    by_link.order_by().update(organization=loser, school_class=Subquery(theirs))
    followers: tuple[type[models.Model], ...] = (ExpectedMember, ListDraft, Chat)
    for model in followers:
        rows = model._default_manager.filter(organization=winner, school_class__organization=loser)
        rows.order_by().update(organization=loser)
    of_cases = Q(registration__organization=loser) | Q(handover__organization=loser) | Q(help__organization=loser)
    CaseLetter.objects.filter(of_cases, organization=winner).order_by().update(organization=loser)


def _back(merging: Merging) -> Iterator[str]:
    words = {move.model._meta.label_lower: move.words for move in MOVES if move.words}
    moved = dict.fromkeys(words, 0)
    for label, told, pks in merging.journal:
        if label in moved and "organization_id" in told:
            moved[label] += len(pks)
    for label, number in moved.items():
        if number:
            yield count(number, words[label])


def _refusal(merging: Merging) -> str:
    if merging.undone_at:
        return "Это объединение уже отменено."
    if merging.is_over:
        return f"Отменить объединение можно было {UNDO_DAYS} дней, до {when(merging.may_be_undone_until)}."
    both = (merging.winner, merging.loser)
    later = Merging.objects.standing().filter(Q(winner__in=both) | Q(loser__in=both), done_at__gt=merging.done_at)
    if later.exists():
        return "После этого было ещё одно объединение с одной из этих записей: сначала отмените его."
    if Rollover.objects.standing().filter(organization__in=both, done_at__gt=merging.done_at).exists():
        return "После объединения классы уже перевели на новый учебный год: сначала отмените перевод."
    reached = Milestone.objects.filter(organization__in=both, noted_at__gt=merging.done_at).order_by("step").last()
    if reached:
        return (
            f"После объединения организация прошла этап «{reached.get_step_display()}»: портал уже не знает, чья это "
            "из двух записей заслуга. Разделите их вручную."
        )
    return _moved_on(merging)


def _moved_on(merging: Merging) -> str:
    """Letters to Sferum, questions to the head and administrators that were touched since, in words."""
    touched = Q(pk=None)
    for label, _, pks in merging.journal:
        if apps.get_model(label) in _RESTS_ON:
            touched |= Q(object_type=label, object_id__in=pks)
    both = (merging.winner, merging.loser)
    later = Event.objects.filter(touched, organization__in=both, at__gt=merging.done_at)
    types = set(later.order_by().values_list("object_type", flat=True))
    if not types:
        return ""
    names = sorted(str(apps.get_model(label)._meta.verbose_name_plural) for label in types)
    return (
        f"После объединения с тем, что перешло, уже работали: {', '.join(names)}. Отмена разорвала бы эту работу: "
        "завершите её в оставшейся записи."
    )
