"""An import is taken back where the rooms above it have gone on with its organizations."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from coordination.merge_undo import undo as unmerge
from coordination.merging import Choices, merge
from coordination.models import Snapshot, Standing
from organizations.models import Organization
from organizations.tests.test_import_undo import FULL, KPP, load, undo
from organizations.tests.test_import_work import INNS

Enter = Callable[[User], Client]
pytestmark = pytest.mark.django_db


def test_the_rows_of_a_night_keep_no_organization_in_the_list(enter: Enter, vera: User) -> None:
    client = enter(vera)
    file = load(client, FULL)
    Snapshot.objects.take(Organization.objects.get().region)
    assert Standing.objects.exists()
    undo(client, file)
    assert file.report["undone"] == 1
    assert not Organization.objects.exists()
    assert not Standing.objects.exists()


def test_what_was_merged_since_is_left_as_it_is_and_named(enter: Enter, vera: User) -> None:
    client = enter(vera)
    load(client, f"70;Первая;{INNS[1]};{KPP};ул. Старая, 1;;;", f"70;Вторая;{INNS[2]};{KPP};ул. Иная, 5;;;")
    file = load(client, f"70;Вторая;{INNS[2]};{KPP};ул. Мира, 2;;;")
    first, second = (Organization.objects.get(inn=inn) for inn in INNS[1:3])
    merge(first, second, Choices(facts=["address"]), by=vera)
    page = undo(client, file)
    first.refresh_from_db()
    assert first.address == "ул. Мира, 2", "the survivor does not get what the other one was before the file"
    assert "объединена с другой записью" in page
    assert file.report["kept"] == 1


def test_what_was_merged_and_taken_apart_again_goes_back_with_the_file(enter: Enter, vera: User) -> None:
    client = enter(vera)
    load(client, f"70;Первая;{INNS[1]};{KPP};ул. Старая, 1;;;", f"70;Вторая;{INNS[2]};{KPP};ул. Иная, 5;;;")
    file = load(client, f"70;Вторая;{INNS[2]};{KPP};ул. Мира, 2;;;")
    first, second = (Organization.objects.get(inn=inn) for inn in INNS[1:3])
    unmerge(merge(first, second, Choices(facts=["address"]), by=vera), by=vera)
    assert "объединена с другой записью" not in undo(client, file)
    second.refresh_from_db()
    assert second.address == "ул. Иная, 5"
