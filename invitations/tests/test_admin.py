"""The desk of the portal's staff: numbers and states; a name for a ground only, with a line in the journal."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from invitations.models import Invitation, JoinRequest
from invitations.statuses import LinkState
from invitations.tests.builders import make_invitation, make_request
from organizations.models import Event, Organization

pytestmark = pytest.mark.django_db
LIST = "/admin/invitations/joinrequest/"


@pytest.fixture
def desk(enter: Callable[[User], Client], igor: User) -> Client:
    return enter(igor)


@pytest.fixture
def row(school: Organization) -> JoinRequest:
    return make_request(make_invitation(school), email="irina@example.ru", phone="+79138000001")


@pytest.mark.parametrize("who", ["marina", "vera", "nadia"])
def test_others_get_no_list_and_no_name(
    enter: Callable[[User], Client], row: JoinRequest, who: str, request: pytest.FixtureRequest
) -> None:
    browser = enter(request.getfixturevalue(who))
    for answer in (browser.get(LIST), browser.post(f"{LIST}{row.pk}/name/", {"ground": "school-asked"})):
        assert answer.status_code in (302, 403, 404)
        assert "Петров" not in answer.content.decode()
    assert not Event.objects.filter(verb="request.name-opened").exists()


@pytest.mark.parametrize("tail", ["", "{pk}/change/", "?q=Петров", "{pk}/name/", "{pk}/history/"])
def test_lists_and_forms_show_no_person(desk: Client, row: JoinRequest, tail: str) -> None:
    text = desk.get(LIST + tail.format(pk=row.pk)).content.decode()
    assert row.number in text or "history" in tail or "?q=" in tail
    for secret in ("Петров Илья", "Петрова Ирина", "irina@example.ru", "913 800"):
        assert secret not in text
    assert not Event.objects.filter(verb="request.name-opened").exists()


def test_a_name_needs_a_ground(desk: Client, row: JoinRequest) -> None:
    for typed in ({}, {"ground": ""}, {"ground": "curiosity"}, {"ground": "\x00"}):
        assert "Петров" not in desk.post(f"{LIST}{row.pk}/name/", typed).content.decode()
    assert not Event.objects.filter(verb="request.name-opened").exists()


def test_a_name_opens_once_and_is_logged(desk: Client, row: JoinRequest) -> None:
    answer = desk.post(f"{LIST}{row.pk}/name/", {"ground": "school-asked"})
    assert "Петров Илья Сергеевич" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    event = Event.objects.get(verb="request.name-opened")
    assert (event.object_id, event.organization, event.fields) == (row.pk, row.organization, ["school-asked"])
    assert "Петров" not in desk.get(f"{LIST}{row.pk}/name/").content.decode()


def test_nothing_is_added_or_deleted_by_hand(desk: Client, row: JoinRequest) -> None:
    for address in (f"{LIST}add/", f"{LIST}{row.pk}/delete/", "/admin/invitations/invitation/add/"):
        assert desk.get(address).status_code == 403


def test_staff_revoke_a_leaked_link_by_the_verb(desk: Client, school: Organization) -> None:
    link = make_invitation(school)
    desk.post("/admin/invitations/invitation/", {"action": "revoke", "_selected_action": [link.pk]})
    link = Invitation.objects.with_school().get(pk=link.pk)
    assert link.state == LinkState.REVOKED
    assert Event.objects.filter(verb="invitation.revoked").count() == 1


def test_link_pages_of_the_desk_open(desk: Client, school: Organization) -> None:
    link = make_invitation(school)
    assert link.shown_code in desk.get("/admin/invitations/invitation/").content.decode()
    assert desk.get(f"/admin/invitations/invitation/{link.pk}/change/").status_code == 200
    assert desk.get("/admin/invitations/destruction/").status_code == 200
