"""Every address of the portal, and the table that says who gets what there.

The table is `routes.txt`: a row for each route, a column for each actor, in a cell what GET and POST (without data)
answer, once where both are the same. `in` is the sign-in page, a number is the status, `·` is not asked: the
administration tells only staff from everybody else.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

TABLE = Path(__file__).with_name("routes.txt")
NOT_ASKED = "·"
ACTORS = ["anonymous", "plain", "oleg", "pavel", "marina", "nadia", "vera", "igor"]
_PLACE = re.compile(r"<(?:(?:int|str|slug|path|uuid):)?(\w+)>")
_MODEL = re.compile(r"admin:(?!password)([a-z]+)_(\w+)_(changelist|add|history|delete|change)")
_OF_PEOPLE = {"accounts", "account", "auth", "mfa", "usersessions"}  # desks of superusers alone


@dataclass(frozen=True)
class Route:
    name: str
    """With its namespace; where it has none, the address itself."""
    pattern: str
    view: Any

    @property
    def row(self) -> str:
        """The row of the table: what every model of the administration has alike shares one."""
        match = _MODEL.fullmatch(self.name)
        if match and (match[1] in _OF_PEOPLE or match[3] == "history"):
            return f"admin:{'people' if match[1] in _OF_PEOPLE else '*'}_{match[3]}"
        return "admin:*_redirect" if self.name.startswith("admin/") and "object_id" in self.name else self.name

    @property
    def places(self) -> list[str]:
        return _PLACE.findall(self.pattern)

    @property
    def is_open(self) -> bool:
        return not getattr(self.view, "login_required", True)

    def path(self, place: dict[str, Any]) -> str:
        return "/" + _PLACE.sub(lambda match: str(place[match[1]]), self.pattern)


def walk(patterns: Any = None, prefix: str = "", space: str = "") -> Iterator[Route]:
    for each in get_resolver().url_patterns if patterns is None else patterns:
        path = prefix + _plain(str(each.pattern))
        if isinstance(each, URLResolver):
            inner = f"{space}{each.namespace}:" if each.namespace else space
            yield from walk(each.url_patterns, path, inner)
        elif isinstance(each, URLPattern):
            yield Route(f"{space}{each.name}" if each.name else path, path, each.callback)


def _plain(pattern: str) -> str:
    """The two regular expressions of Django's administration, as addresses."""
    if pattern.startswith("^(?P<app_label>"):
        return "organizations/"
    return "no/such/page/" if pattern.startswith("(?P<url>") else pattern


@contextmanager
def leaving_nothing(client: Client) -> Iterator[None]:
    """What is asked inside leaves neither rows nor cookies behind."""
    kept = {name: morsel.value for name, morsel in client.cookies.items()}
    point = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(point)
        client.cookies = SimpleCookie(kept)


def told(response: HttpResponse) -> str:
    """The cell for one answer."""
    where = response.headers.get("Location", "")
    if response.status_code == 302 and re.match(r"/(accounts|admin)/login/\?", where):
        return "in"
    return str(response.status_code)


def knock(client: Client, route: Route, place: dict[str, Any], method: str) -> HttpResponse:
    with leaving_nothing(client):
        return getattr(client, method)(route.path(place))


def table() -> dict[str, list[str]]:
    """Row → cells, in the order of ACTORS."""
    lines = [line.split() for line in TABLE.read_text().splitlines() if line.strip() and not line.startswith("#")]
    return {name: cells for name, *cells in lines}


def masked(response: HttpResponse) -> tuple[int, str, dict[str, str]]:
    """An answer without what differs between any two: CSRF token, nonce, request id, time."""
    number = response.headers.get("X-Request-ID", "-")
    text = response.content.decode(errors="replace").replace(number, "REQUEST")
    text = re.sub(r'(csrfmiddlewaretoken" value|nonce|"X-CSRFToken")(=|: ?)"[^"]+"', r"\1\2MASKED", text)
    headers = {name: value for name, value in response.headers.items() if name != "X-Request-ID"}
    headers = {name: re.sub(r"'nonce-[^']+'", "'nonce-MASKED'", value) for name, value in headers.items()}
    return response.status_code, text, headers
