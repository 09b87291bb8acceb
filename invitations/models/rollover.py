"""The step of a school into the next academic year, as one act that can be taken back."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, models, transaction
from django.db.models import Exists, ForeignObjectRel, OuterRef
from django.utils import timezone

from accounts.models import User
from foundation.templatetags.portal import when
from foundation.verbs import WrongStatus
from invitations.models.invitation import Invitation
from invitations.year_plan import YearPlan
from organizations.models import Event, Organization, SchoolClass
from organizations.models.school_class import academic_year_of, year_words

UNDO_DAYS = 14


@dataclass(frozen=True)
class Undoing:
    """What taking a roll-over back would do; with a `refusal` it does nothing."""

    made: list[SchoolClass]
    archived: list[SchoolClass]
    back: list[Invitation]
    staying: list[Invitation]
    """Closed by the roll-over, and closed for good: the class has another link, or the link was renewed in Sferum."""
    refusal: str


class RolloverQuerySet(models.QuerySet["Rollover"]):
    def visible_to(self, user: User | AnonymousUser) -> "RolloverQuerySet":
        return self.filter(organization__in=Organization.objects.visible_to(user))

    def manageable_by(self, user: User | AnonymousUser) -> "RolloverQuerySet":
        return self.administered_by(user)

    def administered_by(self, user: User | AnonymousUser) -> "RolloverQuerySet":
        return self.filter(organization__in=Organization.objects.administered_by(user))

    def standing(self) -> "RolloverQuerySet":
        """Not taken back."""
        return self.filter(undone_at=None)

    def undoable(self) -> "RolloverQuerySet":
        """Not taken back, and not too late to be."""
        return self.standing().filter(done_at__gte=timezone.now() - timedelta(days=UNDO_DAYS))

    def year_of(self, organization: Organization, day: date) -> int | None:
        """Out of which academic year the school goes next: the last one before this, or this one itself."""
        this_year = academic_year_of(day)
        there = organization.classes.live().filter(academic_year__lte=this_year).order_by()
        done = self.standing().filter(organization=organization).values("from_year")
        years = sorted(set(there.exclude(academic_year__in=done).values_list("academic_year", flat=True)))
        before = [year for year in years if year < this_year]
        return max(before or years, default=None)

    @transaction.atomic
    def roll(self, organization: Organization, plan: YearPlan, *, by: User) -> "Rollover":
        """Next year's classes made, the old ones archived, their links closed; all of it bears one batch."""
        organization.hold()
        first = self.standing().filter(organization=organization, from_year=plan.from_year).first()
        if first:
            raise first.was_first()
        if plan.is_empty:
            raise WrongStatus("Переводить нечего: не выбран ни один класс.")
        if names := plan.clashes():
            raise WrongStatus(f"Два класса не могут называться одинаково: {'; '.join(names)}.")
        rollover = self.create(organization=organization, from_year=plan.from_year, done_by=by)
        rollover._archive(plan)
        rollover._make(plan)
        rollover._close_links(plan, by=by)
        Event.record("year.rolled-over", rollover, organization, by=by)
        return rollover


class Rollover(models.Model):
    """Classes and links bear `batch`: those made, archived and revoked by this step and by nothing else."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="rollovers")
    from_year = models.PositiveSmallIntegerField("из учебного года")
    batch = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    done_at = models.DateTimeField("сделано", default=timezone.now)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField("отменено", null=True)

    objects = RolloverQuerySet.as_manager()

    class Meta:
        verbose_name = "перевод на новый учебный год"
        verbose_name_plural = "переводы на новый учебный год"
        ordering = ["-done_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_rollover_of_a_year",
                fields=["organization", "from_year"],
                condition=models.Q(undone_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"{self.organization}: {self.from_year}"

    @property
    def to_year_words(self) -> str:
        return year_words(self.from_year + 1)

    @property
    def may_be_undone_until(self) -> datetime:
        return self.done_at + timedelta(days=UNDO_DAYS)

    @property
    def is_over(self) -> bool:
        """Too late to take back."""
        return timezone.now() > self.may_be_undone_until

    @property
    def made(self) -> "models.QuerySet[SchoolClass]":
        return self.organization.classes.filter(batch=self.batch, academic_year=self.from_year + 1)

    @property
    def archived(self) -> "models.QuerySet[SchoolClass]":
        return self.organization.classes.filter(batch=self.batch, academic_year=self.from_year)

    def was_first(self) -> WrongStatus:
        words = f"Перевод на {self.to_year_words} уже сделан: {self.done_by.full_name}, {when(self.done_at)}."
        return WrongStatus(words, by_name=self.done_by.full_name, at=self.done_at)

    def _archive(self, plan: YearPlan) -> None:
        leaving = self.organization.classes.live().filter(academic_year=self.from_year, pk__in=plan.leaving)
        if leaving.update(archived_at=self.done_at, batch=self.batch) != len(plan.leaving):
            raise WrongStatus("Пока страница была открыта, список классов изменился. Проверьте перевод ещё раз.")

    def _make(self, plan: YearPlan) -> None:
        """A class that is in the next year already stays as it is."""
        next_year = self.organization.classes.live().filter(academic_year=self.from_year + 1)
        there = set(next_year.values_list("key", flat=True))
        new = []
        for draft, old in plan.drafts({row.pk: row for row in self.archived}):
            row = SchoolClass(organization=self.organization, academic_year=self.from_year + 1, **vars(draft))
            row.key, row.grown_from, row.batch = row.folded_key(), old, self.batch
            new += [row] if row.key not in there else []
        try:
            with transaction.atomic():
                SchoolClass.objects.bulk_create(new)
        except IntegrityError as error:
            raise WrongStatus("Такой класс только что добавили. Проверьте перевод ещё раз.") from error

    def _close_links(self, plan: YearPlan, *, by: User) -> None:
        live = Invitation.objects.live().filter(school_class__in=plan.leaving)
        live.update(revoked_at=self.done_at, batch=self.batch)
        closed = Invitation.objects.filter(batch=self.batch)
        Event.objects.bulk_create(Event.draft("invitation.revoked", row, self.organization, by=by) for row in closed)

    @cached_property
    def undoing(self) -> Undoing:
        """The page shows it and the verb does it."""
        made, archived = list(self.made), list(self.archived)
        twin = Invitation.objects.live().filter(school_class=OuterRef("school_class"), role=OuterRef("role"))
        mine = Invitation.objects.with_school().filter(batch=self.batch)
        back = list(mine.filter(~Exists(twin), replaced_by=None, sferum_link_renewed_at=None))
        return Undoing(
            made=made,
            archived=archived,
            back=back,
            staying=list(mine.exclude(pk__in=[link.pk for link in back])),
            refusal=self._refusal(made, archived),
        )

    def _refusal(self, made: list[SchoolClass], archived: list[SchoolClass]) -> str:
        if self.undone_at:
            return "Этот перевод уже отменён."
        if self.is_over:
            return f"Отменить перевод можно было {UNDO_DAYS} дней, до {when(self.may_be_undone_until)}."
        if Rollover.objects.filter(organization=self.organization_id, from_year__gt=self.from_year).exists():
            return "После этого перевода был ещё один: отменить можно только последний."
        keys = [row.key for row in archived]
        years = self.organization.classes.live().filter(academic_year=self.from_year, key__in=keys)
        if twins := list(years):
            return f"Такие классы прошлого года созданы заново: {_names(twins)}. Уберите их в архив и отмените перевод."
        return _hanging_words(made)

    @transaction.atomic
    def undo(self, *, by: User) -> Undoing:
        """Exactly what the roll-over did is taken back: its classes, its archive, the links that it closed."""
        self.organization.hold()
        if not Rollover.objects.standing().filter(pk=self.pk).update(undone_at=timezone.now(), undone_by=by):
            raise WrongStatus("Этот перевод уже отменён.")
        # Whoever is about to hang a link on one of these classes is waited for, and seen below.
        list(self.made.select_for_update().values_list("pk"))
        self.__dict__.pop("undoing", None)
        undoing = self.undoing
        if undoing.refusal:
            raise WrongStatus(undoing.refusal)
        self.made.delete()
        self.archived.update(archived_at=None, batch=None)
        back = Invitation.objects.filter(pk__in=[link.pk for link in undoing.back], batch=self.batch)
        back.update(revoked_at=None, batch=None)
        Event.objects.bulk_create(
            Event.draft("invitation.resumed", link, self.organization, by=by) for link in undoing.back
        )
        Event.record("year.rolled-back", self, self.organization, by=by)
        return undoing


def _names(classes: list[SchoolClass]) -> str:
    return "; ".join(row.name for row in classes)


def _hanging_words(made: list[SchoolClass]) -> str:
    """Which of the new classes are in use already, and by what: with them it would be lost."""
    names: dict[str, list[str]] = {}
    by_key = {row.pk: row for row in made}
    for relation in SchoolClass._meta.get_fields(include_hidden=True):
        if isinstance(relation, ForeignObjectRel) and relation.related_model is not SchoolClass:
            rows, field = relation.field.model._base_manager, relation.field.name
            used = set(rows.filter(**{f"{field}__in": by_key}).values_list(field, flat=True))
            for pk in sorted(used):
                names.setdefault(by_key[pk].name, []).append(str(rows.model._meta.verbose_name_plural))
    if not names:
        return ""
    words = "; ".join(f"{name} ({', '.join(what)})" for name, what in names.items())
    return f"Новыми классами уже пользуются: {words}. Перевод не отменить: всё это пропало бы."
