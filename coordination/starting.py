"""How a region begins: its row with the municipalities, the guides, and its first coordinator."""

from django.db import transaction

from coordination.demo import has_demo
from guides.starting import ensure_guides
from organizations.models import Coordinator
from organizations.regions import ensure_region, regions


class CannotStart(Exception):
    """In words for a person: why real data may not begin here."""


@transaction.atomic
def start_region(code: str, *, full_name: str, email: str) -> Coordinator:
    """The coordinator of the whole region; the same person a second time is the same row. Raises CannotStart."""
    if code not in regions():
        raise CannotStart(f"Субъекта с номером «{code}» нет. Пример: 70 – Томская область.")
    if has_demo():
        raise CannotStart(
            "В этой базе лежит пример. Настоящие данные начинают с пустой базы: "
            "укажите другую папку данных (PORTAL_DATA) или другую базу (DATABASE_URL)."
        )
    region = ensure_region(code)
    ensure_guides(region)
    return Coordinator.objects.invite(region=region, municipality=None, full_name=full_name, email=email, by=None)
