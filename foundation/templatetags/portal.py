"""Filters and tags that every template may use without loading them.

Moments are shown in the active time zone, which is the region's.
"""

from datetime import date, datetime
from math import ceil

from django import template
from django.conf import settings
from django.template.defaultfilters import date as format_date
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from phonenumber_field.phonenumber import PhoneNumber

from foundation.phones import is_mobile, parse_phones, show_phone

register = template.Library()

_THIN_SPACE, _NO_BREAK = "\u202f", "\u00a0"
# Django shortens to «4 сен.» and «4 май», which nobody writes.
_MONTHS = ["янв.", "февр.", "марта", "апр.", "мая", "июня", "июля", "авг.", "сент.", "окт.", "нояб.", "дек."]
_MINUTES_IN_SIGHT = 90
_NEAR_DAYS = {-1: "вчера", 0: "сегодня", 1: "завтра"}


@register.filter
def full_stop(text: str) -> str:
    """Ends a sentence: «…, 4 сент.» has its stop already."""
    return text if text.endswith(".") else f"{text}."


@register.filter
def plural(number: int, forms: str) -> str:
    """Russian plural: `{{ n|plural:"школа,школы,школ" }}` gives the word alone, without the number."""
    one, few, many = forms.split(",")
    tail = abs(int(number)) % 100
    if 10 < tail < 20:
        return many
    return {1: one, 2: few, 3: few, 4: few}.get(tail % 10, many)


@register.filter
def count(number: int, forms: str = "") -> str:
    """`{{ n|count:"заявка,заявки,заявок" }}` gives «1 284 заявки»; without forms the number alone."""
    digits = f"{int(number):,}".replace(",", _THIN_SPACE)
    return f"{digits}{_NO_BREAK}{plural(number, forms)}" if forms else digits


@register.filter
def phone(number: PhoneNumber | str | None) -> str:
    return show_phone(number)


@register.filter
def phone_link(number: PhoneNumber | str | None) -> str:
    """A number to be called by a click; what is not exactly one number stays text.

    A landline is shown as it was typed, for so it stands on the school's own site: the library would cut the area
    code 3822 of Томск into «+7 382 2…».
    """
    numbers = parse_phones(str(number or ""))
    if len(numbers) != 1:
        return show_phone(number)
    is_typed = isinstance(number, str) and not is_mobile(numbers[0])
    shown = (str(number) if is_typed else show_phone(numbers[0])).strip().replace(" ", _NO_BREAK)
    return format_html('<a href="tel:{}">{}</a>', numbers[0].as_e164, shown)


@register.filter
def when(moment: datetime | None) -> str:
    """«сегодня, 14:05», «вчера, 9:30», «4 сент.», and with its year when that is another one."""
    if moment is None:
        return ""
    there, today = timezone.localtime(moment), timezone.localdate()
    near = _NEAR_DAYS.get((there.date() - today).days)
    return f"{near}, {format_date(there, 'G:i')}" if near else _short_day(there.date(), today)


@register.filter
def leaves(moment: datetime) -> str:
    """When something will go: «уйдёт через 5 минут», «уйдёт сегодня в 15:00», «уйдёт 3 сентября в 9:00»."""
    there, now = timezone.localtime(moment), timezone.localtime()
    minutes = ceil((there - now).total_seconds() / 60)
    if minutes <= _MINUTES_IN_SIGHT:
        return f"уйдёт через {count(max(minutes, 1), 'минуту,минуты,минут')}"
    near = _NEAR_DAYS.get((there.date() - now.date()).days) or format_date(there, "j E")
    return f"уйдёт {near} в {format_date(there, 'G:i')}"


@register.filter
def day(value: date | None) -> str:
    """«сегодня», «вчера», «4 сент.», «4 сент. 2025»; a moment gives the day on which it falls here."""
    if value is None:
        return ""
    there = timezone.localtime(value).date() if isinstance(value, datetime) else value
    today = timezone.localdate()
    return _NEAR_DAYS.get((there - today).days) or _short_day(there, today)


@register.filter
def since(value: date | None) -> str:
    """«с сегодняшнего дня», «со вчерашнего дня», «с 4 сент.»: what `day` cannot say after «с»."""
    if value is None:
        return ""
    said = day(value)
    return {"сегодня": "с сегодняшнего дня", "вчера": "со вчерашнего дня", "завтра": "с завтрашнего дня"}.get(
        said, f"с {said}"
    )


@register.simple_tag
def portal_url(viewname: str, *args: object, **kwargs: object) -> str:
    """`{% portal_url "invitations:join" code %}`: the whole address, for letters, posters and QR codes."""
    return str(settings.PORTAL_URL) + reverse(viewname, args=args, kwargs=kwargs)


def _short_day(there: date, today: date) -> str:
    year = "" if there.year == today.year else f"{_NO_BREAK}{there.year}"
    return f"{there.day}{_NO_BREAK}{_MONTHS[there.month - 1]}{year}"
