"""The review desk: piles, filters, the green act, what is put off, undone and reopened."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from conftest import make_class
from correspondence.models import Letter
from invitations.models import ExpectedMember, Invitation, JoinRequest
from invitations.review import ReviewQueue
from invitations.statuses import Mark, RequestStatus, Role
from invitations.tests.builders import make_invitation, make_request
from invitations.tests.crowd import EXACT, NEAR, TEACHERS, UNKNOWN, fill, keep_lists
from organizations.models import Event, Organization

pytestmark = pytest.mark.django_db
Enter = Callable[[User], Client]


@pytest.fixture
def link(school: Organization) -> Invitation:
    return make_invitation(school, limit=1000)


def desk(organization: Organization, tail: str = "") -> str:
    return f"/organizations/{organization.pk}/requests/{tail}"


def expect(link: Invitation, *names: str, role: str = Role.PUPIL) -> None:
    keep_lists(link.organization)
    for name in names:
        ExpectedMember.objects.create(
            organization=link.organization, school_class=link.school_class, role=role, full_name=name
        )


def queue_of(organization: Organization, address: str = "") -> ReviewQueue:
    return ReviewQueue(organization, QueryDict(address))


def text_of(browser: Client, address: str) -> str:
    return browser.get(address, follow=True).content.decode()


def teachers_door(link: Invitation) -> Invitation:
    return make_invitation(link.organization, school_class=link.school_class, role=Role.TEACHER)


# --- the queue ---------------------------------------------------------------------------------------------------


def test_every_figure_leads_to_exactly_its_rows(link: Invitation, marina: User, enter: Enter) -> None:
    expect(link, "Иванов Пётр Ильич", "Котов Лев Ильич")
    make_request(link, full_name="Иванов Пётр Ильич")
    make_request(link, full_name="Чужой Савва Львович")
    make_request(link, full_name="Поздний Пётр Львович", postponed_until=timezone.localdate() + timedelta(days=2))
    make_request(link, full_name="Былой Борис Львович", status=RequestStatus.ACCEPTED, decided_at=timezone.now())
    queue = queue_of(link.organization)
    figures = {tab.name: tab.count for tab in queue.tabs}
    assert figures == {"": 2, "exact": 1, "near": 0, "unknown": 1, "later": 1, "decided": 1}
    for tab in queue.tabs:
        assert len(queue_of(link.organization, tab.address.lstrip("?")).keys) == tab.count


def test_the_filter_narrows_figures_list_and_green_act_alike(link: Invitation, marina: User, enter: Enter) -> None:
    other = make_invitation(link.organization, school_class=make_class(link.organization, section="В"))
    for door, name in ((link, "Иванов Пётр Ильич"), (other, "Зимин Олег Львович")):
        expect(door, name)
        make_request(door, full_name=name)
    queue = queue_of(link.organization, f"school_class={other.school_class_id}&sort=name")
    assert (queue.counts[""], queue.counts["exact"], len(queue.keys), len(queue.green)) == (1, 1, 1, 1)
    assert all(f"school_class={other.school_class_id}" in tab.address for tab in queue.tabs)
    text = text_of(enter(marina), desk(link.organization) + f"?school_class={other.school_class_id}")
    assert "Принять 1\u00a0заявку 7 «В»" in text


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("q=семёнова", ["Семенова Анна"]),
        ("q=СЕМЕНОВА+анна", ["Семенова Анна"]),
        ("q=петрова+ирина", ["Семенова Анна", "Мальцев Лев"]),  # the applicant's name
        ("q=нет+такого", []),
        ("mark=mine", ["Мальцев Лев"]),
        ("mark=none", ["Семенова Анна"]),
        ("age=late", ["Семенова Анна"]),
        ("age=today", ["Мальцев Лев"]),
        ("role=teacher", []),
        ("sort=name", ["Мальцев Лев", "Семенова Анна"]),
        ("sort=class", ["Семенова Анна", "Мальцев Лев"]),
        ("", ["Семенова Анна", "Мальцев Лев"]),
    ],
)
def test_filters_and_orders(link: Invitation, address: str, found: list[str]) -> None:
    make_request(link, full_name="Мальцев Лев", mark=Mark.MINE)
    old = make_request(link, full_name="Семенова Анна")
    JoinRequest.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=40))
    queue = queue_of(link.organization, address)
    assert [row.request.full_name for row in queue.rows(queue.keys)] == found


def test_a_number_is_found_among_decided_ones_too(link: Invitation) -> None:
    row = make_request(link, status=RequestStatus.REJECTED, reason="twice", decided_at=timezone.now())
    make_request(link, status=RequestStatus.REJECTED, reason="twice", decided_at=timezone.now())
    assert queue_of(link.organization, f"pile=decided&q={row.number}").keys == [row.pk]


def test_how_long_it_waits_stands_in_words(link: Invitation, marina: User, enter: Enter) -> None:
    row = make_request(link)
    JoinRequest.objects.filter(pk=row.pk).update(created_at=timezone.now() - timedelta(days=60))
    assert "рабочих дн" in text_of(enter(marina), desk(link.organization)).split("ждёт ")[1][:30]


def test_namesakes_of_a_class_stand_together_under_a_question(link: Invitation, marina: User, enter: Enter) -> None:
    first = make_request(link, full_name="Иванов Пётр Ильич")
    make_request(link, full_name="Средний Савва Львович")
    last = make_request(link, full_name="Иванов Пётр Ильич")
    queue = queue_of(link.organization)
    queue.piles.namesakes.update({first.pk: (last.pk,), last.pk: (first.pk,)})
    rows = queue.rows(queue.keys)
    assert [row.request.pk for row in rows][:2] == [first.pk, last.pk]
    assert [row.group for row in rows] == [(first.pk, last.pk), (), ()]


@pytest.mark.parametrize(("verb", "same", "apart"), [("same/", True, False), ("apart/", False, True)])
def test_the_question_about_namesakes_is_answered_by_one_click(
    link: Invitation, marina: User, enter: Enter, verb: str, same: bool, apart: bool
) -> None:
    first, last = make_request(link), make_request(link)
    enter(marina).post(desk(link.organization, verb), {"one": f"{first.pk},{last.pk}"})
    last.refresh_from_db()
    assert (last.same_as == first, last.is_told_apart) == (same, apart)


def test_a_question_about_people_of_two_classes_is_refused_in_words(
    link: Invitation, marina: User, enter: Enter
) -> None:
    other = make_invitation(link.organization, section="В")
    pair = f"{make_request(link).pk},{make_request(other).pk}"
    answer = enter(marina).post(desk(link.organization, "same/"), {"one": pair}, follow=True)
    assert "одного класса" in answer.content.decode()


def test_classes_have_headings_when_the_order_is_by_class(link: Invitation, marina: User, enter: Enter) -> None:
    make_request(link)
    address = desk(link.organization) + "?sort=class"
    assert 'scope="rowgroup" colspan="6">7 «Б»' in text_of(enter(marina), address)


def test_note_mark_and_correction_are_seen(link: Invitation, marina: User, enter: Enter) -> None:
    make_request(link, mark=Mark.NOT_MINE, note="звонить после шести", corrected_at=timezone.now())
    text = text_of(enter(marina), desk(link.organization))
    for words in ("классный руководитель: не мой", "звонить после шести", "исправлена заявителем"):
        assert words in text


def test_what_is_put_off_is_nowhere_said_to_wait(link: Invitation, marina: User, enter: Enter) -> None:
    """The page of the school and the reminder count what the desk's first figure counts."""
    make_request(link)
    make_request(link, postponed_until=timezone.localdate() + timedelta(days=2))
    make_request(link, postponed_until=timezone.localdate())
    assert JoinRequest.objects.waiting().count() == queue_of(link.organization).counts[""] == 2
    assert JoinRequest.objects.pending().count() == 3


def test_a_crowd_is_sorted_and_costs_no_more_statements(school: Organization, marina: User, enter: Enter) -> None:
    fill(school)
    queue = queue_of(school)
    found = (queue.counts["exact"], queue.counts["near"], queue.counts["unknown"], queue.counts["unlisted"])
    assert found == (EXACT, NEAR, UNKNOWN, TEACHERS)
    assert len(queue.green) == EXACT
    browser = enter(marina)
    browser.get(desk(school))
    with CaptureQueriesContext(connection) as asked:
        browser.get(desk(school))
    assert len(asked) <= 17, "of them one for the mark of news that every page has"


# --- the green act -----------------------------------------------------------------------------------------------


def confirmed(browser: Client, organization: Organization) -> dict[str, str]:
    """What the question's form holds."""
    text = text_of(browser, desk(organization, "exact/"))
    return {"keys": text.split('name="keys" value="')[1].split('"')[0]}


def test_the_green_pile_is_accepted_in_two_actions(link: Invitation, marina: User, enter: Enter) -> None:
    people = [f"Иванов {name} Ильич" for name in ("Пётр", "Лев", "Глеб")]
    expect(link, *people, "Зимин Олег Ильич")
    rows = [make_request(link, full_name=name, email="a@example.ru") for name in people]
    stranger = make_request(link, full_name="Чужой Савва Львович")
    browser = enter(marina)
    assert "Принять 3\u00a0заявки 7 «Б»" in text_of(browser, desk(link.organization))
    question = text_of(browser, desk(link.organization, "exact/"))
    assert "7 «Б»: <b>3</b>" in question
    assert "Нет в списке" in question
    answer = browser.post(desk(link.organization, "exact/"), confirmed(browser, link.organization), follow=True)
    assert "Принято заявок: 3." in answer.content.decode()
    assert "принято 3." in answer.content.decode(), "the act can be taken back as a whole"
    assert {row.status for row in JoinRequest.objects.filter(pk__in=[row.pk for row in rows])} == {"accepted"}
    stranger.refresh_from_db()
    assert stranger.status == RequestStatus.PENDING


def test_who_came_after_the_question_is_not_swept_in(link: Invitation, marina: User, enter: Enter) -> None:
    expect(link, "Иванов Пётр Ильич", "Иванов Лев Ильич")
    make_request(link, full_name="Иванов Пётр Ильич")
    browser = enter(marina)
    typed = confirmed(browser, link.organization)
    late = make_request(link, full_name="Иванов Лев Ильич")
    browser.post(desk(link.organization, "exact/"), typed)
    late.refresh_from_db()
    assert late.status == RequestStatus.PENDING
    assert JoinRequest.objects.filter(status=RequestStatus.ACCEPTED).count() == 1


def test_who_stopped_agreeing_meanwhile_is_left_and_told(link: Invitation, marina: User, enter: Enter) -> None:
    expect(link, "Иванов Пётр Ильич")
    row = make_request(link, full_name="Иванов Пётр Ильич")
    browser = enter(marina)
    typed = confirmed(browser, link.organization)
    ExpectedMember.objects.all().delete()
    answer = browser.post(desk(link.organization, "exact/"), typed, follow=True)
    assert "больше не совпадают" in answer.content.decode()
    row.refresh_from_db()
    assert row.status == RequestStatus.PENDING


def test_teachers_and_those_the_class_teacher_does_not_know_are_never_green(
    link: Invitation, marina: User, enter: Enter
) -> None:
    expect(link, "Иванов Пётр Ильич", "Зимин Олег Ильич")
    ExpectedMember.objects.create(organization=link.organization, role=Role.TEACHER, full_name="Учитель Анна Львовна")
    teacher = make_request(teachers_door(link), full_name="Учитель Анна Львовна")
    make_request(link, full_name="Иванов Пётр Ильич", mark=Mark.NOT_MINE)
    queue = queue_of(link.organization)
    assert queue.counts["exact"] == 2
    assert queue.green == []
    enter(marina).post(desk(link.organization, "exact/"), {"keys": f"{teacher.pk}"})
    teacher.refresh_from_db()
    assert teacher.status == RequestStatus.PENDING


def test_one_persons_second_request_goes_with_the_first(link: Invitation, marina: User, enter: Enter) -> None:
    expect(link, "Иванов Пётр Ильич")
    first, again = (make_request(link, full_name="Иванов Пётр Ильич") for _ in range(2))
    assert queue_of(link.organization).green == [], "two of one name and one line: a person has to look"
    browser = enter(marina)
    browser.post(desk(link.organization, "same/"), {"one": f"{first.pk},{again.pk}"})
    assert queue_of(link.organization).green == [first.pk]
    browser.post(desk(link.organization, "exact/"), confirmed(browser, link.organization))
    assert JoinRequest.objects.filter(status=RequestStatus.ACCEPTED).count() == 2


def test_red_control_without_the_shown_keys_the_late_one_would_be_accepted(link: Invitation, marina: User) -> None:
    expect(link, "Иванов Пётр Ильич", "Иванов Лев Ильич")
    make_request(link, full_name="Иванов Пётр Ильич")
    shown = queue_of(link.organization).green
    make_request(link, full_name="Иванов Лев Ильич")
    assert len(queue_of(link.organization).green) == len(shown) + 1


@pytest.mark.parametrize("keys", ["", "abc", "1,2,\x00", "9" * 40, "-1", ",".join(["7"] * 6000)])
def test_bad_keys_are_told(link: Invitation, marina: User, enter: Enter, keys: str) -> None:
    answer = enter(marina).post(desk(link.organization, "exact/"), {"keys": keys}, follow=True)
    assert answer.status_code == 200
    words = "За один раз – не больше 5000 заявок" if len(keys) > 100 else "Отметьте"
    assert words in answer.content.decode()


def test_nothing_green_sends_back_with_words(link: Invitation, marina: User, enter: Enter) -> None:
    make_request(link)
    assert "сейчас нет" in text_of(enter(marina), desk(link.organization, "exact/"))


# --- selections --------------------------------------------------------------------------------------------------


def test_everything_that_the_filter_finds_is_chosen_beyond_the_page(
    link: Invitation, marina: User, enter: Enter
) -> None:
    for number in range(103):
        make_request(link, full_name=f"Иванов Пётр {'А' * (number % 9)}")
    other = make_request(make_invitation(link.organization, section="В"))
    browser, back = enter(marina), f"school_class={link.school_class_id}"
    typed = {"all": "yes", "back": back}
    question = browser.post(desk(link.organization, "accept/"), typed).content.decode()
    assert "Принять 103 заявки, 7 «Б»?" in question
    keys = question.split('name="keys" value="')[1].split('"')[0]
    browser.post(desk(link.organization, "accept/"), {"keys": keys, "back": back, "confirmed": "yes"})
    assert list(JoinRequest.objects.pending()) == [other]


def test_another_schools_batch_is_not_touched(
    link: Invitation, marina: User, oleg: User, other_school: Organization, enter: Enter
) -> None:
    foreign = make_request(make_invitation(other_school))
    foreign.accept(by=oleg)
    foreign.refresh_from_db()
    enter(marina).post(desk(link.organization, "undo/"), {"batch": str(foreign.batch)})
    foreign.refresh_from_db()
    assert foreign.status == RequestStatus.ACCEPTED


# --- later, undo, reopen -----------------------------------------------------------------------------------------


def test_later_takes_a_day_and_a_note_and_comes_back(link: Invitation, marina: User, enter: Enter) -> None:
    row = make_request(link)
    browser, url = enter(marina), desk(link.organization, "postpone/")
    assert "Отложить 1 заявку, 7 «Б»?" in browser.post(url, {"one": row.pk}).content.decode()
    until = timezone.localdate() + timedelta(days=3)
    typed = {"keys": str(row.pk), "confirmed": "yes", "until": until.isoformat(), "note": "позвонить маме"}
    browser.post(url, typed)
    row.refresh_from_db()
    assert (row.postponed_until, row.note, row.status) == (until, "позвонить маме", RequestStatus.PENDING)
    assert "позвонить" not in str([vars(event) for event in Event.objects.all()])
    assert queue_of(link.organization).counts[""] == 0
    browser.post(desk(link.organization, "take-back/"), {"one": row.pk})
    assert queue_of(link.organization).counts[""] == 1


@pytest.mark.parametrize("until", ["", "вчера", "2020-01-01", "2999-01-01", "\x00"])
def test_a_bad_day_is_told_and_the_note_stays(link: Invitation, marina: User, enter: Enter, until: str) -> None:
    row = make_request(link)
    typed = {"ids": [row.pk], "confirmed": "yes", "until": until, "note": "позвонить маме"}
    text = enter(marina).post(desk(link.organization, "postpone/"), typed).content.decode()
    assert "позвонить маме" in text
    assert "error" in text
    row.refresh_from_db()
    assert row.postponed_until is None


def test_a_wrong_click_is_undone_without_a_letter(link: Invitation, marina: User, enter: Enter) -> None:
    row = make_request(link, email="irina@example.ru")
    browser = enter(marina)
    browser.post(desk(link.organization, "accept/"), {"one": row.pk})
    assert "Отменить: ещё 10" in text_of(browser, desk(link.organization))
    row.refresh_from_db()
    answer = browser.post(desk(link.organization, "undo/"), {"batch": str(row.batch)}, follow=True)
    assert "Отменено решений: 1" in answer.content.decode()
    row.refresh_from_db()
    assert row.status == RequestStatus.PENDING
    assert not Letter.objects.on_their_way().exists()


def test_after_ten_minutes_only_reopening_is_left_and_it_asks(link: Invitation, marina: User, enter: Enter) -> None:
    row = make_request(link)
    browser = enter(marina)
    browser.post(desk(link.organization, "accept/"), {"one": row.pk})
    JoinRequest.objects.filter(pk=row.pk).update(decided_at=timezone.now() - timedelta(minutes=11))
    text = text_of(browser, desk(link.organization) + "?pile=decided")
    assert "Вернуть на проверку" in text
    assert "Отменить" not in text
    late = browser.post(desk(link.organization, "undo/"), {"one": row.pk}, follow=True).content.decode()
    assert f"Уже не отменить: {row.number}" in late
    url = desk(link.organization, "reopen/")
    assert "Вернуть на проверку 1 заявку" in browser.post(url, {"one": row.pk}).content.decode()
    browser.post(url, {"keys": row.pk, "confirmed": "yes"})
    row.refresh_from_db()
    assert row.status == RequestStatus.PENDING


# --- rejecting ---------------------------------------------------------------------------------------------------


def rejection(row: JoinRequest, **typed: str) -> dict[str, Any]:
    return {"ids": [row.pk], "confirmed": "yes", "reason": "wrong-role", "reason_text": ""} | typed


def test_the_right_link_is_offered_and_the_reason_may_stay_hidden(link: Invitation, marina: User, enter: Enter) -> None:
    door, row = teachers_door(link), make_request(link, email="irina@example.ru")
    enter(marina).post(desk(link.organization, "reject/"), rejection(row, offered_role="teacher"))
    row.refresh_from_db()
    assert (row.offered, row.is_reason_shown) == (door, False)
    assert door.address in Letter.objects.get().text


def test_a_link_that_is_not_there_cannot_be_offered(link: Invitation, marina: User, enter: Enter) -> None:
    row = make_request(link)
    typed = rejection(row, offered_role="teacher", reason_text="Вы учитель")
    text = enter(marina).post(desk(link.organization, "reject/"), typed).content.decode()
    assert "Действующей ссылки для этой роли нет" in text
    assert "Вы учитель" in text
    row.refresh_from_db()
    assert row.status == RequestStatus.PENDING


# --- the script of the desk --------------------------------------------------------------------------------------


def press(browser: Client, organization: Organization, verb: str, typed: dict[str, Any]) -> dict[str, Any]:
    answer = browser.post(desk(organization, verb), typed, headers={"X-Review": "1"})
    assert answer.status_code == 200
    found: dict[str, Any] = json.loads(answer.content)
    return found


def test_the_script_gets_the_row_and_the_figures_anew(link: Invitation, marina: User, enter: Enter) -> None:
    row, other = make_request(link), make_request(link, full_name="Другой Денис")
    browser = enter(marina)
    answer = press(browser, link.organization, "accept/", {"one": row.pk, "back": "sort=name"})
    assert list(answer["rows"]) == [str(row.pk)]
    assert "Проверена" in answer["rows"][str(row.pk)]
    assert "Отменить" in answer["rows"][str(row.pk)]
    assert "sort=name" in answer["figures"]
    assert answer["said"][0][1] == "Принято заявок: 1."
    undone = press(browser, link.organization, "undo/", {"batch": answer["batch"]})
    assert list(undone["rows"]) == [str(row.pk)]
    assert JoinRequest.objects.pending().count() == 2
    assert str(other.pk) not in undone["rows"]


def test_the_script_is_asked_about_a_teacher_and_told_of_a_missing_reason(
    link: Invitation, marina: User, enter: Enter
) -> None:
    teacher = make_request(teachers_door(link))
    browser = enter(marina)
    assert "лично знаете" in press(browser, link.organization, "accept/", {"one": teacher.pk})["ask"]["question"]
    answer = press(browser, link.organization, "reject/", {"one": teacher.pk, "confirmed": "yes", "reason": "other"})
    assert "Напишите причину" in answer["errors"][0]
    assert JoinRequest.objects.pending().count() == 1


def test_the_script_learns_who_was_first(link: Invitation, marina: User, oleg: User, enter: Enter) -> None:
    row = make_request(link)
    row.reject(by=oleg, reason="twice")  # type: ignore[arg-type]
    answer = press(enter(marina), link.organization, "accept/", {"one": row.pk})
    assert "Уже решено до вас" in answer["said"][0][1]
    assert answer["batch"] is None
    assert "Отклонена" in answer["rows"][str(row.pk)]


def test_a_row_is_sent_only_to_its_school(
    link: Invitation, marina: User, other_school: Organization, enter: Enter
) -> None:
    foreign = make_request(make_invitation(other_school), full_name="Тайный Тихон")
    answer = press(enter(marina), link.organization, "accept/", {"one": foreign.pk})
    assert answer["rows"] == {}
    assert "Тайный" not in json.dumps(answer, ensure_ascii=False)


# --- costs -------------------------------------------------------------------------------------------------------


def test_the_desk_with_a_list_costs_the_same_at_3_and_at_300_rows(link: Invitation, marina: User, enter: Enter) -> None:
    browser, counts = enter(marina), []
    browser.get(desk(link.organization))
    expect(link, "Петров Илья Сергеевич")
    for _ in range(2):  # namesakes: each is shown the line that it may be
        make_request(link)
    for number in (3, 297):
        for place in range(number):
            name = f"Иванов Пётр {'А' * (place % 17 + 1)}{'Б' * (place // 17)}"
            expect(link, name)
            make_request(link, full_name=name)
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(desk(link.organization)).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert counts[0] <= 17, "of them one for the mark of news that every page has"
