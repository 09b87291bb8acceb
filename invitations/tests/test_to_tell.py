"""«Кому передать решение»: a sheet for the class teacher about those whom no letter reaches. Oleg is a stranger."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from invitations.models import Invitation, JoinRequest
from invitations.statuses import Reason, RequestStatus, Role
from invitations.tests.builders import SFERUM_LINK, make_invitation, make_request
from organizations.models import Event, Organization

pytestmark = pytest.mark.django_db
Enter = Callable[[User], Client]


@pytest.fixture
def link(school: Organization) -> Invitation:
    return make_invitation(school)


def sheet(organization: Organization) -> str:
    return f"/organizations/{organization.pk}/requests/to-tell/"


def test_who_left_no_contact_is_named_with_what_to_say(
    enter: Enter, school: Organization, link: Invitation, marina: User
) -> None:
    right = make_invitation(school, school_class=link.school_class, role=Role.TEACHER, sferum_link="")
    rows = {name: make_request(link, full_name=f"{name} Илья") for name in ("Принятый", "Иной", "Скрытый", "Ролевой")}
    chosen = {name: JoinRequest.objects.filter(pk=row.pk) for name, row in rows.items()}
    chosen["Принятый"].accept(by=marina)
    chosen["Иной"].reject(by=marina, reason=Reason.OTHER_CLASS)
    chosen["Скрытый"].reject(by=marina, reason=Reason.OTHER, reason_text="Тайна", is_reason_shown=False)
    chosen["Ролевой"].reject(by=marina, reason=Reason.WRONG_ROLE, offered=right)
    text = enter(marina).get(sheet(school)).content.decode()
    for words in [*rows, SFERUM_LINK, "это другой класс", "не смогла подтвердить", right.address, "7 «Б»"]:
        assert words in text
    assert "Тайна" not in text
    event = Event.objects.get(verb="requests.viewed")
    assert (event.by, event.fields) == (marina, ["rows:4"])


def test_others_are_not_on_the_sheet(enter: Enter, school: Organization, link: Invitation, marina: User) -> None:
    make_request(link, full_name="Ждущий Илья")
    make_request(link, full_name="Почтовый Илья", status=RequestStatus.ACCEPTED, email="a@example.ru")
    make_request(link, full_name="Телефонный Илья", status=RequestStatus.REJECTED, phone="+79138000001")
    make_request(link, full_name="Вступивший Илья", status=RequestStatus.ACCEPTED, joined_at=timezone.now())
    make_request(link, full_name="Отозвавший Илья", status=RequestStatus.WITHDRAWN)
    text = enter(marina).get(sheet(school)).content.decode()
    assert "Передавать некому" in text
    assert "Илья" not in text
    assert not Event.objects.filter(verb="requests.viewed").exists()


def test_it_is_the_schools_own(enter: Enter, school: Organization, oleg: User, vera: User) -> None:
    for user in (oleg, vera):
        assert enter(user).get(sheet(school)).status_code == 404


def test_it_costs_the_same_at_many_rows(enter: Enter, school: Organization, link: Invitation, marina: User) -> None:
    browser, costs = enter(marina), []
    for rows in (1, 30):
        for _ in range(rows):
            make_request(link, status=RequestStatus.REJECTED, reason=Reason.WRONG_ROLE, offered=link)
        browser.get(sheet(school))
        with CaptureQueriesContext(connection) as asked:
            browser.get(sheet(school))
        costs.append(len(asked))
    assert costs[0] == costs[1]


def test_who_was_told_leaves_the_sheet_and_comes_back_by_hand_or_with_a_new_decision(
    enter: Enter, school: Organization, link: Invitation, marina: User
) -> None:
    one, other = (make_request(link, full_name=f"{name} Илья") for name in ("Первый", "Второй"))
    JoinRequest.objects.all().reject(by=marina, reason=Reason.OTHER_CLASS)
    browser = enter(marina)
    browser.post(f"{sheet(school)}told/", {"ids": [one.pk]})
    page = browser.get(sheet(school))
    assert [row.pk for _, rows in page.context["classes"] for row, _ in rows] == [other.pk]
    assert "Уже передано: 1" in page.content.decode().replace("\xa0", " ")
    browser.post(f"{sheet(school)}told/", {"ids": [one.pk, other.pk]})
    assert Event.objects.filter(verb="request.told", by=marina).count() == 2, "nobody is told twice"
    browser.post(f"{sheet(school)}not-told/", {"ids": [other.pk]})
    assert [row.pk for _, rows in browser.get(sheet(school)).context["classes"] for row, _ in rows] == [other.pk]
    JoinRequest.objects.filter(pk=one.pk).reopen(by=marina)
    JoinRequest.objects.filter(pk=one.pk).accept(by=marina)
    assert not browser.get(sheet(school)).context["told"], "of the new decision nobody has told yet"


def test_only_who_is_on_the_sheet_is_marked(
    enter: Enter, school: Organization, other_school: Organization, link: Invitation, marina: User, oleg: User
) -> None:
    waits = make_request(link)
    written = make_request(link, status=RequestStatus.REJECTED, email="a@example.ru", decided_at=timezone.now())
    foreign = make_request(make_invitation(other_school), status=RequestStatus.REJECTED, decided_at=timezone.now())
    for keys in ([waits.pk, written.pk, foreign.pk], [], ["x"]):
        enter(marina).post(f"{sheet(school)}told/", {"ids": keys})
    assert enter(oleg).post(f"{sheet(school)}told/", {"ids": [waits.pk]}).status_code == 404
    assert not JoinRequest.objects.filter(told_at__isnull=False).exists()
    assert not Event.objects.filter(verb="request.told").exists()
