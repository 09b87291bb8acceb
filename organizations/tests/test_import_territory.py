"""Who may bring in which rows: a file reaches no further than the person."""

import pytest

from accounts.models import User
from conftest import make_municipality, make_organization
from organizations.import_places import Territory
from organizations.models import Municipality, Organization, Region
from organizations.tests.registry import INN, KPP, OTHER_INN, SCHOOL, counts, reason, run, table

pytestmark = pytest.mark.django_db


def test_a_municipal_coordinator_brings_in_rows_of_the_municipality_alone(
    nadia: User, municipality: Municipality, other_school: Organization
) -> None:
    mine = Territory.of(nadia)
    own = ["70", municipality.name, "Школа", INN, KPP, ""]
    foreign = ["70", "Асиновский район", "Школа", OTHER_INN, KPP, ""]
    nowhere = ["70", "", "Школа", "7017005289", KPP, ""]
    plan = run(table(own, foreign, nowhere), territory=mine)
    assert counts(plan) == (1, 0, 0, 2)
    assert {problem.reason for problem in plan.reasons} == {"Строка вне вашей территории."}


def test_nobody_takes_an_organization_out_of_a_foreign_municipality(nadia: User, municipality: Municipality) -> None:
    make_organization(make_municipality(municipality.region), inn=INN, kpp=KPP)
    plan = run(table(["70", municipality.name, "Школа", INN, KPP, ""]), territory=Territory.of(nadia))
    assert reason(plan) == "Строка вне вашей территории."


def test_a_file_without_that_column_lies_in_the_coordinator_s_only_municipality(
    nadia: User, municipality: Municipality
) -> None:
    bare = table(["Школа", INN, KPP], head=["Наименование", "ИНН", "КПП"])
    run(bare, region="70", territory=Territory.of(nadia))
    assert Organization.objects.get(inn=INN).municipality == municipality


def test_a_regional_coordinator_brings_in_the_region_alone(vera: User) -> None:
    plan = run(table(SCHOOL, ["54", "", "Школа", OTHER_INN, KPP, ""]), territory=Territory.of(vera))
    assert counts(plan) == (1, 0, 0, 1)
    assert not Region.objects.filter(code="54").exists()
