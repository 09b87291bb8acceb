"""What a person types to sign in: the fields of allauth's forms, in our words."""

from typing import Any

from allauth.account.forms import LoginForm, RequestLoginCodeForm, ResetPasswordForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.contrib.auth.forms import SetPasswordForm

from accounts.models import User
from foundation.fields import TextField
from foundation.phones import parse_phones


class SignInForm(LoginForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = TextField(
            label="Почта или телефон",
            max_length=254,
            widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True}),
            help_text="Телефон – в любом виде: 8 925…, +7 (925)…",
        )
        self.fields["password"].help_text = ""
        self.fields["password"].max_length = 256
        self.order_fields(["login", "password"])

    def clean_login(self) -> str:
        """A phone in any shape becomes the one shape in which attempts are counted."""
        typed: str = super().clean_login()
        phones = [] if "@" in typed else parse_phones(typed)
        return str(phones[0]) if len(phones) == 1 else typed


class SignInCodeForm(RequestLoginCodeForm):  # type: ignore[misc]
    """By e-mail only, and only to a mailbox of one's own; the page answers the same whether a letter leaves or not."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["phone"]
        self.fields["email"].required = True
        self.fields["email"].label = "Ваша электронная почта"

    def clean_email(self) -> str:
        email: str = super().clean_email()
        self._user: User | None = self._user if self._user and self._user.own_email else None
        return email


class PasswordResetForm(ResetPasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = "Ваша электронная почта"

    def clean_email(self) -> str:
        email: str = super().clean_email()
        self.users: list[User] = [user for user in self.users if user.own_email]
        return email


class SecurityKeyForm(AddWebAuthnForm):  # type: ignore[misc]
    name = TextField(label="Как назвать ключ", max_length=100, required=False)


class SecurityKeyNameForm(EditWebAuthnForm):  # type: ignore[misc]
    name = TextField(label="Как назвать ключ", max_length=100)


class FirstPasswordForm(SetPasswordForm):  # type: ignore[type-arg]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        first, again = self.fields["new_password1"], self.fields["new_password2"]
        first.label, again.label = "Придумайте пароль", "Пароль ещё раз"
        first.help_text = "Не короче 10 знаков, не одни цифры и не то, что легко угадать."
        again.help_text = ""


class SheetForm(forms.Form):
    """What is printed on a sign-in sheet, typed from paper."""

    login = TextField(label="Почта или телефон, как на листе", max_length=254)
    code = TextField(
        label="Код с листа",
        max_length=40,
        help_text="12 знаков. Дефисы, пробелы, большие и маленькие буквы значения не имеют.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    def refuse(self, *, too_often: bool) -> None:
        self.add_error(
            "code",
            "Слишком много попыток подряд. Попробуйте через час."
            if too_often
            else "Такой пары нет. Сверьте с листом почту (телефон) и код. "
            "Если лист уже использован, попросите новый у того, кто его выдал.",
        )
