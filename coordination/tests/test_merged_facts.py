"""What the row that stays takes over from the one that goes is known wherever it would be had a person written it."""

import pytest

from accounts.models import User
from conftest import make_organization
from coordination.merging import Choices, merge
from organizations.models import Event, Organization, SearchWord
from organizations.searching import search
from organizations.statuses import AdministratorState

pytestmark = pytest.mark.django_db


@pytest.fixture
def double(school: Organization) -> Organization:
    return make_organization(school.municipality, short_name="СОШ № 1 (дубль)")


def test_names_that_were_taken_over_are_found_as_typed_and_with_a_slip(
    school: Organization, double: Organization, vera: User
) -> None:
    Organization.objects.filter(pk=double.pk).update(short_name="Гимназия Светлячок")
    double.refresh_from_db()
    SearchWord.objects.all().delete()
    merge(school, double, Choices(facts=["short_name"]), by=vera)
    for typed in ("светлячок", "светлячек"):
        assert list(search(Organization.objects.listed(), typed).rows) == [school]


def test_the_code_of_the_departments_registry_goes_over(school: Organization, double: Organization, vera: User) -> None:
    Organization.objects.filter(pk=double.pk).update(own_code="4410")
    double.refresh_from_db()
    merge(school, double, Choices(), by=vera)
    school.refresh_from_db()
    assert school.own_code == "4410"


def test_the_registered_number_comes_with_its_line_and_its_state(
    school: Organization, double: Organization, marina: User, vera: User
) -> None:
    Organization.objects.filter(pk=double.pk).update(registered_phone="+79000001499")
    Organization.objects.filter(pk=school.pk).update(
        registered_phone="", administrator_state=AdministratorState.CONFIRMED
    )
    for row in (school, double):
        row.refresh_from_db()
    merge(school, double, Choices(), by=vera)
    school.refresh_from_db()
    assert str(school.registered_phone) == "+79000001499"
    assert Event.objects.get(verb="registered-phone.changed").organization == school
    assert school.administrator_state == AdministratorState.CHANGING, "hers is another number"
