"""Closing: who may, what stops on that day and not before, where old posters lead, who inherits what is open."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from conftest import make_appointment, make_class, make_organization, make_user
from coordination.figures import figures_of
from foundation.tokens import sign
from foundation.verbs import WrongStatus
from invitations.letters import RECEIPT
from invitations.models import JoinRequest
from invitations.nudges import nudge_region
from invitations.statuses import LinkState
from invitations.tests.builders import make_invitation, make_request, pupil_form
from organizations.models import Event, Organization, Region
from organizations.statuses import Step
from registrations.models import RegistrationRequest

Enter = Callable[[User], Client]
pytestmark = pytest.mark.django_db


def typed(**fields: str) -> dict[str, str]:
    return {"closed_on": f"{timezone.localdate()}", "reason": "Присоединена, постановление № 318", "words": ""} | fields


def day(ahead: int = 0) -> object:
    return timezone.localdate() + timedelta(days=ahead)


def shut(school: Organization, by: User, ahead: int = 0, successor: Organization | None = None) -> None:
    on = timezone.localdate() + timedelta(days=ahead)
    school.close(by=by, on=on, reason="Присоединена", successor=successor)


def test_strangers_and_administrators_close_nothing(
    school: Organization, other_school: Organization, marina: User, oleg: User, nadia: User, enter: Enter
) -> None:
    for user, pk in ((marina, school.pk), (oleg, school.pk), (nadia, other_school.pk)):
        assert enter(user).get(f"/organizations/{pk}/close/").status_code == 404
        assert enter(user).post(f"/organizations/{pk}/close/", typed()).status_code == 404
        assert enter(user).post(f"/organizations/{pk}/reopen/").status_code == 404
    assert not Organization.objects.exclude(closed_on=None).exists()


def test_nobody_is_named_successor_outside_the_own_territory(
    school: Organization, other_school: Organization, nadia: User, enter: Enter
) -> None:
    page = enter(nadia).post(f"/organizations/{school.pk}/close/", typed(words=other_school.inn)).content.decode()
    assert "нет" in page
    assert other_school.full_name not in page
    school.refresh_from_db()
    assert school.closed_on is None


def test_the_page_closes_with_the_successor_found_by_its_inn(
    school: Organization, other_school: Organization, vera: User, enter: Enter
) -> None:
    page = (
        enter(vera)
        .post(f"/organizations/{school.pk}/close/", typed(words=other_school.inn), follow=True)
        .content.decode()
    )
    assert "Правопреемник" in page
    assert other_school.name in page
    school.refresh_from_db()
    assert (school.successor, school.closed_on) == (other_school, timezone.localdate())
    event = Event.objects.get(verb="organization.closed")
    assert (event.by, event.organization, event.fields) == (vera, school, [])
    assert school.name in enter(vera).get(other_school.get_absolute_url()).content.decode()


def test_of_several_namesakes_the_person_chooses(school: Organization, vera: User, enter: Enter) -> None:
    namesakes = [make_organization(school.municipality, short_name=f"Лицей имени Гоголя {n}") for n in "аб"]
    address, words = f"/organizations/{school.pk}/close/", typed(words="лицей гоголя")
    page = enter(vera).post(address, words).content.decode()
    assert "Подходит несколько" in page
    assert all(each.short_name in page for each in namesakes)
    enter(vera).post(address, words | {"found": str(namesakes[1].pk)})
    school.refresh_from_db()
    assert school.successor == namesakes[1]


@pytest.mark.usefixtures("day_of_the_cast")
@pytest.mark.parametrize(("ahead", "counted"), [(0, 1), (-1, 1), (1, 2)])
def test_from_its_day_on_it_is_in_no_figure_and_no_list(
    school: Organization, other_school: Organization, vera: User, enter: Enter, ahead: int, counted: int
) -> None:
    shut(school, vera, ahead)
    assert figures_of(Organization.objects.supervised_by(vera).listed()).total == counted
    listed = enter(vera).get("/organizations/").content.decode()
    closed = enter(vera).get("/organizations/?closed=closed").content.decode()
    assert (school.name in listed, school.name in closed) == (counted == 2, counted == 1)
    assert "закрыта: " in (listed if counted == 2 else closed)
    assert other_school.name in listed
    assert other_school.name not in closed


def test_an_old_poster_leads_to_the_successor_and_takes_no_request(
    school: Organization, other_school: Organization, vera: User, client: Client
) -> None:
    link = make_invitation(school)
    shut(school, vera, successor=other_school)
    page = client.get(f"/j/{link.code}/")
    text = page.content.decode()
    assert page.status_code == 410
    assert "Эта школа закрыта" in text
    assert other_school.full_name in text
    assert 'href="/j/"' in text
    assert client.post(f"/j/{link.code}/", pupil_form()).status_code == 410
    assert not JoinRequest.objects.exists()


@pytest.mark.usefixtures("day_of_the_cast")
def test_red_control_until_its_day_the_poster_takes_requests(
    school: Organization, other_school: Organization, vera: User, client: Client
) -> None:
    link = make_invitation(school)
    shut(school, vera, 1, other_school)
    link.refresh_from_db()
    assert link.state == LinkState.OPEN
    assert client.post(f"/j/{link.code}/", pupil_form()).status_code == 302
    assert JoinRequest.objects.count() == 1


def test_a_successor_that_is_closed_too_leads_on(
    school: Organization, other_school: Organization, vera: User, client: Client
) -> None:
    last = make_organization(school.municipality, full_name="Школа последняя")
    link = make_invitation(school)
    shut(school, vera, successor=other_school)
    shut(other_school, vera, successor=last)
    assert "Школа последняя" in client.get(f"/j/{link.code}/").content.decode()


def test_whoever_waits_for_a_decision_reads_that_the_school_is_closed(
    school: Organization, other_school: Organization, vera: User, client: Client
) -> None:
    request = make_request(make_invitation(school))
    shut(school, vera, successor=other_school)
    page = client.get(f"/receipt/{sign(RECEIPT, request.pk)}/").content.decode()
    assert "Школа закрыта" in page
    assert other_school.name in page
    assert "Обычно школа отвечает" not in page
    request.refresh_from_db()
    assert request.status == "pending", "the successor's administrator may still decide it"


def test_reminders_stop(school: Organization, marina: User, vera: User, region: Region) -> None:
    long_ago = timezone.now() - timedelta(days=60)
    make_request(make_invitation(school), created_at=long_ago)
    assert nudge_region(region) == 1, "red control: an open school is reminded"
    shut(school, vera)
    assert nudge_region(region) == 0


def test_the_successors_administrator_inherits_what_is_open(
    school: Organization, other_school: Organization, vera: User, oleg: User, enter: Enter
) -> None:
    case = RegistrationRequest.objects.open_new(school, by=vera)
    request = make_request(make_invitation(school))
    assert enter(oleg).get(f"/organizations/{school.pk}/registration/").status_code == 404, "red control"
    shut(school, vera, successor=other_school)
    browser = enter(oleg)
    own = browser.get(other_school.get_absolute_url()).content.decode()
    assert "Правопреемник закрытой организации" in own
    assert "Не завершено дел" in own
    left = browser.get(school.get_absolute_url()).content.decode()
    assert case.number in left
    assert "ждут решения: 1" in left
    assert "Сейчас ход за" not in left, "nobody has to move a closed school on"
    assert case.number in browser.get(f"/organizations/{school.pk}/registration/").content.decode()
    assert request.full_name in browser.get(f"/organizations/{school.pk}/requests/").content.decode()
    assert browser.get("/")["Location"] == other_school.get_absolute_url(), "one's own school stays one's desk"


@pytest.mark.usefixtures("day_of_the_cast")
def test_before_the_day_nothing_is_inherited(
    school: Organization, other_school: Organization, vera: User, oleg: User, enter: Enter
) -> None:
    shut(school, vera, 1, other_school)
    assert enter(oleg).get(school.get_absolute_url()).status_code == 404


def test_closing_is_taken_back(
    school: Organization, other_school: Organization, vera: User, oleg: User, enter: Enter, client: Client
) -> None:
    link = make_invitation(school)
    shut(school, vera, successor=other_school)
    assert "Отменить закрытие" in enter(vera).get(f"/organizations/{school.pk}/reopen/").content.decode()
    enter(vera).post(f"/organizations/{school.pk}/reopen/")
    school.refresh_from_db()
    assert (school.closed_on, school.closed_reason, school.successor) == (None, "", None)
    assert client.get(f"/j/{link.code}/").status_code == 200
    assert enter(oleg).get(school.get_absolute_url()).status_code == 404
    with pytest.raises(WrongStatus):
        school.reopen(by=vera)


def test_it_is_closed_once_and_never_into_itself(school: Organization, other_school: Organization, vera: User) -> None:
    with pytest.raises(WrongStatus, match="самой себя"):
        shut(school, vera, successor=school)
    shut(school, vera, successor=other_school)
    with pytest.raises(WrongStatus, match="самой себя"):
        shut(other_school, vera, successor=school)
    with pytest.raises(WrongStatus, match="уже закрыли"):
        shut(school, vera, successor=other_school)
    with pytest.raises(WrongStatus, match="сам закрыт"):
        shut(make_organization(school.municipality), vera, successor=school)


def test_announced_closings_do_not_go_round(school: Organization, other_school: Organization, vera: User) -> None:
    third = make_organization(school.municipality)
    shut(school, vera, 5, other_school)
    shut(other_school, vera, 5, third)
    with pytest.raises(WrongStatus, match="самой себя"):
        shut(third, vera, 5, school)
    # Where a circle stands in the list already, everybody in it is without an heir, and no question goes on for ever.
    rows = [school, other_school, third]
    for row, successor in zip(rows, [other_school, third, school], strict=True):
        Organization.objects.filter(pk=row.pk).update(closed_on=timezone.localdate(), successor=successor)
    for row in Organization.objects.filter(pk__in=[row.pk for row in rows]):
        assert row.heir is None
        assert isinstance(row.contact_emails(), list)


def test_what_is_left_falls_to_the_heir_however_long_the_chain(
    school: Organization, other_school: Organization, vera: User, oleg: User
) -> None:
    chain = [make_organization(school.municipality) for _ in range(4)]
    for gone, successor in zip(chain, [*chain[1:], other_school], strict=True):
        shut(gone, vera, successor=successor)
    assert {row.heir for row in Organization.objects.filter(pk__in=[row.pk for row in chain])} == {other_school}
    assert set(Organization.objects.administered_by(oleg)) == {*chain, other_school}


def test_many_predecessors_cost_no_more_statements(school: Organization, vera: User, enter: Enter) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    browser = enter(vera)
    browser.get(school.get_absolute_url())
    counts = []
    for _ in range(2):
        for _ in range(3):
            gone = make_organization(school.municipality, step=Step.REGISTERED)
            make_appointment(gone, make_user())
            make_class(gone)
            shut(gone, vera, successor=school)
        with CaptureQueriesContext(connection) as asked:
            browser.get(school.get_absolute_url())
        counts.append(len(asked))
    assert counts[0] == counts[1]
