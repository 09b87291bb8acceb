"""The transaction: all or nothing, and few statements."""

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from stdnum.ru import inn as inn_number

from conftest import make_region
from organizations.import_apply import apply
from organizations.imports import plan_import
from organizations.models import Event, Organization
from organizations.statuses import Step
from organizations.tests.registry import HEAD, INN, KPP, OTHER_INN, SCHOOL, run, table


@pytest.mark.django_db
def test_nothing_is_written_when_one_row_of_the_file_cannot_be() -> None:
    plan = plan_import(table(SCHOOL, ["70", "", "Школа", OTHER_INN, KPP, ""]))
    plan.rows[1].facts["inn"] = INN  # what a row added meanwhile by somebody else looks like
    with pytest.raises(IntegrityError):
        apply(plan, by=None)
    assert not Organization.objects.exists()
    assert not Event.objects.exists()


@pytest.mark.django_db
def test_statements_grow_by_the_batch_and_not_by_the_row() -> None:
    make_region(code="70", name="Томская область")
    numbers = (number for n in range(7_000_000_000, 7_000_010_000) if inn_number.is_valid(number := str(n)))
    head = [*HEAD, "Зарегистрирована", "Администратор"]
    rows = [["70", "", f"Школа № {n}", next(numbers), KPP, "", "да", "Орлов Олег Петрович"] for n in range(300)]
    few, many = table(*rows[:3], head=head), table(*rows, head=head)
    statements = []
    for source in (few, many):
        with CaptureQueriesContext(connection) as queries:
            run(source)
        statements.append(len(queries))
    assert Organization.objects.filter(step=Step.REGISTERED).count() == 300
    # SQLite takes 999 values in a statement: some 40 rows.
    assert statements[1] - statements[0] <= 297 / 10, statements
