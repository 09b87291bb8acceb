"""The worker's part of an import: killed, doubted, rung for twice – the file is written once and whole."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from stdnum.ru import inn as inn_number

from accounts.models import User
from conftest import make_coordinator
from foundation.tables import read_table
from foundation.verbs import WrongStatus
from organizations import import_desk, import_work
from organizations.import_forms import UploadForm
from organizations.import_work import work_on_files
from organizations.models import Coordinator, Event, ImportFile, ImportRow, Organization
from organizations.models.import_file import MOST_TRIES, LeaseLost
from organizations.statuses import ImportStatus, Outcome
from organizations.tests.registry import KPP

Enter = Callable[[User], Client]
PAGE = "/organizations/import/"
INNS = [str(n) for n in range(7_000_000_000, 7_000_001_000) if inn_number.is_valid(str(n))]


def a_file(by: User, rows: int = 5, extra: str = "") -> ImportFile:
    """Uploaded, read and waiting for the confirmation."""
    lines = [f"70;Школа № {n};{INNS[n]};{KPP}" for n in range(rows)]
    content = "\n".join(["Регион;Наименование;ИНН;КПП", *lines, extra]).encode("cp1251")
    form = UploadForm(by, {}, {"file": SimpleUploadedFile("реестр.csv", content)})
    assert form.is_valid(), form.errors
    file = form.save(by)
    import_desk.read(file)
    file.refresh_from_db()
    assert file.status == ImportStatus.READY
    return file


def confirmed(by: User, rows: int = 5, extra: str = "") -> ImportFile:
    file = a_file(by, rows, extra)
    import_desk.confirm(file, by=by, version=file.version)
    return file


def die(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def let_the_lease_run_out(file: ImportFile) -> None:
    ImportFile.objects.filter(pk=file.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_a_confirmation_only_queues(vera: User) -> None:
    file = confirmed(vera)
    assert not Organization.objects.exists()
    assert file.status == ImportStatus.APPLYING
    assert work_on_files() == 1
    assert Organization.objects.count() == 5
    file.refresh_from_db()
    assert (file.status, file.done, bytes(file.content)) == (ImportStatus.APPLIED, 5, b"")
    assert Event.objects.filter(verb="import.applied", by=vera).count() == 1


def test_the_second_click_is_told_and_the_second_bell_finds_nothing(vera: User) -> None:
    file = confirmed(vera)
    with pytest.raises(WrongStatus, match="уже загружается"):
        file.confirm(by=vera, version=file.version)
    assert (work_on_files(), work_on_files()) == (1, 0)
    with pytest.raises(WrongStatus, match="уже загружен"):
        file.confirm(by=vera, version=file.version)
    assert Event.objects.filter(verb="import.confirmed").count() == 1


def test_a_file_in_one_worker_s_hands_is_not_taken_by_another(vera: User) -> None:
    confirmed(vera)
    assert ImportFile.objects.all().claim() is not None
    assert ImportFile.objects.all().claim() is None


def test_a_killed_worker_leaves_whole_batches_and_the_next_one_goes_on(
    vera: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_work, "BATCH", 2)
    file = confirmed(vera)
    write, written = import_work.apply_rows, []

    def write_once(*args: object, **kwargs: object) -> None:
        if written:
            die()
        written.append(1)
        write(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(import_work, "apply_rows", write_once)
    with pytest.raises(KeyboardInterrupt):
        work_on_files()
    assert (Organization.objects.count(), file.rows.filter(is_written=True).count()) == (2, 2)
    assert work_on_files() == 0, "its lease still runs"
    monkeypatch.setattr(import_work, "apply_rows", write)
    let_the_lease_run_out(file)
    work_on_files()
    file.refresh_from_db()
    assert (Organization.objects.count(), file.report["added"], file.done) == (5, 5, 5)
    assert Event.objects.filter(verb="organization.added").count() == 5


def test_a_killed_reader_begins_anew_and_keeps_each_row_once(vera: User, monkeypatch: pytest.MonkeyPatch) -> None:
    file = a_file(vera)
    file.read()
    with monkeypatch.context() as broken:
        broken.setattr(import_work, "_refuse_conflicts", die)
        with pytest.raises(KeyboardInterrupt):
            work_on_files()
    assert file.rows.count() == 5
    let_the_lease_run_out(file)
    work_on_files()
    file.refresh_from_db()
    assert (file.rows.count(), file.status, file.version) == (5, ImportStatus.READY, 2)


def test_who_was_only_thought_dead_writes_nothing_more(vera: User) -> None:
    file = confirmed(vera)
    slow = ImportFile.objects.all().claim()
    assert slow is not None
    let_the_lease_run_out(file)
    work_on_files()
    with pytest.raises(LeaseLost):
        import_work._apply_batch(slow, list(ImportRow.objects.all()))
    assert Organization.objects.count() == 5


def test_red_control_without_the_lease_written_rows_are_told_of_as_refused(
    vera: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = confirmed(vera)
    slow = ImportFile.objects.all().claim()
    rows = list(file.rows.to_write())
    let_the_lease_run_out(file)
    work_on_files()
    monkeypatch.setattr(ImportFile, "renew", lambda *_, **__: None)
    assert slow is not None
    import_work._apply_batch(slow, rows)
    assert Organization.objects.count() == 5
    assert file.rows.counts()["refused"] == 5


@pytest.mark.parametrize(("is_guarded", "address"), [(True, ""), (False, "ул. Мира")])
def test_only_what_was_shown_is_written_and_the_red_control(
    vera: User, monkeypatch: pytest.MonkeyPatch, is_guarded: bool, address: str
) -> None:
    confirmed(vera)
    work_on_files()
    Organization.objects.update(head_name="Иванова")
    content = f"Регион;Наименование;ИНН;КПП;Адрес;Руководитель\n70;Школа № 0;{INNS[0]};{KPP};ул. Мира;Петрова"
    form = UploadForm(vera, {}, {"file": SimpleUploadedFile("b.csv", content.encode())})
    assert form.is_valid()
    file = form.save(vera)
    import_desk.read(file)
    file.refresh_from_db()
    import_desk.confirm(file, by=vera, version=file.version)
    Organization.objects.update(head_name="Сидорова")  # meanwhile, by hand
    if not is_guarded:
        monkeypatch.setattr(import_work, "is_as_shown", lambda *_: True)
    work_on_files()
    assert Organization.objects.get(inn=INNS[0]).address == address


def test_somebody_else_s_same_organization_in_the_last_moment_is_looked_at_anew(
    vera: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = confirmed(vera)
    write, failed = import_work.apply_rows, []

    def fail_once(*args: object, **kwargs: object) -> None:
        if not failed:
            failed.append(1)
            raise IntegrityError
        write(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(import_work, "apply_rows", fail_once)
    work_on_files()
    file.refresh_from_db()
    assert (file.report["added"], file.status) == (5, ImportStatus.APPLIED)


def test_rows_that_break_every_worker_are_given_up_in_words(vera: User) -> None:
    file = confirmed(vera)
    ImportFile.objects.filter(pk=file.pk).update(tries=MOST_TRIES)
    work_on_files()
    file.refresh_from_db()
    assert (file.status, file.report["refused"]) == (ImportStatus.APPLIED, 5)
    assert "несколько раз прерывался" in file.rows.all()[0].reason


def test_what_was_read_anew_is_not_confirmed_by_an_old_page(vera: User) -> None:
    file = a_file(vera)
    import_desk.read(file)
    with pytest.raises(WrongStatus, match="прочитан заново"):
        file.confirm(by=vera, version=1)


def test_a_long_file_is_read_by_the_worker_and_the_page_shows_how_far_it_is(
    enter: Enter, vera: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_desk, "_AT_ONCE", 3)
    content = "\n".join(["Регион;Наименование;ИНН;КПП", *(f"70;Ш{n};{INNS[n]};{KPP}" for n in range(5))])
    client = enter(vera)
    client.post(PAGE, {"file": SimpleUploadedFile("a.csv", content.encode())})
    file = ImportFile.objects.get()
    columns = {f"column_{n}": name for n, name in enumerate(["region", "full_name", "inn", "kpp"])}
    page = client.post(f"{file.get_absolute_url()}columns/", columns, follow=True)
    assert "Читаем файл" in page.content.decode()
    address = f"{file.get_absolute_url()}progress/"
    assert "HX-Refresh" not in client.get(address)
    assert "Читаем файл" in client.get(PAGE + f"{file.pk}/").content.decode()
    assert file.name in client.get(PAGE).content.decode(), "it is found again"
    work_on_files()
    assert client.get(address)["HX-Refresh"] == "true"
    assert "Добавится 5" in client.get(file.get_absolute_url()).content.decode()


def test_refused_rows_come_back_as_they_were_with_the_reasons(enter: Enter, vera: User) -> None:
    file = confirmed(vera, extra="70;=Без номера;123;")
    assert file.total == 5, "the progress counts what is to be written"
    work_on_files()
    answer = enter(vera).get(f"{file.get_absolute_url()}refused.xlsx")
    head, row = read_table(BytesIO(answer.content).getvalue()).rows
    assert head == ["Строка", "Почему не принята", "Регион", "Наименование", "ИНН", "КПП"]
    assert (row[0], row[2:5]) == ("7", ["70", "=Без номера", "123"])
    assert "В ИНН должно быть 10 цифр" in row[1]
    assert Event.objects.filter(verb="import.refused-exported").exists()


def test_a_colleague_s_file_on_its_way_is_told_of(enter: Enter, vera: User) -> None:
    colleague = make_coordinator(Coordinator.objects.get(user=vera).region).user
    confirmed(colleague)
    file = a_file(vera)
    page = enter(vera).post(f"{file.get_absolute_url()}confirm/", {"version": file.version}, follow=True)
    assert f"ещё один файл ({colleague})" in page.content.decode()


def test_pages_cost_the_same_at_three_and_at_three_hundred_rows(enter: Enter, vera: User) -> None:
    costs = []
    client = enter(vera)
    for rows in (3, 60):
        ImportFile.objects.all().delete()
        file = a_file(vera, rows)
        for _ in range(2):
            with CaptureQueriesContext(connection) as asked:
                client.get(file.get_absolute_url())
        costs.append(len(asked))
    assert costs[0] == costs[1]
    assert not any('"content"' in query["sql"] for query in asked), "a page never loads the file"


def test_an_applied_file_keeps_no_personal_words_but_of_refused_rows(vera: User) -> None:
    file = confirmed(vera, extra="70;Без номера;;")
    work_on_files()
    assert not file.rows.exclude(said={}).exists()
    assert list(file.rows.exclude(cells=[]).values_list("outcome", flat=True)) == [Outcome.REFUSED]


def test_files_written_live_two_weeks(vera: User) -> None:
    file = confirmed(vera)
    work_on_files()
    ImportFile.objects.update(uploaded_at=timezone.now() - timedelta(days=13), applied_at=timezone.now())
    ImportFile.objects.all().purge()
    assert ImportFile.objects.manageable_by(vera).get() == file
    ImportFile.objects.update(applied_at=timezone.now() - timedelta(days=15))
    ImportFile.objects.all().purge()
    assert not ImportFile.objects.exists()


def test_a_bell_that_nobody_hears_loses_nothing(
    vera: User, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    monkeypatch.setattr(import_work.current_app, "send_task", die_quietly)
    with transaction.atomic():
        file = confirmed(vera)
    assert file.status == ImportStatus.APPLYING
    assert work_on_files() == 1


def die_quietly(*_: object, **__: object) -> None:
    raise OSError
