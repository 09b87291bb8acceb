"""The words of a rung: a plain text with a few known places. Nothing in it is ever evaluated."""

import re
from collections.abc import Mapping

from django.core.exceptions import ValidationError

PLACES = {
    "организация": "название организации",
    "муниципалитет": "муниципалитет",
    "шаг": "что нужно сделать",
    "дней": "сколько рабочих дней без движения, словами: «5 рабочих дней»",
    "дата": "с какого дня",
    "ссылка": "адрес страницы, где это делают",
    "департамент": "орган управления образованием",
    "телефон": "городской телефон для проверки",
}
_PLACE = re.compile(r"\{([^{}\n]*)\}")


def check_text(text: str) -> None:
    """Refuses a place that nobody knows, and a brace without its pair. Raises ValidationError in words."""
    known = ", ".join(f"{{{name}}}" for name in PLACES)
    if unknown := sorted({name for name in _PLACE.findall(text) if name not in PLACES}):
        named = ", ".join(f"{{{name}}}" for name in unknown)
        raise ValidationError(f"Таких подстановок нет: {named}. Можно: {known}.")
    if set(_PLACE.sub("", text)) & {"{", "}"}:
        raise ValidationError(f"Скобка без пары. Подстановка пишется так: {{организация}}. Можно: {known}.")


def fill(text: str, values: Mapping[str, str]) -> str:
    """One pass: what a value brings along, braces included, stays as it is."""
    return _PLACE.sub(lambda found: values.get(found[1], found[0]), text)
