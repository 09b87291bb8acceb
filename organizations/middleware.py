"""Dates and hours in the zone of the person's own region."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.models import User
from organizations.models import Appointment, Coordinator

_KEPT = "time_zone"


class RegionTime:
    """Activates the zone for the request; it is looked up once and then kept in the session."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            with timezone.override(None):  # an open page activates the zone of the organization it is about
                return self.get_response(request)
        if _KEPT not in request.session:
            request.session[_KEPT] = _zone_of(request.user)
        with timezone.override(request.session[_KEPT]):
            return self.get_response(request)


def _zone_of(user: User) -> str:
    zone = Coordinator.objects.acting().filter(user=user).values_list("region__time_zone", flat=True).first()
    zone = zone or (
        Appointment.objects.acting().filter(user=user).values_list("organization__region__time_zone", flat=True).first()
    )
    return zone or timezone.get_default_timezone_name()
