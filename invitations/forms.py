"""Forms of the school: issuing links, changing them, choosing and rejecting requests."""

from datetime import timedelta
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from foundation.fields import DayField, TextField
from invitations.links import check_sferum_link
from invitations.models import Invitation, JoinRequest
from invitations.models.invitation import DEFAULT_DAYS, region_today, roles_of
from invitations.statuses import Mode, NameGround, Reason, RequestStatus, Role, role_word, role_word_many
from organizations.models import Organization, SchoolClass

LONGEST_TERM = timedelta(days=400)
MOST_PLACES = 9999
LONGEST_KEY = 18  # digits of a primary key that every database can hold
NOTHING_CHOSEN = "Отметьте хотя бы одну заявку."


class SferumLinkField(TextField):
    """Needs `hosts`: the region says whose links may be kept."""

    hosts: list[str] = []

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value:
            check_sferum_link(value, self.hosts)


def sferum_link_field() -> SferumLinkField:
    return SferumLinkField(
        label="Ссылка на класс из Сферума",
        required=False,
        help_text="До решения школы её не видит никто. Скопируйте её в Сферуме в настройках класса.",
    )


class TermsForm(forms.Form):
    """How long and for how many; the rules of a day stand here once."""

    expires_on = DayField(label="Действует по")
    limit = forms.IntegerField(label="Сколько заявок принять", min_value=1, max_value=MOST_PLACES)

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organization = organization
        self.today = region_today(organization.region)

    def clean_expires_on(self) -> Any:
        day = self.cleaned_data["expires_on"]
        if not self.today <= day <= self.today + LONGEST_TERM:
            raise ValidationError("Выберите день не раньше сегодняшнего и не позже чем через 400 дней.")
        return day


class ClassesField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Django hands a number of thirty digits to SQLite, which cannot hold it."""

    def clean(self, value: Any) -> Any:
        if any(len(str(key)) > LONGEST_KEY for key in value or ()):
            raise ValidationError("Выберите из списка.")
        return super().clean(value)


class IssueForm(TermsForm):
    classes = ClassesField(SchoolClass.objects.none(), label="Для кого", widget=forms.CheckboxSelectMultiple)
    roles = forms.MultipleChoiceField(
        label="Роли",
        widget=forms.CheckboxSelectMultiple,
        help_text="Роль принадлежит ссылке: в Сферуме её нельзя сменить, только удалить человека и пригласить заново.",
    )
    mode = forms.ChoiceField(label="Режим", choices=Mode.choices, initial=Mode.REVIEW, widget=forms.RadioSelect)
    sferum_link = sferum_link_field()

    field_order = ["classes", "roles", "mode", "expires_on", "limit", "sferum_link"]

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, organization=organization, **kwargs)
        words = organization.words
        self.fields["classes"].label = words.klasses.capitalize()
        classes = organization.classes.current()
        taken = Invitation.objects.live().filter(role=Role.PUPIL).values("school_class")
        self.fields["classes"].queryset = classes  # type: ignore[attr-defined]
        self.fields["classes"].initial = classes.exclude(pk__in=taken)
        self.fields["roles"].initial = [Role.TEACHER, Role.PUPIL]
        self.fields["roles"].choices = [  # type: ignore[attr-defined]
            (role.value, role_word_many(role, words).capitalize()) for role in roles_of(organization.region)
        ]
        self.fields["sferum_link"].hosts = organization.region.allowed_link_hosts  # type: ignore[attr-defined]
        self.fields["expires_on"].initial = self.today + timedelta(days=DEFAULT_DAYS)
        self.fields["limit"].required = False
        self.fields["limit"].help_text = "Пусто: на три больше, чем человек в списке, или 35, если число неизвестно."

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        one = len(data.get("classes") or ()) == 1 and len(data.get("roles") or ()) == 1
        if data.get("sferum_link") and not one:
            self.add_error("sferum_link", "У каждой роли каждого класса своя ссылка: добавьте её на странице ссылки.")
        if data.get("mode") == Mode.DIRECT and not (one and data.get("sferum_link")):
            self.add_error("mode", "Без проверки: выберите один класс, одну роль и укажите ссылку из Сферума.")
        return data


class ExtendForm(TermsForm):
    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:
        super().__init__(*args, organization=invitation.organization, **kwargs)
        self.invitation = invitation
        self.fields["expires_on"].initial = max(invitation.expires_on, invitation.today + timedelta(days=DEFAULT_DAYS))
        self.fields["limit"].initial = invitation.limit

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in ("expires_on", "limit"):
            if name in data and data[name] < getattr(self.invitation, name):
                self.add_error(name, "Можно только увеличить. Чтобы закрыть ссылку раньше, отзовите её.")
        return data


class PauseForm(forms.Form):
    reason = TextField(label="Причина", max_length=300, help_text="Её увидит каждый, кто откроет ссылку.")


class SferumLinkForm(forms.Form):
    sferum_link = sferum_link_field()

    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["sferum_link"]
        field.hosts = invitation.organization.region.allowed_link_hosts  # type: ignore[attr-defined]
        field.required = invitation.is_direct


class KeysField(forms.MultipleChoiceField):
    """Primary keys as they come from tick boxes; whose they are is for the query to decide."""

    widget = forms.MultipleHiddenInput

    def valid_value(self, value: str) -> bool:
        return value.isascii() and value.isdigit() and len(value) <= LONGEST_KEY


class SelectionForm(forms.Form):
    """A selection, or the single row whose own button was pressed."""

    ids = KeysField(error_messages={"required": NOTHING_CHOSEN, "invalid_choice": NOTHING_CHOSEN})
    back = forms.CharField(required=False, max_length=2000, widget=forms.HiddenInput)

    @classmethod
    def of(cls, request: HttpRequest) -> "SelectionForm":
        data = request.POST.copy()
        if "one" in data:
            data.setlist("ids", data.getlist("one"))
        return cls(data)


class RejectForm(SelectionForm):
    reason = forms.ChoiceField(label="Причина", choices=[("", "Выберите причину"), *Reason.choices])
    reason_text = TextField(
        label="Пояснение", required=False, max_length=300, help_text="Его прочитает заявитель. Не называйте чужих имён."
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("reason") == Reason.OTHER and not data.get("reason_text") and "reason_text" not in self.errors:
            self.add_error("reason_text", "Напишите причину: заявителю нужно понять, что делать.")
        return data


class NameForm(forms.Form):
    ground = forms.ChoiceField(label="Основание", choices=[("", "Выберите основание"), *NameGround.choices])


class RequestFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Class, role and status of a school's requests, kept in the address."""

    school_class = django_filters.ModelChoiceFilter(
        label="Класс", empty_label="все", queryset=SchoolClass.objects.none()
    )
    role = django_filters.ChoiceFilter(label="Роль", empty_label="все", choices=Role.choices)
    status = django_filters.ChoiceFilter(label="Решение", empty_label="все", choices=RequestStatus.choices)

    class Meta:
        model = JoinRequest
        fields = ["school_class", "role", "status"]

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = organization.words
        self.filters["school_class"].queryset = organization.classes.all()
        self.filters["school_class"].label = words.klass.capitalize()
        self.filters["role"].extra["choices"] = [(r.value, role_word(r, words)) for r in roles_of(organization.region)]
