"""Folded conditions are drawn once for everybody: nothing of a person or of an address may stay in them."""

from typing import Any

import pytest

from conftest import make_coordinator, make_municipality, make_region

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
