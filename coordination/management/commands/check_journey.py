import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from coordination.check_journey import differences
from coordination.check_journey import repair as mend


class Command(BaseCommand):
    help = "Сверяет этапы организаций с данными, из которых они следуют. Код 1, если есть расхождения."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--repair", action="store_true", help="исправить найденное")

    def handle(self, *, repair: bool, **options: Any) -> None:
        found = list(differences())
        for difference in found:
            self.stdout.write(str(difference))
        if not found:
            self.stdout.write("Расхождений нет.")
            return
        if repair:
            for difference in found:
                mend(difference)
            found = list(differences())
            self.stdout.write("Исправлено." if not found else "Исправлено не всё, запустите ещё раз.")
        if found:
            sys.exit(1)
