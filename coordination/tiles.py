"""The map of municipalities: a tile each, shaded by its share in five classes that are told in words too."""

from collections.abc import Iterable
from dataclasses import dataclass

from coordination.figures import SMALLEST_GROUP, MunicipalityRow, share
from coordination.statuses import Measure

CLASSES = ["до 20 %", "20–39 %", "40–59 %", "60–79 %", "80 % и больше"]
TOO_FEW = f"меньше {SMALLEST_GROUP} организаций: доля не считается"
QUERIES = {
    Measure.REGISTERED: "reached=3",
    Measure.CONFIRMED: "administrator=confirmed",
    Measure.INVITED: "reached=6",
    Measure.MIGRATED: "reached=7",
}


@dataclass(frozen=True)
class Tile:
    row: MunicipalityRow
    count: int

    @property
    def share(self) -> int | None:
        return share(self.count, self.row.total)

    @property
    def shade(self) -> int:
        """From 1 to 5; 0 where there are too few for a share."""
        return 0 if self.share is None else min(self.share // 20, 4) + 1


def tiles_of(rows: Iterable[MunicipalityRow], measure: str) -> list[Tile]:
    return [Tile(row, getattr(row, measure)) for row in rows]


def legend() -> list[tuple[int, str]]:
    """(shade, words), from the emptiest to the fullest."""
    return [*enumerate(CLASSES, start=1), (0, TOO_FEW)]
