"""The list of a whole country's region as a file by the worker, against the least that writing the same cells costs.

    DATABASE_URL=postgres://postgres@127.0.0.1:5432/postgres python benchmarks/exporting.py --rows 40000

Wall seconds mean something on an idle machine only; the seconds of a processor beside them also on a busy one.

The yardstick writes the same cells, kept in memory beforehand, by bare XlsxWriter with constant_memory. Each part runs
in a process of its own, so that its memory is its own. At most: 40,000 rows 15 s and 200 MB.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HERE))
from benchmarks.databases import own_database  # noqa: E402 - after the path is set

MOST_SECONDS, MOST_MEMORY = 15, 200
FORMS = ("xlsx", "csv", "names", "yardstick")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, nargs="*", default=[1_000, 40_000])
    options.add_argument("--part", choices=["fill", *FORMS], help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.part:
        part(chosen.part, chosen.rows[0])
        return
    for rows in chosen.rows:
        with tempfile.TemporaryDirectory() as folder, own_database("exporting", Path(folder)) as address:
            there = {"DATABASE_URL": address, "PORTAL_DATA": folder, "PORTAL_LIVE": "0"}
            environment = os.environ | there | {"DJANGO_SETTINGS_MODULE": "sferum_onboarding.settings"}
            for name in ("fill", *FORMS):
                command = [sys.executable, __file__, "--rows", str(rows), "--part", name]
                subprocess.run(command, env=environment, check=True)


def part(name: str, rows: int) -> None:
    import django

    django.setup()
    if name == "fill":
        fill(rows)
        return
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    seconds, size = yardstick() if name == "yardstick" else export(name)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"{rows:>6,} rows {name:>9}: {seconds:6.2f} s  {size / 1e6:5.1f} MB file  {memory} MB ({before} at the start)"
    )
    if name != "yardstick" and (seconds > MOST_SECONDS or memory > MOST_MEMORY):
        raise SystemExit("over the limit")


def fill(rows: int) -> None:
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    from conftest import make_coordinator, make_municipality, make_region
    from organizations.models import Organization
    from organizations.statuses import Step

    region = make_region(code="70")
    vera = make_coordinator(region).user
    places = [make_municipality(region) for _ in range(60)]
    steps = [None, *Step]
    Organization.objects.bulk_create(
        (
            Organization(
                region=region,
                municipality=places[n % 60],
                full_name=f"Муниципальное бюджетное общеобразовательное учреждение «Средняя школа № {n}» Асино",
                short_name=f"МБОУ СОШ № {n}",
                inn=f"{7_000_000_000 + n}",
                kpp="700001001",
                search_key=f"мбоу сош № {n}",
                step=steps[n % len(steps)],
                step_since="2026-09-01" if n % len(steps) else None,
            )
            for n in range(rows)
        ),
        batch_size=1000,
    )
    appoint(vera)


def appoint(vera: Any) -> None:
    """An administrator for each."""
    from organizations.models import Appointment, Organization
    from organizations.statuses import Source

    numbers = Organization.objects.values_list("pk", flat=True)
    Appointment.objects.bulk_create(
        (
            Appointment(
                organization_id=pk,
                user=vera,
                full_name="Иванова Анна Петровна",
                phone="+79001234567",
                email=f"anna{pk}@example.ru",
                source=Source.SCHOOL,
                since="2026-09-01",
            )
            for pk in numbers
        ),
        batch_size=1000,
    )


def export(name: str) -> tuple[float, int]:
    """From the bell to the file in the database, as the worker does it."""
    from accounts.models import User
    from coordination.export_work import work_on_exports
    from coordination.models import Export
    from coordination.statuses import ExportKind, ExportStatus

    vera = User.objects.get()
    reason = "Обзвон школ области" if name == "names" else ""
    form = "csv" if name == "csv" else "xlsx"
    terms = {"query": "sort=municipality", "reason": reason}
    row = Export.objects.queue(ExportKind.ORGANIZATIONS, form, by=vera, rows=0, region=None, **terms)
    started = time.perf_counter()
    work_on_exports()
    seconds = time.perf_counter() - started
    row.refresh_from_db()
    if row.status != ExportStatus.READY:
        raise SystemExit(f"not ready: {row.status} {row.note}")
    return seconds, len(row.content)  # as it lies in the database


def yardstick() -> tuple[float, int]:
    """The cells of the file that was just written, by the library alone."""
    from io import BytesIO

    from python_calamine import CalamineWorkbook
    from xlsxwriter import Workbook

    from coordination.models import Export

    content = Export.objects.filter(format="xlsx", with_names=False).latest("pk").file
    cells = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()
    lines = [[str(cell) for cell in row] for row in cells]
    file, started = BytesIO(), time.perf_counter()
    with Workbook(file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        page = book.add_worksheet()
        for number, line in enumerate(lines):
            for column, cell in enumerate(line):
                page.write_string(number, column, cell)
    return time.perf_counter() - started, len(file.getvalue())


if __name__ == "__main__":
    main()
