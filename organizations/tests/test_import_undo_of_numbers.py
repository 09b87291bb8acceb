"""A file brings the number of registration, and with it a doubt about the administrator; the doubt goes with it."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from conftest import make_organization
from organizations.import_work import work_on_files
from organizations.models import Appointment, Event, ImportFile, Municipality, Organization
from organizations.statuses import AdministratorState, Source, Step
from organizations.tests.test_import_undo import KPP, undo
from organizations.tests.test_import_work import INNS

Enter = Callable[[User], Client]
HERS, OTHER = "+7 913 820-00-01", "+7 913 820-00-99"
HEAD = "Регион;Полное наименование;ИНН;КПП;Номер регистрации в Сферуме"
COLUMNS = {"column_0": "region", "column_1": "full_name", "column_2": "inn", "column_3": "kpp"} | {
    "column_4": "registered_phone"
}


@pytest.fixture
def registered(municipality: Municipality) -> Organization:
    """She is confirmed; on which number the organization is registered, nobody has said."""
    row = make_organization(municipality, inn=INNS[1], kpp=KPP, step=Step.REGISTERED)
    facts = {"full_name": "Иванова Анна Петровна", "phone": HERS, "source": Source.SCHOOL}
    Appointment.objects.create(organization=row, **facts)
    row.set_administrator_state(AdministratorState.CONFIRMED)
    return row


def load(client: Client, organization: Organization, phone: str) -> ImportFile:
    content = f"{HEAD}\n70;{organization.full_name};{organization.inn};{KPP};{phone}".encode("cp1251")
    client.post("/organizations/import/", {"file": SimpleUploadedFile("реестр.csv", content)})
    file = ImportFile.objects.latest("pk")
    page = client.post(f"{file.get_absolute_url()}columns/", COLUMNS, follow=True)
    client.post(f"{file.get_absolute_url()}confirm/", {"version": page.context["file"].version})
    work_on_files()
    file.refresh_from_db()
    assert file.report["changed"] == 1
    return file


def state_of(organization: Organization) -> tuple[str, str]:
    organization.refresh_from_db()
    return organization.administrator_state, str(organization.registered_phone)


def test_the_state_that_the_number_had_moved_goes_back(enter: Enter, vera: User, registered: Organization) -> None:
    before = state_of(registered)
    file = load(enter(vera), registered, OTHER)
    assert state_of(registered) == ("changing", "+79138200099"), "red control: the file moves it"
    undo(enter(vera), file)
    assert state_of(registered) == before
    assert file.report["kept"] == 0
    assert "administrator_state" in Event.objects.filter(verb="organization.changed").latest("pk").fields


def test_a_number_that_had_settled_the_doubt_raises_it_again(
    enter: Enter, vera: User, registered: Organization
) -> None:
    Organization.objects.filter(pk=registered.pk).update(administrator_state="changing")
    before = state_of(registered)
    file = load(enter(vera), registered, HERS)
    assert state_of(registered)[0] == "confirmed"
    undo(enter(vera), file)
    assert state_of(registered) == before


def test_a_state_that_a_person_has_touched_since_stays_and_is_named(
    enter: Enter, vera: User, registered: Organization
) -> None:
    file = load(enter(vera), registered, OTHER)
    Event.record("handover.opened", registered, registered, by=vera)  # it is «сменился» for another reason now
    assert "Состояние администратора оставлено" in undo(enter(vera), file)
    assert state_of(registered) == ("changing", "")


def test_a_number_that_somebody_has_corrected_since_keeps_its_state(
    enter: Enter, vera: User, registered: Organization
) -> None:
    file = load(enter(vera), registered, OTHER)
    Organization.objects.filter(pk=registered.pk).update(registered_phone="+79138200055")
    assert "с тех пор изменено" in undo(enter(vera), file)
    assert state_of(registered) == ("changing", "+79138200055")
