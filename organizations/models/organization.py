"""An educational organization: what is known of it, where it stands on the road, who may see it."""

from collections.abc import Iterable
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from phonenumber_field.modelfields import PhoneNumberField

from accounts.models import User, Visitor
from foundation.folding import fold
from organizations.models.search_word import SearchWord
from organizations.models.territory import Coordinator, Municipality, Region
from organizations.searching import indexed
from organizations.statuses import AdministratorState, AppointmentRole, Kind, Step
from organizations.words import WORDS, ClassWords

if TYPE_CHECKING:
    from organizations.models.appointment import Appointment


class OrganizationQuerySet(models.QuerySet["Organization"]):
    def bulk_create(self, objs: Iterable["Organization"], *args: Any, **kwargs: Any) -> list["Organization"]:
        """Folds the names as `save` does: a row that nobody folded would never be found."""
        rows = list(objs)
        for row in rows:
            row.fold_names()
        created = super().bulk_create(rows, *args, **kwargs)
        SearchWord.objects.learn(created)
        return created

    def bulk_update(self, objs: Iterable["Organization"], fields: Iterable[str], *args: Any, **kwargs: Any) -> int:
        rows = list(objs)
        for row in rows:
            row.fold_names()
        changed = super().bulk_update(rows, [*fields, "search_key", "search_words"], *args, **kwargs)
        SearchWord.objects.learn(rows)
        return changed

    def listed(self) -> "OrganizationQuerySet":
        """«Всего в списке»: everything that is not closed or merged into another."""
        return self.filter(closed_on=None)

    def registered(self) -> "OrganizationQuerySet":
        return self.filter(step__gte=Step.REGISTERED)

    def administered_by(self, user: Visitor) -> "OrganizationQuerySet":
        """Where the person acts as administrator or deputy today. What belongs to the school alone hangs on this."""
        from organizations.models.appointment import Appointment

        if not user.is_authenticated:
            return self.none()
        return self.filter(pk__in=Appointment.objects.acting().filter(user=user).values("organization"))

    def coordinated_by(self, user: Visitor) -> "OrganizationQuerySet":
        """The territory of a coordinator: one municipality, or the whole region."""
        if not user.is_authenticated:
            return self.none()
        mine = Coordinator.objects.acting().filter(user=user)
        return self.filter(
            Q(region__in=mine.filter(municipality=None).values("region"))
            | Q(municipality__in=mine.exclude(municipality=None).values("municipality"))
        )

    def supervised_by(self, user: Visitor) -> "OrganizationQuerySet":
        """Whose matters this person judges from above: the coordinators' territory, everything for portal staff.

        The head's power is in these hands too. An administrator would else name a successor, or end a colleague's
        rights, in the head's place.
        """
        return self.all() if user.is_staff else self.coordinated_by(user)

    def visible_to(self, user: Visitor) -> "OrganizationQuerySet":
        """Coordinators of the territory, acting administrators and portal staff; nobody else."""
        if not user.is_authenticated:
            return self.none()
        if user.is_staff:
            return self
        return self.filter(
            Q(pk__in=Organization.objects.coordinated_by(user).values("pk"))
            | Q(pk__in=Organization.objects.administered_by(user).values("pk"))
        )

    def manageable_by(self, user: Visitor) -> "OrganizationQuerySet":
        """Those who see an organization also act in it; what is the school's alone asks `administered_by`."""
        return self.visible_to(user)

    def with_administrators(self) -> list["Organization"]:
        """The rows with their region, each knowing its `administrator`: two statements, however many there are."""
        from organizations.models.appointment import Appointment

        rows = list(self.select_related("region"))
        acting = Appointment.objects.acting().filter(role=AppointmentRole.RESPONSIBLE, organization__in=rows)
        known = {each.organization_id: each for each in acting.select_related("user")}
        for row in rows:
            row.administrator = known.get(row.pk)
        return rows

    def follow_deputies(self) -> int:
        """«Отсутствует, действует заместитель» begins and ends with a deputy's days; returns how many it changed.

        And an administrator whose own last day has passed is no longer known to be there.

        Days pass without anybody's act, so this leaves no line in the journal.
        """
        from organizations.models.appointment import Appointment

        acting = Appointment.objects.acting()
        helped = Q(pk__in=acting.filter(role=AppointmentRole.DEPUTY).values("organization"))
        led = Q(pk__in=acting.filter(role=AppointmentRole.RESPONSIBLE).values("organization"))
        absent, unknown = AdministratorState.ABSENT, AdministratorState.UNKNOWN
        ended = Appointment.objects.over().filter(role=AppointmentRole.RESPONSIBLE).values("organization")
        known = (AdministratorState.CONFIRMED, AdministratorState.UNCONFIRMED)
        gone = self.filter(pk__in=ended, administrator_state__in=known).update(administrator_state=unknown)
        over = self.filter(~helped, administrator_state=absent).update(administrator_state=unknown)
        begun = self.filter(helped, ~led, administrator_state=unknown).update(administrator_state=absent)
        return gone + over + begun


class Organization(models.Model):
    region = models.ForeignKey(Region, models.PROTECT, related_name="organizations", verbose_name="регион")
    municipality = models.ForeignKey(
        Municipality,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="organizations",
        verbose_name="муниципалитет",
    )
    kind = models.CharField("вид", max_length=20, choices=Kind, default=Kind.SCHOOL)
    full_name = models.CharField("полное наименование", max_length=500)
    short_name = models.CharField("краткое наименование", max_length=300, blank=True)
    branch = models.CharField(
        "корпус или филиал",
        max_length=120,
        blank=True,
        help_text="Отличает здания одного юридического лица, если они ведутся отдельными строками.",
    )
    inn = models.CharField("ИНН", max_length=12, blank=True)
    kpp = models.CharField("КПП", max_length=9, blank=True)
    ogrn = models.CharField("ОГРН", max_length=15, blank=True)
    address = models.CharField("адрес", max_length=500, blank=True)
    email = models.EmailField("официальная почта", blank=True)
    phone = models.CharField("телефоны", max_length=200, blank=True)
    site = models.CharField("сайт", max_length=200, blank=True)
    head_name = models.CharField("руководитель", max_length=200, blank=True)
    search_key = models.TextField(editable=False)
    search_words = models.TextField(editable=False, default="", db_default="")

    step = models.PositiveSmallIntegerField("этап", choices=Step, null=True, editable=False)
    step_since = models.DateField("на этапе с", null=True, editable=False)
    administrator_state = models.CharField(
        "администратор",
        max_length=20,
        choices=AdministratorState,
        default=AdministratorState.UNKNOWN,
        editable=False,
    )
    administrator_confirmed_on = models.DateField("администратор подтверждён", null=True, editable=False)
    registered_phone = PhoneNumberField(
        "номер, на который зарегистрирована организация",
        blank=True,
        help_text="Права администратора в Сферуме даёт только вход с этого номера.",
    )
    head_link_version = models.PositiveIntegerField(default=1, editable=False)

    closed_on = models.DateField("закрыта", null=True, blank=True)
    successor = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="predecessors", verbose_name="правопреемник"
    )
    is_demo = models.BooleanField("пример", default=False, editable=False)

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        verbose_name = "организация"
        verbose_name_plural = "организации"
        ordering = ["search_key", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="organization_once_by_inn_kpp", fields=["inn", "kpp", "branch"], condition=~Q(kpp="")
            ),
            models.UniqueConstraint(
                name="organization_once_by_ogrn", fields=["ogrn", "branch"], condition=Q(kpp="") & ~Q(ogrn="")
            ),
            models.CheckConstraint(name="organization_kind_known", condition=Q(kind__in=Kind.values)),
            models.CheckConstraint(name="organization_step_known", condition=Q(step=None) | Q(step__in=Step.values)),
            models.CheckConstraint(
                name="administrator_state_known", condition=Q(administrator_state__in=AdministratorState.values)
            ),
        ]
        indexes = [
            models.Index(name="organization_list", fields=["region", "search_key"]),
            models.Index(name="organization_list_local", fields=["municipality", "search_key"]),
            models.Index(name="organization_step", fields=["region", "step", "administrator_state"]),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: object, **kwargs: object) -> None:
        self.fold_names()
        super().save(*args, **kwargs)  # type: ignore[arg-type]
        if "update_fields" not in kwargs:
            SearchWord.objects.learn([self])
        if self.email and "update_fields" not in kwargs:
            User.objects.mark_shared(self.email)

    def get_absolute_url(self) -> str:
        return reverse("coordination:organization", args=[self.pk])

    def fold_names(self) -> None:
        """What the list is sorted by and the search looks into: both names, the branch and the numbers, folded."""
        names = " ".join(filter(None, [self.short_name, self.full_name, self.branch, self.inn, self.ogrn]))
        self.search_key, self.search_words = fold(names), indexed(names)

    @property
    def name(self) -> str:
        name = self.short_name or self.full_name
        return f"{name} ({self.branch})" if self.branch else name

    @property
    def words(self) -> ClassWords:
        return WORDS[Kind(self.kind)]

    @property
    def is_registered(self) -> bool:
        return (self.step or 0) >= Step.REGISTERED

    @property
    def today(self) -> date:
        """The calendar day of its region."""
        return timezone.localdate(timezone=self.region.zone)

    def is_administered_by(self, user: Visitor) -> bool:
        return Organization.objects.administered_by(user).filter(pk=self.pk).exists()

    @cached_property
    def administrator(self) -> "Appointment | None":
        """The acting responsible appointment; a deputy is not it."""
        return self.appointments.acting().filter(role=AppointmentRole.RESPONSIBLE).select_related("user").first()

    def hold(self) -> None:
        """Locks the organization until the transaction ends; an UPDATE, for SQLite ignores `select_for_update`.

        Verbs that also change its appointments take it before those: two in different orders would wait for each other.
        """
        Organization.objects.filter(pk=self.pk).update(step=F("step"))

    def set_administrator_state(self, state: AdministratorState, *, confirmed_on: date | None = None) -> None:
        """Writes the condition of the administrator and nothing else; a date comes only with «подтверждён»."""
        changes: dict[str, object] = {"administrator_state": state}
        if confirmed_on:
            changes["administrator_confirmed_on"] = confirmed_on
        Organization.objects.filter(pk=self.pk).update(**changes)
        for name, value in changes.items():
            setattr(self, name, value)
        self.__dict__.pop("administrator", None)

    def contact_emails(self) -> list[str]:
        """Where a letter to the administrator goes: the person's own address, else the official mailbox."""
        person = self.administrator
        return [address for address in ((person.email if person else ""), self.email) if address][:1]
