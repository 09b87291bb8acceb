"""Whether useful links open: only https, only the region's sites, never a machine of the portal's own network."""

import http.client
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from django.utils import timezone

from conftest import make_region
from foundation.models import JobRun
from guides import link_check, probe
from guides.models import Guide
from guides.probe import Answer, answer_of, state_of
from guides.statuses import LinkState
from guides.tasks import check_links
from organizations.models import Region

SITES = ["sferum.ru", "vk.com"]
PUBLIC = "87.240.132.72"


def publicly(host: str) -> list[str]:
    return [PUBLIC]


class Site(BaseHTTPRequestHandler):
    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def _answer(self) -> None:
        self.server.asked.append((self.command, self.path, self.headers["Host"]))  # type: ignore[attr-defined]
        status, where = {
            "/ok": (200, ""),
            "/no-head": (405 if self.command == "HEAD" else 200, ""),
            "/gone": (404, ""),
            "/robots": (403, ""),
            "/ill": (502, ""),
            "/moved": (302, "/ok"),
            "/inside": (302, "https://vk.com/gone"),
            "/outside": (302, "https://evil.example/"),
            "/home": (302, "https://127.0.0.1/"),
            "/plain": (302, "http://sferum.ru/ok"),
            "/loop": (302, "/loop"),
        }[self.path]
        self.send_response(status)
        if where:
            self.send_header("Location", where)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def site() -> "Iterator[tuple[list[tuple[str, str, str]], probe.Ask]]":
    """A server of this machine that answers in place of every public one, and what it was asked."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    server.asked = []  # type: ignore[attr-defined]
    Thread(target=server.serve_forever, daemon=True).start()

    def ask(method: str, host: str, address: str, path: str) -> Answer:
        assert address == PUBLIC
        return answer_of(http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=5), method, path)

    try:
        yield server.asked, ask  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("path", "state", "methods"),
    [
        ("/ok", LinkState.OPENS, ["HEAD"]),
        ("/no-head", LinkState.OPENS, ["HEAD", "GET"]),
        ("/gone", LinkState.BROKEN, ["HEAD", "GET"]),
        ("/robots", LinkState.OPENS, ["HEAD", "GET"]),
        ("/ill", LinkState.BROKEN, ["HEAD", "GET"]),
        ("/moved", LinkState.OPENS, ["HEAD", "HEAD"]),
        ("/inside", LinkState.BROKEN, ["HEAD", "HEAD", "GET"]),
        ("/outside", LinkState.OPENS, ["HEAD"]),
        ("/home", LinkState.OPENS, ["HEAD"]),
        ("/plain", LinkState.OPENS, ["HEAD"]),
        ("/loop", LinkState.BROKEN, ["HEAD"] * probe.MOST_HOPS),
    ],
)
def test_what_a_site_answers(path: str, state: LinkState, methods: list[str]) -> None:
    with site() as (asked, ask):
        assert state_of(f"https://sferum.ru{path}", SITES, ask=ask, resolve=publicly) == state
        assert [method for method, _, _ in asked] == methods


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/ok",
        "https://notsferum.ru/ok",
        "https://sferum.ru.evil.example/ok",
        "https://sferum.ru@evil.example/ok",
        "https://sferum.ru:8443/ok",
        "http://sferum.ru/ok",
        "https://127.0.0.1/ok",
        "https://localhost/ok",
        "https://[::1]/ok",
        "https://vk.com/away.php?to=https://evil.example",
        "file:///etc/passwd",
        "",
    ],
)
def test_nobody_else_is_asked(url: str) -> None:
    def never(*_: str) -> Any:
        raise AssertionError(url)

    assert state_of(url, SITES, ask=never, resolve=never) == LinkState.FOREIGN


@pytest.mark.parametrize(
    "address",
    [
        *(
            "127.0.0.1",
            "10.0.0.5",
            "192.168.1.1",
            "172.16.0.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.1.2.3",
            "224.0.0.1",
        ),
        *("::1", "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.5"),
    ],
)
def test_a_name_that_leads_into_our_own_network_is_refused(address: str) -> None:
    def never(*_: str) -> Answer:
        raise AssertionError(address)

    for answer in ([address], [PUBLIC, address]):
        assert state_of("https://sferum.ru/ok", SITES, ask=never, resolve=lambda _, a=answer: a) == LinkState.FOREIGN


def test_red_control_the_same_name_with_a_public_address_is_asked() -> None:
    with site() as (asked, ask):
        state_of("https://sferum.ru/ok", SITES, ask=ask, resolve=lambda _: [PUBLIC])
        assert asked


def test_the_connection_goes_to_the_address_that_was_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that answers differently the second time changes nothing: it is not asked a second time."""
    dialled: list[Any] = []

    def dial(address: Any, timeout: float) -> Any:
        dialled.append((address, timeout))
        raise TimeoutError

    monkeypatch.setattr(probe.socket, "create_connection", dial)
    assert state_of("https://sferum.ru/ok", SITES, resolve=publicly) == LinkState.SILENT
    assert dialled == [((PUBLIC, 443), 5.0)]


def test_a_server_that_drips_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "DEADLINE", 0.3)
    from socket import create_server

    with create_server(("127.0.0.1", 0)) as silent:
        connection = http.client.HTTPConnection("127.0.0.1", silent.getsockname()[1], timeout=20)
        with pytest.raises((OSError, http.client.HTTPException)):
            answer_of(connection, "HEAD", "/")


def make_link(region: Region | None, path: str, **fields: Any) -> Guide:
    return Guide.objects.create(**{"region": region, "title": path, "url": f"https://sferum.ru{path}"} | fields)


@pytest.fixture
def live(settings: Any) -> None:
    settings.PORTAL_LIVE = True


def test_a_link_that_does_not_open_says_since_when(region: Region, live: None, monkeypatch: pytest.MonkeyPatch) -> None:
    gone, fine = make_link(region, "/gone"), make_link(region, "/ok")
    first = timezone.localdate()
    with site() as (_, ask):
        assert link_check.check_links(ask=ask, resolve=publicly) == 1
        later = timezone.now() + timedelta(days=7)
        monkeypatch.setattr(timezone, "now", lambda: later)
        link_check.check_links(ask=ask, resolve=publicly)
    gone.refresh_from_db()
    fine.refresh_from_db()
    assert (gone.broken_since, gone.link_state) == (first, LinkState.BROKEN)
    assert gone.link_checked_on == first + timedelta(days=7)
    assert (fine.broken_since, fine.link_state) == (None, LinkState.OPENS)
    Guide.objects.filter(pk=gone.pk).update(url="https://sferum.ru/ok")
    with site() as (_, ask):
        link_check.check_links(ask=ask, resolve=publicly)
    gone.refresh_from_db()
    assert gone.broken_since is None


def test_each_region_allows_its_own_sites(db: None, live: None) -> None:
    own = make_link(make_region(allowed_link_hosts=["video.example"]), "/ok", url="https://video.example/ok")
    foreign = make_link(make_region(allowed_link_hosts=["other.example"]), "/ok", url="https://video.example/ok")
    with site() as (asked, ask):
        link_check.check_links(ask=ask, resolve=publicly)
    own.refresh_from_db()
    foreign.refresh_from_db()
    assert (own.link_state, foreign.link_state) == (LinkState.OPENS, LinkState.FOREIGN)
    assert foreign.broken_since is None
    assert len(asked) == 1


def test_where_nobody_answers_our_own_line_is_to_blame(region: Region, live: None) -> None:
    for number in range(3):
        make_link(region, f"/{number}")

    def no_line(host: str) -> list[str]:
        raise OSError("Name or service not known")

    link_check.check_links(resolve=no_line)
    assert not Guide.objects.exclude(link_state="").exists()


def test_a_link_changed_while_it_was_asked_keeps_its_silence(region: Region) -> None:
    row = make_link(region, "/gone")
    Guide.objects.filter(pk=row.pk).update(url="https://sferum.ru/new")
    assert not row.note_link(LinkState.BROKEN)
    row.refresh_from_db()
    assert row.broken_since is None


def test_in_trial_mode_nothing_leaves_the_machine(
    region: Region, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert settings.PORTAL_LIVE is False
    make_link(region, "/gone")

    def never(*_: str) -> Any:
        raise AssertionError

    assert link_check.check_links(ask=never, resolve=never) == 0
    assert Guide.objects.get().link_state == ""


def test_red_control_the_same_link_is_asked_in_live_mode(region: Region, live: None) -> None:
    make_link(region, "/gone")
    with site() as (asked, ask):
        assert link_check.check_links(ask=ask, resolve=publicly) == 1
        assert asked


def test_once_a_week(region: Region, live: None, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    monkeypatch.setattr(link_check, "check_links", lambda: calls.append(1))
    check: Callable[[], None] = check_links
    check()
    check()
    assert calls == [1]
    assert JobRun.objects.get(job="check-links").finished_at
