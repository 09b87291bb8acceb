"""Organizations that the file does not mention: shown, closed only by a person, and many only with a typed number."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from stdnum.ru import inn as inn_number

from accounts.models import User
from organizations.models import Event, ImportFile, Municipality, Organization, Region
from organizations.tasks import work_on_imports
from organizations.tests.registry import KPP

Enter = Callable[[User], Client]
PAGE = "/organizations/import/"
INNS = [str(n) for n in range(7_000_000_000, 7_000_001_000) if inn_number.is_valid(str(n))]
COLUMNS = {f"column_{n}": name for n, name in enumerate(["region", "municipality", "full_name", "inn", "kpp"])}


def load(client: Client, rows: list[tuple[str, str]]) -> ImportFile:
    """Uploaded, read and written: (ИНН, municipality) of each row."""
    lines = [f"70;{place};Школа {inn};{inn};{KPP}" for inn, place in rows]
    content = "\n".join(["Регион;Муниципалитет;Наименование;ИНН;КПП", *lines]).encode("cp1251")
    client.post(PAGE, {"file": SimpleUploadedFile("реестр.csv", content)})
    file = ImportFile.objects.latest("pk")
    page = client.post(f"{file.get_absolute_url()}columns/", COLUMNS, follow=True)
    assert Organization.objects.filter(closed_on=None).exists(), "reading closes nobody"
    client.post(f"{file.get_absolute_url()}confirm/", {"version": page.context["file"].version})  # type: ignore[attr-defined]
    work_on_imports()
    return file


@pytest.fixture
def listed(vera: User) -> list[Organization]:
    """Ten in Асиновский район, one of the town beside it."""
    region = Region.objects.get(code="70")
    asino = Municipality.objects.get_or_create(region=region, name="Асиновский район")[0]
    town = Municipality.objects.get_or_create(region=region, name="Город Стрежевой")[0]
    schools = [
        Organization.objects.create(region=region, municipality=asino, full_name=f"Школа {inn}", inn=inn, kpp=KPP)
        for inn in INNS[:10]
    ]
    Organization.objects.create(region=region, municipality=town, full_name="Городская", inn=INNS[20], kpp=KPP)
    return schools


def shown(client: Client, file: ImportFile) -> str:
    return client.get(f"{file.get_absolute_url()}?show=missing").content.decode()


def close(client: Client, file: ImportFile, **fields: object) -> str:
    return client.post(f"{file.get_absolute_url()}missing/", fields, follow=True).content.decode()  # type: ignore[arg-type]


def test_only_those_of_the_file_s_own_territory_are_missing(
    enter: Enter, vera: User, listed: list[Organization]
) -> None:
    client = enter(vera)
    file = load(client, [(each.inn, "Асиновский район") for each in listed[:8]])
    page = shown(client, file)
    assert listed[8].full_name in page
    assert listed[9].full_name in page
    assert listed[0].full_name not in page
    assert "Городская" not in page
    assert not Organization.objects.exclude(closed_on=None).exists()


@pytest.mark.usefixtures("day_of_the_cast")
def test_a_person_closes_one_of_them(enter: Enter, vera: User, listed: list[Organization]) -> None:
    client = enter(vera)
    file = load(client, [(each.inn, "Асиновский район") for each in listed[:8]])
    assert "Закрыто: 1." in close(client, file, ids=[listed[9].pk])
    assert list(Organization.objects.filter(closed_on=listed[9].today)) == [listed[9]]
    event = Event.objects.get(verb="organization.closed")
    assert (event.organization, event.by, event.fields) == (listed[9], vera, ["closed_on"])


def test_many_are_held_until_their_number_is_typed(enter: Enter, vera: User, listed: list[Organization]) -> None:
    client = enter(vera)
    file = load(client, [(listed[0].inn, "Асиновский район")])
    assert "введите число 9" in close(client, file, everybody="on")
    assert "введите число 9" in close(client, file, everybody="on", typed="8")
    assert not Organization.objects.exclude(closed_on=None).exists()
    assert "Закрыто: 9." in close(client, file, everybody="on", typed="9")
    assert Organization.objects.exclude(closed_on=None).count() == 9


def test_five_at_a_time_is_no_way_around(enter: Enter, vera: User, listed: list[Organization]) -> None:
    client = enter(vera)
    file = load(client, [(listed[0].inn, "Асиновский район")])
    assert "Закрыто: 5." in close(client, file, ids=[each.pk for each in listed[1:6]])
    assert "введите число 1" in close(client, file, ids=[listed[6].pk])
    assert Organization.objects.exclude(closed_on=None).count() == 5


def test_nobody_closes_whom_the_file_mentions_or_who_is_not_theirs(
    enter: Enter, vera: User, nadia: User, listed: list[Organization]
) -> None:
    client = enter(vera)
    file = load(client, [(each.inn, "Асиновский район") for each in listed[:8]])
    town = Organization.objects.get(full_name="Городская")
    assert "Не закрыто" in close(client, file, ids=[listed[0].pk, town.pk])
    assert enter(nadia).post(f"{file.get_absolute_url()}missing/", {"everybody": "on"}).status_code == 404
    assert not Organization.objects.exclude(closed_on=None).exists()
    assert close(client, file, everybody="on")
    assert Organization.objects.exclude(closed_on=None).count() == 2, "red control: the same click with the right ones"


def test_a_refused_row_still_mentions_its_organization(enter: Enter, vera: User, listed: list[Organization]) -> None:
    client = enter(vera)
    rows = [(each.inn, "Асиновский район") for each in listed[:9]]
    file = load(client, [*rows, (listed[9].inn, "Асиновский район"), (listed[9].inn, "Город Стрежевой")])
    assert file.rows.filter(outcome="refused").count() == 2
    assert listed[9].full_name not in shown(client, file)


def test_an_announced_closing_stands_and_is_not_taken_back(
    enter: Enter, vera: User, listed: list[Organization]
) -> None:
    client = enter(vera)
    announced, other = listed[8:]
    later = timezone.localdate() + timedelta(days=30)
    announced.close(by=vera, on=later, reason="Реорганизация")
    file = load(client, [(each.inn, "Асиновский район") for each in listed[:8]])
    close(client, file, everybody="on")
    announced.refresh_from_db()
    assert (announced.closed_on, announced.closed_reason) == (later, "Реорганизация")
    other.refresh_from_db()
    assert other.is_closed
    other.reopen(by=vera)
    other.close(by=vera, on=later, reason="Реорганизация")
    client.post(f"{file.get_absolute_url()}undo/")
    work_on_imports()
    other.refresh_from_db()
    assert (other.closed_on, other.closed_reason) == (later, "Реорганизация")
