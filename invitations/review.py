"""The school's queue of join requests. The figures, the list and the green act ask this one object, so they agree."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, time
from functools import cached_property
from typing import NamedTuple

from django.core.paginator import Page, Paginator
from django.db.models import Count, Max, Q
from django.http import QueryDict
from django.utils import timezone

from accounts.models import User
from foundation.folding import fold
from foundation.templatetags.portal import plural
from invitations.models import JoinRequest
from invitations.models.decisions import undo_period
from invitations.models.join_request import number_of
from invitations.models.join_request_set import TO_JOIN, JoinRequestQuerySet
from invitations.nudges import last_patient_moment
from invitations.piles import Piles, piles_of
from invitations.review_forms import DECIDED, LATER, QueueForm
from invitations.review_rows import RecentBatch, Row, TabLink, dress
from invitations.statuses import CLOSED_BY_SCHOOL, FINAL, Mark, Pile, RequestStatus, Role
from organizations.models import Organization, SchoolClass

PAGE = 100
BATCHES_SHOWN = 5


class Waiting(NamedTuple):
    """What the queue needs to know of every pending request, in the order of the columns asked for."""

    pk: int
    school_class: int
    role: str
    full_name: str
    applicant_name: str
    created_at: datetime
    postponed_until: date | None
    mark: str


class ReviewQueue:
    """`address` is the query string of the page: filter, order and tab; nonsense in it counts as not asked for."""

    def __init__(self, organization: Organization, address: QueryDict, by: User | None = None) -> None:
        self.organization = organization
        self.by = by
        self.address = address
        self.today = organization.today
        self.late_before = last_patient_moment(organization.region, self.today)
        self.classes = {row.pk: row for row in organization.classes.all()}
        self.form = QueueForm(address, organization=organization, classes=self.classes)
        self.asked = self.form.asked
        self.tab = self.asked.get("pile", "")
        self.form.keep_to(self.tab)

    @cached_property
    def piles(self) -> Piles:
        return piles_of(self.organization)

    @cached_property
    def waiting(self) -> dict[int, Waiting]:
        """Pending requests that the filter finds, on whichever tab, in the order asked for."""
        verdicts = self.piles.verdicts
        columns = [name if name != "school_class" else "school_class_id" for name in Waiting._fields]
        rows = self._rows().pending().filter(self._narrowing).values_list(*columns)
        found = [row for row in map(Waiting._make, rows) if row.pk in verdicts and self._is_found(row)]
        return {row.pk: row for row in sorted(found, key=self._rank)}

    def _rows(self) -> JoinRequestQuerySet:
        return JoinRequest.objects.filter(organization=self.organization)

    @cached_property
    def _narrowing(self) -> Q:
        """The filter, but for the words sought and the tab."""
        found = Q()
        if "school_class" in self.asked:
            found &= Q(school_class=self.asked["school_class"])
        if "role" in self.asked:
            found &= Q(role=self.asked["role"])
        if "mark" in self.asked:
            found &= Q(mark="" if self.asked["mark"] == "none" else self.asked["mark"])
        if age := self.asked.get("age"):
            start_of_day = datetime.combine(self.today, time.min, self.organization.region.zone)
            found &= Q(created_at__lt=self.late_before) if age == "late" else Q(created_at__gte=start_of_day)
        return found

    def _is_found(self, row: Waiting) -> bool:
        return self._is_named(row.pk, f"{row.full_name} {row.applicant_name}")

    def _is_named(self, pk: int, names: str) -> bool:
        """Folded in memory: no database folds ё and case alike, and names get no search column."""
        if not self._sought:
            return True
        text = fold(f"{names} {number_of(pk)}")
        return all(word in text for word in self._sought)

    @cached_property
    def _sought(self) -> list[str]:
        return fold(self.asked.get("q", "")).split()

    def _rank(self, row: Waiting) -> tuple[object, ...]:
        oldest = (row.created_at, row.pk)
        if self.asked.get("sort") == "class":
            return (self._order_of_classes.get(row.school_class, 0), *oldest)
        return (fold(row.full_name), *oldest) if self.asked.get("sort") == "name" else oldest

    @cached_property
    def _order_of_classes(self) -> dict[int, int]:
        return {pk: place for place, pk in enumerate(self.classes)}

    def tab_of(self, row: Waiting) -> str:
        if row.postponed_until and row.postponed_until > self.today:
            return LATER
        return self.piles.verdicts[row.pk].pile

    @cached_property
    def counts(self) -> Counter[str]:
        """By tab; "" counts all that wait and are not put off."""
        counts = Counter(self.tab_of(row) for row in self.waiting.values())
        counts[""] = counts.total() - counts[LATER]
        counts[DECIDED] = len(self._decided) if self._sought else self._closed["decided"]
        return counts

    @property
    def total(self) -> int:
        return self.counts[""] + self.counts[LATER] + self.counts[DECIDED]

    @cached_property
    def keys(self) -> list[int]:
        """Everything on the open tab, in order; namesakes stand together."""
        if self.tab == DECIDED:
            return self._decided
        return self._with_namesakes_together([pk for pk, row in self.waiting.items() if self._is_here(row)])

    def _is_here(self, row: Waiting) -> bool:
        return self.tab_of(row) == self.tab if self.tab else self.tab_of(row) != LATER

    def _with_namesakes_together(self, keys: list[int]) -> list[int]:
        here, placed = set(keys), dict[int, None]()
        for pk in keys:
            placed[pk] = None
            placed |= dict.fromkeys(other for other in self.piles.namesakes.get(pk, ()) if other in here)
        return list(placed)

    @cached_property
    def _is_decided(self) -> Q:
        chosen = [RequestStatus(self.asked["status"])] if "status" in self.asked else FINAL
        return Q(status__in=chosen) & self._narrowing

    @cached_property
    def _closed(self) -> dict[str, int]:
        """What is counted among the closed ones, in one statement."""
        return self._rows().aggregate(
            decided=Count("pk", filter=self._is_decided),
            to_join=Count("pk", filter=TO_JOIN),
            fresh=Count("pk", filter=self._is_fresh),
        )

    @property
    def _is_fresh(self) -> Q:
        since = timezone.now() - undo_period()
        return Q(status__in=CLOSED_BY_SCHOOL, decided_by=self.by, joined_at=None, decided_at__gt=since)

    @property
    def to_join(self) -> int:
        return self._closed["to_join"]

    @cached_property
    def _decided(self) -> list[int]:
        rows = (
            self._rows()
            .filter(self._is_decided)
            .order_by("-decided_at", "-pk")
            .values_list("pk", "full_name", "applicant_name")
        )
        return [pk for pk, name, applicant in rows if self._is_named(pk, f"{name} {applicant}")]

    @cached_property
    def green(self) -> list[int]:
        """Accepted by one act: they agree with the list, and nobody has said a word against them."""
        return [pk for pk, row in self.waiting.items() if self._is_green(row)]

    def _is_green(self, row: Waiting) -> bool:
        is_clear = row.role != Role.TEACHER and row.mark != Mark.NOT_MINE and row.pk not in self.piles.namesakes
        return is_clear and self.tab_of(row) == Pile.EXACT and self.piles.verdicts[row.pk].member is not None

    @property
    def green_places(self) -> str:
        """«7 «Б»» or «из 31 класса»."""
        classes = {self.waiting[pk].school_class for pk in self.green}
        if len(classes) == 1:
            return self.classes[classes.pop()].name
        _, of_one, of_many = self.organization.words.klass_forms.split(",")
        return f"из {len(classes)} {plural(len(classes), f'{of_one},{of_many},{of_many}')}"

    def left_out(self) -> list[tuple[str, int]]:
        """Whom the green act leaves for a person's own decision, and how many of each."""
        green, counts = set(self.green), Counter[str]()
        for row in self.waiting.values():
            if row.pk not in green:
                counts[self._why_left(row)] += 1
        return counts.most_common()

    def _why_left(self, row: Waiting) -> str:
        if row.role == Role.TEACHER:
            return f"{self.organization.words.teachers}: их принимают по одной"
        tab = self.tab_of(row)
        if tab == LATER:
            return "отложенные"
        if tab != Pile.EXACT:
            return Pile(tab).label
        return (
            f"{self.organization.words.leader} ответил «не мой»"
            if row.mark == Mark.NOT_MINE
            else "однофамильцы в одном классе"
        )

    def by_class(self, keys: Iterable[int]) -> list[tuple[SchoolClass, int]]:
        """How many of the keys each class has, in the order of classes."""
        counts = Counter(self.waiting[pk].school_class for pk in keys)
        return [(row, counts[pk]) for pk, row in self.classes.items() if counts[pk]]

    @property
    def tabs(self) -> list[TabLink]:
        words = {"": "Все ждут"} | {pile.value: pile.label.capitalize() for pile in Pile}
        words |= {LATER: "Отложены", DECIDED: "Решённые"}
        always = {"", DECIDED, self.tab} | ({Pile.EXACT, Pile.NEAR, Pile.UNKNOWN} if self.has_lists else set())
        return [
            TabLink(name, label, self.counts[name], self._address(name), name == self.tab)
            for name, label in words.items()
            if self.counts[name] or name in always
        ]

    @cached_property
    def has_lists(self) -> bool:
        return any(verdict.pile != Pile.UNLISTED for verdict in self.piles.verdicts.values())

    def _address(self, tab: str) -> str:
        query = self.address.copy()
        for name in ("page", "pile", "status"):
            query.pop(name, None)
        if tab:
            query["pile"] = tab
        return f"?{query.urlencode()}"

    @property
    def recent_batches(self) -> list[RecentBatch]:
        """Decisions that can still be taken back without a letter, the latest first."""
        if not self._closed["fresh"]:
            return []
        acts = self._rows().filter(self._is_fresh).order_by().values_list("batch", "status")
        counted = [RecentBatch(*act) for act in acts.annotate(Count("pk"), Max("decided_at"))]
        return sorted(counted, key=lambda act: act.decided_at, reverse=True)[:BATCHES_SHOWN]

    @property
    def is_narrowed(self) -> bool:
        return bool(self.asked.keys() - {"pile", "sort"})

    def page(self, number: str | None) -> "Page[int]":
        return Paginator(self.keys, PAGE).get_page(number)

    def rows(self, keys: Iterable[int]) -> list[Row]:
        """The requests of these keys, in their order, with what the school should know of each."""
        keys = list(keys)
        found = self._rows().filter(pk__in=keys).select_related("decided_by", "same_as").in_bulk()
        requests = [found[pk] for pk in keys if pk in found]
        for request in requests:
            request.organization = self.organization
            request.school_class = self.classes[request.school_class_id]
        has_headings = self.asked.get("sort") == "class" and self.tab != DECIDED
        return dress(requests, self.piles, has_headings=has_headings)
