"""How django-allauth is bent to this portal: closed sign-up, phones, letters through the outbox, encrypted secrets."""

import base64
import hashlib
from typing import Any
from uuid import uuid4

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django import forms
from django.conf import settings
from django.http import HttpRequest

from accounts.models import User
from correspondence.models import Lane, Letter
from foundation.letters import render_letter
from foundation.limits import client_address
from foundation.phones import parse_phones

REFUSED = "Почта (телефон) или пароль не подошли. Проверьте раскладку клавиатуры и попробуйте ещё раз."

# What happened to one's account, by allauth's names of its letters.
NOTICES = {
    "password_changed": "изменён пароль",
    "password_reset": "задан новый пароль по коду из письма",
    "password_set": "задан пароль",
    "totp_activated": "включено приложение с кодами для второго шага входа",
    "totp_deactivated": "выключено приложение с кодами для второго шага входа",
    "recovery_codes_generated": "созданы новые запасные коды",
    "webauthn_added": "добавлен ключ доступа",
    "webauthn_removed": "удалён ключ доступа",
}


class PhoneField(forms.CharField):
    """By this field allauth tells whether what was typed at sign-in is a phone."""

    def clean(self, value: str) -> str:
        phones = parse_phones(super().clean(value))
        if len(phones) != 1:
            raise forms.ValidationError("Это не похоже на номер телефона.")
        return str(phones[0])


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    error_messages = DefaultAccountAdapter.error_messages | {
        # One answer, whatever was typed: nobody learns from it which addresses and numbers are known here.
        "email_password_mismatch": REFUSED,
        "phone_password_mismatch": REFUSED,
        "username_password_mismatch": REFUSED,
        "too_many_login_attempts": "Слишком много попыток подряд. Подождите пять минут и попробуйте снова.",
        "incorrect_code": "Код не подошёл. Проверьте цифры в последнем письме.",
        "incorrect_password": "Пароль не подошёл.",
        "enter_current_password": "Это не тот пароль, с которым вы входите сейчас.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        # Of an IPv6 network the address alone, for the list of one's sessions; behind a socket there may be none.
        return client_address(request).partition("/")[0] or "::"

    def set_password(self, user: User, password: str) -> None:
        """Whoever has set a password needs no link or sheet for the first entry: those still lying about are dead."""
        super().set_password(user, password)
        user.revoke_welcome()

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A row in the outbox; the worker sends it. Each is a letter of its own, so its key is never repeated."""
        name = template_prefix.rpartition("/")[2]
        notice = NOTICES.get(name)
        template = "security_notice" if notice else name
        subject, text = render_letter(f"accounts/letters/{template}.txt", {**context, "notice": notice})
        Letter.objects.queue(
            dedupe_key=f"accounts.{name}:{uuid4()}",
            to=email,
            subject=subject,
            text=text,
            lane=Lane.NOTICE if notice else Lane.ACCESS,
        )

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # allauth counts failures by e-mail only: all phones would share one count, five errors would lock everybody.
        name = credentials.get("email") or credentials.get("phone") or ""
        key: str = super()._get_login_attempts_cache_key(request, email=name)
        return key

    def phone_form_field(self, **kwargs: Any) -> forms.Field:
        return PhoneField(**kwargs)

    def get_user_by_phone(self, phone: str) -> User | None:
        return User.objects.by_login(phone)

    def get_phone(self, user: User) -> tuple[str, bool] | None:
        """A number stands in a user's row after a coordinator checked it, so allauth never has to."""
        return (str(user.phone), True) if user.phone else None

    def set_phone(self, user: User, phone: str, verified: bool) -> None:
        user.phone = phone
        user.save(update_fields=["phone"])

    def set_phone_verified(self, user: User, phone: str) -> None:
        """Nothing to store, see `get_phone`."""

    def send_verification_code_sms(self, user: User, phone: str, code: str, **kwargs: Any) -> None:
        raise RuntimeError("The portal sends no SMS: the form asks for an e-mail address only.")


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Keys of authenticator apps and recovery codes lie encrypted: a copy of the database is not a second factor."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "Код не подошёл. Проверьте, что время на телефоне верное, и введите новый код.",
    }

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()


def _cipher() -> MultiFernet:
    """The newest secret key encrypts, earlier ones still open what they closed."""
    keys: list[str] = [settings.SECRET_KEY, *map(str, settings.SECRET_KEY_FALLBACKS)]
    digests = (hashlib.sha256(f"accounts.second-factor:{key}".encode()).digest() for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
