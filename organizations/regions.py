"""The 89 regions and how their names are written; municipalities of the regions whose lists come with the portal."""

import csv
import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from django.db import transaction

from foundation.folding import fold
from organizations.models import Municipality, Region

_DATA = Path(__file__).parent / "data"
_WORDS = re.compile(r"\w+")
_IN_FULL = {
    "респ": ["республика"],
    "обл": ["область"],
    "ао": ["автономный", "округ"],
    "аокр": ["автономный", "округ"],
    "аобл": ["автономная", "область"],
    "авт": ["автономный"],
    "окр": ["округ"],
    "нр": ["народная", "республика"],
    "г": [],
    "гор": [],
    "город": [],
}
# Words by which the same municipality is called differently in two lists.
_KINDS_OF_MUNICIPALITY = re.compile(
    r"\b(?:муниципальн(?:ый|ое|ого)|образовани[ея]|городской|округ|го(?:р(?:од)?)?|г|мо|мр|гп|зато|района?|р н)\b"
)


@dataclass(frozen=True)
class RegionFacts:
    code: str
    name: str
    variants: tuple[str, ...]
    iso: str
    oktmo: str
    time_zone: str


@dataclass(frozen=True)
class MunicipalityFacts:
    name: str
    oktmo: str
    former_oktmo: str


@cache
def regions() -> dict[str, RegionFacts]:
    """All regions by their official number, "01" to "95"."""
    with (_DATA / "regions.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        row["code"]: RegionFacts(variants=tuple(filter(None, row.pop("variants").split("|"))), **row) for row in rows
    }


@cache
def municipalities(code: str) -> list[MunicipalityFacts]:
    """The municipalities of a region; empty where no list of them comes with the portal."""
    path = _DATA / f"municipalities_{code}.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return [MunicipalityFacts(**row) for row in csv.DictReader(file)]


@lru_cache(maxsize=1000)
def find_region(text: str) -> str | None:
    """The number of the region called so: name, short name, number («7» is 07), ISO code, or number with name.

    Case, ё, order of words and usual abbreviations make no difference. None where nothing or more than one fits.
    """
    if code := _by_iso().get(fold(text)):
        return code
    words = _words(text.removesuffix(".0"))
    numbers = [word for word in words if word.isdecimal()]
    key = frozenset(word for word in words if not word.isdecimal())
    found = _by_words().get(key, set()) if key else {_code(numbers[0])} if len(numbers) == 1 else set()
    if numbers and found != {_code(numbers[0])}:
        return None
    code = next(iter(found)) if len(found) == 1 else ""
    return code if code in regions() else None


@transaction.atomic
def ensure_region(code: str) -> Region:
    """The region's row; made with its time zone, and with its municipalities where their list is known."""
    facts = regions()[code]
    region, is_new = Region.objects.get_or_create(
        code=code, defaults={"name": facts.name, "time_zone": facts.time_zone}
    )
    if is_new:
        Municipality.objects.bulk_create(
            Municipality(region=region, name=known.name, oktmo=known.oktmo) for known in municipalities(code)
        )
    return region


@lru_cache(maxsize=10_000)
def municipality_keys(name: str) -> tuple[str, ...]:
    """Keys to look a municipality up by, the most exact first: «г. Томск» and «Город Томск» share the second."""
    folded = " ".join(_WORDS.findall(fold(name)))
    short = " ".join(_KINDS_OF_MUNICIPALITY.sub(" ", folded).split())
    return (folded, short) if short else (folded,)


def _code(number: str) -> str:
    return f"{int(number):02d}" if len(number) < 5 else ""


def _words(text: str) -> list[str]:
    return [full for word in _WORDS.findall(fold(text)) for full in _IN_FULL.get(word, [word])]


@cache
def _by_iso() -> dict[str, str]:
    return {fold(region.iso): region.code for region in regions().values() if region.iso}


@cache
def _by_words() -> dict[frozenset[str], set[str]]:
    found: dict[frozenset[str], set[str]] = defaultdict(set)
    for region in regions().values():
        for name in (region.name, *region.variants):
            found[frozenset(_words(name))].add(region.code)
    return found
