"""What the administrator types and ticks on the review desk."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, Self

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone

from foundation.fields import DayField, TextField
from foundation.working_days import add_working_days
from invitations.forms import NOTHING_CHOSEN, KeysField, SelectionForm, is_key
from invitations.models import Invitation, JoinRequest
from invitations.models.invitation import roles_of
from invitations.statuses import FINAL, Mark, Pile, Reason, RequestStatus, role_word
from organizations.models import Organization, SchoolClass

MOST_AT_ONCE = 5000
TOO_MANY = f"За один раз – не больше {MOST_AT_ONCE} заявок: решайте по классам."
LONGEST_SEARCH = 100
LATER_WORKING_DAYS = 3
LONGEST_WAIT = timedelta(days=90)
LAST_MOMENT = 4_000_000_000_000  # in the year 2096
LATER, DECIDED = "later", "decided"
FIRST = ["pile", "q", "school_class", "sort"]
TABS = [*Pile.values, LATER, DECIDED]


def moment_now() -> int:
    """What a page of the desk says of the moment at which it read the names."""
    return int(timezone.now().timestamp() * 1000)


class PackedKeysField(forms.CharField):
    """Keys of a selection that was asked about, in one field: a thousand fields are more than a form may have."""

    widget = forms.HiddenInput

    def clean(self, value: Any) -> list[str]:
        keys = [key for key in super().clean(value).split(",") if key]
        if not all(map(is_key, keys)):
            raise ValidationError(NOTHING_CHOSEN)
        if len(keys) > MOST_AT_ONCE:
            raise ValidationError(TOO_MANY)
        return keys


class DeskForm(SelectionForm):
    """A selection, or what stands on the pressed button (`one`), or everything that the filter of the page finds."""

    ids = KeysField(required=False, error_messages={"invalid_choice": NOTHING_CHOSEN})
    keys = PackedKeysField(required=False)
    batch = forms.UUIDField(required=False, widget=forms.HiddenInput)
    seen = forms.IntegerField(required=False, min_value=0, max_value=LAST_MOMENT, widget=forms.HiddenInput)
    """When the names were read, in milliseconds: see `moment_now`."""

    @classmethod
    def of(cls, request: HttpRequest) -> Self:
        data = request.POST.copy()
        if "one" in data:
            data.setlist("ids", [key for keys in data.getlist("one") for key in keys.split(",")])
            data.pop("keys", None)
        return cls(data)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not any(data.get(name) for name in ("ids", "keys", "batch")) and not self.wants_all:
            raise ValidationError(NOTHING_CHOSEN)
        return data

    @property
    def wants_all(self) -> bool:
        return self.data.get("all") == "yes" and "one" not in self.data

    @property
    def seen_at(self) -> datetime | None:
        moment = self.cleaned_data.get("seen")
        return None if moment is None else datetime.fromtimestamp(moment / 1000, UTC)

    @property
    def chosen(self) -> list[int]:
        typed = self.cleaned_data
        return [int(key) for key in [*typed.get("ids", []), *typed.get("keys", [])]]


class RejectForm(DeskForm):
    reason = forms.ChoiceField(label="Причина", choices=Reason.choices, widget=forms.RadioSelect)
    reason_text = TextField(label="Пояснение", required=False, max_length=300, help_text="Не называйте чужих имён.")
    offered_role = forms.ChoiceField(
        label="Предложить другую ссылку этого класса",
        required=False,
        help_text="Если человек ошибся ссылкой: верная придёт ему в письме и будет на странице заявки.",
    )
    is_reason_shown = forms.BooleanField(
        label="Показать причину заявителю", required=False, initial=True, help_text="Без неё человек узнает об отказе."
    )

    def __init__(self, *args: Any, organization: Organization, rows: list[JoinRequest], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = rows
        roles = [(role.value, role_word(role, organization.words)) for role in roles_of(organization.region)]
        self.fields["offered_role"].choices = [("", "не предлагать"), *roles]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("reason") == Reason.OTHER and not data.get("reason_text") and "reason_text" not in self.errors:
            self.add_error("reason_text", "Напишите причину: заявителю нужно понять, что делать.")
        if data.get("offered_role"):
            data["offered"] = self._live_link(data["offered_role"])
        return data

    def _live_link(self, role: str) -> Invitation | None:
        classes = {row.school_class_id for row in self.rows}
        if len(classes) > 1:
            self.add_error("offered_role", "Ссылку можно предложить заявкам одного класса: отклоните их по классам.")
            return None
        live = Invitation.objects.live().filter(role=role, school_class__in=classes).first()
        if live is None:
            self.add_error("offered_role", "Действующей ссылки для этой роли нет: выпустите её или не предлагайте.")
        return live


class PostponeForm(DeskForm):
    until = DayField(label="Вернуться к заявке")
    note = TextField(
        label="Заметка",
        required=False,
        max_length=300,
        help_text="Например: позвонить маме вечером. Видит только школа; уничтожается вместе с заявкой.",
    )

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = organization.today
        self.fields["until"].initial = later_day(self.today)

    def clean_until(self) -> date:
        day: date = self.cleaned_data["until"]
        if not self.today < day <= self.today + LONGEST_WAIT:
            raise ValidationError("Выберите день с завтрашнего и не дальше чем через 90 дней.")
        return day


def later_day(today: date) -> date:
    return add_working_days(today, LATER_WORKING_DAYS)


class QueueForm(forms.Form):
    """The filter and the order, kept in the address. What cannot be read counts as not asked for."""

    pile = forms.ChoiceField(required=False, choices=[(tab, tab) for tab in TABS], widget=forms.HiddenInput)
    q = TextField(label="Имя или номер", required=False, max_length=LONGEST_SEARCH)
    school_class = forms.ChoiceField(label="Класс", required=False)
    role = forms.ChoiceField(label="Роль", required=False)
    mark = forms.ChoiceField(
        label="Классный руководитель", required=False, choices=[("", "все"), *Mark.choices, ("none", "не ответил")]
    )
    age = forms.ChoiceField(label="Ждут", required=False)
    status = forms.ChoiceField(label="Решение", required=False)
    sort = forms.ChoiceField(
        label="Порядок",
        required=False,
        choices=[("", "сначала давние"), ("class", "по классам"), ("name", "по имени")],
    )

    def __init__(self, *args: Any, organization: Organization, classes: dict[int, SchoolClass], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words, days = organization.words, organization.region.reminder_after_days
        roles = [(role.value, role_word(role, words)) for role in roles_of(organization.region)]
        self._choose("school_class", [(str(pk), row.name) for pk, row in classes.items()])
        self._choose("role", roles)
        self._choose("age", [("late", f"дольше {days} раб. дн."), ("today", "подали сегодня")])
        self._choose("status", [(status.value, status.label) for status in (RequestStatus.PENDING, *FINAL)])
        self.fields["school_class"].label = words.klass.capitalize()
        self.fields["mark"].label = words.leader.capitalize()

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = [("", "все"), *choices]  # type: ignore[attr-defined]

    @property
    def asked(self) -> dict[str, str]:
        """What is asked for and makes sense; a decision asked for without a tab means the decided ones."""
        self.is_valid()
        asked = {name: value for name, value in self.cleaned_data.items() if value}
        if "pile" not in asked and asked.get("status") in FINAL:
            asked["pile"] = DECIDED
        if asked.get("pile") == DECIDED:
            asked.pop("age", None)
        else:
            asked.pop("status", None)
        if asked.get("status") == RequestStatus.PENDING:
            del asked["status"]
        return asked

    def keep_to(self, tab: str) -> None:
        """Shows the fields that mean something on this tab."""
        for name in ("age",) if tab == DECIDED else ("status",):
            del self.fields[name]

    @property
    def first_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in FIRST]

    @property
    def further_fields(self) -> list[forms.BoundField]:
        return [field for field in self if field.name not in FIRST]
