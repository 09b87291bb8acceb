"""A table of Sferum where the portal has closed or merged, or where the rows of the table are gone."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from conftest import make_organization
from coordination import reconciling
from coordination.merging import Choices, merge
from coordination.models import Contradiction, SferumTable
from coordination.statuses import TableStatus, Verdict
from coordination.tests.test_reconciling import COLUMNS, INNS, TITLES, hold, line, open_now, registered
from foundation.verbs import WrongStatus
from organizations.models import Organization, Region

Enter = Callable[[User], Client]
pytestmark = pytest.mark.django_db


@pytest.fixture
def double(school: Organization) -> Organization:
    return make_organization(school.municipality, full_name="Школа первая (дубль)", inn=INNS[1], kpp="701701001")


def test_a_row_of_a_closed_duplicate_speaks_of_the_one_that_stayed(
    school: Organization, double: Organization, vera: User, region: Region
) -> None:
    merge(registered(school), double, Choices(), by=vera)
    hold(region, vera, ["Школа первая (дубль)", INNS[1], "да", "8 900 000-14-27", "", "", ""])
    assert [(row.organization, row.kind) for row in Contradiction.objects.open()] == [(school, "phone")]


def test_the_row_of_the_one_that_stayed_goes_before_that_of_the_duplicate(
    school: Organization, double: Organization, vera: User, region: Region
) -> None:
    merge(registered(school), double, Choices(), by=vera)
    hold(region, vera, ["Школа первая (дубль)", INNS[1], "нет", "", "", "", ""], line(school))
    assert open_now() == []


def test_what_was_settled_of_the_one_that_went_is_known_of_the_one_that_stays(
    school: Organization, double: Organization, vera: User, region: Region
) -> None:
    said = ["Школа первая (дубль)", INNS[1], "да", "", "", "", ""]
    hold(region, vera, said, is_complete=False)
    Contradiction.objects.get().resolve(Verdict.NOTED, by=vera, note="Спросили")
    merge(school, double, Choices(), by=vera)
    hold(region, vera, said, is_complete=False)
    assert Contradiction.objects.get().organization == school
    assert open_now() == []


def test_a_table_whose_rows_are_gone_is_not_held_as_an_empty_one(
    school: Organization, vera: User, region: Region, enter: Enter
) -> None:
    registered(school)
    tables = [
        SferumTable.objects.create(
            region=region, uploaded_by=vera, name="сферум.xlsx", titles=TITLES, rows=[line(school)]
        )
        for _ in range(2)
    ]
    waiting, uploaded = tables
    waiting.queue(COLUMNS, is_complete=True)
    SferumTable.objects.update(uploaded_at=timezone.now() - timedelta(days=2))
    SferumTable.objects.all().purge()
    reconciling.hold(waiting)
    assert reconciling.hold_waiting() == 0
    with pytest.raises(WrongStatus, match="удалены"):
        uploaded.queue(COLUMNS, is_complete=True)
    assert not Contradiction.objects.exists()
    waiting.refresh_from_db()
    assert waiting.status == TableStatus.WAITING
    assert "её строки удалены" in enter(vera).get(waiting.get_absolute_url()).content.decode()
