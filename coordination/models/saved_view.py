"""A filter of the list under a name. The address stays the truth: a view holds nothing but its query."""

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import User, Visitor
from foundation.verbs import WrongStatus
from organizations.models import Coordinator, Municipality, Region

MOST_OF_ONE = 30
LONGEST_QUERY = 2000


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def manageable_by(self, user: Visitor) -> "SavedViewQuerySet":
        return self.filter(user=user) if user.is_authenticated else self.none()

    def visible_to(self, user: Visitor) -> "SavedViewQuerySet":
        """One's own, and what coordinators of the same territory, or of the region around it, share."""
        if not user.is_authenticated:
            return self.none()
        mine = Coordinator.objects.acting().filter(user=user)
        shared = Q(municipality=None, region__in=mine.values("region")) | Q(
            municipality__in=mine.exclude(municipality=None).values("municipality")
        )
        return self.filter(Q(user=user) | Q(shared, is_shared=True))

    @transaction.atomic
    def keep(self, name: str, query: str, *, is_shared: bool, by: User) -> "SavedView":
        """Under a name that this person uses already, the newer query takes the place of the older one."""
        if self.filter(user=by).exclude(name=name).count() >= MOST_OF_ONE:
            raise WrongStatus(f"Можно хранить не больше {MOST_OF_ONE} наборов условий. Удалите лишние.")
        widest = F("municipality").asc(nulls_first=True)
        place = Coordinator.objects.acting().filter(user=by).order_by(widest).first() if is_shared else None
        terms = {
            "query": query[:LONGEST_QUERY],
            "is_shared": place is not None,
            "region": place.region if place else None,
            "municipality": place.municipality if place else None,
        }
        view, _ = self.update_or_create(user=by, name=name, defaults=terms)
        return view


class SavedView(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField("название", max_length=60)
    query = models.CharField("условия", max_length=LONGEST_QUERY)
    is_shared = models.BooleanField("виден другим координаторам", default=False)
    region = models.ForeignKey(Region, models.CASCADE, null=True, related_name="+")
    municipality = models.ForeignKey(Municipality, models.CASCADE, null=True, related_name="+")
    is_start = models.BooleanField("открывается первым", default=False)
    saved_at = models.DateTimeField("сохранён", default=timezone.now, editable=False)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = "сохранённые условия"
        verbose_name_plural = "сохранённые условия"
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(name="saved_view_once", fields=["user", "name"]),
            models.UniqueConstraint(name="saved_view_one_start", fields=["user"], condition=Q(is_start=True)),
            models.CheckConstraint(
                name="saved_view_shared_somewhere", condition=Q(is_shared=False) | Q(region__isnull=False)
            ),
        ]
        indexes = [models.Index(name="saved_view_shared", fields=["region"], condition=Q(is_shared=True))]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"{reverse('coordination:organizations')}?{self.query or 'q='}"

    def rename(self, name: str) -> None:
        try:
            with transaction.atomic():
                SavedView.objects.filter(pk=self.pk).update(name=name)
        except IntegrityError as error:
            raise WrongStatus(f"Условия с названием «{name}» у вас уже есть.") from error

    @transaction.atomic
    def start(self) -> None:
        """The list opens with this view from now on, and with no other."""
        SavedView.objects.filter(user=self.user_id, is_start=True).update(is_start=False)
        SavedView.objects.filter(pk=self.pk).update(is_start=True)

    def stop(self) -> None:
        SavedView.objects.filter(pk=self.pk).update(is_start=False)
