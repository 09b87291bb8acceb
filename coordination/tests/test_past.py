"""«Состояние на …»: a past day shows what was seen on it, not what is true today; a day that is not kept is refused."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from accounts.models import User
from conftest import make_municipality, make_organization, make_region
from coordination.models import Snapshot, Standing
from coordination.tasks import take_snapshots
from organizations.models import Municipality, Organization, Region
from organizations.statuses import AdministratorState, Kind, Step

Enter = Callable[[User], Client]
NIGHT = datetime(2026, 11, 20, 17, 2, tzinfo=UTC)  # 00:02 on the 21st in Tomsk
NOW = datetime(2026, 11, 24, 5, tzinfo=UTC)
DAY = "as_of=2026-11-20"


@pytest.fixture
def moved(school: Organization, other_school: Organization):
    """Seen on the 20th as registered without an administrator; since then everything has changed."""
    Organization.objects.filter(pk=school.pk).update(step=Step.REGISTERED, step_since=date(2026, 11, 2))
    with time_machine.travel(NIGHT, tick=False):
        take_snapshots()
    Organization.objects.filter(pk=school.pk).update(
        step=Step.MIGRATED,
        administrator_state=AdministratorState.CONFIRMED,
        kind=Kind.COLLEGE,
        municipality=other_school.municipality,
    )
    with time_machine.travel(NOW):
        yield school


def listed(client: Client, query: str) -> list[int]:
    return [row.pk for row in client.get(f"/organizations/?{query}").context["table"].data]


@pytest.mark.parametrize(
    ("condition", "today"),
    [
        ("reached=3", True),
        ("step=3", False),
        ("administrator=unknown", False),
        ("holder=head", False),
        ("kind=school", False),
        ("not_registered=on", False),
        ("step=7", True),
    ],
)
def test_conditions_hold_for_that_day(
    moved: Organization, vera: User, enter: Enter, condition: str, today: bool
) -> None:
    """The red control stands beside it: with today's values each would say otherwise."""
    client = enter(vera)
    then = moved.pk in listed(client, f"{condition}&{DAY}")
    assert then is (condition not in ("step=7", "not_registered=on"))
    assert (moved.pk in listed(client, condition)) is today


def test_the_municipality_is_that_of_the_day(
    moved: Organization, municipality: Municipality, other_school: Organization, vera: User, enter: Enter
) -> None:
    client = enter(vera)
    assert listed(client, f"municipality={municipality.pk}&{DAY}") == [moved.pk]
    assert listed(client, f"municipality={other_school.municipality.pk}&{DAY}") == [other_school.pk]


def test_the_page_says_the_day_and_shows_its_values(moved: Organization, vera: User, enter: Enter) -> None:
    page = enter(vera).get(f"/organizations/?{DAY}").content.decode()
    assert "Состояние на 20.11.2026" in page
    assert "Зарегистрирована" in page
    assert "2\xa0нояб" in page
    assert "Вернуться к сегодня" in page
    assert 'class="bulkbar"' not in page
    assert "подтверждён" not in page.split("<tbody")[1].replace("не подтверждён", "")


def test_figures_of_the_desk_are_those_of_the_day(moved: Organization, vera: User, enter: Enter) -> None:
    then = enter(vera).get(f"/dashboard/?{DAY}")
    now = enter(vera).get("/dashboard/")
    assert (then.context["figures"].registered, then.context["figures"].confirmed) == (1, 0)
    assert (now.context["figures"].registered, now.context["figures"].confirmed) == (1, 1)
    assert f"/organizations/?{DAY}&amp;reached=3" in then.content.decode()


def test_the_desk_keeps_its_part_of_the_territory(
    moved: Organization, municipality: Municipality, other_school: Organization, vera: User, enter: Enter
) -> None:
    """Since that day the municipality has lost its last organization: it is there all the same."""
    client = enter(vera)
    here = f"municipality={municipality.pk}&{DAY}"
    desk = client.get(f"/dashboard/?{here}")
    page = desk.content.decode()
    assert (desk.context["figures"].total, desk.context["figures"].registered) == (1, 1)
    assert f"{municipality.name}: состояние на 20.11.2026" in page
    assert f'href="/organizations/?{here.replace("&", "&amp;")}&amp;reached=3"' in page
    assert f'href="/dashboard/?municipality={municipality.pk}">Вернуться к сегодня' in page
    assert f'<input type="hidden" name="municipality" value="{municipality.pk}">' in page
    assert listed(client, f"{here}&reached=3") == [moved.pk]
    others = client.get(f"/dashboard/?kind=others&{DAY}").context
    assert (others["figures"].total, others["whole"].total) == (0, 2)
    stranger = make_municipality(other_school.region)
    assert client.get(f"/dashboard/?municipality={stranger.pk}&{DAY}").status_code == 404


def test_a_desk_of_a_past_day_leads_to_that_of_each_municipality(
    moved: Organization, municipality: Municipality, vera: User, enter: Enter
) -> None:
    page = enter(vera).get(f"/dashboard/?{DAY}").content.decode()
    assert f'href="/dashboard/?municipality={municipality.pk}&amp;{DAY}"' in page


def test_a_figure_leads_to_exactly_its_rows(moved: Organization, vera: User, enter: Enter) -> None:
    client = enter(vera)
    figures = client.get(f"/dashboard/?{DAY}").context["figures"]
    for bar in (*figures.funnel(), *figures.administrators(), *figures.ball()):
        assert len(listed(client, f"{bar.query}&{DAY}")) == bar.count, bar.label


def test_a_closed_organization_is_still_in_the_list_of_its_day(moved: Organization, vera: User, enter: Enter) -> None:
    Organization.objects.filter(pk=moved.pk).update(closed_on=date(2026, 11, 23))
    assert moved.pk in listed(enter(vera), DAY)
    assert moved.pk not in listed(enter(vera), "")


def test_a_missed_night_shows_the_day_before_and_says_so(moved: Organization, vera: User, enter: Enter) -> None:
    page = enter(vera).get("/dashboard/?as_of=2026-11-22").content.decode()
    assert "За этот день снимка нет, показан ближайший более ранний: 20.11.2026." in page


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("2026-11-19", "Портал хранит состояние с 20.11.2026"),
        ("2027-01-01", "ещё не наступил"),
        ("2026-02-31", "не читается"),
        ("abc%00", "не читается"),
    ],
)
def test_a_day_that_cannot_be_shown_is_refused_in_words(
    moved: Organization, vera: User, enter: Enter, asked: str, words: str
) -> None:
    for address in ("/dashboard/", "/organizations/"):
        answer = enter(vera).get(f"{address}?as_of={asked}")
        assert answer.status_code == 200
        assert words in answer.content.decode()
    for more in (
        "",
        "&reached=3",
        "&holder=head",
        "&municipality=none",
        "&q=школа",
        "&sort=step",
        "&sort=-municipality",
    ):
        assert listed(enter(vera), f"as_of={asked}{more}") == []


def test_a_late_snapshot_says_when_it_was_made(school: Organization, vera: User, enter: Enter) -> None:
    with time_machine.travel(NIGHT + timedelta(hours=10), tick=False):
        take_snapshots()
    with time_machine.travel(NOW):
        page = enter(vera).get(f"/dashboard/?{DAY}").content.decode()
    assert "Снимок сделан позже обычного: 21.11.2026 в 10:02." in page


def test_what_only_today_knows_is_refused_for_a_past_day(moved: Organization, vera: User, enter: Enter) -> None:
    assert listed(enter(vera), f"no_email=on&{DAY}") == []
    assert "О прошлых днях этого не известно" in enter(vera).get(f"/organizations/?no_email=on&{DAY}").content.decode()


def test_a_municipal_coordinator_sees_hers(
    school: Organization, other_school: Organization, nadia: User, enter: Enter
) -> None:
    with time_machine.travel(NIGHT, tick=False):
        take_snapshots()
    with time_machine.travel(NOW):
        assert listed(enter(nadia), DAY) == [school.pk]
        assert enter(nadia).get(f"/dashboard/?{DAY}").context["figures"].total == 1


def test_the_file_bears_the_day(moved: Organization, vera: User, enter: Enter) -> None:
    answer = enter(vera).get(f"/organizations/export.xlsx?reached=3&{DAY}")
    assert "organizacii-na-2026-11-20.xlsx" in answer["Content-Disposition"]
    book = CalamineWorkbook.from_filelike(BytesIO(answer.content))
    rows = book.get_sheet_by_name("На 20.11.2026").to_python()
    assert rows[1][1:5:3] == ["Верхнекетский район", "руководитель"]
    assert (rows[1][2], rows[1][7]) == ("Зарегистрирована", "школа")


def test_the_file_of_a_missed_night_bears_the_day_that_is_in_it(moved: Organization, vera: User, enter: Enter) -> None:
    answer = enter(vera).get("/organizations/export.xlsx?as_of=2026-11-22")
    assert "organizacii-na-2026-11-20.xlsx" in answer["Content-Disposition"]
    assert CalamineWorkbook.from_filelike(BytesIO(answer.content)).sheet_names == ["На 20.11.2026"]


def test_nobody_acts_on_the_list_of_a_past_day(moved: Organization, vera: User, enter: Enter) -> None:
    answer = enter(vera).post(f"/organizations/ask/?{DAY}", {"all": "yes"})
    assert answer.status_code == 302


def test_the_list_costs_the_same_at_three_and_at_thirty(school: Organization, vera: User, enter: Enter) -> None:
    def cost(number: int) -> int:
        for _ in range(number):
            make_organization(school.municipality, step=3)
        with time_machine.travel(NIGHT + timedelta(days=number)):
            take_snapshots()
        with time_machine.travel(NOW + timedelta(days=60)):
            client = enter(vera)
            client.get("/organizations/?as_of=2026-12-25")
            with CaptureQueriesContext(connection) as queries:
                assert client.get("/organizations/?as_of=2026-12-25").context["count"] >= number
        return len(queries)

    assert cost(3) == cost(30)


def test_the_days_that_are_asked_for_are_one_click_away(moved: Organization, vera: User, enter: Enter) -> None:
    with time_machine.travel(NIGHT + timedelta(hours=1), tick=False):
        enter(vera).post("/reports/sent/")
    page = enter(vera).get("/dashboard/movement/").content.decode()
    for day in ("2026-11-23", "2026-11-21", "2026-09-01"):
        assert f'href="/dashboard/?as_of={day}"' in page


@pytest.mark.parametrize("verb", ["bulk/head-links/", "ask/", "file/"])
def test_nobody_acts_on_all_that_a_past_day_shows(moved: Organization, vera: User, enter: Enter, verb: str) -> None:
    """The control stands beside it: on what is true today one may act."""
    for query, status in ((f"reached=3&{DAY}", 302), ("reached=3", 200)):
        assert enter(vera).post(f"/organizations/{verb}?{query}", {"all": "yes"}).status_code == status


def test_a_past_day_leads_neither_to_calls_nor_to_a_campaign(moved: Organization, vera: User, enter: Enter) -> None:
    links = ("/worklist/calls/?", "/campaigns/new/?")
    then, now = (enter(vera).get(f"/organizations/?reached=3{end}").content.decode() for end in (f"&{DAY}", ""))
    assert not any(link in then for link in links)
    assert all(link in now for link in links)


@pytest.mark.parametrize("query", [DAY, "closed=closed"])
def test_the_work_list_is_about_today_and_what_is_open(
    moved: Organization, vera: User, enter: Enter, query: str
) -> None:
    Organization.objects.filter(pk=moved.pk).update(step=Step.REGISTERED)
    Organization.objects.exclude(pk=moved.pk).update(closed_on=date(2026, 11, 21))
    answer = enter(vera).get(f"/worklist/?{query}")
    assert [entry.organization for entry in answer.context["entries"]] == [moved]
    assert {"as_of", "closed"}.isdisjoint(answer.context["filter"].form.fields)


@pytest.fixture
def neighbour(region: Region, igor: User) -> Organization:
    """A school of another region, whose nights are missed at times; Igor sees both regions."""
    return make_organization(make_municipality(make_region(name="Омская область")), step=Step.APPOINTED)


def nights(*days: tuple[int, Region]) -> None:
    """In which night of November which region was looked at, and what was seen of all of its organizations."""
    for day, region in days:
        with time_machine.travel(NIGHT + timedelta(days=day - 20), tick=False):
            Organization.objects.filter(region=region).update(step_since=date(2026, 11, day))
            Snapshot.objects.take(region, day=date(2026, 11, day))


def seen(client: Client, query: str) -> dict[int, date]:
    rows = client.get(f"/organizations/?{query}").context["table"].data
    return {row.pk: row.was_step_since for row in rows}


def test_each_region_is_shown_at_its_own_newest_night(
    school: Organization, neighbour: Organization, igor: User, enter: Enter
) -> None:
    """The neighbour's 20th was looked at two days late: at that moment the school had long moved on."""
    nights((19, neighbour.region), (20, school.region), (21, school.region))
    with time_machine.travel(NOW - timedelta(days=1), tick=False):
        late = Snapshot.objects.take(neighbour.region, day=date(2026, 11, 20))
    assert late
    assert Standing.objects.at(late.at).get(organization=school).step_since == date(2026, 11, 21), "red control"
    with time_machine.travel(NOW):
        client = enter(igor)
        assert seen(client, DAY) == {school.pk: date(2026, 11, 20), neighbour.pk: date(2026, 11, 19)}
        assert seen(client, "as_of=2026-11-21") == {school.pk: date(2026, 11, 21), neighbour.pk: date(2026, 11, 19)}
        page = client.get("/organizations/?as_of=2026-11-21").content.decode()
        assert "Омская область: За этот день снимка нет, показан ближайший более ранний: 20.11.2026." in page
        assert "Снимок сделан позже обычного" in client.get(f"/organizations/?{DAY}").content.decode()
        assert client.get(f"/dashboard/?{DAY}").context["figures"].total == 2


def test_a_region_that_knows_nothing_of_the_day_is_named_and_not_shown(
    school: Organization, neighbour: Organization, igor: User, enter: Enter
) -> None:
    nights((20, school.region), (22, neighbour.region))
    Standing.objects.filter(organization=neighbour).update(seen_from=NIGHT - timedelta(days=9))  # a report was sent
    with time_machine.travel(NOW):
        client = enter(igor)
        assert set(seen(client, DAY)) == {school.pk}
        assert client.get(f"/dashboard/?{DAY}").context["figures"].total == 1
        page = client.get(f"/organizations/?{DAY}").content.decode()
        assert "Омская область: за этот день и раньше снимков нет" in page
        assert len(seen(client, "as_of=2026-11-22")) == 2


def test_who_sees_one_region_reads_no_name_of_another(
    school: Organization, neighbour: Organization, vera: User, enter: Enter
) -> None:
    nights((19, school.region), (20, neighbour.region))
    with time_machine.travel(NOW):
        page = enter(vera).get(f"/organizations/?{DAY}").content.decode()
        assert "За этот день снимка нет" in page
        assert "область:" not in page


def test_a_week_of_which_one_region_knows_nothing_is_not_told_as_a_loss(
    school: Organization, neighbour: Organization, igor: User, enter: Enter
) -> None:
    Organization.objects.update(step=Step.REGISTERED)
    nights((8, school.region), (15, school.region), (15, neighbour.region))
    with time_machine.travel(NOW):
        trend = enter(igor).get("/dashboard/movement/").context["trend"]
    counts = dict(zip(trend.days, trend.lines[0].counts, strict=True))
    assert trend.kept_from == date(2026, 11, 15)
    assert (counts[date(2026, 11, 15)], counts[date(2026, 11, 22)]) == (2, 2)
    assert counts[date(2026, 11, 8)] == 0, "as the days of steps tell it, for none of the two has one"
