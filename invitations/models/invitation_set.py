"""Sets of links: whose they are, which are live, the place that is taken, and the verb that issues many at once."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AnonymousUser
from django.db import models, transaction
from django.db.models import Case, Count, F, Q, When
from django.utils import timezone

from accounts.models import User
from foundation.codes import new_code
from foundation.verbs import WrongStatus
from invitations.links import check_sferum_link
from invitations.models.expected import ExpectedMember
from invitations.statuses import Mode, Role
from organizations.journey import reach
from organizations.models import Event, Organization, Region, SchoolClass
from organizations.statuses import Source, Step

if TYPE_CHECKING:
    from invitations.models.invitation import Invitation

DEFAULT_DAYS = 30
TEACHER_DAYS = 7
SPARE_PLACES = 3
DEFAULT_LIMIT = 35
TEACHER_LIMIT = 10
SEPTEMBER_ENDS = (9, 30)
OPEN_PAGE = (
    *("role", "mode", "code", "expires_on", "limit", "used", "sferum_link"),
    *("paused_at", "pause_reason", "revoked_at", "replaced_by"),
    *("school_class__" + name for name in ("academic_year", "grade", "section", "group_name", "site", "archived_at")),
    *("school_class__organization__" + name for name in ("kind", "full_name", "short_name", "branch", "phone")),
    *("school_class__organization__closed_on", "school_class__organization__successor"),
    *("school_class__organization__region__" + name for name in ("time_zone", "department_name", "department_phone")),
)


def region_today(region: Region) -> date:
    """The day it is in the region: a link is good until the end of its last day there."""
    return timezone.localdate(timezone=region.zone)


def end_of_september(today: date) -> date:
    """Until then a school has gathered its classes of the year."""
    this_year = today.replace(month=SEPTEMBER_ENDS[0], day=SEPTEMBER_ENDS[1])
    return this_year if today <= this_year else this_year.replace(year=today.year + 1)


def roles_of(region: Region) -> list[Role]:
    """Parents join from the child's profile, unless the region decided otherwise."""
    return [role for role in Role if role != Role.PARENT or region.parents_join_by_link]


def last_teacher_day(today: date) -> date:
    """Whoever comes by a teacher's link will write to children: it is short, and so is every prolongation."""
    return today + timedelta(days=TEACHER_DAYS)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def visible_to(self, user: User | AnonymousUser) -> "InvitationQuerySet":
        return self.filter(school_class__organization__in=Organization.objects.visible_to(user))

    def manageable_by(self, user: User | AnonymousUser) -> "InvitationQuerySet":
        """Links are the school's own: whoever coordinates it looks at them and changes nothing."""
        return self.administered_by(user)

    def administered_by(self, user: User | AnonymousUser) -> "InvitationQuerySet":
        return self.filter(school_class__organization__in=Organization.objects.administered_by(user))

    def live(self) -> "InvitationQuerySet":
        """Neither revoked nor replaced; may be paused, full or over its time."""
        return self.filter(revoked_at=None)

    def by_code(self, code: str | None) -> "Invitation | None":
        """By the canonical code, for the open pages: a thousand parents come within an hour, so only what they show.

        All columns of four tables and the usual order cost as much as the page itself.
        """
        found = self.with_school().only(*OPEN_PAGE).order_by().filter(code=code or "-")[:1]
        return next(iter(found), None)

    def watched(self) -> "InvitationQuerySet":
        """Where a leak would matter and nobody has said lately that there is none."""
        is_trusted = Q(trusted_until__gt=timezone.now())
        return self.live().filter(~is_trusted, paused_at=None, mode=Mode.REVIEW)

    def alarmed(self) -> "InvitationQuerySet":
        return self.live().exclude(alarm="")

    def with_school(self) -> "InvitationQuerySet":
        return self.select_related("school_class__organization__region")

    def sferum_links(self, classes: Iterable[int]) -> dict[tuple[int, str], str]:
        """By class and role, the official link to hand out now: a request outlives the link by which it was filed."""
        live = self.live().filter(school_class__in=set(classes)).exclude(sferum_link="")
        return {(row.school_class_id, row.role): row.sferum_link for row in live}

    def count_opening(self) -> int:
        """Somebody looks at the page; of a replaced link, that an old poster still hangs somewhere."""
        is_late = Q(replaced_by__isnull=False)
        return self.update(
            opened=F("opened") + Case(When(is_late, then=0), default=1),
            late=F("late") + Case(When(is_late, then=1), default=0),
        )

    def issue(self, school_class: SchoolClass, role: Role, *, by: User | None, **terms: Any) -> "Invitation":
        """One link; WrongStatus where the class has a live one for that role."""
        issued = self.issue_many(school_class.organization, [school_class], [role], by=by, **terms)
        if not issued:
            raise WrongStatus(f"Ссылка «{role.label}» для {school_class} уже есть: замените или отзовите её.")
        return issued[0]

    @transaction.atomic
    def issue_many(
        self,
        organization: Organization,
        classes: Iterable[SchoolClass],
        roles: Iterable[Role],
        *,
        by: User | None,
        mode: Mode = Mode.REVIEW,
        expires_on: date | None = None,
        is_endless: bool = False,
        limit: int | None = None,
        sferum_link: str = "",
    ) -> "list[Invitation]":
        """Links for every chosen class and role that has no live one; the rest stay as they are.

        For those who teach the term is never longer than a week and the limit never higher than their list, whatever
        the others of the same selection get.
        """
        check_issue(organization, mode, sferum_link)
        now, usual = timezone.now(), region_today(organization.region) + timedelta(days=DEFAULT_DAYS)
        last_day = None if is_endless else expires_on or usual
        allowed = [role for role in roles if role in roles_of(organization.region)]
        places = [(c, role) for c in classes if c.archived_at is None for role in allowed]
        wanted = self._drafts(organization, places, last_day, limit)
        for row in wanted:
            row.mode, row.sferum_link, row.issued_by, row.issued_at = mode, sferum_link, by, now
        codes = self._fill(wanted)
        issued = list(self.with_school().filter(code__in=codes, issued_at=now))
        Event.objects.bulk_create(Event.draft("invitation.issued", row, organization, by=by) for row in issued)
        for row in issued if sferum_link else ():
            row.link_changes.create(sferum_link=sferum_link, changed_by=by, changed_at=now)
        if issued:
            reach(organization, Step.INVITED, by=by, source=Source.PORTAL, on=timezone.localdate())
        return issued

    def _drafts(
        self,
        organization: Organization,
        places: "list[tuple[SchoolClass, Role]]",
        last_day: date | None,
        limit: int | None,
    ) -> "list[Invitation]":
        listed = listed_numbers(organization)
        short = min(last_day or date.max, last_teacher_day(region_today(organization.region)))
        return [
            self.model(
                school_class=c,
                role=role,
                limit=limit_of(c, role, limit, listed),
                expires_on=short if role == Role.TEACHER else last_day,
            )
            for c, role in places
        ]

    def _fill(self, wanted: "list[Invitation]") -> list[str]:
        """Inserts what is missing and gives the codes that were tried.

        Two unique constraints decide (one code, one live link): a collision of either kind leaves a row out, and the
        second round tries what is still missing with new codes.
        """
        codes: list[str] = []
        for _ in range(2):
            places = {row.school_class_id for row in wanted}
            taken = set(self.live().filter(school_class__in=places).values_list("school_class_id", "role"))
            new = [row for row in wanted if (row.school_class_id, row.role) not in taken]
            if not new:
                break
            for row in new:
                row.pk, row.code = None, new_code()
            self.bulk_create(new, ignore_conflicts=True)
            codes += [row.code for row in new]
        return codes


def check_issue(organization: Organization, mode: Mode, sferum_link: str) -> None:
    """Raises WrongStatus or ValidationError where no link may be issued."""
    if not organization.is_registered:
        raise WrongStatus("Ссылки выпускают после регистрации организации в Сферуме.")
    if sferum_link:
        check_sferum_link(sferum_link, organization.region.allowed_link_hosts)
    elif mode == Mode.DIRECT:
        raise WrongStatus("Для ссылки без проверки нужна ссылка из Сферума.")


def listed_numbers(organization: Organization) -> dict[tuple[int | None, str], int]:
    """How many names the school expects, by class and role; the list of the whole staff has no class."""
    lines = ExpectedMember.objects.filter(organization=organization).order_by()
    return {
        (row["school_class"], row["role"]): row["count"]
        for row in lines.values("school_class", "role").annotate(count=Count("pk"))
    }


def expected_number(school_class: SchoolClass, role: str, listed: Mapping[tuple[int | None, str], int]) -> int | None:
    """How many people may come by the link of this class and role; None where nobody has said."""
    if role == Role.TEACHER:
        return listed.get((school_class.pk, role)) or listed.get((None, role))
    people = (school_class.size or 0) * (2 if role == Role.PARENT else 1)  # both parents of a child may come
    return listed.get((school_class.pk, role)) or people or None


def default_limit(
    school_class: SchoolClass, role: str = Role.PUPIL, listed: Mapping[tuple[int | None, str], int] | None = None
) -> int:
    """A few more than are expected; of those who teach exactly so many, for a stranger must find no spare place."""
    expected = expected_number(school_class, role, listed or {})
    if role == Role.TEACHER:
        return expected or TEACHER_LIMIT
    return expected + SPARE_PLACES if expected else DEFAULT_LIMIT


def limit_of(
    school_class: SchoolClass, role: str, asked: int | None, listed: Mapping[tuple[int | None, str], int]
) -> int:
    usual = default_limit(school_class, role, listed)
    return min(asked or usual, usual) if role == Role.TEACHER else asked or usual
