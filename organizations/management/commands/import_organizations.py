"""`manage.py import_organizations FILE`: the registry file into the list; the last line is one JSON object."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError, transaction

from foundation.tables import NotATable, read_table
from organizations.import_apply import apply
from organizations.imports import ImportPlan, plan_import
from organizations.regions import find_region
from organizations.statuses import Outcome

_MOST_SHOWN = 50


class Command(BaseCommand):
    help = "Загружает организации из файла реестра (XLSX, XLS, ODS, CSV). Недочитанный файл не меняет ничего."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="файл с таблицей")
        parser.add_argument("--region", default="", help="номер или название региона: для файла без такого столбца")
        parser.add_argument("--dry-run", action="store_true", help="только показать, что изменится")
        parser.add_argument("--format", choices=["text", "json"], default="text", help="json: только последняя строка")

    def handle(self, *, file: Path, region: str, dry_run: bool, format: str, **_: Any) -> None:
        code = find_region(region) if region else ""
        if code is None:
            raise CommandError(f"Такого региона нет: «{region}». Пример: --region 70.")
        try:
            table = read_table(file)
            with transaction.atomic():
                plan = plan_import(table, region=code)
                if not dry_run:
                    apply(plan, by=None)
        except NotATable as error:
            raise CommandError(str(error)) from error
        except IntegrityError as error:
            raise CommandError("За это время те же организации внёс кто-то другой. Запустите ещё раз.") from error
        if format == "text":
            self._tell(plan, dry_run=dry_run)
        self.stdout.write(json.dumps({**plan.counts, "reasons": plan.reasons}, ensure_ascii=False))

    def _tell(self, plan: ImportPlan, *, dry_run: bool) -> None:
        self.stdout.write("Пробный запуск: ничего не записано." if dry_run else "Загружено.")
        for label, title in plan.header.understood():
            self.stdout.write(f"  {label}: столбец «{title}»")
        for outcome in Outcome:
            self.stdout.write(f"  {outcome.label}: {plan.counts[outcome]}")
        for kind, problems in (("Не принято", plan.reasons), ("Замечание", plan.warnings)):
            for problem in problems[:_MOST_SHOWN]:
                self.stdout.write(f"  {kind}: строка {problem.row}, {problem.column}: {problem.reason}")
            if len(problems) > _MOST_SHOWN:
                self.stdout.write(f"  … и ещё {len(problems) - _MOST_SHOWN}")
