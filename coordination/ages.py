"""How long join requests wait for the school: by days of the calendar, in the zone of whoever looks."""

from datetime import datetime, timedelta

from django.db.models import Case, CharField, Q, Value, When
from django.utils import timezone

from coordination.statuses import Age

# Age → the most days that have passed since the request was filed; older is the rest.
_MOST_DAYS = {Age.TODAY: 0, Age.FEW: 3, Age.WEEK: 7}


def _start(days_ago: int) -> datetime:
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - timedelta(days=days_ago)


def aged(age: str) -> Q:
    """Requests of that age."""
    order = list(Age)
    since = _MOST_DAYS.get(Age(age))
    condition = Q() if since is None else Q(created_at__gte=_start(since))
    younger = order.index(Age(age)) - 1
    return condition if younger < 0 else condition & Q(created_at__lt=_start(_MOST_DAYS[order[younger]]))


def age_expression() -> Case:
    whens = [When(aged(age), then=Value(age.value)) for age in Age]
    return Case(*whens, default=Value(Age.OLDER.value), output_field=CharField())
