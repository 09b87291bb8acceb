"""Where a row of a registry file lies, and whose territory that is."""

from collections import defaultdict
from dataclasses import dataclass

from accounts.models import User
from organizations.models import Coordinator, Municipality
from organizations.regions import municipalities, municipality_keys


@dataclass(frozen=True)
class Place:
    """A municipality; `pk` is None for one that has to be made first."""

    name: str
    pk: int | None = None


@dataclass(frozen=True)
class Territory:
    """What a coordinator answers for: whole regions by number, single municipalities by primary key."""

    regions: frozenset[str]
    municipalities: frozenset[Place]
    codes: frozenset[str]  # of all regions that any of it lies in

    @classmethod
    def of(cls, user: User) -> "Territory":
        mine = Coordinator.objects.acting().filter(user=user).select_related("region", "municipality")
        return cls(
            frozenset(each.region.code for each in mine if each.municipality is None),
            frozenset(Place(each.municipality.name, each.municipality.pk) for each in mine if each.municipality),
            frozenset(each.region.code for each in mine),
        )

    def holds(self, region: str, municipality: int | None) -> bool:
        return region in self.regions or any(place.pk == municipality for place in self.municipalities)

    @property
    def only_place(self) -> Place | None:
        """The municipality of a coordinator who has just one: it serves files without that column."""
        return next(iter(self.municipalities)) if len(self.municipalities) == 1 and not self.regions else None


class Places:
    """The municipalities of the regions of a file, found by name or OKTMO; a region is loaded when it first comes.

    Where a list of municipalities comes with the portal, an unknown name stays unfound; elsewhere it becomes one.
    """

    def __init__(self) -> None:
        self._by_key: dict[tuple[str, str], set[Place]] = defaultdict(set)
        self._by_oktmo: dict[tuple[str, str], Place] = {}
        self._loaded: set[str] = set()
        self._listed: set[str] = set()

    def load(self, codes: set[str]) -> None:
        codes -= self._loaded
        if not codes:
            return
        self._loaded |= codes
        listed = {code for code in codes if municipalities(code)}
        self._listed |= listed
        rows = Municipality.objects.filter(region__code__in=codes).select_related("region")
        for row in rows:
            self._note(row.region.code, Place(row.name, row.pk), row.oktmo)
        with_rows = {row.region.code for row in rows}
        for code in listed:
            for known in municipalities(code):
                place = self.find(code, known.name)
                if place is None and code not in with_rows:
                    place = Place(known.name)
                    self._note(code, place, known.oktmo)
                if place:
                    self._note_oktmo(code, place, known.oktmo)
                    self._note_oktmo(code, place, known.former_oktmo)

    def find(self, code: str, text: str) -> Place | None:
        digits = text.replace(" ", "")
        if digits.isdecimal():
            return self._by_oktmo.get((code, digits[:5])) if len(digits) in (8, 11) else None
        for key in municipality_keys(text):
            if len(found := self._by_key.get((code, key), set())) == 1:
                return next(iter(found))
        if code in self._listed or not any(map(str.isalpha, text)):
            return None
        place = Place(text[:160])
        self._note(code, place, "")
        return place

    def _note(self, code: str, place: Place, oktmo: str) -> None:
        for key in municipality_keys(place.name):
            self._by_key[code, key].add(place)
        self._note_oktmo(code, place, oktmo)

    def _note_oktmo(self, code: str, place: Place, oktmo: str) -> None:
        if oktmo:
            self._by_oktmo.setdefault((code, oktmo[:5]), place)
