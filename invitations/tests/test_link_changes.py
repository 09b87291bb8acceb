"""The ledger behind a poster: the address stays, and whoever changed where it leads is named to the school."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from conftest import make_class
from invitations.models import Invitation, LinkChange
from invitations.statuses import Role
from invitations.tests.builders import SFERUM_LINK, make_invitation
from organizations.models import Organization
from organizations.statuses import Step

pytestmark = pytest.mark.django_db
Enter = Callable[[User], Client]
WRONG = "https://vk.me/join/wrong"


@pytest.fixture
def link(school: Organization, marina: User) -> Invitation:
    Organization.objects.filter(pk=school.pk).update(step=Step.CLASSES)
    school.refresh_from_db()
    return Invitation.objects.issue(make_class(school), Role.PUPIL, by=marina, sferum_link=SFERUM_LINK)


def ledger(link: Invitation) -> list[tuple[str, User | None]]:
    return [(row.sferum_link, row.changed_by) for row in link.link_changes.order_by("pk")]


def test_issue_change_and_replace_each_leave_a_line(link: Invitation, marina: User) -> None:
    code = link.code
    link.change_link(by=marina, sferum_link="https://vk.me/join/b")
    link.change_link(by=marina, sferum_link="")
    assert link.code == code, "the address on the poster stays"
    assert ledger(link) == [(SFERUM_LINK, marina), ("https://vk.me/join/b", marina), ("", marina)]
    new = link.replace(by=marina, sferum_link="https://vk.me/join/c")
    assert ledger(new) == [("https://vk.me/join/c", marina)]


def test_a_link_issued_without_an_official_one_has_no_line(link: Invitation, marina: User) -> None:
    bare = Invitation.objects.issue(link.school_class, Role.TEACHER, by=marina)
    assert ledger(bare) == []


def test_no_change_without_its_line(link: Invitation, marina: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def full_disk(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(LinkChange, "save", full_disk)
    with pytest.raises(RuntimeError):
        link.change_link(by=marina, sferum_link=WRONG)
    link.refresh_from_db()
    assert (link.sferum_link, LinkChange.objects.count()) == (SFERUM_LINK, 1)


def test_the_school_sees_who_put_a_wrong_link_and_nobody_above_does(
    link: Invitation, marina: User, oleg: User, vera: User, igor: User, enter: Enter
) -> None:
    link.change_link(by=marina, sferum_link=WRONG)
    text = enter(marina).get(link.get_absolute_url()).content.decode()
    assert WRONG in text
    assert "Демидова Марина Сергеевна" in text
    for other in (vera, igor):
        assert WRONG not in enter(other).get(link.get_absolute_url()).content.decode()
    assert not LinkChange.objects.administered_by(oleg).exists()


def test_red_control_a_link_changed_past_the_verb_names_nobody(link: Invitation, marina: User, enter: Enter) -> None:
    Invitation.objects.filter(pk=link.pk).update(sferum_link=WRONG)
    assert WRONG not in [row[0] for row in ledger(link)]
    make_invitation(link.organization, section="Г")
    timeline = enter(marina).get(link.get_absolute_url()).context["changes"]
    assert [row.sferum_link for row in timeline] == [SFERUM_LINK], "the journal of events alone says no address"
