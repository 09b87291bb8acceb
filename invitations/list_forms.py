"""Forms of the lists of expected names: the school's ground, a file or a pasted list, one name."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from foundation.fields import DayField, LongTextField, NameField, PastDayField, TextField
from foundation.tables import NotATable, Table, read_tables
from invitations.expected_lists import Reading, Scope, read_lists
from invitations.models.invitation import roles_of
from invitations.models.list_ground import DOCUMENT, usual_wave_end
from invitations.statuses import Role, role_word_many
from organizations.models import Organization

MOST_BYTES = 10 * 1024 * 1024
LONGEST_LINE = 1000
LONGEST_WAVE = 366  # days
MANY, STAFF = "many", "staff"


class GroundForm(forms.Form):
    document = TextField(label="Документ", max_length=200, initial=DOCUMENT)
    number = TextField(label="Номер", max_length=60)
    dated_on = PastDayField(label="Дата документа")
    wave_ends_on = DayField(
        label="Волна приглашений до",
        help_text="До этого дня вы зовёте классы в Сферум. Потом списки не нужны, и портал их уничтожит.",
    )

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = organization.today
        self.fields["wave_ends_on"].initial = usual_wave_end(self.today)

    def clean_wave_ends_on(self) -> Any:
        day = self.cleaned_data["wave_ends_on"]
        if not 0 <= (day - self.today).days <= LONGEST_WAVE:
            raise ValidationError("Выберите день не раньше сегодняшнего и не позже чем через год.")
        return day


class PasteField(LongTextField):
    """Lines as they come from a table: a tab between two cells stays a boundary."""

    def to_python(self, value: Any) -> str:
        text = super().to_python((value or "").replace("\t", ";"))
        for number, line in enumerate(text.split("\n"), 1):
            if len(line) > LONGEST_LINE:
                raise ValidationError(f"В строке {number} больше {LONGEST_LINE} знаков: это не похоже на список имён.")
        return text


class UploadForm(forms.Form):
    """Whose list, and the list itself: what cannot be read as one is refused at its field."""

    whose = forms.ChoiceField(label="Чей это список")
    file = forms.FileField(
        label="Файл",
        required=False,
        help_text="XLSX, XLS, ODS или CSV до 10 МБ – как его отдаёт Сетевой город, Дневник.ру или Excel.",
        error_messages={"empty": "Файл пустой."},
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.xlsb,.ods,.csv,.tsv,.txt"}),
    )
    text = PasteField(
        label="Или вставьте список",
        required=False,
        max_length=600_000,
        help_text="По одному человеку в строке: фамилия, имя, отчество. Можно скопировать столбцы прямо из таблицы.",
        widget=forms.Textarea(attrs={"rows": 8}),
    )

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.classes = list(organization.classes.current())
        self.roles = roles_of(organization.region)
        words = organization.words
        groups: list[Any] = (
            [(MANY, f"{words.pupils.capitalize()}: все {words.klasses} из файла")] if self.classes else []
        )
        groups.append((STAFF, f"{words.teachers.capitalize()} и другие сотрудники"))
        order = [Role.PUPIL, *(role for role in self.roles if role != Role.PUPIL)]
        for role in order if self.classes else []:
            many = role_word_many(role, words)
            own = [(f"{role.value}-{each.pk}", f"{each}, {many}") for each in self.classes]
            groups.append((f"{many.capitalize()}: {words.klass}", own))
        self.fields["whose"].choices = groups  # type: ignore[attr-defined]
        self.reading: Reading | None = None

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file and (file.size or 0) > MOST_BYTES:
            raise ValidationError("Файл больше 10 МБ. Оставьте в нём один лист с таблицей.")
        return file

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        file, text = cleaned.get("file"), cleaned.get("text")
        if bool(file) == bool(text):
            words = "Что-то одно: файл или вставленный список." if file else "Выберите файл или вставьте список."
            raise ValidationError({"text" if file else "file": words})
        try:
            tables = read_tables(file.read()) if file else [_table(text or "")]
            self.reading = read_lists(tables, self._scope(cleaned["whose"]), is_pasted=not file)
        except NotATable as error:
            self.add_error("file" if file else "text", str(error))
        return cleaned

    def _scope(self, whose: str) -> Scope:
        if whose in (MANY, STAFF):
            return Scope(Role.PUPIL if whose == MANY else Role.TEACHER, None, self.classes)
        role, _, pk = whose.partition("-")
        return Scope(role, next(each for each in self.classes if each.pk == int(pk)), self.classes)


def _table(text: str) -> Table:
    return Table([[cell.strip() for cell in line.split(";")] for line in text.split("\n")])


class AddForm(forms.Form):
    full_name = NameField(label="Фамилия, имя и отчество")


class ConfirmForm(forms.Form):
    """The confirmation of a preview; a mass removal needs its own tick."""

    fingerprint = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput)
    removal = forms.BooleanField(required=False)


class SearchForm(forms.Form):
    q = TextField(label="Найти в списке", max_length=100, required=False)
