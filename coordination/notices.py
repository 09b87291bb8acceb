"""What the desk names one by one: overdue cases, unchecked appointments, who stands still, in one statement.

Each table gives its few rows to one union; the objects are built of what the desk shows and are not for saving.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import CharField, DateField, DateTimeField, F, Q, QuerySet, Value
from django.db.models.functions import Cast

from coordination.figures import WAITED_FOR
from organizations.models import Appointment, Organization, Region
from organizations.models.organization import OrganizationQuerySet
from registrations.models import Case as SomeCase
from registrations.models import HelpRequest

CASES_SHOWN = APPOINTMENTS_SHOWN = ORGANIZATIONS_SHOWN = 10
_COLUMNS = (
    "own",
    "what",
    "number",
    "words",
    "day",
    "moment",
    "pk_of",
    "short",
    "full",
    "building",
    "region_of",
    "at",
)


@dataclass
class Notices:
    overdue: list[SomeCase] = field(default_factory=list)
    unchecked: list[Appointment] = field(default_factory=list)


def notices_of(organizations: OrganizationQuerySet, late: Q, regions: Mapping[int, Region]) -> Notices:
    """The most pressing of each sort; `regions` are those of the organizations."""
    notices = Notices()
    first, *others = [_unchecked(organizations), *_overdue(organizations, late)]
    for row in first.union(*others, all=True):
        said = dict(zip(_COLUMNS, row, strict=True))
        _note(notices, said, _organization(said, regions))
    notices.overdue.sort(key=lambda case: (-case.overdue_days, case.number))
    del notices.overdue[CASES_SHOWN:]
    notices.unchecked.sort(key=lambda row: row.made_at, reverse=True)
    return notices


def _rows(rows: "QuerySet[Any]", what: str, of: str = "organization__", **columns: Any) -> "QuerySet[Any]":
    """The same columns of whatever table; `of` leads to the organization."""
    empty = Cast(Value(""), CharField())
    said = {
        "what": _text(Value(what)),
        "number": empty,
        "words": empty,
        "day": Cast(Value(None), DateField()),
        "moment": Cast(Value(None), DateTimeField()),
        "own": F("pk"),
        "pk_of": F(f"{of}pk"),
        "short": F(f"{of}short_name"),
        "full": F(f"{of}full_name"),
        "building": F(f"{of}branch"),
        "region_of": F(f"{of}region_id"),
        "at": F(f"{of}step"),
    }
    said = {f"said_{name}": column for name, column in (said | columns).items()}
    told: QuerySet[Any] = rows.order_by().annotate(**said).values_list(*(f"said_{name}" for name in _COLUMNS))
    return told


def _text(value: Any) -> Cast:
    return Cast(value, CharField())


def _unchecked(organizations: OrganizationQuerySet) -> "QuerySet[Any]":
    mine = Appointment.objects.unchecked().filter(organization__in=organizations.order_by().values("pk"))
    newest = mine.order_by("-made_at").values("pk")[:APPOINTMENTS_SHOWN]
    rows = Appointment.objects.filter(pk__in=newest)
    return _rows(rows, "unchecked", number=_text(F("source")), words=_text(F("full_name")), moment=F("made_at"))


def _overdue(organizations: OrganizationQuerySet, late: Q) -> "list[QuerySet[Any]]":
    mine = organizations.order_by().values("pk")
    found = []
    for kind in WAITED_FOR:
        cases = kind.objects.overdue(late).filter(organization__in=mine).order_by("waiting_since", "pk")
        rows = kind.objects.filter(pk__in=cases.values("pk")[:CASES_SHOWN])
        asked = F("addressee") if kind is HelpRequest else Value(kind.ASKS)
        found.append(_rows(rows, kind.kind, number=_text(F("number")), words=_text(asked), day=F("waiting_since")))
    return found


def _organization(said: Mapping[str, Any], regions: Mapping[int, Region]) -> Organization:
    row = Organization(pk=said["pk_of"], short_name=said["short"], full_name=said["full"], branch=said["building"])
    row.region, row.step = regions[said["region_of"]], said["at"]
    return row


def _note(notices: Notices, said: Mapping[str, Any], row: Organization) -> None:
    if said["what"] == "unchecked":
        made = Appointment(
            pk=said["own"], organization=row, full_name=said["words"], source=said["number"], made_at=said["moment"]
        )
        notices.unchecked.append(made)
    else:
        kind = next(each for each in WAITED_FOR if each.kind == said["what"])
        more = {"addressee": said["words"]} if kind is HelpRequest else {}
        facts = {
            "pk": said["own"],
            "number": said["number"],
            "status": kind.AWAITING,
            "waiting_since": said["day"],
            **more,
        }
        notices.overdue.append(kind(organization=row, **facts))
