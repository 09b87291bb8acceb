"""What a row tells of an organization itself."""

import pytest

from conftest import make_user
from organizations.models import Event, Organization
from organizations.statuses import Kind
from organizations.tests.registry import INN, KPP, OTHER_INN, columns, reason, run, table

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("МБОУ СОШ № 3", Kind.SCHOOL),
        ("МАОУ Гимназия № 29 г. Томска", Kind.SCHOOL),
        ("МКОУ «Начальная школа – детский сад»", Kind.SCHOOL),
        ("МАДОУ № 5 «Ромашка»", Kind.KINDERGARTEN),
        ("ОГБПОУ «Томский аграрный колледж»", Kind.COLLEGE),
        ("МАУ ДО «Дом детского творчества»", Kind.ADDITIONAL),
        ("МБОУ ДО ДЮСШ", Kind.ADDITIONAL),
        ("ФГБОУ ВО «Томский государственный университет»", Kind.OTHER),
        ("Образовательный центр «Взлёт»", Kind.OTHER),
    ],
)
def test_kind_is_told_by_the_name(name: str, kind: Kind) -> None:
    run(table(["70", "", name, INN, KPP, ""]))
    assert Organization.objects.get().kind == kind


def test_the_column_of_kinds_is_stronger_than_the_name() -> None:
    run(columns(Тип_организации="СПО"))
    assert Organization.objects.get().kind == Kind.COLLEGE


def test_only_filled_cells_change_and_the_change_is_told() -> None:
    run(columns(Адрес="ул. Мира, 5", Сайт="school.ru"))
    plan = run(columns(Адрес="ул. Лесная, 1", Сайт="-", Руководитель="Петрова Ольга Ивановна"))
    organization = Organization.objects.get()
    assert (organization.address, organization.site) == ("ул. Лесная, 1", "school.ru")
    assert [(change.label, change.before, change.after) for change in plan.rows[0].changes] == [
        ("Адрес", "ул. Мира, 5", "ул. Лесная, 1"),
        ("Руководитель", "", "Петрова Ольга Ивановна"),
    ]
    assert Event.objects.get(verb="organization.changed").fields == ["address", "head_name"]


def test_the_first_good_address_of_a_cell_is_taken_and_the_rest_is_told() -> None:
    plan = run(columns(Электронная_почта="Shkola@edu.ru; liceуmum@gmail.com, second@edu.ru"))
    assert Organization.objects.get().email == "shkola@edu.ru"
    assert len(plan.warnings) == 2


def test_an_official_mailbox_no_longer_signs_a_person_in() -> None:
    person = make_user(email="shkola@edu.ru")
    run(columns(Электронная_почта="shkola@edu.ru"))
    person.refresh_from_db()
    assert person.email_is_shared


def test_formulas_and_hidden_signs() -> None:
    run(columns(Адрес="=HYPERLINK(1)"))
    assert Organization.objects.get().address == "=HYPERLINK(1)"
    plan = run(table(["70", "", "Школа\0", OTHER_INN, KPP, ""]))
    assert "управляющие знаки" in reason(plan)
