"""The list of links: what became of each, their sums, and verbs on many that are ticked."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import F
from django.test import Client

from accounts.models import User
from conftest import make_class
from invitations.models import Invitation
from invitations.statuses import LinkState, RequestStatus, Role
from invitations.tallies import Tally, tallies
from invitations.tests.builders import in_days, make_invitation, make_request
from organizations.models import Event, Organization

pytestmark = pytest.mark.django_db
Enter = Callable[[User], Client]
VERBS = ["pause", "resume", "extend", "revoke"]


@pytest.fixture
def links(school: Organization) -> list[Invitation]:
    return [make_invitation(school, section=section) for section in "АБВ"]


def tick(browser: Client, links: list[Invitation], verb: str, **typed: Any) -> Any:
    url = f"/organizations/{links[0].organization.pk}/invitations/{verb}/"
    return browser.post(url, {"ids": [link.pk for link in links]} | typed, follow=True)


def states(links: list[Invitation]) -> list[str]:
    return [Invitation.objects.with_school().get(pk=link.pk).state for link in links]


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("who", ["oleg", "vera", "igor"])
def test_strangers_and_coordinators_get_404(
    links: list[Invitation], enter: Enter, verb: str, who: str, request: pytest.FixtureRequest
) -> None:
    answer = tick(enter(request.getfixturevalue(who)), links, verb, confirmed="yes", reason="?", term="never")
    assert answer.status_code == 404
    assert states(links) == [LinkState.OPEN] * 3


@pytest.mark.parametrize("verb", VERBS)
def test_links_of_another_school_are_left_alone(
    links: list[Invitation], oleg: User, other_school: Organization, enter: Enter, verb: str
) -> None:
    own = make_invitation(other_school)
    url = f"/organizations/{other_school.pk}/invitations/{verb}/"
    typed = {"ids": [links[0].pk, own.pk], "confirmed": "yes", "reason": "Сверка", "term": "never"}
    enter(oleg).post(url, typed)
    fresh = Invitation.objects.with_school().get(pk=links[0].pk)
    assert (fresh.state, fresh.expires_on) == (LinkState.OPEN, in_days(30))


@pytest.mark.parametrize(
    ("verb", "question"),
    [
        ("pause", "Приостановить 3 ссылки?"),
        ("resume", "Возобновить 3 ссылки?"),
        ("extend", "Продлить 3 ссылки?"),
        ("revoke", "Отозвать 3 ссылки?"),
    ],
)
def test_many_are_asked_about_by_number_and_names(
    links: list[Invitation], marina: User, enter: Enter, verb: str, question: str
) -> None:
    text = tick(enter(marina), links, verb).content.decode()
    assert question in text
    assert "7 «В», ученик" in text
    assert states(links) == [LinkState.OPEN] * 3
    assert "7 «А», ученик?" in tick(enter(marina), links[:1], verb).content.decode(), "one is asked about by its name"


def test_many_are_paused_with_one_reason_and_resumed(links: list[Invitation], marina: User, enter: Enter) -> None:
    browser = enter(marina)
    assert "Не отправлено" in tick(browser, links, "pause", confirmed="yes", reason="").content.decode()
    text = tick(browser, links, "pause", confirmed="yes", reason="Сверяем списки").content.decode()
    assert "Приостановлено: 3." in text
    assert states(links) == [LinkState.PAUSED] * 3
    assert set(Invitation.objects.values_list("pause_reason", flat=True)) == {"Сверяем списки"}
    assert Event.objects.filter(verb="invitation.paused", by=marina).count() == 3
    assert "Возобновлено: 3." in tick(browser, links, "resume", confirmed="yes").content.decode()
    assert states(links) == [LinkState.OPEN] * 3


def test_who_was_done_and_who_was_not_is_told(links: list[Invitation], marina: User, enter: Enter) -> None:
    links[1].pause(by=marina, reason="Раньше")
    text = tick(enter(marina), links, "pause", confirmed="yes", reason="Сверяем").content.decode()
    assert "Приостановлено: 2." in text
    assert "Осталось как было: 1. 7 «Б», ученик – Эта ссылка уже приостановлена" in text
    links[1].refresh_from_db()
    assert links[1].pause_reason == "Раньше"


@pytest.mark.usefixtures("day_of_the_cast")
def test_many_are_extended_teachers_by_a_week_and_nothing_is_shortened(
    school: Organization, links: list[Invitation], marina: User, enter: Enter
) -> None:
    teacher = make_invitation(school, school_class=links[0].school_class, role=Role.TEACHER, expires_on=in_days(1))
    Invitation.objects.filter(pk=links[2].pk).update(expires_on=None)
    typed = {"confirmed": "yes", "term": "date", "expires_on": in_days(90).isoformat()}
    text = tick(enter(marina), [*links, teacher], "extend", **typed).content.decode()
    assert "Продлено: 3." in text
    assert "Осталось как было: 1. 7 «В», ученик – Срок и число мест можно только увеличить" in text
    ends = [Invitation.objects.get(pk=link.pk).expires_on for link in [*links, teacher]]
    assert ends == [in_days(90), in_days(90), None, in_days(7)]


def test_many_are_revoked_once(links: list[Invitation], marina: User, enter: Enter) -> None:
    browser = enter(marina)
    assert "Отозвано: 3." in tick(browser, links, "revoke", confirmed="yes").content.decode()
    assert (
        "Отметьте хотя бы одну действующую ссылку" in tick(browser, links, "revoke", confirmed="yes").content.decode()
    )
    assert Event.objects.filter(verb="invitation.revoked").count() == 3


@pytest.mark.parametrize("ids", [[], ["\x00"], ["9" * 30], ["abc"], ["-1"]])
@pytest.mark.parametrize("verb", VERBS)
def test_bad_ticks_are_told(school: Organization, marina: User, enter: Enter, verb: str, ids: list[str]) -> None:
    url = f"/organizations/{school.pk}/invitations/{verb}/"
    answer = enter(marina).post(url, {"ids": ids, "confirmed": "yes"}, follow=True)
    assert "Отметьте хотя бы одну" in answer.content.decode()


def test_numbers_of_a_link(school: Organization) -> None:
    link = make_invitation(school, used=5, opened=9)
    for status, number in ((RequestStatus.ACCEPTED, 2), (RequestStatus.REJECTED, 1), (RequestStatus.PENDING, 2)):
        for _ in range(number):
            make_request(link, status=status)
    assert tallies([link])[link.pk] == Tally(opened=9, filed=5, accepted=2, rejected=1, waiting=2, late=0)
    new = link.replace(by=None)
    Invitation.objects.filter(pk=link.pk).count_opening()
    link.refresh_from_db()
    both = tallies([link, new])
    assert (both[link.pk].late, both[new.pk].late) == (1, 1), "the new one shows who still came by the old address"


def test_the_list_sums_the_school(links: list[Invitation], marina: User, vera: User, enter: Enter) -> None:
    Invitation.objects.update(opened=7, used=F("used") + 2)
    make_class(links[0].organization, section="Я")
    page = enter(marina).get(f"/organizations/{links[0].organization.pk}/invitations/")
    assert (page.context["sum"].opened, page.context["sum"].filed) == (21, 6)
    assert "data-bulk-item" in page.content.decode()
    seen = enter(vera).get(f"/organizations/{links[0].organization.pk}/invitations/").content.decode()
    assert "data-bulk-item" not in seen, "a coordinator looks and changes nothing"
    assert "Открыли" in seen
