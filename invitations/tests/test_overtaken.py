"""Whatever happens between the page and the act: another administrator, the applicant, the class teacher."""

import pytest

from accounts.models import User
from invitations.acceptance import accept_exact
from invitations.models import ExpectedMember, Invitation, JoinRequest, ListMatch
from invitations.piles import piles_of
from invitations.statuses import Mark, Pile, Reason
from invitations.tests.builders import in_days, make_ground, make_invitation, make_request
from organizations.models import Organization

pytestmark = pytest.mark.django_db
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
