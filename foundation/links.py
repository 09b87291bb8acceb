"""Addresses that the portal hands on to people: how a plain one looks, and whose site it leads to."""

import re
from collections.abc import Iterable

# Only https, a host in plain ASCII, no user before it and no port behind it: «https://sferum.ru@evil.example/» is not
# Sferum. A backslash is refused because browsers read it as a slash and Python does not.
_LINK = re.compile(r"https://(?P<host>[a-z0-9-]+(?:\.[a-z0-9-]+)+)(?:[/?#][!-\[\]-~]*)?", re.IGNORECASE)
# The networks' own redirectors lead anywhere: https://vk.com/away.php?to=https://evil.example
_REDIRECTOR = re.compile(r"https://[^/]+/+away(?:\.php)?(?:[/?#]|$)", re.IGNORECASE)


def host_of(link: str) -> str:
    """The site in small letters; empty where the address is not a plain https one."""
    match = _LINK.fullmatch(link)
    return match["host"].lower() if match else ""


def only_redirects(link: str) -> bool:
    return bool(_REDIRECTOR.match(link))


def is_of_sites(host: str, sites: Iterable[str]) -> bool:
    """Whether the host is one of the sites or lies below one."""
    return any(host == site.lower() or host.endswith(f".{site.lower()}") for site in sites)
