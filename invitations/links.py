"""Which addresses may be stored as a class's official Sferum link: the portal hands them to parents."""

import re
from collections.abc import Iterable

from django.core.exceptions import ValidationError

# Only https, a host in plain ASCII, no user before it and no port behind it: «https://sferum.ru@evil.example/» is not
# Sferum. A backslash is refused because browsers read it as a slash and Python does not.
_LINK = re.compile(r"https://(?P<host>[a-z0-9-]+(?:\.[a-z0-9-]+)+)(?:[/?#][!-\[\]-~]*)?", re.IGNORECASE)
# The networks' own redirectors lead anywhere: https://vk.com/away.php?to=https://evil.example
_REDIRECTOR = re.compile(r"https://[^/]+/+away(?:\.php)?(?:[/?#]|$)", re.IGNORECASE)


def check_sferum_link(link: str, hosts: Iterable[str]) -> None:
    """Raises ValidationError unless the link leads to one of the hosts or below it."""
    match = _LINK.fullmatch(link)
    if match is None:
        raise ValidationError("Скопируйте ссылку из Сферума целиком: она начинается с https:// и не содержит пробелов.")
    if _REDIRECTOR.match(link):
        raise ValidationError("Эта ссылка только перенаправляет на другой сайт. Скопируйте ссылку класса из Сферума.")
    host = match["host"].lower()
    allowed = [name.lower() for name in hosts]
    if not any(host == name or host.endswith(f".{name}") for name in allowed):
        raise ValidationError(f"Это не ссылка Сферума: подходят только адреса {', '.join(allowed)}.")
