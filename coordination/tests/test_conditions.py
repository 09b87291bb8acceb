"""Folded conditions are drawn once for everybody: nothing of a person or of an address may stay in them."""

from typing import Any

import pytest
from django.utils import timezone

from conftest import make_coordinator, make_municipality, make_organization, make_region
from organizations.models import Organization

pytestmark = pytest.mark.django_db
FOLDED = "Другие условия"


def folded(page: Any) -> str:
    html = page.content.decode()
    return html[html.index(FOLDED) : html.index("</details>", html.index(FOLDED))]


@pytest.mark.parametrize("address", ["/organizations/?q=", "/worklist/"])
def test_what_one_person_has_set_is_not_shown_to_another(enter: Any, address: str) -> None:
    one, other = (make_coordinator(make_municipality(make_region()).region).user for _ in range(2))
    join = "&" if "?" in address else "?"
    untouched = folded(enter(one).get(address))
    set_by_one = folded(enter(one).get(f"{address}{join}deputy=no&moved=1999-01-01"))
    assert 'value="no" selected' in set_by_one
    assert "1999-01-01" in set_by_one
    assert folded(enter(other).get(address)) == untouched
    assert "selected" not in untouched.replace('value="" selected', "")


def test_a_refused_condition_says_why(enter: Any) -> None:
    vera = make_coordinator(make_region()).user
    enter(vera).get("/organizations/?q=")
    refused = folded(enter(vera).get("/organizations/?moved=1999-01-01"))
    assert "invalid-feedback" in refused


def test_a_closed_organization_that_was_searched_for_is_named(enter: Any) -> None:
    place = make_municipality(make_region())
    vera = make_coordinator(place.region).user
    closed = make_organization(place, short_name="Школа у реки", inn="7004003510")
    make_organization(make_municipality(), short_name="Школа у реки", closed_on=timezone.localdate())
    address = "/organizations/?q=7004003510"
    assert "Среди закрытых" not in enter(vera).get(address).content.decode()
    Organization.objects.filter(pk=closed.pk).update(closed_on=timezone.localdate())
    for asked in (address, "/organizations/?q=у реки"):
        page = enter(vera).get(asked).content.decode()
        assert "Среди закрытых подходит 1" in page, asked
        assert "closed=closed" in page
    shown = enter(vera).get(f"{address}&closed=closed").content.decode()
    assert "Школа у реки" in shown
    assert "Среди закрытых" not in shown


def test_an_address_that_makes_no_sense_is_not_called_the_whole_list(enter: Any) -> None:
    vera = make_coordinator(make_region()).user
    page = enter(vera).get("/organizations/?step=zzz").content.decode()
    assert "найдено: 0" in page
    assert "всего в списке" not in page
