"""Who becomes a coordinator: a person with a mailbox of one's own. Municipal coordinators get a 404 here."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from organizations.models import Coordinator, Organization

Enter = Callable[[User], Client]
pytestmark = pytest.mark.django_db


def test_a_municipal_coordinator_gets_a_404(nadia: User, enter: Enter) -> None:
    assert enter(nadia).get("/coordinators/invite/").status_code == 404


def test_an_official_mailbox_signs_nobody_in(vera: User, school: Organization, enter: Enter) -> None:
    typed = {"full_name": "Смирнова Анна Петровна", "email": school.email.upper(), "municipality": ""}
    page = enter(vera).post("/coordinators/invite/", typed).content.decode()

    assert "официальная почта организации" in page
    assert Coordinator.objects.count() == 1
    assert not User.objects.filter(email=school.email).exists()
