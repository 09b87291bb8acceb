"""Rows are known by ИНН + КПП; by ОГРН only where neither side has a КПП."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from stdnum.ru import inn as inn_number

from organizations.models import Event, Organization
from organizations.statuses import Outcome
from organizations.tests.registry import INN, KPP, OGRN, SCHOOL, counts, reason, run, table

pytestmark = pytest.mark.django_db


def test_a_second_time_everything_is_the_same_and_nothing_is_written() -> None:
    assert counts(run(table(SCHOOL))) == (1, 0, 0, 0)
    events = Event.objects.count()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert counts(run(table(SCHOOL))) == (0, 0, 1, 0)
    assert Event.objects.count() == events == 1
    assert not [query for query in queries if query["sql"].startswith(("INSERT", "UPDATE"))]


def test_ogrn_is_the_key_only_where_neither_side_has_a_kpp() -> None:
    bare = [*SCHOOL[:3], INN, "", OGRN]
    assert counts(run(table(bare))) == (1, 0, 0, 0)
    assert counts(run(table(bare))) == (0, 0, 1, 0)
    with_kpp = run(table([*SCHOOL[:3], INN, KPP, OGRN]))
    assert counts(with_kpp) == (1, 0, 0, 0)
    assert "проверьте, не она ли это" in with_kpp.warnings[0].reason


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        (["", "", ""], "непонятно, какая это организация"),
        ([INN, "", ""], "одного ИНН мало"),
        (["", KPP, OGRN], "КПП есть, а ИНН не указан"),
        (["7004003519", KPP, ""], "контрольная цифра"),
        (["70040035", KPP, ""], "должно быть 10 цифр"),
        ([INN, "70040100", ""], "должно быть 9 знаков"),
        ([INN, KPP, "1157700015847"], "контрольная цифра"),
    ],
)
def test_no_key_or_a_wrong_number_refuses_the_row(numbers: list[str], words: str) -> None:
    plan = run(table([*SCHOOL[:3], *numbers]))
    assert words in reason(plan)
    assert not Organization.objects.exists()


@pytest.mark.parametrize("typed", ["7004003510.0", " 7004 003510 ", "'7004003510", "7004003510,0"])
def test_inn_typed_as_a_number_is_read(typed: str) -> None:
    run(table([*SCHOOL[:3], typed, KPP, ""]))
    assert Organization.objects.get().inn == INN


def test_a_lost_zero_is_restored_where_the_checksum_then_fits() -> None:
    inn = next(number for n in range(100) if inn_number.is_valid(number := f"01050000{n:02d}"))
    run(table(["01", "", "Школа", inn.removeprefix("0"), "10501001", ""]))
    assert Organization.objects.values_list("inn", "kpp").get() == (inn, "010501001")


def test_both_numbers_in_one_column() -> None:
    run(table(["70", "Школа", f"{INN}/{KPP}"], head=["Регион", "Наименование", "ИНН/КПП"]))
    assert Organization.objects.values_list("inn", "kpp").get() == (INN, KPP)


def test_equal_rows_of_one_key_count_as_the_same() -> None:
    twice = [*SCHOOL[:2], 'МБОУ "школа №  1"', *SCHOOL[3:]]
    assert counts(run(table(SCHOOL, twice))) == (1, 0, 1, 0)


def test_different_rows_of_one_key_are_all_refused_and_name_each_other() -> None:
    other = [*SCHOOL[:2], "Школа № 1 имени Героя", *SCHOOL[3:]]
    plan = run(table(SCHOOL, other, SCHOOL))
    assert counts(plan) == (0, 0, 0, 3)
    assert ["строке 3" in plan.reasons[0].reason, "строке 2" in plan.reasons[1].reason] == [True, True]
    assert not Organization.objects.exists()


def test_a_branch_beside_its_school_does_not_keep_the_school_out() -> None:
    """In real lists buildings are rows of their own: both were refused, however often the file was loaded."""
    branch = [*SCHOOL[:2], "Филиал школы № 1", *SCHOOL[3:]]
    plan = run(table(branch, SCHOOL, SCHOOL))
    assert counts(plan) == (1, 0, 1, 1)
    assert "другое здание организации из строки 3" in plan.reasons[0].reason
    assert Organization.objects.get().full_name == SCHOOL[2]
    again = run(table(branch, SCHOOL))
    assert again.with_outcome(Outcome.ASKED)[0].row.number == 2, "now that the school is there, a person is asked"
    assert counts(again) == (0, 0, 1, 0)
