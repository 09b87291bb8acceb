"""A registry that still lists a closed organization: its row speaks of the successor, or is refused in words."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from conftest import make_organization
from organizations.models import Municipality, Organization, Region
from organizations.statuses import Outcome
from organizations.tests.registry import INN, KPP
from organizations.tests.test_import_questions import ASINO, answer, ready, write

Enter = Callable[[User], Client]
pytestmark = pytest.mark.django_db
ROW = f"70;{ASINO};МБОУ «Лицей № 10»;{INN};{KPP};ул. Новая, 7;4410"


@pytest.fixture
def place(vera: User) -> Municipality:
    return Municipality.objects.get_or_create(region=Region.objects.get(code="70"), name=ASINO)[0]


@pytest.fixture
def closed(place: Municipality) -> Organization:
    return make_organization(place, full_name="МБОУ «Лицей № 10»", short_name="", inn=INN, kpp=KPP, own_code="4410")


def close(school: Organization, by: User, successor: Organization | None = None) -> None:
    school.close(by=by, on=timezone.localdate() - timedelta(days=1), reason="Реорганизация", successor=successor)


def test_without_a_successor_the_row_is_refused_and_nothing_changes(
    closed: Organization, vera: User, enter: Enter
) -> None:
    close(closed, vera)
    row = ready(enter(vera), ROW).rows.get()
    assert (row.outcome, "закрыта с" in row.reason) == (Outcome.REFUSED, True)
    before = closed.address
    closed.refresh_from_db()
    assert (closed.address, closed.is_closed) == (before, True)


def test_a_row_leads_to_the_end_of_the_chain_and_is_asked_about(
    closed: Organization, place: Municipality, vera: User, enter: Enter
) -> None:
    between = make_organization(place, short_name="СОШ № 11")
    heir = make_organization(place, full_name="МБОУ «Лицей № 10»", short_name="", address="ул. Мира, 1")
    close(closed, vera, successor=between)
    close(between, vera, successor=heir)
    file = ready(enter(vera), ROW)
    row = file.rows.get()
    assert (row.outcome, row.organization) == (Outcome.ASKED, heir)
    answer(enter(vera), file, **{f"answer_{row.number}": "yes"})
    write(enter(vera), file)
    number = heir.inn
    for each in (heir, closed):
        each.refresh_from_db()
    assert (heir.address, heir.inn) == ("ул. Новая, 7", number), "the numbers stay with the one that bears them"
    assert (closed.address != heir.address, closed.is_closed) == (True, True)


def test_a_row_that_says_nothing_new_of_the_successor_asks_nothing(
    closed: Organization, place: Municipality, vera: User, enter: Enter
) -> None:
    heir = make_organization(place, full_name=closed.full_name, short_name="", address="ул. Мира, 1")
    close(closed, vera, successor=heir)
    assert ready(enter(vera), ROW.replace("ул. Новая, 7", "ул. Мира, 1")).rows.get().outcome == Outcome.SAME


def test_a_code_that_went_over_tells_the_one_that_is_left(
    closed: Organization, place: Municipality, vera: User, enter: Enter
) -> None:
    heir = make_organization(place, short_name="Лицей № 10", own_code="4410")
    close(closed, vera, successor=heir)
    row = ready(enter(vera), f"70;{ASINO};МБОУ «Лицей № 10»;;;ул. Новая, 7;4410").rows.get()
    assert (row.outcome, row.organization) == (Outcome.CHANGED, heir)


def test_an_announced_closing_changes_nothing_before_its_day(closed: Organization, vera: User, enter: Enter) -> None:
    closed.close(by=vera, on=timezone.localdate() + timedelta(days=5), reason="Реорганизация")
    row = ready(enter(vera), ROW).rows.get()
    assert (row.outcome, row.organization) == (Outcome.CHANGED, closed)
