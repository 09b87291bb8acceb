"""The pages of the import: for coordinators and portal staff alone; for anybody else they do not exist."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from io import BytesIO

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from foundation.tables import read_table
from organizations.columns import Field, find_header
from organizations.import_columns import ColumnsForm
from organizations.models import Event, ImportFile, Municipality, Organization
from organizations.tasks import purge_import_files, work_on_imports
from organizations.tests.registry import INN, KPP, OTHER_INN

Enter = Callable[[User], Client]
PAGE = "/organizations/import/"


def registry(*rows: str, head: str = "Регион;Муниципалитет;Наименование;ИНН;КПП;Адрес") -> bytes:
    return "\n".join([head, *rows]).encode("cp1251")


def upload(client: Client, content: bytes, name: str = "реестр.csv", **fields: str) -> HttpResponse:
    return client.post(PAGE, {"file": SimpleUploadedFile(name, content), **fields}, follow=True)  # type: ignore[return-value]


def send(client: Client, content: bytes, name: str = "реестр.csv", **fields: str) -> HttpResponse:
    """Uploaded, and the columns left as they were understood."""
    page = upload(client, content, name, **fields)
    form = page.context.get("form") if page.context else None  # type: ignore[attr-defined]
    if not isinstance(form, ColumnsForm):
        return page
    chosen = {field.html_name: field.value() for field in form}
    return client.post(f"{PAGE}{form.file.pk}/columns/", chosen, follow=True)  # type: ignore[return-value]


def queue(client: Client, page: HttpResponse) -> HttpResponse:
    file = page.context["file"]  # type: ignore[attr-defined]
    address = reverse("organizations:import-confirm", args=[file.pk])
    return client.post(address, {"version": file.version}, follow=True)  # type: ignore[return-value]


def confirm(client: Client, page: HttpResponse) -> HttpResponse:
    """The person's click, the worker, and the page as the person finds it afterwards."""
    queue(client, page)
    work_on_imports()
    return client.get(ImportFile.objects.get().get_absolute_url())  # type: ignore[return-value]


def test_who_does_not_coordinate_gets_a_404(enter: Enter, marina: User, nadia: User) -> None:
    client = enter(marina)
    file = ImportFile.objects.create(uploaded_by=nadia, name="a.csv", content=b"")
    assert client.get(PAGE).status_code == 404
    assert client.get(f"{PAGE}template.xlsx").status_code == 404
    assert client.get(f"{PAGE}{file.pk}/").status_code == 404
    assert client.post(f"{PAGE}{file.pk}/confirm/").status_code == 404
    assert client.post(f"{PAGE}{file.pk}/discard/").status_code == 404
    assert send(client, b"x").status_code == 404


def test_a_file_is_seen_by_who_uploaded_it_alone(enter: Enter, vera: User, nadia: User) -> None:
    page = send(enter(nadia), registry(f"70;;Школа;{INN};{KPP};"))
    assert page.status_code == 200
    address = f"{PAGE}{ImportFile.objects.get().pk}/"
    assert enter(nadia).get(address).status_code == 200
    assert enter(vera).get(address).status_code == 404
    assert enter(vera).post(f"{address}discard/").status_code == 404


def test_anonymous_visitors_are_sent_to_sign_in(client: Client, db: None) -> None:
    assert client.get(PAGE).status_code == 302


def test_upload_preview_confirm_report(enter: Enter, vera: User, municipality: Municipality) -> None:
    client = enter(vera)
    page = send(client, registry(f"70;{municipality.name};МБОУ «Школа № 1»;{INN};{KPP};ул. Мира", "70;;Без номера;;;"))
    assert "Добавится 1, изменится 0" in page.content.decode()
    assert not Organization.objects.exists()
    report = confirm(client, page).content.decode()
    assert "загружен</h1>" in report
    assert "Не указаны ИНН и КПП" in report
    organization = Organization.objects.get()
    assert (organization.inn, organization.municipality) == (INN, municipality)
    assert Event.objects.get(verb="organization.added").by == vera
    file = ImportFile.objects.get()
    assert (bytes(file.content), file.report["added"]) == (b"", 1)


def test_a_change_is_shown_before_and_after(enter: Enter, vera: User, school: Organization) -> None:
    Organization.objects.filter(pk=school.pk).update(inn=INN, kpp=KPP, address="ул. Мира, 5")
    page = send(enter(vera), registry(f"70;;;{INN};{KPP};ул. Лесная, 1")).content.decode()
    assert "<del>ул. Мира, 5</del> → <ins>ул. Лесная, 1</ins>" in page


def test_a_second_click_changes_nothing(enter: Enter, vera: User) -> None:
    client = enter(vera)
    page = send(client, registry(f"70;;Школа;{INN};{KPP};"))
    confirm(client, page)
    events = Event.objects.count()
    assert "уже загружен" in queue(client, page).content.decode()
    work_on_imports()
    assert Event.objects.count() == events


def test_a_row_that_would_do_something_else_by_now_is_not_written_and_named(
    enter: Enter, vera: User, school: Organization
) -> None:
    client = enter(vera)
    page = send(client, registry(f"70;;Школа;{INN};{KPP};ул. Мира", f"70;;Лицей;{OTHER_INN};{KPP};ул. Мира"))
    Organization.objects.filter(pk=school.pk).update(inn=INN, kpp=KPP)
    again = confirm(client, page).content.decode()
    assert "сведения об этой организации в портале изменились" in again
    school.refresh_from_db()
    assert school.full_name != "Школа"
    assert Organization.objects.filter(inn=OTHER_INN).exists(), "the other rows are written"
    assert ImportFile.objects.get().report["refused"] == 1


@pytest.mark.parametrize("version", ["", "\0", "x" * 10_000, "2", "99999999999999999999"])
def test_a_confirmation_without_the_preview_applies_nothing(enter: Enter, vera: User, version: str) -> None:
    client = enter(vera)
    send(client, registry(f"70;;Школа;{INN};{KPP};"))
    address = reverse("organizations:import-confirm", args=[ImportFile.objects.get().pk])
    assert client.post(address, {"version": version}, follow=True).status_code == 200
    work_on_imports()
    assert not Organization.objects.exists()


def test_rows_of_a_foreign_municipality_are_refused_and_tell_nothing(
    enter: Enter, nadia: User, other_school: Organization
) -> None:
    Organization.objects.filter(pk=other_school.pk).update(inn=INN, kpp=KPP, full_name="Канарейка", short_name="")
    page = send(enter(nadia), registry(f"70;Асиновский район;Школа;{INN};{KPP};Новый адрес"))
    assert "Строка вне вашей территории" in page.content.decode()
    assert "Канарейка" not in page.content.decode()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "пуст"),
        (b"%PDF-1.7", "Это документ"),
        (b"\0" * 100, "нулевые байты"),
        ("Сумма\n1\n2\n".encode(), "нет строки заголовков"),
        ("Регион;Наименование;ИНН\n".encode() + b"70;;\n" * 50_001, "больше 50 000 строк"),
    ],
)
def test_a_file_that_is_no_list_is_refused_at_its_field(enter: Enter, vera: User, content: bytes, words: str) -> None:
    page = send(enter(vera), content)
    assert page.status_code == 200
    assert words in page.content.decode()
    assert not ImportFile.objects.exists()


def test_the_page_without_a_file_says_so(enter: Enter, vera: User) -> None:
    assert "Выберите файл" in enter(vera).post(PAGE).content.decode()


def test_staff_choose_a_region_for_a_file_without_one(enter: Enter, igor: User) -> None:
    content = registry(f"Школа;{OTHER_INN};{KPP}", head="Наименование;ИНН;КПП")
    client = enter(igor)
    assert "укажите, к какому региону" in send(client, content).content.decode()
    assert "выберите" in send(client, content, region="\0").content.decode().lower()
    page = send(client, content, region="54")
    confirm(client, page)
    assert Organization.objects.get().region.code == "54"


@pytest.mark.parametrize(
    "query", ["?show=%00&page=%00", "?show=refused&page=99999", "?show=warnings", "?page=-1", "?show=__dict__"]
)
def test_addresses_typed_by_hand_are_no_errors(enter: Enter, vera: User, query: str) -> None:
    client = enter(vera)
    send(client, registry(f"70;;Школа;{INN};{KPP};"))
    assert client.get(f"{PAGE}{ImportFile.objects.get().pk}/{query}").status_code == 200


def test_hostile_names_and_cells_are_text(enter: Enter, vera: User) -> None:
    page = send(enter(vera), registry(f"70;;<script>alert(1)</script>;{INN};{KPP};"), name="<b>\u202e.csv")
    assert "<script>alert" not in page.content.decode()
    assert "&lt;b&gt;.csv" in page.content.decode()


def test_every_column_of_the_offered_table_is_understood(enter: Enter, vera: User) -> None:
    answer = enter(vera).get(f"{PAGE}template.xlsx")
    header = find_header(read_table(BytesIO(answer.content).getvalue()).rows)
    assert header is not None
    assert header.columns == {field: [index] for index, field in enumerate(Field)}


def test_files_and_reports_are_gone_after_a_day(vera: User) -> None:
    old = timezone.now() - timedelta(hours=25)
    ImportFile.objects.create(uploaded_by=vera, name="old.csv", content=b"1", uploaded_at=old)
    kept = ImportFile.objects.create(uploaded_by=vera, name="new.csv", content=b"1")
    assert list(ImportFile.objects.manageable_by(vera)) == [kept]
    purge_import_files()
    assert ImportFile.objects.get() == kept


def test_discarding_deletes_the_file(enter: Enter, vera: User) -> None:
    client = enter(vera)
    send(client, registry(f"70;;Школа;{INN};{KPP};"))
    client.post(reverse("organizations:import-discard", args=[ImportFile.objects.get().pk]))
    assert not ImportFile.objects.exists()


def test_the_encoding_is_called_as_in_the_choice_of_another_one(enter: Enter, vera: User) -> None:
    page = upload(enter(vera), registry(f"70;;Школа;{INN};{KPP};")).content.decode()
    assert "Кодировка Windows-1251, разделитель" in page


def test_where_no_row_is_taken_nothing_is_said_of_others(enter: Enter, vera: User) -> None:
    client = enter(vera)
    page = send(client, registry("70;;Школа;;;", "70;;Лицей;;;")).content.decode()
    assert "Не принята ни одна строка" in page
    assert "в остальных" not in page


@pytest.mark.parametrize("day", [date(2026, 11, 26), date(2026, 5, 4)])
def test_the_day_until_which_a_load_is_taken_back_ends_with_one_stop(enter: Enter, vera: User, day: date) -> None:
    with time_machine.travel(datetime.combine(day, time(6), UTC), tick=False):
        page = confirm(enter(vera), send(enter(vera), registry(f"70;;Школа;{INN};{KPP};"))).content.decode()
    said = re.search(r"Отменить можно до ([^<]*)</p>", page)
    assert said is not None
    assert said[1].endswith(".")
    assert not said[1].endswith("..")
