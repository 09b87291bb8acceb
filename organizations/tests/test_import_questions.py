"""«Это она?»: uncertain rows are asked about, and only what a person answers is written."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from organizations.import_work import work_on_files
from organizations.models import ImportFile, Municipality, Organization, Region
from organizations.statuses import ImportStatus
from organizations.tests.registry import INN, KPP, OTHER_INN

Enter = Callable[[User], Client]
PAGE = "/organizations/import/"
HEAD = "Регион;Муниципалитет;Полное наименование;ИНН;КПП;Адрес;Код ОО"
MEANT = ["region", "municipality", "full_name", "inn", "kpp", "address", "own_code"]
COLUMNS = {f"column_{n}": name for n, name in enumerate(MEANT)}
ASINO = "Асиновский район"


def ready(client: Client, *rows: str) -> ImportFile:
    content = "\n".join([HEAD, *rows]).encode("cp1251")
    client.post(PAGE, {"file": SimpleUploadedFile("реестр.csv", content)})
    file = ImportFile.objects.latest("pk")
    client.post(f"{file.get_absolute_url()}columns/", COLUMNS)
    file.refresh_from_db()
    assert file.status == ImportStatus.READY, file.note
    return file


def answer(client: Client, file: ImportFile, **answers: str) -> str:
    return client.post(f"{file.get_absolute_url()}answers/", answers, follow=True).content.decode()


def write(client: Client, file: ImportFile) -> None:
    client.post(f"{file.get_absolute_url()}confirm/", {"version": file.version})
    work_on_files()
    file.refresh_from_db()
    assert file.status == ImportStatus.APPLIED


@pytest.fixture
def school(vera: User) -> Organization:
    region = Region.objects.get(code="70")
    place = Municipality.objects.get_or_create(region=region, name=ASINO)[0]
    return Organization.objects.create(
        region=region,
        municipality=place,
        full_name="МБОУ «Лицей № 10»",
        inn=INN,
        kpp=KPP,
        address="ул. Мира, 1",
        own_code="4410",
    )


BUILDING = f"70;{ASINO};МАОУ Лицей № 10 (младший корпус);{INN};{KPP};ул. Лесная, 5;"


def test_a_building_under_the_same_numbers_is_asked_about_and_unanswered_is_not_written(
    enter: Enter, vera: User, school: Organization
) -> None:
    client = enter(vera)
    file = ready(client, BUILDING)
    assert file.report["asked"] == 1
    page = client.get(file.get_absolute_url()).content.decode()
    assert "Это она?" in page
    assert "младший корпус" in page
    assert "ул. Мира, 1" in page
    write(client, file)
    school.refresh_from_db()
    assert (school.full_name, school.address) == ("МБОУ «Лицей № 10»", "ул. Мира, 1")
    assert (Organization.objects.count(), file.report["asked"]) == (1, 1)


def test_yes_changes_it(enter: Enter, vera: User, school: Organization) -> None:
    client = enter(vera)
    file = ready(client, BUILDING)
    answer(client, file, answer_2="yes")
    write(client, file)
    school.refresh_from_db()
    assert school.address == "ул. Лесная, 5", "red control: the same row, answered, does write"
    assert (file.report["changed"], file.report["asked"]) == (1, 0)


def test_no_adds_a_building_of_its_own_which_the_next_file_knows(
    enter: Enter, vera: User, school: Organization
) -> None:
    client = enter(vera)
    file = ready(client, BUILDING)
    answer(client, file, rest="new")
    write(client, file)
    building = Organization.objects.exclude(pk=school.pk).get()
    assert (building.inn, building.kpp, building.branch) == (INN, KPP, "МАОУ Лицей № 10 (младший корпус)")
    again = ready(client, BUILDING)
    assert (again.report["same"], again.report["asked"]) == (1, 0)


def test_a_file_that_brings_a_school_and_its_building_adds_the_school_and_asks_the_next_time(
    enter: Enter, vera: User, school: Organization
) -> None:
    client, lyceum = enter(vera), f"70;{ASINO};МБОУ «Лицей № 10»;{INN};{KPP};ул. Мира, 1;"
    school.delete()
    file = ready(client, BUILDING, lyceum)
    assert (file.report["added"], file.report["refused"]) == (1, 1)
    assert "Загрузите файл ещё раз" in client.get(f"{file.get_absolute_url()}?show=refused").content.decode()
    write(client, file)
    assert Organization.objects.get().full_name == "МБОУ «Лицей № 10»"
    file = ready(client, BUILDING, lyceum)
    assert (file.report["same"], file.report["asked"]) == (1, 1)
    answer(client, file, rest="new")
    write(client, file)
    assert sorted(Organization.objects.values_list("branch", flat=True)) == ["", "МАОУ Лицей № 10 (младший корпус)"]
    again = ready(client, BUILDING, lyceum)
    assert (again.report["same"], again.report["refused"], again.report["asked"]) == (2, 0, 0)


def test_a_row_without_numbers_is_known_by_its_code(enter: Enter, vera: User, school: Organization) -> None:
    client = enter(vera)
    file = ready(client, f"70;{ASINO};МБОУ «Лицей № 10»;;;ул. Мира, 2;4410")
    assert (file.report["changed"], file.report["asked"]) == (1, 0)
    write(client, file)
    school.refresh_from_db()
    assert school.address == "ул. Мира, 2"


def test_a_name_alone_only_suggests_and_only_within_the_municipality(
    enter: Enter, vera: User, school: Organization
) -> None:
    client = enter(vera)
    file = ready(client, f"70;{ASINO};МБОУ «лицей №10»;;;ул. Мира, 2;", "70;Город Стрежевой;МБОУ «Лицей № 10»;;;;")
    assert (file.report["asked"], file.report["refused"], file.report["changed"]) == (1, 1, 0)
    answer(client, file, answer_2="skip")
    write(client, file)
    school.refresh_from_db()
    assert school.address == "ул. Мира, 1"


def test_new_numbers_with_a_known_code_are_asked_about(enter: Enter, vera: User, school: Organization) -> None:
    client = enter(vera)
    file = ready(client, f"70;{ASINO};МБОУ «Лицей № 10»;{OTHER_INN};700901001;ул. Мира, 1;4410")
    assert file.report["asked"] == 1
    answer(client, file, answer_2="yes")
    write(client, file)
    school.refresh_from_db()
    assert (school.inn, Organization.objects.count()) == (OTHER_INN, 1)


def test_another_legal_form_alone_is_a_change_and_no_question(enter: Enter, vera: User, school: Organization) -> None:
    file = ready(enter(vera), f"70;{ASINO};МАОУ «Лицей № 10»;{INN};{KPP};ул. Мира, 1;4410")
    assert (file.report["changed"], file.report["asked"]) == (1, 0)


def test_another_name_without_the_number_is_asked_about(enter: Enter, vera: User, school: Organization) -> None:
    """A wrong ИНН in one row renamed a lyceum in silence, where the file held no address to tell."""
    client = enter(vera)
    file = ready(client, f"70;{ASINO};МБОУ «Совсем другая школа»;{INN};{KPP};;")
    assert (file.report["changed"], file.report["asked"]) == (0, 1)
    write(client, file)
    school.refresh_from_db()
    assert school.full_name == "МБОУ «Лицей № 10»"


@pytest.mark.parametrize("said", ["maybe", "\0", "YES"])
def test_an_answer_that_does_not_exist_is_not_kept(enter: Enter, vera: User, school: Organization, said: str) -> None:
    client = enter(vera)
    file = ready(client, BUILDING)
    assert "Ответ не записан" in answer(client, file, answer_2=said)
    answer(client, file, answer_99999999999999999999="yes", answer_7="yes", answer_x="yes")
    assert not file.rows.answered().exists()


def test_answers_are_the_owner_s_and_end_with_the_confirmation(
    enter: Enter, vera: User, nadia: User, school: Organization
) -> None:
    file = ready(enter(vera), BUILDING)
    assert enter(nadia).post(f"{file.get_absolute_url()}answers/", {"rest": "yes"}).status_code == 404
    write(enter(vera), file)
    answer(enter(vera), file, rest="yes")
    assert not file.rows.answered().exists()


def test_a_branch_that_only_the_short_name_tells_is_asked_about(enter: Enter, vera: User, school: Organization) -> None:
    """With one full name for both it renamed the school itself."""
    rows = [f"70;{ASINO};МБОУ «Лицей № 10»;{INN};{KPP};ул. Мира, 1;;{name}" for name in ("", "Лицей (Заречный филиал)")]
    client = enter(vera)
    content = "\n".join([f"{HEAD};Краткое наименование", *rows]).encode("cp1251")
    client.post(PAGE, {"file": SimpleUploadedFile("реестр.csv", content)})
    file = ImportFile.objects.latest("pk")
    client.post(f"{file.get_absolute_url()}columns/", COLUMNS | {"column_7": "short_name"})
    file.refresh_from_db()
    assert (file.report["same"], file.report["asked"], file.report["refused"]) == (1, 1, 0)


@pytest.mark.parametrize(
    ("branch", "shown"),
    [
        ("", "МБОУ «Лицей № 10»"),
        ("Заречный филиал", "МБОУ «Лицей № 10» (Заречный филиал)"),
        ("МБОУ «Лицей № 10»", "МБОУ «Лицей № 10»"),
    ],
)
def test_a_building_is_not_named_twice(branch: str, shown: str) -> None:
    """One that came by a file bears its whole name as the mark of the building."""
    assert Organization(full_name="МБОУ «Лицей № 10»", branch=branch).name == shown
