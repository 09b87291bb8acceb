"""Sets of organizations: which are listed, whose they are, and what is known of their administrators."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.utils import timezone

from accounts.models import Visitor
from foundation.copying import insert_many
from foundation.folding import fold
from organizations.models.search_word import SearchWord
from organizations.models.territory import Coordinator
from organizations.statuses import AdministratorState, AppointmentRole, Step

if TYPE_CHECKING:
    from organizations.models.organization import Organization


_WITH_WHAT_IS_LEFT = """
    WITH RECURSIVE mine(id) AS (
        {acting}
        UNION
        SELECT gone.id FROM mine JOIN organizations_organization gone ON gone.successor_id = mine.id
        WHERE gone.closed_on <= %s
    )
    SELECT id FROM mine
"""


class OrganizationQuerySet(models.QuerySet["Organization"]):
    def bulk_create(self, objs: Iterable["Organization"], *args: Any, **kwargs: Any) -> list["Organization"]:
        """Folds the names as `save` does: a row that nobody folded would never be found."""
        rows = list(objs)
        for row in rows:
            row.fold_names()
        created = super().bulk_create(rows, *args, **kwargs)
        SearchWord.objects.learn(created)
        return created

    def add_many(self, rows: "list[Organization]") -> None:
        """`bulk_create` of thousands."""
        for row in rows:
            row.fold_names()
        insert_many(rows)
        SearchWord.objects.learn(rows)

    def bulk_update(self, objs: Iterable["Organization"], fields: Iterable[str], *args: Any, **kwargs: Any) -> int:
        rows = list(objs)
        for row in rows:
            row.fold_names()
        names = dict.fromkeys([*fields, "search_key", "search_words"])
        changed = super().bulk_update(rows, list(names), *args, **kwargs)
        SearchWord.objects.learn(rows)
        return changed

    def listed(self) -> "OrganizationQuerySet":
        """«Всего в списке»: everything but what is closed or merged into another; a coming day still counts."""
        return self.filter(Q(closed_on=None) | Q(closed_on__gt=timezone.localdate()))

    def closed(self) -> "OrganizationQuerySet":
        return self.filter(closed_on__lte=timezone.localdate())

    def named(self, text: str) -> "OrganizationQuerySet":
        """Whose names or numbers hold each of the words."""
        found = self
        for word in fold(text).split():
            found = found.filter(search_key__contains=word)
        return found

    def registered(self) -> "OrganizationQuerySet":
        return self.filter(step__gte=Step.REGISTERED)

    def administered_by(self, user: Visitor) -> "OrganizationQuerySet":
        """Where the person acts as administrator or deputy today. What belongs to the school alone hangs on this.

        What a closed organization has left open falls to its heir, through however many that are closed, too.
        Not with an OR: PostgreSQL would walk through all organizations at each question.
        """
        from organizations.models.appointment import Appointment

        if not user.is_authenticated:
            return self.none()
        own = Appointment.objects.acting().filter(user=user).order_by().values("organization")
        acting, values = own.query.sql_with_params()
        sql = _WITH_WHAT_IS_LEFT.format(acting=acting)
        return self.filter(pk__in=RawSQL(sql, [*values, timezone.localdate()]))  # noqa: S611 - the ORM's own SELECT

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
            Q(pk__in=self.model.objects.coordinated_by(user).values("pk"))
            | Q(pk__in=self.model.objects.administered_by(user).values("pk"))
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
