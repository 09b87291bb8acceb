"""How many people opened a link: machines that open it by themselves change and count nothing."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from conftest import make_region
from invitations.models import Invitation
from invitations.statuses import Mode
from invitations.tests.builders import make_invitation, pupil_form
from invitations.views import counting
from organizations.models import Organization

pytestmark = pytest.mark.django_db
PERSON = "Mozilla/5.0 (Linux; Android 13; CUBOT P80) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/109.0 Safari/537.36"
MACHINES = [
    "",
    "TelegramBot (like TwitterBot)",
    "WhatsApp/2.23.20.0",
    "Mozilla/5.0 (compatible; vkShare; +http://vk.com/dev/Share)",
    "Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/120.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0) SkypeUriPreview Preview/0.5",
    "curl/8.5.0",
    "python-requests/2.31",
]


@pytest.fixture
def link(school: Organization) -> Invitation:
    return make_invitation(school)


def tell(code: str, agent: str = PERSON, **headers: str) -> int:
    return int(Client(headers={"User-Agent": agent} | headers).post(f"/j/{code}/opened/").status_code)


def counted(link: Invitation) -> tuple[int, int]:
    link.refresh_from_db()
    return link.opened, link.late


def test_a_person_who_looks_is_counted(link: Invitation) -> None:
    assert tell(link.code) == 204
    assert counted(link) == (1, 0)


@pytest.mark.parametrize("method", ["get", "head"])
def test_opening_the_address_writes_and_counts_nothing(client: Client, link: Invitation, method: str) -> None:
    with CaptureQueriesContext(connection) as asked:
        getattr(client, method)(f"/j/{link.code}/", headers={"User-Agent": PERSON})
    assert [each["sql"] for each in asked if not each["sql"].startswith("SELECT")] == []
    assert counted(link) == (0, 0)
    assert getattr(client, method)(f"/j/{link.code}/opened/").status_code == 405


@pytest.mark.parametrize("agent", MACHINES)
def test_a_machine_that_runs_the_script_is_not_counted(link: Invitation, agent: str) -> None:
    assert tell(link.code, agent) == 204
    assert counted(link) == (0, 0)


@pytest.mark.parametrize("headers", [{"Sec-Purpose": "prefetch;prerender"}, {"Purpose": "prefetch"}])
def test_a_page_fetched_beforehand_is_not_counted(link: Invitation, headers: dict[str, str]) -> None:
    tell(link.code, **headers)
    assert counted(link) == (0, 0)


def test_red_control_without_the_list_of_machines_they_would_count(
    link: Invitation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "is_machine", lambda _: False)
    for agent in MACHINES:
        tell(link.code, agent)
    assert counted(link) == (len(MACHINES), 0)


def test_late_visitors_of_a_replaced_link_are_counted_apart(link: Invitation) -> None:
    tell(link.code)
    new = link.replace(by=None)
    tell(link.code)
    tell(link.code)
    assert counted(link) == (1, 2)
    assert counted(new) == (0, 0)


def test_one_address_cannot_count_for_ever(link: Invitation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "PER_ADDRESS", 3)
    assert {tell(link.code) for _ in range(6)} == {204}
    assert counted(link) == (3, 0)


def test_counting_is_one_statement_on_the_link(link: Invitation) -> None:
    with CaptureQueriesContext(connection) as asked:
        tell(link.code)
    assert len([each for each in asked if "UPDATE" in each["sql"] and "invitations_invitation" in each["sql"]]) == 1


def test_a_stranger_page_cannot_count(link: Invitation) -> None:
    stranger = Client(enforce_csrf_checks=True, headers={"User-Agent": PERSON})
    assert stranger.post(f"/j/{link.code}/opened/").status_code == 403
    assert counted(link) == (0, 0)


@pytest.mark.parametrize("state", ["open", "direct", "paused", "expired", "replaced", "revoked", "full"])
def test_every_page_of_a_link_carries_the_script_with_a_token_that_works(link: Invitation, state: str) -> None:
    now = timezone.now()
    facts: dict[str, dict[str, Any]] = {
        "open": {},
        "direct": {"mode": Mode.DIRECT},
        "paused": {"paused_at": now},
        "expired": {"expires_on": timezone.localdate().replace(year=2020)},
        "replaced": {"revoked_at": now, "replaced_by": make_invitation(link.organization, section="Я")},
        "revoked": {"revoked_at": now},
        "full": {"limit": 1, "used": 1},
    }
    Invitation.objects.filter(pk=link.pk).update(**facts[state])
    visitor = Client(enforce_csrf_checks=True, headers={"User-Agent": PERSON})
    page = visitor.get(f"/j/{link.code}/").content.decode()
    found = re.search(r'portal/opened\.js" defer data-opened="([^"]+)" data-token="([^"]+)"', page)
    assert found
    assert visitor.post(found[1], {"csrfmiddlewaretoken": found[2]}).status_code == 204
    assert sum(counted(link)) == 1


def test_the_script_is_small(settings: Any) -> None:
    assert (settings.BASE_DIR / "static/portal/opened.js").stat().st_size <= 1024


def test_whoever_filed_without_scripts_has_opened_it(client: Client, link: Invitation) -> None:
    client.post(f"/j/{link.code}/", pupil_form())
    link.refresh_from_db()
    assert (link.opened, link.openings) == (0, 1)


@pytest.mark.parametrize("code", ["ABCDEFGHJKMN", "%00", "9" * 400, "<script>"])
def test_an_unknown_code_counts_nowhere(link: Invitation, code: str) -> None:
    assert tell(code) == 404
    assert counted(link) == (0, 0)


def test_an_unknown_code_names_the_department_only_where_it_is_the_only_one(client: Client, link: Invitation) -> None:
    text = client.get("/j/ABCDEFGHJKMN/").content.decode()
    assert "поддельные приглашения" in text
    assert "+73822000001" in text.replace("-", "").replace("\xa0", "").replace(" ", "")
    make_region()
    text = client.get("/j/ABCDEFGHJKMN/").content.decode()
    assert "3822" not in text
    assert "официального сайта" in text


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("+7 3822 51-00-00", "tel:+73822510000"),
        ("", "с её официального сайта"),
        ("51-00-00, доб. 3; 51-00-01", "51-00-00, доб. 3"),
    ],
)
def test_a_replaced_link_says_whom_to_ask_and_no_name(client: Client, link: Invitation, phone: str, shown: str) -> None:
    Organization.objects.filter(pk=link.organization.pk).update(phone=phone)
    link.school_class.teacher_name = "Белова Анна Игоревна"
    link.school_class.save()
    new = link.replace(by=None)
    answer = client.get(f"/j/{link.code}/")
    text = answer.content.decode()
    assert answer.status_code == 410
    assert "у классного руководителя" in text
    assert "Белова" not in text
    assert new.code not in text
    assert new.shown_code not in text
    assert shown in text


def test_the_page_of_a_code_says_whose_it_is_and_whether_it_is_valid(client: Client, link: Invitation) -> None:
    text = client.get("/j/", {"code": link.shown_code}, follow=True).content.decode()
    for words in (link.organization.name, "роль: ученик", "7 «Б»", "ссылка: действует по"):
        assert words in text
    link.pause(by=None, reason="Сверяем списки")
    text = client.get("/j/", {"code": link.shown_code}, follow=True).content.decode()
    assert "ссылка: приостановлена" in text
    assert "Сверяем списки" in text
