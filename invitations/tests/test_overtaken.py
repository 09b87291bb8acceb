"""Whatever happens between the page and the act: another administrator, the applicant, the class teacher."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from correspondence.models import Letter
from correspondence.statuses import LetterStatus
from invitations.acceptance import accept_chosen, accept_exact
from invitations.models import ExpectedMember, Invitation, JoinRequest, ListMatch
from invitations.piles import piles_of
from invitations.statuses import Mark, Pile, Reason
from invitations.tests.builders import in_days, make_ground, make_invitation, make_request
from organizations.models import Event, Organization

pytestmark = pytest.mark.django_db
Enter = Callable[[User], Client]
NAME = "Петров Илья Сергеевич"


@pytest.fixture
def link(school: Organization, marina: User) -> Invitation:
    make_ground(school, marina)
    link = make_invitation(school)
    ExpectedMember.objects.create(
        organization=school, school_class=link.school_class, role=link.role, full_name=NAME, added_by=marina
    )
    return link


def test_whoever_comes_second_does_not_free_the_line_of_an_accepted_request(link: Invitation, marina: User) -> None:
    """Two clicks sort the same requests before either of them decides."""
    row, line = make_request(link, full_name=NAME), ExpectedMember.objects.get()
    chosen = JoinRequest.objects.filter(pk=row.pk)
    assert chosen.accept(by=marina, lines={row.pk: line.pk}, listed=True).won == [row]
    second = chosen.accept(by=marina, lines={row.pk: line.pk}, listed=True)
    assert second.beaten == [row]
    assert ListMatch.objects.values_list("request", "member").get() == (row.pk, line.pk)
    stranger = make_request(link, full_name=NAME)
    assert piles_of(link.organization).verdicts[stranger.pk].pile == Pile.NEAR


def test_a_line_is_not_kept_by_a_request_that_was_rejected_meanwhile(link: Invitation, marina: User) -> None:
    row, line = make_request(link, full_name=NAME), ExpectedMember.objects.get()
    chosen = JoinRequest.objects.filter(pk=row.pk)
    chosen.reject(by=marina, reason=Reason.UNKNOWN)
    assert chosen.accept(by=marina, lines={row.pk: line.pk}, listed=True).beaten == [row]
    assert not ListMatch.objects.exists()


@pytest.mark.parametrize("said", [{"mark": Mark.NOT_MINE}, {"postponed_until": in_days(3)}])
def test_the_green_act_leaves_whom_somebody_doubted_since_it_was_shown(
    link: Invitation, marina: User, said: dict[str, object]
) -> None:
    row = make_request(link, full_name=NAME)
    JoinRequest.objects.filter(pk=row.pk).update(**said)
    decided = accept_exact(link.organization, [row.pk], by=marina)
    assert (decided.won, decided.left) == ([], [row])
    assert not ListMatch.objects.exists()


def test_a_doubt_about_a_double_keeps_both_from_the_green_act(link: Invitation, marina: User) -> None:
    first, second = make_request(link, full_name=NAME), make_request(link, full_name=NAME)
    JoinRequest.objects.filter(pk__in=[first.pk, second.pk]).mark_same(by=marina)
    JoinRequest.objects.filter(pk=second.pk).update(mark=Mark.NOT_MINE)
    assert accept_exact(link.organization, [first.pk], by=marina).won == []


@pytest.mark.parametrize("decided_first", [0, 1])
def test_whichever_request_of_one_person_is_decided_the_other_goes_with_it(
    link: Invitation, marina: User, decided_first: int
) -> None:
    """Else the same mailbox reads «отклонена» of the one and «принята» of the other."""
    rows = [make_request(link, full_name=NAME, email="irina@example.ru") for _ in range(2)]
    JoinRequest.objects.filter(pk__in=[row.pk for row in rows]).mark_same(by=marina)
    chosen = JoinRequest.objects.filter(pk=rows[decided_first].pk)
    decided = chosen.reject(by=marina, reason=Reason.UNKNOWN)
    assert {row.pk for row in decided.won} == {row.pk for row in rows}
    assert {row.pk for row in chosen.undo(by=marina).won} == {row.pk for row in rows}
    accept_chosen(link.organization, [rows[decided_first].pk], by=marina)
    assert set(JoinRequest.objects.values_list("status", flat=True)) == {"accepted"}
    assert ListMatch.objects.get().request == rows[0]


def accept(desk: Client, organization: Organization, seen: object, **chosen: object) -> str:
    data = {"seen": seen, **chosen}
    return desk.post(f"/organizations/{organization.pk}/requests/accept/", data, follow=True).content.decode()


def seen_on(desk: Client, organization: Organization) -> str:
    page = desk.get(f"/organizations/{organization.pk}/requests/").content.decode()
    (moment,) = re.findall(r'name="seen" value="(\d+)"', page)
    assert f'data-seen="{moment}"' in page
    return str(moment)


def test_a_name_that_nobody_has_read_is_not_accepted(
    link: Invitation, marina: User, enter: Callable[[User], Client]
) -> None:
    """The page shows Илья; while it is open the applicant puts another name in his place."""
    desk, row = enter(marina), make_request(link)
    seen = seen_on(desk, link.organization)
    row.correct(full_name="Чужой Человек Иванович", applicant_name="Чужая Ольга Ивановна")
    assert "исправил имя" in accept(desk, link.organization, seen, one=row.pk)
    row.refresh_from_db()
    assert row.status == "pending"
    accept(desk, link.organization, seen_on(desk, link.organization), one=row.pk)
    row.refresh_from_db()
    assert row.status == "accepted"


def test_the_question_about_many_keeps_the_moment_of_the_page(
    link: Invitation, marina: User, enter: Callable[[User], Client]
) -> None:
    desk, rows = enter(marina), [make_request(link, full_name=f"Орлов Глеб {n}ович") for n in ("Иван", "Пётр")]
    seen = seen_on(desk, link.organization)
    question = accept(desk, link.organization, seen, ids=[row.pk for row in rows])
    assert f'name="seen" value="{seen}"' in question
    rows[0].correct(full_name="Чужой Человек Иванович", applicant_name="Чужая Ольга Ивановна")
    accept(desk, link.organization, seen, keys=",".join(str(row.pk) for row in rows), confirmed="yes")
    assert set(JoinRequest.objects.filter(status="accepted")) == {rows[1]}


@pytest.mark.parametrize("seen", ["", "-1", "x", "9" * 30, "1e99"])
def test_a_moment_that_is_none_is_no_error(
    link: Invitation, marina: User, enter: Callable[[User], Client], seen: str
) -> None:
    assert "Заявки" in accept(enter(marina), link.organization, seen, one=make_request(link).pk)


def test_a_name_corrected_since_it_was_read_is_not_rejected(link: Invitation, marina: User) -> None:
    row, read = make_request(link, full_name=NAME), timezone.now()
    row.correct(full_name="Петров Илья Андреевич")
    chosen = JoinRequest.objects.filter(pk=row.pk)
    assert chosen.reject(by=marina, reason=Reason.NAME, seen=read).left == [row]
    assert chosen.reject(by=marina, reason=Reason.NAME).won == [row], "without the moment it is rejected unread"


def test_putting_off_leaves_no_line_about_a_request_that_was_decided(link: Invitation, marina: User) -> None:
    row = make_request(link, full_name=NAME)
    chosen = JoinRequest.objects.filter(pk=row.pk)
    chosen.reject(by=marina, reason=Reason.UNKNOWN)
    assert chosen.postpone(by=marina, until=in_days(2)) == []
    assert not Event.objects.filter(verb="request.postponed").exists()


def test_taking_up_again_is_in_the_journal_once(link: Invitation, marina: User) -> None:
    row = make_request(link, full_name=NAME)
    chosen = JoinRequest.objects.filter(pk=row.pk)
    chosen.postpone(by=marina, until=in_days(2))
    assert [chosen.take_back(by=marina), chosen.take_back(by=marina)] == [1, 0]
    assert Event.objects.filter(verb="request.awaited").count() == 1


def test_no_letter_goes_to_whoever_took_the_consent_back(link: Invitation, marina: User) -> None:
    withdrawn = JoinRequest.objects.file(link, form_key="1", full_name=NAME, email="a@example.ru")
    withdrawn.withdraw()
    decided = make_request(link, full_name="Котов Пётр", email="b@example.ru")
    JoinRequest.objects.filter(pk=decided.pk).accept(by=marina)
    assert Letter.objects.filter(status=LetterStatus.QUEUED, recipient="b@example.ru").exists()
    decided.forget(by=marina)
    assert not Letter.objects.filter(status=LetterStatus.QUEUED).exists()


def test_a_selection_beyond_one_act_is_refused_in_words(link: Invitation, marina: User, enter: Enter) -> None:
    keys = ",".join(map(str, range(1, 5002)))
    address = reverse("invitations:requests-accept", args=[link.organization.pk])
    page = enter(marina).post(address, {"keys": keys}, follow=True).content.decode()
    assert "За один раз – не больше 5000 заявок" in page
