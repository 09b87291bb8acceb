"""The form of the year roll-over: what becomes of each class, and which classes begin anew."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from django import forms

from foundation.fields import TextField
from foundation.folding import fold
from invitations.statuses import Fate
from invitations.year_plan import LAST_GRADES, Move, YearPlan, twice
from organizations.models import Organization, SchoolClass
from organizations.models.school_class import ClassDraft, fold_section
from organizations.statuses import Kind

MOST_FRESH = LONGEST_SECTION = 20
_FRESH_WORDS = {1: "Новые 1-е классы", 10: "10-е классы"}


class PlanRow(NamedTuple):
    school_class: SchoolClass
    fate: forms.BoundField
    name: forms.BoundField | None
    becomes: str
    """What stands before the letter: «8»; nothing before the name of a group."""


class RolloverForm(forms.Form):
    """A line for each class of the old year; its name in the new one is asked only where it goes on."""

    def __init__(self, organization: Organization, classes: list[SchoolClass], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organization, self.classes = organization, classes
        self.fresh: dict[str, tuple[int, str]] = {}
        for row in classes:
            self._ask_about(row)
        if organization.kind == Kind.SCHOOL:
            self._ask_for_fresh()

    def _ask_about(self, row: SchoolClass) -> None:
        self.fields[f"fate-{row.pk}"] = forms.ChoiceField(
            label=f"{row.name}: что дальше",
            choices=_fates(row),
            initial=_usual_fate(row, self.organization),
            error_messages={"required": "Выберите, что дальше."},
        )
        if row.grade not in LAST_GRADES:
            is_group = row.grade is None
            self.fields[f"name-{row.pk}"] = TextField(
                label=f"{row.name}: {'название' if is_group else 'буква'} в новом году",
                max_length=120 if is_group else LONGEST_SECTION,
                required=False,
                initial=row.group_name if is_group else row.section,
            )
        for name in (f"fate-{row.pk}", f"name-{row.pk}"):
            if field := self.fields.get(name):
                style = "form-select" if name.startswith("fate") else "form-control"
                field.widget.attrs.update({"class": style, "aria-label": field.label})

    def _ask_for_fresh(self) -> None:
        sites = {fold(row.site): row.site for row in self.classes}.values()
        for grade, words in _FRESH_WORDS.items():
            for number, site in enumerate(sites):
                name = f"fresh-{grade}-{number}"
                self.fresh[name] = (grade, site)
                self.fields[name] = TextField(
                    label=f"{words}, {site}" if site else words,
                    max_length=120,
                    required=False,
                    help_text="Буквы через запятую: А, Б. Пусто – не создавать.",
                )

    def rows(self) -> Iterator[PlanRow]:
        for row in self.classes:
            name = self[f"name-{row.pk}"] if f"name-{row.pk}" in self.fields else None
            yield PlanRow(row, self[f"fate-{row.pk}"], name, str(row.grade + 1) if name and row.grade else "")

    def fresh_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fresh]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in self.fresh:
            letters = _letters(cleaned.get(name, ""))
            if len(letters) > MOST_FRESH or any(len(letter) > LONGEST_SECTION for letter in letters):
                self.add_error(name, f"Не больше {MOST_FRESH} классов, каждый не длиннее {LONGEST_SECTION} знаков.")
        for row in self.classes:
            is_promoted = cleaned.get(f"fate-{row.pk}") == Fate.PROMOTE
            if is_promoted and row.grade is None and cleaned.get(f"name-{row.pk}") == "":
                self.add_error(f"name-{row.pk}", "Впишите название на новый год.")
        self._refuse_twins()
        return cleaned

    def _refuse_twins(self) -> None:
        """Two classes under one name: said at each of their fields, for either may be the mistaken one."""
        drafts = dict(self._drafts())
        names = set(twice(draft for each in drafts.values() for draft in each))
        for field, each in drafts.items():
            if mine := [draft.name for draft in each if draft.name in names]:
                self.add_error(field, f"Два класса получают одно имя: {', '.join(dict.fromkeys(mine))}.")

    def _drafts(self) -> Iterator[tuple[str, list[ClassDraft]]]:
        """By the field that named them."""
        for move in self._moves():
            has_name = move.school_class.grade is not None or move.group_name
            if move.fate == Fate.PROMOTE and has_name:
                yield f"name-{move.school_class.pk}", [move.draft(move.school_class)]
        for name, (grade, site) in self.fresh.items():
            letters = _letters(self.cleaned_data.get(name, ""))
            yield name, [ClassDraft(grade=grade, section=letter, site=site) for letter in letters]

    def _moves(self) -> Iterator[Move]:
        for row in self.classes:
            fate, name = self.cleaned_data.get(f"fate-{row.pk}"), self.cleaned_data.get(f"name-{row.pk}", "")
            if fate and row.grade is None:
                yield Move(row, Fate(fate), group_name=name)
            elif fate:
                yield Move(row, Fate(fate), section=fold_section(name))

    def plan(self, from_year: int) -> YearPlan:
        fresh = [draft for name, drafts in self._drafts() if name in self.fresh for draft in drafts]
        return YearPlan(from_year, tuple(self._moves()), tuple(fresh))


def _fates(row: SchoolClass) -> list[tuple[str, str]]:
    if row.grade is None:
        return [
            ("", "– выберите –"),
            (Fate.PROMOTE, "продолжает учиться"),
            (Fate.ARCHIVE, "выпуск: в архив"),
            (Fate.LEAVE, Fate.LEAVE.label),
        ]
    if row.grade in LAST_GRADES:
        return [(Fate.ARCHIVE, "выпуск: в архив"), (Fate.LEAVE, Fate.LEAVE.label)]
    return [
        (Fate.PROMOTE, f"{'во' if row.grade == 1 else 'в'} {row.grade + 1} класс"),
        (Fate.ARCHIVE, "расформирован: в архив"),
        (Fate.LEAVE, Fate.LEAVE.label),
    ]


def _usual_fate(row: SchoolClass, organization: Organization) -> str:
    """A college's group is always decided by hand; a kindergarten's mostly goes on under its name."""
    if row.grade is None:
        return Fate.PROMOTE if organization.kind == Kind.KINDERGARTEN else ""
    return Fate.ARCHIVE if row.grade in LAST_GRADES else Fate.PROMOTE


def _letters(text: str) -> list[str]:
    return list(dict.fromkeys(filter(None, (fold_section(each) for each in re.split(r"[,;\s]+", text)))))
