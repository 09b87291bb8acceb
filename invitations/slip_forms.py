"""What the administrator and the class teacher fill in about a class teacher's slip."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import Count, Q

from foundation.templatetags.portal import plural
from invitations.link_forms import ClassesField, class_ticks
from invitations.models import JoinRequest
from invitations.models.slip import SHOWN_ROLES, SLIP_DAYS
from invitations.statuses import Mark, RequestStatus, Role
from organizations.models import Organization, SchoolClass


class SlipsForm(forms.Form):
    classes = ClassesField(SchoolClass.objects.none(), label="Для кого", widget=class_ticks())
    days = forms.TypedChoiceField(
        label="Сколько действует",
        choices=[(days, f"{days} {plural(days, 'день,дня,дней')}") for days in SLIP_DAYS],
        coerce=int,
        initial=3,
        widget=forms.RadioSelect,
    )

    def __init__(self, data: Any = None, *, organization: Organization) -> None:
        super().__init__(data)
        field: Any = self.fields["classes"]
        field.label = organization.words.klasses.capitalize()
        waits = Q(requests__status=RequestStatus.PENDING, requests__role__in=SHOWN_ROLES)
        field.queryset = (
            organization.classes.current().annotate(waits=Count("requests", filter=waits)).filter(waits__gt=0)
        )
        field.label_from_instance = _with_count
        self.has_classes = bool(field.queryset)


def _with_count(school_class: Any) -> str:
    return f"{school_class} – {school_class.waits} {plural(school_class.waits, 'заявка,заявки,заявок')}"


class MarksForm(forms.Form):
    """One question a person. Built of those who wait at this moment: of others nothing is taken.

    The question is about the name that was read: once the applicant has corrected it, an answer to the old one is none.
    """

    def __init__(self, data: Any = None, *, rows: Sequence[JoinRequest]) -> None:
        super().__init__(data, initial={_question(row): row.mark for row in rows})
        for row in rows:
            who = f"{row.full_name} (родитель)" if row.role == Role.PARENT else row.full_name
            self.fields[_question(row)] = forms.ChoiceField(
                label=who,
                help_text=f"заявитель: {row.applicant_name}" if row.applicant_name else "",
                choices=[(Mark.MINE, "Мой"), (Mark.NOT_MINE, "Не мой"), ("", "Не знаю")],
                required=False,
                widget=forms.RadioSelect,
            )

    def marks(self) -> dict[int, str]:
        return {int(name.split("-")[1]): value for name, value in self.cleaned_data.items()}


def _question(row: JoinRequest) -> str:
    return f"mark-{row.pk}-{row.corrected_at.timestamp():.0f}" if row.corrected_at else f"mark-{row.pk}"
