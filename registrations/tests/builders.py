"""What the tests of this room build."""

from typing import Any

from django.utils import timezone

from conftest import make_appointment, make_municipality, make_organization
from organizations.journey import reach
from organizations.models import Municipality, Organization, Region
from organizations.statuses import Source, Step


def make_ready(region: Region, municipality: Municipality | None = None, **fields: Any) -> Organization:
    """Everything that the letter about registration needs, the administrator's own word included."""
    school = make_organization(municipality or make_municipality(region), **fields)
    make_appointment(school, full_name="Иванова Анна Сергеевна", agreed_at=timezone.now())
    reach(school, Step.APPOINTED, by=None, source=Source.SCHOOL, on=timezone.localdate())
    return school
