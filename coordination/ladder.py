"""The ladder of reminders: administrator → head → municipality → region, with days and words for each stage."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When

from coordination.models import RungSetting, Snooze
from coordination.statuses import Rung, Stage
from organizations.journey import holder_expression, stands_since
from organizations.models import Organization, Region
from organizations.statuses import Holder

TEXTS = {
    Rung.ADMINISTRATOR: (
        "{организация}. Следующий шаг: {шаг}.\n"
        "Без движения {дней}, с {дата}. Сделать это можно здесь: {ссылка}\n"
        "Если что-то мешает, скажите координатору: вместе получится быстрее."
    ),
    Rung.HEAD: (
        "{организация}. Подключение к Сферуму остановилось. Следующий шаг: {шаг}.\n"
        "Его делает администратор, которого вы назначили. Без движения {дней}, с {дата}.\n"
        "Пожалуйста, помогите: дайте на это время или назначьте заместителя."
    ),
    Rung.MUNICIPALITY: (
        "{организация}. Следующий шаг: {шаг}. Без движения {дней}, с {дата}.\n"
        "Напоминания в саму организацию не помогли. Позвоните, пожалуйста: {ссылка}"
    ),
    Rung.REGION: (
        "{организация} ({муниципалитет}). Следующий шаг: {шаг}. Без движения {дней}, с {дата}.\n"
        "Ни организация, ни муниципалитет шага не сделали: {ссылка}"
    ),
}
_WHO = (
    "{организация} зарегистрирована в Сферуме, но мы не знаем, кто сейчас за него отвечает.\n"
    "Ответьте, пожалуйста, на письмо с этим вопросом или позвоните нам."
)
_NOBODY = (
    "{организация}. Администратор Сферума не назначен: {дней}, с {дата}.\n"
    "Назначьте того, кто отвечает за Сферум, по этой ссылке – учётная запись не нужна: {ссылка}"
)
# Working days without a move. A letter is work of minutes; accepting people and moving chats is work of weeks.
_DAYS = {
    Stage.APPOINTED: (3, 7, 12, 20),
    Stage.REGISTERED: (3, 7, 12, 20),
    Stage.SIGNED_IN: (5, 10, 15, 25),
    Stage.CLASSES: (5, 10, 15, 25),
    Stage.INVITED: (10, 20, 30, 45),
}

_DAYS_OF_HEADS = (5, 10, 20)


@dataclass(frozen=True)
class RungRule:
    stage: Stage
    rung: Rung
    is_on: bool
    after_days: int
    text: str
    original: str

    @property
    def is_own_text(self) -> bool:
        return self.text != self.original


Ladder = Mapping[Stage, Mapping[Rung, RungRule]]


def built_in() -> dict[Stage, dict[Rung, RungRule]]:
    """The two ladders that begin with the head are off until the region wants them.

    Who answers is asked by letters of its own («сверка»), and the first word to a head is the coordinator's.
    """
    ladder = {
        stage: {
            rung: RungRule(stage, rung, True, days, TEXTS[rung], TEXTS[rung])
            for rung, days in zip(Rung, _DAYS[stage], strict=True)
        }
        for stage in _DAYS
    }
    who = {
        Rung.HEAD: (5, _WHO),
        Rung.MUNICIPALITY: (10, TEXTS[Rung.MUNICIPALITY]),
        Rung.REGION: (20, TEXTS[Rung.REGION]),
    }
    asked = {rung: RungRule(Stage.WHO, rung, False, days, text, text) for rung, (days, text) in who.items()}
    days = zip((Rung.HEAD, Rung.MUNICIPALITY, Rung.REGION), _DAYS_OF_HEADS, strict=True)
    texts = {**TEXTS, Rung.HEAD: _NOBODY}
    named = {rung: RungRule(Stage.NOBODY, rung, False, after, texts[rung], texts[rung]) for rung, after in days}
    return {Stage.NOBODY: named, Stage.WHO: asked, **ladder}


def ladder_of(region: Region) -> dict[Stage, dict[Rung, RungRule]]:
    """The built-in ladder with what the region has changed. One statement."""
    ladder = built_in()
    for row in RungSetting.objects.filter(region=region):
        rules = ladder[Stage(row.stage)]
        if rule := rules.get(Rung(row.rung)):
            changed = replace(rule, is_on=row.is_on, after_days=row.after_days, text=row.text or rule.original)
            rules[rule.rung] = changed
    return ladder


def waiting_for_school(region: Region, day: date) -> "QuerySet[Any]":
    """Organizations whose next move is the school's, with `stage` and `since`.

    Where Sferum owes an answer nobody is reminded. Nor where a coordinator has put the organization off beyond `day`:
    she knows why it stands still.
    """
    rows = Organization.objects.listed().filter(region=region).annotate(since=stands_since())
    rows = rows.exclude(pk__in=Snooze.objects.active(day).order_by().values("organization"))
    stage = Case(
        When(step=None, then=Value(Stage.NOBODY)),
        When(holder=Holder.HEAD, then=Value(Stage.WHO)),
        default=F("step"),
        output_field=IntegerField(),
    )
    schools = Q(holder__in=(Holder.ADMINISTRATOR, Holder.HEAD), since__isnull=False)
    return rows.annotate(holder=holder_expression()).filter(schools).annotate(stage=stage)
