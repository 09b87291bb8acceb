"""The cast of characters and plain builders for every test.

Marina administers school 1 of the first municipality, Oleg another school of the second one, Vera coordinates
the region, Nadia the first municipality, Igor belongs to the portal's staff.
"""

from collections.abc import Callable, Iterator
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.test import Client
from django.utils import timezone

from accounts.models import User
from correspondence.tests.imap_server import box, dovecot, fickle  # noqa: F401 - fixtures
from correspondence.tests.sink import smtp_sink  # noqa: F401 - a fixture
from organizations.models import Appointment, Coordinator, Municipality, Organization, Region, SchoolClass
from organizations.statuses import Source

_numbers = count(1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests begin first: one that begins last is waited for by an idle core."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(autouse=True, scope="session")
def _passwords_cost_little() -> None:
    """The portal's own hasher, without the cost that keeps guessers away: it would be a tenth of a second each time."""
    Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost, Argon2PasswordHasher.parallelism = 1, 8, 1


@pytest.fixture(autouse=True)
def _addresses_of_static_files_need_no_manifest(settings: Any) -> None:
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}


@pytest.fixture
def day_of_the_cast() -> Iterator[None]:
    """«Today» in Tomsk, where it lives: from 17 to 21 hours UTC a day has begun there that Moscow does not know.

    For tests that count the days of an organization; what the portal counts for itself goes by its settings.
    """
    with timezone.override(ZoneInfo("Asia/Tomsk")):
        yield


def make_region(**fields: Any) -> Region:
    number = next(_numbers)
    return Region.objects.create(
        **{
            "code": f"{number % 1000:03d}",
            "name": f"Область {number}",
            "time_zone": "Asia/Tomsk",
            "department_name": "Департамент образования",
            "department_phone": "+7 3822 00-00-01",
            "manager_name": "Менеджер Тест",
            "manager_phone": "+79250000001",
            "manager_email": "manager@sferum.example",
        }
        | fields
    )


def make_municipality(region: Region | None = None, **fields: Any) -> Municipality:
    return Municipality.objects.create(
        **{"region": region or make_region(), "name": f"Район {next(_numbers)}"} | fields
    )


def make_organization(municipality: Municipality | None = None, **fields: Any) -> Organization:
    municipality = municipality or make_municipality()
    number = next(_numbers)
    return Organization.objects.create(
        **{
            "region": municipality.region,
            "municipality": municipality,
            "full_name": f"Муниципальное бюджетное общеобразовательное учреждение «Школа № {number}»",
            "short_name": f"МБОУ «Школа № {number}»",
            "inn": f"70{number:08d}",
            "kpp": "700001001",
            "email": f"school{number}@edu.example.ru",
            "head_name": "Петрова Ольга Ивановна",
        }
        | fields
    )


def make_user(**fields: Any) -> User:
    number = next(_numbers)
    return User.objects.create_user(
        **{"email": f"user{number}@example.ru", "full_name": f"Иванова Анна {number}".strip(" 0123456789")} | fields
    )


def make_coordinator(
    region: Region, municipality: Municipality | None = None, user: User | None = None, **fields: Any
) -> Coordinator:
    return Coordinator.objects.create(user=user or make_user(), region=region, municipality=municipality, **fields)


def make_appointment(organization: Organization, user: User | None = None, **fields: Any) -> Appointment:
    """An acting appointment of a known user, without the letters and milestones that `appoint` brings."""
    user = user or make_user(phone=f"+7909{next(_numbers):07d}")
    return Appointment.objects.create(
        **{
            "organization": organization,
            "user": user,
            "full_name": user.full_name,
            "phone": user.phone or "",
            "email": user.email or "",
            "source": Source.SCHOOL,
            "since": date(2026, 9, 1),  # long before any day to which a test moves the clock
        }
        | fields
    )


def make_class(organization: Organization, **fields: Any) -> SchoolClass:
    return SchoolClass.objects.create(
        **{"organization": organization, "academic_year": 2026, "grade": 7, "section": "Б", "size": 25} | fields
    )


@pytest.fixture
def region(db: None) -> Region:
    return make_region(name="Томская область", code="70")


@pytest.fixture
def municipality(region: Region) -> Municipality:
    return make_municipality(region, name="Верхнекетский район")


@pytest.fixture
def school(municipality: Municipality) -> Organization:
    return make_organization(municipality)


@pytest.fixture
def other_school(region: Region) -> Organization:
    return make_organization(make_municipality(region, name="Асиновский район"))


@pytest.fixture
def marina(school: Organization) -> User:
    user = make_user(full_name="Демидова Марина Сергеевна", phone="+79000001427")
    make_appointment(school, user)
    return user


@pytest.fixture
def oleg(other_school: Organization) -> User:
    user = make_user(full_name="Орлов Олег Петрович", phone="+79000001428")
    make_appointment(other_school, user)
    return user


@pytest.fixture
def vera(region: Region) -> User:
    return make_coordinator(region, user=make_user(full_name="Кузнецова Вера Николаевна")).user


@pytest.fixture
def nadia(municipality: Municipality) -> User:
    user = make_user(full_name="Лебедева Надежда Юрьевна")
    return make_coordinator(municipality.region, municipality, user).user


@pytest.fixture
def igor(db: None) -> User:
    return make_user(full_name="Соколов Игорь Андреевич", is_staff=True)


@pytest.fixture
def enter() -> Callable[[User], Client]:
    """`enter(marina)` gives a browser in which Marina has signed in."""

    def signed_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return signed_in


SHARED_DATA = settings.BASE_DIR.parent / "shared" / "data"
"""Real files that lie beside the checkout and are not committed; tests over them are collected where it exists."""


def shared_files(*patterns: str) -> list[Path]:
    return sorted(path for pattern in patterns for path in SHARED_DATA.glob(pattern) if path.is_file())
