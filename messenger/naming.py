"""To which class a chat belongs, by its name."""

import re
from collections.abc import Iterable

from organizations.models import Organization, SchoolClass
from organizations.models.school_class import fold_section

# «7Б родители», «7 «Б»», «11-А»: a class stands at the beginning; «7 класс» names none.
_CLASS = re.compile(r"(\d{1,2})\s*[-–—«\"]?\s*([^\W\d_])\b")


def with_classes(organization: Organization, names: Iterable[str]) -> list[tuple[str, SchoolClass | None]]:
    """Each name with its class of this academic year; where two buildings have a 1А each, the name does not tell."""
    classes: dict[tuple[str, str], SchoolClass | None] = {}
    for school_class in organization.classes.current():
        key = (str(school_class.grade), fold_section(school_class.section))
        classes[key] = None if key in classes else school_class
    found = ((name, _CLASS.match(name)) for name in names)
    return [(name, classes.get((match[1], fold_section(match[2]))) if match else None) for name, match in found]
