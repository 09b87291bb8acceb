"""What the page of classes shows: which year, which building, and the grid of parallels × letters of that building."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.http import QueryDict

from foundation.folding import fold
from organizations.models import Organization, SchoolClass
from organizations.models.school_class import (
    GRADES,
    SECTIONS,
    academic_year_of,
    awaits_next_year,
    fold_section,
    year_words,
)
from organizations.statuses import Kind

USUAL_SECTIONS = 6
MAIN_BUILDING = "Без названия корпуса"


@dataclass(frozen=True)
class Cell:
    value: str
    label: str
    there: SchoolClass | None
    is_ticked: bool


class ClassBoard:
    """All classes of an organization that are not archived: one statement.

    `asked` is the address's query: `site` chooses the building, `another` an empty grid for one more, `letters` how
    many letters the grid has.
    """

    def __init__(self, organization: Organization, asked: QueryDict, day: date) -> None:
        self.organization, self.asked, self.day = organization, asked, day
        self.live = list(organization.classes.live())

    @cached_property
    def year(self) -> int:
        """This academic year; the next one as soon as the school has gone over to it."""
        return max([academic_year_of(self.day), *(row.academic_year for row in self.live)])

    @property
    def year_words(self) -> str:
        return year_words(self.year)

    @cached_property
    def shown(self) -> list[SchoolClass]:
        return [row for row in self.live if row.academic_year == self.year]

    @cached_property
    def left(self) -> list[SchoolClass]:
        """Of years before, not archived: the whole last year until the school goes over to the new one."""
        return [row for row in self.live if row.academic_year != self.year]

    @property
    def awaits_next_year(self) -> bool:
        return awaits_next_year({row.academic_year for row in self.live}, self.day)

    @property
    def is_school(self) -> bool:
        return self.organization.kind == Kind.SCHOOL

    @cached_property
    def is_other_site(self) -> bool:
        return "another" in self.asked

    @cached_property
    def sites(self) -> list[str]:
        """One spelling of each building, the one without a name first."""
        return list({fold(row.site): row.site for row in self.shown}.values())

    @cached_property
    def site(self) -> str:
        if self.is_other_site or not self.sites:
            return ""
        wanted = fold(self.asked.get("site", self.sites[0]))
        return next((site for site in self.sites if fold(site) == wanted), self.sites[0])

    @property
    def site_tabs(self) -> list[tuple[str, str, bool]]:
        """Query value, words, whether it is chosen; nothing to choose while the school has one nameless building."""
        if self.sites in ([], [""]):
            return []
        return [(site, site or MAIN_BUILDING, site == self.site and not self.is_other_site) for site in self.sites]

    @cached_property
    def here(self) -> list[SchoolClass]:
        """The classes of the chosen building."""
        return [] if self.is_other_site else [row for row in self.shown if fold(row.site) == fold(self.site)]

    @cached_property
    def sections(self) -> str:
        """Six letters, or as many as the building has or the address asks for by `letters`."""
        asked = self.asked.get("letters", "")
        count = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 3 else USUAL_SECTIONS
        used = [SECTIONS.index(row.section) + 1 for row in self.here if row.section and row.section in SECTIONS]
        return SECTIONS[: max([min(count, len(SECTIONS)), 1, *used])]

    @property
    def more_letters(self) -> str:
        """The query of the same page with six letters more; empty where there are no more."""
        if len(self.sections) == len(SECTIONS):
            return ""
        query = self.asked.copy()
        query["letters"] = str(len(self.sections) + USUAL_SECTIONS)
        return query.urlencode()

    def grid(self, ticked: list[str]) -> list[tuple[int, list[Cell]]]:
        """For each parallel its cells with the class that is there, or the tick that was set."""
        there = {(row.grade, fold_section(row.section)): row for row in self.here}
        return [(grade, [self._cell(grade, section, there, ticked) for section in self.sections]) for grade in GRADES]

    @staticmethod
    def _cell(grade: int, section: str, there: dict[tuple[int | None, str], SchoolClass], ticked: list[str]) -> Cell:
        value = f"{grade}|{section}"
        return Cell(value, f"{grade} «{section}»", there.get((grade, section)), value in ticked)
