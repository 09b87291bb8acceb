"""Whether a link still opens: the portal asks the site itself, and only sites that the region has allowed.

What a person wrote as a link must not make the portal knock at machines of its own network, so the name is resolved
first, an address that is not a public one is refused, and the connection goes to that very address: a name that
answers differently the second time changes nothing. Redirects are followed only within the list.
"""

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from threading import Timer
from urllib.parse import urljoin, urlsplit

from foundation.links import host_of, is_of_sites, only_redirects
from guides.statuses import LinkState

TIMEOUT = 5.0
DEADLINE = 15.0  # of one answer as a whole: the timeout is per read, and a drip defeats it
MOST_HOPS = 3
GONE = (404, 410)


@dataclass(frozen=True)
class Answer:
    status: int
    location: str = ""


Resolve = Callable[[str], list[str]]
Ask = Callable[[str, str, str, str], Answer]
"""(method, host, address, path) → the answer; raises OSError or HTTPException where there is none."""


def resolve(host: str) -> list[str]:
    return [str(found[4][0]) for found in socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)]


class _Pinned(http.client.HTTPSConnection):
    """Speaks with the address that has been looked at, under the name that the certificate must bear."""

    def __init__(self, host: str, address: str) -> None:
        context = ssl.create_default_context()
        super().__init__(host, timeout=TIMEOUT, context=context)
        self.address, self.tls = address, context

    def connect(self) -> None:
        plain = socket.create_connection((self.address, 443), TIMEOUT)
        self.sock = self.tls.wrap_socket(plain, server_hostname=self.host)


def ask(method: str, host: str, address: str, path: str) -> Answer:
    return answer_of(_Pinned(host, address), method, path)


def answer_of(connection: http.client.HTTPConnection, method: str, path: str) -> Answer:
    """The status and where it leads; of the body nothing is read."""
    timer = Timer(DEADLINE, _hang_up, [connection])
    timer.start()
    try:
        connection.request(method, path, headers={"User-Agent": "sferum-onboarding-link-check", "Accept": "*/*"})
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers.get("Location", ""))
    finally:
        timer.cancel()
        connection.close()


def state_of(url: str, sites: Iterable[str], *, ask: Ask = ask, resolve: Resolve = resolve) -> LinkState:
    sites = list(sites)
    for _ in range(MOST_HOPS):
        host = host_of(url)
        if not is_of_sites(host, sites) or only_redirects(url):
            return LinkState.FOREIGN
        try:
            addresses = resolve(host)
            if not addresses or not all(map(_is_public, addresses)):
                return LinkState.FOREIGN
            answer = _ask(url, host, addresses[0], ask)
        except (OSError, http.client.HTTPException, ValueError):
            return LinkState.SILENT
        if not (300 <= answer.status < 400 and answer.location):
            return LinkState.BROKEN if answer.status in GONE or answer.status >= 500 else LinkState.OPENS
        url = urljoin(url, answer.location)
        if not is_of_sites(host_of(url), sites):
            return LinkState.OPENS  # it answers; where it leads is not asked
    return LinkState.BROKEN


def _ask(url: str, host: str, address: str, ask: Ask) -> Answer:
    """HEAD is cheap, but some servers do not know it: GET decides."""
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    answer = ask("HEAD", host, address, path)
    return ask("GET", host, address, path) if answer.status >= 400 else answer


def _is_public(address: str) -> bool:
    found = ipaddress.ip_address(address.partition("%")[0])
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return (mapped or found).is_global and not (mapped or found).is_multicast


def _hang_up(connection: http.client.HTTPConnection) -> None:
    try:
        if connection.sock:
            connection.sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
