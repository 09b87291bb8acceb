"""Fields for every form of the portal: what is typed is cleaned, or refused in words at its field."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils import timezone
from phonenumber_field.phonenumber import PhoneNumber

from foundation.folding import LONGEST_NAME, clean_text, look_alikes, person_name
from foundation.phones import is_mobile, parse_phones, show_phone


class TextField(forms.CharField):
    """One line of text, by default at most 500 characters: names of organizations reach 322."""

    def __init__(self, *, max_length: int = 500, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **kwargs)

    def to_python(self, value: Any) -> str:
        return clean_text(super().to_python(value) or "")

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        # Without `maxlength`: a browser would cut a pasted text in silence, a message loses nothing.
        return {name: value for name, value in super().widget_attrs(widget).items() if name != "maxlength"}


class LongTextField(TextField):
    """Several lines, by default at most 4,000 characters."""

    widget = forms.Textarea

    def __init__(self, *, max_length: int = 4000, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **kwargs)

    def to_python(self, value: Any) -> str:
        return clean_text(forms.CharField.to_python(self, value) or "", keep_lines=True)


class NameField(TextField):
    """A person's full name; Latin letters inside Russian words are shown and refused, never corrected."""

    def __init__(self, *, max_length: int = LONGEST_NAME, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **kwargs)

    def to_python(self, value: Any) -> str:
        name = super().to_python(value)
        # A name too long is for max_length to refuse, an empty one for required.
        if not name or len(name) > LONGEST_NAME:
            return name
        if mixed := look_alikes(name):
            raise ValidationError(f"Русские буквы смешаны с латинскими: {', '.join(mixed)}. Наберите заново.")
        return person_name(name)


class PhonesField(TextField):
    """Phone numbers, as many as are written; gives a list."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        phones = parse_phones(text)
        if text and not phones:
            raise ValidationError("Не похоже на телефон: укажите номер с кодом города, например +7 3822 51-00-00.")
        return phones

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(map(show_phone, value)) if isinstance(value, list) else value


class PhoneField(PhonesField):
    """One phone number, mobile or landline; gives a PhoneNumber, or None when it is empty and not required."""

    widget = forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"})

    def clean(self, value: Any) -> Any:
        phones = super().clean(show_phone(value) if isinstance(value, PhoneNumber) else value)
        if len(phones) > 1:
            raise ValidationError("Здесь нужен один номер.")
        return phones[0] if phones else None

    def prepare_value(self, value: Any) -> Any:
        return show_phone(value) if isinstance(value, PhoneNumber) else value


class MobileField(PhoneField):
    """A Russian mobile number: Sferum lets people in by it, and a landline receives no code."""

    def clean(self, value: Any) -> Any:
        phone = super().clean(value)
        if phone and not is_mobile(phone):
            raise ValidationError("Нужен мобильный номер, например +7 925 036-44-05: на городской код входа не придёт.")
        return phone


class _PublicEmailValidator(EmailValidator):
    """Django also takes a@localhost, a@[127.0.0.1] and a@127.0.0.10; no school can be written to there."""

    domain_allowlist = []

    def validate_domain_part(self, domain_part: str) -> bool:
        has_name = not domain_part.rpartition(".")[2].isdigit()
        return has_name and bool(self.domain_regex.match(domain_part))


class EmailField(TextField):
    """One e-mail address, in small letters, for people never mean two mailboxes by Info@ and info@."""

    widget = forms.EmailInput
    default_validators = [_PublicEmailValidator("Укажите один адрес электронной почты, например school@example.ru.")]

    def __init__(self, *, max_length: int = 254, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **kwargs)

    def to_python(self, value: Any) -> str:
        address = super().to_python(value).lower()
        if mixed := look_alikes(address):
            raise ValidationError(f"В адресе русские буквы смешаны с латинскими: {', '.join(mixed)}. Наберите заново.")
        return address


class DayField(forms.DateField):
    """A day from the browser's own calendar; years that a database of another century would refuse are refused here."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def clean(self, value: Any) -> Any:
        day = super().clean(value)
        if day and not 1990 <= day.year <= timezone.localdate().year + 5:
            raise ValidationError("Проверьте год.")
        return day


class PastDayField(DayField):
    """A day that is not in the future; today unless said otherwise."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"initial": timezone.localdate} | kwargs)

    def clean(self, value: Any) -> Any:
        day = super().clean(value)
        if day and day > timezone.localdate():
            raise ValidationError("Этот день ещё не наступил.")
        return day
