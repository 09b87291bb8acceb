"""«Это она?»: where a file does not tell for certain which organization a row means, a person does."""

import re

from foundation.folding import fold
from organizations.import_rows import Row
from organizations.models import Organization

_BUILDING = re.compile(r"корпус|филиал|здани|отделени|структурн\w* подразд|\bк ?\d\b")
_NUMBER = re.compile(r"\d+")
_LONGEST_BRANCH = 120


def is_another(row: Row, organization: Organization) -> bool:
    """Whether the same numbers come with what looks like another building, branch or school.

    Another number in the name, one where there was none or none any more; a word for a building that the list does not
    have; or both another name and another address. A new legal form or a spelling alone is a change like any other: it
    stands in the list of changes.
    """
    said = fold(row.facts.get("full_name") or row.name)
    known = fold(organization.full_name)
    ours = f"{known} {fold(organization.short_name)} {fold(organization.branch)}"
    if _BUILDING.search(_all_said(row)) and not _BUILDING.search(ours):
        return True
    if not said or said in (known, fold(organization.short_name)):
        return False
    numbers = set(_NUMBER.findall(said)), set(_NUMBER.findall(known))
    address = fold(row.facts.get("address", ""))
    has_moved = bool(address and organization.address and address != fold(organization.address))
    return has_moved or numbers[0] != numbers[1]


def building_mark(row: Row) -> tuple[bool, int]:
    """Whether a row calls itself a building or a branch; and a mark: rows of one key that differ in it are different
    buildings, as in `is_another`.
    """
    said = _all_said(row)
    is_building = bool(_BUILDING.search(said))
    numbers = _NUMBER.findall(fold(row.facts.get("full_name") or row.name))
    return is_building, hash(said if is_building else tuple(sorted(set(numbers))))


def _all_said(row: Row) -> str:
    """Both names: of a building the full one is often that of the whole school."""
    return fold(f"{row.facts.get('full_name', '')} {row.name}")


def branch_of(row: Row) -> str:
    """What tells a building from its legal entity: its own name."""
    return row.name[:_LONGEST_BRANCH]
