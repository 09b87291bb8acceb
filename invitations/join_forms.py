"""What a visitor fills in: as little as the school's check needs."""

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from foundation.codes import normalise
from foundation.fields import EmailField, NameField, PhoneField, TextField
from invitations import consents
from invitations.models import Invitation, JoinRequest
from invitations.statuses import Role
from organizations.statuses import Kind

OWN_NAME = {"autocomplete": "name", "autocapitalize": "words", "spellcheck": "false"}
CHILDS_NAME = OWN_NAME | {"autocomplete": "off"}  # the browser must not offer one child's name for the next

NAME_MISSING = {"required": "Напишите фамилию, имя и отчество, если оно есть."}


class JoinForm(forms.Form):
    """Base of the three roles' forms. The key is made with the page: the same page sent twice is one request."""

    full_name = NameField(
        label="Ваши фамилия, имя и отчество", widget=forms.TextInput(attrs=OWN_NAME), error_messages=NAME_MISSING
    )
    phone = PhoneField(label="Телефон", required=False)
    email = EmailField(
        label="Электронная почта",
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
    )
    consent = forms.BooleanField(error_messages={"required": "Без согласия школа не вправе принять заявку."})
    form_key = TextField(max_length=64, required=False, widget=forms.HiddenInput)

    phone_hint = "Ваш собственный номер: по нему школа убедится, что это вы."

    def __init__(self, data: Any = None, *, invitation: Invitation) -> None:
        super().__init__(data, initial={"form_key": uuid.uuid4().hex})
        self.fields["phone"].help_text = self.phone_hint
        self.fields["email"].help_text = "Пришлём номер заявки, решение и ссылку на класс."
        self.fields["consent"].label = format_html(
            'Даю <a href="{}?code={}" target="_blank">согласие на обработку персональных данных</a>',
            reverse("invitations:consent", args=[consents.CURRENT.version]),
            invitation.code,
        )

    def clean_form_key(self) -> str:
        return self.cleaned_data["form_key"] or uuid.uuid4().hex

    def facts(self) -> dict[str, Any]:
        """For `JoinRequest.objects.file`: what was typed, and to which consent the person agreed."""
        typed = {name: self.cleaned_data[name] for name in ("form_key", "full_name", "email")}
        return typed | {
            "phone": self.cleaned_data["phone"] or "",
            "consent_version": consents.CURRENT.version,
            "consent_at": timezone.now(),
        }


class TeacherForm(JoinForm):
    """One contact of the two is asked for: neither may be called «необязательно»."""

    def __init__(self, data: Any = None, *, invitation: Invitation) -> None:
        super().__init__(data, invitation=invitation)
        self.fields["phone"].label_suffix = "или почта"
        self.fields["email"].label_suffix = "или телефон"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not (data.get("phone") or data.get("email")) and not self.has_error("phone") and not self.has_error("email"):
            self.add_error("phone", "Укажите телефон или почту: школа должна убедиться, что это вы.")
        return data


class PupilForm(JoinForm):
    applicant_name = NameField(
        label="Ваши фамилия, имя и отчество", widget=forms.TextInput(attrs=OWN_NAME), error_messages=NAME_MISSING
    )
    is_representative = forms.BooleanField(
        label="Я законный представитель ребёнка",
        error_messages={"required": "Заявку за ребёнка подаёт его законный представитель."},
    )

    phone_hint = "Ваш собственный, не ребёнка. Один номер годится на всех ваших детей."
    field_order = ["applicant_name", "full_name", "phone", "email", "is_representative", "consent"]

    def __init__(self, data: Any = None, *, invitation: Invitation) -> None:
        super().__init__(data, invitation=invitation)
        self.fields["full_name"].label = "Фамилия, имя и отчество ребёнка"
        self.fields["full_name"].widget.attrs |= CHILDS_NAME
        if invitation.organization.kind == Kind.COLLEGE:
            self.fields["full_name"].label = "Фамилия, имя и отчество студента"
            self.fields["is_representative"].label = "Я законный представитель или сам студент, и мне есть 18 лет"
            self.fields["phone"].help_text = "Ваш собственный: того, кто подаёт заявку."

    def facts(self) -> dict[str, Any]:
        return super().facts() | {"applicant_name": self.cleaned_data["applicant_name"]}


JOIN_FORMS: dict[str, type[JoinForm]] = {Role.TEACHER: TeacherForm, Role.PUPIL: PupilForm, Role.PARENT: JoinForm}


class CorrectForm(forms.Form):
    """Only the names: who mistyped a contact has got a number of the request and a page of it."""

    def __init__(self, data: Any = None, *, join_request: JoinRequest) -> None:
        like = JOIN_FORMS[join_request.role](invitation=join_request.invitation)
        names = [name for name in ("applicant_name", "full_name") if name in like.fields]
        super().__init__(data, initial={name: getattr(join_request, name) for name in names})
        self.fields |= {name: like.fields[name] for name in names}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and all(data[name] == self.initial[name] for name in self.fields):
            raise ValidationError("Вы ничего не изменили.")
        return data


class CodeForm(forms.Form):
    code = TextField(
        label="Код с плаката",
        max_length=40,
        help_text="12 знаков, например ABCD-EFGH-JKMN. Регистр, пробелы и дефисы не важны.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    def clean_code(self) -> str:
        code = normalise(self.cleaned_data["code"])
        if not code:
            raise ValidationError("В коде 12 букв и цифр. Сверьте его с плакатом.")
        return code


class NumberForm(forms.Form):
    number = TextField(label="Номер заявки", max_length=30, widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def clean_number(self) -> int:
        digits = "".join(c for c in self.cleaned_data["number"] if c.isascii() and c.isdigit())
        if not 1 <= len(digits) <= 12:
            raise ValidationError("Номер выглядит так: К-000123.")
        return int(digits)
