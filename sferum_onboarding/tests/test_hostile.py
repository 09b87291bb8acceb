"""What people and programs may send to any form, address or header: never a 500, a message at the field in Russian,
nothing typed is lost, nothing is executed. A stranger's object in a choice is refused like one that is not there.
"""

import html
import logging
import re
from collections.abc import Iterator
from urllib.parse import quote, quote_from_bytes

import pytest
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path, resolve

from conftest import make_class, make_municipality, make_region
from invitations.models import JoinRequest
from invitations.tests.builders import make_invitation, make_request
from messenger.models import Chat
from organizations.models import Organization
from organizations.statuses import Step
from registrations.models import Inquiry
from registrations.statuses import InquiryAnswer
from sferum_onboarding.tests.pages import Form, forms_of
from sferum_onboarding.tests.routes import ACTORS, leaving_nothing, table, walk
from sferum_onboarding.tests.world import World, make_world

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

SCRIPT = '"><script>alert(1)</script>'
HOSTILE = {
    "empty": b"",
    "long": "Ъ".encode() * 10_000,
    "NUL": "Петров\0Пётр".encode(),
    "bidi": "Петров \u202eртёП".encode(),
    "script": SCRIPT.encode(),
    "look-alikes": "Пeтpoв Пётp".encode(),
    "emoji": "Петров 🎓 Пётр".encode(),
    "surrogate": b"\xed\xa0\x80\xff",
    "number": str(2**70).encode(),
    "negative": b"-1",
}
REFUSED_EVERYWHERE = ("long", "NUL", "bidi")
IN_CHOICES = {"NUL": b"\0", "number": str(2**70).encode(), "surrogate": b"\xff"}
GOOD = {
    "full_name": "Смирнова Анна Петровна",
    "applicant_name": "Смирнова Анна Петровна",
    "by_name": "Петрова Ольга Ивановна",
    "person_name": "Петрова Ольга Ивановна",
    "predecessor_name": "",
    "predecessor_phone": "",
    "phone": "+7 913 123-45-67",
    "phone_again": "+7 913 123-45-67",
    "new_phone": "",
    "email": "anna@example.ru",
    "order_on": "2026-09-01",
    "order_number": "12",
    "since": "2026-09-01",
    "until": "2027-05-31",
    "on": "2026-09-01",
    "channel": "letter",
    "outcome": "registered",
    "agree": "on",
    "consent": "on",
    "is_representative": "on",
    "messenger": "MAX",
    "reason": "other",
    "names": "7 «Б» – родители",
    "text": "Зарегистрировано.",
    "addressee": "support",
    "question": "Добрый день! Не приходит код.",
}
TAKEN_WHEN_GOOD = {
    "coordination:coordinator-invite",
    "invitations:join",
    "messenger:chats-add",
    "messenger:chats-move",
    "organizations:appoint-by-link",
    "organizations:appointment-add",
    "organizations:deputy-add",
    "registrations:handover-nominate",
    "registrations:help-ask",
    "registrations:who",
}
LISTS = (
    "coordination:organizations-export",
    "coordination:organizations-export-csv",
    "coordination:reconcile-export",
    "coordination:report",
    "coordination:report-paper",
    "coordination:turnaround-export",
    "guides:trainings-ics",
    "registrations:inquiry-sheets",
)
PARAMETERS = [
    "age",
    "another",
    "as_of",
    "answer",
    "doubt",
    "held",
    "batch",
    "classes",
    "code",
    "holder",
    "kind",
    "letters",
    "mark",
    "municipality",
    "next",
    "of",
    "organization",
    "page",
    "pile",
    "put_off",
    "q",
    "reason",
    "region",
    "role",
    "roles",
    "school_class",
    "seen",
    "show",
    "since",
    "site",
    "sort",
    "stalled",
    "state",
    "status",
    "step",
    "topic",
    "trouble",
    "unknown",
    "until",
    *("closed", "found", "words"),
]


# Pages that show a form only when asked, and forms that stand behind a first question.
ASKED = {
    "invitations:slip": ["?names"],
    "registrations:who": [f"?answer={answer}" for answer in InquiryAnswer.values],
    "registrations:inquiry": [f"?answer={answer}" for answer in InquiryAnswer.values],
    "registrations:help": ["?topic=code", "?topic=number_changed", "?topic=two_communities"],
    "registrations:first-entry": ["?trouble=code"],
}
BEHIND: dict[str, tuple[str, dict[str, str]]] = {
    "messenger:chats-add": ("marina", {"names": "textarea", "confirmed": "hidden"}),
    "messenger:chats-conditions": (
        "marina",
        {
            **dict.fromkeys(["is_mover_administrator", "is_role_confirmed", "has_two_administrators"], "select"),
            **dict.fromkeys(["pk", "confirmed"], "hidden"),
        },
    ),
    "messenger:chats-created": ("marina", {"messenger": "text", "on": "date", "pk": "hidden", "confirmed": "hidden"}),
    "messenger:chats-move": ("marina", {"messenger": "text", "on": "date", "pk": "hidden", "confirmed": "hidden"}),
    "messenger:chats-leave": ("marina", {"note": "text", "reason": "select", "pk": "hidden", "confirmed": "hidden"}),
    "invitations:requests-reject": ("marina", {"reason_text": "text", "ids": "hidden", "confirmed": "hidden"}),
    "invitations:requests-postpone": (
        "marina",
        {"until": "date", "note": "text", "ids": "hidden", "confirmed": "hidden"},
    ),
    "invitations:invitations-pause": ("marina", {"reason": "text", "ids": "hidden", "confirmed": "hidden"}),
    "invitations:invitations-extend": ("marina", {"expires_on": "date", "ids": "hidden", "confirmed": "hidden"}),
    "coordination:organizations-file": ("vera", dict.fromkeys(["pk", "left_out", "batch", "page"], "hidden")),
    "registrations:file-many": ("vera", dict.fromkeys(["pk", "left_out", "batch"], "hidden")),
    "registrations:who-mistake": ("anonymous", {"words": "textarea"}),
    "registrations:handover-nominate": (
        "vera",
        dict.fromkeys(["full_name", "position", "phone", "phone_again", "shared_phone_reason", "email"], "text"),
    ),
}


@pytest.fixture
def world() -> Iterator[World]:
    logging.disable(logging.CRITICAL)  # refusals are what is asked for here
    yield make_world()
    logging.disable(logging.NOTSET)


def doors(world: World) -> Iterator[tuple[str, str, Client]]:
    """Every page that opens, with the first browser to which it does: (route, address, browser)."""
    browsers, rows = {actor: world.browser(actor) for actor in ACTORS}, table()
    for route in walk():
        if route.row.startswith("admin"):
            continue  # Django's own forms; the desks are tried by their rooms
        for actor in ("anonymous", "marina", "vera", "igor"):
            if rows[route.row][ACTORS.index(actor)].startswith("200"):
                address = route.path(world.place(route.name, route.places))
                for asked in ["", *ASKED.get(route.name, [])]:
                    yield route.name, address + asked, browsers[actor]
                break


def send(client: Client, address: str, fields: dict[str, bytes]) -> HttpResponse:
    body = "&".join(f"{quote(name)}={quote_from_bytes(value)}" for name, value in fields.items())
    with leaving_nothing(client):
        return client.post(address, body, content_type="application/x-www-form-urlencoded")


def forms(world: World) -> Iterator[tuple[str, Form, Client]]:
    """Every form with the method POST, once, whoever shows it first."""
    seen = set()
    for _, address, browser in doors(world):
        with leaving_nothing(browser):
            page = browser.get(address)
        if not page["Content-Type"].startswith("text/html"):
            continue
        for form in forms_of(page.content.decode(), address):
            name = resolve(form.action.partition("?")[0]).view_name
            if form.method == "post" and (name, *sorted(form.kinds)) not in seen:
                seen.add((name, *sorted(form.kinds)))
                yield name, form, browser
    addresses = {route.name: route.path(world.place(route.name, route.places)) for route in walk()}
    addresses["registrations:handover-nominate"] = f"/organizations/{world.other_school.pk}/handover/nominate/"
    first = {"pk": world.chat, "ids": world.request, "confirmed": "yes"}
    for name, (actor, kinds) in BEHIND.items():
        those = first | (
            {"ids": world.defaults["invitation_pk"]} if name.startswith("invitations:invitations-") else {}
        )
        values = {key: str(value) for key, value in those.items() if key in kinds}
        yield name, Form(addresses[name], "post", kinds, values), world.browser(actor)


def errors_of(answer: HttpResponse) -> dict[str, list[str]]:
    """Field → its messages, of every form that came back with mistakes."""
    found: dict[str, list[str]] = {}
    for layer in answer.context or ():
        for each in layer.dicts if hasattr(layer, "dicts") else [layer]:
            for value in each.values():
                if hasattr(value, "errors") and getattr(value, "is_bound", False) and hasattr(value, "add_prefix"):
                    found |= {value.add_prefix(name): list(words) for name, words in value.errors.items()}
    return found


def faults(name: str, kind: str, form: Form, sent: dict[str, bytes], answer: HttpResponse) -> Iterator[tuple[str, ...]]:
    if answer.status_code >= 500:
        yield name, kind, f"{answer.status_code}", ",".join(sent)
        return
    if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html"):
        return
    page, errors = answer.content.decode(), errors_of(answer)
    if "<script>alert(" in page:
        yield name, kind, "executed"
    for field_name, words in errors.items():
        if not all(re.search("[а-яё]", word) for word in words):
            yield name, kind, field_name, f"not in Russian: {words}"
    for field_name in form.written:
        if field_name not in sent or form.kinds[field_name] in ("number", "date", "search"):
            continue
        if kind in REFUSED_EVERYWHERE and errors and field_name not in errors:
            yield name, kind, field_name, "no message"
        typed = sent[field_name].decode(errors="replace")
        kept = html.unescape(page).replace("\r\n", "\n")
        if errors and kind not in ("surrogate", "NUL") and typed.strip() and typed.strip() not in kept:
            yield name, kind, field_name, "lost"


def test_every_field_of_every_form_takes_anything(world: World) -> None:
    found, tried = [], set()
    for name, form, browser in forms(world):
        written = form.written
        untouched = {key: value.encode() for key, value in form.values.items() if key not in written}
        for kind, value in HOSTILE.items() if written else ():
            sent = untouched | dict.fromkeys(written, value)
            found += faults(name, kind, form, sent, send(browser, form.action, sent))
        for kind, value in IN_CHOICES.items():
            for key in form.kinds.keys() - {*written, "csrfmiddlewaretoken"}:
                sent = {each: given.encode() for each, given in form.values.items()} | {key: value}
                found += faults(name, kind, form, {key: value}, send(browser, form.action, sent))
        tried.add(name)
    assert found == []
    assert len(tried) > 60


@pytest.mark.parametrize("kind", HOSTILE)
def test_the_first_form_of_an_empty_portal_takes_anything(kind: str) -> None:
    """It is gone once anybody has begun, so the walk above never sees it."""
    (route,) = [route for route in walk() if route.name == "coordination:first-region"]
    browser = Client(raise_request_exception=False)
    (form,) = [each for each in forms_of(browser.get(route.path({})).content.decode(), route.path({})) if each.written]
    for region in (b"70", HOSTILE[kind]):
        sent = dict.fromkeys(form.written, HOSTILE[kind]) | {"region": region}
        answer = send(browser, form.action, sent)

        assert list(faults(route.name, kind, form, sent, answer)) == []
        assert answer.status_code == 200
        assert errors_of(answer)


def test_one_bad_field_among_good_ones_is_named(world: World) -> None:
    """The others are right, so nothing but this field stands between the text and the database: as it is, without
    the bad field, the form is taken.
    """
    found, taken, tried = [], set(), 0
    for name, form, browser in forms(world):
        good = {key: value.encode() for key, value in form.values.items()}
        good |= {key: GOOD[key].encode() for key in form.kinds if key in GOOD}
        if form.written and send(browser, form.action, good).status_code == 302:
            taken.add(name)
        for key in form.written:
            for kind in ("long", "NUL", "surrogate"):
                answer = send(browser, form.action, good | {key: HOSTILE[kind]})
                found += faults(name, kind, form, {key: HOSTILE[kind]}, answer)
                if kind in REFUSED_EVERYWHERE and key not in errors_of(answer):
                    found.append((name, kind, key, f"taken: {answer.status_code}"))
                tried += 1
    assert found == []
    assert taken >= TAKEN_WHEN_GOOD
    assert tried > 200


def test_every_page_takes_any_parameters(world: World) -> None:
    found, tried = [], 0
    for name, address, browser in doors(world):
        is_file = "." in address.rpartition("/")[2]
        if "?" in address or (is_file and name not in LISTS):
            continue
        for kind in ("NUL", "script", "surrogate", "number"):
            value = HOSTILE[kind][:2_000]
            query = "&".join(f"{each}={quote_from_bytes(value)}" for each in PARAMETERS)
            with leaving_nothing(browser):
                answer = browser.get(f"{address}?{query}")
            if answer.status_code >= 500 or b"<script>alert(" in answer.content:
                found.append((name, kind, answer.status_code))
            tried += 1
    assert found == []
    assert tried > 200


@pytest.mark.parametrize("place", ["1" * 40, "%00", "%E2%80%AE%FF", "a" * 3000])
def test_every_address_takes_anything_in_its_places(world: World, place: str) -> None:
    found = []
    browsers = {actor: world.browser(actor) for actor in ("anonymous", "marina", "vera")}
    for route in walk():
        if not route.places or route.row.startswith("admin"):
            continue
        for actor, browser in browsers.items():
            known = world.place(route.name, route.places[:-1])
            with leaving_nothing(browser):
                answer = browser.get(route.path(dict.fromkeys(route.places, place) | known))
            if answer.status_code not in (200, 302, 404, 405, 410):
                found.append((route.name, actor, answer.status_code))
    assert found == []


OPEN_FORMS = [
    "invitations:join",
    "organizations:appoint-by-code",
    "registrations:who-type",
    "accounts:welcome-type",
    "account_login",
]


@pytest.fixture
def open_forms(world: World) -> list[str]:
    return [route.path(world.place(route.name, route.places)) for route in walk() if route.name in OPEN_FORMS]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"no boundary"),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="full_name"\r\n\r\ncut'),
        ("multipart/form-data; boundary=x", b"\0\xff" * 500),
        ("application/json", b'{"full_name": 1}'),
        ("text/plain; charset=no-such-charset", b"full_name=1"),
        ("application/x-www-form-urlencoded; charset=no-such-charset", b"full_name=%FF"),
        ("", b"full_name=1"),
        ("application/x-www-form-urlencoded", b"full_name=" + b"a" * 3_000_000),
        ("application/x-www-form-urlencoded", b"&".join(b"a%d=1" % number for number in range(2_000))),
    ],
)
def test_a_body_that_is_no_form_is_answered_in_words(open_forms: list[str], kind: str, body: bytes) -> None:
    browser = Client(raise_request_exception=False)
    for address in open_forms:
        with leaving_nothing(browser):
            answer = browser.generic("POST", address, body, content_type=kind)
        assert answer.status_code in (200, 400, 413), (address, kind, answer.status_code)
        if answer["Content-Type"].startswith("text/html"):
            assert re.search("[а-яё]{4}", answer.content.decode())


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "\0, ' OR 1=1, " + "9" * 5000},
        {"X-Forwarded-For": "::ffff:999.1.1.1%<script>"},
        {"Referer": 'https://evil.example/"><script>alert(1)</script>'},
        {"Accept-Language": "ÿ;q=ÿ, " + "x" * 5000},
        {"User-Agent": "<script>alert(1)</script>\udcff"},
        {"Cookie": "portal_session=\0'; portal_csrf=" + "ÿ" * 500},
        {"X-Request-ID": "<script>alert(1)</script>"},
        {"HX-Request": "true", "HX-Current-URL": "http://[::"},
        {"If-Modified-Since": "ÿ", "Range": "bytes=ÿ-"},
    ],
)
@pytest.mark.parametrize("proxies", [0, 1])
def test_headers_are_not_believed(
    open_forms: list[str], headers: dict[str, str], proxies: int, settings: object
) -> None:
    settings.TRUSTED_PROXIES = proxies
    browser = Client(raise_request_exception=False)
    for address in [*open_forms, "/", "/healthz", "/dashboard/"]:
        for method in (browser.get, browser.post):
            with leaving_nothing(browser):
                answer = method(address, headers=headers)
            assert answer.status_code in (200, 302, 405), (address, answer.status_code)
            assert b"<script>alert(" not in answer.content


@pytest.mark.parametrize("host", ["evil.example", "<script>", "", "localhost, evil.example", "ъ"])
def test_a_foreign_host_is_refused(world: World, host: str) -> None:
    answer = Client(raise_request_exception=False).get("/accounts/login/", headers={"Host": host})

    assert answer.status_code == 400
    assert "evil" not in answer.content.decode()


def test_anothers_objects_in_choices_are_refused(world: World) -> None:
    theirs = make_invitation(world.other_school, school_class=make_class(world.other_school))
    request = make_request(theirs)
    chat = Chat.objects.create(organization=world.other_school, name="Чужой", key="чужой")
    marina, own = world.browser("marina"), f"/organizations/{world.school.pk}"
    before = (JoinRequest.objects.get(pk=request.pk).status, Chat.objects.get(pk=chat.pk).status)
    issue = {"classes": theirs.school_class_id, "roles": "pupil", "mode": "review", "expires_on": "2030-01-01"}

    answer = marina.post(f"{own}/invitations/issue/", issue)
    assert "classes" in errors_of(answer)
    for verb in ("accept", "reject", "tick-list/joined"):
        marina.post(
            f"{own}/requests/{verb}/", {"ids": request.pk, "confirmed": "yes", "one": request.pk, "reason": "other"}
        )
    for verb in ("moved", "not-moved", "removed", "planned"):
        marina.post(f"{own}/chats/{verb}/", {"pk": chat.pk, "confirmed": "yes", "messenger": "MAX", "on": "2026-09-01"})
    foreign = make_municipality(make_region())
    answer = world.browser("vera").post(
        "/coordinators/invite/", {"full_name": "Иванова Анна", "email": "a@b.ru", "municipality": foreign.pk}
    )

    assert "municipality" in errors_of(answer)
    assert (JoinRequest.objects.get(pk=request.pk).status, Chat.objects.get(pk=chat.pk).status) == before


def test_a_coordinator_asks_nobody_outside_the_territory(world: World) -> None:
    Organization.objects.filter(pk=world.other_school.pk).update(step=Step.REGISTERED)
    nadia = world.browser("nadia")
    for address in ("/organizations/ask/", "/inquiries/ask/"):
        nadia.post(address, {"pk": world.other_school.pk, "all": "yes", "confirmed": "yes"})

    assert not Inquiry.objects.filter(organization=world.other_school).exists()


def careless(request: HttpRequest) -> HttpResponse:
    """What the walls are against: a field without rules, a page that trusts it, an error in English, a text lost."""
    text = request.POST.get("text", "")
    if "\0" in text:
        raise ValueError
    return HttpResponse(f"<form method=post><input name=text></form>{text if '<' in text else ''}")


urlpatterns = [path("careless/", login_not_required(careless))]


def test_red_control_a_careless_page_is_caught(settings: object) -> None:
    settings.ROOT_URLCONF = __name__
    browser = Client(raise_request_exception=False)
    (form,) = forms_of(browser.get("/careless/").content.decode(), "/careless/")
    found = {
        kind: [fault[2] for fault in faults("careless", kind, form, sent, send(browser, form.action, sent))]
        for kind, sent in ((kind, {"text": HOSTILE[kind]}) for kind in ("NUL", "script", "emoji"))
    }

    assert form.written == ["text"]
    assert found == {"NUL": ["500"], "script": ["executed"], "emoji": []}


def test_red_control_a_form_that_loses_what_was_typed_is_caught(client: Client) -> None:
    answer = client.post("/welcome/", {"login": "Петров Пётр", "code": "ABC"})
    form = Form("/welcome/", "post", {"login": "text", "code": "text"})
    lost = list(faults("welcome", "emoji", form, {"login": "Сидоров Сидор".encode()}, answer))
    unsaid = list(faults("welcome", "long", form, {"login": "Петров Пётр".encode()}, answer))

    assert lost == [("welcome", "emoji", "login", "lost")]
    assert unsaid == [("welcome", "long", "login", "no message")]
