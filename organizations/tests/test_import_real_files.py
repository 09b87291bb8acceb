"""Real registry files beside the checkout, and the command that loads them."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from conftest import shared_files
from organizations.models import Event, Organization, Region
from organizations.tests.registry import INN, KPP

pytestmark = pytest.mark.django_db

NO_LISTS = ["PATTERNS.md", "name_pattern_stats.json", "oktmo_tom5_cp1251_semicolon.csv", "phone_formats.csv"]
NO_LISTS += ["sved_1kv_2013.xls", "sved_1kv_2017.xls", "sved_3kv_2015.xls"]
ROWS_WITHOUT_A_KEY = {
    "shkoly_cp1251_semicolon.csv": 117,
    "svedeniya_shkoly_merged_two_headers_totals.xlsx": 113,
    "data-20131031T1206-structure-20131031T1206.csv": 91,
    "datamosru_555_kolledzhi.tsv": 107,
    "moscow_schools_2013_datagovru.csv": 1490,
    "tomsk_names_as_found.csv": 117,
}


def load(path: Path | str, *options: str) -> dict[str, object]:
    out = StringIO()
    call_command("import_organizations", str(path), *options, stdout=out)
    answer: dict[str, object] = json.loads(out.getvalue().strip().splitlines()[-1])
    return answer


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    path = tmp_path / "registry.csv"
    path.write_text(f"Регион;Наименование;ИНН;КПП\n70;МБОУ «Школа № 1»;{INN};{KPP}\n70;Без номера;;\n", "cp1251")
    return path


def test_the_last_line_is_one_object_of_json(registry: Path) -> None:
    assert load(registry) == {
        "added": 1,
        "changed": 0,
        "same": 0,
        "refused": 1,
        "asked": 0,
        "reasons": [[3, "ИНН", "Не указаны ИНН и КПП (или ОГРН): непонятно, какая это организация."]],
    }
    assert Event.objects.get().actor == "registry"
    assert load(registry, "--format", "json")["same"] == 1


def test_a_dry_run_writes_nothing(registry: Path) -> None:
    assert load(registry, "--dry-run")["added"] == 1
    assert not Organization.objects.exists()
    assert not Region.objects.exists()


@pytest.mark.parametrize(
    ("content", "options", "words"),
    [
        (b"%PDF-1.7", [], "документ, картинка"),
        ("Наименование;ИНН\nШкола;1\n".encode(), [], "укажите, к какому региону"),
        ("Наименование;ИНН\nШкола;1\n".encode(), ["--region", "Нарния"], "Такого региона нет"),
        ("Регион;Наименование;ИНН\n70;Шк".encode() + b"\xd0", [], "не читаются"),
    ],
)
def test_an_unreadable_file_ends_in_words_and_changes_nothing(
    tmp_path: Path, content: bytes, options: list[str], words: str
) -> None:
    path = tmp_path / "registry.csv"
    path.write_bytes(content)
    with pytest.raises(CommandError, match=words):
        load(path, *options)
    assert not Organization.objects.exists()


@pytest.mark.parametrize("path", shared_files("schools/russia_register_sample.csv"), ids=lambda path: path.name)
def test_the_sample_of_the_state_register(path: Path) -> None:
    first = load(path)
    assert {name: first[name] for name in ("added", "changed", "same", "refused")} == {
        "added": 305,
        "changed": 0,
        "same": 0,
        "refused": 152,
    }
    assert Organization.objects.count() == 305
    assert Organization.objects.filter(region__code="70").exists()
    events = Event.objects.count()
    second = load(path)
    assert (second["added"], second["changed"], second["same"]) == (0, 0, 305)
    # Rows without numbers that bear the name of an organization of the first load, and branches that came beside it:
    # a person says whether they are it.
    assert (second["refused"], second["asked"]) == (47, 105)
    assert Event.objects.count() == events


@pytest.mark.parametrize("path", shared_files("messy/**/*.*", "schools/*.csv"), ids=lambda path: path.name)
def test_real_mess_is_refused_row_by_row_or_whole_but_always_in_words(path: Path) -> None:
    if path.name in NO_LISTS:
        with pytest.raises(CommandError, match=r"нет строки заголовков|веб-страница"):
            load(path, "--region", "70")
    elif path.name in ROWS_WITHOUT_A_KEY:
        answer = load(path, "--region", "70")
        assert answer["refused"] == ROWS_WITHOUT_A_KEY[path.name]
        assert not Organization.objects.exists()
    else:
        assert path.name == "russia_register_sample.csv"
