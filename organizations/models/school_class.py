"""Classes of an academic year; in a kindergarten or college, groups."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, models, transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import User, Visitor
from foundation.folding import fold
from foundation.verbs import WrongStatus
from organizations.models.event import Event
from organizations.models.organization import Organization
from organizations.statuses import Source, Step

GRADES = range(1, 12)
SECTIONS = "АБВГДЕЖЗИКЛМНОПРСТ"


def academic_year_of(day: date) -> int:
    """The year in which the academic year began: from July on, a school forms the classes of September."""
    return day.year if day.month >= 7 else day.year - 1


def year_words(year: int) -> str:
    """«2026/27»."""
    return f"{year}/{(year + 1) % 100:02d}"


def awaits_next_year(years: Iterable[int], day: date) -> bool:
    """From June to September, while classes of the last year are there and none of the coming one."""
    return 6 <= day.month <= 9 and day.year - 1 in years and day.year not in years


@dataclass(frozen=True)
class ClassDraft:
    """One class to add: a grade with its letter, or the name of a group; the expected number may be unknown."""

    grade: int | None = None
    section: str = ""
    group_name: str = ""
    site: str = ""
    size: int | None = None
    teacher_name: str = ""

    @property
    def key(self) -> str:
        return SchoolClass(**vars(self)).folded_key()

    @property
    def name(self) -> str:
        return SchoolClass(**vars(self)).name


@dataclass(frozen=True)
class ClassChange:
    """One touched line of the table of classes: what the person saw there, and what it shall be."""

    pk: int
    seen: tuple[int | None, str]
    size: int | None
    teacher_name: str

    @property
    def wanted(self) -> tuple[int | None, str]:
        return self.size, self.teacher_name


class SchoolClassQuerySet(models.QuerySet["SchoolClass"]):
    def visible_to(self, user: Visitor) -> "SchoolClassQuerySet":
        return self.filter(organization__in=Organization.objects.visible_to(user))

    def manageable_by(self, user: Visitor) -> "SchoolClassQuerySet":
        return self.filter(organization__in=Organization.objects.manageable_by(user))

    def administered_by(self, user: Visitor) -> "SchoolClassQuerySet":
        return self.filter(organization__in=Organization.objects.administered_by(user))

    def live(self) -> "SchoolClassQuerySet":
        return self.filter(archived_at=None)

    def current(self) -> "SchoolClassQuerySet":
        """Of this academic year, and of the next one where the school has gone over to it before July.

        Where the school has not gone over to this year yet, of the last one it has: its links and chats are at work.
        """
        this_year = Q(academic_year__gte=academic_year_of(timezone.localdate()))
        later = SchoolClass.objects.live().filter(
            organization=OuterRef("organization"), academic_year__gt=OuterRef("academic_year")
        )
        return self.live().filter(this_year | ~Exists(later))

    @transaction.atomic
    def add_many(
        self, organization: Organization, academic_year: int, drafts: Iterable[ClassDraft], *, by: User | None
    ) -> list["SchoolClass"]:
        """Adds the classes that are not there yet and returns them; those that are there stay as they are."""
        from organizations.journey import reach

        organization.hold()  # a double click adds nothing twice
        there = set(
            SchoolClass.objects.filter(
                organization=organization, academic_year=academic_year, archived_at=None
            ).values_list("key", flat=True)
        )
        new: dict[str, SchoolClass] = {}
        for draft in drafts:
            school_class = SchoolClass(organization=organization, academic_year=academic_year, **vars(draft))
            school_class.key = school_class.folded_key()
            if school_class.key not in there:
                new.setdefault(school_class.key, school_class)
        added = self.bulk_create(list(new.values()))
        if added:
            Event.record("classes.added", added[0], organization, by=by)
            reach(organization, Step.CLASSES, by=by, source=Source.PORTAL, on=timezone.localdate())
        return added

    @transaction.atomic
    def change_many(
        self, organization: Organization, changes: Iterable[ClassChange], *, by: User
    ) -> list["SchoolClass"]:
        """Writes the touched lines; gives the classes that somebody else has changed or archived meanwhile."""
        asked = {change.pk: change for change in changes}
        if not asked:
            return []
        organization.hold()  # two tables that lock the same rows in two orders would wait for each other
        as_seen = Q(pk__in=[])
        for pk, change in asked.items():
            as_seen |= Q(pk=pk, size=change.seen[0], teacher_name=change.seen[1])
        wanted = [SchoolClass(pk=pk, size=each.size, teacher_name=each.teacher_name) for pk, each in asked.items()]
        organization.classes.live().filter(as_seen).bulk_update(wanted, ["size", "teacher_name"])
        rows = list(organization.classes.filter(pk__in=asked))
        beaten = [row for row in rows if row.archived_at or (row.size, row.teacher_name) != asked[row.pk].wanted]
        if won := [row for row in rows if row not in beaten]:
            Event.record("classes.changed", won[0], organization, by=by, fields=["size", "teacher_name"])
        return beaten


class SchoolClass(models.Model):
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="classes")
    academic_year = models.PositiveSmallIntegerField("учебный год", help_text="Год, в котором он начался.")
    grade = models.PositiveSmallIntegerField("параллель", null=True, blank=True)
    section = models.CharField("буква", max_length=20, blank=True)
    group_name = models.CharField("название группы", max_length=120, blank=True)
    site = models.CharField("корпус", max_length=120, blank=True)
    size = models.PositiveSmallIntegerField("сколько человек", null=True, blank=True)
    teacher_name = models.CharField("классный руководитель", max_length=200, blank=True)
    grown_from = models.ForeignKey(
        "self", models.SET_NULL, null=True, related_name="grew_into", editable=False, verbose_name="класс прошлого года"
    )
    key = models.CharField(max_length=300, editable=False)
    archived_at = models.DateTimeField("в архиве", null=True, editable=False)
    batch = models.UUIDField(null=True, editable=False)
    """The year roll-over that made or archived this class: by it the whole step is undone."""

    objects = SchoolClassQuerySet.as_manager()

    class Meta:
        verbose_name = "класс"
        verbose_name_plural = "классы"
        ordering = ["academic_year", "site", "grade", "section", "group_name", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="class_once_a_year",
                fields=["organization", "academic_year", "key"],
                condition=Q(archived_at=None),
            ),
            models.CheckConstraint(
                name="class_has_grade_or_group",
                condition=Q(grade__isnull=False, group_name="") | (Q(grade=None) & ~Q(group_name="")),
            ),
            models.CheckConstraint(
                name="class_grade_known", condition=Q(grade=None) | Q(grade__gte=GRADES[0], grade__lte=GRADES[-1])
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: object, **kwargs: object) -> None:
        self.key = self.folded_key()
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def get_absolute_url(self) -> str:
        return reverse("organizations:class-edit", args=[self.organization_id, self.pk])

    @transaction.atomic
    def change(self, *, by: User) -> None:
        """Saves what a form has set on this object, unless somebody has archived the class meanwhile."""
        self.key = self.folded_key()
        facts = {name: getattr(self, name) for name in ("section", "group_name", "site", "size", "teacher_name", "key")}
        try:
            with transaction.atomic():
                is_changed = SchoolClass.objects.filter(pk=self.pk, archived_at=None).update(**facts)
        except IntegrityError as error:
            raise WrongStatus("Такой класс только что добавили.") from error
        if not is_changed:
            raise WrongStatus("Этот класс уже в архиве.")
        Event.record("class.changed", self, self.organization, by=by)

    @transaction.atomic
    def archive(self, *, by: User) -> None:
        if not SchoolClass.objects.filter(pk=self.pk, archived_at=None).update(archived_at=timezone.now()):
            raise WrongStatus("Этот класс уже в архиве.")
        Event.record("class.archived", self, self.organization, by=by)

    def folded_key(self) -> str:
        """One class under look-alike letters: «5А» and «5A» with a Latin A are the same."""
        return f"{self.grade or ''}|{fold_section(self.section)}|{fold(self.group_name)}|{fold(self.site)}"

    @property
    def name(self) -> str:
        """«7 «Б»», «3» or «Группа «Солнышко»», with the building where there is one."""
        if self.grade is None:
            name = self.group_name
        else:
            name = f"{self.grade} «{self.section}»" if self.section else str(self.grade)
        return f"{name}, {self.site}" if self.site else name

    @property
    def year_words(self) -> str:
        return year_words(self.academic_year)


# A single letter has no neighbours by which `fold` could tell its alphabet: class letters are Cyrillic.
_LATIN_SECTIONS = str.maketrans("ABEKMHOPCTX", "АВЕКМНОРСТХ")


def fold_section(section: str) -> str:
    return section.strip().upper().replace("Ё", "Е").translate(_LATIN_SECTIONS)
