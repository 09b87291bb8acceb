"""Where each organization stood on a past day: a row is written only when a snapshot sees values unlike the last ones.

Rows are intervals of moments, so any day is asked by one condition, and a report that was sent at noon is kept exactly.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime

from django.db import connection, models, transaction
from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q, Value
from django.utils import timezone

from organizations.journey import holder_expression
from organizations.models import Municipality, Organization, Region
from organizations.models.organization import OrganizationQuerySet
from organizations.statuses import AdministratorState, Holder, Kind, Step

# What a snapshot keeps, in the order of the rows that it compares.
KEPT = ("step", "step_since", "administrator_state", "holder", "kind", "municipality_id", "is_listed")
AT_ONCE = 2_000


def held_at(moment: datetime, prefix: str = "") -> Q:
    """The one interval of each organization in which that moment lies."""
    is_open = Q(**{f"{prefix}seen_until": None}) | Q(**{f"{prefix}seen_until__gt": moment})
    return is_open & Q(**{f"{prefix}seen_from__lte": moment})


def held_in(moments: Mapping[int, datetime], region: str, prefix: str = "") -> Q:
    """The same where the nights of the regions differ: each organization at the moment of its own region."""
    regions: dict[datetime, list[int]] = defaultdict(list)
    for pk, moment in moments.items():
        regions[moment].append(pk)
    held = Q()
    for moment, pks in regions.items():
        held |= Q(**{f"{region}__in": pks}) & held_at(moment, prefix)
    return held


class StandingQuerySet(models.QuerySet["Standing"]):
    def at(self, moment: datetime) -> "StandingQuerySet":
        return self.filter(held_at(moment))

    def of(self, organizations: OrganizationQuerySet) -> "StandingQuerySet":
        return self.filter(organization__in=organizations.order_by().values("pk"))

    def listed(self) -> "StandingQuerySet":
        """«Всего в списке» as it was: what had not been closed by then."""
        return self.filter(is_listed=True)


class Standing(models.Model):
    """State of an organization from one snapshot until the first that saw another; open while it still holds."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="kept_standings")
    seen_from = models.DateTimeField("с")
    seen_until = models.DateTimeField("до", null=True)
    step = models.PositiveSmallIntegerField("этап", choices=Step, null=True)
    step_since = models.DateField("на этапе с", null=True)
    administrator_state = models.CharField("администратор", max_length=20, choices=AdministratorState)
    holder = models.CharField("ход за", max_length=20, choices=Holder)
    kind = models.CharField("вид", max_length=20, choices=Kind)
    municipality = models.ForeignKey(Municipality, models.PROTECT, null=True, related_name="+")
    is_listed = models.BooleanField("в списке", default=True)

    is_derived = True
    """Nobody's work: it does not keep an organization from going, and goes with it."""

    objects = StandingQuerySet.as_manager()

    class Meta:
        verbose_name = "состояние организации"
        verbose_name_plural = "состояния организаций"
        ordering = ["organization", "seen_from"]
        constraints = [
            models.UniqueConstraint(name="standing_once", fields=["organization", "seen_from"]),
            models.UniqueConstraint(name="standing_open_once", fields=["organization"], condition=Q(seen_until=None)),
            models.CheckConstraint(
                name="standing_ends_later", condition=Q(seen_until=None) | Q(seen_until__gt=F("seen_from"))
            ),
            models.CheckConstraint(
                name="standing_state_known",
                condition=Q(administrator_state__in=AdministratorState.values) & Q(holder__in=Holder.values),
            ),
            models.CheckConstraint(
                name="standing_step_known",
                condition=(Q(step=None) | Q(step__in=Step.values)) & Q(kind__in=Kind.values),
            ),
        ]
        indexes = [models.Index(name="standing_interval", fields=["seen_until", "seen_from"])]

    def __str__(self) -> str:
        return f"{self.organization_id}: {self.seen_from:%d.%m.%Y %H:%M}"


class SnapshotQuerySet(models.QuerySet["Snapshot"]):
    @transaction.atomic
    def take(self, region: Region, *, day: date | None = None) -> "Snapshot | None":
        """Writes what has changed in the region since the last snapshot; None where that day's was taken already.

        The number of statements does not grow with that of organizations. The row of the region is the lock: of two at
        once the second compares with what the first has written.
        """
        Region.objects.filter(pk=region.pk).update(time_zone=F("time_zone"))
        if day is not None and self.filter(region=region, day=day).exists():
            return None
        at = timezone.now()
        seen = _seen(region, day or timezone.localdate(at, timezone=region.zone))
        _end_what_changed(region, seen, at)
        return self.create(region=region, day=day, at=at, changed=_begin_what_is_new(seen, at))


def _seen(region: Region, day: date) -> OrganizationQuerySet:
    """The organizations of the region with everything that a snapshot keeps, under its names.

    What closes after that day was still listed on it, as in `OrganizationQuerySet.listed`.
    """
    listed = ExpressionWrapper(Q(closed_on=None) | Q(closed_on__gt=day), output_field=BooleanField())
    rows = Organization.objects.filter(region=region).order_by()
    return rows.annotate(holder=holder_expression(), is_listed=listed)


def _end_what_changed(region: Region, now: OrganizationQuerySet, at: datetime) -> None:
    """Compared here and not by one UPDATE: PostgreSQL, with statistics of yesterday, chose a plan of half a minute."""
    seen = {pk: values for pk, *values in now.values_list("pk", *KEPT)}
    known = Standing.objects.filter(organization__region=region, seen_until=None).order_by()
    over = [row for row, pk, *values in known.values_list("pk", "organization_id", *KEPT) if seen.get(pk) != values]
    for start in range(0, len(over), AT_ONCE):
        Standing.objects.filter(pk__in=over[start : start + AT_ONCE]).update(seen_until=at)


def _begin_what_is_new(seen: OrganizationQuerySet, at: datetime) -> int:
    """INSERT … SELECT, which the ORM has no words for: 40,000 rows would else travel to Python and back.

    The SELECT is the ORM's own with its parameters; only names of columns of the model stand before it.
    """
    is_kept = Exists(Standing.objects.filter(organization=OuterRef("pk"), seen_until=None))
    moment = Value(at, output_field=models.DateTimeField())
    rows = seen.filter(~is_kept).annotate(seen_from=moment).values_list("pk", *KEPT, "seen_from")
    select, values = rows.query.get_compiler(connection.alias).as_sql()
    name = connection.ops.quote_name
    columns = ", ".join(map(name, ("organization_id", *KEPT, "seen_from")))
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {name(Standing._meta.db_table)} ({columns}) {select}", values)
        return int(cursor.rowcount)


class Snapshot(models.Model):
    """That the state of a region was looked at: at the end of a day, or (`day` is null) for a report that was sent."""

    region = models.ForeignKey(Region, models.CASCADE, related_name="snapshots")
    day = models.DateField("день", null=True, help_text="Состояние на конец этого дня.")
    at = models.DateTimeField("когда снято")
    changed = models.PositiveIntegerField("изменилось организаций")

    objects = SnapshotQuerySet.as_manager()

    class Meta:
        verbose_name = "снимок состояния"
        verbose_name_plural = "снимки состояния"
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(name="snapshot_once", fields=["region", "day"], condition=Q(day__isnull=False))
        ]
        indexes = [models.Index(name="snapshot_latest", fields=["region", "-day"])]

    def __str__(self) -> str:
        return f"{self.region}: {self.at:%d.%m.%Y %H:%M}"
