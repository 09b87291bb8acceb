"""What a registry tells of registration and administrator, with the source «по реестру»."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from conftest import make_appointment
from organizations.journey import reach
from organizations.models import Appointment, Event, Milestone, Organization
from organizations.statuses import AdministratorState, Source, Step
from organizations.tests.registry import SCHOOL, columns, counts, run, table

pytestmark = pytest.mark.django_db


def test_registered_on_becomes_a_milestone_told_by_the_registry() -> None:
    plan = run(columns(Зарегистрирована="01.09.2021"))
    organization = Organization.objects.get()
    milestone = Milestone.objects.get()
    assert (milestone.step, milestone.reached_on, milestone.source) == (
        Step.REGISTERED,
        date(2021, 9, 1),
        Source.REGISTRY,
    )
    assert (organization.step, organization.step_since) == (Step.REGISTERED, date(2021, 9, 1))
    assert plan.counts["added"] == 1
    assert counts(run(columns(Зарегистрирована="01.09.2021"))) == (0, 0, 1, 0)


@pytest.mark.parametrize(("cell", "day"), [("2021-09-01", date(2021, 9, 1)), ("44440", date(2021, 9, 1)), ("да", None)])
def test_ways_to_write_the_day(cell: str, day: date | None) -> None:
    run(columns(Дата_регистрации_в_Сферуме=cell))
    assert Milestone.objects.get().reached_on == day


@pytest.mark.parametrize("cell", ["нет", "31.02.2021", "01.01.1970", "скоро", "{tomorrow}"])
def test_no_or_an_impossible_day_notes_nothing_and_keeps_the_row(cell: str) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    plan = run(columns(Зарегистрирована=cell.format(tomorrow=f"{tomorrow:%d.%m.%Y}")))
    assert plan.counts["added"] == 1
    assert len(plan.warnings) == (cell != "нет")
    assert not Milestone.objects.exists()


def test_the_administrator_is_named_unconfirmed_and_gets_no_account() -> None:
    users = User.objects.count()
    source = columns(Администратор="Демидова Марина Сергеевна", Телефон_администратора="8 900 000-14-27")
    run(source)
    appointment = Appointment.objects.get()
    organization = Organization.objects.get()
    assert (appointment.full_name, str(appointment.phone)) == ("Демидова Марина Сергеевна", "+79000001427")
    assert (appointment.source, appointment.user, appointment.confirmed_on) == (Source.REGISTRY, None, None)
    assert organization.administrator_state == AdministratorState.UNCONFIRMED
    assert organization.step == Step.APPOINTED
    assert User.objects.count() == users
    assert counts(run(source)) == (0, 0, 1, 0)


def test_a_newer_registry_replaces_only_whom_a_registry_had_named() -> None:
    run(columns(Администратор="Демидова Марина Сергеевна"))
    plan = run(columns(Администратор="Орлов Олег Петрович"))
    assert counts(plan) == (0, 1, 0, 0)
    assert Organization.objects.get().administrator.full_name == "Орлов Олег Петрович"  # type: ignore[union-attr]
    back = run(columns(Администратор="Демидова Марина Сергеевна"))
    assert counts(back) == (0, 0, 1, 0)
    assert "уже прекращены" in back.warnings[0].reason


def test_an_appointment_made_in_the_portal_is_never_replaced() -> None:
    run(table(SCHOOL))
    appointment = make_appointment(Organization.objects.get(), full_name="Демидова Марина Сергеевна")
    plan = run(columns(Администратор="Орлов Олег Петрович"))
    assert counts(plan) == (0, 0, 1, 0)
    assert "уже назначен в портале" in plan.warnings[0].reason
    assert Appointment.objects.get() == appointment


def test_a_step_never_goes_back() -> None:
    run(table(SCHOOL))
    organization = Organization.objects.get()
    reach(organization, Step.CLASSES, by=None, source=Source.PORTAL)
    run(columns(Зарегистрирована="01.09.2021"))
    organization.refresh_from_db()
    assert organization.step == Step.CLASSES
    assert Milestone.objects.filter(step=Step.REGISTERED).exists()


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"Администратор": "Иванов"}, "фамилию и имя полностью"),
        ({"Администратор": "Иванов Иван", "Телефон_администратора": "(3822) 51-00-00"}, "городской"),
        ({"Администратор": "", "Телефон_администратора": "+79000001427"}, "Имя администратора не указано"),
    ],
)
def test_a_fault_of_an_optional_cell_is_told_and_the_row_kept(cells: dict[str, str], words: str) -> None:
    plan = run(columns(**cells))
    assert plan.counts["added"] == 1
    assert words in plan.warnings[0].reason


def test_the_registered_number_is_filled_in_but_never_replaced() -> None:
    run(columns(Телефон_регистрации_в_Сферуме="+79000001427"))
    run(columns(Телефон_регистрации_в_Сферуме="+79000001428"))
    assert str(Organization.objects.get().registered_phone) == "+79000001427"


@pytest.mark.parametrize(
    ("own", "before", "after"),
    [
        ("+79000001427", AdministratorState.CHANGING, AdministratorState.CONFIRMED),
        ("+79000001428", AdministratorState.CONFIRMED, AdministratorState.CHANGING),
        ("+79000001428", AdministratorState.UNKNOWN, AdministratorState.UNKNOWN),
    ],
)
def test_the_registered_number_tells_whether_the_administrator_holds_it(own: str, before: str, after: str) -> None:
    run(table(SCHOOL))
    school = Organization.objects.get()
    make_appointment(school, phone=own)
    Organization.objects.update(administrator_state=before)
    run(columns(Телефон_регистрации_в_Сферуме="+79000001427"))
    school.refresh_from_db()
    assert school.administrator_state == after
    assert Event.objects.get(verb="registered-phone.changed").organization == school
