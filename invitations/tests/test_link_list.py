"""The list of links is narrowed by what stands in the address; whoever sees the school sees the same."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from conftest import make_class
from invitations.models import Invitation
from invitations.statuses import Role
from invitations.tests.builders import in_days, make_invitation
from organizations.models import Organization

pytestmark = pytest.mark.django_db
Enter = Callable[[User], Client]


@pytest.fixture
def links(school: Organization) -> dict[str, Invitation]:
    """Of each state one, in a class of its own; the class «Ж» has none, and a replaced one has its successor."""
    make_class(school, section="Ж")
    now = timezone.now()
    made = {
        "works": make_invitation(school, section="А"),
        "paused": make_invitation(school, section="Б", paused_at=now, pause_reason="Ремонт"),
        "expired": make_invitation(school, section="В", expires_on=in_days(-1)),
        "full": make_invitation(school, section="Г", limit=3, used=3),
        "revoked": make_invitation(school, section="Д", revoked_at=now),
    }
    teachers = make_invitation(school, school_class=made["works"].school_class, role=Role.TEACHER)
    old = make_invitation(school, school_class=make_class(school, section="Е"), revoked_at=now)
    new = make_invitation(school, school_class=old.school_class)
    Invitation.objects.filter(pk=old.pk).update(replaced_by=new)
    return made | {"teachers": teachers, "replaced": old, "new": new}


def found(client: Client, school: Organization, query: str) -> list[str]:
    rows = client.get(f"/organizations/{school.pk}/invitations/?{query}").context["rows"]
    return [f"{row.school_class.section}{row.role[0]}{'' if row.link else '-'}" for row in rows]


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("state=works", ["Ау", "Ау", "Еу"]),
        ("state=paused", ["Бу"]),
        ("state=over", ["Ву", "Гу"]),
        ("state=closed", ["Ду", "Еу"]),
        ("role=teacher&state=works", ["Ау"]),
        ("state=none&q=7ж", ["Жу-", "Жу-"]),
        ("q=7+Б", ["Бу-", "Бу"]),
        ("q=7+«в»&role=pupil", ["Ву"]),
    ],
)
def test_each_condition_finds_its_links(
    school: Organization, links: dict[str, Invitation], marina: User, enter: Enter, query: str, rows: list[str]
) -> None:
    assert sorted(found(enter(marina), school, query)) == sorted(rows)


def test_everything_is_there_without_conditions_and_a_class_by_its_key(
    school: Organization, links: dict[str, Invitation], marina: User, enter: Enter
) -> None:
    client = enter(marina)
    assert len(found(client, school, "")) == 2 * 7
    assert found(client, school, f"school_class={links['full'].school_class_id}&role=pupil") == ["Гу"]


def test_a_code_is_found_as_it_stands_on_a_poster(
    school: Organization, links: dict[str, Invitation], marina: User, enter: Enter
) -> None:
    code = links["works"].shown_code
    for typed in (code, code.lower(), code.replace("-", " "), code[:9]):
        assert found(enter(marina), school, f"role=pupil&q={typed}") == ["Ау"]
    old = links["replaced"].shown_code
    assert found(enter(marina), school, f"q={old}") == []
    assert found(enter(marina), school, f"q={old}&state=closed") == ["Еу"]


def test_figures_are_those_of_the_rows_and_dead_links_are_not_ticked(
    school: Organization, links: dict[str, Invitation], marina: User, enter: Enter
) -> None:
    client = enter(marina)
    answer = client.get(f"/organizations/{school.pk}/invitations/?state=over")
    assert answer.context["sum"].filed == 3
    page = client.get(f"/organizations/{school.pk}/invitations/?state=closed").content.decode()
    assert links["revoked"].shown_code in page
    assert 'name="ids"' not in page


@pytest.mark.parametrize("query", ["school_class=99999999", "state=nonsense", "role=parent", "q=%00", f"q={'а' * 200}"])
def test_an_address_without_sense_finds_nothing_and_says_so(
    school: Organization, links: dict[str, Invitation], marina: User, enter: Enter, query: str
) -> None:
    answer = enter(marina).get(f"/organizations/{school.pk}/invitations/?{query}")
    assert answer.status_code == 200
    assert "По этому отбору ничего нет" in answer.content.decode()


def test_a_foreign_class_is_no_condition(
    school: Organization, other_school: Organization, links: dict[str, Invitation], marina: User, enter: Enter
) -> None:
    foreign = make_invitation(other_school)
    assert found(enter(marina), school, f"school_class={foreign.school_class_id}") == []
    assert found(enter(marina), school, f"q={foreign.shown_code}") == []
    assert enter(marina).get(f"/organizations/{other_school.pk}/invitations/?state=works").status_code == 404


@pytest.mark.parametrize("query", ["", "state=works", "state=closed", "q=7"])
def test_it_costs_the_same_at_many_links(
    school: Organization, links: dict[str, Invitation], marina: User, enter: Enter, query: str
) -> None:
    client, costs = enter(marina), []
    for rows in (2, 20):
        for number in range(rows):
            make_invitation(school, section=f"Ц{rows}{number}")
            make_invitation(school, section=f"Ш{rows}{number}", revoked_at=timezone.now())
        client.get(f"/organizations/{school.pk}/invitations/?{query}")
        with CaptureQueriesContext(connection) as asked:
            client.get(f"/organizations/{school.pk}/invitations/?{query}")
        costs.append(len(asked))
    assert costs[0] == costs[1]


def test_an_act_on_many_leads_back_to_the_same_part_of_the_list(
    school: Organization, links: dict[str, Invitation], marina: User, enter: Enter
) -> None:
    browser, here = enter(marina), f"/organizations/{school.pk}/invitations/?role=pupil&state=works"
    act = f"/organizations/{school.pk}/invitations/pause/?role=pupil&state=works"
    assert act.replace("&", "&amp;") in browser.get(here).content.decode()
    ticked = {"ids": [links["works"].pk]}
    assert browser.post(act, ticked).context["cancel_url"] == here
    assert browser.post(act, ticked | {"confirmed": "yes", "reason": "Ремонт"})["Location"] == here
    assert browser.post(act, {})["Location"] == here
