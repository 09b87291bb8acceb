"""A link that has leaked is paused by the portal itself; a parents' meeting never is."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from conftest import make_appointment, make_class, make_user
from correspondence.models import Lane, Letter
from foundation.verbs import WrongStatus
from invitations import radar
from invitations.models import ExpectedMember, Invitation, JoinRequest
from invitations.statuses import Alarm, LinkState, Mode, RequestStatus, Role
from invitations.tasks import watch_links
from invitations.tests.builders import make_ground, make_invitation, make_request, pupil_form
from organizations.models import Event, Organization
from organizations.statuses import AppointmentRole

pytestmark = pytest.mark.django_db
Enter = Callable[[User], Client]
SIZE = 28


@pytest.fixture
def link(school: Organization, marina: User) -> Invitation:
    return make_invitation(school, school_class=make_class(school, size=SIZE), limit=200)


def name(number: int) -> str:
    return f"Петров Илья {'абвгдежзиклмнопрстуфхцчшщэюя'[number % 28].upper()}{'о' * (number // 28)}вич"


def file(link: Invitation, number: int, *, minutes: float = 50, strangers: bool = False) -> None:
    """That many requests, evenly over the last minutes."""
    now = timezone.now()
    for each in range(number):
        moment = now - timedelta(minutes=minutes * (1 - each / max(number, 1)))
        full_name = f"Чужаков Пётр {name(each)}" if strangers else name(each)
        make_request(link, created_at=moment, full_name=full_name)
    Invitation.objects.filter(pk=link.pk).update(used=link.used + number)
    link.refresh_from_db()


def expect(link: Invitation, number: int = SIZE) -> None:
    make_ground(link.organization, make_user())
    for each in range(number):
        ExpectedMember.objects.create(
            organization=link.organization, school_class=link.school_class, role=link.role, full_name=name(each)
        )


def found(link: Invitation) -> tuple[str, str]:
    link.refresh_from_db()
    return link.state, link.alarm


def test_it_looks_every_minute(settings: Any) -> None:
    assert settings.CELERY_BEAT_SCHEDULE["watch-links"]["schedule"] == 60.0
    assert settings.CELERY_BEAT_SCHEDULE["watch-links"]["task"] == watch_links.name


def test_over_more_requests_than_people(link: Invitation) -> None:
    file(link, 35)
    assert radar.watch() == 0, "28 × 1,2 + 2"
    file(link, 1)
    assert radar.watch() == 1
    assert found(link) == (LinkState.PAUSED, Alarm.OVER)


def test_burst_more_than_the_class_within_minutes(link: Invitation) -> None:
    file(link, SIZE, minutes=9)
    assert radar.watch() == 0
    file(link, 1, minutes=1)
    assert radar.watch() == 1
    assert found(link) == (LinkState.PAUSED, Alarm.BURST)


def test_unknown_half_of_the_names_are_not_in_the_list(link: Invitation) -> None:
    expect(link)
    file(link, 5)
    file(link, 4, strangers=True)
    assert radar.watch() == 0, "nine are too few to judge"
    file(link, 1, strangers=True)
    assert radar.watch() == 1
    assert found(link) == (LinkState.PAUSED, Alarm.UNKNOWN)


def test_without_a_list_nobody_is_unknown(link: Invitation) -> None:
    file(link, 12, strangers=True)
    assert radar.watch() == 0


@pytest.mark.parametrize("minutes", [2, 10, 59])
def test_red_control_a_parents_meeting_never_pauses(link: Invitation, minutes: int) -> None:
    """25 of 28 within an hour, and even within two minutes, all in the list."""
    expect(link)
    file(link, 25, minutes=minutes)
    for _ in range(5):
        watch_links()
    assert found(link) == (LinkState.OPEN, "")


def test_red_control_a_meeting_of_a_class_without_a_list_does_not_pause(link: Invitation) -> None:
    file(link, 25, minutes=3)
    assert radar.watch() == 0


def test_red_control_without_the_radar_everybody_is_taken(link: Invitation) -> None:
    for each in range(60):
        answer = Client().post(f"/j/{link.code}/", pupil_form(full_name=f"Чужаков Пётр {name(each)}"))
        assert answer.status_code == 302
    assert JoinRequest.objects.count() == 60
    watch_links()
    assert Client().post(f"/j/{link.code}/", pupil_form(full_name="Ещё Один Чужой")).status_code == 410
    assert JoinRequest.objects.count() == 60


def test_a_class_of_unknown_size_is_not_judged(school: Organization, marina: User) -> None:
    link = make_invitation(school, school_class=make_class(school, size=None), limit=500)
    file(link, 60, minutes=5)
    assert radar.watch() == 0


def test_both_parents_of_every_child_may_come(school: Organization, marina: User) -> None:
    parents = make_invitation(school, school_class=make_class(school, size=SIZE), role=Role.PARENT, limit=200)
    file(parents, 2 * SIZE)
    assert radar.watch() == 0


def test_those_who_teach_are_judged_by_the_list_of_the_staff(school: Organization, marina: User) -> None:
    link = make_invitation(school, role=Role.TEACHER, limit=100)
    file(link, 12)
    assert radar.watch() == 0, "nobody has said how many teach"
    for each in range(5):
        ExpectedMember.objects.create(organization=school, role=Role.TEACHER, full_name=name(each))
    assert radar.watch() == 1


@pytest.mark.parametrize(
    "facts",
    [
        {"mode": Mode.DIRECT},
        {"paused_at": datetime(2026, 9, 1, tzinfo=timezone.get_default_timezone())},
        {"revoked_at": datetime(2026, 9, 1, tzinfo=timezone.get_default_timezone())},
        {"trusted_until": datetime(2099, 9, 1, tzinfo=timezone.get_default_timezone())},
    ],
)
def test_links_that_are_not_watched(link: Invitation, facts: dict[str, Any]) -> None:
    file(link, 60)
    Invitation.objects.filter(pk=link.pk).update(**facts)
    assert radar.watch() == 0


def test_what_is_older_than_an_hour_does_not_wake_the_radar(link: Invitation) -> None:
    file(link, 60)
    JoinRequest.objects.update(created_at=timezone.now() - timedelta(minutes=61))
    assert radar.watch() == 0


def test_an_alarm_leaves_an_event_and_one_letter_to_each_acting_administrator(link: Invitation) -> None:
    deputy = make_user(full_name="Орлова Ольга Ильинична", email="deputy@example.ru")
    make_appointment(link.organization, deputy, role=AppointmentRole.DEPUTY, until=link.today)
    file(link, 60)
    watch_links()
    watch_links()
    event = Event.objects.get(verb="invitation.alarmed")
    assert (event.by, event.organization) == (None, link.organization)
    letters = list(Letter.objects.order_by("recipient"))
    assert {letter.recipient for letter in letters} == {"deputy@example.ru", link.organization.administrator.email}
    assert {letter.lane for letter in letters} == {Lane.NOTICE}
    for words in ("больше, чем людей в классе", "замените", "возобновите", link.get_absolute_url()):
        assert words in letters[0].text
    assert "Петров" not in letters[0].subject + letters[0].text


def test_a_visitor_reads_neutral_words(client: Client, link: Invitation) -> None:
    link.alarm_paused(Alarm.OVER)
    text = client.get(f"/j/{link.code}/").content.decode()
    assert "Школа сверяет поданные заявки" in text
    assert "утечк" not in text.lower()
    assert "больше, чем людей" not in text


@pytest.mark.parametrize("place", ["link", "list", "desk"])
def test_the_school_sees_why_and_what_to_do(
    link: Invitation, marina: User, vera: User, enter: Enter, place: str
) -> None:
    link.alarm_paused(Alarm.BURST)
    organization = f"/organizations/{link.organization.pk}/"
    address = {"link": link.get_absolute_url(), "list": f"{organization}invitations/", "desk": organization}[place]
    text = enter(marina).get(address).content.decode()
    for words in ("слишком много заявок подряд", "Заменить и перепечатать", "Это не утечка: возобновить"):
        assert words in text
    seen = enter(vera).get(address).content.decode()
    assert "слишком много заявок подряд" in seen
    assert "Это не утечка" not in seen


def test_no_leak_says_the_school_and_is_left_alone_for_a_day(link: Invitation, marina: User, enter: Enter) -> None:
    file(link, 60)
    radar.watch()
    enter(marina).post(f"{link.get_absolute_url()}resume/")
    assert found(link) == (LinkState.OPEN, "")
    assert radar.watch() == 0
    assert "портал эту ссылку не останавливает" in enter(marina).get(link.get_absolute_url()).content.decode()
    Invitation.objects.filter(pk=link.pk).update(trusted_until=timezone.now() - timedelta(minutes=1))
    assert radar.watch() == 1, "after a day it is judged again"
    assert Letter.objects.count() == 2, "a new alarm is a new letter"


def test_resuming_a_link_that_the_school_paused_itself_trusts_nothing(link: Invitation, marina: User) -> None:
    link.pause(by=marina, reason="Сверяем")
    link.resume(by=marina)
    assert link.trusted_until is None


def test_two_radars_at_once_alarm_once(link: Invitation) -> None:
    second = Invitation.objects.with_school().get(pk=link.pk)
    link.alarm_paused(Alarm.OVER)
    with pytest.raises(WrongStatus):
        second.alarm_paused(Alarm.OVER)
    assert Letter.objects.count() == 1


def test_the_thresholds_stand_on_the_page_as_they_are_set(
    link: Invitation, marina: User, enter: Enter, settings: Any
) -> None:
    settings.LEAK_OVER_SHARE, settings.LEAK_BURST_MINUTES = 2.0, 3
    expect(link, 30)
    text = enter(marina).get(link.get_absolute_url()).content.decode()
    assert "Портал приостановит ссылку сам" in text
    assert "заявок станет больше 62 (школа ждёт 30)" in text
    assert "за 3\xa0минуты" in text
    assert "у 50 % имён" in text


def test_nobody_above_the_school_reads_how_many_names_it_expects(link: Invitation, vera: User, enter: Enter) -> None:
    expect(link, 30)
    text = enter(vera).get(link.get_absolute_url()).content.decode()
    assert "школа ждёт" not in text
    assert "Портал приостановит" not in text


def test_decided_requests_are_no_strangers(link: Invitation) -> None:
    expect(link)
    file(link, 12, strangers=True)
    JoinRequest.objects.update(status=RequestStatus.ACCEPTED)
    assert radar.watch() == 0


def test_the_radar_costs_the_same_for_one_link_and_for_twenty(school: Organization, marina: User) -> None:
    costs = []
    for number in (1, 20):
        for each in range(number):
            link = make_invitation(school, school_class=make_class(school, section=f"Г{number}-{each}"))
            file(link, 3)
        with CaptureQueriesContext(connection) as asked:
            radar.watch()
        costs.append(len(asked))
    assert costs[0] == costs[1] <= 4
