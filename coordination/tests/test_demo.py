"""The example: whom anybody may enter as, what lies in it, and that nothing of it is real or leaves the portal."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.utils import timezone
from stdnum.ru import inn, ogrn

from accounts.models import User
from coordination.check_journey import differences
from coordination.checks import live_portal_holds_no_example
from coordination.demo import fill, welcome_lines
from coordination.demo.plan import SCHOOLS
from correspondence.models import Letter
from correspondence.outbox import deliver_due, next_letters
from correspondence.statuses import FINAL
from foundation.starting import refuse_unfit_database
from guides.models import Training
from invitations.models import JoinRequest
from invitations.statuses import Role
from organizations.models import Appointment, Organization, Region
from organizations.statuses import AdministratorState, Kind, Step
from registrations.models import HandoverRequest, HelpRequest, Inquiry, RegistrationRequest

RESERVED = re.compile(r".+@(edu|people|portal)\.example$")
OFFICIAL = {"info@sferum.ru"}  # Support, which is also the manager's address in the region's own instruction


@pytest.fixture(scope="module")
def _filled(django_db_setup, django_db_blocker):
    """Once for the file: the tests below run inside this transaction, each undoes what it does."""
    with django_db_blocker.unblock(), transaction.atomic():
        fill()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def example(_filled, db):
    return Region.objects.get()


def registered():
    return Organization.objects.filter(step__gte=Step.REGISTERED)


# --- nobody gets in by the back door -----------------------------------------------------------------------------


def test_one_enters_as_the_cast_and_as_nobody_else(example):
    for person in User.objects.demo_cast():
        client = Client()
        assert client.post(f"/accounts/enter-as/{person.pk}/").status_code == 302
        assert client.get("/", follow=True).status_code == 200
    other = User.objects.filter(is_demo=True, demo_role="").first()
    assert Client().post(f"/accounts/enter-as/{other.pk}/").status_code == 404


def test_live_portal_lets_nobody_enter_as_the_cast(example, settings):
    settings.PORTAL_LIVE = True
    for person in User.objects.demo_cast():
        assert Client().post(f"/accounts/enter-as/{person.pk}/").status_code == 404


def test_nobody_of_the_example_has_a_password(example):
    assert not any(user.has_usable_password() for user in User.objects.all())


def test_live_portal_refuses_the_example_in_words(example, settings):
    assert live_portal_holds_no_example(None, ["default"]) == []
    refuse_unfit_database()

    settings.PORTAL_LIVE = True
    assert "пример" in live_portal_holds_no_example(None, ["default"])[0].msg
    with pytest.raises(Exception, match="лежит пример"):
        refuse_unfit_database()


# --- what lies in it ---------------------------------------------------------------------------------------------


def test_figures_of_the_region(example):
    assert registered().count() == 229
    assert registered().filter(kind=Kind.SCHOOL).count() == 202
    beginners = Organization.objects.exclude(pk__in=registered())
    assert beginners.count() == 12
    assert set(beginners.values_list("step", flat=True)) == {None, Step.APPOINTED, Step.REQUESTED}
    assert RegistrationRequest.objects.filter(organization__in=beginners).count() == 3
    assert example.municipalities.count() == 20
    assert set(Organization.objects.values_list("municipality__name", flat=True)) == set(SCHOOLS)


def test_of_most_nobody_knows_who_answers_today(example):
    doubtful = [AdministratorState.UNCONFIRMED, AdministratorState.CHANGING]
    assert registered().filter(administrator_state__in=doubtful).count() > 229 / 2
    assert set(Organization.objects.values_list("administrator_state", flat=True)) == set(AdministratorState.values)
    assert set(registered().values_list("step", flat=True)) == set(range(Step.REGISTERED, Step.MIGRATED + 1))


def test_journey_agrees_with_its_facts(example):
    assert list(differences()) == []


def test_names_and_numbers_look_like_a_register(example):
    organizations = list(Organization.objects.all())
    assert all(inn.is_valid(one.inn) and ogrn.is_valid(one.ogrn) for one in organizations)
    names = [one.full_name for one in organizations if not one.branch]
    assert len(names) == len(set(names))
    assert max(map(len, names)) == 322
    assert any(name[0].islower() for name in names)
    assert any("ё" in name for name in names)
    assert Organization.objects.exclude(branch="").exists()
    assert Organization.objects.filter(email="").exists()


def test_each_of_the_cast_has_something_to_do(example):
    marina, oleg = (User.objects.get(full_name__startswith=name) for name in ("Демидова", "Орлов"))
    school = Organization.objects.administered_by(marina).get()
    pending = JoinRequest.objects.pending().filter(organization=school)
    assert pending.count() >= 40
    assert pending.filter(role=Role.TEACHER).exists()
    assert Organization.objects.administered_by(oleg).get().step == Step.REQUESTED
    assert Appointment.objects.unchecked().count() >= 1
    assert Inquiry.objects.open().exists()
    assert Inquiry.objects.filter(answered_at__isnull=False).exists()
    assert HandoverRequest.objects.awaiting().exists()
    assert HelpRequest.objects.awaiting().exists()
    assert Training.objects.upcoming().count() == 2


def test_everything_bears_the_mark(example):
    for model in (Region, Organization, User):
        assert not model.objects.filter(is_demo=False).exists()


def test_welcome_names_the_cast(example, settings):
    words = "\n".join(welcome_lines())
    assert "Вера Николаевна" in words
    assert "служба портала" in words

    settings.PORTAL_LIVE = True
    assert list(welcome_lines()) == []


# --- nothing real, nothing leaves --------------------------------------------------------------------------------


def test_no_address_or_number_is_anybodys(example):
    addresses = {
        *User.objects.exclude(email=None).values_list("email", flat=True),
        *Organization.objects.exclude(email="").values_list("email", flat=True),
        *Appointment.objects.exclude(email="").values_list("email", flat=True),
        *JoinRequest.objects.exclude(email="").values_list("email", flat=True),
        *Letter.objects.values_list("recipient", flat=True),
    }
    assert [one for one in addresses - OFFICIAL if not RESERVED.match(one)] == []
    phones = {
        *User.objects.exclude(phone=None).values_list("phone", flat=True),
        *Organization.objects.exclude(registered_phone="").values_list("registered_phone", flat=True),
        *Appointment.objects.exclude(phone="").values_list("phone", flat=True),
        *JoinRequest.objects.exclude(phone="").values_list("phone", flat=True),
    }
    assert [str(one) for one in phones if not str(one).startswith("+7900000")] == []


def test_no_letter_is_ever_due(example):
    assert {*Letter.objects.values_list("status", flat=True)} <= set(FINAL)
    with time_machine.travel(timezone.now() + timedelta(days=400)):
        assert next_letters() == []
        assert deliver_due() == 0


def test_days_are_before_today_and_the_last_ones_are_recent(example):
    today = timezone.localdate(timezone=example.zone)
    days = list(registered().values_list("step_since", flat=True))
    assert max(days) <= today
    assert min(days).year == 2021
    assert JoinRequest.objects.filter(created_at__gte=timezone.now() - timedelta(days=5)).exists()
    assert not JoinRequest.objects.filter(created_at__gt=timezone.now()).exists()
