"""A whole import is taken back: what nobody has touched since goes, what somebody has is named and stays."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.models import User
from organizations import import_undo
from organizations.import_work import work_on_files
from organizations.journey import reach
from organizations.models import Appointment, Event, ImportFile, Milestone, Organization, SchoolClass
from organizations.statuses import AppointmentStatus, ImportStatus, Source, Step
from organizations.tests.test_import_work import INNS

Enter = Callable[[User], Client]
PAGE = "/organizations/import/"
KPP = "700001001"
HEAD = "Регион;Полное наименование;ИНН;КПП;Адрес;Зарегистрирована в Сферуме;Администратор;Телефон администратора"
COLUMNS = dict(
    zip(
        [f"column_{n}" for n in range(8)],
        ["region", "full_name", "inn", "kpp", "address", "registered_on", "administrator", "administrator_phone"],
        strict=True,
    )
)


def load(client: Client, *rows: str) -> ImportFile:
    content = "\n".join([HEAD, *rows]).encode("cp1251")
    client.post(PAGE, {"file": SimpleUploadedFile("реестр.csv", content)})
    file = ImportFile.objects.latest("pk")
    page = client.post(f"{file.get_absolute_url()}columns/", COLUMNS, follow=True)
    client.post(f"{file.get_absolute_url()}answers/", {"rest": "yes"})
    client.post(f"{file.get_absolute_url()}confirm/", {"version": page.context["file"].version})  # type: ignore[attr-defined]
    work_on_files()
    file.refresh_from_db()
    assert file.status == ImportStatus.APPLIED
    return file


def undo(client: Client, file: ImportFile) -> str:
    client.post(f"{file.get_absolute_url()}undo/")
    work_on_files()
    file.refresh_from_db()
    return client.get(file.get_absolute_url()).content.decode()


FULL = f"70;Школа;{INNS[1]};{KPP};ул. Мира, 1;01.09.2022;Иванова Анна Петровна;+7 913 820-00-01"


def test_what_it_added_goes_with_all_that_it_hung_on_it(enter: Enter, vera: User) -> None:
    client = enter(vera)
    file = load(client, FULL)
    assert (Organization.objects.count(), Milestone.objects.count(), Appointment.objects.count()) == (1, 2, 1)
    lines = Event.objects.count()
    assert "Загрузка файла" in undo(client, file)
    assert (Organization.objects.count(), Milestone.objects.count(), Appointment.objects.count()) == (0, 0, 0)
    assert Event.objects.count() == lines + 3, "the journal loses no line: removed, and the undo's two"
    assert file.report["undone"] == 1
    assert load(client, FULL).report["added"] == 1, "and the way is free for the next file"


def test_one_that_is_in_use_stays_and_is_named(enter: Enter, vera: User) -> None:
    client = enter(vera)
    file = load(client, FULL, f"70;Другая;{INNS[2]};{KPP};;;;")
    used = Organization.objects.get(inn=INNS[1])
    SchoolClass.objects.create(organization=used, academic_year=2026, grade=5, section="А")
    page = undo(client, file)
    assert list(Organization.objects.all()) == [used]
    assert "уже работали в портале" in page
    assert SchoolClass.objects.exists()
    assert (file.report["undone"], file.report["kept"]) == (1, 1)


def test_changed_fields_go_back_only_where_nobody_has_changed_them_since(enter: Enter, vera: User) -> None:
    client = enter(vera)
    load(client, f"70;Школа;{INNS[1]};{KPP};ул. Старая, 1;;;")
    file = load(client, f"70;Школа новая;{INNS[1]};{KPP};ул. Новая, 2;;;")
    Organization.objects.update(address="ул. Третья, 3")
    page = undo(client, file)
    school = Organization.objects.get()
    assert (school.full_name, school.address) == ("Школа", "ул. Третья, 3")
    assert "новая" not in school.search_key
    assert "Адрес: с тех пор изменено" in page


def test_what_the_file_said_of_the_road_is_taken_back(enter: Enter, vera: User) -> None:
    client = enter(vera)
    load(client, f"70;Школа;{INNS[1]};{KPP};;;;")
    file = load(client, FULL)
    assert Organization.objects.get().step == Step.REGISTERED
    undo(client, file)
    school = Organization.objects.get()
    assert (school.step, school.administrator_state) == (None, "unknown")
    assert Appointment.objects.get().status == AppointmentStatus.ENDED
    assert file.report["kept"] == 0


def test_a_road_that_went_on_keeps_its_milestones(enter: Enter, vera: User) -> None:
    client = enter(vera)
    load(client, f"70;Школа;{INNS[1]};{KPP};;;;")
    file = load(client, f"70;Школа;{INNS[1]};{KPP};;01.09.2022;;")
    reach(Organization.objects.get(), Step.SIGNED_IN, by=vera, source=Source.COORDINATOR)
    assert "организация прошла дальше" in undo(client, file)
    assert Organization.objects.get().step == Step.SIGNED_IN
    assert Milestone.objects.filter(step=Step.REGISTERED).exists()


def test_a_killed_worker_s_undo_goes_on(enter: Enter, vera: User, monkeypatch: pytest.MonkeyPatch) -> None:
    client = enter(vera)
    file = load(client, *[f"70;Школа {n};{INNS[n]};{KPP};;;;" for n in range(5)])
    monkeypatch.setattr(import_undo, "BATCH", 2)
    whole, seen = import_undo._undo_batch, []

    def once(*args: object) -> None:
        if seen:
            raise KeyboardInterrupt
        seen.append(1)
        whole(*args)  # type: ignore[arg-type]

    client.post(f"{file.get_absolute_url()}undo/")
    with monkeypatch.context() as broken:
        broken.setattr(import_undo, "_undo_batch", once)
        with pytest.raises(KeyboardInterrupt):
            work_on_files()
    assert Organization.objects.count() == 3
    ImportFile.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    work_on_files()
    file.refresh_from_db()
    assert (Organization.objects.count(), file.status, file.report["undone"]) == (0, ImportStatus.UNDONE, 5)


def test_closed_ones_open_again(enter: Enter, vera: User) -> None:
    client = enter(vera)
    load(client, f"70;Школа;{INNS[1]};{KPP};;;;", f"70;Вторая;{INNS[2]};{KPP};;;;")
    file = load(client, f"70;Школа;{INNS[1]};{KPP};ул. Мира, 1;;;")
    client.post(f"{file.get_absolute_url()}missing/", {"everybody": "on"})
    assert Organization.objects.exclude(closed_on=None).count() == 1
    undo(client, file)
    assert not Organization.objects.exclude(closed_on=None).exists()


def test_two_weeks_later_or_twice_it_is_too_late(enter: Enter, vera: User, nadia: User) -> None:
    client = enter(vera)
    file = load(client, FULL)
    assert enter(nadia).post(f"{file.get_absolute_url()}undo/").status_code == 404
    late = timezone.now() - ImportFile.REPORT_KEPT - timedelta(minutes=1)
    ImportFile.objects.update(applied_at=late)
    assert client.post(f"{file.get_absolute_url()}undo/").status_code == 404
    ImportFile.objects.update(applied_at=timezone.now())
    undo(client, file)
    again = client.post(f"{file.get_absolute_url()}undo/", follow=True).content.decode()
    assert "отменена" in again
    assert Event.objects.filter(verb="import.undone").count() == 1
