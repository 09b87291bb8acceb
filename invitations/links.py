"""Which addresses may be stored as a class's official Sferum link: the portal hands them to parents."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError

from foundation.links import host_of, is_of_sites, only_redirects


def check_sferum_link(link: str, hosts: Iterable[str]) -> None:
    """Raises ValidationError unless the link leads to one of the hosts or below it."""
    host = host_of(link)
    if not host:
        raise ValidationError("Скопируйте ссылку из Сферума целиком: она начинается с https:// и не содержит пробелов.")
    if only_redirects(link):
        raise ValidationError("Эта ссылка только перенаправляет на другой сайт. Скопируйте ссылку класса из Сферума.")
    allowed = [name.lower() for name in hosts]
    if not is_of_sites(host, allowed):
        raise ValidationError(f"Это не ссылка Сферума: подходят только адреса {', '.join(allowed)}.")
