"""Large exports: the worker's file, killed, cancelled, out of rights, a day old; names only with a reason."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import User
from conftest import make_appointment, make_coordinator, make_organization
from coordination import exports
from coordination.export_work import work_on_exports
from coordination.models import Export
from coordination.models.export import MOST_IN_WORK, MOST_TRIES, LeaseLost, scope_of
from coordination.statuses import ExportFormat, ExportKind, ExportStatus
from coordination.tasks import take_snapshots
from coordination.tests.test_exports import READ, names_on_page
from coordination.views import exports as views
from foundation.verbs import WrongStatus
from organizations.models import Coordinator, Event, Municipality, Organization

Enter = Callable[[User], Client]
PAGE = "/organizations/export/"
REASON = "Обзвон школ о смене номеров"


@pytest.fixture(autouse=True)
def _few_rows_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "AT_ONCE", 3)
    monkeypatch.setattr(exports, "BATCH", 2)


@pytest.fixture
def schools(municipality: Municipality) -> list[Organization]:
    return [make_organization(municipality) for _ in range(5)]


def queued(by: User, query: str = "", **more: str) -> Export:
    terms = {"rows": 5, "region": None, "query": query, "reason": ""} | more
    return Export.objects.queue(ExportKind.ORGANIZATIONS, ExportFormat.XLSX, by=by, **terms)


def let_the_lease_run_out(export: Export) -> None:
    Export.objects.filter(pk=export.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def ready(by: User, query: str = "", **more: str) -> Export:
    export = queued(by, query, **more)
    work_on_exports()
    export.refresh_from_db()
    assert export.status == ExportStatus.READY
    return export


def die(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_strangers_get_404(schools: list[Organization], vera: User, nadia: User, marina: User, enter: Enter) -> None:
    export = ready(vera)
    for user in (nadia, marina):
        for address in ("", "progress/", "download/"):
            assert enter(user).get(f"{export.get_absolute_url()}{address}").status_code == 404
        assert enter(user).post(f"{export.get_absolute_url()}cancel/").status_code == 404
    assert enter(marina).get(PAGE).status_code == 404
    assert enter(marina).get("/reports/").status_code == 404


def test_a_long_list_is_put_together_by_the_worker_and_found_again(
    schools: list[Organization], vera: User, enter: Enter
) -> None:
    browser = enter(vera)
    asked = browser.get("/organizations/export.csv?sort=-name", follow=True)
    assert asked.request["PATH_INFO"] == PAGE
    assert not Export.objects.exists(), "a look at the address makes nothing"
    page = browser.post(f"{PAGE}?sort=-name&form=csv", {"form": "csv"}, follow=True).content.decode()
    assert "Собираем файл: 0 из 5" in page
    export = Export.objects.get()
    progress = f"{export.get_absolute_url()}progress/"
    assert "HX-Refresh" not in browser.get(progress)
    assert "собирается" in browser.get("/reports/").content.decode()
    assert work_on_exports() == 1
    assert browser.get(progress)["HX-Refresh"] == "true"
    assert "Файл готов: 5\xa0строк" in browser.get(export.get_absolute_url()).content.decode()
    answer = browser.get(f"{export.get_absolute_url()}download/")
    shown = names_on_page(browser, "/organizations/?sort=-name")
    assert [row[0] for row in READ["csv"](answer.content)[1:]] == shown
    verbs = Event.objects.filter(object_id=export.pk, object_type="coordination.export").values_list("verb", flat=True)
    assert set(verbs) == {"export.queued", "organizations.exported", "export.downloaded"}


def test_the_same_file_is_asked_for_once_and_no_more_than_three_at_a_time(vera: User) -> None:
    assert queued(vera, "kind=school") == queued(vera, "kind=school")
    for number in range(1, MOST_IN_WORK):
        queued(vera, f"step={number}")
    with pytest.raises(WrongStatus, match="Уже собираются"):
        queued(vera, "step=6")


def test_a_killed_worker_leaves_nothing_and_the_next_one_writes_the_whole_file(
    schools: list[Organization], vera: User, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = queued(vera)
    renew, steps = Export.renew, []

    def renew_twice(self: Export, **changes: object) -> None:
        steps.append(changes)
        die() if len(steps) > 2 else renew(self, **changes)

    with monkeypatch.context() as broken:
        broken.setattr(Export, "renew", renew_twice)
        with pytest.raises(KeyboardInterrupt):
            work_on_exports()
    export.refresh_from_db()
    assert (export.status, export.done, bytes(export.content)) == (ExportStatus.QUEUED, 2, b"")
    assert work_on_exports() == 0, "its lease still runs"
    let_the_lease_run_out(export)
    assert work_on_exports() == 1
    rows = READ["xlsx"](enter(vera).get(f"{export.get_absolute_url()}download/").content)
    assert len(rows) == 6
    assert Event.objects.filter(verb="organizations.exported").count() == 1


def test_who_was_only_thought_dead_writes_no_second_file(schools: list[Organization], vera: User) -> None:
    export = queued(vera)
    slow = Export.objects.all().claim()
    assert slow is not None
    assert Export.objects.all().claim() is None
    let_the_lease_run_out(export)
    work_on_exports()
    with pytest.raises(LeaseLost):
        slow.finish(b"old", rows=1, scope=["staff"])
    export.refresh_from_db()
    assert bytes(export.content) != b"old"


def test_a_file_that_breaks_every_worker_is_given_up_in_words(vera: User, enter: Enter) -> None:
    export = queued(vera)
    Export.objects.update(tries=MOST_TRIES)
    work_on_exports()
    assert "несколько раз прерывался" in enter(vera).get(export.get_absolute_url()).content.decode()


def test_a_cancelled_file_stops_the_worker(
    schools: list[Organization], vera: User, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    export, browser = queued(vera), enter(vera)
    renew, steps = Export.renew, []

    def cancelled_meanwhile(self: Export, **changes: object) -> None:
        if len(steps) == 1:
            browser.post(f"{export.get_absolute_url()}cancel/")
        steps.append(changes)
        renew(self, **changes)

    monkeypatch.setattr(Export, "renew", cancelled_meanwhile)
    work_on_exports()
    export.refresh_from_db()
    assert (export.status, bytes(export.content), len(steps)) == (ExportStatus.CANCELLED, b"", 2)
    assert "Вы отменили этот файл" in browser.get(export.get_absolute_url()).content.decode()
    page = browser.post(f"{export.get_absolute_url()}cancel/", follow=True).content.decode()
    assert "Файл уже не собирается" in page


def test_the_worker_writes_with_the_rights_of_its_own_hour(
    schools: list[Organization], other_school: Organization, vera: User, municipality: Municipality, enter: Enter
) -> None:
    """Asked for as the region's coordinator, written when only one municipality was left."""
    export = queued(vera)
    Coordinator.objects.filter(user=vera).update(ended_at=timezone.now())
    make_coordinator(municipality.region, municipality, vera)
    work_on_exports()
    names = {row[0] for row in READ["xlsx"](enter(vera).get(f"{export.get_absolute_url()}download/").content)[1:]}
    assert names == {school.name for school in schools}


def test_who_has_no_territory_left_gets_no_file(schools: list[Organization], vera: User, enter: Enter) -> None:
    export, kept = queued(vera), ready(vera, "kind=school")
    later = queued(vera, "step=1")
    Coordinator.objects.filter(user=vera).update(ended_at=timezone.now())
    work_on_exports()
    later.refresh_from_db()
    assert later.status == ExportStatus.FAILED
    for each in (export, kept):
        assert enter(vera).get(f"{each.get_absolute_url()}download/").status_code == 404


@pytest.mark.parametrize("is_checked", [True, False])
def test_a_lost_municipality_closes_its_file_and_the_red_control(
    schools: list[Organization],
    other_school: Organization,
    nadia: User,
    enter: Enter,
    monkeypatch: pytest.MonkeyPatch,
    is_checked: bool,
) -> None:
    export = ready(nadia)
    Coordinator.objects.filter(user=nadia).update(ended_at=timezone.now())
    make_coordinator(other_school.region, other_school.municipality, nadia)
    if not is_checked:
        monkeypatch.setattr(Export, "is_within_rights", lambda *_: True)
    answer = enter(nadia).get(f"{export.get_absolute_url()}download/")
    assert (schools[0].name in str(READ["xlsx"](answer.content))) if not is_checked else answer.status_code == 404


def test_a_wider_right_covers_a_narrower_one(nadia: User, vera: User, igor: User, municipality: Municipality) -> None:
    export = Export(scope=scope_of(nadia))
    assert export.is_within_rights(nadia)
    assert export.is_within_rights(vera)
    assert export.is_within_rights(igor)
    assert not Export(scope=scope_of(vera)).is_within_rights(nadia)
    assert not Export(scope=scope_of(igor)).is_within_rights(vera)
    assert not Export(scope=[]).is_within_rights(vera)


def test_a_file_lives_for_a_day(schools: list[Organization], vera: User, enter: Enter) -> None:
    export = ready(vera)
    assert Export.objects.all().erase_old() == 0
    Export.objects.update(finished_at=timezone.now() - Export.KEPT)
    browser = enter(vera)
    page = browser.get(f"{export.get_absolute_url()}download/", follow=True).content.decode()
    assert "стёрт" in page, "even before the hour of erasing"
    assert Export.objects.all().erase_old() == 1
    export.refresh_from_db()
    assert (export.status, bytes(export.content), export.total) == (ExportStatus.ERASED, b"", 5)


def test_the_worker_counts_days_as_the_region_does(schools: list[Organization], vera: User, enter: Enter) -> None:
    """Half past midnight in Tomsk is still the day before in the worker's own zone, where that day is no past one."""
    with time_machine.travel(datetime(2026, 11, 24, 17, 2, tzinfo=UTC), tick=False):
        take_snapshots()
    Organization.objects.update(step=7)
    with time_machine.travel(datetime(2026, 11, 24, 17, 30, tzinfo=UTC)):
        browser = enter(vera)
        browser.post(f"{PAGE}?as_of=2026-11-24", {"form": "csv"})
        with timezone.override("Europe/Moscow"):
            work_on_exports()
        answer = browser.get(f"{Export.objects.get().get_absolute_url()}download/")
    assert 'filename="organizacii-na-2026-11-24.csv"' in answer["Content-Disposition"]
    assert {row[2] for row in READ["csv"](answer.content)[1:]} == {"ещё не начали"}


def test_the_name_of_a_file_bears_the_day_on_which_it_was_written(
    schools: list[Organization], vera: User, enter: Enter
) -> None:
    with time_machine.travel(datetime(2026, 11, 24, 5, tzinfo=UTC)):
        export = ready(vera)
    with time_machine.travel(datetime(2026, 11, 25, 3, tzinfo=UTC)):
        answer = enter(vera).get(f"{export.get_absolute_url()}download/")
    assert 'filename="organizacii-2026-11-24.xlsx"' in answer["Content-Disposition"]


@pytest.mark.parametrize("reason", ["", "надо", " " * 20])
def test_no_names_without_a_reason(schools: list[Organization], vera: User, enter: Enter, reason: str) -> None:
    page = enter(vera).post(PAGE, {"form": "xlsx", "with_names": "on", "reason": reason}).content.decode()
    assert "напишите, для чего они нужны" in page
    assert not Export.objects.exists()


def test_the_database_knows_no_names_without_a_reason_either(vera: User) -> None:
    with pytest.raises(IntegrityError, match="export_names_have_reason"), transaction.atomic():
        Export.objects.create(
            by=vera, kind=ExportKind.ORGANIZATIONS, format="xlsx", status=ExportStatus.GIVEN, with_names=True
        )


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_names_and_telephones_come_with_a_reason_and_only_of_the_own_territory(
    school: Organization, other_school: Organization, marina: User, oleg: User, nadia: User, enter: Enter, form: str
) -> None:
    browser = enter(nadia)
    answer = browser.post(f"{PAGE}?names=yes", {"form": form, "with_names": "on", "reason": REASON})
    titles, row = READ[form](answer.content)
    person = {title: row[titles.index(title)] for title in titles}
    assert person["Администратор: имя"] == marina.full_name
    assert person["Администратор: телефон"] == "+7 900 000-14-27"
    assert person["Администратор: почта"] == marina.email
    assert "Орлов" not in str(row)
    export = Export.objects.get()
    assert (export.with_names, export.reason) == (True, REASON)
    assert "Обзвон" not in str(Event.objects.filter(verb="organizations.exported").values())


def test_without_the_box_no_name_is_in_the_file(school: Organization, marina: User, nadia: User, enter: Enter) -> None:
    answer = enter(nadia).post(PAGE, {"form": "csv", "reason": REASON})
    assert "Демидова" not in answer.content.decode()
    assert not Export.objects.get().with_names


def test_a_long_list_with_names_keeps_its_reason(schools: list[Organization], vera: User, enter: Enter) -> None:
    make_appointment(schools[0], full_name="Канарейкина Анна Петровна", phone="+79001112233")
    browser = enter(vera)
    browser.post(PAGE, {"form": "xlsx", "with_names": "on", "reason": REASON})
    work_on_exports()
    export = Export.objects.get()
    rows = READ["xlsx"](browser.get(f"{export.get_absolute_url()}download/").content)
    assert ["Канарейкина Анна Петровна", "+7 900 111-22-33"] in [row[-3:-1] for row in rows]
    assert export.reason == REASON
