"""What belongs to another municipality: a canary in every text of it, and nobody beside it meets one, or counts it.

Pavel coordinates Асино. All that `make_world` makes belongs to the school of Верхнекетский; he walks every address
with its keys and with those of his own school, takes every file along, tries every act on many, and gets his letters.
"""

import logging
import re
import subprocess
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path, reverse
from django.utils import timezone

from conftest import make_appointment, make_class, make_organization, make_user
from coordination import digests, export_work, reminders
from coordination.bulk import ACTS
from coordination.models import Call, Campaign, Export, Snapshot, Snooze
from correspondence.models import Letter
from invitations.tests.builders import make_invitation, make_request
from messenger.models import Chat
from organizations.models import Event, Organization
from registrations.models import HelpRequest, RegistrationRequest
from registrations.statuses import Addressee, HelpTopic
from sferum_onboarding.tests.routes import leaving_nothing, masked, walk
from sferum_onboarding.tests.test_expected_names import text_of
from sferum_onboarding.tests.world import World, make_world

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

WORD, MAILBOX, PHONE = "Канарейка", "kanareika@example.org", "+79990424242"
CANARY = re.compile(r"канарейк|kanareika|999.{0,7}042.{0,7}42.{0,7}42", re.IGNORECASE)
ROOMS = ("correspondence", "organizations", "registrations", "invitations", "messenger", "coordination")
# The whole region's, or everybody's; and what is no text but a key by which rows are found.
SHARED = {"Region", "MailChannel", "Mailbox", "ImportLayout", "RungSetting", "SearchWord", "CaseCounter"}
KEYS = {
    *("dedupe_key", "message_id", "in_reply_to", "identity", "queue", "thread", "number", "prefix", "key", "code"),
    *("verb", "object_type", "fingerprint", "consent_version", "region_code", "query", "content_type", "signature"),
    *("search_key", "search_words", "inn", "kpp", "ogrn", "oktmo", "sferum_link", "headers", "links", "attempts"),
    *("layout", "report", "scope", "closed", "columns", "changes", "quiet_periods", "fields", "references"),
    *("section", "group_name", "messenger"),
}
LISTS = {
    "organizations": ["q=канарейка", "closed=closed", "doubt=any", "requests=waiting", "letters=waiting", "page=2"],
    "organizations-export": ["q=канарейка", "doubt=any"],
    "dashboard": ["kind=school", "measure=migrated", "municipality=none"],
    "worklist": ["q=канарейка"],
    "calls": ["everybody=on", "everybody=on&q=канарейка"],
    "call-sheet": ["reason=обзвон школ", "everybody=on&reason=обзвон школ"],
    "changes": ["since=2026-01-01"],
    "report": ["scope=region"],
}


@pytest.fixture
def world() -> Iterator[World]:
    """Everything of Верхнекетский is marked first; what Pavel may see is made, unmarked, after that."""
    logging.disable(logging.WARNING)
    world = make_world()
    mark(world)
    school, marina = world.other_school, world.people["oleg"]
    invitation = make_invitation(school, school_class=make_class(school, section="В"))
    make_request(invitation)
    Chat.objects.create(organization=school, name="7 «В»", key="7 в")
    RegistrationRequest.objects.open_new(school, by=marina)
    HelpRequest.objects.prepare(
        school, topic=HelpTopic.OTHER, addressee=Addressee.SUPPORT, question="?", by=world.people["pavel"]
    )
    for each in Organization.objects.all():
        each.save()  # search words of both
    Snapshot.objects.take(world.region, day=timezone.localdate() - timedelta(days=1))
    yield world
    logging.disable(logging.NOTSET)


def mark(world: World) -> None:
    """The canary into every text of every row that is not Pavel's or everybody's."""
    own = {"Organization": world.other_school.pk, "Municipality": world.other_school.municipality_id}
    for model in (each for room in ROOMS for each in apps.get_app_config(room).get_models()):
        if model.__name__ in SHARED:
            continue
        rows = model._base_manager.exclude(pk=own.get(model.__name__, 0))
        if "organization" in {field.name for field in model._meta.fields}:
            rows = rows.exclude(organization=world.other_school)
        for pk in rows.values_list("pk", flat=True):
            if values := {field.name: said for field in model._meta.fields if (said := canary_for(field))}:
                rows.filter(pk=pk).update(**values)
    people = world.people
    apps.get_model("accounts.User").objects.exclude(pk__in=[people["pavel"].pk, people["oleg"].pk]).update(
        full_name=WORD
    )


def canary_for(field: Any) -> Any:
    """None where the field holds no words."""
    if field.name in KEYS or field.choices or field.unique:
        return None
    if isinstance(field, models.JSONField):
        return [WORD] if field.name in ("rows", "titles", "lines", "refused", "skipped", "unread") else None
    if not isinstance(field, models.CharField | models.TextField):
        return None
    if isinstance(field, models.EmailField) or "email" in field.name:
        return MAILBOX
    if "phone" in field.name:
        return PHONE
    return WORD[: field.max_length or None]


def said(answer: HttpResponse) -> str:
    """What a person reads of an answer, papers and workbooks too; not what he has typed himself."""
    if answer.headers.get("Content-Type", "").startswith("application/pdf"):
        paper = subprocess.run(["pdftotext", "-", "-"], input=answer.content, capture_output=True, check=True)
        return paper.stdout.decode()
    text = text_of(answer).replace('value="канарейка"', "")
    return text.replace("%D0%BA%D0%B0%D0%BD%D0%B0%D1%80%D0%B5%D0%B9%D0%BA%D0%B0", "")


def addresses(world: World, *, with_strange_keys: bool = True) -> Iterator[tuple[str, str]]:
    """Every route with the own keys and with the strange ones, and the lists under conditions."""
    own = {"pk": world.other_school.pk, "class_pk": world.other_school.classes.get().pk}
    for route in walk():
        if {"token", "code"} & set(route.places) or route.name.startswith("mfa_"):
            continue  # whoever holds such a link may read its page; a new secret is another one each time
        keys = world.place(route.name, route.places)
        ways = {route.path(keys | {name: own[name] for name in own.keys() & keys})}
        for way in sorted(ways | ({route.path(keys)} if with_strange_keys else set())):
            yield route.name, way
    for name, conditions in LISTS.items():
        for condition in conditions:
            yield f"{name}?{condition}", f"{reverse(f'coordination:{name}')}?{condition}"


def sightings(browser: Client, asked: Iterable[tuple[str, str]]) -> set[str]:
    seen = set()
    for name, address in asked:
        with leaving_nothing(browser):
            if CANARY.search(said(browser.get(address))):
                seen.add(name)
    return seen


def test_nothing_of_another_municipality_on_any_page_or_in_any_file(world: World) -> None:
    assert sightings(world.browser("pavel"), addresses(world)) == set()


def test_red_control_the_regions_coordinator_meets_it_everywhere(world: World) -> None:
    seen = sightings(world.browser("vera"), addresses(world))

    assert seen >= {f"coordination:{name}" for name in ("dashboard", "organizations", "worklist", "calls", "reports")}
    assert seen >= {
        "organizations?q=канарейка",
        "organizations-export?q=канарейка",
        "coordination:organizations-export",
    }
    assert len(seen) > 60


def acts_on_many(browser: Client) -> Iterator[tuple[str, HttpResponse]]:
    """What stands under the list: each as far as its preview, for everything that the filter finds."""
    every = {"all": "yes"}
    for act in ACTS:
        yield act, browser.post(f"/organizations/bulk/{act}/", every)
    yield "ask", browser.post("/organizations/ask/", every)
    yield "file", browser.post("/organizations/file/", every)
    words = {"name": "Проба", "subject": "Сверка", "text": "Здравствуйте! {организация}", "includes_done": "on"}
    yield "campaign", browser.post("/campaigns/new/", words, follow=True)
    names = {"form": "csv", "with_names": "on", "reason": "обзвон школ района"}
    yield "names", browser.post("/organizations/export/", names)
    yield "sheet", browser.post("/worklist/calls.xlsx", names)


def test_acts_on_many_stop_at_the_border(world: World) -> None:
    browser = world.browser("pavel")
    for name, answer in acts_on_many(browser):
        assert answer.status_code in (200, 302, 404, 405), (name, answer.status_code)
        assert not CANARY.search(said(answer)), name
    assert Campaign.objects.filter(author=world.people["pavel"]).exists()


def test_red_control_of_acts_on_many(world: World) -> None:
    seen = {name for name, answer in acts_on_many(world.browser("vera")) if CANARY.search(said(answer))}
    assert seen >= {"remind", "ask", "campaign", "names"}


def test_letters_and_files_of_the_night_stop_at_the_border(world: World) -> None:
    pavel, vera = world.people["pavel"], world.people["vera"]
    for by in (pavel, vera):
        Export.objects.queue("organizations", "csv", by=by, rows=9, region=world.region, query="", reason="для сверки")
    export_work.work_on_exports()
    digests.send_mornings(world.region)
    digests.send_weeks(world.region)
    reminders.remind_region(world.region)

    files = {row.by_id: row.file.decode("utf-8-sig") for row in Export.objects.filter(reason="для сверки")}
    assert CANARY.search(files[vera.pk])
    assert not CANARY.search(files[pavel.pk])
    assert [letter.pk for letter in Letter.objects.filter(recipient=pavel.email) if CANARY.search(letter.text)] == []
    assert any(CANARY.search(letter.text) for letter in Letter.objects.filter(recipient=vera.email))


def grow(world: World) -> None:
    """Верхнекетский gets busy: more schools, requests, letters, calls; Асино stays as it was."""
    vera, municipality = world.people["vera"], world.school.municipality
    for number in range(3):
        school = make_organization(municipality, email=f"grown{number}@example.org")
        make_appointment(school, make_user(full_name="Новая Нина Нилова"))
        make_request(make_invitation(school, school_class=make_class(school)))
        RegistrationRequest.objects.open_new(school, by=vera)
        Snooze.objects.put_off(school, until=school.today + timedelta(days=2), reason="отпуск", by=vera)
        Call.objects.create(organization=school, by=vera, outcome="silent")
        Event.record("organization.added", school, by=vera)
    make_organization(municipality, closed_on=timezone.localdate())


def test_no_number_changes_when_a_neighbour_grows(world: World) -> None:
    browser, before = world.browser("pavel"), {}
    asked = list(addresses(world, with_strange_keys=False))
    for name, address in asked:
        with leaving_nothing(browser):
            before[name, address] = comparable(browser.get(address))
    grow(world)
    changed = set()
    for name, address in asked:
        with leaving_nothing(browser):
            if comparable(browser.get(address)) != before[name, address]:
                changed.add(name)
    assert changed == set()


def test_red_control_the_regions_numbers_do_change(world: World) -> None:
    browser = world.browser("vera")
    dashboard = comparable(browser.get("/dashboard/"))
    grow(world)
    assert comparable(browser.get("/dashboard/")) != dashboard


def comparable(answer: HttpResponse) -> tuple[int, str]:
    """Without what differs between any two answers: tokens, the hour, and the making of a file."""
    kind = answer.headers.get("Content-Type", "")
    if kind.startswith(("application/pdf", "application/vnd")) or answer.streaming:
        return answer.status_code, re.sub(r"\d\d:\d\d(:\d\d)?Z?|[\w.-]+\.[\w-]{6}\.[\w-]{20,}", "", said(answer))
    status, text, _ = masked(answer)
    return status, re.sub(r"\b\d{1,2}:\d\d\b", "", text)


def leaky(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{Organization.objects.count()} {Organization.objects.earliest('pk').full_name}")


urlpatterns = [path("leak/", leaky, name="leak"), path("accounts/", include("accounts.signin_urls"))]


def test_red_control_a_page_without_scope_is_found(world: World, settings: Any) -> None:
    settings.ROOT_URLCONF = __name__
    assert sightings(world.browser("pavel"), [("leak", "/leak/")]) == {"leak"}
