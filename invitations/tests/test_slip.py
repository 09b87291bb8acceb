"""The class teacher's slip `/s/<token>/`: names of one class, «мой» or «не мой», and no decision.

Marina issues slips in her school, for Oleg of another school they are not there.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from conftest import make_class
from foundation.limits import Limit, hit
from foundation.tokens import sign
from foundation.verbs import WrongStatus
from invitations.models import ClassSlip, Invitation, JoinRequest
from invitations.models.slip import PURPOSE
from invitations.statuses import Mark, RequestStatus, Role
from invitations.tests.builders import make_invitation, make_request
from organizations.models import Event, Organization, SchoolClass

pytestmark = pytest.mark.django_db
Enter = Callable[[User], Client]


@pytest.fixture
def link(school: Organization) -> Invitation:
    return make_invitation(school)


@pytest.fixture
def pupil(link: Invitation) -> JoinRequest:
    return make_request(link, phone="+79138000001", email="irina@example.ru")


@pytest.fixture
def slip(link: Invitation, marina: User) -> ClassSlip:
    return ClassSlip.objects.issue([link.school_class], by=marina, days=3)[0]


def page(slip: ClassSlip) -> str:
    return f"/s/{sign(PURPOSE, slip.pk)}/"


def test_names_are_one_click_away_and_contacts_nowhere(client: Client, slip: ClassSlip, pupil: JoinRequest) -> None:
    """A messenger fetches the page of a link that is sent in it, and gets no child's name."""
    first = client.get(page(slip))
    assert "Петров" not in first.content.decode()
    assert "1\u00a0заявка" in first.content.decode()
    assert 'href="?names"' in first.content.decode()
    assert not Event.objects.filter(verb="requests.viewed").exists()

    text = client.get(page(slip) + "?names").content.decode()
    assert "Петров Илья Сергеевич" in text
    assert "заявитель: Петрова Ирина Львовна" in text
    for contact in ("+79138000001", "800-00-01", "irina@example.ru"):
        assert contact not in text
    assert "no-store" in first["Cache-Control"]


def test_every_look_at_the_names_is_in_the_journal(client: Client, slip: ClassSlip, pupil: JoinRequest) -> None:
    client.get(page(slip) + "?names")
    client.head(page(slip) + "?names")
    event = Event.objects.get(verb="requests.viewed")
    assert (event.by, event.actor, event.fields) == (None, "class-teacher", ["rows:1"])
    assert event.organization == slip.school_class.organization


def test_only_those_who_wait_in_this_class_are_shown(
    client: Client, slip: ClassSlip, link: Invitation, school: Organization
) -> None:
    make_request(link, full_name="Решённый Илья", status=RequestStatus.ACCEPTED)
    make_request(make_invitation(school, section="В"), full_name="Соседний Илья")
    teacher = make_invitation(school, school_class=link.school_class, role=Role.TEACHER)
    make_request(teacher, full_name="Белова Анна Игоревна")
    parent = make_invitation(school, school_class=link.school_class, role=Role.PARENT)
    make_request(parent, full_name="Смирнов Олег Павлович")
    text = client.get(page(slip) + "?names").content.decode()
    assert "Смирнов Олег Павлович (родитель)" in text
    for name in ("Решённый", "Соседний", "Белова"):
        assert name not in text


def test_who_agreed_that_the_administrator_alone_looks_is_not_shown(
    client: Client, slip: ClassSlip, link: Invitation
) -> None:
    former = make_request(link, consent_version="2026-11")
    text = client.get(page(slip) + "?names").content.decode()
    assert "Петров" not in text
    assert "Ещё 1\u00a0заявку администратор проверяет сам" in text
    slip.answer({former.pk: Mark.MINE})
    former.refresh_from_db()
    assert former.mark == ""


def test_answers_are_saved_changed_and_taken_back(client: Client, slip: ClassSlip, link: Invitation) -> None:
    ours, theirs = make_request(link), make_request(link, full_name="Чужой Пётр Ильич")
    key, other = f"mark-{ours.pk}", f"mark-{theirs.pk}"
    told = client.post(page(slip), {key: "mine", other: "not-mine"}, follow=True).content.decode()
    assert "Изменено ответов: 2" in told
    assert told.count("checked") == 2, "the answers are on the page when the teacher comes back"
    for row, expected in ((ours, Mark.MINE), (theirs, Mark.NOT_MINE)):
        row.refresh_from_db()
        assert (row.mark, row.status) == (expected, RequestStatus.PENDING)
        assert row.marked_at
    slip.refresh_from_db()
    assert slip.answered_at

    client.post(page(slip), {key: "mine", other: ""})
    theirs.refresh_from_db()
    assert theirs.mark == ""
    lines = Event.objects.filter(verb="request.marked").values_list("object_id", "actor", "by", "fields")
    assert sorted(line[0] for line in lines) == sorted([ours.pk, theirs.pk, theirs.pk]), "the same answer is no event"
    assert {line[1:3] for line in lines} == {("class-teacher", None)}
    assert all(line[3] == ["mark"] for line in lines)


def test_answers_about_others_are_not_taken(client: Client, slip: ClassSlip, link: Invitation) -> None:
    decided = make_request(link, status=RequestStatus.REJECTED)
    foreign = make_request(make_invitation(link.organization, section="В"))
    mine = make_request(link)
    client.post(page(slip), {f"mark-{row.pk}": "mine" for row in (decided, foreign, mine)})
    slip.answer({decided.pk: Mark.NOT_MINE, foreign.pk: Mark.NOT_MINE})
    marks = dict(JoinRequest.objects.values_list("pk", "mark"))
    assert marks == {decided.pk: "", foreign.pk: "", mine.pk: Mark.MINE}


@pytest.mark.parametrize("value", ["accepted", "\0", "9" * 100, "<script>"])
def test_other_answers_are_refused(client: Client, slip: ClassSlip, pupil: JoinRequest, value: str) -> None:
    answer = client.post(page(slip), {f"mark-{pupil.pk}": value})
    assert answer.status_code == 200
    assert "Не отправлено" in answer.content.decode()
    pupil.refresh_from_db()
    assert pupil.mark == ""


def test_saving_costs_the_same_for_a_whole_class(slip: ClassSlip, link: Invitation) -> None:
    costs = []
    for rows in (1, 30):
        made = [make_request(link, full_name=f"Петров Илья {'А' * (number + 1)}") for number in range(rows)]
        with CaptureQueriesContext(connection) as asked:
            assert len(slip.answer({row.pk: Mark.MINE for row in made})) == rows
        costs.append(len(asked))
    assert costs[0] == costs[1]


@pytest.mark.parametrize("token", ["x", "1.1.x.y", "%00", "a" * 5000])
def test_a_forged_slip_is_404(client: Client, slip: ClassSlip, token: str) -> None:
    assert client.get(f"/s/{token}/").status_code == 404
    assert client.post(f"/s/{token}/").status_code == 404


def test_a_link_for_another_purpose_is_404(client: Client, slip: ClassSlip) -> None:
    assert client.get(f"/s/{sign('receipt', slip.pk)}/").status_code == 404


@pytest.mark.parametrize(
    ("way", "words"),
    [
        ("expired", "Срок листка истёк"),
        ("very old", "Срок листка истёк"),
        ("revoked", "Школа отозвала этот листок"),
        ("reissued", "Школа отозвала этот листок"),
        ("archived", "Этот класс закрыт"),
    ],
)
def test_a_dead_slip_says_why_and_takes_nothing(
    client: Client, slip: ClassSlip, pupil: JoinRequest, marina: User, time_machine: Any, way: str, words: str
) -> None:
    address = page(slip)
    match way:
        case "expired" | "very old":
            time_machine.move_to(timezone.now() + timedelta(days=3 if way == "expired" else 500, minutes=1))
        case "revoked":
            slip.revoke(by=marina)
        case "archived":
            SchoolClass.objects.update(archived_at=timezone.now())
        case "reissued":
            ClassSlip.objects.issue([slip.school_class], by=marina, days=1)
    for answer in (client.get(address + "?names"), client.post(address, {f"mark-{pupil.pk}": "mine"})):
        assert answer.status_code == 410
        assert words in answer.content.decode()
        assert "Петров" not in answer.content.decode()
    with pytest.raises(WrongStatus):
        slip.answer({pupil.pk: Mark.MINE})
    pupil.refresh_from_db()
    assert pupil.mark == ""


def test_an_answer_to_a_name_that_was_corrected_meanwhile_is_none(
    client: Client, slip: ClassSlip, pupil: JoinRequest
) -> None:
    """The class teacher knows Илья; who came in his place nobody has asked her about."""
    pupil.correct(full_name="Чужой Человек Иванович", applicant_name="Чужая Ольга Ивановна")
    client.post(page(slip), {f"mark-{pupil.pk}": "mine"})
    pupil.refresh_from_db()
    assert pupil.mark == ""
    (asked,) = client.get(page(slip) + "?names").context["form"].fields
    client.post(page(slip), {asked: "not-mine"})
    pupil.refresh_from_db()
    assert pupil.mark == Mark.NOT_MINE


def test_a_whole_school_answers_from_one_address(client: Client, slip: ClassSlip, pupil: JoinRequest) -> None:
    for _ in range(61):
        hit(Limit("slip:127.0.0.1", 1200, 3600))
    assert client.post(page(slip), {f"mark-{pupil.pk}": "mine"}).status_code == 302


def test_too_many_answers_are_told_to_wait(
    client: Client, slip: ClassSlip, pupil: JoinRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("invitations.views.slip.PER_SLIP", 1)
    assert client.post(page(slip), {f"mark-{pupil.pk}": "mine"}).status_code == 302
    answer = client.post(page(slip), {f"mark-{pupil.pk}": "not-mine"})
    assert answer.status_code == 429
    pupil.refresh_from_db()
    assert pupil.mark == Mark.MINE


def slips(organization: Organization, tail: str = "") -> str:
    return f"/organizations/{organization.pk}/requests/slips/{tail}"


def test_the_administrator_issues_copies_prints_and_revokes(
    enter: Enter, school: Organization, pupil: JoinRequest, marina: User
) -> None:
    browser = enter(marina)
    assert "7 «Б» – 1 заявка" in browser.get(slips(school)).content.decode()
    sent = {"classes": [pupil.school_class_id], "days": "7"}
    text = browser.post(slips(school, "issue/"), sent, follow=True).content.decode()
    slip = ClassSlip.objects.get()
    assert "Выдано: 1 листок" in text
    assert slip.address.split("/s/")[0] + "/s/" in text
    assert slip.expires_at - slip.issued_at == timedelta(days=7)
    assert "Петров" not in text

    paper = browser.get(slips(school, f"{slip.pk}/sheet.pdf"))
    assert paper.content.startswith(b"%PDF")
    browser.post(slips(school, f"{slip.pk}/revoke/"))
    assert browser.get(slips(school, f"{slip.pk}/sheet.pdf")).status_code == 404
    assert "отозван" in browser.get(slips(school)).content.decode()
    told = browser.post(slips(school, f"{slip.pk}/revoke/"), follow=True).content.decode()
    assert "уже не действует" in told
    verbs = Event.objects.filter(verb__startswith="slip.").order_by("pk").values_list("verb", "by", "object_id")
    assert list(verbs) == [("slip.issued", marina.pk, slip.pk), ("slip.revoked", marina.pk, slip.pk)]


@pytest.mark.parametrize("typed", [{}, {"days": "30"}, {"classes": "9" * 40}, {"classes": "\0"}])
def test_bad_terms_are_refused(
    enter: Enter, school: Organization, pupil: JoinRequest, marina: User, typed: dict[str, str]
) -> None:
    answer = enter(marina).post(slips(school, "issue/"), {"days": "3"} | typed)
    assert answer.status_code == 200
    assert "Не отправлено" in answer.content.decode()
    assert not ClassSlip.objects.exists()


def test_strangers_find_no_slip(
    enter: Enter, school: Organization, other_school: Organization, slip: ClassSlip, pupil: JoinRequest, oleg: User
) -> None:
    browser = enter(oleg)
    for organization in (school, other_school):
        assert browser.get(slips(organization, f"{slip.pk}/sheet.pdf")).status_code == 404
        assert browser.post(slips(organization, f"{slip.pk}/revoke/")).status_code == 404
    assert browser.get(slips(school)).status_code == 404
    browser.post(slips(other_school, "issue/"), {"classes": pupil.school_class_id, "days": "3"})
    assert ClassSlip.objects.count() == 1, "another school's class cannot be chosen"


def test_the_list_costs_the_same_at_many_rows(
    enter: Enter, school: Organization, slip: ClassSlip, marina: User
) -> None:
    browser, costs = enter(marina), []
    for rows in (1, 20):
        classes = [make_class(school, section=f"Б{rows}-{number}") for number in range(rows)]
        ClassSlip.objects.issue(classes, by=marina, days=3)
        browser.get(slips(school))
        with CaptureQueriesContext(connection) as asked:
            browser.get(slips(school))
        costs.append(len(asked))
    assert costs[0] == costs[1]
