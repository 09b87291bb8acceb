"""The 89 regions, found by whatever a registry calls them."""

import csv
from pathlib import Path

import pytest

from conftest import shared_files
from organizations.models import Municipality, Region
from organizations.regions import ensure_region, find_region, municipalities, regions


def test_there_are_89_regions_each_with_a_real_time_zone() -> None:
    assert len(regions()) == 89
    for facts in regions().values():
        Region(code=facts.code, name=facts.name, time_zone=facts.time_zone).clean_fields()


@pytest.mark.parametrize("code", regions())
def test_every_region_is_found_by_each_of_its_forms(code: str) -> None:
    facts = regions()[code]
    name = facts.name
    short = name.replace("область", "обл.").replace("Республика", "Респ.").replace("автономный округ", "АО")
    forms = [name, name.upper(), short, code, f"0{code}", str(int(code)), f"{code}.0", f"{code} {name}", facts.iso]
    assert {find_region(form) for form in forms if form} == {code}


@pytest.mark.parametrize("path", shared_files("regions/regions_89.csv"), ids=lambda path: path.name)
def test_the_official_list_is_found_whole(path: Path) -> None:
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    missed = [
        (row["code"], form)
        for row in rows
        for form in (row["name"], row["short_name"], row["code"], str(int(row["code"])), row["iso_3166_2"])
        if form and find_region(form) != row["code"]
    ]
    assert (len(rows), missed) == (89, [])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("г.Москва", "77"),
        ("Москва город", "77"),
        ("МОСКОВСКАЯ ОБЛ", "50"),
        ("Саха (Якутия) Респ", "14"),
        ("Ханты-Мансийский автономный округ", "86"),
        ("Томская область (70)", "70"),
        ("Тoмская область", "70"),  # a Latin o
        ("Алтай", None),  # the republic or the territory
        ("22 Томская область", None),
        ("Томск", None),
        ("177", None),
        ("", None),
        ("0", None),
        ("7" * 10_000, None),
        ("\0", None),
    ],
)
def test_spellings_of_real_lists(text: str, code: str | None) -> None:
    assert find_region(text) == code


def test_a_region_with_a_known_list_is_made_with_its_municipalities(db: None) -> None:
    region = ensure_region("70")
    assert (region.name, region.time_zone) == ("Томская область", "Asia/Tomsk")
    assert Municipality.objects.filter(region=region).count() == len(municipalities("70")) == 20
    assert ensure_region("70") == region
    assert not Municipality.objects.filter(region=ensure_region("54")).exists()
