"""Forms of the import of a registry file."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.models import User
from foundation.tables import DELIMITERS, ENCODINGS, NotATable
from organizations.import_desk import region_choices
from organizations.import_layout import read_layout
from organizations.import_missing import close_missing, missing_in
from organizations.models import ImportFile
from organizations.statuses import Answer

_DIGITS = 9
_HEADER_HELP = "В какой строке файла стоят названия столбцов."
_MOST_BYTES = 20 * 1024 * 1024


class UploadForm(forms.Form):
    """A file that can be read as a list of organizations; everything else is refused at its field."""

    file = forms.FileField(
        label="Файл с таблицей",
        help_text="XLSX, XLS, ODS или CSV, до 20 МБ и 50 000 строк.",
        error_messages={"required": "Выберите файл.", "empty": "Файл пустой."},
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.xlsb,.ods,.csv,.tsv,.txt"}),
    )
    only_region = ""

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = region_choices(user)
        if len(choices) == 1:
            self.only_region = choices[0][0]
            return
        self.fields["region"] = forms.ChoiceField(
            label="Регион",
            required=False,
            choices=[("", "есть в файле"), *choices],
            help_text="Для файла, в котором нет столбца с регионом. Если столбец есть, решает он.",
        )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if (file.size or 0) > _MOST_BYTES:
            raise ValidationError("Файл больше 20 МБ. Оставьте в нём один лист с таблицей.")
        return file

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "file" in cleaned and "region" not in self.errors:
            cleaned["region"] = cleaned.get("region") or self.only_region
            cleaned["content"] = cleaned["file"].read()
            try:
                cleaned["layout"] = read_layout(cleaned["content"], cleaned["region"])
            except NotATable as error:
                self.add_error("file", str(error))
        return cleaned

    def save(self, user: User) -> ImportFile:
        data = self.cleaned_data
        name = "".join(filter(str.isprintable, data["file"].name))[:200] or "таблица"
        return ImportFile.objects.create(
            uploaded_by=user,
            name=name,
            content=data["content"],
            region_code=data["region"],
            layout=data["layout"],
        )


class ConfirmForm(forms.Form):
    """`version` says which reading of the file the person has seen."""

    version = forms.IntegerField(min_value=1, max_value=2_000_000_000, widget=forms.HiddenInput)


class ReadingForm(forms.Form):
    """How a file is to be read, where the guess was wrong: the examples on the page tell.

    Encoding and delimiter are those of a text file; a workbook has neither.
    """

    look = forms.Select(attrs={"class": "form-select"})
    encoding = forms.ChoiceField(label="Кодировка", choices=list(ENCODINGS.items()), widget=look)
    delimiter = forms.ChoiceField(label="Разделитель", choices=list(DELIMITERS.items()), widget=look)
    header_row = forms.TypedChoiceField(
        label="Строка заголовков", coerce=int, empty_value=None, required=False, widget=look, help_text=_HEADER_HELP
    )

    def __init__(self, file: ImportFile, data: Any = None) -> None:
        self.of_text = [name for name in ("encoding", "delimiter") if file.layout.get(name)]
        known = {name: file.layout.get(name) for name in (*self.of_text, "header_row")}
        super().__init__(data, initial=known, auto_id="reading_%s")
        for name in {"encoding", "delimiter"} - set(self.of_text):
            del self.fields[name]
        header = self.fields["header_row"]
        assert isinstance(header, forms.ChoiceField)  # noqa: S101 - for mypy
        rows = [(number, f"{number}: {text or 'пусто'}") for number, text in enumerate(file.layout.get("tops", []), 1)]
        header.choices = [("", "портал найдёт сам"), *rows, (0, "заголовков нет, сразу данные")]
        self.file = file

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            told = {name: cleaned[name] for name in self.of_text}
            content, region = bytes(self.file.content), self.file.region_code
            try:
                cleaned["layout"] = read_layout(content, region, told, cleaned["header_row"])
            except NotATable as error:
                raise ValidationError(f"Так файл не читается: {error}") from None
        return cleaned

    def save(self) -> None:
        """Raises WrongStatus where the file is in work or written."""
        self.file.lay_out(self.cleaned_data["layout"])


class MissingForm(forms.Form):
    """Whom to close of those that the file does not mention; `typed` is asked for where they are many."""

    everybody = forms.BooleanField(label="Закрыть все, а не только отмеченные", required=False)
    ids = forms.TypedMultipleChoiceField(coerce=int, required=False)
    typed = forms.IntegerField(label="Сколько закрываете", required=False, min_value=1, max_value=1_000_000)

    def __init__(self, file: ImportFile, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["ids"]
        assert isinstance(field, forms.TypedMultipleChoiceField)  # noqa: S101 - for mypy
        field.choices = [(pk, pk) for pk in missing_in(file).values_list("pk", flat=True)] if self.is_bound else []

    def close(self, file: ImportFile, *, by: User) -> str:
        data = self.cleaned_data
        return close_missing(file, None if data["everybody"] else data["ids"], by=by, typed=data["typed"])


class AnswersForm(forms.Form):
    """«Это она?» of the rows on the page, and one answer for all that are left."""

    rest = forms.ChoiceField(label="Всем, кто ещё без ответа", required=False, choices=Answer.choices)

    def __init__(self, file: ImportFile, data: Any) -> None:
        super().__init__(data)
        self.file = file
        told = [name.removeprefix("answer_") for name in data if name.startswith("answer_")]
        for number in [text for text in told if text.isdecimal() and len(text) < _DIGITS]:
            self.fields[f"answer_{number}"] = forms.ChoiceField(choices=Answer.choices, required=False)

    def save(self) -> str:
        data = self.cleaned_data
        given = {int(name.removeprefix("answer_")): data[name] for name in data if name != "rest"}
        count = self.file.rows.answer(given)
        if data["rest"]:
            left = self.file.rows.filter(answer="").values_list("number", flat=True)
            count += self.file.rows.answer(dict.fromkeys(left, data["rest"]))
        return f"Ответы записаны: {count}."
