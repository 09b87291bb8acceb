"""Region and municipality of a row."""

import pytest

from foundation.tables import NotATable
from organizations.imports import plan_import
from organizations.models import Municipality, Organization
from organizations.tests.registry import INN, KPP, OTHER_INN, SCHOOL, counts, reason, run, table

pytestmark = pytest.mark.django_db


def test_the_region_column_decides_and_the_option_serves_files_without_one() -> None:
    run(table(SCHOOL), region="54")
    assert Organization.objects.get().region.code == "70"
    other = table(["Школа", OTHER_INN, KPP], head=["Наименование", "ИНН", "КПП"])
    run(other, region="54")
    assert Organization.objects.get(inn=OTHER_INN).region.name == "Новосибирская область"


def test_a_file_without_a_region_anywhere_is_refused_whole() -> None:
    with pytest.raises(NotATable, match="укажите, к какому региону"):
        plan_import(table(["Школа", INN, KPP], head=["Наименование", "ИНН", "КПП"]))


@pytest.mark.parametrize(
    ("cell", "words"), [("", "Регион не указан"), ("Тмутаракань", "Такого региона нет"), ("-", "Регион не указан")]
)
def test_an_empty_or_unknown_region_refuses_the_row(cell: str, words: str) -> None:
    assert words in reason(run(table([cell, *SCHOOL[1:]]), region="70"))


def test_number_and_name_of_the_region_must_agree() -> None:
    head = ["region", "region_code", "name", "inn", "kpp"]
    assert counts(run(table(["Томская область", "", "Школа", INN, KPP], head=head))) == (1, 0, 0, 0)
    assert "не совпадают" in reason(run(table(["Томская область", "54", "Школа", OTHER_INN, KPP], head=head)))


def test_an_organization_does_not_move_to_another_region() -> None:
    run(table(SCHOOL))
    assert "в другом регионе" in reason(run(table(["54", *SCHOOL[1:]])))


@pytest.mark.parametrize("cell", ["Асиновский р-н", "АСИНОВСКИЙ МУНИЦИПАЛЬНЫЙ РАЙОН", "69608000", "69608101001"])
def test_a_municipality_is_known_by_its_spellings_and_oktmo(cell: str) -> None:
    run(table(["70", cell, *SCHOOL[2:]]))
    assert Organization.objects.get().municipality == Municipality.objects.get(name="Асиновский район")


def test_a_town_is_not_taken_for_the_district_of_a_like_name() -> None:
    run(table(["70", "г. Томск", *SCHOOL[2:]], ["70", "Томский район", "Школа", OTHER_INN, KPP, ""]))
    assert Organization.objects.get(inn=INN).municipality == Municipality.objects.get(name="Город Томск")
    assert Organization.objects.get(inn=OTHER_INN).municipality == Municipality.objects.get(name="Томский район")


def test_an_unknown_municipality_of_a_listed_region_stays_empty_with_a_warning() -> None:
    plan = run(table(["70", "Неведомый район", *SCHOOL[2:]]))
    assert "нет муниципалитета «Неведомый район»" in plan.warnings[0].reason
    assert Organization.objects.get().municipality is None
    assert Municipality.objects.count() == 20


def test_elsewhere_it_is_made_once() -> None:
    second = ["54", "Барабинский муниципальный район", "Школа", OTHER_INN, KPP, ""]
    run(table(["54", "Барабинский район", *SCHOOL[2:]], second))
    assert Municipality.objects.get().name == "Барабинский район"
    assert Organization.objects.filter(municipality__isnull=False).count() == 2
