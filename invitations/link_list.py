"""The school's list of links: class by class and role by role, narrowed by what stands in the address."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from django import forms
from django.db.models import TextChoices
from django.http import QueryDict

from foundation.codes import normalise
from foundation.fields import TextField
from foundation.folding import fold
from invitations.models import Invitation
from invitations.models.invitation import roles_of
from invitations.models.invitation_set import InvitationQuerySet
from invitations.statuses import DEAD, LinkState, role_word
from invitations.tallies import Tally, tallies
from organizations.models import Organization, SchoolClass

PART = 4
"""Characters of a code that are printed together."""


class LinkSort(TextChoices):
    """What a school tells apart of the states of its links."""

    WORKS = "works", "действуют"
    PAUSED = "paused", "приостановлены"
    OVER = "over", "кончились: срок или места"
    CLOSED = "closed", "отозваны и заменены"
    NONE = "none", "ссылки нет"


_STATES = {
    LinkSort.WORKS: (LinkState.OPEN,),
    LinkSort.PAUSED: (LinkState.PAUSED,),
    LinkSort.OVER: (LinkState.EXPIRED, LinkState.FULL),
    LinkSort.CLOSED: DEAD,
}


class LinkFilterForm(forms.Form):
    q = TextField(
        label="Поиск",
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "класс или код ссылки"}),
    )
    school_class = forms.ChoiceField(required=False)
    role = forms.ChoiceField(label="Для кого", required=False)
    state = forms.ChoiceField(label="Ссылка", required=False, choices=[("", "любая"), *LinkSort.choices])

    def __init__(self, organization: Organization, classes: list[SchoolClass], data: QueryDict) -> None:
        super().__init__(data)
        words = organization.words
        roles = [(role.value, role_word(role, words)) for role in roles_of(organization.region)]
        every = [(str(each.pk), each.name) for each in classes]
        for name, choices in (("role", roles), ("school_class", every)):
            self.fields[name].choices = [("", "все"), *choices]  # type: ignore[attr-defined]
        self.fields["school_class"].label = words.klass.capitalize()


@dataclass(frozen=True)
class Place:
    """One class and role of the list: its link and what became of it, or none yet."""

    school_class: SchoolClass
    role: str
    link: Invitation | None
    tally: Tally | None

    @property
    def filter(self) -> str:
        """The requests that the figures of this line count."""
        return counted_requests(self.link) if self.link else ""


def counted_requests(link: Invitation) -> str:
    return f"?school_class={link.school_class_id}&role={link.role}"


class LinkList:
    """`classes` of this year; what was revoked or replaced is there where one asks for it by name."""

    def __init__(self, organization: Organization, data: QueryDict) -> None:
        self.organization = organization
        self.classes = list(organization.classes.current())
        self.form = LinkFilterForm(organization, self.classes, data)
        self.typed: dict[str, str] = self.form.cleaned_data if self.form.is_valid() else {}

    @property
    def is_narrowed(self) -> bool:
        return any(self.typed.values()) or not self.form.is_valid()

    @cached_property
    def live(self) -> list[Invitation]:
        return list(self._links.live())

    @cached_property
    def rows(self) -> list[Place]:
        """None where the address makes no sense; the reason stands at its field. Constant statements."""
        if not self.form.is_valid():
            return []
        found = [each for each in self._places() if self._is_wanted(*each)]
        counted = tallies(link for _, _, link in found if link)
        words = self.organization.words
        return [Place(c, role_word(role, words), link, counted[link.pk] if link else None) for c, role, link in found]

    @property
    def sum(self) -> Tally:
        return sum((row.tally for row in self.rows if row.tally), Tally())

    @property
    def _links(self) -> InvitationQuerySet:
        return Invitation.objects.with_school().filter(school_class__organization=self.organization)

    def _places(self) -> Iterator[tuple[SchoolClass, str, Invitation | None]]:
        roles = roles_of(self.organization.region)
        if self.typed["state"] == LinkSort.CLOSED:
            for each in self.classes:
                yield from ((each, link.role, link) for link in self._dead[each.pk])
            return
        by_place = {(row.school_class_id, row.role): row for row in self.live}
        yield from ((c, role, by_place.get((c.pk, role))) for c in self.classes for role in roles)

    @cached_property
    def _dead(self) -> dict[int, list[Invitation]]:
        """By class; of one that was replaced often, the newest first."""
        found: dict[int, list[Invitation]] = defaultdict(list)
        for link in self._links.filter(revoked_at__isnull=False).order_by("role", "-pk"):
            found[link.school_class_id].append(link)
        return found

    def _is_wanted(self, school_class: SchoolClass, role: str, link: Invitation | None) -> bool:
        typed = self.typed
        if typed["school_class"] not in ("", str(school_class.pk)) or typed["role"] not in ("", role):
            return False
        if typed["state"] == LinkSort.NONE:
            return link is None and self._is_found(school_class, link)
        if typed["state"] and (link is None or link.state not in _STATES[LinkSort(typed["state"])]):
            return False
        return self._is_found(school_class, link)

    def _is_found(self, school_class: SchoolClass, link: Invitation | None) -> bool:
        """«7б», «7 Б» and «7 «Б»» are one class; a code is found as it is typed from a poster, or a part of it."""
        asked = _closed_up(self.typed["q"])
        if asked in _closed_up(school_class.name):
            return True
        code = link.code if link else ""
        return normalise(self.typed["q"]) == code != "" or (len(asked) >= PART and asked in code.lower())


def _closed_up(text: str) -> str:
    return "".join(letter for letter in fold(text) if letter.isalnum())
