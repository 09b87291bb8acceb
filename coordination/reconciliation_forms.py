"""Forms and filters of the reconciliation with Sferum's table."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from accounts.models import User
from coordination.models import Contradiction, SferumTable
from coordination.models.reconciliation import ContradictionQuerySet
from coordination.sferum_table import TELLING, Column, guess
from coordination.statuses import ContradictionStatus, Contrast, Verdict
from foundation.fields import TextField
from foundation.filters import SearchFilter
from foundation.tables import NotATable, read_table
from foundation.templatetags.portal import count
from organizations.models import Coordinator, ImportLayout, Municipality, Organization, Region
from organizations.statuses import Step

_MOST_BYTES = 20 * 1024 * 1024
_MOST_ROWS = 20_000
_EXAMPLES = 3
_WHOLE = 0.7  # of the registered ones: a shorter table is a part of a list sooner than a list of which so many are gone
_MARK = "сверка с таблицей Сферума"  # the same header in a registry file means other columns


def regions_of(user: User) -> "list[Region]":
    if user.is_staff:
        return list(Region.objects.all())
    mine = Coordinator.objects.acting().filter(user=user).values("region")
    return list(Region.objects.filter(pk__in=mine))


class TableForm(forms.Form):
    """A file that can be read as a table at all; what its columns are is asked next."""

    file = forms.FileField(
        label="Таблица Сферума",
        help_text="XLSX, XLS, ODS или CSV в любом виде, до 20 МБ и 20 000 строк. Столбцы укажете на следующем шаге.",
        error_messages={"required": "Выберите файл.", "empty": "Файл пустой."},
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.xlsb,.ods,.csv,.tsv,.txt"}),
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.regions = user, regions_of(user)
        if len(self.regions) > 1:
            choices = [(str(region.pk), region.name) for region in self.regions]
            self.fields["region"] = forms.ChoiceField(label="Регион", choices=choices)

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if (file.size or 0) > _MOST_BYTES:
            raise ValidationError("Файл больше 20 МБ. Оставьте в нём один лист с таблицей.")
        try:
            rows = read_table(file.read()).rows
        except NotATable as error:
            raise ValidationError(str(error)) from error
        if len(rows) > _MOST_ROWS:
            raise ValidationError("В таблице больше 20 000 строк. Разделите файл, например, по районам.")
        if len(rows) < 2:
            raise ValidationError("В таблице нет строк под заголовком.")
        self.cleaned_data["rows"] = rows
        return file

    def save(self) -> SferumTable:
        data, pk = self.cleaned_data, self.cleaned_data.get("region")
        region = next(each for each in self.regions if pk in (None, str(each.pk)))
        layout = guess(data["rows"])
        known = ImportLayout.objects.known(region.code, [_MARK, *layout.titles])
        columns = {name: at[0] for name, at in known.items()} if known else layout.columns
        return SferumTable.objects.create(
            region=region,
            uploaded_by=self.user,
            name="".join(filter(str.isprintable, data["file"].name))[:200] or "таблица",
            titles=layout.titles,
            columns=columns,
            rows=data["rows"][layout.first_row :],
        )


class Asked(NamedTuple):
    title: str
    examples: list[str]
    field: forms.BoundField


class ColumnsForm(forms.Form):
    """One select for each column of the table; remembered for the region's next one with the same header."""

    def __init__(self, table: SferumTable, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.table = table
        meant = {index: name for name, index in table.columns.items()}
        look = forms.Select(attrs={"class": "form-select"})
        for index, title in enumerate(table.titles):
            self.fields[f"column_{index}"] = forms.ChoiceField(
                label=title or f"Столбец {index + 1}",
                choices=[("", "не нужен"), *Column.choices],
                required=False,
                initial=meant.get(index, ""),
                widget=look,
            )
        registered = self._registered()
        self.fields["is_complete"] = forms.BooleanField(
            label="В таблице вся моя территория: кого в ней нет, тот в Сферуме не зарегистрирован",
            required=False,
            initial=table.is_complete and len(table.rows) >= _WHOLE * registered,
            help_text=f"Строк в таблице: {count(len(table.rows))}. Зарегистрировано в портале: {count(registered)}. "
            "Если таблица – только часть, снимите отметку.",
            widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
        )

    def _registered(self) -> int:
        mine = Organization.objects.supervised_by(self.table.uploaded_by).filter(region=self.table.region_id)
        return mine.filter(step__gte=Step.REGISTERED).order_by().count()

    def columns(self) -> Iterator[Asked]:
        for index in range(len(self.table.titles)):
            cells = (row[index] for row in self.table.rows if index < len(row) and row[index])
            examples = [cell[:80] for cell, _ in zip(cells, range(_EXAMPLES), strict=False)]
            yield Asked(str(self[f"column_{index}"].label), examples, self[f"column_{index}"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        columns: dict[str, int] = {}
        for index in range(len(self.table.titles)):
            name = cleaned.get(f"column_{index}")
            if name and name in columns:
                self.add_error(f"column_{index}", f"«{Column(name).label}» уже выбран для другого столбца.")
            elif name:
                columns[name] = index
        if not self.errors and not columns.keys() & {each.value for each in TELLING}:
            raise ValidationError("Укажите, в каком столбце наименование, ИНН или ОГРН: без них организацию не узнать.")
        cleaned["columns"] = columns
        return cleaned

    def save(self) -> None:
        columns, table = self.cleaned_data["columns"], self.table
        titles = [_MARK, *table.titles]
        ImportLayout.objects.remember(table.region.code, titles, {name: [at] for name, at in columns.items()})
        table.queue(columns, is_complete=self.cleaned_data["is_complete"])


class VerdictForm(forms.Form):
    verdict = forms.ChoiceField(choices=Verdict.choices, widget=forms.HiddenInput)
    note = TextField(label="Чем кончилось", max_length=500, required=False)
    next = TextField(max_length=2000, required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("verdict") == Verdict.NOTED and not cleaned.get("note"):
            self.add_error("note", "Напишите, чем кончилось: это прочтут при следующей сверке.")
        return cleaned


class ContradictionFilter(django_filters.FilterSet):  # type: ignore[misc]  # the library is not typed
    q = SearchFilter(
        label="Поиск",
        method="search",
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "название или ИНН"}),
    )
    kind = django_filters.ChoiceFilter(label="В чём", choices=Contrast.choices, empty_label="всё")
    status = django_filters.ChoiceFilter(label="Состояние", choices=ContradictionStatus.choices, empty_label="любое")
    municipality = django_filters.ChoiceFilter(label="Муниципалитет", method="in_municipality", empty_label="все")

    class Meta:
        model = Contradiction
        fields: list[str] = []

    def __init__(self, data: QueryDict, user: User) -> None:
        if "status" not in data:
            data = data.copy()
            data["status"] = ContradictionStatus.OPEN
        super().__init__(data, Contradiction.objects.visible_to(user))
        mine = Organization.objects.supervised_by(user).order_by().values("municipality")
        names = Municipality.objects.filter(pk__in=mine).values_list("pk", "name")
        self.filters["municipality"].extra["choices"] = [(str(pk), name) for pk, name in names]

    @property
    def found(self) -> ContradictionQuerySet:
        rows: ContradictionQuerySet = self.qs if self.is_valid() else self.queryset.none()
        beside = ("organization__municipality", "organization__region", "closed_by", "table")
        return rows.select_related(*beside).order_by("-table", "organization__search_key", "pk")

    @property
    def is_narrowed(self) -> bool:
        return any(self.data.get(name) for name in ("q", "kind", "municipality"))

    def search(self, queryset: ContradictionQuerySet, name: str, value: str) -> ContradictionQuerySet:
        named = Organization.objects.all().named(value).order_by().values("pk")
        return queryset.filter(organization__in=named) | queryset.filter(organization=None, name__icontains=value)

    def in_municipality(self, queryset: ContradictionQuerySet, name: str, value: str) -> ContradictionQuerySet:
        return queryset.filter(organization__municipality=int(value))
