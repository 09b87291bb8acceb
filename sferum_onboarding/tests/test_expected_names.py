"""A canary in the school's lists: nobody but its administrators ever meets the names, at any address or in any file."""

import logging
import zipfile
from collections.abc import Iterator
from io import BytesIO

import pytest
from django.apps import apps
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import path

from invitations.models import ExpectedMember, ListDraft, ListMatch
from organizations.models import Event
from sferum_onboarding.tests.routes import knock, walk
from sferum_onboarding.tests.world import World, make_world

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
NAMES = ("Канарейкин", "Снегирёв", "Синицын")


@pytest.fixture
def world() -> Iterator[World]:
    logging.disable(logging.WARNING)
    yield make_world()
    logging.disable(logging.NOTSET)


def text_of(answer: HttpResponse) -> str:
    """Also of what lies inside a workbook."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(BytesIO(content)) as archive:
            content = b"\n".join(archive.read(name) for name in archive.namelist())
    return content.decode(errors="replace")


def places_with_names(world: World, actor: str) -> set[str]:
    browser, found = world.browser(actor), set()
    for route in walk():
        said = text_of(knock(browser, route, world.place(route.name, route.places), "get"))
        if any(name in said for name in NAMES):
            found.add(route.name)
    return found


@pytest.mark.parametrize("actor", ["oleg", "nadia", "vera", "igor"])
def test_nobody_above_or_beside_the_school_meets_a_name(world: World, actor: str) -> None:
    assert places_with_names(world, actor) == set()


def test_red_control_the_schools_own_administrator_does(world: World) -> None:
    assert places_with_names(world, "marina") >= {"invitations:expected-draft", "invitations:expected-list"}


def test_names_stand_in_no_other_table_and_on_no_desk_of_the_staff(world: World) -> None:
    assert not {ExpectedMember, ListDraft, ListMatch} & admin.site._registry.keys()
    written = [
        f"{model._meta.label}: {row}"
        for model in apps.get_models()
        if model not in (ExpectedMember, ListDraft)
        for row in map(str, model._default_manager.values())
        if any(name in row for name in NAMES)
    ]
    assert written == []
    assert Event.objects.filter(verb="expected.list-saved").exists()


def leaky(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse(ExpectedMember.objects.values_list("full_name", flat=True)[0])


urlpatterns = [path("leak/<int:pk>/", leaky, name="leak")]


def test_red_control_a_page_that_leaks_is_seen(world: World, settings: object) -> None:
    settings.ROOT_URLCONF = __name__
    assert places_with_names(world, "vera") == {"leak"}
