"""Filters of the list of organizations. They live in the address, so every figure can link to exactly its rows."""

from datetime import date
from typing import Any, ClassVar

import django_filters
from django import forms
from django.core.validators import MinValueValidator
from django.db.models import Q, QuerySet
from django.http import QueryDict

from accounts.models import User
from coordination import figures
from coordination.ages import aged
from coordination.chats import chat_standing
from coordination.desk import Desk
from coordination.digests import FROM_HOUR, has_moved_since, morning_of
from coordination.doubts import with_doubts
from coordination.past import past_of
from coordination.sources import known_from
from coordination.stalled import stalled_q
from coordination.statuses import Age, ChatStanding, Doubt
from foundation.filters import FoldedFilterSet, SearchFilter
from invitations.models import JoinRequest
from organizations.journey import holder_expression
from organizations.models import Appointment, Municipality, Organization
from organizations.models.organization import OrganizationQuerySet
from organizations.searching import Found, search
from organizations.statuses import AdministratorState, AppointmentRole, Holder, Kind, Source, Step
from registrations.clock import due_today, overdue_since

NONE = "none"
OTHERS = "others"
WAITING = "waiting"
UNSENT = "unsent"
ANSWERED = "answered"
OVERDUE = "overdue"
DUE = "due"
ANY = "any"
YES, NO = "yes", "no"
CLOSED = "closed"
# Snapshots do not keep it.
TODAY_ONLY = ("no_email", "requests", "letters", "doubt", "stalled", "deputy", "closed", "source", "chats", "moved")


class OrganizationFilter(FoldedFilterSet):
    first: ClassVar[tuple[str, ...]] = ("q", "municipality", "kind", "step")
    q = SearchFilter(
        label="Поиск",
        method="search",
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "лицей 8 томск, №29, ИНН"}),
    )
    municipality = django_filters.ChoiceFilter(label="Муниципалитет", method="in_municipality", empty_label="все")
    kind = django_filters.ChoiceFilter(
        label="Вид",
        choices=[*Kind.choices, (OTHERS, "все, кроме школ")],
        method="of_kind",
        empty_label="все",
    )
    step = django_filters.ChoiceFilter(
        label="Этап сейчас", choices=[(NONE, "ещё не начали"), *Step.choices], method="at_step", empty_label="любой"
    )
    reached = django_filters.ChoiceFilter(
        label="Дошли до этапа", choices=Step.choices, field_name="step", lookup_expr="gte", empty_label="любого"
    )
    administrator = django_filters.MultipleChoiceFilter(
        label="Администратор",
        choices=AdministratorState.choices,
        field_name="administrator_state",
        widget=forms.CheckboxSelectMultiple,
    )
    holder = django_filters.ChoiceFilter(
        label="Ход за", choices=Holder.choices, method="held_by", empty_label="кем угодно"
    )
    no_email = django_filters.BooleanFilter(
        label="Без почты", method="without_email", widget=forms.CheckboxInput, required=False
    )
    not_registered = django_filters.BooleanFilter(
        label="Не зарегистрированы", method="unregistered", widget=forms.CheckboxInput
    )

    requests = django_filters.ChoiceFilter(
        label="Заявки",
        choices=[(WAITING, "ждут решения"), *((age.value, f"ждут: {age.label}") for age in Age)],
        method="with_requests",
        empty_label="не важно",
    )
    letters = django_filters.ChoiceFilter(
        label="Письма в Сферум",
        choices=[
            (WAITING, "без ответа"),
            (DUE, "срок ответа сегодня"),
            (OVERDUE, "без ответа дольше обычного"),
            (ANSWERED, "ответ пришёл, не записан"),
            (UNSENT, "готовы, не отправлены"),
        ],
        method="with_letters",
        empty_label="не важно",
    )

    doubt = django_filters.ChoiceFilter(
        label="Администратор ещё на месте?",
        choices=[(ANY, "есть вопрос"), *Doubt.choices],
        method="in_doubt",
        empty_label="не важно",
    )

    deputy = django_filters.ChoiceFilter(
        label="Заместитель",
        choices=[(YES, "есть, действует"), (NO, "нет")],
        method="with_deputy",
        empty_label="не важно",
    )

    searched: Found | None = None
    """What the search of the address came to, once the rows were asked for."""

    closed = django_filters.ChoiceFilter(
        label="Закрытые", choices=[(CLOSED, "только закрытые")], method="unchanged", empty_label="не показывать"
    )

    source = django_filters.ChoiceFilter(
        label="На чём основан этап", choices=Source.choices, method="known_so", empty_label="не важно"
    )

    moved = django_filters.DateFilter(
        label="Прошли этап начиная с дня",
        method="moved_since",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        validators=[MinValueValidator(date(2020, 1, 1))],
        help_text=f"С {FROM_HOUR} часов утра этого дня, как в утренней сводке.",
    )

    chats = django_filters.ChoiceFilter(
        label="Перенос чатов", choices=ChatStanding.choices, method="with_chats", empty_label="не важно"
    )

    stalled = django_filters.BooleanFilter(
        label="Стоят дольше нормы", method="stalled_too_long", widget=forms.CheckboxInput
    )
    as_of = django_filters.DateFilter(
        label="Состояние на день",
        method="on_that_day",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="Пусто: сегодня.",
    )

    class Meta:
        model = Organization
        fields: list[str] = []

    def __init__(self, data: QueryDict, user: User, desk: Desk | None = None) -> None:
        """Over the territory, as the desk counts it; over the own organizations where there is none."""
        self.desk, everything = desk or Desk(user, ""), Organization.objects.all()
        rows = everything.supervised_by(user) if self.desk.sees_territory else everything.administered_by(user)
        if self.desk.coordinates and not user.is_staff:
            # No narrower than the rights; with its region named, the index of its list's order serves.
            rows = rows.filter(region__in=[row.region_id for row in self.desk.coordinates])
        self.past = past_of(data.get("as_of", ""), rows) if "as_of" in self.base_filters else None
        super().__init__(data, self.past.listed(rows) if self.past else rows)
        for name in ("reached", "administrator"):
            self.filters[name].field_name = self._then(str(self.filters[name].field_name))
        # Of that day: a place may have lost its last organization since.
        there: QuerySet[Any] = self.past.standings(rows) if self.past else rows
        municipalities = Municipality.objects.filter(pk__in=there.order_by().values("municipality"))
        self.filters["municipality"].extra["choices"] = [
            *((str(pk), name) for pk, name in municipalities.values_list("pk", "name")),
            (NONE, "не указан"),
        ]

    @property
    def found(self) -> OrganizationQuerySet:
        """The rows; none where a filter in the address makes no sense, with the reason at its field."""
        rows: OrganizationQuerySet = self.qs if self.is_valid() else self.queryset.none()
        return rows

    @property
    def is_actionable(self) -> bool:
        """Whether one may act on «все найденные»: neither on a past day nor on what the search has only guessed."""
        self.found  # noqa: B018 - asking for the rows is what searches
        return not self.past and not (self.searched and self.searched.is_similar)

    @property
    def actionable(self) -> OrganizationQuerySet:
        return self.found if self.is_actionable else self.found.none()

    def is_valid(self) -> bool:
        """A condition that only today knows is refused for a past day: left out, it would show too many."""
        valid: bool = super().is_valid()
        for name in TODAY_ONLY if valid and self.past else ():
            if self.form.cleaned_data.get(name):
                self.form.add_error(name, "О прошлых днях этого не известно. Снимите условие или вернитесь к сегодня.")
                valid = False
        return valid

    def _then(self, name: str) -> str:
        """The field as it is, or as it was on the day that is shown."""
        return f"was_{name}" if self.past else name

    def stalled_too_long(self, queryset: OrganizationQuerySet, name: str, value: Any) -> OrganizationQuerySet:
        return queryset.filter(stalled_q()) if value else queryset

    def on_that_day(self, queryset: OrganizationQuerySet, name: str, value: Any) -> OrganizationQuerySet:
        return queryset  # the day has chosen the rows before any condition

    @property
    def is_searched(self) -> bool:
        return self.searched is not None

    @property
    def closed_matches(self) -> int:
        """How many closed organizations bear what was searched for; asked where no open one does. One statement."""
        asked = self.form.cleaned_data if self.is_valid() and not self.past else {}
        is_sought = asked.get("q") and not asked.get("closed")
        return self.queryset.closed().named(asked["q"]).count() if is_sought else 0

    @property
    def is_narrowed(self) -> bool:
        return not self.form.is_valid() or any(
            value not in (None, "", [], False) for value in getattr(self.form, "cleaned_data", {}).values()
        )

    def search(self, queryset: OrganizationQuerySet, name: str, value: str) -> OrganizationQuerySet:
        self.searched = search(queryset, value)
        return self.searched.rows

    def filter_queryset(self, queryset: OrganizationQuerySet) -> OrganizationQuerySet:
        """What is closed is asked for by name, or not there at all."""
        is_asked = self.form.cleaned_data.get("closed") == CLOSED
        if not self.past:  # the day has chosen those that were listed then
            queryset = queryset.closed() if is_asked else queryset.listed()
        rows: OrganizationQuerySet = super().filter_queryset(queryset)
        return rows

    def unchanged(self, queryset: OrganizationQuerySet, name: str, value: str) -> OrganizationQuerySet:
        return queryset

    def in_municipality(self, queryset: OrganizationQuerySet, name: str, value: str) -> OrganizationQuerySet:
        return queryset.filter(**{self._then("municipality"): None if value == NONE else int(value)})

    def of_kind(self, queryset: OrganizationQuerySet, name: str, value: str) -> OrganizationQuerySet:
        kind = self._then("kind")
        return queryset.exclude(**{kind: Kind.SCHOOL}) if value == OTHERS else queryset.filter(**{kind: value})

    def at_step(self, queryset: OrganizationQuerySet, name: str, value: str) -> OrganizationQuerySet:
        return queryset.filter(**{self._then("step"): None if value == NONE else value})

    def held_by(self, queryset: OrganizationQuerySet, name: str, value: str) -> OrganizationQuerySet:
        if self.past:
            return queryset.filter(**{self._then("holder"): value})
        return queryset.annotate(holder=holder_expression()).filter(holder=value)

    def without_email(self, queryset: OrganizationQuerySet, name: str, value: Any) -> OrganizationQuerySet:
        return queryset.filter(email="") if value else queryset

    def unregistered(self, queryset: OrganizationQuerySet, name: str, value: Any) -> OrganizationQuerySet:
        step = self._then("step")
        return queryset.filter(Q(**{step: None}) | Q(**{f"{step}__lt": Step.REGISTERED})) if value else queryset

    def with_requests(self, queryset: OrganizationQuerySet, name: str, value: str) -> OrganizationQuerySet:
        waiting = (
            JoinRequest.objects.waiting() if value == WAITING else JoinRequest.objects.waiting().filter(aged(value))
        )
        return queryset.filter(pk__in=waiting.values("organization"))

    def with_chats(self, queryset: OrganizationQuerySet, name: str, value: str) -> OrganizationQuerySet:
        return queryset.annotate(chat_standing=chat_standing()).filter(chat_standing=value)

    def with_deputy(self, queryset: OrganizationQuerySet, name: str, value: str) -> OrganizationQuerySet:
        deputies = Appointment.objects.acting().filter(role=AppointmentRole.DEPUTY)
        is_helped = Q(pk__in=deputies.values("organization"))
        return queryset.filter(is_helped if value == YES else ~is_helped)

    def moved_since(self, queryset: OrganizationQuerySet, name: str, value: date) -> OrganizationQuerySet:
        region = self.desk.region  # a worker, which writes the list into a file, has no zone of its own
        return queryset.filter(has_moved_since(morning_of(value, region.zone))) if region else queryset

    def known_so(self, queryset: OrganizationQuerySet, name: str, value: str) -> OrganizationQuerySet:
        return queryset.filter(known_from(value))

    def in_doubt(self, queryset: OrganizationQuerySet, name: str, value: str) -> "QuerySet[Any]":
        doubtful = with_doubts(queryset)
        return doubtful if value == ANY else doubtful.filter(doubt=value)

    def with_letters(self, queryset: OrganizationQuerySet, name: str, value: str) -> OrganizationQuerySet:
        conditions = {
            WAITING: figures.waits_for_sferum,
            DUE: lambda: figures.waits_until_today(due_today()),
            OVERDUE: lambda: figures.waits_too_long(overdue_since()),
            ANSWERED: figures.has_unread_answer,
            UNSENT: figures.has_unsent_letter,
        }
        return queryset.filter(conditions[value]())
