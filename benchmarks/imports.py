"""A registry file into the list: reading, writing, and the same file again, against the least that work can cost.

    DATABASE_URL=postgres://postgres@127.0.0.1:5432/postgres python benchmarks/imports.py --rows 40000

The yardstick parses the same file with calamine, checks the ИНН of each row, and copies it into a bare table; a second
one, for comparison, checks and cleans every cell as the import does, so what is left between them is the preview, the
journal and the writing itself.
The rival is django-import-export in its bulk mode over the same rows: the same checks, the same organizations, but
neither a preview nor a journal, and no other table is touched. At most: 2.5 times the yardstick and 1/1.3 of the rival;
229 rows 0.5 s from the upload to the last row written; the file again not slower than the first time, and without an
event; this process 300 MB.
"""

import argparse
import io
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HERE))
from benchmarks.databases import portal_database  # noqa: E402 - after the path is set

HEAD = ["Регион", "Муниципалитет", "Полное наименование", "Краткое наименование", "ИНН", "КПП", "Адрес", "Телефон"]
HEAD += ["Электронная почта", "Сайт", "Руководитель"]
COLUMNS = ["full_name", "short_name", "inn", "kpp", "address", "phone", "email", "site", "head_name"]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, nargs="*", default=[229, 40_000])
    chosen = options.parse_args()
    for rows in chosen.rows:
        content = workbook(rows)
        for act in (measure, measure_rival):
            with tempfile.TemporaryDirectory() as folder, portal_database("imports", Path(folder)):
                act(content, rows)


def workbook(rows: int) -> bytes:
    from stdnum.ru import inn
    from xlsxwriter import Workbook

    file = io.BytesIO()
    numbers = (number for n in range(7_000_000_000, 7_099_999_999) if inn.is_valid(number := str(n)))
    with Workbook(file, {"constant_memory": True}) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, HEAD)
        for n in range(1, rows + 1):
            number = next(numbers)
            name = f"Муниципальное бюджетное общеобразовательное учреждение «Средняя школа № {n}» Асиновского района"
            cells = ["70", "Асиновский район", name, f"МБОУ СОШ № {n}", number, f"{number[:4]}01001"]
            cells += [f"636840, Томская область, г. Асино, ул. Мира, д. {n}", f"8 (38241) 2-{n % 100:02}-11"]
            page.write_row(n, 0, [*cells, f"school{n}@example.ru", f"school{n}.example.ru", "Иванова Анна Петровна"])
    return file.getvalue()


def measure(content: bytes, rows: int) -> None:
    from conftest import make_coordinator, make_region
    from organizations.models import Event

    vera = make_coordinator(make_region(code="70")).user
    first = through(content, vera)
    events = Event.objects.count()
    again = through(content, vera)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024  # before the yardstick, which takes its own
    yard, checked = timed(lambda: yardstick(content, by_number)), timed(lambda: yardstick(content, by_cell))
    total = sum(first.values())
    words = "  ".join(f"{name} {seconds:.2f}" for name, seconds in first.items())
    print(f"{rows:>6,} rows: {total:6.2f} s ({words})  yardstick {yard:5.2f} s  ratio {total / yard:4.1f}")
    print(f"{'':>11}  with every cell checked as the import does: {checked:5.2f} s  ratio {total / checked:4.1f}")
    print(
        f"{'again':>11}: {sum(again.values()):6.2f} s, {Event.objects.count() - events} events; {memory} MB", flush=True
    )


def through(content: bytes, vera: Any) -> dict[str, float]:
    """What a person and the worker do with the file, one after the other."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from organizations import import_desk
    from organizations.import_forms import UploadForm
    from organizations.import_work import work_on_files

    def upload() -> Any:
        form = UploadForm(vera, {}, {"file": SimpleUploadedFile("реестр.xlsx", content)})
        if not form.is_valid():
            raise SystemExit(form.errors)
        return form.save(vera)

    took: dict[str, float] = {}
    started = time.perf_counter()
    file = upload()
    took["upload"] = time.perf_counter() - started
    took["read"] = timed(lambda: (import_desk.read(file), work_on_files()))
    file.refresh_from_db()
    if file.report["added"] or file.report["changed"]:
        took["write"] = timed(lambda: (import_desk.confirm(file, by=vera, version=file.version), work_on_files()))
    return took


def by_number(lines: list[list[str]]) -> list[list[str]]:
    from stdnum.ru import inn

    return [line for line in lines[1:] if inn.is_valid(line[4])]


def by_cell(lines: list[list[str]]) -> list[list[str]]:
    from organizations.columns import find_header
    from organizations.import_rows import read_rows

    header = find_header(lines)
    assert header is not None
    return [lines[row.number - 1] for row in read_rows(lines, header, "") if row.key and not row.problems]


def yardstick(content: bytes, check: Callable[[list[list[str]]], list[list[str]]]) -> None:
    import python_calamine as calamine
    from django.db import connection

    sheet = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    good = check([[str(cell) for cell in row] for row in sheet.iter_rows()])
    columns = ", ".join(f"c{n} text" for n in range(len(HEAD)))
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bare")
        cursor.execute(f"CREATE TABLE bare ({columns}, UNIQUE (c4, c5))")
        if connection.vendor == "postgresql":
            text = "\n".join("\t".join(line) for line in good)
            cursor.copy_expert("COPY bare FROM STDIN", io.StringIO(text))
        else:
            cursor.executemany(f"INSERT INTO bare VALUES ({', '.join(['%s'] * len(HEAD))})", good)


def measure_rival(content: bytes, rows: int) -> None:
    """The rows are parsed by calamine here too: its own reader of XLSX is openpyxl, several times slower."""
    import python_calamine as calamine
    import tablib

    from conftest import make_municipality, make_region

    region = make_region(code="70")
    place = make_municipality(region, name="Асиновский район")

    def act() -> None:
        sheet = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
        lines = [[str(cell) for cell in row] for row in sheet.iter_rows()][1:]
        data = tablib.Dataset(headers=["region", "municipality", *COLUMNS])
        data.extend([region.pk, place.pk, *line[2:]] for line in lines)
        result = rival()().import_data(data, raise_errors=True)
        assert result.totals["new"] == rows, result.totals

    print(f"{'rival':>11}: {timed(act):6.2f} s", flush=True)


def rival() -> Any:
    from import_export import fields, resources
    from stdnum.ru import inn

    from organizations.models import Organization

    class Register(resources.ModelResource):
        region = fields.Field(column_name="region", attribute="region_id")
        municipality = fields.Field(column_name="municipality", attribute="municipality_id")

        def before_import_row(self, row: Any, **kwargs: Any) -> None:
            if not inn.is_valid(row["inn"]):
                raise ValueError(row["inn"])

        class Meta:
            model = Organization
            fields = ["region", "municipality", *COLUMNS]
            import_id_fields = ["inn", "kpp"]
            use_bulk = True
            batch_size = 1000
            skip_diff = True
            skip_html_diff = True

    return Register


def timed(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
