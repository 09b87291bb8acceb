"""An educational organization: what is known of it, where it stands on the road, who may see it."""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from phonenumber_field.modelfields import PhoneNumberField

from accounts.models import User, Visitor
from foundation.folding import fold
from foundation.verbs import WrongStatus
from organizations.models.event import Event
from organizations.models.organization_set import OrganizationQuerySet
from organizations.models.search_word import SearchWord
from organizations.models.territory import Municipality, Region
from organizations.searching import indexed
from organizations.statuses import AdministratorState, AppointmentRole, Kind, Step
from organizations.words import WORDS, ClassWords

if TYPE_CHECKING:
    from organizations.models.appointment import Appointment


__all__ = ["Organization", "OrganizationQuerySet"]

_COUNTED_BY = ("region", "municipality", "kind", "step", "administrator_state", "closed_on", "step_since", "id")


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
    own_code = models.CharField(
        "код в реестре", max_length=40, blank=True, help_text="Под этим кодом организация стоит в списках департамента."
    )
    address = models.CharField("адрес", max_length=500, blank=True)
    email = models.EmailField("официальная почта", blank=True)
    phone = models.CharField("телефоны", max_length=200, blank=True)
    site = models.CharField("сайт", max_length=200, blank=True)
    head_name = models.CharField("руководитель", max_length=200, blank=True)
    search_key = models.TextField(editable=False)
    search_words = models.TextField(editable=False, default="", db_default="")

    step = models.PositiveSmallIntegerField("этап", choices=Step, null=True, editable=False)
    step_since = models.DateField("на этапе с", null=True, editable=False)
    listed_on = models.DateField("в списке с", null=True, editable=False, default=timezone.localdate)
    """From then on a head who has named nobody is waited for; empty where the day is unknown."""
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
    closed_reason = models.CharField("почему закрыта", max_length=300, blank=True)
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
            models.Index(name="organization_own_code", fields=["region", "own_code"], condition=~Q(own_code="")),
            models.Index(name="organization_step", fields=["region", "step", "administrator_state"]),
            # All that the figures count by, so PostgreSQL need not open the rows.
            models.Index(name="organization_by_state", fields=_COUNTED_BY),
            models.Index(name="organization_in_order", condition=Q(closed_on=None), fields=["search_key", "id"]),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """What is derived goes along whatever is saved: a name that the search does not know is never found."""
        self.fold_names()
        if update_fields is not None:
            update_fields = {*update_fields, "search_key", "search_words"}
        super().save(*args, update_fields=update_fields, **kwargs)
        SearchWord.objects.learn([self])
        if self.email:
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
        return name if name.startswith(self.branch) else f"{name} ({self.branch})"

    @property
    def words(self) -> ClassWords:
        return WORDS[Kind(self.kind)]

    @property
    def is_registered(self) -> bool:
        return (self.step or 0) >= Step.REGISTERED

    @property
    def stands_since(self) -> date | None:
        """Since when the next move is waited for; `journey.stands_since` says the same in SQL."""
        return self.step_since if self.step else self.listed_on

    @property
    def today(self) -> date:
        """The calendar day of its region."""
        return timezone.localdate(timezone=self.region.zone)

    @property
    def is_closed(self) -> bool:
        """A day that is set but has not come yet does not count."""
        return self.closed_on is not None and self.closed_on <= self.today

    @property
    def heir(self) -> "Organization | None":
        """Who is there in its place today: of a successor that is closed, the successor. None where they go round."""
        return next((each for each in self.succession() if not (each.is_closed and each.successor_id)), None)

    def succession(self) -> "Iterator[Organization]":
        """The successor, its successor and so on, each once, whether their days have come or not."""
        seen, now = {self.pk}, self.successor
        while now and now.pk not in seen:
            seen.add(now.pk)
            yield now
            now = now.successor

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

    @transaction.atomic
    def close(self, *, by: User | None, on: date, reason: str, successor: "Organization | None" = None) -> None:
        """From that day on it is in no figure and no list, and its links and open matters lead to the successor."""
        if successor:
            successor.hold()
            successor.refresh_from_db(fields=["closed_on", "successor"])
            if self.pk in (successor.pk, *(each.pk for each in successor.succession())):
                raise WrongStatus("Организация не может быть правопреемником самой себя.")
            if successor.is_closed:
                raise WrongStatus("Правопреемник сам закрыт: выберите действующую организацию.")
        facts: dict[str, object] = {"closed_on": on, "closed_reason": reason, "successor": successor}
        self._decide(Q(closed_on=None), "Эту организацию уже закрыли: обновите страницу.", facts)
        Event.record("organization.closed", self, self, by=by)
        if successor:
            Event.record("organization.succeeded", successor, successor, by=by)

    @transaction.atomic
    def reopen(self, *, by: User | None) -> None:
        facts: dict[str, object] = {"closed_on": None, "closed_reason": "", "successor": None}
        self._decide(Q(closed_on__isnull=False), "Эту организацию уже вернули в список.", facts)
        Event.record("organization.reopened", self, self, by=by)

    def _decide(self, only: Q, too_late: str, facts: dict[str, object]) -> None:
        if not Organization.objects.filter(only, pk=self.pk).update(**facts):
            raise WrongStatus(too_late)
        for name, value in facts.items():
            setattr(self, name, value)

    def set_administrator_state(self, state: AdministratorState, *, confirmed_on: date | None = None) -> None:
        """Writes the condition of the administrator and nothing else; a date comes only with «подтверждён»."""
        changes: dict[str, object] = {"administrator_state": state}
        if confirmed_on:
            changes["administrator_confirmed_on"] = confirmed_on
        Organization.objects.filter(pk=self.pk).update(**changes)
        for name, value in changes.items():
            setattr(self, name, value)
        self.__dict__.pop("administrator", None)

    def correct_phone(self, phone: str, *, by: User) -> None:
        """The official numbers as somebody has just heard them; nothing where they are known so already."""
        if Organization.objects.filter(pk=self.pk).exclude(phone=phone).update(phone=phone):
            Event.record("organization.changed", self, self, by=by, fields=["phone"])
        self.phone = phone

    def contact_emails(self) -> list[str]:
        """Where a letter to the administrator goes: the person's own address, else the official mailbox.

        Of a closed organization, to its successor's.
        """
        if self.is_closed and self.heir:
            return self.heir.contact_emails()
        person = self.administrator
        return [address for address in ((person.email if person else ""), self.email) if address][:1]

    def named_reader(self) -> str:
        """The name that may stand in a letter to `contact_emails`: none where many read the mailbox."""
        person = self.administrator
        if person is None or self.contact_emails() != [person.email]:
            return ""
        is_shared = person.email.lower() == self.email.lower() or (person.user and person.user.email_is_shared)
        return "" if is_shared else person.full_name
