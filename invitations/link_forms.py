"""Forms about links: issuing many, their terms, a pause, the official link."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import date_format

from foundation.fields import DayField, TextField
from invitations.forms import LONGEST_KEY, SelectionForm
from invitations.links import check_sferum_link
from invitations.models import Invitation
from invitations.models.invitation import ends_before, roles_of
from invitations.models.invitation_set import (
    DEFAULT_DAYS,
    DEFAULT_LIMIT,
    SPARE_PLACES,
    TEACHER_DAYS,
    default_limit,
    end_of_september,
    last_teacher_day,
    listed_numbers,
    region_today,
)
from invitations.statuses import Mode, Paper, Role, Term, role_word_many
from organizations.models import Organization, SchoolClass

LONGEST_TERM = timedelta(days=400)
MOST_PLACES = 9999


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


class TermForm(forms.Form):
    """How long; the rules of a day stand here once. `expires_on` of the cleaned data is None for a link without end."""

    term = forms.ChoiceField(label="Срок", required=False, widget=forms.RadioSelect)
    expires_on = DayField(label="Дата", required=False, help_text="Нужна только для срока «до даты».")

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = region_today(organization.region)
        self.september = end_of_september(self.today)
        september = f"до конца сентября ({date_format(self.september, 'j E Y')})"
        labels = {Term.DATE: Term.DATE.label, Term.SEPTEMBER: september, Term.NEVER: Term.NEVER.label}
        self.fields["term"].choices = [(term.value, label) for term, label in labels.items()]  # type: ignore[attr-defined]
        self.fields["term"].initial = Term.DATE
        self.fields["expires_on"].initial = self.today + timedelta(days=DEFAULT_DAYS)

    def clean_expires_on(self) -> Any:
        """What stands in the box of another term than «до даты» is not looked at."""
        term, day = self.cleaned_data.get("term") or Term.DATE, self.cleaned_data["expires_on"]
        if term == Term.NEVER:
            return None
        if term == Term.SEPTEMBER:
            return self.september
        if day is None:
            raise ValidationError("Укажите последний день ссылки.")
        if not self.today <= day <= self.today + LONGEST_TERM:
            raise ValidationError("Выберите день не раньше сегодняшнего и не позже чем через 400 дней.")
        return day

    @property
    def is_endless(self) -> bool:
        return bool(self.cleaned_data.get("term") == Term.NEVER)


class TermsForm(TermForm):
    limit = forms.IntegerField(label="Сколько заявок принять", min_value=1, max_value=MOST_PLACES)


class ClassesField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Django hands a number of thirty digits to SQLite, which cannot hold it."""

    def clean(self, value: Any) -> Any:
        if any(len(str(key)) > LONGEST_KEY for key in value or ()):
            raise ValidationError("Выберите из списка.")
        return super().clean(value)


def class_ticks() -> forms.CheckboxSelectMultiple:
    """Ticks that the page's one tick for all of them sets and clears."""
    return forms.CheckboxSelectMultiple(attrs={"data-bulk-item": True})


class IssueForm(TermsForm):
    classes = ClassesField(SchoolClass.objects.none(), label="Для кого", widget=class_ticks())
    roles = forms.MultipleChoiceField(
        label="Роли",
        widget=forms.CheckboxSelectMultiple,
        help_text="Роль принадлежит ссылке: в Сферуме её нельзя сменить, только удалить человека и пригласить заново.",
    )
    mode = forms.ChoiceField(label="Режим", choices=Mode.choices, initial=Mode.REVIEW, widget=forms.RadioSelect)
    sferum_link = sferum_link_field()

    field_order = ["classes", "roles", "mode", "term", "expires_on", "limit", "sferum_link"]

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, organization=organization, **kwargs)
        self.organization, words = organization, organization.words
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
        self.fields["limit"].required = False
        self.fields["limit"].help_text = (
            f"Пусто: на {SPARE_PLACES} больше, чем человек в списке, или {DEFAULT_LIMIT}, если число неизвестно. "
            f"Для роли «{words.teacher}» – не больше, чем в списке работников, а без списка – {self._most_teachers()}."
        )
        self.fields["term"].help_text = (
            f"Ссылка для роли «{words.teacher}» всегда живёт не больше {TEACHER_DAYS} дней: кто придёт по ней, будет "
            "писать детям. Потом её можно продлить ещё на неделю."
        )

    def _most_teachers(self, classes: Any = ()) -> int:
        listed = listed_numbers(self.organization)
        return max([default_limit(c, Role.TEACHER, listed) for c in classes or [SchoolClass()]])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        one = len(data.get("classes") or ()) == 1 and len(data.get("roles") or ()) == 1
        if data.get("sferum_link") and not one:
            self.add_error("sferum_link", "У каждой роли каждого класса своя ссылка: добавьте её на странице ссылки.")
        if data.get("mode") == Mode.DIRECT and not (one and data.get("sferum_link")):
            self.add_error("mode", "Без проверки: выберите один класс, одну роль и укажите ссылку из Сферума.")
        if data.get("roles") == [Role.TEACHER]:
            self._check_teachers(data)
        return data

    def _check_teachers(self, data: dict[str, Any]) -> None:
        """Chosen together with others, they get their own short term; asked for alone, a longer one is refused."""
        last_day = last_teacher_day(self.today)
        if "expires_on" in data and ends_before(last_day, data["expires_on"]):
            name = "expires_on" if data.get("term") in ("", Term.DATE) else "term"
            self.add_error(name, f"Для этой роли – не позже {date_format(last_day, 'j E Y')}: ссылка живёт неделю.")
        most = self._most_teachers(data.get("classes"))
        if (data.get("limit") or 0) > most:
            self.add_error("limit", f"Для этой роли – не больше {most}: столько человек ждёт школа.")


class ExtendForm(TermsForm):
    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:
        super().__init__(*args, organization=invitation.organization, **kwargs)
        self.invitation = invitation
        self.fields["limit"].initial = invitation.limit
        if invitation.role == Role.TEACHER:
            del self.fields["term"]
            self.fields["expires_on"].help_text = f"Не позже чем через {TEACHER_DAYS} дней: ссылка учителя короткая."
            week = last_teacher_day(self.today)
            self.fields["expires_on"].initial = max(invitation.expires_on or week, week)
        elif invitation.expires_on is None:
            self.fields["term"].initial = Term.NEVER
        else:
            usual = self.today + timedelta(days=DEFAULT_DAYS)
            self.fields["expires_on"].initial = max(invitation.expires_on, usual)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        words = "Можно только увеличить. Чтобы закрыть ссылку раньше, отзовите её."
        if "limit" in data and data["limit"] < self.invitation.limit:
            self.add_error("limit", words)
        if "expires_on" in data:
            if ends_before(data["expires_on"], self.invitation.expires_on):
                self.add_error("expires_on", words)
            elif not self.invitation.may_last(data["expires_on"]):
                self.add_error("expires_on", f"Не позже {date_format(last_teacher_day(self.today), 'j E Y')}.")
        return data

    def terms(self) -> dict[str, Any]:
        return {"expires_on": self.cleaned_data["expires_on"], "limit": self.cleaned_data["limit"]}


def pause_reason_field() -> TextField:
    return TextField(
        label="Причина", max_length=300, help_text="Её увидит каждый, кто откроет ссылку: не называйте имён."
    )


class PauseForm(forms.Form):
    reason = pause_reason_field()


class SferumLinkForm(forms.Form):
    sferum_link = sferum_link_field()

    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["sferum_link"]
        field.hosts = invitation.organization.region.allowed_link_hosts  # type: ignore[attr-defined]
        field.required = invitation.is_direct


class ManyTickedForm(SelectionForm):
    """The ticked links of one organization."""

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


class ManyPauseForm(ManyTickedForm):
    reason = pause_reason_field()


class ManyExtendForm(TermForm, SelectionForm):
    """One term for all of them; their places stay."""


class PrintForm(forms.Form):
    """Which of the given links go on which paper; the chosen ones stand in `links` of the cleaned data."""

    paper = forms.ChoiceField(
        label="Что печатать", choices=Paper.choices, initial=Paper.POSTERS, widget=forms.RadioSelect
    )
    classes = forms.MultipleChoiceField(widget=class_ticks())
    roles = forms.MultipleChoiceField(label="Роли", widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, organization: Organization, links: list[Invitation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.links, words = links, organization.words
        classes = {str(row.school_class_id): str(row.school_class) for row in links}
        roles = {row.role for row in links}
        self.fields["classes"].label = words.klasses.capitalize()
        self.fields["classes"].choices = list(classes.items())  # type: ignore[attr-defined]
        self.fields["classes"].initial = list(classes)
        self.fields["roles"].choices = [  # type: ignore[attr-defined]
            (role.value, role_word_many(role, words).capitalize()) for role in Role if role in roles
        ]
        self.fields["roles"].initial = [role.value for role in Role if role in roles]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        chosen = [
            row
            for row in self.links
            if str(row.school_class_id) in data.get("classes", ()) and row.role in data.get("roles", ())
        ]
        if not self.errors and not chosen:
            raise ValidationError("У выбранных классов нет действующих ссылок для этих ролей.")
        return data | {"links": chosen}
