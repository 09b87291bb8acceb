"""How long a link lives and for how many: a date, the end of September, for ever; a teacher's one a week."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from conftest import make_class
from foundation.verbs import WrongStatus
from invitations import retention
from invitations.models import ExpectedMember, Invitation, JoinRequest
from invitations.models.invitation_set import end_of_september
from invitations.statuses import LinkState, RequestStatus, Role
from invitations.tests.builders import in_days, make_invitation, make_request, pupil_form
from organizations.models import Organization, SchoolClass
from organizations.statuses import Step

pytestmark = pytest.mark.django_db
Enter = Callable[[User], Client]


@pytest.fixture
def registered(school: Organization) -> Organization:
    Organization.objects.filter(pk=school.pk).update(step=Step.CLASSES)
    school.refresh_from_db()
    return school


@pytest.fixture
def school_class(registered: Organization) -> SchoolClass:
    return make_class(registered)


def issued(browser: Client, school_class: SchoolClass, **typed: Any) -> Any:
    form = {"classes": [school_class.pk], "roles": ["pupil"], "mode": "review", "expires_on": "", "limit": ""}
    return browser.post(f"/organizations/{school_class.organization_id}/invitations/issue/", form | typed)


def test_the_end_of_september_is_the_next_one() -> None:
    assert end_of_september(date(2026, 9, 30)) == date(2026, 9, 30)
    assert end_of_september(date(2026, 10, 1)) == date(2027, 9, 30)


@pytest.mark.parametrize(("term", "ends"), [("september", True), ("never", False)])
def test_a_link_until_the_end_of_september_and_one_without_end(
    school_class: SchoolClass, marina: User, enter: Enter, term: str, ends: bool
) -> None:
    assert issued(enter(marina), school_class, term=term).status_code == 302
    link = Invitation.objects.with_school().get()
    assert link.expires_on == (end_of_september(link.today) if ends else None)
    assert link.state == LinkState.OPEN


def test_a_date_is_asked_for_only_where_the_term_needs_one(
    school_class: SchoolClass, marina: User, enter: Enter
) -> None:
    answer = issued(enter(marina), school_class, term="date")
    assert "Укажите последний день ссылки" in answer.content.decode()
    assert 'type="radio"' in answer.content.decode(), "the choice works without scripts"
    assert not Invitation.objects.exists()
    issued(enter(marina), school_class, term="never", expires_on="31.12.1999")
    answer = issued(enter(marina), school_class, term="for-ever", expires_on=in_days(5).isoformat())
    assert answer.status_code == 200


def test_a_link_without_end_says_so_everywhere(school: Organization, marina: User, enter: Enter) -> None:
    link = make_invitation(school, expires_on=None)
    browser = enter(marina)
    text = browser.get(link.get_absolute_url()).content.decode()
    assert "без срока" in text
    assert "Действует без срока." in text, "the text for the chat"
    assert browser.get(f"{link.get_absolute_url()}poster.pdf").content.startswith(b"%PDF")
    assert browser.get(f"/organizations/{school.pk}/invitations/").status_code == 200
    assert browser.get(f"{link.get_absolute_url()}extend/").status_code == 200
    assert Client().post(f"/j/{link.code}/", pupil_form()).status_code == 302
    assert JoinRequest.objects.count() == 1


def test_extending_to_no_end_and_never_back(school: Organization, marina: User, enter: Enter) -> None:
    link, browser = make_invitation(school), enter(marina)
    url = f"{link.get_absolute_url()}extend/"
    browser.post(url, {"term": "never", "expires_on": "", "limit": 30})
    link.refresh_from_db()
    assert link.expires_on is None
    answer = browser.post(url, {"term": "date", "expires_on": in_days(300).isoformat(), "limit": 30})
    assert "Можно только увеличить" in answer.content.decode()
    link.refresh_from_db()
    assert link.expires_on is None


def test_requests_of_an_endless_link_are_closed_after_their_own_term(school: Organization) -> None:
    link = make_invitation(school, expires_on=None)
    fresh, old = make_request(link), make_request(link, purge_after=in_days(-1))
    assert retention.expire_requests() == 1
    fresh.refresh_from_db()
    old.refresh_from_db()
    assert (fresh.status, old.status) == (RequestStatus.PENDING, RequestStatus.EXPIRED)


@pytest.mark.parametrize("typed", [{"term": "never"}, {"term": "september"}, {"expires_on": in_days(9).isoformat()}])
def test_a_teachers_link_for_longer_than_a_week_is_refused(
    school_class: SchoolClass, marina: User, enter: Enter, typed: dict[str, str]
) -> None:
    answer = issued(enter(marina), school_class, roles=["teacher"], **typed)
    assert "ссылка живёт неделю" in answer.content.decode()
    assert not Invitation.objects.exists()


@pytest.mark.usefixtures("day_of_the_cast")
def test_chosen_with_pupils_teachers_get_a_week_and_pupils_their_term(
    school_class: SchoolClass, marina: User, enter: Enter
) -> None:
    issued(enter(marina), school_class, roles=["teacher", "pupil"], term="never", limit="28")
    teacher, pupil = Invitation.objects.get(role=Role.TEACHER), Invitation.objects.get(role=Role.PUPIL)
    assert (teacher.expires_on, teacher.limit) == (in_days(7), 10)
    assert (pupil.expires_on, pupil.limit) == (None, 28)


def test_the_page_says_how_long_a_teachers_link_lives(school_class: SchoolClass, marina: User, enter: Enter) -> None:
    text = enter(marina).get(f"/organizations/{school_class.organization_id}/invitations/issue/").content.decode()
    assert "не больше 7 дней" in text
    assert "только удалить человека и пригласить заново" in text


@pytest.mark.usefixtures("day_of_the_cast")
@pytest.mark.parametrize("terms", [{"is_endless": True}, {"expires_on": in_days(90)}, {}])
def test_no_way_around_the_form_makes_a_teachers_link_long(school_class: SchoolClass, terms: dict[str, Any]) -> None:
    link = Invitation.objects.issue(school_class, Role.TEACHER, by=None, limit=500, **terms)
    assert (link.expires_on, link.limit) == (in_days(7), 10)


def test_a_teachers_link_takes_as_many_as_the_list_of_the_staff(school_class: SchoolClass, marina: User) -> None:
    school = school_class.organization
    for number in range(4):
        ExpectedMember.objects.create(organization=school, role=Role.TEACHER, full_name=f"Белова Анна {number}")
    assert Invitation.objects.issue(school_class, Role.TEACHER, by=marina).limit == 4


@pytest.mark.usefixtures("day_of_the_cast")
def test_a_teachers_link_is_extended_by_a_week_at_most(school: Organization, marina: User, enter: Enter) -> None:
    link = make_invitation(school, role=Role.TEACHER, expires_on=in_days(-1), limit=10)
    url = f"{link.get_absolute_url()}extend/"
    answer = enter(marina).post(url, {"term": "never", "expires_on": in_days(30).isoformat(), "limit": 10})
    assert "Не позже" in answer.content.decode()
    for longer in (in_days(8), None):
        with pytest.raises(WrongStatus, match="не больше 7 дней"):
            link.extend(by=marina, expires_on=longer, limit=10)
    enter(marina).post(url, {"expires_on": in_days(7).isoformat(), "limit": 10})
    link.refresh_from_db()
    assert (link.expires_on, link.state) == (in_days(7), LinkState.OPEN)


@pytest.mark.usefixtures("day_of_the_cast")
def test_a_replaced_link_keeps_its_terms(school: Organization, marina: User) -> None:
    endless = make_invitation(school, expires_on=None, limit=44, section="А").replace(by=marina)
    assert (endless.expires_on, endless.limit) == (None, 44)
    over = make_invitation(school, expires_on=in_days(-3), section="Б").replace(by=marina)
    assert over.expires_on == in_days(30)
