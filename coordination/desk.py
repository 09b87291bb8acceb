"""Whose desk this is: the navigation, the territory and the banners of every signed-in page."""

from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from accounts.models import User
from correspondence.trouble import Trouble, troubles
from guides.models import News
from organizations.models import Coordinator, Organization, Region


@dataclass
class Desk:
    """What `base.html` shows of a person. Nothing is asked of the database before a template uses it."""

    user: User
    path: str

    @cached_property
    def coordinates(self) -> list[Coordinator]:
        rows = Coordinator.objects.acting().filter(user=self.user)
        return list(rows.select_related("region", "municipality"))

    @cached_property
    def administers(self) -> list[Organization]:
        """What is closed leaves the navigation, unless there is nothing else; its successor's page leads there."""
        rows = list(Organization.objects.administered_by(self.user).select_related("region", "municipality"))
        return [row for row in rows if not row.is_closed] or rows

    @cached_property
    def region(self) -> Region | None:
        """The region whose department stands at the foot of the page."""
        if self.coordinates:
            return self.coordinates[0].region
        if self.administers:
            return self.administers[0].region
        return self.regions[0] if self.user.is_staff and self.regions else None

    @cached_property
    def regions(self) -> list[Region]:
        """Those of the territory; all of them for portal staff."""
        if self.user.is_staff:
            return list(Region.objects.all())
        return list({row.region.pk: row.region for row in self.coordinates}.values())

    @property
    def sees_territory(self) -> bool:
        return bool(self.coordinates) or self.user.is_staff

    @property
    def manages_coordinators(self) -> bool:
        return self.user.is_staff or any(row.municipality is None for row in self.coordinates)

    @property
    def managed_region(self) -> Region | None:
        """The region whose facts and coordinators this person keeps."""
        if not self.manages_coordinators:
            return None
        return next((row.region for row in self.coordinates if row.municipality is None), self.region)

    @property
    def territory(self) -> str:
        if self.coordinates:
            return ", ".join(row.territory for row in self.coordinates)
        if self.administers:
            return self.administers[0].name if len(self.administers) == 1 else f"организаций: {len(self.administers)}"
        return "служба портала" if self.user.is_staff else ""

    @cached_property
    def items(self) -> list[tuple[str, str, bool, str]]:
        """(label, address, whether it is the page that is open, what is new there)."""
        places = []
        if self.sees_territory:
            places += [("Сегодня", reverse("coordination:dashboard"))]
            places += [("Организации", reverse("coordination:organizations"))]
            places += [("Письма", reverse("registrations:letters"))]
        if self.manages_coordinators:
            places += [("Координаторы", reverse("coordination:coordinators"))]
            places += [("Регион", reverse("coordination:region"))]
        if self.administers:
            own = self.administers[0].get_absolute_url() if len(self.administers) == 1 else reverse("coordination:home")
            places += [("Моя организация" if len(self.administers) == 1 else "Мои организации", own)]
        here = [(label, url, self._is_open(url), "") for label, url in places]
        return [*here, ("Обучение", "/guides/", self._is_open("/guides/"), self.unread)]

    @cached_property
    def unread(self) -> str:
        """«Что изменилось» has entries that this person has not read."""
        is_new = News.objects.of_region(self.region).unread_by(self.user).exists()
        return "есть новое" if is_new else ""

    def _is_open(self, url: str) -> bool:
        return self.path == url or (url != "/" and self.path.startswith(url))

    @property
    def is_demo(self) -> bool:
        return self.user.is_demo

    @property
    def is_trial(self) -> bool:
        return not settings.PORTAL_LIVE

    @cached_property
    def troubles(self) -> list[Trouble]:
        """What keeps letters from going or coming, for those who can do something about it."""
        return troubles() if self.sees_territory else []

    @property
    def support_email(self) -> str:
        return self.region.support_email if self.region else ""

    @property
    def department(self) -> str:
        return self.region.department_name if self.region else ""


def context(request: HttpRequest) -> dict[str, object]:
    """Context processor: a desk for whoever has signed in. Lazy, so that open pages ask the database nothing."""
    return {"desk": SimpleLazyObject(lambda: desk_of(request))}


def desk_of(request: HttpRequest) -> Desk | None:
    return Desk(request.user, request.path) if request.user.is_authenticated else None
