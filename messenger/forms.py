"""Forms of the chats' pages: what is listed, what was decided."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from foundation.fields import LongTextField, PastDayField, TextField
from foundation.folding import clean_text
from messenger.models import Chat
from messenger.pasted import Fate, Line, read_lines
from messenger.statuses import Reason
from organizations.models import Organization

MOST_CHATS = 1000


class PastedField(LongTextField):
    """Lines that may be rows of a table: tabs between the cells are kept."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(strip=False, **kwargs)

    def to_python(self, value: Any) -> str:
        text = forms.CharField.to_python(self, value) or ""
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        kept = ["\t".join(map(clean_text, line.split("\t"))) for line in lines]
        return "\n".join(kept) if any(line.strip() for line in kept) else ""


class NamesForm(forms.Form):
    """Chats as they are called, one a line, or a table."""

    names = PastedField(
        label="Названия чатов",
        max_length=40_000,
        help_text="По одному на строке: «7Б родители», «Учителя начальной школы». Можно вставить таблицу из Excel: "
        "название, класс, сколько администраторов, где чат сейчас. Перед записью покажем, что получится.",
        error_messages={"required": "Впишите хотя бы одно название."},
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def __init__(self, organization: Organization, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organization = organization

    def clean_names(self) -> list[Line]:
        text = self.cleaned_data["names"]
        if text.count("\n") > MOST_CHATS * 2:
            raise ValidationError(f"Слишком много строк: вставьте не больше {MOST_CHATS} чатов.")
        lines = read_lines(self.organization, text)
        if lines and all(line.fate == Fate.TOO_LONG for line in lines):
            raise ValidationError(f"Название длиннее 200 знаков: «{lines[0].draft.name[:60]}…».")
        listed = Chat.objects.filter(organization=self.organization).count()
        if listed + sum(line.is_added for line in lines) > MOST_CHATS:
            raise ValidationError(f"В списке может быть не больше {MOST_CHATS} чатов, сейчас их {listed}.")
        return lines


class ChosenForm(forms.Form):
    """Chats ticked in the list. Another organization's chat is not among the choices."""

    pk = forms.MultipleChoiceField(
        label="Чаты",
        widget=forms.MultipleHiddenInput,
        error_messages={
            "required": "Отметьте хотя бы один чат.",
            "invalid_choice": "Одного из выбранных чатов в списке уже нет. Вернитесь к списку и отметьте заново.",
        },
    )

    def __init__(self, organization: Organization, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organization = organization
        self.chats = list(Chat.objects.filter(organization=organization))
        self.fields["pk"].choices = [(str(chat.pk), chat.name) for chat in self.chats]  # type: ignore[attr-defined]

    def clean_pk(self) -> list[int]:
        return [int(pk) for pk in self.cleaned_data["pk"]]

    @property
    def chosen(self) -> list[Chat]:
        """The ticked chats, to be read before the act."""
        ticked = set(map(str, self["pk"].value() or []))
        return [chat for chat in self.chats if str(chat.pk) in ticked]


class ClassesForm(forms.Form):
    """Classes of this academic year, ticked in the table."""

    pk = forms.MultipleChoiceField(
        error_messages={
            "required": "Отметьте хотя бы один класс.",
            "invalid_choice": "Одного из выбранных классов в этом учебном году нет.",
        },
    )

    def __init__(self, organization: Organization, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organization = organization
        classes = organization.classes.current()
        self.fields["pk"].choices = [(str(each.pk), each.name) for each in classes]  # type: ignore[attr-defined]

    def clean_pk(self) -> list[int]:
        return [int(pk) for pk in self.cleaned_data["pk"]]


class MovedForm(ChosenForm):
    messenger = TextField(label="Куда перенесён", max_length=60)
    on = PastDayField(label="Когда")

    def __init__(self, organization: Organization, *args: Any, **kwargs: Any) -> None:
        super().__init__(organization, *args, **kwargs)
        self.initial = {"messenger": organization.region.messenger_name, **self.initial}

    @property
    def with_one_administrator(self) -> list[Chat]:
        return [chat for chat in self.chosen if chat.has_two_administrators is False]


class CreatedForm(MovedForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["messenger"].label = "Где создан"
        self.fields["on"].label = "Когда появился"


class NotMovedForm(ChosenForm):
    reason = forms.ChoiceField(
        label="Почему не перенесён",
        choices=[("", "Выберите причину"), *Reason.choices],
        error_messages={"required": "Выберите причину.", "invalid_choice": "Выберите причину из списка."},
    )
    note = TextField(
        label="Подробнее", required=False, help_text="Обязательно, если причина другая. Без имён и телефонов."
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("reason") == Reason.OTHER and not cleaned.get("note") and "note" not in self.errors:
            self.add_error("note", "Напишите, какая причина.")
        return cleaned


class ConditionField(forms.TypedChoiceField):
    """Да, нет, ещё не проверено; «» leaves each chat as it is."""

    ANSWERS = {"yes": True, "no": False, "unknown": None}

    def __init__(self, yes: str, no: str, **kwargs: Any) -> None:
        super().__init__(
            choices=[("", "оставить как есть"), ("yes", yes), ("no", no), ("unknown", "ещё не проверено")],
            coerce=self.ANSWERS.__getitem__,
            required=False,
            error_messages={"invalid_choice": "Выберите ответ из списка."},
            **kwargs,
        )

    @classmethod
    def shown(cls, answers: set[bool | None]) -> str:
        """What all the chosen chats share; nothing where they differ."""
        return next((word for word, answer in cls.ANSWERS.items() if answers == {answer}), "")


class ConditionsForm(ChosenForm):
    is_mover_administrator = ConditionField(
        "да",
        "нет",
        label="Переносит создатель чата или его администратор",
        help_text="Проверьте в списке участников чата. Участник без прав перенести чат не может.",
    )
    is_role_confirmed = ConditionField(
        "да",
        "нет",
        label="Роль переносящего в Сферуме подтверждена",
        help_text="Он подал заявку по ссылке, и администратор организации принял её в Сферуме.",
    )
    has_two_administrators = ConditionField(
        "да, два или больше",
        "нет, один",
        label="В чате два администратора",
        help_text="Если администратор один и он уйдёт, чат не перенести: сначала назначьте второго.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [name for name, field in self.fields.items() if isinstance(field, ConditionField)]
        common = {name: ConditionField.shown({getattr(chat, name) for chat in self.chosen}) for name in names}
        self.initial = {**common, **self.initial}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        facts = {name: answer for name, answer in cleaned.items() if answer != ""}
        if not self.errors and not facts.keys() - {"pk"}:
            raise ValidationError("Отметьте хотя бы одно условие.")
        return facts
