"""The form in which a person looks at what each column was taken for, and says otherwise."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError

from organizations.columns import REPEATABLE, Field
from organizations.models import ImportFile, ImportLayout

_BOTH = "inn+kpp"
_SKIP = ("", "не загружать")
_TELLING = frozenset({Field.FULL_NAME, Field.SHORT_NAME, Field.INN, Field.OGRN})


class Column(NamedTuple):
    title: str
    examples: list[str]
    field: forms.BoundField


class ColumnsForm(forms.Form):
    """One select a column. What is chosen is remembered for the region's next file with the same header."""

    def __init__(self, file: ImportFile, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.file = file
        meant = _meanings(file.layout["columns"])
        look = forms.Select(attrs={"class": "form-select"})
        choices = [_SKIP, *Field.choices, (_BOTH, "ИНН и КПП в одной ячейке")]
        for index, title in enumerate(file.layout["titles"]):
            label = title or f"Столбец {index + 1}"
            self.fields[f"column_{index}"] = forms.ChoiceField(
                label=label, choices=choices, required=False, initial=meant.get(index, ""), widget=look
            )

    def rows(self) -> Iterator[Column]:
        for index, examples in enumerate(self.file.layout["examples"]):
            field = self[f"column_{index}"]
            yield Column(str(field.label), examples, field)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        columns: dict[str, list[int]] = defaultdict(list)
        for index in range(len(self.file.layout["titles"])):
            value = cleaned[f"column_{index}"]
            for name in ("inn", "kpp") if value == _BOTH else filter(None, [value]):
                if columns[name] and Field(name) not in REPEATABLE:
                    first = self.fields[f"column_{columns[name][0]}"].label
                    self.add_error(f"column_{index}", f"«{Field(name).label}» уже выбран для столбца «{first}».")
                columns[name].append(index)
        if not columns.keys() & {field.value for field in _TELLING}:
            raise ValidationError("Укажите, в каком столбце наименование, ИНН или ОГРН: без них организацию не узнать.")
        if not self.file.region_code and Field.REGION.value not in columns:
            raise ValidationError("Укажите столбец с регионом или загрузите файл снова и выберите регион.")
        cleaned["columns"] = dict(columns)
        return cleaned

    def save(self) -> None:
        layout = self.file.layout | {"columns": self.cleaned_data["columns"]}
        if layout["columns"] != self.file.layout["columns"]:
            ImportLayout.objects.remember(self.file.region_code, layout["titles"], layout["columns"])
        ImportFile.objects.filter(pk=self.file.pk).update(layout=layout)
        self.file.layout = layout


def _meanings(columns: dict[str, list[int]]) -> dict[int, str]:
    found: dict[int, str] = {}
    for name, indexes in columns.items():
        for index in indexes:
            found[index] = _BOTH if {found.get(index), name} == {"inn", "kpp"} else name
    return found
