"""Named filters: one's own, shared with the territory, opened first; never a door into another territory."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils.html import escape

from accounts.models import User
from conftest import make_coordinator, make_municipality, make_organization, make_region
from coordination.models import SavedView
from organizations.models import Organization, Region

Enter = Callable[[User], Client]
pytestmark = pytest.mark.django_db
LIST = "/organizations/"


def kept(browser: Client, query: str, name: str = "Молчат", **fields: str) -> SavedView:
    browser.post(f"{LIST}views/save/?{query}", {"name": name, **fields})
    return SavedView.objects.get(name=name)


def test_strangers_views_are_not_there(vera: User, nadia: User, marina: User, enter: Enter) -> None:
    view = kept(enter(vera), "step=1")
    for user in (nadia, marina):
        browser = enter(user)
        for verb in ("rename", "start", "remove"):
            assert browser.post(f"{LIST}views/{view.pk}/{verb}/", {"name": "x"}).status_code == 404
        assert "Молчат" not in browser.get(LIST).content.decode()
    view.refresh_from_db()
    assert (view.name, view.is_start) == ("Молчат", False)


def test_only_conditions_and_order_are_kept(vera: User, enter: Enter) -> None:
    browser = enter(vera)
    view = kept(
        browser, "step=1&page=7&kind=&next=//evil.example&sort=-step&administrator=unknown&administrator=absent"
    )
    assert view.query == "step=1&sort=-step&administrator=unknown&administrator=absent"
    page = browser.get(LIST).content.decode()
    assert f'href="{escape(view.get_absolute_url())}"' in page


def test_a_shared_view_shows_everybody_the_own_territory_only(
    school: Organization, other_school: Organization, region: Region, vera: User, nadia: User, enter: Enter
) -> None:
    view = kept(enter(vera), "administrator=unknown", is_shared="on")
    stranger = make_coordinator(make_region()).user
    assert "Молчат" not in enter(stranger).get(LIST).content.decode()
    browser = enter(nadia)
    assert "Молчат" in browser.get(LIST).content.decode()
    page = browser.get(view.get_absolute_url()).content.decode()
    assert escape(school.name) in page
    assert escape(other_school.name) not in page
    # Red control: the same address shows the other school to whoever has it.
    assert escape(other_school.name) in enter(vera).get(view.get_absolute_url()).content.decode()


def test_what_a_municipality_shares_stays_there(region: Region, nadia: User, vera: User, enter: Enter) -> None:
    kept(enter(nadia), "step=1", is_shared="on")
    neighbour = make_coordinator(region, make_municipality(region)).user
    colleague = make_coordinator(region, SavedView.objects.get().municipality).user
    assert "Молчат" not in enter(neighbour).get(LIST).content.decode()
    assert "Молчат" not in enter(vera).get(LIST).content.decode()
    assert "Молчат" in enter(colleague).get(LIST).content.decode()


def test_an_administrator_shares_with_nobody(marina: User, enter: Enter) -> None:
    assert not kept(enter(marina), "step=1", is_shared="on").is_shared


def test_the_list_opens_with_the_chosen_view_and_can_be_freed(vera: User, enter: Enter) -> None:
    browser = enter(vera)
    view, other = kept(browser, "step=1"), kept(browser, "step=2", "Другие")
    browser.post(f"{LIST}views/{other.pk}/start/")
    browser.post(f"{LIST}views/{view.pk}/start/")
    answer = browser.get(LIST)
    assert (answer.status_code, answer["Location"]) == (302, f"{LIST}?step=1")
    assert browser.get(f"{LIST}?q=").status_code == 200
    assert 'href="/organizations/?q="' in browser.get(f"{LIST}?step=1").content.decode()
    browser.post(f"{LIST}views/{view.pk}/start/")
    assert browser.get(LIST).status_code == 200


def test_a_link_to_all_leads_to_all_past_the_view_that_opens_first(
    school: Organization, vera: User, enter: Enter
) -> None:
    browser = enter(vera)
    view = kept(browser, "step=1")
    browser.post(f"{LIST}views/{view.pk}/start/")
    assert '?q="' in browser.get(f"{LIST}?step=1").content.decode().split("Все организации")[0][-30:]
    browser.post("/reports/sent/")
    for address in ("/dashboard/", "/reports/changes/", f"{LIST}export/"):
        page = browser.get(address).content.decode()
        assert f'href="{LIST}?q="' in page, address
        assert f'href="{LIST}?"' not in page
    warned = browser.post(f"{LIST}ask/?kind=college", {"all": "yes"})
    assert warned["Location"] == f"{LIST}?kind=college"
    past = browser.get(f"{LIST}?kind=school&as_of=2020-01-01").content.decode()
    assert 'href="?kind=school&amp;q="' in past


def test_a_view_is_renamed_and_removed(vera: User, enter: Enter) -> None:
    browser = enter(vera)
    view, other = kept(browser, "step=1"), kept(browser, "step=2", "Другие")
    page = browser.post(f"{LIST}views/{view.pk}/rename/", {"name": "Другие"}, follow=True).content.decode()
    assert "у вас уже есть" in page
    browser.post(f"{LIST}views/{view.pk}/rename/", {"name": "Первые"})
    view.refresh_from_db()
    assert view.name == "Первые"
    browser.post(f"{LIST}views/{other.pk}/remove/")
    assert list(SavedView.objects.all()) == [view]


def test_the_same_name_again_holds_the_newer_conditions(vera: User, enter: Enter) -> None:
    browser = enter(vera)
    first = kept(browser, "step=1")
    assert kept(browser, "step=2").pk == first.pk
    assert SavedView.objects.get().query == "step=2"


def test_there_is_an_end_to_them(vera: User, enter: Enter) -> None:
    SavedView.objects.bulk_create(SavedView(user=vera, name=str(n), query="step=1") for n in range(30))
    page = enter(vera).post(f"{LIST}views/save/?step=1", {"name": "ещё"}, follow=True).content.decode()
    assert "не больше 30" in page
    assert SavedView.objects.count() == 30


def test_a_view_of_a_closed_door_names_no_municipality(
    region: Region, nadia: User, enter: Enter, other_school: Organization
) -> None:
    make_organization(make_municipality(region))
    page = enter(nadia).get(f"{LIST}?municipality={other_school.municipality_id}").content.decode()
    assert str(other_school.municipality) not in page
    assert escape(other_school.name) not in page
