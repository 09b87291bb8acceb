"""Forms of appointments and classes."""

from datetime import date
from typing import Any, Self

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from phonenumber_field.phonenumber import PhoneNumber

from foundation.codes import normalise
from foundation.fields import DayField, EmailField, LongTextField, MobileField, NameField, TextField
from organizations.models import Appointment, Organization, SchoolClass
from organizations.models.school_class import GRADES, ClassChange, ClassDraft, fold_section

MOST_GROUPS = 60


class PersonForm(forms.Form):
    """The person who answers for Sferum: the phone is typed twice, because rights at Sferum hang on it."""

    full_name = NameField(
        label="Фамилия, имя и отчество", help_text="Как в паспорте: так имя увидит Поддержка Сферума."
    )
    position = TextField(label="Должность", max_length=200, required=False)
    phone = MobileField(
        label="Мобильный телефон",
        help_text="На этот номер Сферум пришлёт код входа. Нужен личный номер сотрудника, не городской.",
    )
    phone_again = MobileField(label="Телефон ещё раз")
    shared_phone_reason = TextField(
        label="Почему номер уже используется",
        max_length=300,
        required=False,
        help_text="Например: ведёт обе организации.",
    )
    email = EmailField(
        label="Электронная почта",
        required=False,
        help_text="Личная рабочая почта. Если её нет, координатор напечатает лист для входа.",
    )

    def __init__(self, organization: Organization, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organization = organization
        if not self.data.get(self.add_prefix("shared_phone_reason")):
            self.fields["shared_phone_reason"].widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        phone, again = cleaned.get("phone"), cleaned.pop("phone_again", None)
        if phone and again and phone != again:
            self.add_error("phone_again", "Номера не совпадают. Проверьте оба.")
        if phone and not cleaned.get("shared_phone_reason") and self._is_used_elsewhere(phone):
            self.fields["shared_phone_reason"].widget = forms.TextInput()
            self.add_error(
                "shared_phone_reason",
                "Этот номер указан у администратора другой организации. Если это тот же человек, "
                "напишите об этом; если нет, проверьте номер.",
            )
        return cleaned

    def _is_used_elsewhere(self, phone: PhoneNumber) -> bool:
        return Appointment.objects.with_phone(phone).exclude(organization=self.organization).exists()


class OrderForm(forms.Form):
    order_number = TextField(label="Номер приказа", max_length=60)
    order_on = DayField(label="Дата приказа")


class AppointmentForm(PersonForm):
    """Naming the administrator; the order's number may come later."""

    order_number = TextField(
        label="Номер приказа", max_length=60, required=False, help_text="Можно внести позже, когда приказ подписан."
    )
    order_on = DayField(label="Дата приказа", required=False)


class DeputyForm(PersonForm):
    since = DayField(label="С какого дня")
    until = DayField(label="По какой день")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", "Последний день раньше первого.")
        return cleaned


class ExtendForm(forms.Form):
    until = DayField(label="По какой день", help_text="Этот день тоже считается.")

    def clean_until(self) -> date:
        until: date = self.cleaned_data["until"]
        if until < timezone.localdate():
            raise ValidationError("Этот день уже прошёл.")
        return until


class ContestForm(forms.Form):
    reason = TextField(label="Что не так", help_text="Увидят координаторы и служба портала.")


class PaperCodeForm(forms.Form):
    """The sheet that a head got on paper: INN and code."""

    inn = forms.RegexField(
        label="ИНН организации",
        regex=r"^\s*(\d{10}|\d{12})\s*$",
        max_length=20,
        strip=True,
        error_messages={"invalid": "ИНН организации – 10 цифр."},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    code = TextField(label="Код с листа", max_length=40, help_text="12 знаков, например K7QM-2X4P-9TRD.")

    def clean_inn(self) -> str:
        return str(self.cleaned_data["inn"]).strip()

    def clean_code(self) -> str:
        code = normalise(self.cleaned_data["code"])
        if not code:
            raise ValidationError("Код состоит из 12 букв и цифр. Проверьте его по листу.")
        return code


class ClassGridForm(forms.Form):
    """Ticks of parallels × letters: `cells` are values like «5|А»."""

    cells = forms.MultipleChoiceField(
        label="Классы", widget=forms.CheckboxSelectMultiple, error_messages={"required": "Отметьте хотя бы один класс."}
    )
    size = forms.IntegerField(
        label="Сколько учеников в классе, обычно", required=False, min_value=1, max_value=60, initial=25
    )
    site = TextField(
        label="Корпус", max_length=120, required=False, help_text="Только если зданий несколько: «Корпус на Лесной»."
    )

    def __init__(self, sections: str, *args: Any, is_other_site: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].required = is_other_site
        cells = [f"{grade}|{section}" for grade in GRADES for section in sections]
        self.fields["cells"].choices = [(cell, cell) for cell in cells]  # type: ignore[attr-defined]

    def drafts(self) -> list[ClassDraft]:
        size, site = self.cleaned_data["size"], self.cleaned_data["site"]
        pairs = [cell.split("|") for cell in self.cleaned_data["cells"]]
        return [ClassDraft(grade=int(grade), section=section, size=size, site=site) for grade, section in pairs]


class GroupsForm(forms.Form):
    """Names of groups, one a line: kindergartens and colleges have no parallels."""

    names = LongTextField(label="Названия групп", help_text="По одному на строке.")
    size = forms.IntegerField(label="Сколько человек в группе, обычно", required=False, min_value=1, max_value=60)
    site = TextField(label="Корпус", max_length=120, required=False)

    def clean_names(self) -> list[str]:
        names = list(dict.fromkeys(filter(None, map(str.strip, self.cleaned_data["names"].splitlines()))))
        if len(names) > MOST_GROUPS:
            raise ValidationError(f"За один раз можно добавить не больше {MOST_GROUPS} групп.")
        if any(len(name) > 120 for name in names):
            raise ValidationError("Название группы длиннее 120 знаков.")
        return names

    def drafts(self) -> list[ClassDraft]:
        size, site = self.cleaned_data["size"], self.cleaned_data["site"]
        return [ClassDraft(group_name=name, size=size, site=site) for name in self.cleaned_data["names"]]


class ClassForm(forms.ModelForm):  # type: ignore[type-arg]
    """One class: its letter or name, building and expected number."""

    section = TextField(label="Буква", max_length=20, required=False)
    group_name = TextField(label="Название группы", max_length=120)
    site = TextField(label="Корпус", max_length=120, required=False)
    size = forms.IntegerField(label="Сколько человек", required=False, min_value=1, max_value=60)
    teacher_name = NameField(required=False)

    class Meta:
        model = SchoolClass
        fields = ["section", "group_name", "site", "size", "teacher_name"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["teacher_name"].label = self.instance.organization.words.leader.capitalize()
        del self.fields["group_name" if self.instance.grade else "section"]

    def clean_section(self) -> str:
        return fold_section(self.cleaned_data["section"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name, value in cleaned.items():
            setattr(self.instance, name, value)
        self.instance.key = self.instance.folded_key()
        twins = SchoolClass.objects.filter(
            organization=self.instance.organization,
            academic_year=self.instance.academic_year,
            key=self.instance.key,
            archived_at=None,
        ).exclude(pk=self.instance.pk)
        if twins.exists():
            raise ValidationError("Такой класс уже есть. Проверьте букву и корпус.")
        return cleaned


class ClassTableForm(forms.Form):
    """Expected number and class teacher of all classes at once; a line that nobody touched is not written.

    Beside each value stands the one that was shown, so that of two people at one table neither overwrites the other.
    """

    def __init__(self, classes: list[SchoolClass], leader: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.classes = classes
        for row in classes:
            self.fields[f"size-{row.pk}"] = forms.IntegerField(
                label=f"{row.name}: сколько человек",
                required=False,
                min_value=1,
                max_value=60,
                initial=row.size,
                show_hidden_initial=True,
            )
            self.fields[f"teacher-{row.pk}"] = NameField(
                label=f"{row.name}: {leader}", required=False, initial=row.teacher_name, show_hidden_initial=True
            )
        for field in self.fields.values():
            field.widget.attrs.update({"class": "form-control", "aria-label": field.label})

    @classmethod
    def again(cls, classes: list[SchoolClass], leader: str, typed: QueryDict, beaten: list[SchoolClass]) -> Self:
        """The table as it is now, with what was typed in the lines that somebody else has changed meanwhile."""
        data = typed.copy()
        for row in classes:
            data[f"initial-size-{row.pk}"] = str(row.size or "")
            data[f"initial-teacher-{row.pk}"] = row.teacher_name
        form = cls(classes, leader, data)
        for row in beaten:
            if not row.archived_at:
                now = ", ".join(filter(None, [str(row.size or ""), row.teacher_name])) or "пусто"
                form.add_error(
                    f"teacher-{row.pk}",
                    f"Пока страница была открыта, эту строку изменил другой человек. Сейчас записано: {now}. "
                    "Сохраните ещё раз, чтобы записать своё.",
                )
        return form

    def rows(self) -> list[tuple[SchoolClass, forms.BoundField, forms.BoundField]]:
        return [(row, self[f"size-{row.pk}"], self[f"teacher-{row.pk}"]) for row in self.classes]

    def changes(self) -> list[ClassChange]:
        touched = {int(name.partition("-")[2]) for name in self.changed_data}
        return [
            ClassChange(
                pk=pk,
                seen=(self._shown(f"size-{pk}"), self._shown(f"teacher-{pk}") or ""),
                size=self.cleaned_data[f"size-{pk}"],
                teacher_name=self.cleaned_data[f"teacher-{pk}"],
            )
            for pk in sorted(touched)
        ]

    def _shown(self, name: str) -> Any:
        """What the page had shown; what no page of ours shows counts as nothing."""
        try:
            return self.fields[name].clean(self.data.get(self.add_initial_prefix(name)))
        except ValidationError:
            return None
