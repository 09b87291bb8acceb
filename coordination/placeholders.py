"""Places in the text of a campaign: «{организация}» becomes the name of each organization. No template language.

One pass over the text, so a name that itself looks like a place stays as it is.
"""

import re
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import ValidationError

from accounts.models import User
from organizations.journey import next_move
from organizations.models import Organization

_PLACE = re.compile(r"\{([^{}\n]*)\}")
_COLLEAGUES = "коллеги"

PLACES: dict[str, tuple[str, Callable[[Organization, User], str]]] = {
    "организация": ("название организации", lambda row, by: row.name),
    "администратор": (
        f"имя администратора; в письме на общую почту организации – «{_COLLEAGUES}»",
        lambda row, by: row.named_reader() or _COLLEAGUES,
    ),
    "этап": (
        "этап, до которого дошла организация",
        lambda row, by: row.get_step_display() if row.step else "ещё не начали",
    ),
    "что дальше": ("следующий шаг", lambda row, by: next_move(row).title),
    "ссылка": ("адрес страницы организации в портале", lambda row, by: settings.PORTAL_URL + row.get_absolute_url()),
    "муниципалитет": ("название муниципалитета", lambda row, by: row.municipality.name if row.municipality else ""),
    "координатор": ("ваше имя", lambda row, by: by.full_name),
    "телефон департамента": ("городской телефон для проверки", lambda row, by: row.region.department_phone),
}
"""Name in the braces → what it stands for, and what it becomes. Rows need region, municipality and administrator."""


def check_places(text: str) -> None:
    """Raises ValidationError on a place that does not exist, or on a brace that belongs to none."""
    unknown = sorted({name for name in _PLACE.findall(text) if _folded(name) not in PLACES})
    known = ", ".join(f"{{{name}}}" for name in PLACES)
    if unknown:
        named = ", ".join(f"{{{name}}}" for name in unknown)
        raise ValidationError(f"Портал не знает, чем заменить {named}. Можно: {known}.", code="unknown")
    if re.search(r"[{}]", _PLACE.sub("", text)):
        raise ValidationError(f"Фигурная скобка без пары. В скобках пишут только: {known}.", code="brace")


def fill(text: str, organization: Organization, *, by: User) -> str:
    """The text for one organization; a place that has been taken out of use since stays as it was written."""

    def value(match: re.Match[str]) -> str:
        place = PLACES.get(_folded(match.group(1)))
        return place[1](organization, by) if place else match.group()

    return _PLACE.sub(value, text)


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())
