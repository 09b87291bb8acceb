"""The review page `/requests/` and its verbs: the school alone sees names, and nothing is decided twice."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from conftest import make_appointment, make_class
from correspondence.models import Lane, Letter
from foundation.verbs import WrongStatus
from invitations.models import Invitation, JoinRequest
from invitations.statuses import Reason, RequestStatus, Role
from invitations.tests.builders import SFERUM_LINK, in_days, make_invitation, make_request
from organizations.models import Event, Organization

pytestmark = pytest.mark.django_db
Enter = Callable[[User], Client]


@pytest.fixture
def link(school: Organization) -> Invitation:
    return make_invitation(school, limit=1000)


def desk(organization: Organization, tail: str = "") -> str:
    return f"/organizations/{organization.pk}/requests/{tail}"


@pytest.mark.parametrize("who", ["oleg", "vera", "nadia", "igor"])
@pytest.mark.parametrize("tail", ["", "tick-list/"])
def test_strangers_coordinators_and_staff_get_404(
    link: Invitation, enter: Enter, who: str, tail: str, request: pytest.FixtureRequest
) -> None:
    make_request(link)
    browser = enter(request.getfixturevalue(who))
    assert browser.get(desk(link.organization, tail)).status_code == 404


@pytest.mark.parametrize("who", ["oleg", "vera", "nadia", "igor"])
@pytest.mark.parametrize("verb", ["accept/", "reject/", "forget/", "tick-list/joined/"])
def test_nobody_else_decides(
    link: Invitation, enter: Enter, who: str, verb: str, request: pytest.FixtureRequest
) -> None:
    row = make_request(link)
    browser = enter(request.getfixturevalue(who))
    assert browser.post(desk(link.organization, verb), {"one": row.pk}).status_code == 404
    row.refresh_from_db()
    assert row.status == RequestStatus.PENDING


def test_another_schools_request_is_not_touched_through_ones_own_page(
    link: Invitation, marina: User, other_school: Organization, enter: Enter
) -> None:
    foreign = make_request(make_invitation(other_school))
    enter(marina).post(desk(link.organization, "accept/"), {"one": foreign.pk})
    foreign.refresh_from_db()
    assert foreign.status == RequestStatus.PENDING


def test_the_oldest_pending_come_first_and_the_decided_stand_by_themselves(
    link: Invitation, marina: User, enter: Enter
) -> None:
    first = make_request(link, full_name="Первый Пётр")
    make_request(link, full_name="Второй Влад")
    make_request(link, full_name="Решённый Роман", status=RequestStatus.REJECTED, reason=Reason.TWICE)
    JoinRequest.objects.filter(pk=first.pk).update(created_at="2026-01-01T00:00:00Z")
    browser = enter(marina)
    text = browser.get(desk(link.organization)).content.decode()
    assert text.index("Первый Пётр") < text.index("Второй Влад")
    assert "Решённый Роман" not in text
    for address in ("?pile=decided", "?status=rejected"):
        text = browser.get(desk(link.organization) + address).content.decode()
        assert "Решённый Роман" in text
        assert "Первый Пётр" not in text


def test_filters_live_in_the_address(link: Invitation, marina: User, enter: Enter) -> None:
    make_request(link, full_name="Петров Илья")
    other = make_invitation(link.organization, school_class=make_class(link.organization, section="В"))
    make_request(other, full_name="Сидоров Глеб")
    text = enter(marina).get(desk(link.organization), {"school_class": other.school_class_id}).content.decode()
    assert "Сидоров Глеб" in text
    assert "Петров Илья" not in text


@pytest.mark.parametrize("name", ["school_class", "role", "status", "page", "unknown"])
@pytest.mark.parametrize("value", ["\x00", "9" * 40, "abc", "<script>", "-1", "я" * 10_000])
def test_any_filter_value_is_answered(link: Invitation, marina: User, enter: Enter, name: str, value: str) -> None:
    make_request(link)
    answer = enter(marina).get(desk(link.organization), {name: value})
    assert answer.status_code == 200
    assert "<script>" not in answer.content.decode().split("<main")[1]


def test_a_look_at_names_is_logged_without_names(link: Invitation, marina: User, enter: Enter) -> None:
    make_request(link)
    make_request(link)
    enter(marina).get(desk(link.organization))
    event = Event.objects.get(verb="requests.viewed")
    assert (event.by, event.fields) == (marina, ["rows:2"])


def test_one_click_accepts_a_pupil(link: Invitation, marina: User, enter: Enter) -> None:
    row = make_request(link, email="irina@example.ru")
    answer = enter(marina).post(desk(link.organization, "accept/"), {"one": row.pk, "back": "status=pending"})
    assert answer["Location"] == desk(link.organization) + "?status=pending"
    row.refresh_from_db()
    assert (row.status, row.decided_by) == (RequestStatus.ACCEPTED, marina)
    assert row.batch
    assert row.joined_at is None, "accepted here is not joined there"
    letter = Letter.objects.get()
    assert letter.lane == Lane.APPLICANT
    assert SFERUM_LINK in letter.text
    assert "не вступление в класс" in letter.text
    assert "Петров" not in letter.text + letter.subject


def test_selection_is_asked_about_and_then_accepted(link: Invitation, marina: User, enter: Enter) -> None:
    rows = [make_request(link) for _ in range(3)]
    browser, url = enter(marina), desk(link.organization, "accept/")
    typed = {"ids": [row.pk for row in rows]}
    assert "Принять 3 заявки, 7 «Б»?" in browser.post(url, typed).content.decode()
    assert JoinRequest.objects.pending().count() == 3
    browser.post(url, typed | {"confirmed": "yes"})
    assert JoinRequest.objects.filter(status=RequestStatus.ACCEPTED).count() == 3
    assert len(set(JoinRequest.objects.values_list("batch", flat=True))) == 1
    assert Event.objects.filter(verb="request.accepted", by=marina).count() == 3


def test_teachers_are_never_accepted_by_a_selection(link: Invitation, marina: User, enter: Enter) -> None:
    teacher = make_request(make_invitation(link.organization, school_class=link.school_class, role=Role.TEACHER))
    pupil = make_request(link)
    typed = {"ids": [teacher.pk, pupil.pk], "confirmed": "yes"}
    answer = enter(marina).post(desk(link.organization, "accept/"), typed, follow=True)
    assert "принимают по одной" in answer.content.decode()
    teacher.refresh_from_db()
    pupil.refresh_from_db()
    assert (teacher.status, pupil.status) == (RequestStatus.PENDING, RequestStatus.ACCEPTED)


def test_two_teachers_behind_one_button_are_a_selection(link: Invitation, marina: User, enter: Enter) -> None:
    door = make_invitation(link.organization, school_class=link.school_class, role=Role.TEACHER)
    pair = [make_request(door).pk, make_request(door).pk]
    enter(marina).post(desk(link.organization, "accept/"), {"one": pair, "confirmed": "yes"})
    assert JoinRequest.objects.pending().count() == 2


def test_a_teacher_is_accepted_after_the_question(link: Invitation, marina: User, enter: Enter) -> None:
    teacher = make_request(make_invitation(link.organization, school_class=link.school_class, role=Role.TEACHER))
    browser, url = enter(marina), desk(link.organization, "accept/")
    for typed in ({"one": teacher.pk}, {"ids": [teacher.pk]}):
        assert "Вы лично знаете этого сотрудника?" in browser.post(url, typed).content.decode()
    teacher.refresh_from_db()
    assert teacher.status == RequestStatus.PENDING
    browser.post(url, {"ids": [teacher.pk], "confirmed": "yes"})
    teacher.refresh_from_db()
    assert teacher.status == RequestStatus.ACCEPTED


def test_rejecting_asks_for_a_reason_that_the_applicant_reads(link: Invitation, marina: User, enter: Enter) -> None:
    row = make_request(link, email="irina@example.ru")
    browser, url = enter(marina), desk(link.organization, "reject/")
    assert "Отклонить 1 заявку, 7 «Б»?" in browser.post(url, {"one": row.pk}).content.decode()
    typed = {"ids": [row.pk], "confirmed": "yes", "reason": "other", "reason_text": "", "is_reason_shown": "on"}
    assert "Напишите причину" in browser.post(url, typed).content.decode()
    assert JoinRequest.objects.pending().count() == 1
    browser.post(url, typed | {"reason_text": "Вы перешли в 7 «В»"})
    row.refresh_from_db()
    assert (row.status, row.reason_words) == (RequestStatus.REJECTED, "Вы перешли в 7 «В»")
    assert row.purge_after == in_days(30)
    assert "Вы перешли в 7 «В»" in Letter.objects.get().text


@pytest.mark.parametrize("words", ["", "\x00", "я" * 301, "\u202eнаоборот", "<script>alert(1)</script>"])
def test_hostile_reasons_are_told_at_the_field_or_shown_as_text(
    link: Invitation, marina: User, enter: Enter, words: str
) -> None:
    row = make_request(link)
    typed = {"ids": [row.pk], "confirmed": "yes", "reason": "other", "reason_text": words}
    text = enter(marina).post(desk(link.organization, "reject/"), typed, follow=True).content.decode()
    row.refresh_from_db()
    assert (row.status == RequestStatus.REJECTED) == words.startswith("<")
    assert "<script>alert" not in text


def test_the_second_administrator_learns_who_was_first(
    link: Invitation, marina: User, oleg: User, enter: Enter
) -> None:
    make_appointment(link.organization, oleg, role="deputy")
    row = make_request(link)
    enter(marina).post(desk(link.organization, "accept/"), {"one": row.pk})
    typed = {"ids": [row.pk], "confirmed": "yes", "reason": "unknown", "reason_text": ""}
    answer = enter(oleg).post(desk(link.organization, "reject/"), typed, follow=True)
    assert "Уже решено до вас" in answer.content.decode()
    assert "Демидова Марина Сергеевна" in answer.content.decode()
    row.refresh_from_db()
    assert row.status == RequestStatus.ACCEPTED
    with pytest.raises(WrongStatus) as told:
        row.reject(by=oleg, reason=Reason.TWICE)
    assert (told.value.by_name, told.value.status) == ("Демидова Марина Сергеевна", RequestStatus.ACCEPTED)


@pytest.mark.parametrize("verb", ["accept/", "reject/"])
def test_a_selection_that_others_have_decided_needs_no_question(
    link: Invitation, marina: User, enter: Enter, verb: str
) -> None:
    rows = [make_request(link, status=RequestStatus.WITHDRAWN) for _ in range(2)]
    typed = {"ids": [row.pk for row in rows]}
    answer = enter(marina).post(desk(link.organization, verb), typed, follow=True)
    assert "Уже решено до вас" in answer.content.decode()
    assert "отозвана заявителем" in answer.content.decode()


@pytest.mark.parametrize("ids", ["", "\x00", "abc", "9" * 40, "-1"])
@pytest.mark.parametrize("verb", ["accept/", "reject/", "tick-list/joined/"])
def test_bad_selections_are_told(link: Invitation, marina: User, enter: Enter, verb: str, ids: str) -> None:
    answer = enter(marina).post(desk(link.organization, verb), {"ids": ids, "confirmed": "yes"}, follow=True)
    assert answer.status_code == 200
    assert "тметьте" in answer.content.decode()


def test_back_leads_only_to_the_list(link: Invitation, marina: User, enter: Enter) -> None:
    row = make_request(link)
    answer = enter(marina).post(
        desk(link.organization, "accept/"), {"one": row.pk, "back": "//evil.example/?a=b\r\nX: y"}
    )
    assert answer["Location"].startswith(desk(link.organization))


def test_looking_at_verbs_does_nothing(link: Invitation, marina: User, enter: Enter) -> None:
    for verb in ("accept/", "reject/", "tick-list/joined/"):
        assert enter(marina).get(desk(link.organization, verb)).status_code == 405


def statements_of_accepting(link: Invitation, by: User, count: int) -> int:
    keys = [make_request(link, email=f"a{n}@example.ru").pk for n in range(count)]
    with CaptureQueriesContext(connection) as asked:
        decided = JoinRequest.objects.filter(pk__in=keys).accept(by=by)
    assert len(decided.won) == count
    return len(asked)


def test_accepting_a_hundred_takes_as_many_statements_as_three(link: Invitation, marina: User) -> None:
    few, many = (statements_of_accepting(link, marina, count) for count in (3, 100))
    batches_of_sqlite = 0 if connection.vendor == "postgresql" else 4
    assert few <= 10
    assert many <= few + batches_of_sqlite


def test_red_control_one_by_one_the_statements_grow(link: Invitation, marina: User) -> None:
    rows = [make_request(link) for _ in range(10)]
    with CaptureQueriesContext(connection) as asked:
        for row in rows:
            row.accept(by=marina)
    assert len(asked) > 50


def test_the_page_costs_the_same_at_3_and_at_300_rows(link: Invitation, marina: User, enter: Enter) -> None:
    browser, counts = enter(marina), []
    browser.get(desk(link.organization))
    for number in (3, 297):
        for _ in range(number):
            make_request(link)
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(desk(link.organization)).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 16


def test_tick_list_names_only_those_who_are_still_to_join(link: Invitation, marina: User, enter: Enter) -> None:
    row = make_request(link, status=RequestStatus.ACCEPTED)
    make_request(link, full_name="Другой Денис")
    browser = enter(marina)
    text = browser.get(desk(link.organization, "tick-list/")).content.decode()
    assert "Петров Илья Сергеевич" in text
    assert "Другой Денис" not in text
    assert Event.objects.get(verb="requests.viewed").fields == ["rows:1"]
    browser.post(desk(link.organization, "tick-list/joined/"), {"ids": [row.pk]})
    row.refresh_from_db()
    assert (row.joined_by, row.purge_after) == (marina, in_days(30))
    assert Event.objects.filter(verb="request.joined").count() == 1
    assert "Никого не нужно принимать" in browser.get(desk(link.organization, "tick-list/")).content.decode()


def test_joined_is_marked_once(link: Invitation, marina: User, oleg: User) -> None:
    row = make_request(link, status=RequestStatus.ACCEPTED)
    chosen = JoinRequest.objects.filter(pk=row.pk)
    assert chosen.mark_joined(by=marina) == [row]
    assert chosen.mark_joined(by=oleg) == []
    row.refresh_from_db()
    assert row.joined_by == marina


def test_only_accepted_people_join(link: Invitation, marina: User) -> None:
    row = make_request(link)
    assert JoinRequest.objects.filter(pk=row.pk).mark_joined(by=marina) == []


def test_data_go_on_a_second_click_only(link: Invitation, marina: User, enter: Enter) -> None:
    row = make_request(link, status=RequestStatus.ACCEPTED)
    browser, url = enter(marina), desk(link.organization, "forget/")
    assert f"Уничтожить данные заявки {row.number}?" in browser.post(url, {"one": row.pk}).content.decode()
    row.refresh_from_db()
    assert row.consent_withdrawn_at is None
    browser.post(url, {"ids": [row.pk], "confirmed": "yes"})
    row.refresh_from_db()
    assert row.consent_withdrawn_at
    assert Event.objects.get(verb="request.consent-withdrawn").by == marina


def test_names_stay_out_of_the_journal_and_of_str(link: Invitation, marina: User) -> None:
    row = make_request(link, email="irina@example.ru", phone="+79138000001")
    row.accept(by=marina)
    written = " ".join(str(vars(event)) for event in Event.objects.all())
    for secret in ("Петров", "irina", "913800"):
        assert secret not in written
    assert "Петров" not in str(row) + repr(row)


def test_empty_page_says_what_to_do(school: Organization, marina: User, enter: Enter) -> None:
    text: Any = enter(marina).get(desk(school)).content.decode()
    assert "Заявок пока нет" in text
    assert "К ссылкам" in text
