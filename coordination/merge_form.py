"""What a person sees before two rows become one, and chooses where they contradict each other."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.text import capfirst

from coordination.merging import Choices
from coordination.merging_rules import FACTS, MOVES
from foundation.fields import TextField
from foundation.phones import show_phone
from foundation.templatetags.portal import count
from invitations.models import Invitation
from organizations.models import Appointment, Organization, SchoolClass

OURS, THEIRS = "ours", "theirs"


def shown(organization: Organization, name: str) -> str:
    value = getattr(organization, name)
    if name == "kind":
        return organization.get_kind_display()
    return show_phone(value) if name == "registered_phone" and value else str(value)


class MergeForm(forms.Form):
    """A choice for each contradiction; without one, the row that stays is right."""

    apart = TextField(
        label="Корпус для одноимённых классов второй записи",
        max_length=120,
        required=False,
        help_text="Пусто – одноимённые классы станут одним, вместе со списками и заявками. "
        "Если это разные классы в разных зданиях, назовите здание: классы останутся отдельными.",
    )

    def __init__(self, winner: Organization, loser: Organization, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.winner, self.loser = winner, loser
        self.same = same_classes(winner, loser)
        if not self.same:
            del self.fields["apart"]
        for name in FACTS:
            ours, theirs = shown(winner, name), shown(loser, name)
            if ours and theirs and ours != theirs:
                label = capfirst(str(getattr(Organization._meta.get_field(name), "verbose_name", name)))
                self._ask(name, label, ours, theirs)
        acting = [Appointment.objects.responsible().filter(organization=each).first() for each in (winner, loser)]
        if acting[0] and acting[1]:
            self._ask("administrator", "Администратор (второй перестанет им быть)", *map(_person, acting))

    def _ask(self, name: str, label: str, ours: str, theirs: str) -> None:
        both = [(OURS, ours), (THEIRS, theirs)]
        self.fields[name] = forms.ChoiceField(
            label=label, choices=both, initial=OURS, required=False, widget=forms.RadioSelect
        )

    def choices(self) -> Choices:
        theirs = [name for name, value in self.cleaned_data.items() if value == THEIRS and name != "apart"]
        return Choices(
            facts=[name for name in theirs if name in FACTS],
            takes_administrator="administrator" in theirs,
            apart=self.cleaned_data.get("apart", ""),
        )


def _person(appointment: Appointment | None) -> str:
    assert appointment is not None  # noqa: S101 - asked only where both act
    phone = f", {show_phone(appointment.phone)}" if appointment.phone else ""
    return f"{appointment.full_name}{phone}"


def same_classes(winner: Organization, loser: Organization) -> list[SchoolClass]:
    keys = set(winner.classes.live().values_list("academic_year", "key"))
    return [row for row in loser.classes.live() if (row.academic_year, row.key) in keys]


@dataclass(frozen=True)
class Going:
    words: str
    stays: int


def going(winner: Organization, loser: Organization) -> Iterator[Going]:
    """What moves, in words, with the number of what the other has already. Constant statements."""
    for move in MOVES:
        if move.words and (number := move.rows(loser).count()):
            yield Going(count(number, move.words), len(move.staying(loser, winner)))


def second_links(winner: Organization, loser: Organization) -> int:
    """Live links of the same class and role in both rows: of each two, the one that comes will be dead."""
    live = Invitation.objects.live().filter(school_class__archived_at=None)
    columns = ("school_class__academic_year", "school_class__key", "role")
    ours, theirs = (
        set(live.filter(school_class__organization=each).order_by().values_list(*columns)) for each in (winner, loser)
    )
    return len(ours & theirs)
